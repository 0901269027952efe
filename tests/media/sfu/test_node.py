"""A whole media node: aiortc peers publish and subscribe over the bus, judged by what is heard."""

from __future__ import annotations

import pytest
from av import VideoFrame

from offhook.core.bus.local import LocalBus
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
