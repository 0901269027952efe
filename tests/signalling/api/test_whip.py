"""WHIP over real HTTP: every status of RFC 9725, and the participant that a session is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.contracts import media
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling
from tests.signalling.whip import FRAGMENT, Encoder, fragment, offer, token

pytestmark = pytest.mark.integration


@pytest.fixture
async def encoder(server: Signalling) -> Encoder:
    """An encoder with a token for the room `demo`."""
    return Encoder(server, token=token(server))


async def told_of_media(
    server: Signalling, who: str, news: type[media.LegConnected | media.LegLost], **more: Any
) -> None:
    """The node tells something of a participant's publish leg."""
    owner = next(server.services.rooms.awake())
    about: dict[str, Any] = {"room": owner.room.id, "participant": who, "direction": "publish"}
    await server.media.tell(news(node=server.media.node, **about, **more))
    await server.settle()


# --- the beginning -------------------------------------------------------------------------------


async def test_an_offer_is_answered_with_a_session(server: Signalling, encoder: Encoder) -> None:
    where = await encoder.begin()
    assert encoder.headers["Content-Type"] == "application/sdp"
    assert encoder.body.startswith("answer to v=0")
    assert encoder.headers["ETag"] == '"ours0"'
    assert "Link" not in encoder.headers
    assert where.startswith("/whip/demo/AC")
    assert "Location" in encoder.headers["Access-Control-Expose-Headers"]


async def test_the_encoder_is_somebody_in_the_room(server: Signalling, encoder: Encoder) -> None:
    ada = await server.joined("Ada")
    await encoder.begin(offer("audio", "video", "video", "audio", "audio"))
    joined = await ada.learns("participant_joined")
    assert joined["participant"]["identity"] == "obs"
    assert joined["participant"]["attributes"] == {"offhook.via": "whip"}
    sources = [(await ada.learns("track_published", n))["track"]["source"] for n in range(1, 5)]
    assert sources == ["microphone", "camera", "screen_share", "screen_share_audio"]


async def test_the_room_in_the_path_must_be_the_tokens(encoder: Encoder) -> None:
    await encoder.begin(path="/demo")
    problem = await encoder.send("POST", "/whip/other", offer("audio"), expect=403)
    assert problem["code"] == "wrong_room"


async def test_turn_servers_are_told_with_the_answer_and_before_it(tmp_path: Path) -> None:
    turn: dict[str, Any] = {
        "turn_urls": ("turn:turn.example.net?transport=udp",),
        "turn_secret": "s",
    }
    async with signalling(tmp_path, **turn) as server:
        encoder = Encoder(server, token=token(server))
        await encoder.begin()
        link = encoder.headers["Link"]
        assert link.startswith('<turn:turn.example.net?transport=udp>; rel="ice-server"; username=')
        assert 'credential-type="password"' in link
        await encoder.send("OPTIONS", "/whip", expect=200)
        assert encoder.headers["Link"].startswith("<turn:turn.example.net")
        await Encoder(server).send("OPTIONS", "/whip", expect=200)
        for who in (Encoder(server), Encoder(server, token="forged")):
            await who.send("OPTIONS", "/whip", expect=200)
            assert "Link" not in who.headers


async def test_who_shows_no_good_token_is_told_how(server: Signalling) -> None:
    for shown, code in ((None, "token_missing"), ("forged", "token_invalid")):
        stranger = Encoder(server, token=shown)
        problem = await stranger.send("POST", "/whip", offer("audio"), expect=401)
        assert problem["code"] == code
        assert stranger.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_key_is_no_join_token(server: Signalling, api: Api) -> None:
    problem = await Encoder(server).send(
        "POST", "/whip", offer("audio"), expect=401, Authorization=api.basic(api.key, api.secret)
    )
    assert problem["code"] == "bad_credentials"


@pytest.mark.parametrize(
    ("video", "code"),
    [
        ({"canPublish": False}, "not_allowed"),
        ({"hidden": True}, "not_allowed"),
        ({"canPublishSources": ["camera"]}, "not_allowed"),
        ({"roomJoin": False}, "not_invited"),
        ({"room": ""}, "token_without_room"),
    ],
)
async def test_who_may_not_publish_is_refused(
    server: Signalling, video: dict[str, Any], code: str
) -> None:
    encoder = Encoder(server, token=token(server, **video))
    problem = await encoder.send("POST", "/whip", offer("audio"), expect=403)
    assert problem["code"] == code
    assert not server.media.legs


