"""Moderators over the socket and programs over REST: what they do is done within a second and
enforced by the server, and nobody else can."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from offhook.core.clock import ManualClock
from offhook.core.contracts.media import Exit, Mute, Withdraw
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Refused, Signalling, signalling

pytestmark = pytest.mark.integration


def invited(api: Api, identity: str, **video: Any) -> str:
    """A join token for the demo room, issued a while ago."""
    grants = {"roomJoin": True, "room": "demo", **video}
    now = int(time.time())
    payload = {"iss": api.key, "sub": identity, "nbf": now - 60, "exp": now + 3600, "video": grants}
    return jwt.encode(payload, api.secret, algorithm="HS256")


async def refusal(person: Person, command: str, **argument: Any) -> tuple[int, str]:
    """The status and code of a command that must be refused."""
    with pytest.raises(Refused) as refused:
        await person.asks(command, **argument)
    return refused.value.problem["status"], refused.value.code


def identity(person: Person) -> str:
    """Under which identity somebody is in the room."""
    people = person.place["snapshot"]["participants"]
    return str(next(p["identity"] for p in people if p["sid"] == person.me))


def bytes_of(folder: Path) -> bytes:
    """All that stands in the files of a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def two(server: Signalling) -> tuple[Person, Person]:
    """Ada, who moderates, and Ben, who does not and who publishes."""
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ben.offer("microphone", "camera")
    return ada, ben


# the commands of a moderator


async def test_a_moderator_mutes_and_media_stop_forwarding(server: Signalling) -> None:
    ada, ben = await two(server)
    sids = await ben.offer("microphone", "camera")
    began = time.monotonic()
    assert await ada.asks("moderate_mute", participant=ben.me) is None
    command = await server.media.until(Mute)
    assert time.monotonic() - began < 1
    assert isinstance(command, Mute)
    assert (command.track, command.muted) == (sids["microphone"], True)
    told = await ben.learns("track_muted")
    assert told == {"participant": ben.me, "track": sids["microphone"], "by": ada.me}
    await ben.asks("mute", sid=sids["microphone"], muted=False)
    assert "by" not in await ada.learns("track_unmuted")


async def test_a_moderator_stops_a_camera_by_its_track(server: Signalling) -> None:
    ada, ben = await two(server)
    sids = await ben.offer("microphone", "camera")
    await ada.asks("moderate_mute", participant=ben.me, track=sids["camera"])
    assert (await ben.learns("track_muted"))["track"] == sids["camera"]
    gone = {"participant": ben.me, "track": "TRgone"}
    assert await refusal(ada, "moderate_mute", **gone) == (404, "track_not_found")


async def test_a_moderator_mutes_everybody_else(server: Signalling) -> None:
    ada, ben = await two(server)
    await ada.offer("microphone")
    await ada.asks("moderate_mute_all")
    assert (await ben.learns("track_muted"))["participant"] == ben.me
    await ada.asks("chat", text="hear me")
    await ben.learns("chat_sent")
    assert [fact["type"] for fact in ben.facts].count("track_muted") == 1


async def test_a_source_that_is_forbidden_is_taken_off_at_the_server(server: Signalling) -> None:
    ada, ben = await two(server)
    sids = await ben.offer("microphone", "camera")
    await ada.asks(
        "moderate_permissions", participant=ben.me, can_publish_sources=["camera", "screen_share"]
    )
    command = await server.media.until(Withdraw)
    assert isinstance(command, Withdraw)
    assert command.tracks == (sids["microphone"],)
    assert (await ada.learns("track_unpublished"))["track"] == sids["microphone"]
    told = (await ben.hears("permissions_changed"))["grants"]
    assert told["can_publish_sources"] == ["camera", "screen_share"]
    me = (await ada.learns("participant_updated"))["participant"]
    assert me["can_publish_sources"] == ["camera", "screen_share"]
    tracks = [{"mid": "0", "source": "microphone"}]
    assert await refusal(ben, "offer", sdp="v=0", tracks=tracks) == (403, "not_allowed")
    await ada.asks("moderate_permissions", participant=ben.me, can_publish_sources=["microphone"])
    await ben.offer("microphone")


