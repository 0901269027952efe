"""The built web pages: /, /docs, /admin, /desk, /supervisor, /r/<room>, /visit/<site>; assets."""

from __future__ import annotations

import asyncio
import re
from html import escape
from pathlib import Path

from aiohttp import web

from offhook.core.text import Catalogue
from signalling.api.content_policy import content_policy
from signalling.api.site_front import FrontOf, no_sites
from signalling.settings import SignallingSettings

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
#: The names of built assets change with their content.
_FOR_EVER = "public, max-age=31536000, immutable"
_STYLES = re.compile(r"<link\b[^>]*\brel=\"stylesheet\"[^>]*>")


class Pages:
    """Serves what the web build left in the static folder.

    `front_of` tells how the button of a site looks and who may show it, by the site's key.
    """

    def __init__(
        self,
        settings: SignallingSettings,
        catalogue: Catalogue,
        front_of: FrontOf = no_sites,
    ) -> None:
        self._folder = settings.static_dir
        self._catalogue = catalogue
        self._front_of = front_of

    def add_to(self, app: web.Application) -> None:
        """Add the routes of pages and assets."""
        app.router.add_get("/", self._index)
        app.router.add_get("/docs", self._docs)
        app.router.add_get("/admin", self._admin)
        app.router.add_get("/desk", self._desk)
        app.router.add_get("/supervisor", self._supervisor)
        app.router.add_get("/r/{name}", self._room)
        app.router.add_get("/visit/{key}", self._visit)
        app.router.add_get("/widget.js", self._widget)
        app.router.add_get("/assets/{path:.+}", self._asset)

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "index.html")

    async def _docs(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "docs.html")

    async def _admin(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "admin.html")

    async def _desk(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "desk.html")

    async def _supervisor(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "supervisor.html")

    async def _room(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "room.html")

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        """The panel of a site's button. Only pages of the site's origins may frame it."""
        front = await self._front_of(request.match_info["key"])
        if front is None:
            return self.words(request, "page.no_site", status=404)
        path = None if self._folder is None else self._folder / "visit.html"
        if path is None or not path.is_file():
            return self.words(request, "page.not_built", status=503)
        page = await asyncio.to_thread(path.read_text, encoding="utf-8")
        return web.Response(
            text=front.written_into(page),
            content_type="text/html",
            headers={
                "Cache-Control": "no-cache",
                "Content-Security-Policy": content_policy(front.frame_sources),
            },
        )

    async def _widget(self, request: web.Request) -> web.StreamResponse:
        """The loader of the button, for any page. Its name stays, so it is asked for again."""
        path = None if self._folder is None else self._folder / "widget.js"
        if path is None or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(
            path,
            headers={
                "Content-Type": _TYPES[".js"],
                "Cache-Control": "public, max-age=600, stale-while-revalidate=86400",
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        if self._folder is None:
            raise web.HTTPNotFound
        root = (self._folder / "assets").resolve()
        try:
            path = (root / request.match_info["path"]).resolve()
            known = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError) as error:
            raise web.HTTPNotFound from error
        if not known:
            raise web.HTTPNotFound
        kind = _TYPES.get(path.suffix, "application/octet-stream")
        return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": _FOR_EVER})

    def _page(self, request: web.Request, name: str) -> web.StreamResponse:
        path = None if self._folder is None else self._folder / name
        if path is None or not path.is_file():
            return self.words(request, "page.not_built", status=503)
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache"}
        return web.FileResponse(path, headers=headers)

    def words(self, request: web.Request, key: str, *, status: int) -> web.Response:
        """A page of one sentence, in the reader's language and with our looks."""
        language = self._catalogue.choose(request.headers.get("Accept-Language", ""))
        say = self._catalogue.say
        text = f"""<!doctype html>
<html lang="{language}" dir="{escape(say("language.direction", language))}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(say("app.name", language))}</title>
{self.styles()}
</head>
<body>
<main>
<h1>{escape(say(f"{key}.title", language))}</h1>
<p>{escape(say(key, language))}</p>
<p><a href="/">{escape(say("control.home", language))}</a></p>
</main>
</body>
</html>
"""
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )

    def styles(self) -> str:
        """The links to our looks, for pages that are made here."""
        index: Path | None = None if self._folder is None else self._folder / "index.html"
        if index is None or not index.is_file():
            return ""
        return "\n".join(_STYLES.findall(index.read_text(encoding="utf-8")))
