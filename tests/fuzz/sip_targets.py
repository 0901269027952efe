"""Parsers of SIP: messages in datagrams and in streams."""

from __future__ import annotations

from collections.abc import Callable

from media.sip.message import BadMessage, Framer, Request, Response, parse
from media.sip.message.admission import Capabilities, refusal_of
from media.sip.message.uri import SipUri
from tests.fuzz.target import Target
from tests.media.sip.message.samples import INVITE, RINGING
from tests.media.sip.message.torture import OUTCOMES
from tests.media.sip.message.torture import data as torture

_NOTHING = Capabilities(frozenset())
#: One that says what it is by every means there is.
_FULL = (
    b"INVITE sip:a:b@[::1]:5;lr;x=y SIP/2.0\r\n"
    b"v:SIP / 2.0 / TCP [::1] : 5;rport;received=1.2.3.4,\r\n SIP/2.0/UDP h\r\n"
    b'f:"\\"" <tel:+1-2;ext=3>;tag=a\r\nt:sip:x@y;q="a,b"\r\ni:c\r\nCSeq:1 INVITE\r\n'
    b'm:<sip:%00@h?a=b>;expires=9,"" <x:y>\r\nAccept: a/b;q=0\r\nRequire: z\r\nl:3\r\n\r\nabc'
)
SEEDS = (INVITE, RINGING, _FULL, *(torture(name) for name in OUTCOMES))


def _message() -> Callable[[bytes], object]:
    """What is taken is written and read as the same; what is refused can be answered."""

    def read(data: bytes) -> None:
        try:
            message = parse(data)
        except BadMessage as bad:
            _answer(bad)
            raise
        again = parse(message.encode())
        assert (again.body, again.encode()) == (message.body, message.encode())
        _look(message)

    return read


def _answer(bad: BadMessage) -> None:
    """What can be answered says where to, and is no ACK."""
    if bad.request is not None:
        assert bad.request.method != "ACK"
        assert bad.request.via.host
        bad.request.respond(bad.status, bad.reason, to_tag="ours").encode()


def _look(message: Request | Response) -> None:
    """Everything that is read of a message before anyone knows what it is about."""
    for address in (message.from_, message.to, *message.contacts):
        assert not {"\r", "\n"} & set(str(address))
        _uri(address.uri)
    if isinstance(message, Request):
        refusal = refusal_of(message, _NOTHING)
        for answer in (message.respond(200, to_tag="ours"), refusal or message.respond(100)):
            assert parse(answer.encode()).to.uri == message.to.uri


def _uri(text: str) -> None:
    """An address that is understood is itself, however it is written."""
    try:
        uri = SipUri.parse(text)
    except BadMessage:
        return
    assert SipUri.parse(str(uri)) == uri
    assert hash(SipUri.parse(str(uri))) == hash(uri)
    assert isinstance(uri.decoded_user.encode(), bytes)


def _events(framer: Framer, pieces: list[bytes]) -> list[object]:
    found = [event for piece in pieces for event in framer.feed(piece)]
    kept = [e.encode() if isinstance(e, Request | Response) else e for e in found]
    return [type(event) if isinstance(event, BadMessage) else event for event in kept]


def _stream() -> Callable[[bytes], object]:
    """What comes out of a stream does not depend on how it was cut; the first byte cuts it."""

    def read(data: bytes) -> None:
        size, stream = 1 + data[0] % 64 if data else 1, data[1:]
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        for ours in (True, False):
            whole, cut = Framer(opened_by_us=ours), Framer(opened_by_us=ours)
            assert _events(whole, [stream]) == _events(cut, pieces)
            assert (whole.broken, whole.waiting) == (cut.broken, cut.waiting)
            assert whole.waiting <= len(stream)

    return read


_STREAMS = (
    b"\x05" + INVITE + RINGING,
    b"\x00\r\n\r\n\r\n" + RINGING + b"\r\n" + INVITE,
    b"\x1f" + INVITE.replace(b"INVITE\r\n", b"BYE\r\n") + RINGING,
    b"\x20" + _FULL + b"GET / HTTP/1.1\r\n\r\n",
)

TARGETS = (
    Target("sip_message", _message, (BadMessage,), SEEDS, 4096),
    Target("sip_stream", _stream, (), _STREAMS, 4096),
)
