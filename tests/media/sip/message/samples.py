"""Messages that tests start from."""

from __future__ import annotations

from media.sip.message import Request, Response, parse

BODY = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"
INVITE = (
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bK776asdhds;rport\r\n"
    "Max-Forwards: 70\r\n"
    'To: "Bob" <sip:bob@biloxi.example.com>\r\n'
    "From: Alice <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@pc33.atlanta.example.com>\r\n"
    "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\n"
    "Supported: replaces, timer\r\n"
    "User-Agent: Softphone/1.0\r\n"
    "Content-Type: application/sdp\r\n"
    f"Content-Length: {len(BODY)}\r\n"
    "\r\n"
).encode() + BODY
RINGING = (
    b"SIP/2.0 180 Ringing\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;received=192.0.2.9;rport=5099\r\n"
    b"From: <sip:a@example.com>;tag=1\r\n"
    b"To: <sip:b@example.com>;tag=2\r\n"
    b"Call-ID: c\r\n"
    b"CSeq: 1 INVITE\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def changed(old: str, new: str, message: bytes = INVITE) -> bytes:
    """The message with one piece of text replaced, which must be there once."""
    assert message.count(old.encode()) == 1, old
    return message.replace(old.encode(), new.encode())


def request(data: bytes = INVITE) -> Request:
    """The bytes as a request."""
    message = parse(data)
    assert isinstance(message, Request)
    return message


def response(data: bytes = RINGING) -> Response:
    """The bytes as a response."""
    message = parse(data)
    assert isinstance(message, Response)
    return message
