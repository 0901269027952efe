"""Each fix: the library is still wrong without it, and right with it.

A failure of a `stock` test means that the fix of that name is no longer needed: delete it.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import aiortc
import numpy as np
import pytest
from aioice import ice
from aiortc import RTCIceGatherer, rtcrtpreceiver, rtp
from aiortc.codecs.opus import OpusDecoder, OpusEncoder
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from av import AudioFrame
from av.frame import Frame

from media.peers import aiortc_fixes
from media.peers.aiortc_fixes import KEPT_FRAMES, LatestFrames, apply
from media.tracks.level import dbov, samples_of
from media.tracks.sound import FRAME, stereo_frame
from media.tracks.tone import ToneTrack, sine
from offhook.core.errors import Misconfigured
from tests.media.peers.pair import Pair, pair

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).parents[3]


def test_fixes_refuse_another_version_of_aiortc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc, "__version__", "1.17.0")
    with pytest.raises(Misconfigured, match=re.escape("not 1.17.0")):
        apply()


def test_what_was_applied_can_be_taken_back() -> None:
    before = (rtp.compute_audio_level_dbov, rtcrtpreceiver.RTCRtpReceiver.receive)
    with apply(loopback=True):
        assert rtp.compute_audio_level_dbov is not before[0]
    assert (rtp.compute_audio_level_dbov, rtcrtpreceiver.RTCRtpReceiver.receive) == before


def test_importing_the_fixes_changes_nothing() -> None:
    assert aiortc_fixes
    assert rtcrtpreceiver.JitterBuffer is JitterBuffer  # type: ignore[attr-defined]


# --- the public STUN server -----------------------------------------------------------------------


def test_stock_asks_a_public_stun_server() -> None:
    assert "google" in str(RTCIceGatherer.getDefaultIceServers())


def test_nobody_makes_a_peer_connection_that_asks_it() -> None:
    without = r"\s*RTCConfiguration\(\s*iceServers=\[\]"
    bare = re.compile(rf"(?<!new )\bRTCPeerConnection\((?!{without})")
    guilty = [
        path.relative_to(REPOSITORY)
        for folder in ("offhook", "signalling", "media", "messaging", "tests", "bench")
        for path in (REPOSITORY / folder).rglob("*.py")
        if path != Path(__file__) and bare.search(path.read_text())
    ]
    assert guilty == []


# --- the audio level ------------------------------------------------------------------------------


def decoded_opus(level: float) -> AudioFrame:
    """A frame of a tone as it comes out of aiortc's decoder, after louder ones."""
    encoder, decoder = OpusEncoder(), OpusDecoder()
    frame: Frame | None = None
    for index in range(30):
        loud = level if index > 20 else -4.0
        samples = sine(440, loud, index * FRAME, FRAME)
        payloads, _ = encoder.encode(stereo_frame(samples, index * FRAME))
        for payload in payloads:
            (frame,) = decoder.decode(JitterFrame(payload, index * FRAME))
    assert isinstance(frame, AudioFrame)
    return frame


