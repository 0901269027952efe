"""What tells one transaction from another: the branch, who sent it and the method."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from media.sip.message import Request, Response, Via
from media.sip.message.values import MAGIC_COOKIE
from media.sip.transaction.hop import default_port

#: What a CANCEL may be about: it has the branch of its request, but not the method.
_CANCELABLE = ("INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "NOTIFY", "MESSAGE", "UPDATE", "INFO")


class Side(Enum):
    """Whether we ask or answer; who calls himself has a transaction of each kind."""

    CLIENT = "client"
    SERVER = "server"


class Key(NamedTuple):
    """The name of one transaction.

    Of a request without the cookie, as RFC 2543 knew it, `branch` holds all that tells it from
    others by the older rules instead.
    """

    side: Side
    branch: str
    sent_by: str
    method: str


class Origin(NamedTuple):
    """What a request keeps on every path it takes: two keys with one origin are a merged request
    (RFC 3261 8.2.2.2)."""

    call_id: str
    from_tag: str
    cseq: int
    method: str


def client_key(message: Request | Response) -> Key:
    """The client transaction of a request that is to be sent, or of a response (17.1.3).

    Raises `BadMessage` when a header cannot be read.
    """
    via = message.via
    return Key(Side.CLIENT, via.branch.lower(), _sent_by(via), message.cseq.method)


def server_keys(request: Request) -> Iterator[Key]:
    """The server transactions that a request may belong to, the likeliest first (17.2.3).

    An ACK belongs to an INVITE. Without the cookie an ACK has the tag of the response, which its
    INVITE only had inside of a dialog, so that there are two possibilities.
    """
    method = "INVITE" if request.method == "ACK" else request.method
    via = request.via
    branch = via.branch
    if has_cookie(branch):
        yield Key(Side.SERVER, branch.lower(), _sent_by(via), method)
        return
    tag = request.to.tag
    yield Key(Side.SERVER, _legacy(request, tag), _sent_by(via), method)
    if request.method == "ACK" and tag:
        yield Key(Side.SERVER, _legacy(request, ""), _sent_by(via), method)


def canceled_keys(cancel: Key) -> Iterator[Key]:
    """The transactions that a CANCEL with this key may be about (9.2)."""
    for method in _CANCELABLE:
        yield cancel._replace(method=method)


def has_cookie(branch: str) -> bool:
    """Whether a branch is unique by itself; parameters are compared without case (7.3.1)."""
    return branch[: len(MAGIC_COOKIE)].lower() == MAGIC_COOKIE.lower() and branch != MAGIC_COOKIE


def origin(request: Request) -> Origin:
    """What the copies of a request have in common that came by different paths."""
    cseq = request.cseq
    return Origin(request.call_id, request.from_.tag, cseq.number, cseq.method)


def _legacy(request: Request, to_tag: str) -> str:
    """All by which RFC 2543 knew a request, as one text; line breaks cannot occur in it."""
    number = str(request.cseq.number)
    parts = (request.uri, to_tag, request.from_.tag, request.call_id, number)
    return "\n".join((*parts, str(request.via)))


def _sent_by(via: Via) -> str:
    """Host and port as the sender wrote them, the default port spelt out."""
    return f"{via.host.lower()}:{via.port or default_port(via.transport)}"
