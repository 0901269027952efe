"""Who hears whom is decided at the server: at once, whatever a subscriber wishes, for whoever comes
back; and who waits hears music."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from media.sfu import sdp
from media.sfu.datapath import rtcp
from media.sfu.datapath.plans import Clip
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.music import make_clip
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.contracts.media import (
    MUSIC,
    AnswerSubscribe,
    Enter,
    Hearing,
    Inspect,
    Inspection,
    MediaCommand,
    RestartSubscribe,
    StreamsPaused,
    SubscribeOffer,
    TrackWish,
    Wish,
)
from offhook.core.errors import NotFound, Unavailable
from tests.media.sfu.browser import Browser, audio_line, video_line
from tests.media.sfu.clip import CLIP
from tests.media.sfu.node import Still
from tests.media.sfu.plane import MID, vp8_packet
from tests.media.sfu.test_watching import AUDIO, VIDEO, Viewer
from tests.media.sfu.wait import eventually

pytestmark = pytest.mark.integration

People = Callable[[str], Browser]
OPUS = 111


def spoken(word: bytes, number: int) -> RtpPacket:
    """A packet of sound."""
    return RtpPacket(OPUS, 0, number, number * 960, 900, {MID: b"0"}, word)


async def sent(still: Still, browser: Browser, packet: RtpPacket) -> None:
    """The node has taken a packet of this browser, and done all that follows of it."""
    leg = still.worker.rooms["RM1"].participants[browser.name].publishing.leg
    assert leg is not None
    datapath, number = still.worker.node.datapath, leg.number
    before = datapath.leg_counters(number).packets_in
    browser.out.send_rtp(packet)
    await eventually(lambda: datapath.leg_counters(number).packets_in > before)


def forwarded(still: Still, browser: Browser) -> int:
    """How many packets the node has sent to this browser so far."""
    leg = still.worker.rooms["RM1"].participants[browser.name].receiving.leg
    return 0 if leg is None else still.worker.node.datapath.leg_counters(leg.number).packets_out


def words(browser: Browser) -> list[bytes]:
    """All sound that came, but the music."""
    heard = [p.payload for p in browser.into.rtp if p.payload_type == OPUS]
    return [payload for payload in heard if payload[:1] != b"\x01"]


def music(browser: Browser) -> list[RtpPacket]:
    """The packets of music that came."""
    return [p for p in browser.into.rtp if p.payload[:1] in (b"\x01", b"\x02")]


async def talking(people: People, video: bool = False) -> tuple[Browser, Browser]:
    """Ann, the agent, sends; Vic, the visitor, receives."""
    ann, vic = people("ann"), people("vic")
    await ann.enter()
    await vic.enter()
    ann.sends(audio_line("0"), "TR1")
    if video:
        ann.sends(video_line("1"), "TR2")
    await ann.publish()
    await vic.receive()
    return ann, vic


async def with_music(vic: Browser) -> sdp.Description:
    """Vic takes the offer in which the music is."""
    offer = await vic.next_offer(2)
    assert [(t.track, t.participant) for t in offer.tracks][-1] == (MUSIC, MUSIC)
    return await vic.accept(offer)


# whom


async def test_who_may_not_hear_somebody_gets_none_of_their_packets(
    still: Still, people: People
) -> None:
    ann, vic = await talking(people)
    await sent(still, ann, spoken(b"before", 1))
    await eventually(lambda: words(vic) == [b"before"])
    await vic.hears()
    count = forwarded(still, vic)
    for number in range(2, 20):
        await sent(still, ann, spoken(b"secret", number))
    assert forwarded(still, vic) == count
    await vic.hears("ann")
    await sent(still, ann, spoken(b"after", 20))
    await eventually(lambda: words(vic) == [b"before", b"after"])
    numbers = [p.sequence for p in vic.into.rtp if p.payload_type == OPUS]
    assert numbers[1] == numbers[0] + 1, "nothing seems to be lost"


async def test_the_next_packet_after_the_decision_is_not_sent_any_more(
    still: Still, people: People
) -> None:
    ann, vic = await talking(people)
    await sent(still, ann, spoken(b"before", 1))
    began = time.monotonic()
    await vic.hears("somebody-else")
    assert time.monotonic() - began < 0.1
    count = forwarded(still, vic)
    await sent(still, ann, spoken(b"secret", 2))
    assert forwarded(still, vic) == count


async def test_pictures_stop_too_and_begin_again_with_a_keyframe(
    still: Still, people: People
) -> None:
    ann, vic = await talking(people, video=True)
    await sent(still, ann, vp8_packet("", 1, key=True))
    await eventually(lambda: len(vic.into.rtp) == 1)
    await vic.hears()
    count = forwarded(still, vic)
    for number in (2, 3):
        await sent(still, ann, vp8_packet("", number, key=True))
    assert forwarded(still, vic) == count
    still.advance(0.6)
    asked = len(requests(ann))
    await vic.hears("ann")
    await eventually(lambda: len(requests(ann)) > asked)
    await sent(still, ann, vp8_packet("", 4))
    assert forwarded(still, vic) == count
    await sent(still, ann, vp8_packet("", 5, key=True))
    await eventually(lambda: len(vic.into.rtp) == 2)


def requests(browser: Browser) -> list[rtcp.Message]:
    """How often a browser was asked for a keyframe."""
    return [m for m in browser.out.rtcp if isinstance(m, rtcp.KeyframeRequest)]


@pytest.mark.parametrize(
    "wish",
    [
        TrackWish(track="TR1", subscribed=True, enabled=True),
        TrackWish(track="TR2", subscribed=True, enabled=True, width=1280, height=720),
    ],
    ids=lambda wish: wish.track,
)
async def test_a_subscriber_cannot_lift_it_by_its_own_wishes(
    still: Still, people: People, wish: TrackWish
) -> None:
    ann, vic = await talking(people, video=True)
    await vic.hears()
    unwished = replace_wish(wish, subscribed=False)
    for version, wished in ((None, wish), (3, unwished), (4, wish)):
        await vic.ask(Wish(room="RM1", participant="vic", tracks=(wished,)))
        if version is not None:
            await vic.accept(await latest(vic, still))
    for number in range(1, 10):
        await sent(still, ann, spoken(b"secret", number))
        await sent(still, ann, vp8_packet("", number, key=True))
    assert forwarded(still, vic) == 0


def replace_wish(wish: TrackWish, *, subscribed: bool) -> TrackWish:
    """The same wish, subscribed or not."""
    return TrackWish(track=wish.track, subscribed=subscribed, enabled=True)


async def latest(browser: Browser, still: Still) -> SubscribeOffer:
    """The newest offer, once what was asked for is in it."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    offers = browser.news.of(SubscribeOffer, participant=browser.name)
    return offers[-1]


