"""Session descriptions of the SFU: read a browser's, answer it, write our own offers. Pure."""

from media.sfu.sdp.answer import CodecPolicy, answer
from media.sfu.sdp.candidates import host_candidates
from media.sfu.sdp.offer import OfferBook, Slot, Source
from media.sfu.sdp.parse import parse
from media.sfu.sdp.types import Codec, Description, Media, SdpError, Transport
from media.sfu.sdp.viewer import answer_viewer
from media.sfu.sdp.write import write

__all__ = [
    "Codec",
    "CodecPolicy",
    "Description",
    "Media",
    "OfferBook",
    "SdpError",
    "Slot",
    "Source",
    "Transport",
    "answer",
    "answer_viewer",
    "host_candidates",
    "parse",
    "write",
]
