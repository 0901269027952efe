"""The demo shop: a strict page of somebody else that names our server only for the button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from offhook.app.demo_shop import Shop, make_shop

pytestmark = pytest.mark.integration

Client = TestClient[Any, Any]


@pytest.fixture
async def shop() -> AsyncIterator[Client]:
    app = make_shop(Shop(server="https://calls.example:8080", site="site_abc"))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/demo-shop", "/goods/tables", "/goods/chairs"])
async def test_every_page_of_the_shop_carries_the_tag(shop: Client, path: str) -> None:
    async with shop.get(path) as reply:
        page = await reply.text()
    assert reply.content_type == "text/html"
    assert '<script src="https://calls.example:8080/widget.js" data-site="site_abc" async>' in page


async def test_the_shop_allows_our_server_scripts_and_frames_and_nothing_inline(
    shop: Client,
) -> None:
    async with shop.get("/") as reply:
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self' https://calls.example:8080;" in policy
        assert "frame-src https://calls.example:8080;" in policy
        assert "style-src 'self';" in policy
        assert (
            'microphone=(self "https://calls.example:8080")' in reply.headers["Permissions-Policy"]
        )
        page = await reply.text()
    assert "style=" not in page
    assert "onclick" not in page


async def test_the_shop_serves_its_own_looks_and_code(shop: Client) -> None:
    for path, kind in (("/shop.css", "text/css"), ("/shop.js", "text/javascript")):
        async with shop.get(path) as reply:
            assert (reply.status, reply.content_type) == (200, kind)


@pytest.mark.parametrize("path", ["/goods/none", "/shop.html", "/../demo_shop.py"])
async def test_what_the_shop_does_not_have_is_missing(shop: Client, path: str) -> None:
    async with shop.get(path) as reply:
        assert reply.status == 404


def test_a_key_cannot_break_out_of_the_tag() -> None:
    page = Shop(server="https://calls.example", site='"><b>').page("lamps")
    assert '"><b>' not in page
