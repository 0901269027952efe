"""Who hears whom, from the API to the media node: told, kept, and true for whoever comes back."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from offhook.core.contracts import media
from offhook.core.contracts.media import Enter, Hear, Hearing
from tests.media.sfu.wait import eventually
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Refused, Signalling, signalling
from tests.support.media import SilentMedia

pytestmark = pytest.mark.integration

HEARING = "/v1/rooms/demo/hearing"
HOLD = {"publishers": [], "music": True}
HELD = Hearing(publishers=(), music=True)


def invited(api: Api, identity: str, **video: Any) -> str:
    """A join token of the integrator's."""
    grants = {"roomJoin": True, "room": "demo", **video}
    now = int(time.time())
    payload = {"iss": api.key, "sub": identity, "nbf": now - 60, "exp": now + 3600, "video": grants}
    return jwt.encode(payload, api.secret, algorithm="HS256")


async def put(api: Api, expect: int = 200, /, **hearing: Any) -> Any:
    """Decide who hears whom."""
    return await api.put(HEARING, {"hearing": hearing}, expect=expect)


async def call(server: Signalling, api: Api) -> tuple[Person, Person]:
    """A visitor and an agent in one room, who came first and so moderates."""
    ann = await server.joined("Ann", token=invited(api, "ann"))
    vic = await server.joined("Vic", token=invited(api, "vic"))
    return vic, ann


def commands(server: Signalling, kind: type[Hear] | type[Enter], who: str) -> list[Any]:
    """What the node was asked about somebody, in order."""
    return [c for c in server.media.commands if isinstance(c, kind) and c.participant == who]


# the API


async def test_a_hold_by_the_api_reaches_media_at_once(server: Signalling, api: Api) -> None:
    vic, ann = await call(server, api)
    began = time.monotonic()
    said = await put(api, vic=HOLD, ann={"publishers": []})
    assert said == {"hearing": {"vic": HOLD, "ann": {"publishers": [], "music": False}}}
    told = await server.media.until(Hear, vic.me)
    assert time.monotonic() - began < 0.5
    assert isinstance(told, Hear)
    assert told.hearing == HELD
    told = await server.media.until(Hear, ann.me)
    assert isinstance(told, Hear)
    assert told.hearing == Hearing(publishers=())
    assert await api.get(HEARING) == said


async def test_who_is_not_named_hears_everybody_again(server: Signalling, api: Api) -> None:
    vic, _ = await call(server, api)
    await put(api, vic=HOLD)
    assert await put(api, ann={"publishers": None}) == {
        "hearing": {"ann": {"publishers": None, "music": False}}
    }
    await eventually(lambda: len(commands(server, Hear, vic.me)) == 2)
    first, last = commands(server, Hear, vic.me)
    assert last.hearing is None
    assert last.order > first.order


async def test_the_same_again_tells_nobody(server: Signalling, api: Api) -> None:
    vic, ann = await call(server, api)
    await put(api, vic=HOLD)
    await put(api, vic=HOLD, ann={"publishers": []})
    await server.media.until(Hear, ann.me)
    assert len(commands(server, Hear, vic.me)) == 1


@pytest.mark.parametrize(
    "hearing",
    [
        {"a room": HOLD},
        {"vic": {"publishers": ["..."]}},
        {"vic": {"publishers": "ann"}},
        {"vic": {"publishers": [], "musik": True}},
        {f"p{n}": HOLD for n in range(501)},
    ],
    ids=["name", "dots", "text", "unknown", "many"],
)
async def test_what_is_no_hearing_is_refused_and_changes_nothing(
    server: Signalling, api: Api, hearing: dict[str, Any]
) -> None:
    await put(api, vic=HOLD)
    problem = await put(api, 422, **hearing)
    assert problem["field"].startswith("hearing")
    assert (await api.get(HEARING))["hearing"] == {"vic": HOLD}


