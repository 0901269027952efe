"""No account sees or touches what is another's: a property over all routes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from signalling.api.app import ROUTES
from signalling.api.routing import Route
from signalling.domain.configured.kinds import KINDS
from tests.signalling.people import PASSWORD, Browser, admin
from tests.signalling.rest import Api
from tests.signalling.signalling import NOBODY, Refused, Signalling

pytestmark = pytest.mark.integration

#: A good body for each route that takes one.
_BODIES: dict[str, dict[str, Any]] = {
    "createRoom": {"name": "mine"},
    "updateRoom": {"title": "stolen"},
    "updateParticipant": {"name": "stolen"},
    "muteTrack": {"track": "", "muted": True},
    "createBan": {"identity": "eve"},
    "putHearing": {"hearing": {}},
    "createToken": {"identity": "eve"},
    "createApiKey": {"name": "mine", "scopes": ["*"]},
    "createWebhook": {"url": NOBODY},
    "updateWebhook": {"enabled": False},
    "rotateWebhookSecret": {"overlap": 0},
    "replayFailed": {"since": "2026-01-01T00:00:00Z"},
    "createSite": {"name": "Shop", "target": {"queue": "QU" + "0" * 32}},
    "updateSite": {"name": "stolen"},
    "rotateSiteSecret": {"overlap": 0},
    "createQueue": {"name": "Support"},
    "updateQueue": {"name": "stolen"},
    "createWorkflow": {"name": "Main", "default": {"queue": "QU" + "0" * 32}},
    "updateWorkflow": {"name": "stolen"},
    "createActivity": {"name": "Break"},
    "updateActivity": {"name": "stolen"},
    "createAgent": {"user": "ada"},
    "updateAgent": {"skills": {"fr": 5}},
    "createDisposition": {"name": "Sold"},
    "updateDisposition": {"name": "stolen"},
    "createReply": {"name": "Hello", "texts": {"en": "Hello"}},
    "updateReply": {"name": "stolen"},
    "createContact": {"name": "Ada"},
    "updateContact": {"name": "stolen"},
    "createTask": {"queue": "QU" + "0" * 32},
    "updateTask": {"priority": 5},
    "putAgentState": {"activity": "AV" + "0" * 32},
    "createUser": {"login": "ada", "role": "agent"},
    "updateUser": {"role": "admin"},
    "updateAccount": {"password_days": 1},
    "changePassword": {"password": "x", "new_password": "a lantern in the fog"},
}
PROTECTED = [route for route in ROUTES if route.permission is not None]
#: The routes about one thing, by their tag.
ABOUT_SOMETHING = {
    tag: [route for route in PROTECTED if route.parameters and route.tag == tag]
    for tag in dict.fromkeys(route.tag for route in PROTECTED if route.parameters)
}
#: What is one's own sign-in, or the installation's.
_NOBODYS = {"sign_in.own", "metrics.read", "account.read"}
LISTS = [
    route
    for route in PROTECTED
    if route.method == "GET"
    and not route.parameters
    and route.permission not in _NOBODYS
    and route.media_type == "application/json"
]


async def stranger(server: Signalling) -> Api:
    """A program of another account, with a key that may do everything there."""
    account = await server.services.accounts.ensure("other")
    key = await server.services.keys.create(account, "other", ["*"])
    return Api(server, key.id, key.secret)


async def everything_of_main(server: Signalling, api: Api) -> dict[str, str]:
    """A room with somebody who publishes, and the ids of all that."""
    ada = await server.joined("Ada")
    sids = await ada.offer("microphone")
    identity = ada.place["snapshot"]["participants"][0]["identity"]
    hook = await api.post("/v1/webhooks", {"url": NOBODY}, expect=201)
    trial = await api.post(f"/v1/webhooks/{hook['id']}/test", {}, expect=202)
    return {
        "name": "demo",
        "identity": identity,
        "id": api.key,
        "track": sids["microphone"],
        "webhook": hook["id"],
        "delivery": trial["id"],
        **await set_up(api),
    }


async def set_up(api: Api) -> dict[str, str]:
    """One of each kind of what an account sets up, and the ids by the tags of their routes."""
    made = {"Users": await api.post("/v1/users", _BODIES["createUser"], expect=201)}
    made["Queues"] = await api.post("/v1/queues", _BODIES["createQueue"], expect=201)
    queue = {"queue": made["Queues"]["id"]}
    named = {"site": {"target": queue}, "workflow": {"default": queue}}
    for kind in KINDS:
        if kind.plural.capitalize() not in made:
            body = _BODIES[f"create{kind.noun.capitalize()}"] | named.get(kind.noun, {})
            made[kind.plural.capitalize()] = await api.post(f"/v1/{kind.plural}", body, expect=201)
    made["Tasks"] = await api.post("/v1/tasks", queue, expect=201)
    made["Contacts"] = await api.post("/v1/contacts", _BODIES["createContact"], expect=201)
    made["Sessions"] = {"id": made["Tasks"]["session"]}
    return {tag: each["id"] for tag, each in made.items()}


def request_of(route: Route, ids: dict[str, str]) -> tuple[str, dict[str, Any] | None]:
    """The path and body of a request to a route about these things."""
    path = route.path
    if route.tag == "Webhooks":
        ids = ids | {"id": ids["webhook"]}
    if route.tag in ids:
        ids = ids | {"id": ids[route.tag]}
    for name in route.parameters:
        path = path.replace(f"{{{name}}}", ids[name])
    body = _BODIES.get(route.id)
    if route.id == "muteTrack" and body is not None:
        body = body | {"track": ids["track"]}
    return path, body


def test_every_route_with_a_body_is_tried() -> None:
    assert {route.id for route in PROTECTED if route.body is not None} == set(_BODIES)


@pytest.mark.parametrize("tag", ABOUT_SOMETHING)
async def test_what_is_anothers_is_not_there(server: Signalling, api: Api, tag: str) -> None:
    ids = await everything_of_main(server, api)
    other = await stranger(server)
    before = await api.get("/v1/rooms/demo")
    for route in ABOUT_SOMETHING[tag]:
        path, body = request_of(route, ids)
        if body is None:
            await other.send(route.method, path, expect=404)
        else:
            await other.send(route.method, path, raw=json.dumps(body).encode(), expect=404)
    assert await api.get("/v1/rooms/demo") == before


async def test_lists_hold_only_what_is_ones_own(server: Signalling, api: Api) -> None:
    ids = await everything_of_main(server, api)
    other = await stranger(server)
    for route in LISTS:
        listed = await other.get(route.path)
        own = [item for item in listed["items"] if item.get("id") == other.key]
        assert listed["items"] == own, route.path
        assert not any(value in str(listed) for value in ids.values()), route.path


@pytest.mark.parametrize("tag", ABOUT_SOMETHING)
async def test_who_is_signed_in_elsewhere_finds_nothing_of_anothers(
    server: Signalling, api: Api, tag: str
) -> None:
    ids = await everything_of_main(server, api)
    other = await admin(server, "other")
    before = await api.get("/v1/rooms/demo")
    for route in ABOUT_SOMETHING[tag]:
        path, body = request_of(route, ids)
        await other.send(route.method, path, body, expect=404)
    assert await api.get("/v1/rooms/demo") == before


async def test_who_is_signed_in_elsewhere_lists_nothing_of_anothers(
    server: Signalling, api: Api
) -> None:
    ids = await everything_of_main(server, api)
    other = await admin(server, "other")
    for route in LISTS:
        listed = await other.send("GET", route.path)
        assert not any(value in str(listed) for value in ids.values()), route.path


@pytest.mark.parametrize("kind", ["site", "workflow", "queue", "disposition"])
async def test_nothing_names_what_is_anothers(server: Signalling, api: Api, kind: str) -> None:
    theirs, other = await set_up(api), await stranger(server)
    queue = theirs["Queues"]
    more: dict[str, Any] = {
        "site": {"target": {"queue": queue}},
        "workflow": {"default": {"queue": queue}},
        "queue": {"overflow": queue},
        "disposition": {"queues": [queue]},
    }
    body = {"name": "mine", **more[kind]}
    assert (await other.post(f"/v1/{kind}s", body, expect=422))["code"] == "unknown_queue"
    task = await other.post("/v1/tasks", {"queue": queue}, expect=422)
    assert task["code"] == "unknown_queue"
    await other.post("/v1/agents", {"user": theirs["Users"]}, expect=422)


async def test_work_is_not_brought_for_anothers_customer(server: Signalling, api: Api) -> None:
    theirs, other = await set_up(api), await stranger(server)
    contact = (await api.get(f"/v1/sessions/{theirs['Sessions']}"))["contact"]
    queue = await other.post("/v1/queues", _BODIES["createQueue"], expect=201)
    body = {"queue": queue["id"], "contact": contact}
    assert (await other.post("/v1/tasks", body, expect=422))["code"] == "unknown_contact"
    assert (await other.get(f"/v1/sessions?contact={contact}"))["items"] == []
    assert (await other.get(f"/v1/reservations?task={theirs['Tasks']}"))["items"] == []


async def test_the_account_that_is_asked_for_is_ones_own(server: Signalling, api: Api) -> None:
    other = await stranger(server)
    await other.patch("/v1/account", {"password_days": 30})
    assert (await other.get("/v1/account"))["name"] == "other"
    mine = await api.get("/v1/account")
    assert (mine["name"], mine["password_days"]) == ("main", None)


async def test_a_login_is_one_accounts_own(server: Signalling) -> None:
    await admin(server)
    other = await admin(server, "other")
    again = Browser(server)
    told = await again.sign_in("admin", PASSWORD, account="other")
    assert told["user"] == (await again.send("GET", "/v1/sign-in"))["user"]
    await again.change(PASSWORD, "another lantern")
    await other.send("GET", "/v1/rooms", expect=401)
    await Browser(server).sign_in("admin", PASSWORD)
    await Browser(server).sign_in("admin", "another lantern", expect=401)


async def test_a_cursor_of_another_account_shows_nothing(server: Signalling, api: Api) -> None:
    await everything_of_main(server, api)
    event = (await api.get("/v1/events"))["items"][0]["id"]
    other = await stranger(server)
    assert (await other.get(f"/v1/events?after={event}", expect=422))["field"] == "after"
    subject = (await api.get("/v1/events"))["items"][0]["subject"]
    assert (await other.get(f"/v1/events?subject={subject}"))["items"] == []


async def test_accounts_may_use_the_same_names_and_keys(server: Signalling, api: Api) -> None:
    other = await stranger(server)
    headers = {"Idempotency-Key": "same"}
    mine = await api.post("/v1/rooms", {"name": "board"}, expect=201, headers=headers)
    theirs = await other.post("/v1/rooms", {"name": "board"}, expect=201, headers=headers)
    assert mine["sid"] != theirs["sid"]
    await other.delete("/v1/rooms/board", expect=204)
    assert (await api.get("/v1/rooms/board"))["sid"] == mine["sid"]


async def test_a_token_of_another_account_opens_its_own_room_only(
    server: Signalling, api: Api
) -> None:
    await everything_of_main(server, api)
    other = await stranger(server)
    await other.post("/v1/rooms", {"name": "demo"}, expect=201)
    made = await other.post("/v1/rooms/demo/tokens", {"identity": "eve"}, expect=201)
    eve = await server.joined("Eve", token=made["token"])
    assert [p["identity"] for p in eve.place["snapshot"]["participants"]] == ["eve"]


async def test_a_resume_token_is_good_for_its_own_account_only(
    server: Signalling, api: Api
) -> None:
    ada = await server.joined("Ada")
    account = await server.services.accounts.ensure("other")
    token = ada.place["resume_token"]
    await ada.lose_network()
    ada.place["resume_token"] = f"{account}.{token.partition('.')[2]}"
    with pytest.raises(Refused) as refused:
        await ada.resume(0)
    assert refused.value.code == "token_invalid"