async def test_who_may_send_nothing_is_refused_everything(server: Signalling) -> None:
    ada, ben = await two(server)
    change = {"can_publish_sources": [], "can_publish_data": False}
    await ada.asks("moderate_permissions", participant=ben.me, **change)
    tracks = [{"mid": "0", "source": "camera"}]
    assert await refusal(ben, "offer", sdp="v=0", tracks=tracks) == (403, "not_allowed")
    assert await refusal(ben, "chat", text="hello") == (403, "not_allowed")


async def test_permissions_are_told_again_to_who_was_away(server: Signalling) -> None:
    ada, ben = await two(server)
    await ben.lose_network()
    change = {"can_publish_sources": ["camera"]}
    await ada.asks("moderate_permissions", participant=ben.me, **change)
    assert (await ben.resume())["grants"]["can_publish_sources"] == ["camera"]


async def test_a_moderator_makes_another_one_who_then_moderates(server: Signalling) -> None:
    ada, ben = await two(server)
    await ada.asks("moderate_permissions", participant=ben.me, moderator=True)
    assert (await ben.hears("permissions_changed"))["grants"]["room_admin"]
    await ben.asks("moderate_lock", locked=True)
    await ben.asks("moderate_permissions", participant=ada.me, moderator=False)
    assert await refusal(ada, "moderate_lock", locked=False) == (403, "not_allowed")
    last = {"participant": ben.me, "moderator": False}
    assert await refusal(ben, "moderate_permissions", **last) == (409, "last_moderator")


async def test_who_is_removed_is_told_and_their_token_opens_no_more(
    server: Signalling, api: Api
) -> None:
    ada = await server.joined("Ada")
    token = invited(api, "ben")
    ben = await server.joined("Ben", token=token)
    resume_token = ben.place["resume_token"]
    await ada.asks("moderate_remove", participant=ben.me)
    assert await ben.hears("leave") == {"reason": "participant_removed", "action": "disconnect"}
    await ben.hears("disconnected")
    await server.media.until(Exit)
    assert (await ada.learns("participant_left"))["reason"] == "participant_removed"
    again = await server.person("Ben", token=token)
    assert await refusal(again, "join") == (403, "removed")
    resume = {"resume_token": resume_token, "last_seq": 0}
    assert await refusal(again, "resume", **resume) == (404, "gone")
    async with server.http.post("/r/demo/token", json={"token": token}) as reply:
        assert (reply.status, (await reply.json())["code"]) == (403, "removed")
    fresh = await api.post("/v1/rooms/demo/tokens", {"identity": "ben"}, expect=201)
    await server.joined("Ben", token=fresh["token"])


async def test_a_guest_who_was_removed_may_knock_again(server: Signalling) -> None:
    ada, ben = await two(server)
    await ada.asks("moderate_remove", participant=ben.me)
    await ben.hears("disconnected")
    again = await server.person("Ben", token=ben.token)
    assert await refusal(again, "join") == (403, "removed")
    fresh = await server.knock(token=ben.token)
    await server.joined("Ben", token=fresh["token"])


async def test_who_is_banned_cannot_come_back(server: Signalling) -> None:
    ada, ben = await two(server)
    await ada.asks("moderate_ban", participant=ben.me)
    assert (await ben.hears("leave"))["reason"] == "participant_banned"
    listed = (await ada.hears("bans_changed"))["bans"]
    assert [(ban["name"], ban["by"]) for ban in listed] == [("Ben", identity(ada))]
    assert await ada.asks("moderate_bans") == {"bans": listed}
    again = await server.person("Ben", token=ben.token)
    assert await refusal(again, "join") == (403, "banned")
    async with server.http.post("/r/demo/token", json={"token": ben.token}) as reply:
        assert (reply.status, (await reply.json())["code"]) == (403, "banned")
    await ada.asks("moderate_unban", identity=listed[0]["identity"])
    assert await ada.asks("moderate_bans") == {"bans": []}
    fresh = await server.knock(token=ben.token)
    await server.joined("Ben", token=fresh["token"])


async def test_a_guest_in_the_same_browser_is_banned_with_a_fresh_token_too(
    server: Signalling,
) -> None:
    ada = await server.joined("Ada")
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(server.url, cookie_jar=jar) as browser:

        async def knock(room: str = "demo") -> tuple[int, dict[str, Any]]:
            async with browser.post(f"/r/{room}/token", json={}) as reply:
                return reply.status, await reply.json()

        _, first = await knock()
        _, second = await knock()
        assert first["identity"] != second["identity"], "two pages are two participants"
        ben = await server.joined("Ben", token=first["token"])
        await ada.asks("moderate_ban", participant=ben.me)
        await ben.hears("disconnected")
        status, problem = await knock()
        assert (status, problem["code"]) == (403, "banned")
        early = await server.person("Ben", token=second["token"])
        assert await refusal(early, "join") == (403, "banned")
        assert (await knock("another-room"))[0] == 200
    await server.joined("Cleo")


