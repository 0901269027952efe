"""People sign in with a login and a password, and are known by a cookie."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from offhook.core.clock import SECOND, ManualClock, Micros
from offhook.core.errors import Conflict, NotFound
from signalling.domain import signing_in
from signalling.domain.signing_in import NO_TRIES, OF_LOGIN
from signalling.services.passwords import Passwords
from tests.signalling.people import PASSWORD, Browser, admin
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

_START = Micros(1_700_000_000 * SECOND)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock(_START)


@pytest.fixture
async def slow(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Signalling]:
    """A server whose time is ours."""
    async with signalling(tmp_path, clock=clock) as running:
        yield running


def hours(count: int) -> int:
    """So many hours in seconds."""
    return count * 3600


async def first(server: Signalling) -> tuple[str, str]:
    """The first admin's login and one-time password."""
    given = await server.services.users.first_admin(server.services.main)
    assert given is not None
    return given.login, given.password


async def test_the_first_admin_signs_in_and_must_change_the_password(server: Signalling) -> None:
    login, password = await first(server)
    browser = Browser(server)
    told = await browser.sign_in(login, password)
    assert (told["login"], told["role"], told["must_change"]) == ("admin", "admin", True)
    assert told["permissions"] == ["sign_in.own"]
    problem = await browser.send("GET", "/v1/rooms", expect=403)
    assert problem["code"] == "password_change_needed"
    told = await browser.change(password, PASSWORD)
    assert not told["must_change"]
    assert {"rooms.read", "rooms.write", "keys.write"} <= set(told["permissions"])
    assert (await browser.send("GET", "/v1/rooms"))["items"][0]["name"] == "demo"
    assert await browser.send("GET", "/v1/sign-in") == told


async def test_there_is_one_first_admin(server: Signalling) -> None:
    users, main = server.services.users, server.services.main
    made = await asyncio.gather(*(users.first_admin(main) for _ in range(4)))
    assert sum(each is not None for each in made) == 1
    assert await users.first_admin(main) is None


@pytest.mark.parametrize(
    ("login", "password"), [("admin", "wrong"), ("nobody", "wrong"), ("", ""), ("a/b", "x")]
)
async def test_who_is_wrong_is_told_the_same_whatever_was_wrong(
    server: Signalling, login: str, password: str
) -> None:
    await first(server)
    browser = Browser(server)
    problem = await browser.sign_in(login, password, expect=401)
    assert problem["code"] == "bad_login"
    assert problem["detail"] == "The login or the password is wrong."
    assert "field" not in problem
    assert not browser.cookies
    problem = await browser.sign_in("admin", "wrong", account="nowhere", expect=401)
    assert problem["code"] == "bad_login"


async def test_a_login_that_nobody_has_takes_as_long_to_refuse() -> None:
    passwords = Passwords()
    known = await passwords.hash(PASSWORD)
    await passwords.matches(None, "x")

    async def takes(hashed: str | None) -> float:
        began = time.perf_counter()
        assert not await passwords.matches(hashed, "wrong")
        return time.perf_counter() - began

    there = min([await takes(known) for _ in range(3)])
    nowhere = min([await takes(None) for _ in range(3)])
    assert 0.5 < nowhere / there < 2
    assert await passwords.matches(known, PASSWORD)


async def test_logins_do_not_mind_how_they_are_written(server: Signalling) -> None:
    _, password = await first(server)
    await Browser(server).sign_in("  Admin ", password)


async def test_a_login_is_slowed_more_with_every_wrong_try(
    slow: Signalling, clock: ManualClock
) -> None:
    login, password = await first(slow)
    browser = Browser(slow)
    for _ in range(5):
        await browser.sign_in(login, "wrong", expect=401)
    waits = []
    for _ in range(4):
        problem = await browser.sign_in(login, password, expect=429)
        assert problem["code"] == "too_many_tries"
        assert int(browser.answer["Retry-After"]) >= 1
        waits.append(problem["retry_after"])
        clock.advance(problem["retry_after"])
        await browser.sign_in(login, "wrong", expect=401)
    assert waits == [1, 2, 4, 8]
    clock.advance(16)
    await browser.sign_in(login, password)
    for _ in range(5):
        await browser.sign_in(login, "wrong", expect=401)


async def test_a_login_that_nobody_has_is_slowed_in_the_same_way(slow: Signalling) -> None:
    browser = Browser(slow)
    answers = [
        (await browser.sign_in("nobody", "x", expect=status))["code"]
        for status in (401, 401, 401, 401, 401, 429)
    ]
    assert answers[-1] == "too_many_tries"


async def test_an_address_is_slowed_over_all_logins(slow: Signalling) -> None:
    browser = Browser(slow)
    codes = []
    for number in range(31):
        body = {"login": f"user{number}", "password": "x"}
        async with slow.http.post("/v1/sign-in", json=body) as reply:
            codes.append(reply.status)
    assert codes == [401] * 30 + [429]
    login, password = await first(slow)
    await browser.sign_in(login, password, expect=429)


