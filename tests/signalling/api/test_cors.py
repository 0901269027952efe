"""Whose pages may read the API: ours, those that were named, and never with our cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from multidict import CIMultiDict

from tests.signalling.people import admin
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

SHOP, EVIL = "https://shop.example", "https://evil.example"


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server whose operator named another origin."""
    async with signalling(tmp_path, allowed_origins=(f"{SHOP}/",)) as running:
        yield running


async def headers_of(
    server: Signalling, method: str, path: str, origin: str, status: int, **more: str
) -> CIMultiDict[str]:
    """The headers of an answer with this status."""
    given = {"Origin": origin, **{name.replace("_", "-"): value for name, value in more.items()}}
    async with server.http.request(method, path, headers=given) as reply:
        assert reply.status == status, await reply.text()
        return CIMultiDict(reply.headers)


def about_sharing(headers: CIMultiDict[str]) -> list[str]:
    """The names of headers that let other pages in."""
    return [name for name in headers if name.lower().startswith("access-control-")]


async def test_nobody_was_named_so_nothing_is_shared(server: Signalling) -> None:
    for method, path, status in (
        ("GET", "/v1/rooms", 401),
        ("GET", "/openapi.json", 200),
        ("GET", "/status.json", 200),
        ("POST", "/v1/sign-in", 400),
    ):
        headers = await headers_of(server, method, path, EVIL, status)
        assert about_sharing(headers) == []
        assert "Vary" not in headers
    asks = {"Access_Control_Request_Method": "POST"}
    headers = await headers_of(server, "OPTIONS", "/v1/rooms", EVIL, 405, **asks)
    assert about_sharing(headers) == []


async def test_a_page_that_was_named_asks_first_and_is_told_what_it_may(
    shared: Signalling,
) -> None:
    asks = {
        "Access_Control_Request_Method": "POST",
        "Access_Control_Request_Headers": "authorization,content-type",
    }
    headers = await headers_of(shared, "OPTIONS", "/v1/rooms", SHOP, 204, **asks)
    assert headers["Access-Control-Allow-Origin"] == SHOP
    assert headers["Access-Control-Allow-Methods"] == "GET, POST, PUT, PATCH, DELETE"
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Vary"] == "Origin"


async def test_it_reads_answers_and_problems_with_a_token(shared: Signalling) -> None:
    api = Api(shared)
    key = api.basic(api.key, api.secret)
    headers = await headers_of(shared, "GET", "/v1/rooms", SHOP, 200, Authorization=key)
    assert headers["Access-Control-Allow-Origin"] == SHOP
    assert "ETag" in headers["Access-Control-Expose-Headers"]
    headers = await headers_of(shared, "GET", "/v1/rooms", SHOP, 401)
    assert headers["Access-Control-Allow-Origin"] == SHOP


async def test_every_other_page_is_not_told(shared: Signalling) -> None:
    asks = {"Access_Control_Request_Method": "POST"}
    for origin in (EVIL, "null", f"{SHOP}.evil.example", "http://shop.example"):
        headers = await headers_of(shared, "OPTIONS", "/v1/rooms", origin, 405, **asks)
        assert about_sharing(headers) == []
        headers = await headers_of(shared, "GET", "/v1/rooms", origin, 401)
        assert about_sharing(headers) == []
        assert headers["Vary"] == "Origin"


async def test_signing_in_is_never_shared(shared: Signalling) -> None:
    asks = {"Access_Control_Request_Method": "POST"}
    headers = await headers_of(shared, "OPTIONS", "/v1/sign-in", SHOP, 405, **asks)
    assert about_sharing(headers) == []
    assert about_sharing(await headers_of(shared, "GET", "/v1/sign-in", SHOP, 401)) == []


async def test_a_named_page_cannot_use_our_cookie_to_change_anything(shared: Signalling) -> None:
    browser = await admin(shared)
    browser.headers.pop("Sec-Fetch-Site")
    problem = await browser.send("POST", "/v1/rooms", {"name": "x"}, expect=403, Origin=SHOP)
    assert problem["code"] == "csrf"
