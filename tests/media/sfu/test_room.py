"""Rooms end to end over loopback: layers, mute, digits, speakers, quality, loss, and no leak."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from media.sfu.datapath import rtcp, rtcp_write
from media.sfu.datapath.rtp import RtpPacket
from offhook.core.clock import SECOND
from offhook.core.contracts.media import (
    Exit,
    Inspect,
    Inspection,
    Mute,
    QualityChanged,
    SpeakersChanged,
    StreamsPaused,
    TrackWish,
    Wish,
    Withdraw,
)
from tests.media.sfu.browser import Browser, audio_line, video_line
from tests.media.sfu.node import Still
from tests.media.sfu.plane import SSRCS, rtx_packet, vp8_packet
from tests.media.sfu.wait import eventually

pytestmark = pytest.mark.integration

People = Callable[[str], Browser]
RIDS = ("q", "h", "f")


async def watching(people: People, codec: str = "vp8") -> tuple[Browser, Browser]:
    """Ann sends audio and video in three layers, Ben receives both."""
    ann, ben = people("PA1"), people("PA2")
    await ann.enter()
    await ben.enter()
    ann.sends(audio_line("0"), "TR1")
    ann.sends(video_line("1", codec, RIDS if codec == "vp8" else ()), "TR2")
    await ann.publish()
    await ben.receive()
    return ann, ben


async def sent(still: Still, browser: Browser, packet: RtpPacket) -> None:
    """The node has taken a packet of this browser."""
    datapath = still.worker.node.datapath
    leg = still.worker.rooms["RM1"].participants[browser.name].publishing.leg
    assert leg is not None
    before = datapath.leg_counters(leg.number).packets_in
    browser.out.send_rtp(packet)
    await eventually(lambda: datapath.leg_counters(leg.number).packets_in > before)


async def frames(still: Still, ann: Browser, first: int, *, key: bool = True) -> None:
    """One frame of every layer; keyframes tell the sizes."""
    for rid in RIDS:
        await sent(still, ann, vp8_packet(rid, first, key=key))


def shown(ben: Browser) -> int:
    """The layer of the last video packet that arrived, by its source."""
    video = [p for p in ben.into.rtp if p.payload_type == 96]
    return video[-1].payload[-2]


async def wishes(ben: Browser, **wish: object) -> None:
    """Ben wants Ann's camera in another way."""
    changed = TrackWish(track="TR2", **wish)  # type: ignore[arg-type]
    await ben.ask(Wish(room="RM1", participant="PA2", tracks=(changed,)))


# layers