async def test_many_tries_at_once_count_as_many(slow: Signalling) -> None:
    login, password = await first(slow)

    async def knock(word: str) -> int:
        body = {"login": login, "password": word}
        async with slow.http.post("/v1/sign-in", json=body) as reply:
            return reply.status

    answers = await asyncio.gather(*(knock(f"guess {n}") for n in range(10)))
    assert sorted(answers) == [401] * 5 + [429] * 5
    assert await knock(password) == HTTPStatus.TOO_MANY_REQUESTS


def test_waiting_grows_to_a_quarter_of_an_hour_and_is_forgotten_after_an_hour() -> None:
    tries, now = NO_TRIES, _START
    for _ in range(60):
        tries = OF_LOGIN.counted(tries, now)
    assert OF_LOGIN.wait(tries, now) == 900 * SECOND
    later = Micros(now + signing_in.FORGET_AFTER + 1)
    assert OF_LOGIN.wait(tries, later) == 0
    assert OF_LOGIN.counted(tries, later).failed == 1


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("short", "password_too_short"),
        ("aaaaaaaaaaaaaaaa", "password_too_simple"),
        ("x" * 201, "invalid"),
    ],
)
async def test_a_weak_password_is_refused_with_the_reason(
    server: Signalling, new: str, code: str
) -> None:
    login, password = await first(server)
    browser = Browser(server)
    await browser.sign_in(login, password)
    problem = await browser.change(password, new, expect=422)
    assert (problem["code"], problem["field"]) == (code, "new_password")
    problem = await browser.change(password, password, expect=422)
    assert problem["code"] == "password_unchanged"
    problem = await browser.change("wrong", PASSWORD, expect=422)
    assert (problem["code"], problem["field"]) == ("wrong_password", "password")
    assert (await browser.send("GET", "/v1/sign-in"))["must_change"]


async def test_a_changed_password_ends_every_other_sign_in(server: Signalling) -> None:
    here = await admin(server)
    there = Browser(server)
    await there.sign_in("admin", PASSWORD)
    before = dict(here.cookies)
    await here.change(PASSWORD, "another lantern")
    assert here.cookies != before
    await here.send("GET", "/v1/rooms")
    assert (await there.send("GET", "/v1/rooms", expect=401))["code"] == "sign_in_over"
    old = Browser(server)
    old.cookies = before
    await old.send("GET", "/v1/rooms", expect=401)
    await there.sign_in("admin", PASSWORD, expect=401)
    await there.sign_in("admin", "another lantern")


async def test_a_sign_in_ends_when_nobody_used_it_for_twelve_hours(
    slow: Signalling, clock: ManualClock
) -> None:
    browser = await admin(slow)
    for _ in range(3):
        clock.advance(hours(12) - 1)
        await browser.send("GET", "/v1/rooms")
    clock.advance(hours(12))
    assert (await browser.send("GET", "/v1/rooms", expect=401))["code"] == "sign_in_over"


async def test_a_sign_in_ends_after_seven_days_even_in_use(
    slow: Signalling, clock: ManualClock
) -> None:
    browser = await admin(slow)
    for _ in range(14):
        clock.advance(hours(12) - 2)
        await browser.send("GET", "/v1/rooms")
    clock.advance(30)
    assert (await browser.send("GET", "/v1/rooms", expect=401))["code"] == "sign_in_over"


async def test_signing_out_ends_it_on_the_server(server: Signalling) -> None:
    browser = await admin(server)
    kept = dict(browser.cookies)
    await browser.send("DELETE", "/v1/sign-in", expect=204)
    assert browser.cookies == {}
    browser.cookies = kept
    assert (await browser.send("GET", "/v1/sign-in", expect=401))["code"] == "sign_in_over"


async def test_signing_in_again_ends_what_was_open_before(server: Signalling) -> None:
    browser = await admin(server)
    before = dict(browser.cookies)
    await browser.sign_in("admin", PASSWORD)
    assert browser.cookies != before
    old = Browser(server)
    old.cookies = before
    await old.send("GET", "/v1/rooms", expect=401)


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("store.sqlite*"))


async def test_only_a_digest_of_the_token_is_kept(server: Signalling, tmp_path: Path) -> None:
    browser = await admin(server)
    [token] = browser.cookies.values()
    kept = await asyncio.to_thread(_bytes_of, tmp_path)
    assert b"US0" in kept
    assert token.encode() not in kept
    assert b"Admin" not in kept
    assert PASSWORD.encode() not in kept


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 500, "%00", "é"])
async def test_a_forged_cookie_is_nobody(server: Signalling, token: str) -> None:
    browser = Browser(server)
    browser.cookies = {"offhook_session": token}
    problem = await browser.send("GET", "/v1/rooms", expect=401)
    assert problem["code"] in {"sign_in_over", "token_missing"}


