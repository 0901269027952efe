"""Two signalling processes on one store: whoever reaches either is in the same rooms."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.contracts import media
from offhook.core.contracts.processes import HungUp, topic_of
from tests.signalling.several import Several, moved, several
from tests.signalling.signalling import Person, Refused, Signalling

pytestmark = pytest.mark.integration


@pytest.fixture(params=["one machine", "twins"])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Several]:
    """On SQLite and the bus of this process, and on PostgreSQL and Redis."""
    twins = request.param == "twins"
    place = request.getfixturevalue("database") if twins else None
    async with several(tmp_path, place=place, redis=twins) as running:
        yield running


def numbers(person: Person) -> list[int]:
    """The numbers of all facts it was told."""
    return [fact["seq"] for fact in person.facts]


def in_order(person: Person) -> bool:
    """Whether its facts follow its snapshot without a gap."""
    first = person.place["snapshot"]["seq"] + 1
    told = numbers(person)
    return told == list(range(first, first + len(told)))


def owner_of(both: Several, room: str = "demo") -> tuple[Signalling, Signalling]:
    """The server that owns the room, and the other one."""
    one, two = both.servers
    owns = any(owner.room.name == room for owner in one.services.rooms.awake())
    return (one, two) if owns else (two, one)


async def test_people_who_reach_different_processes_meet(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    assert (await ada.learns("participant_joined"))["participant"]["name"] == "Ben"
    assert [p["name"] for p in ben.place["snapshot"]["participants"]] == ["Ada", "Ben"]
    sids = await ben.offer("microphone", "camera")
    published = await ada.learns("track_published")
    assert published["track"]["sid"] == sids["microphone"]
    await ada.asks("chat", text="Hello over there")
    await ben.asks("chat", text="Hello yourself")
    for person in (ada, ben):
        await person.learns("chat_sent", 2)
        assert in_order(person)
    assert len(one.services.rooms) + len(two.services.rooms) == 1


async def test_a_socket_elsewhere_gets_offers_and_notices(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await ada.offer("microphone")
    offer = await ben.hears("offer")
    await ben.asks("answer", version=offer["version"], sdp="v=0")
    (room,) = both.media.rooms
    speaker = media.Speaker(participant=ada.me, level=1)
    await both.media.tell(
        media.SpeakersChanged(node=both.media.node, room=room, speakers=(speaker,))
    )
    for person in (ada, ben):
        assert (await person.hears("speakers_changed"))["speakers"][0]["participant"] == ada.me


async def test_the_ack_of_a_join_comes_before_what_follows_it(both: Several) -> None:
    one, two = both.servers
    ada = await one.joined("Ada")
    told: list[Any] = []

    async def talk() -> None:
        for line in itertools.count():
            await ada.asks("chat", text=str(line))

    talking = asyncio.ensure_future(talk())
    for name in ("Ben", "Cleo", "Dan"):
        person = await two.joined(name)
        await person.learns("chat_sent", 3)
        assert in_order(person)
        told.append(person)
    talking.cancel()


async def test_every_command_is_refused_elsewhere_as_it_is_here(both: Several) -> None:
    one, two = both.servers
    await one.joined("Ada")
    ben = await two.person("Ben")
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("chat", {"text": "hi"}, "not_joined"),
        ("join", {"name": "x" * 999}, "invalid"),
    ]
    for command, argument, code in cases:
        ack = await ben.raw(command, argument)
        assert (ack["ok"], ack["error"]["code"]) == (False, code)
    await ben.join()
    cases = [
        ("join", {"name": "Ben"}, "already_joined"),
        ("offer", {"sdp": "broken", "tracks": [{"mid": "0", "source": "camera"}]}, "bad_sdp"),
        ("mute", {"sid": "TR1", "muted": True}, "track_not_found"),
        ("dance", {}, "unknown_command"),
    ]
    for command, argument, code in cases:
        ack = await ben.raw(command, argument)
        assert (ack["ok"], ack["error"]["code"]) == (False, code), ack


async def test_who_leaves_elsewhere_is_gone_and_may_join_again(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await ben.asks("leave")
    assert (await ada.learns("participant_left"))["reason"] == "client_initiated"
    await ben.join()
    assert (await ada.learns("participant_joined", 2))["participant"]["name"] == "Ben"


async def test_a_socket_that_is_lost_elsewhere_may_resume_at_either(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    known = ben.last_seq
    for server in (two, one, two):
        await ben.lose_network()
        await ada.asks("chat", text="Are you there?")
        found = await moved(ben, server).resume(known)
        known = found["snapshot"]["seq"]
        assert found["media"] == "kept"
        assert [fact["type"] for fact in found["missed"]] == ["chat_sent"]
    assert "participant_left" not in [fact["type"] for fact in ada.facts]


async def test_a_place_is_taken_over_across_the_border(both: Several) -> None:
    one, two = both.servers
    await one.joined("Ada")
    ben = await two.joined("Ben")
    again = await one.joined("Ben", token=ben.token)
    assert (await ben.hears("leave"))["reason"] == "duplicate_identity"
    await ben.hears("disconnected")
    await again.asks("chat", text="It is me")


async def test_rest_moderates_a_room_of_the_other_process(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    sids = await ben.offer("microphone")
    api = both.api(owner_of(both)[1])
    who = next(p["identity"] for p in ada.place["snapshot"]["participants"] if p["name"] == "Ada")
    room = await api.patch("/v1/rooms/demo", {"title": "Planning"})
    assert room["title"] == "Planning"
    assert (await ben.learns("room_updated"))["room"]["title"] == "Planning"
    me = next(p["identity"] for p in ben.place["snapshot"]["participants"] if p["sid"] == ben.me)
    path = f"/v1/rooms/demo/participants/{me}"
    body = {"track": sids["microphone"], "muted": True}
    muted = await api.post(f"{path}/mute", body)
    assert muted["tracks"][0]["muted"] is True
    await ben.learns("track_muted")
    await api.delete(f"/v1/rooms/demo/participants/{who}", expect=204)
    assert (await ada.hears("leave"))["reason"] == "participant_removed"
    await api.delete(f"/v1/rooms/demo/participants/{who}", expect=404)


async def test_all_processes_and_media_nodes_are_listed_by_each(both: Several) -> None:
    for server in both.servers:
        await server.joined("Ada")
    for server in both.servers:
        async with asyncio.timeout(5):
            while True:
                found = (await both.api(server).get("/v1/nodes"))["items"]
                if len(found) == 3:
                    break
        assert sorted(node["role"] for node in found) == ["media", "signalling", "signalling"]
        this = [node["id"] for node in found if node["this"]]
        assert this == [server.services.processes.node]
        metrics = server.services.figures.metrics.render().decode()
        assert "offhook_signalling_processes 2.0" in metrics


async def test_if_match_and_idempotency_hold_across_processes(both: Several) -> None:
    await both.servers[0].joined("Ada")
    here, there = (both.api(server) for server in owner_of(both))
    await there.get("/v1/rooms/demo")
    tag = there.headers["ETag"]
    await there.patch("/v1/rooms/demo", {"title": "A"}, headers={"If-Match": tag})
    assert there.headers["ETag"] != tag
    await here.patch("/v1/rooms/demo", {"title": "B"}, headers={"If-Match": tag}, expect=412)
    await there.patch("/v1/rooms/demo", {"title": "B"}, headers={"If-Match": tag}, expect=412)
    key = {"Idempotency-Key": "once"}
    made = await there.post("/v1/rooms", {"name": "new"}, headers=key, expect=201)
    assert await here.post("/v1/rooms", {"name": "new"}, headers=key, expect=201) == made


async def test_the_page_knocks_at_either_process(both: Several) -> None:
    one, two = both.servers
    await one.joined("Ada", room="attic")
    for server in (one, two):
        admitted = await server.knock("attic")
        assert [person["name"] for person in admitted["present"]] == ["Ada"]


async def test_a_room_that_is_deleted_elsewhere_is_over_for_everybody(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await both.api(owner_of(both)[1]).delete("/v1/rooms/demo", expect=204)
    for person in (ada, ben):
        assert (await person.hears("leave"))["reason"] == "room_deleted"
    await both.media.empty()


async def test_media_hear_of_a_mute_whoever_carries_the_outbox(both: Several) -> None:
    one, two = both.servers
    for server, room in ((one, "attic"), (two, "cellar")):
        person = await server.joined("Ada", room=room)
        sids = await person.offer("microphone")
        await person.asks("mute", sid=sids["microphone"], muted=True)
        async with asyncio.timeout(1):
            await both.media.until(media.Mute, person.me)


async def test_rooms_of_a_process_that_stops_go_on_at_the_other(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    owner, other = owner_of(both)
    near = ada if owner is one else ben
    far = ben if near is ada else ada
    await owner.services.hand_over()
    await far.hears("disconnected")
    await near.lose_network()
    for person in (far, near):
        found = await moved(person, other).resume()
        assert found["media"] == "kept"
    await far.asks("chat", text="Still here")
    await near.learns("chat_sent")


async def test_a_loss_on_the_way_has_the_client_resume(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    owner, other = owner_of(both)
    far = ben if other is two else ada
    news = HungUp(sender=owner.services.processes.node, number=10_000, socket="nobody")
    await owner.bus.publish(topic_of(other.services.processes.node), news)
    await far.hears("disconnected")
    found = await far.resume()
    assert found["media"] == "kept"


async def test_a_seat_whose_socket_is_unknown_elsewhere_is_given_up(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    owner, other = owner_of(both)
    far = ben if other is two else ada
    near = ada if far is ben else ben
    await far.lose_network()
    await near.asks("chat", text="Hello?")
    async with asyncio.timeout(5):
        while True:
            if owner.services.audience.of_participant(far.me) is None:
                return
            await asyncio.sleep(0.01)


async def test_somebody_whose_place_was_given_up_is_told_so_by_either(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await ben.asks("leave")
    await ada.learns("participant_left")
    await ben.close()
    for server in (one, two):
        with pytest.raises(Refused) as refused:
            await moved(ben, server).resume()
        assert refused.value.code == "gone"
        await ben.close()
