"""The messages of RFC 4475, byte for byte, and what is to become of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from media.sip.message import BadMessage, Request, Response, parse
from media.sip.message.admission import Capabilities, is_stray, refusal_of

FOLDER = Path(__file__).parent.parent / "rfc4475"

#: A phone that reads session descriptions and texts.
PHONE = Capabilities(
    methods=frozenset({"ACK", "BYE", "CANCEL", "INVITE", "MESSAGE", "OPTIONS", "REGISTER"}),
    reads=frozenset({"application/sdp", "text/plain", "multipart/mixed"}),
)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one message. `parsed` is of the parser: 0 for taken, a status for refused
    with an answer, None for dropped in silence; `taken` is of the phone that got it."""

    section: str
    parsed: int | None
    taken: int | None


OUTCOMES = {
    "wsinv": Outcome("3.1.1.1", 0, 0),
    "intmeth": Outcome("3.1.1.2", 0, 501),
    "esc01": Outcome("3.1.1.3", 0, 0),
    "escnull": Outcome("3.1.1.4", 0, 0),
    "esc02": Outcome("3.1.1.5", 0, 501),
    "lwsdisp": Outcome("3.1.1.6", 0, 0),
    "longreq": Outcome("3.1.1.7", 0, 0),
    "dblreq": Outcome("3.1.1.8", 0, 0),
    "semiuri": Outcome("3.1.1.9", 0, 0),
    "transports": Outcome("3.1.1.10", 0, 0),
    "mpart01": Outcome("3.1.1.11", 0, 0),
    "unreason": Outcome("3.1.1.12", 0, 0),
    "noreason": Outcome("3.1.1.13", 0, 0),
    "badinv01": Outcome("3.1.2.1", 400, 400),
    "clerr": Outcome("3.1.2.2", 400, 400),
    "ncl": Outcome("3.1.2.3", 400, 400),
    "scalar02": Outcome("3.1.2.4", 400, 400),
    "scalarlg": Outcome("3.1.2.5", None, None),
    "quotbal": Outcome("3.1.2.6", 400, 400),
    "ltgtruri": Outcome("3.1.2.7", 400, 400),
    "lwsruri": Outcome("3.1.2.8", 400, 400),
    "lwsstart": Outcome("3.1.2.9", 400, 400),
    "trws": Outcome("3.1.2.10", 400, 400),
    "escruri": Outcome("3.1.2.11", 400, 400),
    "baddate": Outcome("3.1.2.12", 0, 0),
    "regbadct": Outcome("3.1.2.13", 400, 400),
    "badaspec": Outcome("3.1.2.14", 400, 400),
    "baddn": Outcome("3.1.2.15", 400, 400),
    "badvers": Outcome("3.1.2.16", 505, 505),
    "mismatch01": Outcome("3.1.2.17", 400, 400),
    "mismatch02": Outcome("3.1.2.18", 400, 400),
    "bigcode": Outcome("3.1.2.19", None, None),
    "badbranch": Outcome("3.2.1", 0, 0),
    "insuf": Outcome("3.3.1", 400, 400),
    "unkscm": Outcome("3.3.2", 416, 416),
    "novelsc": Outcome("3.3.3", 416, 416),
    "unksm2": Outcome("3.3.4", 0, 0),
    "bext01": Outcome("3.3.5", 0, 420),
    "invut": Outcome("3.3.6", 0, 415),
    "regaut01": Outcome("3.3.7", 0, 0),
    "multi01": Outcome("3.3.8", 400, 400),
    "mcl01": Outcome("3.3.9", 400, 400),
    "bcast": Outcome("3.3.10", 0, None),
    "zeromf": Outcome("3.3.11", 0, 0),
    "cparam01": Outcome("3.3.12", 0, 0),
    "cparam02": Outcome("3.3.13", 0, 0),
    "regescrt": Outcome("3.3.14", 0, 0),
    "sdp01": Outcome("3.3.15", 0, 406),
    "inv2543": Outcome("3.4.1", 0, 0),
    # Of the drafts before the RFC: a first line that is not of SIP.
    "test": Outcome("-", None, None),
}


def data(name: str) -> bytes:
    """The bytes of one message."""
    return (FOLDER / f"{name}.dat").read_bytes()


def taken(name: str) -> Request:
    """The message as a request that the parser takes."""
    message = parse(data(name))
    assert isinstance(message, Request)
    return message


def response(name: str) -> Response:
    """The message as a response that the parser takes."""
    message = parse(data(name))
    assert isinstance(message, Response)
    return message


def refused(name: str, status: int) -> Response:
    """The answer to a message that the parser refuses with this status."""
    with pytest.raises(BadMessage) as raised:
        parse(data(name))
    assert raised.value.status == status
    assert raised.value.request is not None
    return raised.value.request.respond(status, raised.value.reason, to_tag="ours")


def dropped(name: str) -> None:
    """The parser refuses the message, and nobody is to be told."""
    with pytest.raises(BadMessage) as raised:
        parse(data(name))
    assert raised.value.request is None


def parsed_as(datagram: bytes) -> int | None:
    """What the parser makes of a datagram, as in `Outcome.parsed`."""
    try:
        parse(datagram)
    except BadMessage as bad:
        return None if bad.request is None else bad.status
    return 0


def taken_as(datagram: bytes) -> int | None:
    """What a phone makes of a datagram, as in `Outcome.taken`."""
    parsed = parsed_as(datagram)
    if parsed != 0:
        return parsed
    message = parse(datagram)
    if isinstance(message, Response):
        return None if is_stray(message) else 0
    refusal = refusal_of(message, PHONE)
    return refusal.status if refusal else 0
