"""Session descriptions of phone calls, their offers and answers (RFC 8866, 3264, 6337). Pure."""

from media.sip.sdp.crypto import AES_32, AES_80
from media.sip.sdp.description import Description, Media
from media.sip.sdp.errors import BadDescription, NotAcceptable, Warned
from media.sip.sdp.events import (
    Agreement,
    AnswerReceived,
    AnswerWanted,
    NothingWanted,
    OfferDeclined,
    OfferReceived,
    OfferRefused,
    OfferWanted,
    PreviewConfirmed,
    PreviewReceived,
    SendAnswer,
    SendOffer,
    UseMedia,
)
from media.sip.sdp.exchange import OfferAnswer, State
from media.sip.sdp.formats import (
    CN,
    G722,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    TELEPHONE_EVENT_48000,
    Format,
    formats_of,
)
from media.sip.sdp.parse import parse
from media.sip.sdp.patterns import PATTERNS, Carrier, Pattern, Refusal
from media.sip.sdp.stream import Stream
from media.sip.sdp.terms import Mux, Srtp, Terms
from media.sip.sdp.values import Connection, Direction, Origin

__all__ = [
    "AES_32",
    "AES_80",
    "CN",
    "G722",
    "OPUS",
    "PATTERNS",
    "PCMA",
    "PCMU",
    "TELEPHONE_EVENT",
    "TELEPHONE_EVENT_48000",
    "Agreement",
    "AnswerReceived",
    "AnswerWanted",
    "BadDescription",
    "Carrier",
    "Connection",
    "Description",
    "Direction",
    "Format",
    "Media",
    "Mux",
    "NotAcceptable",
    "NothingWanted",
    "OfferAnswer",
    "OfferDeclined",
    "OfferReceived",
    "OfferRefused",
    "OfferWanted",
    "Origin",
    "Pattern",
    "PreviewConfirmed",
    "PreviewReceived",
    "Refusal",
    "SendAnswer",
    "SendOffer",
    "Srtp",
    "State",
    "Stream",
    "Terms",
    "UseMedia",
    "Warned",
    "formats_of",
    "parse",
]
