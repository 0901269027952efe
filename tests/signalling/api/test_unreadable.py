"""Requests with bytes that are no text, where text should be: refused, and never our fault."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

LINES = (
    b"GET /v1/rooms?limit=\xff\xfe HTTP/1.1",
    b"GET /v1/rooms?limit=%ff%fe HTTP/1.1",
    b"GET /v1/rooms?after=\xed\xb3\xbf HTTP/1.1",
    b"GET /v1/rooms/\xff\xfe HTTP/1.1",
    b"GET /v1/rooms/%ed%a0%80 HTTP/1.1",
    b"GET /r/\xff\xfe HTTP/1.1",
    b"GET /r/%ff?token=\xff HTTP/1.1",
    b"POST /r/\xff/token HTTP/1.1",
    b"GET /\xff\xfe\xfd HTTP/1.1",
    b"GET /socket.io/?EIO=4&transport=\xff HTTP/1.1",
    b"GET /socket.io/?EIO=4&transport=polling&sid=\xff HTTP/1.1",
    b"POST /whip/\xff HTTP/1.1",
)
HEADERS = (
    b"Authorization: Bearer \xff\xfe",
    b"Authorization: Bearer eyJ\xff.e30.\xfe",
    b"X-Forwarded-For: \xff",
    b"Cookie: offhook_guest=\xff; offhook_session=\xfe\xff",
    b"If-Match: \xff",
    b"Idempotency-Key: \xff",
    b"X-Request-Id: \xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"Origin: http://\xff",
    b"Accept: \xff\xff",
    b"Accept-Language: \xff\xfe, \xff;q=\xfe",
    b"Content-Type: \xff/\xfe; charset=\xff",
    b"webhook-id: \xff",
)


async def status(server: Signalling, line: bytes, *headers: bytes) -> int:
    """The status that is answered to a request of these bytes."""
    where = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        lines = (line, b"Host: here", b"Connection: close", *headers, b"", b"")
        writer.write(b"\r\n".join(lines))
        async with asyncio.timeout(5):
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()


@pytest.mark.parametrize("line", LINES)
async def test_a_path_or_query_that_is_no_text_is_no_fault_of_ours(
    server: Signalling, api: Api, line: bytes
) -> None:
    for authorization in ((), (f"Authorization: {api.basic(api.key, api.secret)}".encode(),)):
        assert await status(server, line, *authorization) < 500


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(
    "path", [b"/v1/rooms", b"/status.json", b"/socket.io/?EIO=4&transport=polling"]
)
async def test_a_header_that_is_no_text_is_no_fault_of_ours(
    server: Signalling, api: Api, path: bytes, header: bytes
) -> None:
    assert await status(server, b"GET " + path + b" HTTP/1.1", header) < 500
    authorization = f"Authorization: {api.basic(api.key, api.secret)}".encode()
    if not header.startswith(b"Auth"):
        assert await status(server, b"GET " + path + b" HTTP/1.1", authorization, header) < 500


async def test_a_webhook_with_headers_that_are_no_text_is_refused(tmp_path: Path) -> None:
    headers = (b"webhook-id: \xff", b"webhook-timestamp: 1800000000", b"webhook-signature: v1,\xff")
    body = (b"Content-Length: 0",)
    async with signalling(tmp_path, sink_url="http://127.0.0.1:9/demo/sink") as server:
        assert await status(server, b"POST /demo/sink HTTP/1.1", *headers, *body) == 400
