"""The loader of the call button, and the panel that only a site's own pages may frame."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from offhook.core.text import Catalogue
from signalling.api.content_policy import content_policy
from signalling.api.pages import Pages
from signalling.api.site_front import SiteFront
from signalling.domain.visit_views import ThemeView
from signalling.settings import SignallingSettings

pytestmark = pytest.mark.integration

Client = TestClient[Any, Any]
_PAGE = '<html><head><meta name="offhook-site" content="{}" /></head>visit</html>'
_SHOP = SiteFront(
    theme=ThemeView(accent="#0b5fff", ink="#ffffff", launcher='Call "us" & ask', side="start"),
    origins=("https://shop.example", "http://localhost:8090", "x; script-src *", "*.evil"),
)


async def _front_of(key: str) -> SiteFront | None:
    return _SHOP if key == "site_shop" else None


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[Client]:
    (tmp_path / "visit.html").write_text(_PAGE)
    (tmp_path / "widget.js").write_text("(()=>{})();")
    app = web.Application()
    Pages(SignallingSettings(static_dir=tmp_path), Catalogue.load(), _front_of).add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_the_loader_keeps_its_name_and_is_asked_for_again(pages: Client) -> None:
    async with pages.get("/widget.js") as reply:
        assert (reply.status, reply.content_type) == (200, "text/javascript")
        assert "max-age=600" in reply.headers["Cache-Control"]
        assert "immutable" not in reply.headers["Cache-Control"]
        assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        etag = reply.headers["ETag"]
    async with pages.get("/widget.js", headers={"If-None-Match": etag}) as reply:
        assert reply.status == 304


async def test_only_pages_of_the_sites_origins_may_frame_the_panel(pages: Client) -> None:
    async with pages.get("/visit/site_shop") as reply:
        policy = reply.headers["Content-Security-Policy"]
    ancestors = policy.rpartition("frame-ancestors ")[2]
    assert ancestors == "'self' https://shop.example http://localhost:8090"
    assert policy.count("script-src") == 1


async def test_the_panel_is_told_how_the_button_looks(pages: Client) -> None:
    async with pages.get("/visit/site_shop") as reply:
        text = await reply.text()
    looks = text.partition('content="')[2].partition('"')[0]
    assert "<" not in looks
    assert '"launcher":"Call \\"us\\" & ask"' in unescape(looks)
    assert '"side":"start"' in unescape(looks)


async def test_an_unknown_site_is_not_there_and_nothing_is_framed(pages: Client) -> None:
    async with pages.get("/visit/site_other") as reply:
        assert reply.status == 404
        assert "site key" in await reply.text()


async def test_panel_and_loader_that_are_not_built_are_missing(tmp_path: Path) -> None:
    app = web.Application()
    Pages(SignallingSettings(static_dir=tmp_path), Catalogue.load(), _front_of).add_to(app)
    async with TestClient(TestServer(app)) as client:
        async with client.get("/visit/site_shop") as reply:
            assert reply.status == 503
        async with client.get("/widget.js") as reply:
            assert reply.status == 404


def test_every_page_may_frame_the_panel_of_a_site_for_apps_without_an_origin() -> None:
    front = SiteFront(theme=_SHOP.theme, origins=("*",))
    assert content_policy(front.frame_sources).endswith("frame-ancestors 'self' *")
