"""The guarded fetch: it goes where it may, to the very address that was checked, and no further."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from offhook.core.clock import ManualClock, SystemClock, isoformat
from offhook.core.errors import InvalidInput
from offhook.core.webhooks.addresses import AllowedAddresses
from offhook.core.webhooks.fetch import KEPT, Fetch, Outcome, Resolve
from tests.core.webhooks.certificate import make_certificate

pytestmark = pytest.mark.integration

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """An HTTP server on loopback that remembers what came."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.port = 0

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        return await self._handle(request)

    @contextlib.asynccontextmanager
    async def running(self, trust: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
        """Serve until the end."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()


def answering(status: int = 200, text: str = "", **headers: str) -> Server:
    async def handle(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named)

    return Server(handle)


def leading_to(*addresses: str) -> Resolve:
    """A name service that knows one answer."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


@contextlib.asynccontextmanager
async def fetching(
    *allowed: str,
    resolve: Resolve | None = None,
    patience: float = 5.0,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[Fetch]:
    fetch = Fetch(
        AllowedAddresses(allowed), SystemClock(), resolve=resolve, timeout=patience, trust=trust
    )
    fetch.open()
    try:
        yield fetch
    finally:
        await fetch.close()


async def post(fetch: Fetch, url: str) -> Outcome:
    return await fetch.post(url, b'{"a":1}', {"Content-Type": "application/json"})


async def test_a_body_is_posted_as_it_is() -> None:
    async with answering(201, "thank you").running() as server, fetching("127.0.0.1") as fetch:
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/hook%2F1?a=b%20c")
    assert (outcome.status, outcome.error, outcome.excerpt) == (201, None, "thank you")
    assert outcome.took > 0
    [request] = server.requests
    assert (request.method, request.raw_path) == ("POST", "/hook%2F1?a=b%20c")
    assert server.bodies == [b'{"a":1}']
    assert request.headers["Host"] == f"127.0.0.1:{server.port}"
    assert "User-Agent" not in request.headers


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
    ],
)
async def test_however_loopback_is_written_it_is_refused(host: str) -> None:
    async with answering().running() as server, fetching() as fetch:
        url = f"http://{host}:{server.port}/"
        outcome = await post(fetch, url)
        with pytest.raises(InvalidInput) as refused:
            await fetch.check(url)
    assert outcome.error in {"address_refused", "address_unknown"}
    assert refused.value.code == outcome.error
    assert server.requests == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1%lo"]
)
async def test_a_name_that_leads_to_such_an_address_is_refused(address: str) -> None:
    async with fetching(resolve=leading_to("8.8.8.8", address)) as fetch:
        assert (await post(fetch, "https://rebind.example/")).error == "address_refused"


async def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with (
        answering().running() as server,
        fetching("127.0.0.1/32", resolve=resolve) as fetch,
    ):
        url = f"http://turns.example:{server.port}/"
        assert (await post(fetch, url)).status == 200
        assert (await post(fetch, url)).error == "address_refused"
    assert asked == ["turns.example", "turns.example"], "once for each request"
    assert [r.headers["Host"] for r in server.requests] == [f"turns.example:{server.port}"]


async def test_the_next_address_is_tried_when_the_first_takes_no_connection() -> None:
    resolve = leading_to("127.0.0.9", "127.0.0.1")
    async with answering().running() as server, fetching("127.0.0.0/8", resolve=resolve) as fetch:
        assert (await post(fetch, f"http://two.example:{server.port}/")).status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    inner = answering(200, "secret")
    async with inner.running(), fetching("127.0.0.1") as fetch:
        outer = answering(status, Location=f"http://127.0.0.1:{inner.port}/")
        async with outer.running():
            outcome = await post(fetch, f"http://127.0.0.1:{outer.port}/")
    assert (outcome.status, inner.requests) == (status, [])


async def test_a_name_without_an_address_is_told_so() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async with fetching(resolve=nowhere) as fetch:
        assert (await post(fetch, "https://nowhere.example/")).error == "address_unknown"
        with pytest.raises(InvalidInput) as refused:
            await fetch.check("https://nowhere.example/")
    assert (refused.value.code, refused.value.field) == ("address_unknown", "url")