async def test_a_room_that_is_not_there_is_not_found(server: Signalling, api: Api) -> None:
    nothing: dict[str, Any] = {"hearing": {}}
    problem = await api.put("/v1/rooms/nowhere/hearing", nothing, expect=404)
    assert problem["code"] == "room_not_found"


async def test_only_who_may_moderate_decides(server: Signalling, api: Api) -> None:
    body: dict[str, Any] = {"hearing": {"vic": HOLD}}
    for video, status in (
        ({"roomJoin": True, "room": "demo"}, 403),
        ({"roomAdmin": True, "room": "another"}, 403),
        ({"roomAdmin": True, "room": "demo"}, 200),
    ):
        await api.put(HEARING, body, expect=status, authorization=api.bearer(video))
    scopes = {"name": "reader", "scopes": ["participants.read"]}
    reader = await api.post("/v1/api-keys", scopes, expect=201)
    basic = api.basic(reader["id"], reader["secret"])
    assert (await api.get(HEARING, authorization=basic))["hearing"] == {"vic": HOLD}
    problem = await api.put(HEARING, {"hearing": {}}, expect=403, authorization=basic)
    assert problem["code"] == "not_allowed"


# in the room


async def test_a_subscriber_has_no_command_that_lifts_it(server: Signalling, api: Api) -> None:
    vic, ann = await call(server, api)
    sids = await ann.offer("microphone")
    await put(api, vic=HOLD)
    wish = {"track": sids["microphone"], "subscribed": True, "enabled": True}
    await server.media.until(Hear, vic.me)
    await vic.asks("subscription", tracks=[wish])
    for command in ("moderate_mute_all", "moderate_end"):
        with pytest.raises(Refused):
            await vic.asks(command)
    assert len(commands(server, Hear, vic.me)) == 1
    assert (await api.get(HEARING))["hearing"] == {"vic": HOLD}


async def test_who_comes_later_under_the_name_enters_with_it(server: Signalling, api: Api) -> None:
    await put(api, vic=HOLD)
    vic, ann = await call(server, api)
    (entered,) = commands(server, Enter, vic.me)
    assert entered.hearing == HELD
    (entered,) = commands(server, Enter, ann.me)
    assert entered.hearing is None


async def test_who_leaves_and_comes_back_is_still_on_hold(server: Signalling, api: Api) -> None:
    vic, _ = await call(server, api)
    await put(api, vic=HOLD)
    await vic.asks("leave")
    again = await server.joined("Vic", token=vic.token)
    assert again.me != vic.me
    assert commands(server, Enter, again.me)[0].hearing == HELD


async def test_a_resume_changes_nothing_of_it(server: Signalling, api: Api) -> None:
    vic, _ = await call(server, api)
    await put(api, vic=HOLD)
    await vic.lose_network()
    await vic.resume()
    assert all(c.hearing == HELD for c in commands(server, Hear, vic.me))
    assert (await api.get(HEARING))["hearing"] == {"vic": HOLD}


async def test_a_node_that_starts_anew_is_told_with_the_first_word(
    server: Signalling, api: Api
) -> None:
    vic, _ = await call(server, api)
    await put(api, vic=HOLD)
    await server.media.until(Hear, vic.me)
    server.media.rooms.clear()
    with pytest.raises(Refused):
        await vic.asks("restart_subscribe", fresh=True)
    assert commands(server, Enter, vic.me)[-1].hearing == HELD


async def test_it_ends_with_the_meeting(server: Signalling, api: Api) -> None:
    vic, _ = await call(server, api)
    await put(api, vic=HOLD)
    await api.send("POST", "/v1/rooms/demo/end", expect=204)
    assert (await api.get(HEARING)) == {"hearing": {}}
    again = await server.joined("Vic", token=vic.token)
    assert commands(server, Enter, again.me)[0].hearing is None


