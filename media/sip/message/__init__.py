"""SIP messages: addresses, headers, typed values, requests, responses, and their parser. Pure."""

from media.sip.message.bad import BadMessage
from media.sip.message.framing import Framer, KeepAlive
from media.sip.message.headers import Headers
from media.sip.message.limits import Limits
from media.sip.message.message import Request, Response
from media.sip.message.parse import parse
from media.sip.message.tel import TelUri
from media.sip.message.uri import SipUri
from media.sip.message.values import CSeq, NameAddr, Via

__all__ = [
    "BadMessage",
    "CSeq",
    "Framer",
    "Headers",
    "KeepAlive",
    "Limits",
    "NameAddr",
    "Request",
    "Response",
    "SipUri",
    "TelUri",
    "Via",
    "parse",
]