async def test_the_cookie_of_a_guest_cannot_be_forged_and_stays_with_the_pages_of_rooms(
    server: Signalling,
) -> None:
    async with server.http.post("/r/demo/token", json={}) as reply:
        header = reply.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/r/" in header
    assert "Secure" not in header
    cookie = header.partition(";")[0]
    for given, is_new in ((cookie, False), (cookie[:-2] + "xx", True), ("offhook_guest=1", True)):
        async with server.http.post("/r/demo/token", json={}, headers={"Cookie": given}) as reply:
            assert ("Set-Cookie" in reply.headers) == is_new, given


async def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    async with (
        signalling(tmp_path, public_url="https://calls.example.com") as server,
        server.http.post("/r/demo/token", json={}) as reply,
    ):
        assert "Secure" in reply.headers["Set-Cookie"]


async def test_a_locked_room_keeps_out_who_is_new_and_lets_back_in_who_was_there(
    server: Signalling,
) -> None:
    ada, ben = await two(server)
    early = await server.person("Cleo")
    await ada.asks("moderate_lock", locked=True)
    assert (await ben.learns("room_updated"))["room"]["locked"]
    assert await refusal(early, "join") == (403, "room_locked")
    async with server.http.post("/r/demo/token", json={}) as reply:
        assert (reply.status, (await reply.json())["code"]) == (403, "room_locked")
    await ben.lose_network()
    await ben.resume()
    await ben.asks("leave")
    reloaded = await server.knock(token=ben.token)
    await server.joined("Ben", token=reloaded["token"])
    await ada.asks("moderate_lock", locked=False)
    await early.join()


async def test_ending_sends_everybody_away_with_the_reason(server: Signalling) -> None:
    ada, ben = await two(server)
    await ada.asks("moderate_end")
    for person in (ada, ben):
        assert (await person.hears("leave"))["reason"] == "room_closed"
        await person.hears("disconnected")
    await server.media.empty(within=1)


# everybody else


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("moderate_mute", {}),
    ("moderate_mute_all", {}),
    ("moderate_permissions", {"can_publish_sources": []}),
    ("moderate_permissions", {"moderator": True}),
    ("moderate_remove", {}),
    ("moderate_ban", {}),
    ("moderate_unban", {"identity": "eve"}),
    ("moderate_bans", {}),
    ("moderate_lock", {"locked": True}),
    ("moderate_end", {}),
]
ABOUT_SOMEBODY = {"moderate_mute", "moderate_permissions", "moderate_remove", "moderate_ban"}


@pytest.mark.parametrize(("command", "argument"), COMMANDS, ids=lambda given: str(given))
async def test_who_does_not_moderate_changes_nothing(
    server: Signalling, command: str, argument: dict[str, Any]
) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.offer("microphone")
    await ben.learns("track_published")
    somebody = {"participant": ada.me} if command in ABOUT_SOMEBODY else {}
    seq = ben.last_seq
    assert await refusal(ben, command, **somebody, **argument) == (403, "not_allowed")
    await ben.asks("chat", text="still here")
    await ada.learns("chat_sent")
    assert ada.last_seq == seq + 1
    owner = server.services.rooms.by_id(ada.place["snapshot"]["room"]["sid"])
    assert owner is not None
    assert not owner.room.standing.bans


async def test_a_key_that_may_not_moderate_signs_no_moderators(
    server: Signalling, api: Api
) -> None:
    narrow = await api.post("/v1/api-keys", {"name": "door", "scopes": ["rooms.join"]}, expect=201)
    key = Api(server, narrow["id"], narrow["secret"])
    await api.post("/v1/rooms", {"name": "board"}, expect=201)
    token = invited(key, "eve", room="board", roomAdmin=True)
    eve = await server.joined("Eve", room="board", token=token)
    assert not eve.place["grants"]["room_admin"]
    assert await refusal(eve, "moderate_end") == (403, "not_allowed")


