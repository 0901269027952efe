"""People with a login over REST: made, given a role, disabled, given a new password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from offhook.core.clock import SECOND, ManualClock, Micros
from tests.signalling.people import PASSWORD, Browser, admin
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

_DAY = 86_400


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock(Micros(1_700_000_000 * SECOND))


@pytest.fixture
async def slow(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Signalling]:
    """A server whose time is ours."""
    async with signalling(tmp_path, clock=clock) as running:
        yield running


async def made(api: Api, login: str = "ada", role: str = "agent") -> dict[str, Any]:
    body = {"login": login, "name": "Ada Lovelace", "role": role}
    user: dict[str, Any] = await api.post("/v1/users", body, expect=201)
    return user


async def signed_in(server: Signalling, user: dict[str, Any]) -> Browser:
    browser = Browser(server)
    await browser.sign_in(user["login"], user["password"])
    await browser.change(user["password"], PASSWORD)
    return browser


async def narrow(server: Signalling, *scopes: str) -> Api:
    """A program whose key may do only this."""
    key = await server.services.keys.create(server.services.main, "narrow", scopes)
    return Api(server, key.id, key.secret)


async def test_somebody_gets_a_login_and_a_one_time_password(server: Signalling, api: Api) -> None:
    user = await made(api, " Ada ")
    assert (user["login"], user["role"], user["must_change"]) == ("ada", "agent", True)
    path, tag = f"/v1/users/{user['id']}", api.headers["ETag"]
    seen = await api.get(path)
    assert "password" not in seen
    assert api.headers["ETag"] == tag
    assert (await api.get("/v1/users"))["items"] == [seen]
    told = await Browser(server).sign_in("ada", user["password"])
    assert told["permissions"] == ["sign_in.own"]
    ada = await signed_in(server, user)
    assert "queues.read" in (await ada.send("GET", "/v1/sign-in"))["permissions"]
    assert not (await api.get(path))["must_change"]


async def test_a_login_is_given_once_and_repeated_to_who_asks_again(api: Api) -> None:
    body = {"login": "ada", "role": "agent"}
    once = {"Idempotency-Key": "once"}
    user = await api.post("/v1/users", body, expect=201, headers=once)
    assert await api.post("/v1/users", body, expect=201, headers=once) == user
    problem = await api.post("/v1/users", {"login": "ADA", "role": "agent"}, expect=409)
    assert (problem["code"], problem["field"]) == ("login_taken", "login")
    wrong = await api.post("/v1/users", {"login": "a b", "role": "agent"}, expect=422)
    assert wrong["field"] == "login"


async def test_who_is_disabled_is_out_at_once_and_may_come_back(
    server: Signalling, api: Api
) -> None:
    user = await made(api)
    ada, path = await signed_in(server, user), f"/v1/users/{user['id']}"
    assert (await api.patch(path, {"disabled": True}))["disabled"]
    await ada.send("GET", "/v1/queues", expect=401)
    problem = await Browser(server).sign_in("ada", PASSWORD, expect=403)
    assert problem["code"] == "login_disabled"
    await Browser(server).sign_in("ada", "wrong", expect=401)
    await api.patch(path, {"disabled": False})
    await Browser(server).sign_in("ada", PASSWORD)


async def test_a_role_counts_from_the_next_request(server: Signalling, api: Api) -> None:
    user = await made(api)
    ada, path = await signed_in(server, user), f"/v1/users/{user['id']}"
    await ada.send("POST", "/v1/queues", {"name": "Mine"}, expect=403)
    tag = api.headers["ETag"]
    changed = await api.patch(path, {"role": "supervisor", "name": "Ada L"})
    assert (changed["role"], changed["name"]) == ("supervisor", "Ada L")
    await ada.send("POST", "/v1/queues", {"name": "Mine"}, expect=201)
    await api.patch(path, {"role": "admin"}, headers={"If-Match": tag}, expect=412)


async def test_a_new_one_time_password_ends_what_the_old_one_opened(
    server: Signalling, api: Api
) -> None:
    user = await made(api)
    ada, path = await signed_in(server, user), f"/v1/users/{user['id']}"
    again = await api.post(f"{path}/one-time-password", {})
    assert again["password"] != user["password"]
    await ada.send("GET", "/v1/queues", expect=401)
    await Browser(server).sign_in("ada", PASSWORD, expect=401)
    assert (await Browser(server).sign_in("ada", again["password"]))["must_change"]


async def test_somebody_can_always_administer_the_account(server: Signalling, api: Api) -> None:
    root = await admin(server)
    id = (await root.send("GET", "/v1/sign-in"))["user"]
    for change in ({"role": "agent"}, {"disabled": True}):
        problem = await root.send("PATCH", f"/v1/users/{id}", change, expect=409)
        assert problem["code"] == "last_admin"
    other = await made(api, "other", "admin")
    await root.send("PATCH", f"/v1/users/{id}", {"role": "agent"})
    problem = await api.patch(f"/v1/users/{other['id']}", {"disabled": True}, expect=409)
    assert problem["code"] == "last_admin"


async def test_a_key_decides_only_about_roles_that_may_do_no_more_than_it(
    server: Signalling, api: Api
) -> None:
    boss = await made(api, "boss", "admin")
    key = await narrow(server, "users.read", "users.write")
    for role in ("admin", "supervisor", "agent"):
        body = {"login": "eve", "role": role}
        problem = await key.post("/v1/users", body, expect=403)
        assert (problem["code"], problem["field"]) == ("not_allowed", "role")
    path = f"/v1/users/{boss['id']}"
    await key.post(f"{path}/one-time-password", {}, expect=403)
    await key.patch(path, {"disabled": True}, expect=403)
    assert (await key.get(path))["role"] == "admin"


async def test_events_tell_of_people_by_their_ids(api: Api) -> None:
    user = await made(api)
    path = f"/v1/users/{user['id']}"
    await api.patch(path, {"disabled": True})
    await api.patch(path, {"disabled": False, "name": "Ada"})
    await api.patch(path, {"role": "supervisor"})
    await api.post(f"{path}/one-time-password", {})
    told = (await api.get(f"/v1/events?subject={user['id']}"))["items"]
    assert [e["type"] for e in told] == [
        "user.created", "user.disabled", "user.enabled", "user.updated", "user.password_reset",
    ]  # fmt: skip
    assert "Lovelace" not in str(told)


async def test_a_password_lasts_as_long_as_the_account_says(
    slow: Signalling, clock: ManualClock
) -> None:
    api = Api(slow)
    ada = await signed_in(slow, await made(api))
    await api.patch("/v1/account", {"password_days": 2})
    assert (await api.get("/v1/account"))["password_days"] == 2
    for _ in range(2 * 24 - 1):
        clock.advance(3600)
        await ada.send("GET", "/v1/queues")
    clock.advance(3600)
    problem = await ada.send("GET", "/v1/queues", expect=403)
    assert problem["code"] == "password_change_needed"
    told = await Browser(slow).sign_in("ada", PASSWORD)
    assert (told["must_change"], told["permissions"]) == (True, ["sign_in.own"])
    await ada.change(PASSWORD, "another lantern")
    await ada.send("GET", "/v1/queues")
    clock.advance(3 * _DAY)
    await api.patch("/v1/account", {"password_days": None})
    assert not (await Browser(slow).sign_in("ada", "another lantern"))["must_change"]
