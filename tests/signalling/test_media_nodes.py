"""Rooms and their media nodes: pins, deaths, moves, and news that is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from offhook.core.clock import ManualClock
from offhook.core.contracts import media
from offhook.core.ids import AccountId
from tests.signalling.signalling import Person, Signalling, signalling
from tests.support.media import SilentMedia

pytestmark = pytest.mark.integration


@pytest.fixture
def clock() -> ManualClock:
    """The server's clock."""
    return ManualClock()


@pytest.fixture
async def moving(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Signalling]:
    """A server whose nodes are given up after five silent seconds."""
    async with signalling(tmp_path, clock=clock, node_timeout=5.0) as running:
        yield running


async def second_node(server: Signalling) -> SilentMedia:
    """Another media node that is alive."""
    node = SilentMedia(server.bus, "ND-second")
    await node.start()
    return node


async def silence(server: Signalling, clock: ManualClock, *others: SilentMedia) -> None:
    """Seven seconds in which only `others` say that they are alive."""
    for _ in range(7):
        clock.advance(1)
        for other in others:
            server.services.directory.heard(media.NodeAlive(node=other.node, legs=0, rooms=0))
        await server.settle()


async def until(true: Callable[[], bool]) -> None:
    """Wait for what is on its way over the bus."""
    async with asyncio.timeout(10):
        while True:
            if true():
                return
            await asyncio.sleep(0.001)


def held(node: SilentMedia, people: list[Person]) -> int:
    """How many of these people a node holds."""
    return sum(node.of(person.me) is not None for person in people)


