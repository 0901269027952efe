"""What a user agent looks at before it takes a message (RFC 3261 8.2.1 to 8.2.3, 8.1.3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.message.grammar import split_list
from media.sip.message.message import Request, Response

#: The methods that are registered: one of these that is not allowed is a 405, another a 501.
METHODS = frozenset({"ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS"})
METHODS |= {"PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"}
#: Requests that nobody may refuse for an extension (RFC 3261 8.2.2.3).
_NEVER_REFUSED = frozenset({"ACK", "CANCEL"})


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one user agent can do: methods, option tags, media types that it reads and that it
    answers an INVITE with, all in the case they are registered in."""

    methods: frozenset[str]
    extensions: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset({"application/sdp"})
    writes: frozenset[str] = frozenset({"application/sdp"})


def refusal_of(request: Request, can: Capabilities) -> Response | None:
    """The answer to a request that cannot be taken, None for one that can, in the RFC's order.

    An ACK is never answered: where this gives a response, the ACK is dropped.
    """
    return (
        _method_refused(request, can)
        or _extension_refused(request, can)
        or _body_refused(request, can)
        or _answer_refused(request, can)
    )


def is_stray(response: Response) -> bool:
    """Whether a response went astray: more than one Via is left (RFC 3261 8.1.3.3)."""
    return len(response.headers.values("Via")) != 1


def _method_refused(request: Request, can: Capabilities) -> Response | None:
    if request.method in can.methods:
        return None
    response = request.respond(405 if request.method in METHODS else 501)
    response.headers.add("Allow", _written(can.methods))
    return response


def _extension_refused(request: Request, can: Capabilities) -> Response | None:
    known = {name.lower() for name in can.extensions}
    needed = request.headers.values("Require")
    unknown = [name for name in needed if name.lower() not in known]
    if not unknown or request.method in _NEVER_REFUSED:
        return None
    response = request.respond(420)
    response.headers.add("Unsupported", ", ".join(unknown))
    return response


def _body_refused(request: Request, can: Capabilities) -> Response | None:
    if not request.body or _is_optional(request):
        return None
    kind = media_type(request.headers.get("Content-Type") or "")
    codings = [name.lower() for name in request.headers.values("Content-Encoding")]
    if kind in can.reads and set(codings) <= {"identity"}:
        return None
    response = request.respond(415)
    response.headers.add("Accept", _written(can.reads))
    if set(codings) - {"identity"}:
        response.headers.add("Accept-Encoding", "identity")
    return response


def _answer_refused(request: Request, can: Capabilities) -> Response | None:
    if request.method != "INVITE" or "Accept" not in request.headers:
        return None
    accepted = [item for item in request.headers.values("Accept") if not _is_zero(item)]
    patterns = {media_type(item) for item in accepted}
    if any(_patterns_of(kind) & patterns for kind in can.writes):
        return None
    return request.respond(406)


def media_type(text: str) -> str:
    """`type/subtype` in lower case, without parameters and blanks."""
    return "".join(text.partition(";")[0].split()).lower()


def _patterns_of(kind: str) -> set[str]:
    return {kind, f"{kind.partition('/')[0]}/*", "*/*"}


def _is_zero(item: str) -> bool:
    """Whether an item of Accept says that its type is not wanted (`q=0`)."""
    params = ["".join(part.split()).lower() for part in item.split(";")[1:]]
    return any(part in {"q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"} for part in params)


def _is_optional(request: Request) -> bool:
    """Whether the sender leaves it to us to read the body (RFC 3261 20.11)."""
    disposition = split_list(request.headers.get("Content-Disposition") or "")
    words = "".join(disposition[0].split()).lower() if disposition else ""
    return "handling=optional" in words.split(";")


def _written(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