async def test_a_subscriber_gets_the_layer_that_fits_its_wish(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await frames(still, ann, 1)
    for number, (width, rid) in enumerate(((300, "q"), (640, "h"), (1920, "f"), (320, "q")), 2):
        await wishes(ben, width=width, height=width * 9 // 16)
        still.advance(0.6)
        await frames(still, ann, number)
        await eventually(lambda rid=rid: shown(ben) == SSRCS[rid])  # type: ignore[misc]
    numbers = [p.sequence for p in ben.into.rtp]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_the_best_layer_that_is_alive_is_shown(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    for number in range(1, 20):
        await frames(still, ann, number, key=number == 1)
        still.advance(0.05)
    await eventually(lambda: shown(ben) == SSRCS["f"])
    for number in range(20, 60):
        for rid in ("q", "h"):
            await sent(still, ann, vp8_packet(rid, number, key=number % 10 == 0))
        still.advance(0.05)
    await eventually(lambda: shown(ben) == SSRCS["h"])
    await sent(still, ann, vp8_packet("f", 60, key=True))
    await eventually(lambda: shown(ben) == SSRCS["f"])


async def test_what_is_hidden_is_not_sent(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await frames(still, ann, 1)
    await eventually(lambda: len(ben.into.rtp) > 0)
    await wishes(ben, enabled=False)
    count = len(ben.into.rtp)
    await frames(still, ann, 2)
    await wishes(ben, enabled=True)
    still.advance(0.6)
    await frames(still, ann, 3)
    await eventually(lambda: len(ben.into.rtp) == count + 1)


@pytest.mark.parametrize("codec", ["vp9", "h264", "av1"])
async def test_every_codec_is_forwarded_without_decoding(
    still: Still, people: People, codec: str
) -> None:
    ann, ben = await watching(people, codec)
    begin = {"vp9": b"\x08", "h264": b"\x65", "av1": b"\x08"}[codec]
    for number in range(3):
        payload = begin + bytes((number,)) * 900
        await sent(still, ann, RtpPacket(96, 0x80, number, 3000, 14, {4: b"1"}, payload))
    await eventually(lambda: len(ben.into.rtp) == 3)
    assert [p.payload for p in ben.into.rtp] == [begin + bytes((n,)) * 900 for n in range(3)]
    inspection = await ben.ask(Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert [t.codec for t in inspection.tracks if t.source == "camera"] == [codec]


# mute and digits


def opus(number: int, *, level: int = 20, payload: bytes = b"opus") -> RtpPacket:
    """20 ms of Opus."""
    extensions = {4: b"0", 1: bytes((level,))}
    return RtpPacket(111, 0, number, number * 960, 900, extensions, payload)


async def test_mute_is_enforced_whatever_is_sent(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await sent(still, ann, opus(1))
    await ann.ask(Mute(room="RM1", participant="PA1", track="TR1", muted=True))
    await sent(still, ann, opus(2, payload=b"secret"))
    await ann.ask(Mute(room="RM1", participant="PA1", track="TR1", muted=False))
    await sent(still, ann, opus(3, payload=b"public"))
    await eventually(lambda: len(ben.into.rtp) == 2)
    assert [p.payload for p in ben.into.rtp] == [b"opus", b"public"]


async def test_a_withdrawn_track_ends_whatever_is_sent(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await sent(still, ann, opus(1))
    await ann.ask(Withdraw(room="RM1", participant="PA1", tracks=("TR1", "TRgone")))
    await sent(still, ann, opus(2, payload=b"secret"))
    offered = await ben.next_offer(2)
    assert [line.track for line in offered.tracks] == ["TR2"]
    inspected = await ann.ask(Inspect(room="RM1"))
    assert isinstance(inspected, Inspection)
    assert [track.track for track in inspected.tracks] == ["TR2"]
    assert [p.payload for p in ben.into.rtp] == [b"opus"]


async def test_digits_pass_through(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await sent(still, ann, RtpPacket(110, 0x80, 1, 1, 900, {4: b"0"}, b"\x05\x8a\x03\xc0"))
    await eventually(lambda: len(ben.into.rtp) == 1)
    assert (ben.into.rtp[0].payload_type, ben.into.rtp[0].payload) == (110, b"\x05\x8a\x03\xc0")


# speakers and quality


async def test_who_speaks_is_told_and_silence_too(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    for number in range(60):
        await sent(still, ann, opus(number, level=15))
        still.advance(0.02)
    changed = await ben.news.wait(SpeakersChanged)
    assert [speaker.participant for speaker in changed.speakers] == ["PA1"]
    still.advance(3)
    await ben.news.wait(SpeakersChanged, speakers=())


async def test_a_hidden_participant_is_never_a_speaker(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    await ann.enter(hidden=True)
    for number in range(60):
        await sent(still, ann, opus(number, level=15))
        still.advance(0.02)
    assert ben.news.of(SpeakersChanged) == []


async def test_quality_is_told_when_it_changes(still: Still, people: People) -> None:
    ann, ben = await watching(people)
    still.advance(2.1)
    first = await ben.news.wait(QualityChanged)
    assert {q.participant: q.quality for q in first.qualities} == {
        "PA1": "excellent",
        "PA2": "excellent",
    }
    for number in range(0, 200, 2):
        await sent(still, ann, opus(number))
    still.advance(2.1)
    second = (await _qualities(ben, 2))[1]
    assert [(q.participant, q.quality) for q in second.qualities] == [("PA1", "poor")]
    assert second.qualities[0].loss == pytest.approx(0.5, abs=0.01)


async def _qualities(ben: Browser, count: int) -> list[QualityChanged]:
    await eventually(lambda: len(ben.news.of(QualityChanged)) >= count)
    return ben.news.of(QualityChanged)


# loss


async def test_everything_lost_on_both_ways_is_repaired(still: Still, people: People) -> None:
    """Five in a hundred packets are lost each way; both ends ask again as browsers do."""
    luck = random.Random(7)
    ann, ben = await watching(people)
    kept: dict[int, RtpPacket] = {}
    repairs = 0

    def answer(message: rtcp.Message) -> None:
        nonlocal repairs
        if isinstance(message, rtcp.Nack) and message.ssrc == SSRCS["f"]:
            for sequence in message.sequences:
                repairs += 1
                ann.out.send_rtp(rtx_packet("f", kept[sequence], repairs))

    ann.out.on_rtcp = answer
    media = range(128, 192)
    for number in range(1, 400):
        kept[number] = vp8_packet("f", number, key=number == 1)
        lossy = number > 20
        ann.out.lose_out = ben.into.lose_in = (
            (lambda data: data[0] in media and luck.random() < 0.05) if lossy else (lambda _: False)
        )
        ann.out.send_rtp(kept[number])
        await asyncio.sleep(0)
        still.advance(0.01)
        await asyncio.sleep(0)
        _ask_again(ben, number)
    ann.out.lose_out = ben.into.lose_in = lambda _: False

    def complete() -> bool:
        still.advance(0.01)
        _ask_again(ben, 400)
        return _received(ben) >= set(range(399))

    await eventually(complete)
    assert repairs > 5


def _received(ben: Browser) -> set[int]:
    """Numbers that came, from the first; repairs hold the number they repair."""
    video = [p for p in ben.into.rtp if p.payload_type in (96, 97)]
    if not video:
        return set()
    first = next(p.sequence for p in video if p.payload_type == 96)
    numbers = (
        p.sequence if p.payload_type == 96 else int.from_bytes(p.payload[:2], "big") for p in video
    )
    return {n - first for n in numbers}


def _ask_again(ben: Browser, _upto: int) -> None:
    have = _received(ben)
    if not have or ben.into.srtp is None:
        return
    first = next(p for p in ben.into.rtp if p.payload_type == 96)
    missing = [first.sequence + n for n in range(max(have)) if n not in have]
    if missing:
        ben.into.send_rtcp(rtcp_write.nack(1, first.ssrc, missing))


# nothing is left


async def test_a_hundred_people_come_and_go_without_a_trace(still: Still, people: People) -> None:
    for _ in range(100):
        ann, ben = await watching(people)
        await sent(still, ann, vp8_packet("f", 1, key=True))
        await sent(still, ann, opus(1))
        for browser in (ann, ben):
            await browser.ask(Exit(room="RM1", participant=browser.name))
            browser.close()
    still.advance(2)
    node = still.worker.node
    sizes = node.datapath.sizes()
    assert (sizes.legs, sizes.addresses, sizes.tracks, sizes.subscriptions) == (0, 0, 0, 0)
    assert (sizes.connections, node.legs, node.names) == (0, 0, 0)
    assert still.worker.rooms == {}
    assert len(node.timers) == 1
    assert still.clock.now() > SECOND


# a narrow way down


def _feedback(ben: Browser, first: int, *, lost: int) -> int:
    """Ben tells of every packet that came since `first`, one in `lost` of them as missing."""
    numbers = [int.from_bytes(p.extensions[3], "big") for p in ben.into.rtp]
    fresh = [n for n in numbers if n >= first]
    if not fresh:
        return first
    ticks = [None if n % lost == 0 else 4 * (n - first) for n in range(first, max(fresh) + 1)]
    ben.into.send_rtcp(rtcp_write.transport_feedback(1, 2, first, 7, 1, ticks))
    return max(fresh) + 1


@pytest.mark.parametrize(
    ("sizes", "then"),
    [({"q": 300, "h": 600, "f": 1200}, "h"), ({"q": 1000, "h": 1100, "f": 1200}, None)],
)
async def test_a_narrow_way_down_gets_a_smaller_layer_or_a_pause(
    still: Still, people: People, sizes: dict[str, int], then: str | None
) -> None:
    ann, ben = await watching(people)
    number, first = 0, 1

    async def run(seconds: float, lost: int) -> None:
        nonlocal number, first
        for _ in range(round(seconds * 10)):
            number += 1
            for rid in RIDS:
                packet = vp8_packet(rid, number, key=True)
                packet.payload = bytes(sizes[rid]).join((packet.payload[:-2], packet.payload[-2:]))
                await sent(still, ann, packet)
            still.advance(0.1)
            first = _feedback(ben, first, lost=lost)

    await run(3, lost=1000)
    await eventually(lambda: shown(ben) == SSRCS["f"])
    await run(6, lost=2)
    if then is None:
        paused = await ben.news.wait(StreamsPaused, participant="PA2")
        assert (paused.tracks, paused.paused) == (("TR2",), True)
    else:
        await eventually(lambda: shown(ben) == SSRCS[then])
        assert ben.news.of(StreamsPaused) == []


async def test_the_nodes_figures_tell_what_passed_and_how_long_it_took(
    still: Still, people: People
) -> None:
    ann, ben = await watching(people)
    for number in range(1, 12):
        await frames(still, ann, number, key=number == 1)
        still.advance(0.1)
    await eventually(lambda: len(ben.into.rtp) > 0)
    still.advance(2.1)
    text = still.metrics.render().decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    assert float(figures['offhook_media_packets_total{direction="in"}']) == 33
    assert float(figures['offhook_media_packets_total{direction="out"}']) > 0
    assert figures["offhook_media_legs"] == "2.0"
    assert float(figures["offhook_media_forward_seconds_count"]) == 2
    assert float(figures["offhook_media_forward_seconds_sum"]) < 1
    assert float(figures["offhook_media_loss_ratio_count"]) >= 2