async def test_it_lasts_through_a_new_connection(still: Still, people: People) -> None:
    ann, vic = await talking(people)
    await vic.hears()
    await with_music(vic)
    vic.into = vic.wire()
    await vic.ask(RestartSubscribe(room="RM1", participant="vic", fresh=True))
    offer = await vic.receive(3)
    assert offer.transport.ufrag
    await sent(still, ann, spoken(b"secret", 1))
    assert forwarded(still, vic) == 0


async def test_who_enters_with_it_is_bound_before_the_first_packet(
    still: Still, people: People
) -> None:
    ann = people("ann")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    await ann.publish()
    vic = people("vic")
    await vic.enter(hearing=Hearing(publishers=(), music=True))
    await vic.receive()
    await sent(still, ann, spoken(b"secret", 1))
    still.advance(0.1)
    await eventually(lambda: len(music(vic)) >= 4)
    assert words(vic) == []


async def test_a_newcomer_is_not_heard_by_who_hears_only_others(
    still: Still, people: People
) -> None:
    _, vic = await talking(people)
    await vic.hears("ann")
    await with_music(vic)
    cat = people("cat")
    await cat.enter()
    cat.sends(audio_line("0"), "TR9")
    await cat.publish()
    await vic.receive(3)
    await sent(still, cat, spoken(b"secret", 1))
    assert forwarded(still, vic) == 0