async def test_a_room_that_is_not_there_a_full_and_a_locked_one(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        api = Api(server)
        await api.post("/v1/rooms", {"name": "small", "max_participants": 1}, expect=201)
        await server.joined("Ada", token=token(server, "ada", "small"))
        encoder = Encoder(server, token=token(server, room="small"))
        problem = await encoder.send("POST", "/whip", offer("audio"), expect=409)
        assert problem["code"] == "room_full"
        await api.patch("/v1/rooms/demo", {"locked": True})
        encoder = Encoder(server, token=token(server))
        problem = await encoder.send("POST", "/whip", offer("audio"), expect=403)
        assert problem["code"] == "room_locked"


async def test_a_guests_token_opens_no_room_that_has_ended(tmp_path: Path) -> None:
    async with signalling(tmp_path, demo=False) as server:
        guest = Encoder(server, token=await guest_token(server))
        problem = await guest.send("POST", "/whip", offer("audio"), expect=404)
        assert problem["code"] == "room_not_found"


async def guest_token(server: Signalling) -> str:
    """A token as the server signs it for who comes by link, for a room that has ended."""
    api = Api(server)
    await api.post("/v1/rooms", {"name": "open", "access": "link"}, expect=201)
    given = await server.token("open")
    await api.delete("/v1/rooms/open", expect=204)
    return given


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("broken", "application/sdp", 422, "bad_sdp"),
        ("", "application/sdp", 422, "bad_sdp"),
        (offer(), "application/sdp", 422, "bad_sdp"),
        (offer("audio", direction="recvonly"), "application/sdp", 422, "bad_sdp"),
        (offer("audio"), "application/json", 415, "unsupported_media_type"),
        (offer("audio"), "text/plain", 415, "unsupported_media_type"),
        (b"v=0\xff", "application/sdp", 400, "malformed"),
        ("v=0" + "x" * 600_000, "application/sdp", 413, "too_large"),
        ("v=0" + "x" * 1_100_000, "application/sdp", 413, "too_large"),
    ],
    ids=["broken", "empty", "no-lines", "recvonly", "json", "text", "utf8", "long", "too-long"],
)
async def test_what_is_no_offer_takes_no_place(
    server: Signalling, encoder: Encoder, body: str | bytes, kind: str, status: int, code: str
) -> None:
    ada = await server.joined("Ada")
    problem = await encoder.send("POST", "/whip", body, kind=kind, expect=status)
    assert problem["code"] == code
    await server.settle()
    assert [fact["type"] for fact in ada.facts] == []


async def test_without_media_it_is_told_to_come_back(tmp_path: Path) -> None:
    async with signalling(tmp_path, media=False) as server:
        encoder = Encoder(server, token=token(server))
        problem = await encoder.send("POST", "/whip", offer("audio"), expect=503)
        assert problem["code"] == "no_media_node"
        assert encoder.headers["Retry-After"] == "1"


