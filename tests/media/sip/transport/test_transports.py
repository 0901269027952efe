"""Messages over real sockets of this machine: UDP, TCP, TLS, IPv4 and IPv6 (RFC 3261 18)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from media.sip.message import BadMessage, Request, Response, parse
from media.sip.message.parse import Message
from media.sip.transaction.hop import Hop
from media.sip.transport.guard import Bounds, Guard
from media.sip.transport.stream import StreamLimits
from media.sip.transport.tls import Tls, client_context, server_context
from media.sip.transport.transports import Listen, SipPortTaken, Transports
from offhook.app.tls import own_certificate
from offhook.core.clock import ManualClock, SystemClock

pytestmark = pytest.mark.integration

V4, V6 = "127.0.0.1", "::1"


class Ear:
    """One endpoint, and what it heard."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[Message, Hop]] = asyncio.Queue()
        self.bad: asyncio.Queue[tuple[BadMessage, Hop]] = asyncio.Queue()
        self.gone: asyncio.Queue[Hop] = asyncio.Queue()

    def received(self, message: Message, source: Hop) -> None:
        self.heard.put_nowait((message, source))

    def malformed(self, bad: BadMessage, source: Hop) -> None:
        self.bad.put_nowait((bad, source))

    def unreachable(self, hop: Hop) -> None:
        self.gone.put_nowait(hop)


class End:
    """An endpoint with one door."""

    def __init__(self, ear: Ear, transports: Transports, door: Listen) -> None:
        self.ear = ear
        self.transports = transports
        self.door = door
        self.complaints: asyncio.Queue[str] = asyncio.Queue()

    @property
    def hop(self) -> Hop:
        """Where others reach it."""
        return Hop(self.door.transport, self.door.host, self.door.port)

    def sends(self, message: bytes, to: Hop, *, name: str = "") -> None:
        self.transports.send(message, to, self.complaints.put_nowait, name=name)


@contextlib.asynccontextmanager
async def end(
    transport: str,
    host: str = V4,
    *,
    guard: Guard | None = None,
    tls: Tls | None = None,
    limits: StreamLimits | None = None,
    clock: ManualClock | None = None,
) -> AsyncIterator[End]:
    """Open one."""
    ear = Ear()
    transports = Transports(ear, clock or SystemClock(), guard=guard, tls=tls, limits=limits)
    [door] = await transports.open([Listen(transport, host, 0)])
    try:
        yield End(ear, transports, door)
    finally:
        await transports.close()


