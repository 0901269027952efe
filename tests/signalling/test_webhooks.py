"""Webhooks over REST: made, told, tried, replayed, and refused where they must be."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.ids import ApiKeyId
from signalling.services.accounts import Seeded
from tests.signalling.hooks import Hook, without_gap
from tests.signalling.rest import Api
from tests.signalling.signalling import NOBODY, Signalling, signalling
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

ALLOWED = ("127.0.0.1",)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server whose webhooks may go to this machine."""
    async with signalling(tmp_path, webhook_allowed_addresses=ALLOWED) as running:
        yield running


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook().running() as listening:
        yield listening


async def registered(api: Api, hook: Hook, *events: str) -> dict[str, Any]:
    """A webhook to this receiver, which knows the secret."""
    body = {"url": hook.url, "events": list(events) or ["*"], "description": "ours"}
    made: dict[str, Any] = await api.post("/v1/webhooks", body, expect=201)
    hook.secret = made["secret"]
    return made


async def deliveries(api: Api, made: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    """The page of deliveries."""
    page = await api.get(f"/v1/webhooks/{made['id']}/deliveries{query}")
    items: list[dict[str, Any]] = page["items"]
    return items


async def ended(api: Api, path: str) -> dict[str, Any]:
    """A delivery once an attempt has been noted."""
    for _ in itertools.count():
        found: dict[str, Any] = await api.get(path)
        if found["last"] is not None:
            return found
    raise AssertionError


async def test_a_meeting_is_told_signed_and_in_order(
    server: Signalling, api: Api, hook: Hook
) -> None:
    await registered(api, hook)
    ada = await server.joined("Ada")
    await ada.offer("microphone")
    await ada.close()
    await api.delete("/v1/rooms/demo", expect=204)
    await hook.until(lambda: "room_finished" in hook.types())
    assert hook.types()[:2] == ["room_started", "participant_joined"]
    [subject] = {event["subject"] for event in hook.came}
    assert without_gap(hook.seqs(subject))
    assert hook.forged == []


async def test_what_is_sent_is_the_event_as_the_log_has_it(
    server: Signalling, api: Api, hook: Hook
) -> None:
    await registered(api, hook)
    await server.joined("Ada Lovelace")
    await hook.until(lambda: len(hook.came) >= 2)
    logged = (await api.get("/v1/events"))["items"]
    assert hook.came == logged[: len(hook.came)]
    told = hook.headers[0]
    assert told["content-type"] == "application/json"
    assert told["webhook-id"] == hook.came[0]["id"]
    assert told["user-agent"].startswith("Offhook/")
    assert "Lovelace" not in str(hook.came), "names are not in the log"


async def test_a_webhook_is_told_only_of_what_it_asked_for(
    server: Signalling, api: Api, hook: Hook
) -> None:
    await registered(api, hook, "participant_*")
    ada = await server.joined("Ada")
    await ada.close()
    await api.delete("/v1/rooms/demo", expect=204)
    await hook.until(lambda: "participant_left" in hook.types())
    assert all(type.startswith("participant_") for type in hook.types())


async def test_a_webhook_is_made_read_changed_and_deleted(api: Api, hook: Hook) -> None:
    made = await registered(api, hook, "room_*", "room_*", "participant_joined")
    assert made["id"].startswith("WH")
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["room_*", "participant_joined"]
    path, tag = f"/v1/webhooks/{made['id']}", api.headers["ETag"]
    found = await api.get(path)
    assert api.headers["ETag"] == tag
    assert found == {key: value for key, value in made.items() if key != "secret"}
    assert (await api.get("/v1/webhooks"))["items"] == [found]
    changed = await api.patch(path, {"events": ["*"]}, headers={"If-Match": tag})
    assert (changed["events"], changed["url"]) == (["*"], hook.url)
    late = await api.patch(path, {"events": ["x"]}, headers={"If-Match": tag}, expect=412)
    assert late["code"] == "precondition_failed"
    await api.delete(path, headers={"If-Match": tag}, expect=412)
    await api.delete(path, expect=204)
    assert (await api.get(path, expect=404))["code"] == "webhook_not_found"
    assert (await api.get("/v1/webhooks"))["items"] == []


async def test_the_same_idempotency_key_makes_one_webhook(api: Api, hook: Hook) -> None:
    once = {"Idempotency-Key": "once"}
    body = {"url": hook.url}
    made = await api.post("/v1/webhooks", body, expect=201, headers=once)
    assert await api.post("/v1/webhooks", body, expect=201, headers=once) == made
    assert len((await api.get("/v1/webhooks"))["items"]) == 1


async def test_a_trial_shows_what_came_of_it(api: Api, hook: Hook) -> None:
    made = await registered(api, hook, "call.*")
    trial = await api.post(f"/v1/webhooks/{made['id']}/test", {}, expect=202)
    assert (trial["type"], trial["state"]) == ("webhook.test", "pending")
    await hook.until(lambda: hook.types() == ["webhook.test"])
    found = await ended(api, f"/v1/webhooks/{made['id']}/deliveries/{trial['id']}")
    assert (found["state"], found["attempts"]) == ("delivered", 1)
    assert found["payload"] == hook.came[0]
    [attempt] = found["log"]
    assert (attempt["status"], attempt["error"], attempt["response"]) == (200, None, "as you say")
    assert attempt == found["last"]


async def test_a_secret_is_rotated_with_an_overlap(api: Api, hook: Hook) -> None:
    made = await registered(api, hook)
    path = f"/v1/webhooks/{made['id']}"
    rotated = await api.post(f"{path}/rotate-secret", {"overlap": 3600}, expect=200)
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_until"] is not None
    assert "secret" not in await api.get(path)
    await api.post(f"{path}/test", {}, expect=202)
    await hook.until(lambda: len(hook.came) == 1)
    assert hook.headers[0]["webhook-signature"].count("v1,") == 2
    hook.secret = rotated["secret"]
    await api.post(f"{path}/test", {}, expect=202)
    await hook.until(lambda: len(hook.came) == 2)
    await api.send("POST", f"{path}/rotate-secret", raw=b'{"overlap":0}')
    await api.post(f"{path}/test", {}, expect=202)
    await hook.until(lambda: len(hook.headers) == 3)
    assert hook.headers[2]["webhook-signature"].count("v1,") == 1
    assert len(hook.forged) == 1, "the old secrets are worth nothing now"


async def test_what_failed_is_listed_and_replayed(server: Signalling, api: Api, hook: Hook) -> None:
    made = await registered(api, hook)
    hook.status = 503
    await server.joined("Ada")
    await hook.until(lambda: len(hook.headers) == 1)
    path = f"/v1/webhooks/{made['id']}/deliveries"
    first = (await deliveries(api, made))[-1]
    found = await ended(api, f"{path}/{first['id']}")
    assert (found["state"], found["last"]["status"]) == ("retrying", 503)
    assert found["next_attempt_at"] is not None
    assert (await deliveries(api, made, "?state=delivered")) == []
    assert [d["id"] for d in await deliveries(api, made, "?state=retrying")] == [first["id"]]
    hook.status = 200
    again = await api.post(f"{path}/{first['id']}/replay", {}, expect=202)
    assert again["id"] == first["id"]
    await hook.until(lambda: hook.types() == ["room_started", "participant_joined"])


async def test_all_that_failed_is_replayed_since_a_time(
    server: Signalling, api: Api, hook: Hook
) -> None:
    made = await registered(api, hook)
    hook.status = 410
    await server.joined("Ada")
    await hook.until(lambda: len(hook.headers) == 1)
    path = f"/v1/webhooks/{made['id']}"
    first = (await deliveries(api, made))[-1]
    assert (await ended(api, f"{path}/deliveries/{first['id']}"))["state"] == "failed"
    found = await api.get(path)
    assert (found["enabled"], found["disabled_reason"]) == (False, "gone")
    since = {"since": made["created_at"]}
    refused = await api.post(f"{path}/replay", since, expect=409)
    assert refused["code"] == "webhook_disabled"
    hook.status = 200
    await api.patch(path, {"enabled": True})
    assert await api.post(f"{path}/replay", since, expect=202) == {"replayed": 1}
    await hook.until(lambda: set(hook.types()) == {"room_started", "participant_joined"})
    assert (await api.post(f"{path}/replay", {"since": "noon"}, expect=422))["field"] == "since"


async def test_what_was_missed_while_disabled_can_be_had(
    server: Signalling, api: Api, hook: Hook
) -> None:
    made = await registered(api, hook)
    path = f"/v1/webhooks/{made['id']}"
    await api.patch(path, {"enabled": False})
    await server.joined("Ada")
    await api.patch(path, {"enabled": True})
    body = {"since": made["created_at"], "missed": True}
    assert await api.post(f"{path}/replay", body, expect=202) == {"replayed": 0}
    await hook.until(lambda: hook.types() == ["room_started", "participant_joined"])


async def test_pages_of_deliveries_are_newest_first(api: Api, hook: Hook) -> None:
    made = await registered(api, hook)
    for _ in range(5):
        await api.post(f"/v1/webhooks/{made['id']}/test", {}, expect=202)
    await hook.until(lambda: len(hook.came) == 5)
    path, seen = f"/v1/webhooks/{made['id']}/deliveries?limit=2", []
    page = await api.get(path)
    seen += page["items"]
    while page["next"]:
        page = await api.get(f"{path}&after={page['next']}")
        seen += page["items"]
    assert sorted((item["seq"] for item in seen), reverse=True) == [5, 4, 3, 2, 1]
    assert [item["id"] for item in seen] == sorted((i["id"] for i in seen), reverse=True)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1/", "address_refused"),
        ("http://169.254.169.254/latest/meta-data/", "address_refused"),
        ("http://[::1]/", "address_refused"),
        ("http://[::ffff:10.0.0.1]/", "address_refused"),
        ("http://167772161/", "address_refused"),
        ("http://localhost.invalid/", "address_unknown"),
        ("http://user@example.com/", "invalid"),
        ("ftp://example.com/", "invalid"),
        ("http://example.com/" + "a" * 2000, "invalid"),
    ],
)
async def test_a_url_that_may_not_be_sent_to_is_refused(
    api: Api, hook: Hook, url: str, code: str
) -> None:
    refused = await api.post("/v1/webhooks", {"url": url}, expect=422)
    assert (refused["code"], refused["field"]) == (code, "url")
    made = await registered(api, hook)
    refused = await api.patch(f"/v1/webhooks/{made['id']}", {"url": url}, expect=422)
    assert (refused["code"], refused["field"]) == (code, "url")


