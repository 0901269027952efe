"""The media worker keeps its contract: every command, reply, error and piece of news."""

from __future__ import annotations

import asyncio
import random

import pytest

from media.node import MediaSettings
from media.sfu import sdp
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.clock import SystemClock
from offhook.core.contracts.media import (
    MEDIA_TOPIC,
    Answered,
    AnswerSubscribe,
    CloseRoom,
    Done,
    Enter,
    Entered,
    Exit,
    Inspect,
    Inspection,
    MediaCommand,
    Mute,
    NodeAlive,
    NodeGone,
    Publish,
    PublishedTrack,
    RestartSubscribe,
    SubscribeOffer,
    TrackWish,
    Wish,
)
from offhook.core.errors import Conflict, InvalidInput, Misconfigured, NotFound, Unavailable
from tests.media.sfu.browser import CHROMIUM, Browser, audio_line, video_line
from tests.media.sfu.peer import Heard

pytestmark = pytest.mark.integration


def chromium(**changed: str) -> Publish:
    """Ann publishes what a real Chromium offered: audio on mid 0, three layers on mid 1."""
    return Publish(
        room="RM1",
        participant="PA1",
        sdp=changed.get("sdp", CHROMIUM),
        tracks=(
            PublishedTrack(mid=changed.get("mid", "0"), track="TR1", source="microphone"),
            PublishedTrack(mid="1", track="TR2", source="camera"),
        ),
    )


@pytest.fixture
async def ann(worker: MediaWorker, bus: LocalBus) -> Browser:
    """Somebody in the room."""
    ann = Browser(bus, "PA1")
    await ann.enter()
    return ann


@pytest.fixture
async def ben(worker: MediaWorker, bus: LocalBus) -> Browser:
    """Somebody else in the room."""
    ben = Browser(bus, "PA2")
    await ben.enter()
    return ben


# commands


async def test_entering_twice_keeps_the_legs(ann: Browser) -> None:
    await ann.ask(chromium())
    assert await ann.enter() == Entered(kept=True)
    inspection = await ann.ask(Inspect(room="RM1"))
    assert isinstance(inspection, Inspection)
    assert [leg.direction for leg in inspection.legs] == ["publish"]


async def test_a_chromium_offer_is_answered_line_by_line(ann: Browser) -> None:
    reply = await ann.ask(chromium())
    assert isinstance(reply, Answered)
    answer = sdp.parse(reply.sdp)
    assert [(m.mid, m.direction) for m in answer.media] == [("0", "recvonly"), ("1", "recvonly")]
    assert answer.media[1].rids == ("q", "h", "f")
    assert answer.transport.setup == "passive"
    assert answer.transport.ice_lite


async def test_an_m_line_that_is_not_allowed_is_answered_inactive(ann: Browser) -> None:
    offer = chromium()
    reply = await ann.ask(
        Publish(room="RM1", participant="PA1", sdp=offer.sdp, tracks=offer.tracks[:1])
    )
    assert isinstance(reply, Answered)
    answer = sdp.parse(reply.sdp)
    assert [m.direction for m in answer.media] == ["recvonly", "inactive"]


@pytest.mark.parametrize(
    "text", ["", "v=0\r\n", "nonsense", CHROMIUM[:200], CHROMIUM.replace("a=ice-pwd", "a=x")]
)
async def test_a_malformed_offer_closes_nothing_but_itself(ann: Browser, text: str) -> None:
    await ann.ask(chromium())
    before = await ann.ask(Inspect(room="RM1"))
    with pytest.raises(InvalidInput) as refused:
        await ann.ask(chromium(sdp=text))
    assert (refused.value.code, refused.value.field) == ("bad_sdp", "sdp")
    assert await ann.ask(Inspect(room="RM1")) == before


async def test_video_cannot_be_published_as_a_microphone(ann: Browser) -> None:
    with pytest.raises(InvalidInput) as refused:
        await ann.ask(
            Publish(
                room="RM1",
                participant="PA1",
                sdp=CHROMIUM,
                tracks=(PublishedTrack(mid="1", track="TR1", source="microphone"),),
            )
        )
    assert refused.value.code == "wrong_kind"


