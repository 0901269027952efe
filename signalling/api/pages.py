"""The built web pages: /, /docs, /admin and /r/<room>, and their assets."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from aiohttp import web

from offhook.core.text import Catalogue
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
    """Serves what the web build left in the static folder."""

    def __init__(self, settings: SignallingSettings, catalogue: Catalogue) -> None:
        self._folder = settings.static_dir
        self._catalogue = catalogue

    def add_to(self, app: web.Application) -> None:
        """Add the routes of pages and assets."""
        app.router.add_get("/", self._index)
        app.router.add_get("/docs", self._docs)
        app.router.add_get("/admin", self._admin)
        app.router.add_get("/r/{name}", self._room)
        app.router.add_get("/assets/{path:.+}", self._asset)

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "index.html")

    async def _docs(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "docs.html")

    async def _admin(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "admin.html")

    async def _room(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, "room.html")

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