async def test_over_http_the_cookie_is_for_scripts_and_other_sites_out_of_reach(
    server: Signalling,
) -> None:
    browser = await admin(server)
    assert list(browser.cookies) == ["offhook_session"]
    assert browser.flags == "Path=/; Max-Age=604800; HttpOnly; SameSite=Strict"


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({"public_url": "https://calls.example.com"}, {}),
        ({"trusted_proxies": ("127.0.0.1",)}, {"X-Forwarded-Proto": "https"}),
        ({"trusted_proxies": ("127.0.0.1",)}, {"X-Forwarded-Proto": "http, https"}),
    ],
)
async def test_behind_https_the_cookie_is_secure_and_this_hosts_own(
    tmp_path: Path, settings: dict[str, Any], headers: dict[str, str]
) -> None:
    async with signalling(tmp_path, **settings) as server:
        browser = await admin(server, **headers)
        assert list(browser.cookies) == ["__Host-offhook_session"]
        assert browser.flags.endswith("HttpOnly; SameSite=Strict; Secure")
        await browser.send("GET", "/v1/rooms")
        plain = Browser(server, **headers)
        plain.cookies = {"offhook_session": browser.cookies["__Host-offhook_session"]}
        await plain.send("GET", "/v1/rooms", expect=401)


async def test_a_stranger_cannot_say_that_it_came_over_https(server: Signalling) -> None:
    browser = await admin(server, **{"X-Forwarded-Proto": "https"})
    assert list(browser.cookies) == ["offhook_session"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "", "Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1"},
        {"Sec_Fetch_Site": ""},
    ],
    ids=str,
)
async def test_another_sites_page_changes_nothing_with_the_cookie(
    server: Signalling, headers: dict[str, Any]
) -> None:
    browser = await admin(server)
    browser.headers.pop("Sec-Fetch-Site")
    for method, path, body in (
        ("POST", "/v1/rooms", {"name": "forged"}),
        ("PATCH", "/v1/rooms/demo", {"locked": True}),
        ("DELETE", "/v1/rooms/demo", None),
        ("DELETE", "/v1/sign-in", None),
    ):
        problem = await browser.send(method, path, body, expect=403, **headers)
        assert problem["code"] == "csrf"
    rooms = (await browser.send("GET", "/v1/rooms", **headers))["items"]
    assert [(room["name"], room["locked"]) for room in rooms] == [("demo", False)]


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(
    server: Signalling,
) -> None:
    browser = await admin(server)
    browser.headers.pop("Sec-Fetch-Site")
    await browser.send("POST", "/v1/rooms", {"name": "a"}, expect=201, Origin=server.url)


async def test_the_public_address_is_our_own_page_too(tmp_path: Path) -> None:
    async with signalling(tmp_path, public_url="https://calls.example.com") as server:
        browser = await admin(server)
        browser.headers.pop("Sec-Fetch-Site")
        origin = "https://calls.example.com"
        await browser.send("POST", "/v1/rooms", {"name": "a"}, expect=201, Origin=origin)


async def test_nobody_is_signed_in_by_another_sites_page(server: Signalling) -> None:
    login, password = await first(server)
    browser = Browser(server, **{"Sec-Fetch-Site": "cross-site"})
    assert (await browser.sign_in(login, password, expect=403))["code"] == "csrf"


async def test_credentials_in_the_header_come_before_the_cookie(
    server: Signalling, api: Api
) -> None:
    browser = await admin(server)
    browser.headers.pop("Sec-Fetch-Site")
    key = api.basic(api.key, api.secret)
    await browser.send("POST", "/v1/rooms", {"name": "a"}, expect=201, Authorization=key)
    wrong = api.basic(api.key, "wrong")
    await browser.send("GET", "/v1/rooms", expect=401, Authorization=wrong)


async def test_a_key_has_no_sign_in_of_its_own(api: Api) -> None:
    assert (await api.get("/v1/sign-in", expect=403))["code"] == "not_allowed"
    token = api.bearer({"roomList": True})
    await api.get("/v1/sign-in", authorization=token, expect=403)


async def test_roles_do_what_the_table_says(server: Signalling) -> None:
    main = server.services.main
    _, given = await server.services.users.create(main, "Ines", "Ines Duarte", "agent")
    browser = Browser(server)
    await browser.sign_in("ines", given.password)
    told = await browser.change(given.password, PASSWORD)
    assert (told["name"], told["role"]) == ("Ines Duarte", "agent")
    desk = {
        f"{each}.read" for each in ("queues", "activities", "agents", "dispositions", "replies")
    }
    own = {"rooms.read", "participants.read", "sign_in.own", "desk.own"}
    contacts = {"contacts.read", "contacts.write"}
    assert set(told["permissions"]) == own | desk | contacts
    await browser.send("GET", "/v1/rooms")
    await browser.send("DELETE", "/v1/rooms/demo", expect=403)
    await browser.send("GET", "/v1/api-keys", expect=403)
    with pytest.raises(Conflict):
        await server.services.users.create(main, "ines", "Another", "agent")


async def test_who_lost_a_password_gets_a_one_time_one_and_is_signed_out(
    server: Signalling,
) -> None:
    browser = await admin(server)
    users, main = server.services.users, server.services.main
    given = await users.new_one_time(main, "admin")
    await browser.send("GET", "/v1/rooms", expect=401)
    assert (await browser.sign_in("admin", given.password))["must_change"]
    with pytest.raises(NotFound):
        await users.new_one_time(main, "nobody")