async def test_a_track_on_an_m_line_that_is_not_there_is_refused(ann: Browser) -> None:
    with pytest.raises(InvalidInput) as refused:
        await ann.ask(chromium(mid="7"))
    assert refused.value.code == "bad_sdp"


async def test_an_offer_that_wants_us_to_be_the_dtls_client_is_refused(ann: Browser) -> None:
    with pytest.raises(InvalidInput) as refused:
        await ann.ask(chromium(sdp=CHROMIUM.replace("a=setup:actpass", "a=setup:passive")))
    assert refused.value.code == "bad_sdp"


@pytest.mark.parametrize(
    "command",
    [
        chromium(),
        AnswerSubscribe(room="RM1", participant="PA1", version=1, sdp=""),
        RestartSubscribe(room="RM1", participant="PA1"),
        Mute(room="RM1", participant="PA1", track="TR1", muted=True),
        Wish(room="RM1", participant="PA1", tracks=()),
    ],
)
@pytest.mark.parametrize("room_exists", [False, True])
async def test_somebody_who_did_not_enter_is_unknown(
    worker: MediaWorker, bus: LocalBus, command: MediaCommand, room_exists: bool
) -> None:
    if room_exists:
        await bus.request("ND1", Enter(room="RM1", participant="PA9"))
    with pytest.raises(NotFound) as refused:
        await bus.request("ND1", command)
    assert refused.value.code == "unknown_participant"


async def test_leaving_is_done_even_by_those_who_are_not_in(
    worker: MediaWorker, bus: LocalBus
) -> None:
    assert await bus.request("ND1", Exit(room="RM1", participant="PA1")) == Done()
    assert await bus.request("ND1", CloseRoom(room="RM1")) == Done()


async def test_a_stale_epoch_is_refused_even_after_the_room_has_gone(
    worker: MediaWorker, bus: LocalBus
) -> None:
    await bus.request("ND1", Enter(room="RM1", participant="PA1", epoch=3))
    await bus.request("ND1", CloseRoom(room="RM1", epoch=3))
    with pytest.raises(Conflict) as refused:
        await bus.request("ND1", Enter(room="RM1", participant="PA1", epoch=2))
    assert refused.value.code == "stale_epoch"
    assert worker.rooms == {}


async def test_muting_a_track_that_is_not_there_is_refused(ann: Browser) -> None:
    with pytest.raises(NotFound) as refused:
        await ann.ask(Mute(room="RM1", participant="PA1", track="TR1", muted=True))
    assert refused.value.code == "unknown_track"


# subscribe offers


async def test_a_newcomer_gets_everything_in_its_first_offer(ann: Browser, bus: LocalBus) -> None:
    await ann.ask(chromium())
    ben = Browser(bus, "PA2")
    await ben.enter()
    offer = await ben.next_offer(1)
    assert [track.track for track in offer.tracks] == ["TR1", "TR2"]
    assert {track.participant for track in offer.tracks} == {"PA1"}
    assert not offer.fresh


async def test_one_offer_is_pending_at_a_time_and_later_changes_share_the_next(
    ann: Browser, ben: Browser
) -> None:
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    first = await ben.next_offer(1)
    ann.sends(video_line("1"), "TR2")
    await ann.offer()
    ann.sends(video_line("2"), "TR3")
    await ann.offer()
    assert len(ben.news.of(SubscribeOffer, participant="PA2")) == 1
    await ben.accept(first)
    second = await ben.next_offer(2)
    assert [track.track for track in second.tracks] == ["TR1", "TR2", "TR3"]


async def test_an_answer_to_an_old_offer_is_ignored(ann: Browser, ben: Browser) -> None:
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    first = await ben.next_offer(1)
    await ben.accept(first)
    ann.sends(audio_line("1"), "TR2")
    await ann.offer()
    await ben.next_offer(2)
    stale = AnswerSubscribe(room="RM1", participant="PA2", version=1, sdp="no sdp at all")
    assert await ben.ask(stale) == Done()