async def test_an_address_is_judged_again_at_each_delivery(tmp_path: Path, hook: Hook) -> None:
    async with signalling(tmp_path, webhook_allowed_addresses=ALLOWED) as server:
        api = Api(server)
        made = await registered(api, hook)
        key = api.key, api.secret
    async with signalling(tmp_path, webhook_allowed_addresses=()) as server:
        server.seeded = server.seeded or _seeded(server, *key)
        api = Api(server, *key)
        trial = await api.post(f"/v1/webhooks/{made['id']}/test", {}, expect=202)
        found = await ended(api, f"/v1/webhooks/{made['id']}/deliveries/{trial['id']}")
    assert (found["state"], found["last"]["error"]) == ("failed", "address_refused")
    assert hook.headers == []


def _seeded(server: Signalling, key: str, secret: str) -> Any:
    return Seeded(server.services.main, "demo", ApiKeyId(key), secret)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": 7},
        {"url": NOBODY, "events": []},
        {"url": NOBODY, "events": ["Room Started"]},
        {"url": NOBODY, "events": ["room_*_started"]},
        {"url": NOBODY, "events": ["*"] * 51},
        {"url": NOBODY, "secret": "whsec_mine"},
        {"url": NOBODY, "description": "a\nb"},
    ],
)
async def test_a_webhook_that_makes_no_sense_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert (await api.post("/v1/webhooks", body, expect=422))["code"] == "invalid"
    assert (await api.get("/v1/webhooks"))["items"] == []


