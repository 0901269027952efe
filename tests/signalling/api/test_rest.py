"""The REST API over real HTTP: rooms, people, tokens, keys, events, and how it refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import jwt
import pytest

from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling

pytestmark = pytest.mark.integration


async def test_a_room_is_made_found_listed_changed_and_deleted(api: Api) -> None:
    made = await api.post("/v1/rooms", {"name": "standup", "title": "Stand-up"}, expect=201)
    assert made["title"] == "Stand-up"
    assert made["state"] == "idle"
    assert await api.get("/v1/rooms/standup") == made
    assert [room["name"] for room in (await api.get("/v1/rooms"))["items"]] == ["demo", "standup"]
    changed = await api.patch("/v1/rooms/standup", {"locked": True})
    assert changed == made | {"locked": True}
    await api.delete("/v1/rooms/standup", expect=204)
    assert (await api.get("/v1/rooms/standup", expect=404))["code"] == "room_not_found"


async def test_a_name_is_taken_once(api: Api) -> None:
    await api.post("/v1/rooms", {"name": "standup"}, expect=201)
    problem = await api.post("/v1/rooms", {"name": "standup"}, expect=409)
    assert problem["code"] == "room_exists"
    assert problem["field"] == "name"


async def test_pages_lead_to_each_other_and_end(api: Api) -> None:
    for name in ("one", "two", "three", "four"):
        await api.post("/v1/rooms", {"name": name}, expect=201)
    names, after = [], ""
    while True:
        page = await api.get(f"/v1/rooms?limit=2&after={after}")
        assert len(page["items"]) <= 2
        names += [room["name"] for room in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert names == ["demo", "one", "two", "three", "four"]


async def test_a_repeated_request_with_the_same_key_is_answered_once(api: Api) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = await api.post("/v1/rooms", {"name": "standup"}, expect=201, headers=headers)
    again = await api.post("/v1/rooms", {"name": "standup"}, expect=201, headers=headers)
    assert again == first
    assert api.headers["Idempotency-Replayed"] == "true"
    assert api.headers["ETag"]
    problem = await api.post("/v1/rooms", {"name": "other"}, expect=409, headers=headers)
    assert problem["code"] == "idempotency_key_reused"


async def test_a_refused_request_may_be_tried_again_with_its_key(api: Api) -> None:
    headers = {"Idempotency-Key": "order-2"}
    await api.post("/v1/rooms", {"name": "demo"}, expect=409, headers=headers)
    await api.delete("/v1/rooms/demo", expect=204)
    await api.post("/v1/rooms", {"name": "demo"}, expect=201, headers=headers)


async def test_a_repeated_key_creation_shows_the_same_secret(api: Api) -> None:
    headers = {"Idempotency-Key": "key-1"}
    body = {"name": "backend", "scopes": ["rooms.read"]}
    first = await api.post("/v1/api-keys", body, expect=201, headers=headers)
    again = await api.post("/v1/api-keys", body, expect=201, headers=headers)
    assert again["secret"] == first["secret"]


async def test_a_change_names_the_revision_it_saw(api: Api) -> None:
    await api.get("/v1/rooms/demo")
    seen = api.headers["ETag"]
    await api.patch("/v1/rooms/demo", {"title": "Other"}, headers={"If-Match": seen})
    problem = await api.patch(
        "/v1/rooms/demo", {"title": "Third"}, headers={"If-Match": seen}, expect=412
    )
    assert problem["code"] == "precondition_failed"
    await api.delete("/v1/rooms/demo", headers={"If-Match": seen}, expect=412)
    await api.get("/v1/rooms/demo")
    either = f'"other", {api.headers["ETag"]}'
    await api.delete("/v1/rooms/demo", headers={"If-Match": either}, expect=204)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"name": 7}, "name"),
        ({"name": "ok", "max_participants": 0}, "max_participants"),
        ({"name": "ok", "access": "public"}, "access"),
        ({"name": "ok", "colour": "red"}, "colour"),
        ({"name": "ok", "empty_timeout": -1}, "empty_timeout"),
        ({"name": "ok", "max_duration": 1.5}, "max_duration"),
    ],
)
async def test_a_wrong_field_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    problem = await api.post("/v1/rooms", body, expect=422)
    assert problem["field"] == field
    assert problem["status"] == 422


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"nul", b'{"name": NaN}'])
async def test_what_is_no_json_is_malformed(api: Api, raw: bytes) -> None:
    problem = await api.send("POST", "/v1/rooms", raw=raw, expect=400)
    assert problem["code"] == "malformed"


async def test_what_is_nested_without_end_is_refused(api: Api) -> None:
    nested = b'{"x": ' + b"[" * 100_000
    assert (await api.send("POST", "/v1/rooms", raw=nested, expect=422))["field"] == "x"
    nested = b'{"identity": "ada", "attributes": {"x": ' + b'{"x": ' * 100_000
    await api.send("POST", "/v1/rooms/demo/tokens", raw=nested, expect=422)


async def test_a_body_must_say_that_it_is_json(api: Api) -> None:
    problem = await api.send(
        "POST", "/v1/rooms", raw=b"name=x", headers={"Content-Type": "text/plain"}, expect=415
    )
    assert problem["code"] == "unsupported_media_type"


async def test_a_body_over_one_mebibyte_is_too_large(api: Api) -> None:
    problem = await api.post("/v1/rooms", {"name": "x", "metadata": "y" * 1_100_000}, expect=413)
    assert problem["code"] == "too_large"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "page=2"])
async def test_a_wrong_query_is_named(api: Api, query: str) -> None:
    problem = await api.get(f"/v1/rooms?{query}", expect=422)
    assert problem["field"] == query.partition("=")[0]


async def test_an_unknown_path_and_method_are_problems_too(api: Api) -> None:
    assert (await api.get("/v1/nothing", expect=404))["code"] == "not_found"
    problem = await api.send("PUT", "/v1/rooms", raw=b"{}", expect=405)
    assert problem["code"] == "method_not_allowed"
    assert api.headers["Allow"] == "GET, HEAD, POST"


async def test_credentials_are_needed_and_checked(api: Api) -> None:
    key, secret = api.key, api.secret
    for header, code in (
        (None, "token_missing"),
        ("Bearer nonsense", "token_invalid"),
        ("Digest x", "bad_credentials"),
        ("Basic %%%", "bad_credentials"),
        (api.basic(key, "wrong"), "bad_credentials"),
        (api.basic("AK" + "0" * 32, secret), "bad_credentials"),
    ):
        problem = await api.get("/v1/rooms", authorization=header, expect=401)
        assert problem["code"] == code
        assert api.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_signed_by_the_key_does_what_it_grants(api: Api) -> None:
    create = api.bearer({"roomCreate": True})
    await api.post("/v1/rooms", {"name": "standup"}, authorization=create, expect=201)
    problem = await api.get("/v1/rooms", authorization=create, expect=403)
    assert problem["code"] == "not_allowed"
    assert (await api.get("/v1/rooms", authorization=api.bearer({"roomList": True})))["items"]
    admin = api.bearer({"roomAdmin": True, "room": "standup"})
    assert (await api.get("/v1/rooms/standup/participants", authorization=admin))["items"] == []
    await api.get("/v1/rooms/demo/participants", authorization=admin, expect=403)


async def test_an_expired_or_forged_token_is_refused(api: Api) -> None:
    expired = api.bearer({"roomList": True}, exp=1_000_000_000)
    assert (await api.get("/v1/rooms", authorization=expired, expect=401))["code"] == (
        "token_expired"
    )
    forged = api.bearer({"roomList": True}, secret="x" * 43)
    assert (await api.get("/v1/rooms", authorization=forged, expect=401))["code"] == (
        "token_invalid"
    )
    payload = {"iss": api.key, "sub": "x", "exp": 4_000_000_000, "video": {"roomList": True}}
    unsigned = jwt.encode(payload, "", algorithm="none")
    problem = await api.get("/v1/rooms", authorization=f"Bearer {unsigned}", expect=401)
    assert problem["code"] == "token_invalid"


async def test_a_limited_key_does_only_what_it_may_and_gives_no_more(api: Api) -> None:
    made = await api.post(
        "/v1/api-keys",
        {"name": "small", "scopes": ["rooms.read", "keys.write", "tokens.issue"]},
        expect=201,
    )
    small = api.basic(made["id"], made["secret"])
    await api.get("/v1/rooms", authorization=small)
    await api.post("/v1/rooms", {"name": "x"}, authorization=small, expect=403)
    wider = {"name": "wide", "scopes": ["*"]}
    problem = await api.post("/v1/api-keys", wider, authorization=small, expect=403)
    assert problem["field"] == "scopes"
    asked = {"identity": "ada", "grants": {"room_admin": True}}
    await api.post("/v1/rooms/demo/tokens", asked, authorization=small, expect=403)
    await api.post("/v1/rooms/demo/tokens", {"identity": "ada"}, authorization=small, expect=201)


async def test_a_revoked_key_and_its_tokens_are_refused(api: Api) -> None:
    made = await api.post("/v1/api-keys", {"name": "old", "scopes": ["*"]}, expect=201)
    assert "secret" not in (await api.get("/v1/api-keys"))["items"][-1]
    old = api.basic(made["id"], made["secret"])
    token = api.bearer({"roomList": True}, key=made["id"], secret=made["secret"])
    await api.get("/v1/rooms", authorization=token)
    await api.delete(f"/v1/api-keys/{made['id']}", expect=204)
    await api.get("/v1/rooms", authorization=old, expect=401)
    await api.get("/v1/rooms", authorization=token, expect=401)
    await api.delete(f"/v1/api-keys/{made['id']}", expect=404)


async def test_the_servers_own_key_is_not_to_be_seen_or_revoked(
    server: Signalling, api: Api
) -> None:
    internal = await server.services.tokens.internal_key(server.services.main)
    assert internal.id not in [key["id"] for key in (await api.get("/v1/api-keys"))["items"]]
    await api.delete(f"/v1/api-keys/{internal.id}", expect=404)


async def test_a_token_of_the_api_opens_a_closed_room(server: Signalling, api: Api) -> None:
    await api.post("/v1/rooms", {"name": "board"}, expect=201)
    asked = {"identity": "ada", "name": "Ada", "grants": {"can_publish_sources": ["microphone"]}}
    made = await api.post("/v1/rooms/board/tokens", asked, expect=201)
    assert made["url"] == f"{server.url}/r/board?token={made['token']}"
    ada = await server.joined("ignored", token=made["token"])
    me = ada.place["snapshot"]["participants"][0]
    assert (me["identity"], me["name"]) == ("ada", "Ada")
    assert ada.place["grants"]["can_publish_sources"] == ["microphone"]


async def test_people_in_a_room_are_listed_muted_changed_and_removed(
    server: Signalling, api: Api
) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    sids = await ben.offer("microphone")
    people = (await api.get("/v1/rooms/demo/participants"))["items"]
    assert [person["name"] for person in people] == ["Ada", "Ben"]
    identity = people[1]["identity"]
    where = f"/v1/rooms/demo/participants/{identity}"
    assert (await api.get(where))["tracks"][0]["sid"] == sids["microphone"]
    tracks = (await api.get("/v1/rooms/demo/tracks"))["items"]
    assert [(track["sid"], track["identity"]) for track in tracks] == [
        (sids["microphone"], identity)
    ]

    muted = await api.post(f"{where}/mute", {"track": sids["microphone"]})
    assert muted["tracks"][0]["muted"]
    assert (await ada.learns("track_muted"))["track"] == sids["microphone"]

    await api.patch(where, {"name": "Benjamin", "attributes": {"desk": "4"}})
    updated = await ada.learns("participant_updated")
    assert updated["participant"]["name"] == "Benjamin"

    await api.delete(where, expect=204)
    assert (await ben.hears("leave"))["reason"] == "participant_removed"
    await ben.hears("disconnected")
    assert (await ada.learns("participant_left"))["reason"] == "participant_removed"
    assert (await api.get(where, expect=404))["code"] == "participant_not_found"


async def test_a_deleted_room_sends_everybody_away(server: Signalling, api: Api) -> None:
    ada = await server.joined("Ada")
    await api.delete("/v1/rooms/demo", expect=204)
    left = await ada.hears("leave")
    assert left == {"reason": "room_deleted", "action": "disconnect"}


async def test_events_are_read_in_order_and_by_filter(server: Signalling, api: Api) -> None:
    ada = await server.joined("Ada Lovelace")
    await ada.asks("chat", text="a secret")
    page = await api.get("/v1/events")
    assert [event["type"] for event in page["items"]] == [
        "room_started",
        "participant_joined",
        "chat_sent",
    ]
    assert [event["seq"] for event in page["items"]] == [1, 2, 3]
    assert "Lovelace" not in str(page)
    assert "secret" not in str(page)
    filtered = await api.get("/v1/events?type=chat_sent&type=room_started&limit=1")
    assert [event["type"] for event in filtered["items"]] == ["room_started"]
    more = await api.get(f"/v1/events?type=chat_sent&after={filtered['next']}")
    assert [event["type"] for event in more["items"]] == ["chat_sent"]
    subject = page["items"][0]["subject"]
    assert len((await api.get(f"/v1/events?subject={subject}"))["items"]) == 3
    assert (await api.get("/v1/events?after=EV1", expect=422))["field"] == "after"


async def test_too_many_requests_are_told_when_to_come_back(api: Api) -> None:
    async def ask() -> int:
        async with api.session.get(
            "/v1/rooms", headers={"Authorization": api.basic("AK" + "0" * 32, "x")}
        ) as reply:
            if reply.status == 429:
                assert int(reply.headers["Retry-After"]) >= 1
            return reply.status

    answers = await asyncio.gather(*(ask() for _ in range(80)))
    assert set(answers) == {401, 429}
