"""Answer a publisher: we receive what it sends, in the order and with the numbers it chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, replace

from media.sfu.sdp.codecs import AUDIO, PUBLISH_EXTENSIONS, PUBLISH_FEEDBACK, VIDEO
from media.sfu.sdp.types import Codec, Description, Media, Transport


@dataclass(frozen=True, slots=True)
class CodecPolicy:
    """Which codecs we take, best first; one video codec is answered, all audio codecs are."""

    audio: tuple[str, ...] = AUDIO
    video: tuple[str, ...] = VIDEO


def answer(
    offer: Description,
    local: Transport,
    live: Set[str],
    *,
    policy: CodecPolicy | None = None,
    session_id: int = 0,
    version: int = 0,
) -> Description:
    """Answer `offer` with `local`; an m-line whose mid is not in `live` is answered inactive.

    Lines that we cannot receive are rejected and stay out of the bundle (RFC 9143).
    """
    chosen = policy or CodecPolicy()
    media = tuple(_answer_media(m, m.mid in live, chosen) for m in offer.media)
    transport = replace(local, setup="passive", ice_lite=True)
    return Description(media, transport, session_id, version)


def _answer_media(offered: Media, live: bool, policy: CodecPolicy) -> Media:
    codecs = choose(offered, policy)
    if offered.rejected or not codecs:
        return Media(
            offered.kind,
            offered.mid,
            rejected=True,
            protocol=offered.protocol,
            formats=offered.formats,
        )
    sending = offered.rids if offered.rid_direction == "send" else ()
    return Media(
        kind=offered.kind,
        mid=offered.mid,
        direction="recvonly" if live and offered.sends else "inactive",
        codecs=codecs,
        extensions=tuple(e for e in offered.extensions if e[1] in PUBLISH_EXTENSIONS),
        rids=sending,
        rid_direction="recv",
        protocol=offered.protocol,
        formats=tuple(str(codec.payload_type) for codec in codecs),
    )


def choose(offered: Media, policy: CodecPolicy) -> tuple[Codec, ...]:
    """The codecs of an m-line that we speak, of video one with its repair; feedback is ours too."""
    if offered.kind == "audio":
        return _choose_audio(offered, policy)
    return _choose_video(offered, policy) if offered.kind == "video" else ()


def _with_our_feedback(codec: Codec) -> Codec:
    return replace(codec, feedback=tuple(f for f in codec.feedback if f in PUBLISH_FEEDBACK))


def _choose_audio(offered: Media, policy: CodecPolicy) -> tuple[Codec, ...]:
    """Every codec we know, and telephone events at the clock of the first one, which is sent.

    Events at two rates, or at another rate, make Chromium send wrong durations; where a browser
    has only another rate (Firefox: 8000) that one is taken, for the digit is still right.
    """
    named = _by_name(offered)
    chosen = [codec for name in policy.audio for codec in named[name]]
    if not chosen:
        return ()
    events = named["telephone-event"]
    right = [c for c in events if c.clock_rate == chosen[0].clock_rate] or events
    return tuple(_with_our_feedback(c) for c in chosen + right[:1])


def _choose_video(offered: Media, policy: CodecPolicy) -> tuple[Codec, ...]:
    named = _by_name(offered)
    for name in policy.video:
        usable = [codec for codec in named[name] if _decodable(codec)]
        if usable:
            best = min(usable, key=_uncommon)
            rtx = offered.rtx_of(best.payload_type)
            return (_with_our_feedback(best), *([rtx] if rtx else []))
    return ()


def _by_name(offered: Media) -> defaultdict[str, list[Codec]]:
    named: defaultdict[str, list[Codec]] = defaultdict(list)
    for codec in offered.codecs:
        named[codec.key].append(codec)
    return named


def _decodable(codec: Codec) -> bool:
    """Leave out variants other browsers rarely read: H.264 packetization mode 0, VP9 profile 2."""
    if codec.key == "h264":
        return codec.parameter("packetization-mode") == "1"
    if codec.key == "vp9":
        return codec.parameter("profile-id") in (None, "0")
    return True


def _uncommon(codec: Codec) -> bool:
    """H.264 baseline, which our offers promise, comes before other profiles."""
    profile = codec.parameter("profile-level-id") or "42"
    return not profile.lower().startswith("42")