def options(number: int = 1, body: str = "") -> bytes:
    """A small request."""
    return (
        "OPTIONS sip:ear@example.org SIP/2.0\r\n"
        f"Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{number}\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:a@example.org>;tag=1\r\nTo: <sip:ear@example.org>\r\n"
        f"Call-ID: {number}@example.org\r\nCSeq: {number} OPTIONS\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def ok_to(message: Message) -> bytes:
    """Its answer."""
    assert isinstance(message, Request)
    return message.respond(200, to_tag="t").encode()


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    """A certificate of our own for this machine, which we trust."""
    cert, key = own_certificate(tmp_path, [V4, "localhost"], SystemClock().now())
    return Tls(client_context(cert), server_context(cert, key))


# both ways


@pytest.mark.parametrize("host", [V4, V6])
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_a_request_arrives_and_its_answer_comes_back(transport: str, host: str) -> None:
    async with end(transport, host) as ours, end(transport, host) as theirs:
        ours.sends(options(), theirs.hop)
        request, source = await theirs.ear.heard.get()
        assert (request.call_id, source.host) == ("1@example.org", host)
        theirs.sends(ok_to(request), source)
        answer, _ = await ours.ear.heard.get()
        assert isinstance(answer, Response)
        assert answer.status == 200


async def test_over_tls_the_certificate_is_looked_at(tls: Tls) -> None:
    async with end("TLS", tls=tls) as ours, end("TLS", tls=tls) as theirs:
        ours.sends(options(), theirs.hop)
        _, source = await theirs.ear.heard.get()
        assert source.transport == "TLS"


async def test_over_tls_a_stranger_is_told_nothing(tls: Tls) -> None:
    suspicious = Tls(client_context(), tls.server)
    async with end("TLS", tls=suspicious) as ours, end("TLS", tls=tls) as theirs:
        ours.sends(options(), theirs.hop)
        assert "certificate verify failed" in await ours.complaints.get()
        assert theirs.ear.heard.empty()


async def test_over_tls_another_name_is_refused(tls: Tls) -> None:
    async with end("TLS", tls=tls) as ours, end("TLS", tls=tls) as theirs:
        ours.sends(options(), theirs.hop, name="trunk.example.org")
        assert "trunk.example.org" in await ours.complaints.get()


# connections


async def test_one_connection_carries_all_that_goes_there() -> None:
    async with end("TCP") as ours, end("TCP") as theirs:
        for number in range(50):
            ours.sends(options(number, "x" * number), theirs.hop)
        heard = [(await theirs.ear.heard.get())[0].cseq.number for _ in range(50)]
        assert heard == list(range(50))
        assert (len(ours.transports), len(theirs.transports)) == (1, 1)


async def test_an_answer_whose_connection_is_gone_goes_where_the_client_listens() -> None:
    async with end("TCP") as ours, end("TCP") as theirs:
        gone = Hop("TCP", V4, ours.door.port, connection=77)
        theirs.sends(ok_to(parse(options())), gone)
        answer, _ = await ours.ear.heard.get()
        assert isinstance(answer, Response)


async def test_who_pings_is_answered() -> None:
    async with end("TCP") as theirs:
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(b"\r\n\r\n" + options())
        assert await reader.readexactly(2) == b"\r\n"
        await theirs.ear.heard.get()
        writer.close()


async def test_what_we_opened_we_ping() -> None:
    clock = ManualClock()
    async with end("TCP", clock=clock) as ours:
        came = asyncio.Event()
        pinged: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            came.set()
            pinged.put_nowait(await reader.readexactly(4))
            writer.close()

        server = await asyncio.start_server(listen, V4, 0)
        ours.sends(options(), Hop("TCP", V4, server.sockets[0].getsockname()[1]))
        await came.wait()
        clock.advance(30)
        assert await pinged.get() == b"\r\n\r\n"
        server.close()


async def test_a_message_without_an_end_closes_its_connection() -> None:
    clock = ManualClock()
    async with end("TCP", clock=clock) as theirs:
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(b"\r\n\r\n" + options()[:40])
        await reader.readexactly(2)
        for _ in range(3):
            clock.advance(20)
        assert await reader.read() == b""
        writer.close()


async def test_a_silent_connection_is_closed() -> None:
    clock = ManualClock()
    async with end("TCP", clock=clock, limits=StreamLimits(idle=60)) as theirs:
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(options())
        await theirs.ear.heard.get()
        for _ in range(4):
            clock.advance(20)
        assert await reader.read() == b""
        assert (await theirs.ear.gone.get()).host == V4
        writer.close()


async def test_one_address_opens_only_so_many() -> None:
    async with end("TCP", limits=StreamLimits(per_address=3)) as theirs:
        pairs = [await asyncio.open_connection(V4, theirs.door.port) for _ in range(4)]
        assert await pairs[3][0].read() == b""
        assert len(theirs.transports) == 3
        pairs[0][1].close()
        await theirs.ear.gone.get()
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(b"\r\n\r\n")
        assert await reader.readexactly(2) == b"\r\n"
        for _, each in [*pairs, (reader, writer)]:
            each.close()


async def test_who_floods_a_connection_loses_it() -> None:
    guard = Guard(Bounds(rate=1, burst=10))
    async with end("TCP", guard=guard) as theirs:
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(b"".join(options(number) for number in range(20)))
        assert await reader.read() == b""
        assert (theirs.ear.heard.qsize(), guard.dropped["flood"]) == (10, 10)
        writer.close()


async def test_garbage_is_told_and_ends_the_connection() -> None:
    async with end("TCP") as theirs:
        reader, writer = await asyncio.open_connection(V4, theirs.door.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
        bad, _ = await theirs.ear.bad.get()
        assert bad.request is None
        assert await reader.read() == b""
        writer.close()


async def test_nobody_there_is_told_for_each_that_waits() -> None:
    async with end("TCP") as closed:
        nowhere = closed.hop
    async with end("TCP") as ours:
        for number in range(3):
            ours.sends(options(number), nowhere)
        assert {await ours.complaints.get() for _ in range(3)} == {"Connection refused"}
        assert not len(ours.transports)


# datagrams


async def test_nobody_there_is_known_by_icmp() -> None:
    async with end("UDP") as closed:
        nowhere = closed.hop
    async with end("UDP") as ours:
        ours.sends(options(), nowhere)
        assert await ours.ear.gone.get() == nowhere


async def test_a_keep_alive_is_no_message() -> None:
    async with end("UDP") as ours, end("UDP") as theirs:
        for data in (b"\r\n\r\n", b"\0\0\0\0", options()):
            ours.sends(data, theirs.hop)
        await theirs.ear.heard.get()
        assert theirs.ear.bad.empty()
        assert not theirs.transports.guard.dropped


async def test_a_bad_datagram_is_told_with_what_can_be_answered() -> None:
    async with end("UDP") as ours, end("UDP") as theirs:
        ours.sends(options().replace(b"CSeq: 1 OPTIONS", b"CSeq: 1 INVITE"), theirs.hop)
        bad, source = await theirs.ear.bad.get()
        assert (bad.status, source.port) == (400, ours.door.port)
        assert bad.request is not None


async def test_without_a_door_of_that_kind_nothing_is_sent() -> None:
    async with end("UDP") as ours:
        ours.sends(options(), Hop("UDP", V6, 5060))
        ours.sends(options(), Hop("TLS", V4, 5061))
        assert await ours.complaints.get() == "no UDP port for addresses of this kind"
        assert await ours.complaints.get() == "no TLS is configured"


async def test_a_taken_port_is_said_and_leaves_nothing_open() -> None:
    async with end("UDP") as theirs:
        ours = Transports(Ear(), SystemClock())
        with pytest.raises(SipPortTaken, match="Address already in use"):
            await ours.open([Listen("TCP", V4, 0), Listen("UDP", V4, theirs.door.port)])
        assert not ours._servers


async def test_tls_without_a_certificate_is_refused_in_words() -> None:
    ours = Transports(Ear(), SystemClock())
    with pytest.raises(SipPortTaken, match="needs a certificate"):
        await ours.open([Listen("TLS", V4, 0)])


def test_old_tls_is_not_spoken(tls: Tls) -> None:
    assert tls.client.minimum_version == ssl.TLSVersion.TLSv1_2
    assert tls.server is not None
    assert tls.server.minimum_version == ssl.TLSVersion.TLSv1_2
