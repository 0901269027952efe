"""A whole media node: aiortc peers publish and subscribe over the bus, judged by what is heard."""

from __future__ import annotations

import pytest
from aiortc import RTCRtpSender
from av import VideoFrame

from offhook.core.bus.local import LocalBus
from offhook.core.contracts.media import Inspect, Inspection
from tests.media.sfu.peer import Peer
from tests.media.sfu.tone import Picture, Tone, hear

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("worker", "loopback")]


async def test_two_people_hear_each_others_tone(bus: LocalBus) -> None:
    ann, ben = Peer(bus, "ND1", "RM1", "PA1"), Peer(bus, "ND1", "RM1", "PA2")
    await ann.enter()
    await ben.enter()
    ann.add(Tone(440), "TR1", "microphone")
    ben.add(Tone(880), "TR2", "microphone")
    await ann.offer()
    await ben.offer()
    assert await hear(await ben.track("TR1")) == pytest.approx(440, abs=10)
    assert await hear(await ann.track("TR2")) == pytest.approx(880, abs=10)
    await ann.exit()
    await ben.exit()


@pytest.mark.parametrize("name", ["PCMU", "PCMA"])
async def test_a_phones_codec_is_heard_without_transcoding(bus: LocalBus, name: str) -> None:
    ann, ben = Peer(bus, "ND1", "RM1", "PA1"), Peer(bus, "ND1", "RM1", "PA2")
    await ann.enter()
    await ben.enter()
    ann.add(Tone(600), "TR1", "microphone")
    _prefer(ann, f"audio/{name}")
    await ann.offer()
    assert await hear(await ben.track("TR1")) == pytest.approx(600, abs=10)
    inspection = await bus.request("ND1", Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert [track.codec for track in inspection.tracks] == [name.lower()]
    await ann.exit()
    await ben.exit()


async def test_h264_is_decoded_at_the_other_end(bus: LocalBus) -> None:
    ann, ben = Peer(bus, "ND1", "RM1", "PA1"), Peer(bus, "ND1", "RM1", "PA2")
    await ann.enter()
    await ben.enter()
    ann.add(Picture(), "TR1", "camera")
    _prefer(ann, "video/H264")
    await ann.offer()
    frame = await (await ben.track("TR1")).recv()
    assert isinstance(frame, VideoFrame)
    assert (frame.width, frame.height) == (320, 240)
    inspection = await bus.request("ND1", Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    (track,) = inspection.tracks
    assert (track.codec, track.layers[0].width, track.layers[0].height) == ("h264", 320, 240)
    await ann.exit()
    await ben.exit()


def _prefer(peer: Peer, mime: str) -> None:
    """Offer one codec only, with what repairs it."""
    (line,) = peer.publish.getTransceivers()
    known = RTCRtpSender.getCapabilities(line.kind).codecs
    line.setCodecPreferences(
        [codec for codec in known if codec.mimeType == mime or codec.name == "rtx"]
    )


async def test_a_picture_is_decoded_at_the_other_end(bus: LocalBus) -> None:
    ann, ben = Peer(bus, "ND1", "RM1", "PA1"), Peer(bus, "ND1", "RM1", "PA2")
    await ann.enter()
    await ben.enter()
    ann.add(Picture(), "TR1", "camera")
    await ann.offer()
    frame = await (await ben.track("TR1")).recv()
    assert isinstance(frame, VideoFrame)
    assert (frame.width, frame.height) == (320, 240)
    await ann.exit()
    await ben.exit()