async def test_nobody_moderates_themselves_away_nor_who_is_not_there(
    server: Signalling, api: Api
) -> None:
    ada = await server.joined("Ada")
    hidden = await server.joined("Sue", token=invited(api, "sue", hidden=True))
    for command in ("moderate_remove", "moderate_ban"):
        assert await refusal(ada, command, participant=ada.me) == (409, "not_yourself")
        for other in ("PAnobody", hidden.me):
            gone = (404, "participant_not_found")
            assert await refusal(ada, command, participant=other) == gone


# REST


async def test_a_program_moderates_too(server: Signalling, api: Api) -> None:
    ada, ben = await two(server)
    who = identity(ben)
    await api.send("POST", "/v1/rooms/demo/mute", expect=204)
    assert (await ben.learns("track_muted"))["by"] is None
    grants = {"grants": {"can_publish_sources": ["camera"], "room_admin": True}}
    changed = await api.patch(f"/v1/rooms/demo/participants/{who}", grants)
    assert changed["grants"]["can_publish_sources"] == ["camera"]
    assert changed["grants"]["room_admin"]
    assert (await api.get(f"/v1/rooms/demo/participants/{who}"))["grants"] == changed["grants"]
    made = await api.post("/v1/rooms/demo/bans", {"identity": who}, expect=201)
    assert (made["name"], made["permanent"], made["by"]) == ("Ben", False, "")
    assert (await ben.hears("leave"))["reason"] == "participant_banned"
    assert (await api.get("/v1/rooms/demo/bans"))["items"] == [made]
    await api.delete(f"/v1/rooms/demo/bans/{who}", expect=204)
    assert (await api.get("/v1/rooms/demo/bans"))["items"] == []
    missing = await api.delete(f"/v1/rooms/demo/bans/{who}", expect=404)
    assert missing["code"] == "ban_not_found"
    await api.send("POST", "/v1/rooms/demo/end", expect=204)
    assert (await ada.hears("leave"))["reason"] == "room_closed"
    assert (await api.get("/v1/rooms/demo"))["state"] == "idle"
    await api.send("POST", "/v1/rooms/demo/end", expect=204)


BY_SOCKET: dict[str, tuple[str, dict[str, Any]]] = {
    "mute": ("moderate_mute", {}),
    "forbid": ("moderate_permissions", {"can_publish_sources": []}),
    "remove": ("moderate_remove", {}),
    "ban": ("moderate_ban", {}),
    "lock": ("moderate_lock", {"locked": True}),
    "end": ("moderate_end", {}),
}


async def by_socket(ada: Person, ben: Person, what: str) -> None:
    """A moderator does it in the page."""
    command, argument = BY_SOCKET[what]
    about = {"participant": ben.me} if command in ABOUT_SOMEBODY else {}
    await ada.asks(command, **about, **argument)


async def by_rest(api: Api, ben: Person, what: str) -> None:
    """A program does it."""
    person = f"/v1/rooms/demo/participants/{identity(ben)}"
    match what:
        case "mute":
            await api.send("POST", "/v1/rooms/demo/mute", expect=204)
        case "forbid":
            await api.patch(person, {"grants": {"can_publish_sources": []}})
        case "remove":
            await api.delete(person, expect=204)
        case "ban":
            await api.post("/v1/rooms/demo/bans", {"identity": identity(ben)}, expect=201)
        case "lock":
            await api.patch("/v1/rooms/demo", {"locked": True})
        case _:
            await api.send("POST", "/v1/rooms/demo/end", expect=204)


async def enforced(server: Signalling, ben: Person, what: str) -> None:
    """The server has done it: media carry nothing more, the person was told, the door is shut."""
    match what:
        case "mute":
            await server.media.until(Mute)
        case "forbid":
            await server.media.until(Withdraw)
        case "lock":
            assert (await ben.learns("room_updated"))["room"]["locked"]
            async with server.http.post("/r/demo/token", json={}) as reply:
                assert (await reply.json())["code"] == "room_locked"
        case _:
            await ben.hears("disconnected")
            assert await server.media.until(Exit, ben.me)


@pytest.mark.parametrize("door", ["page", "program"])
@pytest.mark.parametrize("what", BY_SOCKET)
async def test_whatever_is_moderated_is_enforced_within_a_second(
    server: Signalling, api: Api, what: str, door: str
) -> None:
    ada, ben = await two(server)
    async with asyncio.timeout(1):
        await (by_socket(ada, ben, what) if door == "page" else by_rest(api, ben, what))
        await enforced(server, ben, what)