async def test_a_malformed_answer_leaves_its_offer_pending(ann: Browser, ben: Browser) -> None:
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    offer = await ben.next_offer(1)
    with pytest.raises(InvalidInput) as refused:
        await ben.ask(AnswerSubscribe(room="RM1", participant="PA2", version=1, sdp="v=1"))
    assert refused.value.code == "bad_sdp"
    await ben.accept(offer)


async def test_a_track_that_ended_leaves_its_line_to_the_next_of_its_kind(
    ann: Browser, ben: Browser
) -> None:
    ann.sends(audio_line("0"), "TR1")
    ann.sends(video_line("1"), "TR2")
    await ann.offer()
    await ben.accept(await ben.next_offer(1))
    ann.tracks.pop()
    await ann.offer()
    second = await ben.next_offer(2)
    assert [m.direction for m in sdp.parse(second.sdp).media] == ["sendonly", "inactive"]
    await ben.accept(second)
    ann.sends(video_line("2"), "TR3")
    await ann.offer()
    third = await ben.next_offer(3)
    assert [(t.track, t.mid) for t in third.tracks] == [("TR1", "0"), ("TR3", "1")]
    before, after = (sdp.parse(o.sdp).media[1] for o in (await ben.next_offer(1), third))
    assert before.ssrcs != after.ssrcs


async def test_a_track_keeps_its_line_when_its_publisher_comes_back(
    ann: Browser, ben: Browser, bus: LocalBus
) -> None:
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    await ben.accept(await ben.next_offer(1))
    again = Browser(bus, "PA1")
    again.sends(audio_line("5"), "TR1")
    await again.offer()
    assert len(ben.news.of(SubscribeOffer, participant="PA2")) == 1


async def test_who_may_not_subscribe_is_offered_nothing(ann: Browser, bus: LocalBus) -> None:
    await ann.ask(chromium())
    eve = Browser(bus, "PA3")
    await eve.enter(subscribe=False)
    await eve.ask(Wish(room="RM1", participant="PA3", tracks=(TrackWish(track="TR1"),)))
    await eve.ask(Inspect(room="RM1"))
    assert eve.news.of(SubscribeOffer, participant="PA3") == []
    await eve.enter(subscribe=True)
    assert len((await eve.next_offer(1)).tracks) == 2


async def test_a_track_that_is_not_wished_for_is_taken_out(ann: Browser, ben: Browser) -> None:
    await ann.ask(chromium())
    await ben.accept(await ben.next_offer(1))
    wish = TrackWish(track="TR2", subscribed=False)
    await ben.ask(Wish(room="RM1", participant="PA2", tracks=(wish,)))
    second = await ben.next_offer(2)
    assert [track.track for track in second.tracks] == ["TR1"]


async def test_a_fresh_restart_offers_everything_on_a_new_leg(ann: Browser, ben: Browser) -> None:
    await ann.ask(chromium())
    first = await ben.next_offer(1)
    await ben.accept(first)
    await ben.ask(RestartSubscribe(room="RM1", participant="PA2", fresh=True))
    second = await ben.next_offer(2)
    assert second.fresh
    assert [t.track for t in second.tracks] == [t.track for t in first.tracks]
    assert sdp.parse(second.sdp).transport.ufrag != sdp.parse(first.sdp).transport.ufrag


async def test_a_restart_keeps_the_leg_and_changes_its_names(ann: Browser, ben: Browser) -> None:
    await ann.ask(chromium())
    first = await ben.next_offer(1)
    await ben.accept(first)
    await ben.ask(RestartSubscribe(room="RM1", participant="PA2"))
    second = await ben.next_offer(2)
    assert not second.fresh
    assert sdp.parse(second.sdp).transport.ufrag != sdp.parse(first.sdp).transport.ufrag
    assert [m.ssrcs for m in sdp.parse(second.sdp).media] == [
        m.ssrcs for m in sdp.parse(first.sdp).media
    ]


# the life of a node