async def test_a_dead_nodes_room_is_pinned_anew_and_its_people_are_told(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    await ada.offer("microphone")
    second = await second_node(moving)
    await moving.media.close(goodbye=False)
    await silence(moving, clock, second)
    await ada.hears("reconnect")
    command = await second.until(media.Enter)
    assert command.epoch == 2
    assert isinstance(command, media.Enter)
    assert command.participant == ada.me
    await ada.offer("microphone")
    assert second.of(ada.me) is not None
    await second.close()


async def test_a_node_that_says_goodbye_is_replaced_at_once(moving: Signalling) -> None:
    ada = await moving.joined("Ada")
    second = await second_node(moving)
    await moving.media.close()
    await ada.hears("reconnect")
    assert second.of(ada.me) is not None
    await second.close()


async def test_without_another_node_the_room_waits_for_one(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    await moving.media.close(goodbye=False)
    await silence(moving, clock)
    assert "reconnect" not in [event for event, _ in ada.told]
    second = await second_node(moving)
    await silence(moving, clock, second)
    await ada.hears("reconnect")
    await second.close()


async def test_what_is_left_on_a_node_that_was_only_silent_is_closed(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    (room,) = moving.media.rooms
    second = await second_node(moving)
    await silence(moving, clock, second)
    await ada.hears("reconnect")
    closed = await moving.media.until(media.CloseRoom)
    assert (closed.room, closed.epoch) == (room, 1)
    await second.close()


async def test_a_node_that_started_anew_has_its_people_reconnect(moving: Signalling) -> None:
    ada = await moving.joined("Ada")
    moving.media.rooms.clear()
    ack = await ada.raw("offer", {"sdp": "v=0", "tracks": [{"mid": "0", "source": "microphone"}]})
    assert (ack["error"]["status"], ack["error"]["code"]) == (503, "media_moved")
    assert ack["error"]["retryable"]
    await ada.hears("reconnect")
    await ada.offer("microphone")


async def test_news_of_a_node_that_the_room_left_is_passed_over(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    (room,) = moving.media.rooms
    second = await second_node(moving)
    await silence(moving, clock, second)
    await ada.hears("reconnect")
    speaker = media.Speaker(participant=ada.me, level=1)
    await moving.media.tell(media.SpeakersChanged(node="ND-silent", room=room, speakers=(speaker,)))
    await second.tell(media.SpeakersChanged(node="ND-second", room=room, speakers=()))
    assert await ada.hears("speakers_changed") == {"speakers": []}
    await second.close()


async def test_a_bus_that_was_away_makes_no_node_seem_dead(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    second = await second_node(moving)
    await silence(moving, clock)
    await second.say_alive()
    await moving.media.say_alive()
    await silence(moving, clock, second, moving.media)
    assert "reconnect" not in [event for event, _ in ada.told]
    assert second.commands == []
    await second.close()


async def test_a_node_that_does_not_answer_for_a_moment_is_not_given_up(
    moving: Signalling,
) -> None:
    ada = await moving.joined("Ada")
    second = await second_node(moving)
    await moving.media.close(goodbye=False)
    ack = await ada.raw("offer", {"sdp": "v=0", "tracks": []})
    assert (ack["error"]["status"], ack["error"]["code"]) == (503, "no_such_node")
    await moving.media.start()
    await ada.offer("microphone")
    assert second.commands == []
    await second.close()


async def test_who_waits_for_a_node_is_told_as_soon_as_it_is_gone(moving: Signalling) -> None:
    ada = await moving.joined("Ada")
    moving.media.hold = asyncio.Event()
    asking = asyncio.ensure_future(ada.raw("offer", {"sdp": "v=0", "tracks": []}))
    await moving.media.holding.wait()
    await moving.media.tell(media.NodeGone(node=moving.media.node))
    ack = await asking
    assert (ack["error"]["status"], ack["error"]["code"]) == (503, "media_lost")
    moving.media.hold.set()


async def test_a_node_that_is_drained_hands_over_one_room_after_another(
    moving: Signalling, clock: ManualClock
) -> None:
    people = [await moving.joined("Ada", room=room) for room in ("attic", "cellar", "hall")]
    second = await second_node(moving)
    alone = media.NodeAlive(node=moving.media.node, legs=3, rooms=3, draining=True)
    await moving.media.tell(alone)
    await until(lambda: moving.services.directory.draining(moving.media.node))
    await (await moving.joined("Ben", room="new")).asks("chat", text="I am on the other node")
    for moved in (1, 2, 3):
        clock.advance(0.25)
        await until(lambda moved=moved: held(second, people) >= moved)  # type: ignore[misc]
        await moving.settle()
        assert held(second, people) == moved
    for person in people:
        await person.hears("reconnect")
        await person.offer("microphone")
    await moving.media.empty()
    await second.close()


async def test_the_only_node_is_not_left_although_it_drains(
    moving: Signalling, clock: ManualClock
) -> None:
    ada = await moving.joined("Ada")
    await moving.media.tell(media.NodeAlive(node=moving.media.node, legs=1, rooms=1, draining=True))
    for _ in range(8):
        clock.advance(0.25)
        await moving.settle()
    await ada.offer("microphone")
    assert {command.epoch for command in moving.media.commands} == {1}


async def test_new_rooms_go_to_the_node_with_the_fewest_legs(moving: Signalling) -> None:
    second = await second_node(moving)
    await moving.media.tell(media.NodeAlive(node="ND-silent", legs=9, rooms=1))
    ada = await moving.joined("Ada", room="quiet")
    assert second.of(ada.me) is not None
    await second.close()


async def test_connected_media_make_a_participant_active(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    (room,) = server.media.rooms
    node = server.media.node
    directions: tuple[media.Direction, ...] = ("publish", "subscribe")
    for direction in directions:
        await server.media.tell(
            media.LegConnected(node=node, room=room, participant=ada.me, direction=direction)
        )
    active = await ben.learns("participant_updated")
    assert (active["participant"]["sid"], active["participant"]["state"]) == (ada.me, "active")
    for direction in directions:
        await server.media.tell(
            media.LegLost(
                node=node,
                room=room,
                participant=ada.me,
                direction=direction,
                reason="consent_expired",
            )
        )
    lost = await ben.learns("participant_updated", 2)
    assert lost["participant"]["state"] == "joined"


async def test_a_second_connection_is_stored_with_what_comes_next(server: Signalling) -> None:
    ada = await server.joined("Ada")
    (room,) = server.media.rooms
    directions: tuple[media.Direction, ...] = ("publish", "subscribe")
    for direction in directions:
        await server.media.tell(
            media.LegConnected(
                node=server.media.node, room=room, participant=ada.me, direction=direction
            )
        )
    await ada.asks("chat", text="Hello")
    parts = server.services.parts
    (stored,) = await parts.store.read(lambda c: parts.kept.participants.by_ids(c, *_known(ada)))
    assert stored.legs == directions


def _known(person: Person) -> tuple[AccountId, list[str]]:
    seat = person.server.services.audience.of_participant(person.me)
    assert seat is not None
    return seat.account, [person.me]


async def test_media_that_stay_away_end_the_place(moving: Signalling, clock: ManualClock) -> None:
    ada, ben = await moving.joined("Ada"), await moving.joined("Ben")
    (room,) = moving.media.rooms
    news: tuple[media.MediaNews, ...] = (
        media.LegConnected(node="ND-silent", room=room, participant=ada.me, direction="publish"),
        media.LegLost(
            node="ND-silent",
            room=room,
            participant=ada.me,
            direction="publish",
            reason="consent_expired",
        ),
    )
    for each in news:
        await moving.media.tell(each)
    await ben.learns("participant_updated", 2)
    clock.advance(30)
    assert await ada.hears("leave") == {"reason": "media_failure", "action": "reconnect"}
    assert (await ben.learns("participant_left"))["reason"] == "media_failure"


async def test_notices_go_to_those_they_are_for(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    (room,) = server.media.rooms
    node = server.media.node
    speaker = media.Speaker(participant=ada.me, level=0.5)
    quality = media.QualityOf(participant=ada.me, quality="poor", loss=0.1, round_trip=0.2)
    await server.media.tell(media.SpeakersChanged(node=node, room=room, speakers=(speaker,)))
    await server.media.tell(media.QualityChanged(node=node, room=room, qualities=(quality,)))
    await server.media.tell(
        media.StreamsPaused(node=node, room=room, participant=ben.me, tracks=("TR1",), paused=True)
    )
    assert (await ben.hears("speakers_changed"))["speakers"][0]["participant"] == ada.me
    assert (await ada.hears("connection_quality"))["qualities"][0]["quality"] == "poor"
    assert await ben.hears("streams_paused") == {"tracks": ["TR1"], "paused": True}
    assert "streams_paused" not in [event for event, _ in ada.told]
    cleo = await server.joined("Cleo")
    assert cleo.place["snapshot"]["speakers"] == [{"participant": ada.me, "level": 0.5}]
