"""The commands of the socket: who may come in, what may be done, and what everything else gets."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from offhook.core.contracts.media import Exit
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Refused, Signalling

pytestmark = pytest.mark.integration


def signed(api: Api, *, secret: str = "", **changed: Any) -> str:
    """A join token for the demo room signed by the seeded key, with changes."""
    payload: dict[str, Any] = {
        "iss": api.key,
        "sub": "ada",
        "exp": 4_000_000_000,
        "video": {"roomJoin": True, "room": "demo"},
    }
    return jwt.encode({**payload, **changed}, secret or api.secret, algorithm="HS256")


async def refusal(person: Person, command: str, **argument: Any) -> tuple[int, str]:
    """The status and code of a command that must be refused."""
    with pytest.raises(Refused) as refused:
        await person.asks(command, **argument)
    assert refused.value.problem["title"]
    assert refused.value.problem["detail"]
    return refused.value.problem["status"], refused.value.code


async def test_the_same_identity_takes_over(server: Signalling, api: Api) -> None:
    token = signed(api, name="Ada")
    first = await server.joined(token=token)
    ben = await server.joined("Ben")
    second = await server.joined(token=token)
    assert await first.hears("leave") == {"reason": "duplicate_identity", "action": "disconnect"}
    await first.hears("disconnected")
    left = await ben.learns("participant_left")
    assert (left["participant"], left["reason"]) == (first.me, "duplicate_identity")
    joined = await ben.learns("participant_joined")
    assert joined["participant"]["sid"] == second.me
    await server.media.until(Exit)
    assert server.media.of(first.me) is None


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"secret": "x" * 43}, 401, "token_invalid"),
        ({"iss": "AK" + "0" * 32}, 401, "token_invalid"),
        ({"exp": 1_000_000_000}, 401, "token_expired"),
        ({"nbf": 3_999_999_999}, 401, "token_not_yet_valid"),
        ({"sub": ""}, 401, "token_invalid"),
        ({"video": {"roomJoin": True}}, 403, "token_without_room"),
        ({"video": {"room": "demo"}}, 403, "not_invited"),
        ({"name": "x" * 200}, 401, "token_invalid"),
    ],
)
async def test_a_bad_token_gets_a_problem_and_the_socket_lives(
    server: Signalling, api: Api, changed: dict[str, Any], status: int, code: str
) -> None:
    ada = await server.person(token=signed(api, **changed))
    assert await refusal(ada, "join") == (status, code)
    assert ada.socket.connected


async def test_no_token_at_all_is_a_problem_too(server: Signalling) -> None:
    assert await refusal(await server.person(token=None), "join") == (401, "token_missing")
    assert await refusal(await server.person(token=7), "join") == (401, "token_missing")


async def test_a_full_room_refuses_the_next(server: Signalling, api: Api) -> None:
    await api.patch("/v1/rooms/demo", {"max_participants": 1})
    early = await server.person("Ben")
    await server.joined("Ada")
    assert await refusal(early, "join") == (409, "room_full")
    async with server.http.post("/r/demo/token", json={}) as reply:
        assert (reply.status, (await reply.json())["code"]) == (409, "room_full")


async def test_a_locked_room_refuses_the_next(server: Signalling, api: Api) -> None:
    early = await server.person("Ben")
    await api.patch("/v1/rooms/demo", {"locked": True})
    assert await refusal(early, "join") == (403, "room_locked")


async def test_media_that_refuse_are_a_problem_of_the_server(server: Signalling) -> None:
    await server.media.close()
    ada = await server.person("Ada")
    assert await refusal(ada, "join") == (503, "no_media_node")
    await server.media.start()
    await ada.join()


async def test_a_source_that_is_not_granted_cannot_be_published(
    server: Signalling, api: Api
) -> None:
    video = {"roomJoin": True, "room": "demo", "canPublishSources": ["microphone"]}
    ada = await server.joined(token=signed(api, video=video))
    await ada.offer("microphone")
    tracks = [{"mid": "0", "source": "camera"}]
    assert await refusal(ada, "offer", sdp="v=0", tracks=tracks) == (403, "not_allowed")
    legs = server.media.of(ada.me)
    assert legs is not None
    assert [track.source for track in legs.tracks.values()] == ["microphone"]


async def test_what_the_token_does_not_grant_is_refused(server: Signalling, api: Api) -> None:
    video = {"roomJoin": True, "room": "demo", "canPublish": False, "canSubscribe": False}
    ada = await server.joined(token=signed(api, video=video))
    tracks = [{"mid": "0", "source": "microphone"}]
    for command, argument in (
        ("offer", {"sdp": "v=0", "tracks": tracks}),
        ("offer", {"sdp": "v=0", "tracks": []}),
        ("chat", {"text": "hello"}),
        ("answer", {"version": 1, "sdp": "v=0"}),
        ("subscription", {"tracks": []}),
        ("restart_subscribe", {}),
        ("update", {"name": "Eve"}),
    ):
        assert await refusal(ada, command, **argument) == (403, "not_allowed"), command


@pytest.mark.parametrize(
    ("command", "argument", "code", "field"),
    [
        (
            "offer",
            {"sdp": "broken", "tracks": [{"mid": "0", "source": "camera"}]},
            "bad_sdp",
            "sdp",
        ),
        ("offer", {"sdp": "", "tracks": []}, "bad_sdp", "sdp"),
        ("offer", {"sdp": "v=0"}, "invalid", "tracks"),
        ("offer", {"sdp": 7, "tracks": []}, "invalid", "sdp"),
        ("offer", {"sdp": "v=0", "tracks": [{"mid": "0"}]}, "invalid", "tracks[0].source"),
        (
            "offer",
            {"sdp": "v=0", "tracks": [{"mid": "0", "source": "kitchen"}]},
            "invalid",
            "tracks[0].source",
        ),
        (
            "offer",
            {"sdp": "v=0", "tracks": [{"mid": "0", "source": "camera"}] * 2},
            "invalid",
            "tracks",
        ),
        ("offer", {"sdp": "v" * 600_000, "tracks": []}, "too_large", "sdp"),
        ("answer", {"version": "one", "sdp": "v=0"}, "invalid", "version"),
        ("mute", {"sid": "TR1", "muted": True}, "track_not_found", "sid"),
        ("chat", {"text": "   "}, "invalid", "text"),
        ("chat", {"text": "x" * 4001}, "too_large", "text"),
        ("chat", {"text": "\x00"}, "invalid", "text"),
        ("update", {"name": "x" * 129}, "invalid", "name"),
        ("update", {"attributes": {"": "x"}}, "invalid", "attributes"),
        ("subscription", {"tracks": "all"}, "invalid", "tracks"),
        ("join", {}, "already_joined", None),
        ("resume", {"resume_token": "x", "last_seq": 0}, "already_joined", None),
        ("dance", {}, "unknown_command", None),
    ],
)
async def test_a_wrong_command_changes_nothing_and_closes_nothing(
    server: Signalling, command: str, argument: dict[str, Any], code: str, field: str | None
) -> None:
    ada = await server.joined("Ada")
    seq = ada.last_seq
    ack = await ada.raw(command, argument)
    assert not ack["ok"]
    assert (ack["error"]["code"], ack["error"].get("field")) == (code, field)
    sent = await ada.asks("chat", text="still here")
    assert (await ada.learns("chat_sent"))["message"]["sid"] == sent["sid"]
    assert ada.last_seq == seq + 1


@pytest.mark.parametrize("argument", [[], "text", 7, True, [1, 2], b"bytes"])
async def test_an_argument_that_is_no_object_is_refused(server: Signalling, argument: Any) -> None:
    ada = await server.joined("Ada")
    ack = await ada.raw("chat", argument)
    assert ack["error"]["status"] == 422
    await ada.asks("chat", text="still here")


async def test_before_joining_nothing_else_can_be_done(server: Signalling) -> None:
    ada = await server.person("Ada")
    for command, argument in (
        ("offer", {"sdp": "v=0", "tracks": []}),
        ("chat", {"text": "hello"}),
        ("mute", {"sid": "x", "muted": True}),
        ("subscription", {"tracks": []}),
    ):
        assert await refusal(ada, command, **argument) == (409, "not_joined")
    assert await ada.asks("leave") is None


async def test_packets_that_are_no_commands_do_no_harm(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    for packet in (
        '42/room,["connect",{},{"token":"x"}]',
        '42/room,["disconnect"]',
        "42/room,[]",
        "42/room,{}",
        "42/room,",
        "42/room,[[]]",
        '42/room,[{"a":1}]',
        "42/room," + "[" * 5000,
        "43/room,7[]",
        "49",
        "4x",
    ):
        await ada.socket.eio.send(packet[1:])
    await ada.asks("chat", text="still here")
    await ben.learns("chat_sent")


async def test_too_many_commands_are_slowed_down(server: Signalling) -> None:
    ada = await server.joined("Ada")
    codes = set()
    for _ in range(200):
        ack = await ada.raw("mute", {"sid": "x", "muted": True})
        codes.add(ack["error"]["code"])
        if ack["error"].get("retry_after"):
            break
    assert codes == {"track_not_found", "rate_limited"}


async def test_muting_is_told_to_all_and_to_media(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    sid = (await ada.offer("microphone"))["microphone"]
    assert await ada.asks("mute", sid=sid, muted=True) is None
    assert await ben.learns("track_muted") == {"participant": ada.me, "track": sid}
    await ada.asks("mute", sid=sid, muted=False)
    assert (await ben.learns("track_unmuted"))["track"] == sid


async def test_an_offer_keeps_ids_and_ends_what_is_missing(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    first = await ada.offer("microphone", "camera")
    second = await ada.offer("microphone")
    assert second["microphone"] == first["microphone"]
    assert await ben.learns("track_unpublished") == {
        "participant": ada.me,
        "track": first["camera"],
    }


async def test_wishes_reach_media_for_tracks_that_are_there(server: Signalling) -> None:
    from offhook.core.contracts.media import Wish

    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    sid = (await ada.offer("camera"))["camera"]
    wishes = [{"track": sid, "width": 320, "height": 180}, {"track": "TRgone"}]
    await ben.asks("subscription", tracks=wishes)
    command = await server.media.until(Wish)
    assert isinstance(command, Wish)
    assert [(wish.track, wish.width) for wish in command.tracks] == [(sid, 320)]


async def test_a_guest_changes_its_name(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.asks("update", name="  Ada L. ", attributes={"hand": "up"})
    me = (await ben.learns("participant_updated"))["participant"]
    assert (me["name"], me["attributes"]) == ("Ada L.", {"hand": "up"})


async def test_hidden_participants_are_seen_by_nobody_and_leave_no_gap(
    server: Signalling, api: Api
) -> None:
    ada = await server.joined("Ada")
    video = {"roomJoin": True, "room": "demo", "hidden": True}
    watcher = await server.joined(token=signed(api, sub="watcher", video=video))
    ben = await server.joined("Ben")
    await watcher.asks("leave")
    await ben.asks("chat", text="alone?")
    await ada.learns("chat_sent")
    assert [fact["type"] for fact in ada.facts] == [
        "hidden",
        "participant_joined",
        "hidden",
        "chat_sent",
    ]
    assert all(not fact["data"] for fact in ada.facts if fact["type"] == "hidden")
    assert [p["name"] for p in ben.place["snapshot"]["participants"]] == ["Ada", "Ben"]
    assert watcher.place["snapshot"]["participants"][-1]["identity"] == "watcher"
