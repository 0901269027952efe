"""Descriptions made readable for aiortc, and its answers made right for the one who offered.

aiortc 1.16 takes the candidates of a bundle from its last m-line only, and fails a whole
description for one m-line that is rejected or whose codecs it does not know. All are common:
candidates stand once in a bundle (RFC 9143, section 10.1), and somebody may send VP9 or AV1.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiortc.codecs import CODECS
from aiortc.rtcpeerconnection import find_common_codecs
from aiortc.sdp import SessionDescription, grouplines

_CANDIDATE = ("a=candidate:", "a=end-of-candidates")
_CODEC = ("a=rtpmap:", "a=fmtp:", "a=rtcp-fb:")
_STREAM = (*_CODEC, "a=ssrc", "a=msid:", "a=extmap:")
_TRANSPORT = ("a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:", "a=setup:", "a=rtcp:", "a=rtcp-mux")
_DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")
_STAND_IN = {"audio": "PCMU/8000", "video": "VP8/90000"}


@dataclass(frozen=True)
class ReadableOffer:
    """An offer that aiortc can answer; `refused` are the m-lines it must not say yes to."""

    sdp: str
    refused: frozenset[str]


def readable_offer(offer: str) -> ReadableOffer:
    """Spread the candidates, and put an inactive stand-in for m-lines of unknown codecs."""
    parsed = SessionDescription.parse(offer)
    session, lines = grouplines(offer)
    refused: set[str] = set()
    for index, media in enumerate(parsed.media):
        known = CODECS.get(media.kind)
        if known is not None and not find_common_codecs(known, media.rtp.codecs):
            refused.add(media.rtp.muxId)
            lines[index] = _stand_in(lines[index])
    return ReadableOffer(_text(session, _spread(lines)), frozenset(refused))


def readable_answer(answer: str) -> str:
    """Spread the candidates, and make an inactive m-line of each rejected one."""
    session, lines = grouplines(answer)
    live = next((media for media in lines if not _is_rejected(media)), [])
    transport = [line for line in live if line.startswith(_TRANSPORT)]
    for index, media in enumerate(lines):
        if _is_rejected(media):
            lines[index] = [*_stand_in(media), *transport]
    return _text(session, _spread(lines))


def with_refusals(answer: str, offer: str, refused: frozenset[str]) -> str:
    """Our answer with the offered codecs on the refused m-lines, which stay inactive.

    They are not rejected: the next track on such a line may be one that we can decode.
    """
    if not refused:
        return answer
    offered = {_mid(media): media for media in grouplines(offer)[1]}
    session, lines = grouplines(answer)
    for media in lines:
        if (mid := _mid(media)) in refused:
            formats = offered[mid][0].split(" ", 3)[3]
            head = " ".join([*media[0].split(" ")[:3], formats])
            codecs = [line for line in offered[mid] if line.startswith(_CODEC)]
            kept = [line for line in media[1:] if not line.startswith(_STREAM)]
            media[:] = [head, *kept, *codecs]
    return _text(session, lines)


def _spread(lines: list[list[str]]) -> list[list[str]]:
    """Give every m-line the candidates of the first one that has any."""
    found = next((c for c in map(_candidates, lines) if c), [])
    return [media if _candidates(media) else [*media, *found] for media in lines]


def _candidates(media: list[str]) -> list[str]:
    return [line for line in media if line.startswith(_CANDIDATE)]


def _stand_in(media: list[str]) -> list[str]:
    kind, port, protocol, first, *_ = media[0].split(" ")
    kept = [line for line in media[1:] if not line.startswith(_STREAM) and line not in _DIRECTIONS]
    codec = _STAND_IN[kind.removeprefix("m=")]
    head = f"{kind} {port} {protocol} {first}"
    return [head, *kept, "a=inactive", f"a=rtpmap:{first} {codec}"]


def _is_rejected(media: list[str]) -> bool:
    return media[0].split(" ")[1] == "0"


def _mid(media: list[str]) -> str:
    return next((line[6:] for line in media if line.startswith("a=mid:")), "")


def _text(session: list[str], lines: list[list[str]]) -> str:
    return "".join(f"{line}\r\n" for line in [*session, *(line for m in lines for line in m)])
