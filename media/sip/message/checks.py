"""What every message must have before anyone looks at what it is about (RFC 3261 8.1.1, 20)."""

from __future__ import annotations

from media.sip.message.bad import BadMessage
from media.sip.message.headers import Headers
from media.sip.message.limits import Limits
from media.sip.message.message import Request, Response, refusal
from media.sip.message.tel import TelUri
from media.sip.message.uri import SipUri

_NEEDED = {"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}
#: Headers of which there is at most one line (RFC 3261 7.3.1).
_SINGLE = {
    "from": "From",
    "to": "To",
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "max-forwards": "Max-Forwards",
    "content-type": "Content-Type",
}


def check(message: Request | Response, limits: Limits) -> None:
    """Raise BadMessage unless the message has its headers, once and well-formed."""
    try:
        _check_lines([line[0] for line in message.headers.lines])
        _check_hops(message.headers, limits)
        _check_values(message)
    except BadMessage as bad:
        raise refusal(message, bad.status, bad.reason) from bad


def _check_lines(keys: list[str]) -> None:
    known = set(keys)
    for key in _NEEDED.keys() - known:
        raise BadMessage(400, f"Missing {_NEEDED[key]}")
    if len(known) == len(keys):
        return
    for key, name in _SINGLE.items():
        if keys.count(key) > 1:
            raise BadMessage(400, f"Repeated {name}")


def _check_hops(headers: Headers, limits: Limits) -> None:
    """Count the values of Via, unless there is plainly one."""
    lines = headers.all("Via")
    if (len(lines) > 1 or "," in lines[0]) and len(headers.values("Via")) > limits.vias:
        raise BadMessage(483, "Too Many Hops")


def _check_values(message: Request | Response) -> None:
    """Read what every message has, for good."""
    _ = message.via, message.from_, message.to, message.call_id, message.contacts
    cseq = message.cseq
    if isinstance(message, Response):
        return
    if cseq.method != message.method:
        raise BadMessage(400, "CSeq Method Mismatch")
    _ = message.max_forwards
    _check_uri(message.uri)


def _check_uri(uri: str) -> None:
    """A request is addressed by `sip:`, `sips:` or `tel:`; another scheme is a 416."""
    if uri[:4].lower() == "tel:":
        TelUri.parse(uri)
    elif SipUri.parse(uri).headers:
        raise BadMessage(400, "Headers In Request-URI")
