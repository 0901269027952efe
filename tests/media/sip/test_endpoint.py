"""Requests and answers between two endpoints on this machine (RFC 3261 17, 18)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from media.sip.endpoint import Endpoint
from media.sip.message import Headers, Request, Response, parse
from media.sip.transaction.effects import (
    Acknowledged,
    Canceled,
    Requested,
    Responded,
    SendFailed,
    TimedOut,
    UserEvent,
)
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.layer import Limits
from media.sip.transport.transports import Listen
from offhook.core.clock import ManualClock

pytestmark = pytest.mark.integration

V4 = "127.0.0.1"


class Person:
    """An endpoint, and what it was told."""

    def __init__(self, clock: ManualClock, limits: Limits | None = None) -> None:
        self.endpoint = Endpoint(clock, secret=b"s" * 16, limits=limits)
        self.endpoint.attend(self)
        self.asked: asyncio.Queue[tuple[Key, Requested]] = asyncio.Queue()
        self.events: asyncio.Queue[UserEvent] = asyncio.Queue()
        self.breaks = False

    def requested(self, key: Key, asked: Requested) -> None:
        if self.breaks:
            raise RuntimeError("broken")
        self.asked.put_nowait((key, asked))

    def told(self, key: Key, event: UserEvent) -> None:
        self.events.put_nowait(event)

    def stray(self, event: Responded | Acknowledged) -> None:
        self.events.put_nowait(event)

    @property
    def hop(self) -> Hop:
        """Where it is reached."""
        [door] = self.endpoint.doors
        return Hop(door.transport, door.host, door.port)

    def asks(self, method: str, to: Hop, number: int = 1) -> Key:
        """Send a request; what comes of it is among the events."""
        return self.endpoint.request(self.made(method, number), to, self.events.put_nowait)

    def made(self, method: str, number: int = 1) -> Request:
        """A request of this person."""
        via = f"SIP/2.0/{self.hop.transport} {V4}:{self.hop.port};branch=z9hG4bK{method}{number}"
        headers = Headers()
        for name, value in (
            ("Via", via),
            ("Max-Forwards", "70"),
            ("From", "<sip:a@example.org>;tag=1"),
            ("To", "<sip:b@example.org>"),
            ("Call-ID", f"{number}@example.org"),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<sip:{V4}:{self.hop.port}>"),
        ):
            headers.add(name, value)
        return Request(method, "sip:b@example.org", headers)

    async def status(self) -> int:
        """Of the next answer."""
        event = await self.events.get()
        assert isinstance(event, Responded), event
        return event.response.status

    async def answers(self, status: int) -> tuple[Key, Requested]:
        """Take the next request and answer it."""
        key, asked = await self.asked.get()
        assert self.endpoint.respond(key, asked.request.respond(status, to_tag=asked.to_tag))
        return key, asked


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


@contextlib.asynccontextmanager
async def two(
    clock: ManualClock, transport: str = "UDP", limits: Limits | None = None
) -> AsyncIterator[tuple[Person, Person]]:
    """Ann, who asks, and Bob."""
    ann, bob = Person(clock), Person(clock, limits)
    for each in (ann, bob):
        await each.endpoint.open([Listen(transport, V4, 0)])
    try:
        yield ann, bob
    finally:
        for each in (ann, bob):
            await each.endpoint.close()


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
async def test_a_request_is_answered_and_leaves_nothing(clock: ManualClock, transport: str) -> None:
    async with two(clock, transport) as (ann, bob):
        ann.asks("OPTIONS", bob.hop)
        await bob.answers(200)
        assert await ann.status() == 200
        clock.advance(40)
        assert (len(ann.endpoint), len(bob.endpoint)) == (0, 0)
        assert (ann.endpoint._tells, ann.endpoint._unanswered) == ({}, {})


async def test_what_is_lost_is_sent_again(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        ann.asks("OPTIONS", bob.hop)
        key, asked = await bob.asked.get()
        clock.advance(0.5)
        assert bob.endpoint.respond(key, asked.request.respond(200, to_tag="b"))
        assert await ann.status() == 200
        assert bob.asked.empty()


async def test_silence_is_told_after_half_a_minute(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        ann.asks("OPTIONS", bob.hop)
        await bob.asked.get()
        for _ in range(64):
            clock.advance(0.5)
        assert isinstance(await ann.events.get(), TimedOut)


async def test_an_invite_is_taken_back(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        key = ann.asks("INVITE", bob.hop)
        invite, asked = await bob.asked.get()
        assert bob.endpoint.respond(invite, asked.request.respond(180, to_tag="b"))
        assert await ann.status() == 180
        ann.endpoint.cancel(key)
        assert isinstance(await bob.events.get(), Canceled)
        assert bob.endpoint.respond(invite, asked.request.respond(487, to_tag="b"))
        assert await ann.status() == 487
        assert not bob.endpoint.respond(invite, asked.request.respond(200, to_tag="b"))
        clock.advance(40)
        ann.endpoint.cancel(key)


async def test_nobody_there_is_told_at_once(clock: ManualClock) -> None:
    async with two(clock) as (_, bob):
        nowhere = bob.hop
    async with two(clock) as (ann, _):
        ann.asks("OPTIONS", nowhere)
        assert isinstance(await ann.events.get(), SendFailed)


async def test_a_connection_that_is_refused_is_told_at_once(clock: ManualClock) -> None:
    async with two(clock, "TCP") as (_, bob):
        nowhere = bob.hop
    async with two(clock, "TCP") as (ann, _):
        ann.asks("OPTIONS", nowhere)
        failed = await ann.events.get()
        assert isinstance(failed, SendFailed)
        assert failed.reason == "Connection refused"


async def test_who_rings_is_not_given_up_for_an_icmp_error(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        ann.asks("INVITE", bob.hop)
        key, asked = await bob.asked.get()
        assert bob.endpoint.respond(key, asked.request.respond(180, to_tag="b"))
        assert await ann.status() == 180
        ann.endpoint.unreachable(bob.hop)
        assert ann.events.empty()


async def test_what_cannot_be_read_is_answered_without_a_trace(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        bad = ann.made("OPTIONS").encode().replace(b"CSeq: 1 OPTIONS", b"CSeq: 1 INVITE")
        bad = bad.replace(b";branch", b";rport;branch")
        loop = asyncio.get_running_loop()
        with socket.socket(type=socket.SOCK_DGRAM) as eve:
            eve.setblocking(False)
            eve.bind((V4, 0))
            await loop.sock_sendto(eve, bad, (V4, bob.hop.port))
            answer = parse(await loop.sock_recv(eve, 2_000))
        assert isinstance(answer, Response)
        assert (answer.status, answer.cseq.number) == (400, 1)
        assert len(bob.endpoint) == 0


async def test_a_user_that_breaks_is_an_error_500(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        bob.breaks = True
        ann.asks("OPTIONS", bob.hop)
        assert await ann.status() == 500
        bob.breaks = False
        ann.asks("OPTIONS", bob.hop, 2)
        await bob.answers(200)
        assert await ann.status() == 200


async def test_above_its_bound_an_endpoint_says_when_to_come_back(clock: ManualClock) -> None:
    async with two(clock, limits=Limits(half_open=3, retry_after=7)) as (ann, bob):
        for number in range(4):
            ann.asks("INVITE", bob.hop, number)
        told = await ann.events.get()
        assert isinstance(told, Responded)
        assert told.response.status == 503
        assert told.response.headers.get("Retry-After") == "7"


async def test_an_ack_of_no_transaction_is_for_the_dialogs(clock: ManualClock) -> None:
    async with two(clock) as (ann, bob):
        ann.endpoint.send(ann.made("ACK").encode(), bob.hop)
        event = await bob.events.get()
        assert isinstance(event, Acknowledged)
        assert event.ack.call_id == parse(ann.made("ACK").encode()).call_id