async def test_it_is_kept_over_a_death_of_signalling(tmp_path: Path) -> None:
    async with signalling(tmp_path) as first:
        api = Api(first)
        vic, _ = await call(first, api)
        await put(api, vic=HOLD)
        token, resume_token = vic.token, vic.place["resume_token"]
        await first.kill()
    async with signalling(tmp_path) as second:
        second.seeded = first.seeded
        api = Api(second)
        assert (await api.get(HEARING))["hearing"] == {"vic": HOLD}
        back = await second.person("Vic", token=token)
        await back.asks("resume", resume_token=resume_token, last_seq=0)
        await second.media.until(Enter, vic.me)
        assert commands(second, Enter, vic.me)[-1].hearing == HELD


async def test_a_decision_outlives_a_media_node_that_was_away(server: Signalling, api: Api) -> None:
    vic, _ = await call(server, api)
    server.media.hold = asyncio.Event()
    await put(api, vic=HOLD)
    server.media.hold.set()
    told = await server.media.until(Hear, vic.me)
    assert isinstance(told, Hear)
    assert told.hearing == HELD


async def test_a_room_that_moves_takes_it_along(server: Signalling, api: Api) -> None:
    vic, ann = await call(server, api)
    await put(api, vic=HOLD)
    second = SilentMedia(server.bus, "ND-second")
    await second.start()
    await server.media.close()
    await vic.hears("reconnect")
    told = [c for c in second.commands if isinstance(c, Enter)]
    assert {c.participant: c.hearing for c in told} == {vic.me: HELD, ann.me: None}
    await put(api, ann=HOLD)
    command = await second.until(Hear, vic.me)
    assert isinstance(command, Hear)
    assert command.hearing is None
    assert command.order > max(c.order for c in told)
    await second.close()


# what is told


async def test_nobody_is_told_who_speaks_of_those_they_do_not_hear(
    server: Signalling, api: Api
) -> None:
    vic, ann = await call(server, api)
    await put(api, vic=HOLD)
    speakers = (
        media.Speaker(participant=ann.me, level=0.5),
        media.Speaker(participant=vic.me, level=0.25),
    )
    room = vic.place["snapshot"]["room"]["sid"]
    vic.told.clear()
    await server.media.tell(
        media.SpeakersChanged(node=server.media.node, room=room, speakers=speakers)
    )
    heard = await ann.hears("speakers_changed", lambda m: bool(m["speakers"]))
    assert [s["participant"] for s in heard["speakers"]] == [ann.me, vic.me]
    heard = await vic.hears("speakers_changed", lambda m: bool(m["speakers"]))
    assert [s["participant"] for s in heard["speakers"]] == [vic.me]
    vic.told.clear()
    for level in (0.75, 0.0):
        louder = (media.Speaker(participant=ann.me, level=level), speakers[1])
        await server.media.tell(
            media.SpeakersChanged(node=server.media.node, room=room, speakers=louder)
        )
    await ann.hears("speakers_changed", lambda m: [s["level"] for s in m["speakers"]] == [0, 0.25])
    await ann.asks("chat", text="so far")
    await vic.learns("chat_sent")
    told = [event for event, _ in vic.told]
    assert "speakers_changed" not in told, "not even that somebody spoke"
    await put(api)
    heard = await vic.hears("speakers_changed")
    assert [s["participant"] for s in heard["speakers"]] == [ann.me, vic.me]
    await put(api, vic=HOLD)
    await vic.lose_network()
    snapshot = (await vic.resume())["snapshot"]
    assert [s["participant"] for s in snapshot["speakers"]] == [vic.me]


async def test_the_room_learns_nothing_but_a_number(server: Signalling, api: Api) -> None:
    vic, ann = await call(server, api)
    await put(api, vic=HOLD)
    await ann.asks("chat", text="they chat all the same")
    await vic.learns("chat_sent")
    facts = [fact for fact in vic.facts if fact["type"] not in {"participant_joined", "chat_sent"}]
    assert {(fact["type"], str(fact["data"])) for fact in facts} <= {
        ("hidden", "{}"),
        ("participant_updated", str(facts[0]["data"])),
    }
    logged = (await api.get("/v1/events?type=hearing_changed"))["items"]
    assert [event["data"]["hearing"] for event in logged] == [{"vic": HOLD}]