async def test_nobody_who_is_banned_in_advance_comes_in(server: Signalling, api: Api) -> None:
    await api.post("/v1/rooms/demo/bans", {"identity": "eve"}, expect=201)
    eve = await server.person("Eve", token=invited(api, "eve"))
    assert await refusal(eve, "join") == (403, "banned")
    types = [event["type"] for event in (await api.get("/v1/events"))["items"]]
    assert "participant_banned" in types


async def test_bans_come_in_pages(server: Signalling, api: Api) -> None:
    for who in ("a", "b", "c"):
        await api.post("/v1/rooms/demo/bans", {"identity": who}, expect=201)
    first = await api.get("/v1/rooms/demo/bans?limit=2")
    rest = await api.get(f"/v1/rooms/demo/bans?after={first['next']}")
    assert [ban["identity"] for ban in (*first["items"], *rest["items"])] == ["a", "b", "c"]


async def test_a_permanent_ban_is_of_the_name_and_another_one_of_the_room(
    server: Signalling, api: Api
) -> None:
    await api.post("/v1/rooms", {"name": "board", "access": "link"}, expect=201)
    await api.post("/v1/rooms/board/bans", {"identity": "eve", "permanent": True}, expect=201)
    await api.post("/v1/rooms/board/bans", {"identity": "mallory"}, expect=201)
    await api.delete("/v1/rooms/board", expect=204)
    await api.post("/v1/rooms", {"name": "board", "access": "link"}, expect=201)
    listed = (await api.get("/v1/rooms/board/bans"))["items"]
    assert [ban["identity"] for ban in listed] == ["eve"]
    eve = await server.person("Eve", token=invited(api, "eve", room="board"))
    assert await refusal(eve, "join") == (403, "banned")
    mallory = invited(api, "mallory", room="board")
    await server.joined("Mallory", room="board", token=mallory)


# what lasts


async def test_a_ban_and_what_was_forbidden_survive_a_restart(tmp_path: Path) -> None:
    async with signalling(tmp_path) as first:
        seeded = first.seeded
        ada, ben = await two(first)
        cleo = await first.joined("Cleo")
        change = {"can_publish_sources": ["camera"], "moderator": True}
        await ada.asks("moderate_permissions", participant=cleo.me, **change)
        await ada.asks("moderate_ban", participant=ben.me)
        await ada.asks("moderate_lock", locked=True)
        await ben.hears("disconnected")
    async with signalling(tmp_path) as second:
        second.seeded = seeded
        again = await second.person("Ben", token=ben.token)
        assert await refusal(again, "join") == (403, "banned")
        (ban,) = (await Api(second).get("/v1/rooms/demo/bans"))["items"]
        assert ban["name"] == "Ben"
        back = await second.joined("Cleo", token=cleo.token)
        assert back.place["grants"]["can_publish_sources"] == ["camera"]
        assert back.place["grants"]["room_admin"]
        await back.asks("leave")
        await second.joined("Cleo", token=cleo.token)


async def test_the_name_of_who_is_banned_is_sealed(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        ada = await server.joined("Ada")
        ben = await server.joined("Bartholomew Banned")
        await ada.asks("moderate_ban", participant=ben.me)
    assert b"Bartholomew" not in bytes_of(tmp_path)


async def test_a_meeting_of_limited_time_is_warned_and_ends_also_over_a_restart(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    patience: dict[str, Any] = {
        "resume_window": 10_000,
        "media_timeout": 10_000,
        "node_timeout": 100_000.0,
    }
    async with signalling(tmp_path, clock=clock, **patience) as first:
        seeded = first.seeded
        await Api(first).patch("/v1/rooms/demo", {"max_duration": 600})
        ada = await first.joined("Ada")
        assert ada.place["snapshot"]["room"]["ends_at"]
        clock.advance(300)
        assert (await ada.hears("ending_soon"))["seconds"] == 300
    clock.advance(200)
    async with signalling(tmp_path, clock=clock, **patience) as second:
        second.seeded = seeded
        ada.server = second
        await ada.resume(0)
        clock.advance(40)
        told = await ada.hears("ending_soon", lambda message: message["seconds"] <= 60)
        assert told["seconds"] == 60
        clock.advance(60)
        assert (await ada.hears("leave"))["reason"] == "room_closed"
        await ada.close()