async def test_who_offers_too_often_is_slowed(tmp_path: Path) -> None:
    async with signalling(tmp_path, knocks_per_second=1) as server:
        encoder = Encoder(server, token=token(server))
        for _ in range(10):
            await encoder.begin()
        problem = await encoder.send("POST", "/whip", offer("audio"), expect=429)
        assert problem["code"] == "rate_limited"
        assert encoder.headers["Retry-After"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_kept_for_later_versions(encoder: Encoder, method: str) -> None:
    async with encoder._http.request(method, "/whip") as reply:
        assert reply.status == 405
        assert "POST" in reply.headers["Allow"]
    where = await encoder.begin()
    if method in {"GET", "HEAD", "PUT"}:
        async with encoder._http.request(method, where) as reply:
            assert reply.status == 405


async def test_a_page_of_any_origin_may_ask(encoder: Encoder) -> None:
    where = await encoder.begin()
    for path, methods in (("/whip", "POST"), ("/whip/demo", "POST"), (where, "DELETE")):
        asked = {"Origin": "https://elsewhere.example", "Access_Control_Request_Method": methods}
        await encoder.send("OPTIONS", path, expect=200, **asked)
        assert methods in encoder.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in encoder.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in encoder.headers
    await encoder.send("OPTIONS", "/whip", expect=200)
    assert encoder.headers["Accept-Post"] == "application/sdp"


# --- while it lasts ------------------------------------------------------------------------------


async def test_candidates_change_nothing(encoder: Encoder) -> None:
    where = await encoder.begin()
    tag = encoder.headers["ETag"]
    await encoder.send("PATCH", where, fragment(), kind=FRAGMENT, expect=204, If_Match=tag)
    assert encoder.body == ""
    await encoder.send(
        "PATCH", where, "a=end-of-candidates", kind=FRAGMENT, expect=204, If_Match=tag
    )


async def test_new_names_restart_ice_under_a_new_tag(encoder: Encoder) -> None:
    where = await encoder.begin()
    before = encoder.headers["ETag"]
    await encoder.send(
        "PATCH", where, fragment("newnames"), kind=FRAGMENT, expect=200, If_Match='"*"'
    )
    assert encoder.headers["Content-Type"].startswith(FRAGMENT)
    assert "a=ice-ufrag:ours1" in encoder.body
    assert "a=candidate:" in encoder.body
    after = encoder.headers["ETag"]
    assert after != before
    old = await encoder.send("PATCH", where, fragment(), kind=FRAGMENT, expect=412, If_Match=before)
    assert old["code"] == "precondition_failed"
    more = fragment("newnames")
    await encoder.send("PATCH", where, more, kind=FRAGMENT, expect=204, If_Match=f'"x", {after}')
    await encoder.send("PATCH", where, more, kind=FRAGMENT, expect=204, If_Match="*")
    await encoder.send("PATCH", where, more, kind=FRAGMENT, expect=412, If_Match=f"W/{after}")


async def test_a_patch_says_which_session_it_means_and_what_it_is(encoder: Encoder) -> None:
    where = await encoder.begin()
    tag = encoder.headers["ETag"]
    missing = await encoder.send("PATCH", where, fragment(), kind=FRAGMENT, expect=428)
    assert missing["code"] == "precondition_required"
    await encoder.send("PATCH", where, offer("audio"), expect=415, If_Match=tag)
    for bad in ("nonsense", "a=ice-ufrag:abcd", "a=ice-ufrag:\x00", fragment("a")):
        problem = await encoder.send("PATCH", where, bad, kind=FRAGMENT, expect=422, If_Match=tag)
        assert problem["code"] == "bad_sdp_fragment"


# --- the end -------------------------------------------------------------------------------------


async def test_deleting_the_session_is_leaving(server: Signalling, encoder: Encoder) -> None:
    ada = await server.joined("Ada")
    where = await encoder.begin()
    await encoder.send("DELETE", where, expect=200)
    left = await ada.learns("participant_left")
    assert (left["identity"], left["reason"]) == ("obs", "client_initiated")
    await server.media.until(media.Exit)
    problem = await encoder.send("DELETE", where, expect=404)
    assert problem["code"] == "session_not_found"
    await encoder.send("PATCH", where, fragment(), kind=FRAGMENT, expect=404, If_Match="*")


@pytest.mark.parametrize("change", ["", "x", "AC"])
async def test_a_session_is_found_by_its_whole_name_only(encoder: Encoder, change: str) -> None:
    where = await encoder.begin()
    wrong = where[:-1] if not change else where + change
    await encoder.send("DELETE", wrong, expect=404)
    await encoder.send("DELETE", where.replace("/whip/", "/whip/", 1)[:-5] + "AAAAA", expect=404)
    await encoder.send("DELETE", where, expect=200)


async def test_a_moderator_sends_an_encoder_away(
    server: Signalling, api: Api, encoder: Encoder
) -> None:
    where = await encoder.begin()
    await api.delete("/v1/rooms/demo/participants/obs", expect=204)
    await server.media.until(media.Exit)
    await encoder.send("DELETE", where, expect=404)


async def test_a_new_session_of_the_same_identity_takes_over(
    server: Signalling, encoder: Encoder
) -> None:
    ada = await server.joined("Ada")
    first = await encoder.begin()
    second = await encoder.begin()
    assert (await ada.learns("participant_left"))["reason"] == "duplicate_identity"
    await encoder.send("DELETE", first, expect=404)
    await encoder.send("DELETE", second, expect=200)


async def test_an_encoder_that_closes_its_connection_has_left(
    server: Signalling, encoder: Encoder
) -> None:
    ada = await server.joined("Ada")
    await encoder.begin()
    who = (await ada.learns("participant_joined"))["participant"]["sid"]
    await told_of_media(server, who, media.LegConnected)
    await told_of_media(server, who, media.LegLost, reason="closed_by_peer")
    assert (await ada.learns("participant_left"))["reason"] == "client_initiated"


async def test_signalling_starts_anew_and_the_session_goes_on(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        given = token(server)
        where = await Encoder(server, token=given).begin()
        silent = server.media
        who = next(iter(next(iter(silent.rooms.values()))))
        await told_of_media(server, who, media.LegConnected)
    async with signalling(tmp_path, node=silent) as server:
        again = Encoder(server)
        await server.settle()
        await again.send("PATCH", where, fragment(), kind=FRAGMENT, expect=204, If_Match="*")
        await again.send("DELETE", where, expect=200)
        await server.media.empty()


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server that waits a second for media."""
    async with signalling(tmp_path, media_timeout=1) as server:
        yield server


async def test_an_encoder_whose_media_never_come_is_out(impatient: Signalling) -> None:
    ada = await impatient.joined("Ada")
    await Encoder(impatient, token=token(impatient)).begin()
    assert (await ada.learns("participant_left"))["reason"] == "media_failure"


async def test_an_encoder_that_is_silent_is_waited_for_and_then_out(impatient: Signalling) -> None:
    ada = await impatient.joined("Ada")
    await Encoder(impatient, token=token(impatient)).begin()
    who = (await ada.learns("participant_joined"))["participant"]["sid"]
    await told_of_media(impatient, who, media.LegConnected)
    await told_of_media(impatient, who, media.LegLost, reason="consent_expired")
    assert (await ada.learns("participant_left"))["reason"] == "media_failure"