async def test_entering_again_says_anew_whom_they_hear(still: Still, people: People) -> None:
    ann, vic = await talking(people)
    await vic.enter(hearing=Hearing(publishers=()), order=5)
    await sent(still, ann, spoken(b"secret", 1))
    assert forwarded(still, vic) == 0
    await vic.enter(order=6)
    await sent(still, ann, spoken(b"open", 2))
    await eventually(lambda: words(vic) == [b"open"])


async def test_a_late_decision_is_passed_over(still: Still, people: People) -> None:
    ann, vic = await talking(people)
    await vic.hears(order=7)
    await vic.hears("ann", order=6)
    await vic.hears_everybody(order=6)
    await sent(still, ann, spoken(b"secret", 1))
    assert forwarded(still, vic) == 0
    await vic.hears_everybody(order=8)
    await sent(still, ann, spoken(b"open", 2))
    await eventually(lambda: words(vic) == [b"open"])


async def test_nobody_can_be_decided_about_who_is_not_there(still: Still, people: People) -> None:
    vic = people("vic")
    with pytest.raises(NotFound) as refused:
        await vic.hears()
    assert refused.value.code == "unknown_participant"


async def test_it_is_not_told_as_a_want_of_bandwidth(still: Still, people: People) -> None:
    ann, vic = await talking(people, video=True)
    await sent(still, ann, vp8_packet("", 1, key=True))
    await vic.hears()
    still.advance(3)
    assert vic.news.of(StreamsPaused) == []


# music


