"""/demo-shop: somebody else's page that embeds the call button, served from a port of its own.

It is as strict as a careful site's page: no inline code, no inline styles, Trusted Types, and a
Content-Security-Policy that names our server only where the button needs it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from msgspec import Struct

_FOLDER = Path(__file__).parent / "shop"
_TYPES = {"shop.css": "text/css", "shop.js": "text/javascript"}
#: The goods by name: kind, what it is called, price in euros, and what is said of it.
_GOODS = {
    "lamps": (
        "Lamps",
        "Halden desk lamp",
        "149",
        "Solid brass, linen shade, a switch you can find in the dark.",
    ),
    "tables": (
        "Tables",
        "Osen side table",
        "310",
        "Oiled oak on three legs, so that it never rocks.",
    ),
    "chairs": (
        "Chairs",
        "Vik reading chair",
        "690",
        "Ash and wool felt, made for one more chapter.",
    ),
}


class Shop(Struct, frozen=True, kw_only=True):
    """Whose button the shop shows: the origin that serves the widget, and the site's key."""

    server: str
    site: str

    @property
    def policy(self) -> str:
        """What the page may load; the button needs `script-src` and `frame-src`."""
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src 'self' {self.server}",
                f"frame-src {self.server}",
                "style-src 'self'",
                "img-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            )
        )

    @property
    def permissions(self) -> str:
        """What the panel may ask for; a page without this header passes everything on."""
        features = ("microphone", "camera", "display-capture", "autoplay")
        return ", ".join(f'{feature}=(self "{self.server}")' for feature in features)

    def page(self, name: str) -> str:
        """The page of one of the goods."""
        kind, goods, price, words = _GOODS[name]
        template = Template((_FOLDER / "shop.html").read_text(encoding="utf-8"))
        return template.substitute(
            kind=kind,
            goods=goods,
            price=price,
            words=words,
            picture=name,
            server=escape(self.server),
            site=escape(self.site),
        )


def make_shop(shop: Shop) -> web.Application:
    """The shop as an application of its own. Its first page is at `/` and at `/demo-shop`."""
    app = web.Application()
    files = {name: (_FOLDER / name).read_text(encoding="utf-8") for name in _TYPES}
    pages = {name: shop.page(name) for name in _GOODS}

    async def show(request: web.Request) -> web.Response:
        page = pages.get(request.match_info.get("name", "lamps"))
        if page is None:
            raise web.HTTPNotFound
        return web.Response(text=page, content_type="text/html")

    async def load(request: web.Request) -> web.Response:
        name = request.match_info["file"]
        if name not in files:
            raise web.HTTPNotFound
        return web.Response(text=files[name], content_type=_TYPES[name])

    async def harden(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = shop.policy
        response.headers["Permissions-Policy"] = shop.permissions
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"

    app.on_response_prepare.append(harden)
    app.router.add_get("/", show)
    app.router.add_get("/demo-shop", show)
    app.router.add_get("/goods/{name}", show)
    app.router.add_get("/{file}", load)
    return app
