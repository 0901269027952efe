"""/v1/files: the bytes of files in chats, brought and fetched by who holds a ticket for them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import msgspec
from aiohttp import web
from msgspec import Struct

from offhook.core.errors import MalformedInput
from signalling.api.auth import bearer_token
from signalling.api.routing import Refusal, Route, TooSlow
from signalling.domain.files.kinds import KINDS
from signalling.domain.views import FileView
from signalling.services.services import Services

#: Seconds that the next piece of a file may take, and how large it is at most, in bytes.
_PIECE_WITHIN, _PIECE = 30.0, 256 * 1024
#: Whatever the file is: it is saved, not shown, and nothing in it runs.
_HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}
_NO_TOKEN = re.compile(r'[^\x20-\x7e]|["\\%]')


class FileQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`ticket`: as the socket's command `download` was answered."""

    ticket: str = ""


def disposition(name: str) -> str:
    """To be saved under this name (RFC 6266): in ASCII for who knows no better, and as it is."""
    plain = _NO_TOKEN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _put(services: Services, request: web.Request) -> web.StreamResponse:
    kept = await services.files.take(
        request.match_info["id"],
        bearer_token(request.headers.get("Authorization")),
        request.content_type,
        request.content_length,
        _pieces(request),
    )
    return web.Response(
        status=201,
        body=msgspec.json.encode(kept),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def _get(services: Services, request: web.Request) -> web.StreamResponse:
    given = request.query.get("ticket")
    async with services.files.opened(request.match_info["id"], given) as (file, pieces):
        charset = "; charset=utf-8" if file.type.startswith("text/") else ""
        response = web.StreamResponse(headers=_HARMLESS)
        response.headers["Content-Type"] = f"{file.type}{charset}"
        response.headers["Content-Disposition"] = disposition(file.name)
        response.content_length = file.size
        await response.prepare(request)
        if request.method != "HEAD":
            async for piece in pieces:
                await response.write(piece)
            await response.write_eof()
        return response


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it comes; raises `TooSlow`, and `MalformedInput` when it breaks off."""
    while True:
        try:
            async with asyncio.timeout(_PIECE_WITHIN):
                piece = await request.content.read(_PIECE)
        except TimeoutError as error:
            raise TooSlow("The file does not come any further.") from error
        except (aiohttp.ClientPayloadError, web.RequestPayloadError, ConnectionError) as error:
            raise MalformedInput("The file broke off.", code="file_incomplete") from error
        if not piece:
            return
        yield piece


_TICKET = (
    Refusal(401, "ticket_missing", "There is no ticket."),
    Refusal(401, "ticket_invalid", "The ticket is forged, or is for something else."),
    Refusal(401, "ticket_expired", "The ticket has expired."),
    Refusal(404, "file_not_found", "There is no such file in the room, or one left the room."),
)

ROUTES = (
    Route(
        method="PUT",
        path="/v1/files/{id}",
        id="putFile",
        tag="Files",
        summary="Bring a file that was announced for a chat",
        streamed=_put,
        takes=tuple(kind.type for kind in KINDS),
        ticket="upload",
        reply=FileView,
        status=201,
        limited="address",
        refusals=(
            *_TICKET,
            Refusal(400, "file_incomplete", "The body broke off."),
            Refusal(408, "too_slow", "Nothing came for 30 seconds."),
            Refusal(409, "file_exists", "It was brought already, or is being brought."),
            Refusal(413, "file_too_large", "It is larger than announced."),
            Refusal(415, "file_type_not_allowed", "Files of this type are not taken."),
            Refusal(415, "file_type_mismatch", "It is not of the type that it is declared as."),
            Refusal(415, "picture_too_large", "The picture has too many points."),
            Refusal(422, "file_incomplete", "It is shorter than announced."),
            Refusal(503, "file_not_kept", "The disk does not take it."),
        ),
    ),
    Route(
        method="GET",
        path="/v1/files/{id}",
        id="getFile",
        tag="Files",
        summary="Fetch a file of a chat, to be saved",
        streamed=_get,
        query=FileQuery,
        ticket="download",
        media_type="application/octet-stream",
        headers=("Content-Disposition",),
        refusals=_TICKET,
    ),
)