async def test_music_is_offered_before_the_hold_and_begins_with_it(
    still: Still, people: People
) -> None:
    _, vic = await talking(people)
    await vic.hears("ann")
    await with_music(vic)
    still.advance(0.5)
    assert music(vic) == []
    await vic.hears(music=True)
    still.advance(0.5)
    await eventually(lambda: len(music(vic)) >= 24)
    numbers = [p.sequence for p in music(vic)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(vic.news.of(SubscribeOffer, participant="vic")) == 2, "no further offer is needed"


async def test_music_ends_with_the_hold_and_goes_on_with_the_next(
    still: Still, people: People
) -> None:
    _, vic = await talking(people)
    await vic.hears(music=True)
    await with_music(vic)
    still.advance(0.2)
    await eventually(lambda: len(music(vic)) >= 9)
    await vic.hears("ann")
    count = forwarded(still, vic)
    still.advance(1)
    assert forwarded(still, vic) == count
    await vic.hears(music=True)
    still.advance(0.1)
    await eventually(lambda: len(music(vic)) >= 13)
    first, last = music(vic)[0], music(vic)[-1]
    assert (last.sequence - first.sequence) & 0xFFFF == len(music(vic)) - 1
    assert {p.ssrc for p in music(vic)} == {first.ssrc}
    assert last.timestamp - first.timestamp > 1.2 * 48_000


async def test_whoever_is_not_decided_about_is_offered_no_music(
    still: Still, people: People
) -> None:
    ann, vic = await talking(people)
    await ann.hears("vic")
    still.advance(0.2)
    (offer,) = vic.news.of(SubscribeOffer, participant="vic")
    assert [t.track for t in offer.tracks] == ["TR1"]
    inspection = await vic.ask(Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert [t.track for t in inspection.tracks] == ["TR1"], "the music is nobody's track"


async def test_a_browser_that_speaks_g711_only_hears_it_so(still: Still, people: People) -> None:
    _, vic = await talking(people)
    await vic.hears(music=True)
    offer = await vic.next_offer(2)
    said = g711(vic.answer_text(sdp.parse(offer.sdp)))
    await vic.ask(AnswerSubscribe(room="RM1", participant="vic", version=2, sdp=said))
    still.advance(0.2)
    await eventually(lambda: len(music(vic)) >= 9)
    assert {(p.payload_type, p.payload[0]) for p in music(vic)} == {(0, 2)}


def g711(answer: str) -> str:
    """An answer without Opus."""
    read = sdp.parse(answer)
    media = [replace(m, codecs=tuple(c for c in m.codecs if c.key == "pcmu")) for m in read.media]
    return sdp.write(replace(read, media=tuple(media)))


async def test_a_viewer_with_an_offer_of_its_own_is_held_too(bus: LocalBus, still: Still) -> None:
    ann, viewer = Browser(bus, "ann"), Viewer(bus, "vic")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    ann.sends(video_line("1"), "TR2")
    await ann.publish()
    await viewer.watch(AUDIO, VIDEO)
    await sent(still, ann, spoken(b"before", 1))
    await eventually(lambda: len(viewer.into.rtp) == 1)
    await viewer.hears(music=True)
    await sent(still, ann, spoken(b"secret", 2))
    await sent(still, ann, vp8_packet("", 1, key=True))
    still.advance(0.2)
    await eventually(lambda: len(music(viewer)) >= 9)
    assert {p.payload for p in viewer.into.rtp} <= {b"before"} | set(CLIP.forms[0].payloads)
    await viewer.hears("ann")
    await sent(still, ann, spoken(b"after", 3))
    await eventually(lambda: viewer.into.rtp[-1].payload == b"after")
    sound = [p for p in viewer.into.rtp if p.payload_type == 96]
    assert [p.sequence for p in sound] == list(range(sound[0].sequence, sound[-1].sequence + 1))
    ann.close()
    viewer.close()


async def test_nobody_hears_music_by_a_wish(still: Still, people: People) -> None:
    _, vic = await talking(people)
    await vic.hears("ann")
    await with_music(vic)
    await vic.ask(Wish(room="RM1", participant="vic", tracks=(TrackWish(track=MUSIC),)))
    still.advance(0.2)
    assert forwarded(still, vic) == 0


async def test_music_that_could_not_be_made_is_tried_again(bus: LocalBus) -> None:
    tries: list[int] = []

    async def make() -> Clip:
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("no codec")
        return CLIP

    still = Still(bus, make)
    await still.worker.start()
    vic = Browser(bus, "vic")
    await vic.enter(hearing=Hearing(music=True))
    await vic.receive()
    await eventually(lambda: len(tries) == 1)
    await vic.hears()
    await vic.hears(music=True)
    await eventually(lambda: len(tries) == 2)
    still.advance(0.1)
    await eventually(lambda: len(music(vic)) >= 4)
    vic.close()
    await still.worker.close()


async def test_the_real_music_is_there_within_moments(worker: MediaWorker, people: People) -> None:
    vic = people("vic")
    await vic.enter(hearing=Hearing(publishers=(), music=True))
    await vic.receive()
    await eventually(lambda: len(vic.into.rtp) > 10, within=10)
    sizes = {len(p.payload) for p in vic.into.rtp}
    assert min(sizes) > 40, "real packets of Opus"


async def test_a_file_that_is_no_sound_leaves_our_own_music(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no sound")
    assert await make_clip(str(broken)) == await make_clip()


async def test_a_node_closes_while_its_music_is_being_made(
    worker: MediaWorker, people: People
) -> None:
    vic = people("vic")
    await vic.enter(hearing=Hearing(music=True))
    await vic.receive()
    await worker.close()
    assert worker.node.datapath.sizes().tracks == 0


def test_a_command_of_before_says_that_nothing_was_decided() -> None:
    old = b'{"type":"enter","room":"RM1","participant":"PA1","identity":"vic"}'
    command: MediaCommand = msgspec.json.decode(old, type=MediaCommand)
    assert isinstance(command, Enter)
    assert (command.hearing, command.order) == (None, 0)
