"""The pages, their assets, and the headers of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server with built pages."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    for name in ("index", "room", "docs", "admin", "desk", "supervisor"):
        text = f'<html><head><link rel="stylesheet" href="/assets/a.css"></head>{name}</html>'
        (static / f"{name}.html").write_text(text)
    (static / "assets" / "main-4f2a.js").write_text("export {};")
    (tmp_path / "secret.txt").write_text("no")
    async with signalling(tmp_path, static_dir=static) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "index"),
        ("/docs", "docs"),
        ("/r/demo", "room"),
        ("/admin", "admin"),
        ("/desk", "desk"),
        ("/supervisor", "supervisor"),
    ],
)
async def test_pages_are_served_and_asked_for_again(site: Signalling, path: str, word: str) -> None:
    async with site.http.get(path) as reply:
        assert reply.status == 200
        assert word in await reply.text()
        assert reply.headers["Cache-Control"] == "no-cache"
        assert reply.content_type == "text/html"


async def test_assets_are_kept_for_ever(site: Signalling) -> None:
    async with site.http.get("/assets/main-4f2a.js") as reply:
        assert reply.status == 200
        assert reply.content_type == "text/javascript"
        assert "immutable" in reply.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%00",
        "/assets//etc/passwd",
        "/assets/none.js",
        "/assets/" + "x" * 5000,
    ],
)
async def test_nothing_beside_the_assets_is_served(site: Signalling, path: str) -> None:
    from yarl import URL

    async with site.http.get(URL(site.url + path, encoded=True)) as reply:
        assert reply.status == 404


async def test_a_browser_that_is_lost_gets_a_page_and_a_program_a_problem(
    site: Signalling,
) -> None:
    headers = {"Accept": "text/html,*/*", "Accept-Language": "ar"}
    async with site.http.get("/nowhere", headers=headers) as reply:
        assert (reply.status, reply.content_type) == (404, "text/html")
        text = await reply.text()
        assert 'dir="rtl"' in text
        assert '<link rel="stylesheet" href="/assets/a.css">' in text
    async with site.http.get("/nowhere") as reply:
        assert (reply.status, reply.content_type) == (404, "application/problem+json")
    async with site.http.get("/v1/nowhere", headers=headers) as reply:
        assert reply.content_type == "application/problem+json"


async def test_pages_that_are_not_built_are_missing_in_words(server: Signalling) -> None:
    async with server.http.get("/") as reply:
        assert reply.status == 503
        assert "make assets" in await reply.text()


@pytest.mark.parametrize("path", ["/", "/v1/rooms", "/openapi.json", "/assets/main-4f2a.js"])
async def test_every_answer_is_hardened(site: Signalling, path: str) -> None:
    async with site.http.get(path, headers={"X-Request-Id": "my-request-1"}) as reply:
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["X-Request-Id"] == "my-request-1"


async def test_the_panel_of_no_site_is_hardened_too(site: Signalling) -> None:
    async with site.http.get("/visit/site_none") as reply:
        assert reply.status == 404
        assert reply.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")


async def test_health_readiness_and_status(server: Signalling) -> None:
    async with server.http.get("/healthz") as reply:
        assert await reply.json() == {"status": "ok"}
    async with server.http.get("/readyz") as reply:
        assert await reply.json() == {"ready": True, "store": True, "bus": True, "media": True}
    await server.joined("Ada")
    async with server.http.get("/status.json") as reply:
        status = await reply.json()
    assert (status["rooms"], status["participants"], status["media"]) == (1, 1, True)
    await server.media.close()
    async with server.http.get("/readyz") as reply:
        assert reply.status == 503
        assert "media" in (await reply.json())["detail"]


async def test_figures_are_counted(server: Signalling) -> None:
    ada = await server.joined("Ada")
    await ada.raw("chat", {"text": ""})
    async with server.http.get("/metrics") as reply:
        figures = await reply.text()
    for line in (
        "offhook_rooms_open 1.0",
        "offhook_participants 1.0",
        'offhook_joins_total{result="ok"} 1.0',
        "offhook_join_seconds_count 1.0",
        'offhook_socket_commands_total{command="chat",result="invalid"} 1.0',
        'offhook_http_requests_total{method="POST",route="/r/{name}/token",status="200"} 1.0',
    ):
        assert line in figures


async def test_only_our_own_pages_and_those_allowed_use_sockets(tmp_path: Path) -> None:
    async with signalling(tmp_path, allowed_origins=("https://shop.example",)) as server:
        for origin, status in (
            (server.url, 200),
            ("https://shop.example", 200),
            ("https://evil.example", 400),
            ("null", 400),
        ):
            path = "/socket.io/?EIO=4&transport=polling"
            async with server.http.get(path, headers={"Origin": origin}) as reply:
                assert reply.status == status, origin