async def test_an_account_has_twenty_webhooks_at_most(api: Api) -> None:
    for _ in range(20):
        await api.post("/v1/webhooks", {"url": NOBODY}, expect=201)
    refused = await api.post("/v1/webhooks", {"url": NOBODY}, expect=409)
    assert refused["code"] == "too_many_webhooks"


async def test_a_key_does_only_what_its_scopes_say(server: Signalling, api: Api) -> None:
    body = {"name": "reader", "scopes": ["webhooks.read"]}
    key = await api.post("/v1/api-keys", body, expect=201)
    reader = Api(server, key["id"], key["secret"])
    assert (await reader.get("/v1/webhooks"))["items"] == []
    refused = await reader.post("/v1/webhooks", {"url": NOBODY}, expect=403)
    assert refused["code"] == "not_allowed"


async def test_figures_of_deliveries_are_shown(server: Signalling, api: Api, hook: Hook) -> None:
    made = await registered(api, hook)
    trial = await api.post(f"/v1/webhooks/{made['id']}/test", {}, expect=202)
    await ended(api, f"/v1/webhooks/{made['id']}/deliveries/{trial['id']}")
    shown = server.services.figures.metrics.render().decode()
    assert 'offhook_webhook_deliveries_total{result="delivered"} 1.0' in shown
    assert "offhook_webhook_oldest_pending_seconds 0.0" in shown