def cpu(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def test_stock_level_of_a_decoded_frame_is_wrong() -> None:
    frame = decoded_opus(-30)
    truth = dbov(samples_of(frame))
    assert truth == pytest.approx(-30, abs=1.5)
    assert abs(rtp.compute_audio_level_dbov(frame) - truth) > 2


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("level", [-6.0, -20.0, -45.0])
def test_level_of_a_decoded_frame_is_that_of_its_samples(level: float) -> None:
    frame = decoded_opus(level)
    assert rtp.compute_audio_level_dbov(frame) == pytest.approx(level, abs=1.5)


@pytest.mark.usefixtures("fixed")
def test_level_fits_the_header_extension() -> None:
    silence = stereo_frame(np.zeros(FRAME, np.int16), 0)
    loudest = stereo_frame(np.full(FRAME, -32768, np.int16), 0)
    assert rtp.compute_audio_level_dbov(silence) == -127
    assert rtp.compute_audio_level_dbov(loudest) == 0


def test_level_by_numpy_costs_a_tenth_at_most() -> None:
    frame = decoded_opus(-20)
    stock = rtp.compute_audio_level_dbov
    with apply():
        ours = rtp.compute_audio_level_dbov
    ratios = [cpu(lambda: stock(frame), 40) / cpu(lambda: ours(frame), 400) for _ in range(3)]
    assert max(ratios) >= 10


# --- tracks that nobody reads ---------------------------------------------------------------------


async def test_stock_keeps_every_frame_that_nobody_reads() -> None:
    track = rtcrtpreceiver.RemoteStreamTrack("audio")
    for _ in range(500):
        await track._queue.put(None)
    assert track._queue.qsize() == 500


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_an_unread_track_keeps_its_newest_frames_and_its_end(kind: str) -> None:
    track = rtcrtpreceiver.RemoteStreamTrack(kind)
    keep = KEPT_FRAMES[kind]
    for index in range(500):
        await track._queue.put(stereo_frame(np.zeros(FRAME, np.int16), index))
    await track._queue.put(None)
    assert isinstance(track._queue, LatestFrames)
    assert (track._queue.qsize(), track._queue.dropped) == (keep, 501 - keep)
    assert [(await track.recv()).pts for _ in range(keep - 1)] == list(range(501 - keep, 500))
    with pytest.raises(aiortc.mediastreams.MediaStreamError):
        await track.recv()


# --- the jitter buffer of sound -------------------------------------------------------------------


@pytest.mark.usefixtures("fixed")
async def test_five_percent_of_loss_on_the_wire_are_five_percent_in_the_ear() -> None:
    dice = random.Random(11)
    async with pair(ToneTrack(440)) as both:
        transport = both.sender.getSenders()[0].transport.transport
        send = transport._send

        async def lossy(data: bytes) -> None:
            if not 127 < data[0] < 192 or dice.random() >= 0.05:
                await send(data)

        transport._send = lossy
        sound = await both.ears[0].hear(150)
    lost = sound.missing / (sound.missing + sound.seconds)
    assert 0.01 < lost < 0.11
    assert sound.is_tone(440)


# --- m-lines that carry one track after another ---------------------------------------------------


async def change_track(both: Pair, index: int) -> None:
    """What a server does when a track ends and the next one takes its m-line."""
    line = both.sender.getTransceivers()[index]
    line.direction = "inactive"
    await both.negotiate()
    line.direction = "sendonly"
    line.sender._ssrc = random.Random(5).getrandbits(32)
    line.sender.replaceTrack(ToneTrack(1320))
    await both.negotiate()


@pytest.mark.usefixtures("loopback_only")
async def test_stock_is_deaf_to_the_second_track_of_an_m_line() -> None:
    async with pair(ToneTrack(440), ToneTrack(880)) as both:
        await both.ears[1].hear(5)
        await change_track(both, 1)
        await both.ears[1].hear(0)
        await both.ears[0].hear(25)
        assert both.ears[1].listener.take().frames <= 4


@pytest.mark.usefixtures("fixed")
async def test_the_second_track_of_an_m_line_is_heard() -> None:
    async with pair(ToneTrack(440), ToneTrack(880)) as both:
        await both.ears[1].hear(5)
        await change_track(both, 1)
        await both.ears[1].hear(10)
        again = await both.ears[1].hear(25)
        assert again.is_tone(1320)
        assert (await both.ears[0].hear(25)).is_tone(440)


@pytest.mark.usefixtures("fixed")
async def test_tracks_added_later_are_heard_beside_the_first() -> None:
    async with pair(ToneTrack(440)) as both:
        for tone in (880, 1320):
            both.send(ToneTrack(tone))
            await both.negotiate()
        sounds = await asyncio.gather(*(ear.hear(25) for ear in both.ears))
        assert [round(sound.hz or 0, -1) for sound in sounds] == [440, 880, 1320]
        assert max(sound.missing for sound in sounds) < 0.1


@pytest.mark.usefixtures("fixed")
async def test_answering_the_same_track_again_does_not_interrupt_it() -> None:
    async with pair(ToneTrack(440)) as both:
        await both.ears[0].hear(5)
        await both.negotiate()
        sound = await both.ears[0].hear(25)
        assert sound.is_tone(440)
        assert sound.missing < 0.1


# --- addresses ------------------------------------------------------------------------------------


LOOPBACK = {"127.0.0.1", "::1"}


def test_stock_never_offers_the_loopback() -> None:
    assert not LOOPBACK & set(ice.get_host_addresses(True, True))


def test_the_loopback_is_offered_only_to_a_server_that_is_there() -> None:
    with apply(loopback=True):
        assert set(ice.get_host_addresses(True, True)) >= LOOPBACK
        assert "::1" not in ice.get_host_addresses(True, False)
    with apply():
        assert not LOOPBACK & set(ice.get_host_addresses(True, True))


def test_every_fix_says_what_is_wrong_and_where() -> None:
    for fix in aiortc_fixes.FIXES:
        assert fix.wrong
        assert re.fullmatch(r"(aiortc|aioice) \d+\.\d+\.\d+", fix.version)
