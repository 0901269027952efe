"""The deaths of signalling processes: rooms go on elsewhere, and the dead write no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from offhook.core.contracts import media
from offhook.core.errors import Unavailable
from signalling.domain.events import ChatSaid
from tests.signalling.several import Several, moved, several
from tests.signalling.signalling import Person, Signalling

pytestmark = pytest.mark.integration


@pytest.fixture(params=["one machine", "twins"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Several]:
    """On SQLite and the bus of this process, and on PostgreSQL and Redis."""
    twins = request.param == "twins"
    place = request.getfixturevalue("database") if twins else None
    async with several(tmp_path, place=place, redis=twins) as running:
        yield running


async def meeting(both: Several) -> tuple[Person, Person, Signalling, Signalling]:
    """Two people, each at a process: the one at the owner, the other one, owner and other."""
    owner, other = both.servers
    ada = await owner.joined("Ada", room="attic")
    ben = await other.joined("Ben", room="attic")
    await ada.offer("microphone")
    assert [each.room.name for each in owner.services.rooms.awake()] == ["attic"]
    return ada, ben, owner, other


async def test_after_the_death_of_its_owner_a_room_goes_on_with_the_same_media(
    both: Several,
) -> None:
    ada, ben, owner, other = await meeting(both)
    await owner.kill()
    await ada.hears("disconnected")
    await ben.hears("disconnected")
    for person in (ada, ben):
        assert (await moved(person, other).resume())["media"] == "kept"
    await ben.asks("chat", text="We are still here")
    assert (await ada.learns("chat_sent"))["message"]["text"] == "We are still here"
    assert {command.epoch for command in both.media.commands} == {1}


async def test_who_resumes_at_once_waits_only_until_the_owner_is_given_up(both: Several) -> None:
    ada, _, owner, other = await meeting(both)
    await owner.kill()
    await ada.hears("disconnected")
    async with asyncio.timeout(4):
        assert (await moved(ada, other).resume())["media"] == "kept"


async def test_facts_that_were_missed_over_the_death_of_the_owner_are_told(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    known = ada.last_seq
    await ben.asks("chat", text="before")
    await owner.kill()
    await ben.hears("disconnected")
    await moved(ben, other).resume()
    await ben.asks("chat", text="after")
    found = await moved(ada, other).resume(known)
    said = [
        fact["data"]["message"]["text"] for fact in found["missed"] if "message" in fact["data"]
    ]
    assert said == ["before", "after"]
    assert [fact["seq"] for fact in found["missed"]] == list(
        range(known + 1, found["snapshot"]["seq"] + 1)
    )


async def test_sockets_of_a_dead_process_are_waited_for_and_then_given_up(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    await other.kill()
    async with asyncio.timeout(10):
        while True:
            participant = next(owner.services.rooms.awake()).room.participants[ben.me]
            if not participant.connected:
                break
            await asyncio.sleep(0.01)
    assert (await moved(ben, owner).resume())["media"] == "kept"
    assert "participant_left" not in [fact["type"] for fact in ada.facts]


async def test_rest_reaches_a_room_whose_owner_has_died(both: Several) -> None:
    _, _, owner, other = await meeting(both)
    await owner.kill()
    api = both.api(other)
    async with asyncio.timeout(10):
        while True:
            async with api.session.patch(
                "/v1/rooms/attic",
                json={"title": "Attic"},
                headers={"Authorization": api.basic(api.key, api.secret)},
            ) as reply:
                if reply.status == 200:
                    break
                assert reply.status == 503
                assert float(reply.headers["Retry-After"]) >= 1
    assert (await api.get("/v1/rooms/attic"))["title"] == "Attic"


async def test_an_owner_that_was_paused_writes_nothing_more(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    (paused,) = owner.services.rooms.awake()
    owner.pause()
    await ben.hears("disconnected")
    await moved(ben, other).resume()
    await ben.asks("chat", text="The room is here now")
    said = ChatSaid(ada.me, "CH1", "No, it is here")
    saying = asyncio.ensure_future(paused.ask(said))
    await asyncio.sleep(0)
    owner.go_on()
    with pytest.raises(Unavailable):
        await saying
    await ada.hears("disconnected")
    found = await moved(ada, other).resume()
    lines = [line["text"] for line in found["snapshot"]["chat"]]
    assert lines == ["The room is here now"]
    assert paused.driver.stopped
    assert [each.room.epoch for each in other.services.rooms.awake()] == [2]


async def test_a_process_that_was_away_asks_which_rooms_are_still_its_own(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    owner.pause()
    await ben.hears("disconnected")
    await moved(ben, other).resume()
    owner.go_on()
    await ada.hears("disconnected")
    assert (await moved(ada, owner).resume())["media"] == "kept"
    assert [each.room.name for each in owner.services.rooms.awake()] == []


async def test_an_edge_that_was_paused_has_its_clients_resume(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    other.pause()
    async with asyncio.timeout(10):
        while True:
            if next(owner.services.rooms.awake()).room.participants[ben.me].connected is False:
                break
            await asyncio.sleep(0.01)
    other.go_on()
    await ben.hears("disconnected")
    await ben.resume()
    await ben.asks("chat", text="back")
    await ada.learns("chat_sent")


async def test_what_must_reach_media_does_although_its_process_died(both: Several) -> None:
    ada, ben, owner, other = await meeting(both)
    sids = await ada.offer("microphone")
    both.media.hold = asyncio.Event()
    await ada.asks("mute", sid=sids["microphone"], muted=True)
    await owner.kill()
    both.media.hold.set()
    async with asyncio.timeout(10):
        assert await both.media.until(media.Mute, ada.me)
    await ben.hears("disconnected")
    await moved(ben, other).resume()