# --- the demonstration's sink --------------------------------------------------------------------


@contextlib.asynccontextmanager
async def with_sink(folder: Path) -> AsyncIterator[Signalling]:
    """A server with the demonstration's receiver."""
    port = free_port()
    sink = f"http://127.0.0.1:{port}/demo/sink"
    async with signalling(folder, port=port, sink_url=sink) as server:
        yield server


async def until_shown(server: Signalling, count: int) -> list[dict[str, Any]]:
    """What the sink shows once it has received so many."""
    async with asyncio.timeout(10):
        while True:
            async with server.http.get("/demo/sink") as reply:
                shown: list[dict[str, Any]] = (await reply.json())["received"]
            if len(shown) >= count:
                return shown


async def test_the_demo_sink_shows_what_came_with_a_good_signature(tmp_path: Path) -> None:
    async with with_sink(tmp_path) as server:
        await server.joined("Ada")
        shown = await until_shown(server, 2)
        assert [each["type"] for each in shown] == ["participant_joined", "room_started"]
        async with server.http.get("/demo/sink", headers={"Accept": "text/html"}) as reply:
            page = await reply.text()
        assert "participant_joined" in page
        assert "<script" not in page
        async with server.http.post("/demo/sink", json={"type": "forged"}) as reply:
            assert reply.status == 401
        assert len(await until_shown(server, 2)) == 2
        [webhook] = (await Api(server).get("/v1/webhooks"))["items"]
        assert webhook["description"] == "Demo sink"


async def test_without_a_demo_there_is_no_sink(server: Signalling) -> None:
    async with server.http.get("/demo/sink") as reply:
        assert reply.status == 404


async def test_the_sinks_webhook_follows_the_server_and_stays_deleted(tmp_path: Path) -> None:
    async with with_sink(tmp_path) as server:
        api, key = Api(server), (server.seeded, server.url)
        [webhook] = (await api.get("/v1/webhooks"))["items"]
    async with with_sink(tmp_path) as server:
        server.seeded = key[0]
        [moved] = (await Api(server).get("/v1/webhooks"))["items"]
        assert moved["id"] == webhook["id"]
        assert moved["url"] == f"{server.url}/demo/sink" != f"{key[1]}/demo/sink"
        await Api(server).delete(f"/v1/webhooks/{webhook['id']}", expect=204)
    async with with_sink(tmp_path) as server:
        server.seeded = key[0]
        assert (await Api(server).get("/v1/webhooks"))["items"] == []