async def test_a_receiver_that_is_not_there_is_told_so() -> None:
    async with answering().running() as server:
        port = server.port
    async with fetching("127.0.0.1") as fetch:
        assert (await post(fetch, f"http://127.0.0.1:{port}/")).error == "connection_failed"


async def test_a_receiver_that_does_not_answer_in_time_is_given_up() -> None:
    for_ever = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        await for_ever.wait()
        return web.Response()

    async with Server(hang).running() as server, fetching("127.0.0.1", patience=0.2) as fetch:
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/")
        for_ever.set()
    assert (outcome.status, outcome.error) == (None, "timed_out")


async def test_a_name_service_that_does_not_answer_in_time_is_given_up() -> None:
    async def hang(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with fetching(resolve=hang, patience=0.1) as fetch:
        assert (await post(fetch, "http://slow.example/")).error == "timed_out"


async def test_of_a_long_answer_the_beginning_is_kept() -> None:
    async with (
        answering(500, "x" * 1_000_000).running() as server,
        fetching("127.0.0.1") as fetch,
    ):
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/")
    assert (outcome.status, outcome.excerpt) == (500, "x" * KEPT)


async def test_an_answer_that_never_ends_has_been_told_all_the_same() -> None:
    over = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"ok, and ")
        await over.wait()
        return answer

    async with Server(drip).running() as server, fetching("127.0.0.1") as fetch:
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/")
        over.set()
    assert (outcome.status, outcome.excerpt) == (200, "ok, and ")


async def test_an_answer_of_odd_bytes_is_kept_as_text() -> None:
    async def odd(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x00\x1b[31m\xff\xfe ok")

    async with Server(odd).running() as server, fetching("127.0.0.1") as fetch:
        excerpt = (await post(fetch, f"http://127.0.0.1:{server.port}/")).excerpt
    assert excerpt.endswith(" ok")
    assert "\x00" not in excerpt
    assert "\x1b" not in excerpt


async def test_what_is_no_http_is_told_so() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, fetching("127.0.0.1") as fetch:
        assert (await post(fetch, f"http://127.0.0.1:{port}/")).error == "bad_answer"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("soon", None), ("-5", None), ("9" * 30, None), ("1.5", None)],
)
async def test_retry_after_is_read(header: str, seconds: int | None) -> None:
    async with (
        answering(503, Retry_After=header).running() as server,
        fetching("127.0.0.1") as fetch,
    ):
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/")
    assert outcome.retry_after == seconds


async def test_retry_after_may_be_a_date() -> None:
    clock = ManualClock()
    assert isoformat(clock.now()) == "2027-01-15T08:00:00.000Z"
    fetch = Fetch(AllowedAddresses(["127.0.0.1"]), clock)
    fetch.open()
    in_a_minute = "Fri, 15 Jan 2027 08:01:00 GMT"
    async with answering(503, Retry_After=in_a_minute).running() as server:
        outcome = await post(fetch, f"http://127.0.0.1:{server.port}/")
    await fetch.close()
    assert outcome.retry_after == 60


async def test_certificates_are_verified_against_the_name(tmp_path: Path) -> None:
    key = make_certificate(tmp_path, "good.example")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(key)
    knowing = ssl.create_default_context(cafile=key)
    resolve = leading_to("127.0.0.1")
    async with answering().running(serving) as server:
        good = f"https://good.example:{server.port}/"
        async with fetching("127.0.0.1", resolve=resolve, trust=knowing) as fetch:
            assert (await post(fetch, good)).status == 200
            other = f"https://other.example:{server.port}/"
            assert (await post(fetch, other)).error == "tls_failed"
        async with fetching("127.0.0.1", resolve=resolve) as fetch:
            assert (await post(fetch, good)).error == "tls_failed", "nobody vouches for it"
    assert [r.headers["Host"] for r in server.requests] == [f"good.example:{server.port}"]
