"""Losing the socket and coming back: what was missed, what is kept, and what is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.core.clock import ManualClock
from offhook.core.contracts.media import CloseRoom, Exit
from tests.signalling.rest import Api
from tests.signalling.signalling import Refused, Signalling, signalling

pytestmark = pytest.mark.integration


async def test_who_comes_back_gets_exactly_the_facts_it_missed(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.learns("participant_joined")
    last = ada.last_seq
    await ada.lose_network()
    await ben.offer("camera")
    await ben.asks("chat", text="are you there?")
    await ben.asks("chat", text="hello?")
    cleo = await server.joined("Cleo")
    back = await ada.resume(last)
    types = [fact["type"] for fact in back["missed"]]
    assert types == ["track_published", "chat_sent", "chat_sent", "participant_joined"]
    assert [fact["seq"] for fact in back["missed"]] == list(range(last + 1, last + 5))
    assert back["snapshot"]["seq"] == last + 4
    assert back["missed"][1]["data"]["message"]["text"] == "are you there?"
    assert back["missed"][1]["data"]["message"]["name"] == "Ben"
    assert back["missed"][3]["data"]["participant"]["name"] == "Cleo"
    assert back["media"] == "kept"
    assert back["participant"] == ada.me
    await cleo.asks("leave")
    left = await ada.learns("participant_left")
    assert left["participant"] == cleo.me
    assert ada.facts[-1]["seq"] == last + 5


async def test_a_missed_fact_is_the_same_as_one_that_was_told(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    last = ada.last_seq
    await ada.lose_network()
    await ben.offer("camera", "microphone")
    await ben.asks("update", name="Benjamin", attributes={"hand": "up"})
    await ben.asks("chat", text="hello")
    cleo = await server.joined("Cleo")
    missed = (await ada.resume(last))["missed"]
    told = [fact for fact in ben.facts if fact["seq"] > last]
    await cleo.asks("leave")
    await ben.learns("participant_left")
    assert missed == [fact for fact in told if fact["seq"] <= missed[-1]["seq"]]


async def test_nobody_is_told_that_somebody_was_gone_for_a_moment(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.lose_network()
    await ada.resume()
    await ben.asks("chat", text="hello")
    await ben.learns("chat_sent")
    assert "participant_left" not in [fact["type"] for fact in ben.facts]


async def test_a_new_socket_may_resume_before_the_old_one_is_missed(server: Signalling) -> None:
    ada = await server.joined("Ada")
    old = ada.socket
    back = await ada.resume()
    assert back["missed"] == []
    await old.wait()
    await ada.asks("chat", text="still here")


async def test_media_that_started_anew_are_lost(server: Signalling) -> None:
    ada = await server.joined("Ada")
    await ada.lose_network()
    server.media.rooms.clear()
    assert (await ada.resume())["media"] == "lost"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "x",
        lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        lambda token: ".".join(["AC" + "0" * 32, *token.split(".")[1:]]),
        lambda token: token.replace("PA", "RM", 1),
    ],
)
async def test_a_forged_resume_token_is_refused(server: Signalling, spoil: object) -> None:
    assert callable(spoil)
    ada = await server.joined("Ada")
    await ada.lose_network()
    ada.place["resume_token"] = spoil(ada.place["resume_token"])
    with pytest.raises(Refused) as refused:
        await ada.resume(0)
    assert refused.value.problem["status"] == 401
    assert refused.value.code == "token_invalid"


async def test_who_left_or_was_removed_cannot_resume(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.asks("leave")
    await ada.close()
    with pytest.raises(Refused) as refused:
        await ada.resume(0)
    assert (refused.value.problem["status"], refused.value.code) == (404, "gone")
    await Api(server).delete("/v1/rooms/demo", expect=204)
    await ben.hears("disconnected")
    with pytest.raises(Refused) as refused:
        await ben.resume(0)
    assert refused.value.code == "gone"


async def test_a_place_is_given_up_after_twenty_seconds(tmp_path: Path) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock) as server:
        ada, ben = await server.joined("Ada"), await server.joined("Ben")
        await ada.lose_network()
        await ben.asks("chat", text="a word to wait for")
        await server.settle()
        clock.advance(19)
        await server.settle()
        assert ada.me in server.services.rooms.by_id(ben_room(server)).room.participants  # type: ignore[union-attr]
        clock.advance(1)
        left = await ben.learns("participant_left")
        assert left["reason"] == "connection_timeout"
        assert (await server.media.until(Exit)).room == ben_room(server)


def ben_room(server: Signalling) -> str:
    """The id of the only room that is awake."""
    (owner,) = server.services.rooms.awake()
    return owner.room.id


async def test_a_restart_keeps_the_meeting_and_who_comes_back_in_time(tmp_path: Path) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock) as server:
        ada = await server.joined("Ada")
        ben = await server.joined("Ben")
        await ada.offer("microphone")
        await ben.learns("track_published")
        await ada.asks("chat", text="before the restart")
        last = ada.last_seq
        room = ben_room(server)
    async with signalling(tmp_path, clock=clock) as server:
        await server.settle()
        ada.server = ben.server = server
        back = await ada.resume(last)
        server.people.append(ada)
        snapshot = back["snapshot"]
        assert [p["name"] for p in snapshot["participants"]] == ["Ben", "Ada"]
        assert [line["text"] for line in snapshot["chat"]] == ["before the restart"]
        assert [t["source"] for t in snapshot["participants"][1]["tracks"]] == ["microphone"]
        assert back["media"] == "lost"
        clock.advance(20)
        left = await ada.learns("participant_left")
        assert (left["participant"], left["reason"]) == (ben.me, "connection_timeout")
        assert ben_room(server) == room


async def test_a_restart_resumes_the_rooms_own_deadlines(tmp_path: Path) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock) as server:
        api = Api(server)
        await api.post("/v1/rooms", {"name": "brief", "empty_timeout": 60}, expect=201)
    clock.advance(59)
    async with signalling(tmp_path, clock=clock, seed=False) as server:
        await server.settle()
        assert (await server.services.rooms.get(server.services.main, "brief")).name == "brief"
        clock.advance(1)
        await server.settle()
        async with server.http.post("/r/brief/token", json={}) as reply:
            assert reply.status == 200, "the demo makes it anew"
        events = await server.services.events.page(server.services.main, None, 10, (), None)
        assert [event.type for event in events] == ["room_finished"]


async def test_what_media_must_be_told_is_told_after_a_crash(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        ada = await server.joined("Ada")
        room = ben_room(server)
        node = server.media.node
        await server.services.parts.relay.close()
        await ada.close()
        await Api(server).delete("/v1/rooms/demo", expect=204)
    async with signalling(tmp_path) as server:
        assert server.media.node == node
        command = await server.media.until(CloseRoom)
        assert command.room == room