async def test_a_node_says_that_it_is_alive_at_once_and_every_second(bus: LocalBus) -> None:
    heard = Heard()
    await bus.subscribe(MEDIA_TOPIC, heard.take)
    worker = MediaWorker(
        bus=bus,
        node="ND2",
        clock=SystemClock(),
        settings=MediaSettings(port=0),
        randomness=random.Random(1),
    )
    await worker.start()
    await heard.wait(NodeAlive, within=0.5, node="ND2", rooms=0)
    await bus.request("ND2", Enter(room="RM1", participant="PA1"))
    await heard.wait(NodeAlive, within=2, rooms=1)
    await worker.close()
    await heard.wait(NodeGone, within=0.5, node="ND2")
    with pytest.raises(Unavailable):
        await bus.request("ND2", Inspect(room="RM1"))


async def test_a_node_that_drains_says_so_and_waits_until_its_rooms_have_moved(
    worker: MediaWorker, ann: Browser, bus: LocalBus
) -> None:
    heard = Heard()
    await bus.subscribe(MEDIA_TOPIC, heard.take)
    draining = asyncio.ensure_future(worker.drain(10))
    await heard.wait(NodeAlive, draining=True)
    await bus.publish(MEDIA_TOPIC, NodeAlive(node="ND2", legs=0, rooms=0))
    assert not draining.done()
    await bus.request("ND1", CloseRoom(room="RM1"))
    await draining
    assert worker.rooms == {}


async def test_the_only_node_does_not_wait_for_others_to_take_its_rooms(
    worker: MediaWorker, ann: Browser
) -> None:
    async with asyncio.timeout(5):
        await worker.drain(60)
    assert list(worker.rooms) == ["RM1"]


async def test_a_busy_port_says_which_and_what_to_do(worker: MediaWorker, bus: LocalBus) -> None:
    port = int(worker.node.candidates[0].split()[5])
    second = MediaWorker(
        bus=bus,
        node="ND2",
        clock=SystemClock(),
        settings=MediaSettings(port=port),
        randomness=random.Random(1),
    )
    with pytest.raises(Misconfigured, match=f"port {port} .* busy.*media_port"):
        await second.start()
    await second.close()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "203.0.113.9", "localhost"])
async def test_only_an_address_of_ours_can_be_listened_on(bus: LocalBus, address: str) -> None:
    worker = MediaWorker(
        bus=bus,
        node="ND2",
        clock=SystemClock(),
        settings=MediaSettings(addresses=("127.0.0.1", address), port=0),
        randomness=random.Random(1),
    )
    with pytest.raises(Misconfigured, match=address):
        await worker.start()
    await worker.close()


async def test_a_node_behind_nat_announces_another_address(bus: LocalBus) -> None:
    settings = MediaSettings(addresses=("127.0.0.1",), announced=("203.0.113.9",), port=0)
    worker = MediaWorker(
        bus=bus, node="ND2", clock=SystemClock(), settings=settings, randomness=random.Random(1)
    )
    await worker.start()
    assert [c.split()[4] for c in worker.node.candidates] == ["203.0.113.9"] * 2
    assert len({c.split()[5] for c in worker.node.candidates}) == 1
    await worker.close()


async def test_a_node_listens_on_every_address_with_a_socket_of_its_own(bus: LocalBus) -> None:
    settings = MediaSettings(addresses=("127.0.0.1", "127.0.0.2"), port=0)
    worker = MediaWorker(
        bus=bus, node="ND2", clock=SystemClock(), settings=settings, randomness=random.Random(1)
    )
    await worker.start()
    kinds = [(c.split()[2], c.split()[4]) for c in worker.node.candidates]
    assert kinds == [(p, a) for p in ("udp", "tcp") for a in ("127.0.0.1", "127.0.0.2")]
    await worker.close()


async def test_an_answer_with_another_certificate_gets_a_fresh_offer(
    ann: Browser, ben: Browser
) -> None:
    ann.sends(audio_line("0"), "TR1")
    await ann.offer()
    await ben.accept(await ben.next_offer(1))
    ann.sends(audio_line("1"), "TR2")
    await ann.offer()
    ben.into = ben.wire()
    await ben.accept(await ben.next_offer(2))
    third = await ben.next_offer(3)
    assert third.fresh
    assert [track.track for track in third.tracks] == ["TR1", "TR2"]
