"""/demo/sink: takes the demonstration's webhooks, and shows the last of them."""

from __future__ import annotations

from html import escape

import msgspec
from aiohttp import web

from offhook.core.clock import isoformat
from offhook.core.errors import TooLarge
from offhook.core.text import Catalogue
from signalling.api.http import read_body
from signalling.api.pages import Pages
from signalling.services.services import Services
from signalling.services.sink import Received

PATH = "/demo/sink"
_LIMIT = 64 * 1024
_COLUMNS = ("when", "type", "subject", "seq", "id")


class SinkDoor:
    """There is one where the program was told of a sink. It shows types and ids only: whoever
    reaches the server may look."""

    def __init__(self, services: Services, pages: Pages, catalogue: Catalogue) -> None:
        self._services = services
        self._pages = pages
        self._catalogue = catalogue

    def add_to(self, app: web.Application) -> None:
        """Add the page and what takes webhooks."""
        if self._services.settings.sink_url:
            app.router.add_get(PATH, self._show)
            app.router.add_post(PATH, self._take)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if (request.content_length or 0) > _LIMIT:
            raise TooLarge("An event is smaller than this.")
        await self._services.sink.take(request.headers, await read_body(request))
        return web.Response(status=204)

    async def _show(self, request: web.Request) -> web.StreamResponse:
        received = self._services.sink.received
        headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
        if "text/html" not in request.headers.get("Accept", ""):
            body = msgspec.json.encode({"received": received})
            return web.Response(body=body, content_type="application/json", headers=headers)
        language = self._catalogue.choose(request.headers.get("Accept-Language", ""))
        page = self._page(received, language)
        return web.Response(text=page, content_type="text/html", headers=headers)

    def _page(self, received: list[Received], language: str) -> str:
        def say(key: str) -> str:
            return escape(self._catalogue.say(key, language))

        heads = "".join(f'<th scope="col">{say(f"sink.{name}")}</th>' for name in _COLUMNS)
        rows = "\n".join(_row(each) for each in received)
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        return f"""<!doctype html>
<html lang="{language}" dir="{say("language.direction")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say("sink.title")} · {say("app.name")}</title>
{self._pages.styles()}
</head>
<body>
<main>
<h1>{say("sink.title")}</h1>
<p>{say("sink.about")}</p>
{table if received else f"<p>{say('sink.empty')}</p>"}
<p><a href="{PATH}">{say("sink.reload")}</a> · <a href="/">{say("control.home")}</a></p>
</main>
</body>
</html>
"""


def _row(received: Received) -> str:
    when = isoformat(received.at)
    cells = (
        f'<time datetime="{when}">{when}</time>',
        escape(received.type),
        escape(received.subject),
        str(received.seq),
        escape(received.id),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
