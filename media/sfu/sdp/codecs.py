"""The codecs and header extensions we speak, with the numbers of our own offers."""

from __future__ import annotations

from functools import cache

from media.sfu.sdp.types import (
    DEPENDENCY,
    LEVEL,
    MID,
    ORIENTATION,
    PLAYOUT_DELAY,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    Codec,
)

#: Taken from publishers, best first; a browser sends with the first one of our answer.
AUDIO = ("opus", "pcmu", "pcma")
VIDEO = ("vp8", "vp9", "h264", "av1")

#: What a publisher may send us in RTP header extensions.
PUBLISH_EXTENSIONS = frozenset(
    {LEVEL, MID, RID, REPAIRED_RID, TRANSPORT_CC, ORIENTATION, PLAYOUT_DELAY, DEPENDENCY}
)
#: What we promise a publisher in RTCP feedback. No goog-remb: transport-cc replaces it.
PUBLISH_FEEDBACK = frozenset({"nack", "nack pli", "ccm fir", "transport-cc"})

#: Numbers of every offer we write: one table, so that a rewritten packet suits every subscriber.
EXTENSION_IDS = {LEVEL: 1, TRANSPORT_CC: 3, ORIENTATION: 5, PLAYOUT_DELAY: 6, DEPENDENCY: 7}
AUDIO_EXTENSIONS = (LEVEL, TRANSPORT_CC)
VIDEO_EXTENSIONS = (TRANSPORT_CC, ORIENTATION, PLAYOUT_DELAY, DEPENDENCY)
#: Passed on from the publisher's packet as they are.
FORWARDED_EXTENSIONS = (LEVEL, ORIENTATION, PLAYOUT_DELAY, DEPENDENCY)

_FEEDBACK = ("transport-cc", "ccm fir", "nack", "nack pli")
_H264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
_OPUS = Codec(111, "opus", 48000, 2, "minptime=10;useinbandfec=1", ("transport-cc",))

#: All audio codecs stand in every audio m-line: a publisher may change its codec at any packet.
OFFERED_AUDIO = (
    _OPUS,
    Codec(0, "PCMU", 8000, feedback=("transport-cc",)),
    Codec(8, "PCMA", 8000, feedback=("transport-cc",)),
    Codec(110, "telephone-event", 48000),
    Codec(126, "telephone-event", 8000),
)
OFFERED_VIDEO: dict[str, tuple[Codec, Codec]] = {
    "vp8": (
        Codec(96, "VP8", 90000, feedback=_FEEDBACK),
        Codec(97, "rtx", 90000, parameters="apt=96"),
    ),
    "vp9": (
        Codec(98, "VP9", 90000, parameters="profile-id=0", feedback=_FEEDBACK),
        Codec(99, "rtx", 90000, parameters="apt=98"),
    ),
    "h264": (
        Codec(102, "H264", 90000, parameters=_H264, feedback=_FEEDBACK),
        Codec(103, "rtx", 90000, parameters="apt=102"),
    ),
    "av1": (
        Codec(45, "AV1", 90000, feedback=_FEEDBACK),
        Codec(46, "rtx", 90000, parameters="apt=45"),
    ),
}


@cache
def offered(kind: str, codec: str) -> tuple[Codec, ...]:
    """The codecs of an m-line that carries `codec`; of audio, that one first."""
    if kind == "video":
        return OFFERED_VIDEO[codec]
    return tuple(sorted(OFFERED_AUDIO, key=lambda c: c.key != codec))


def format_key(codec: Codec) -> str:
    """What tells a forwarded format apart: the name, and the clock of telephone events."""
    if codec.key == "telephone-event":
        return f"telephone-event/{codec.clock_rate}"
    return codec.key
