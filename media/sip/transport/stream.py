"""One SIP connection: messages cut from its bytes, kept alive, and closed when it misbehaves
(RFC 3261 18.3, RFC 5626 3.5.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from media.sip.message import BadMessage
from media.sip.message.framing import PING_BYTES, PONG_BYTES, Framer, KeepAlive
from media.sip.message.parse import Message
from media.sip.transaction.hop import Hop
from media.sip.transport.datagrams import Failed, Receiver
from media.sip.transport.guard import Guard
from offhook.core.clock import SECOND, Clock, Micros, Timer


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Seconds of silence after which a connection is closed, in which a message that has begun
    must be whole, and between our pings; bytes that may wait to be sent; connections in all and of
    one address."""

    idle: int = 600
    whole: int = 20
    ping: int = 20
    unsent: int = 1 << 20
    connections: int = 2_000
    per_address: int = 200


class Stream(asyncio.Protocol):
    """A connection that is open. `hop` is the neighbour at its other end."""

    def __init__(
        self,
        name: int,
        transport: str,
        receiver: Receiver,
        guard: Guard,
        clock: Clock,
        limits: StreamLimits,
        *,
        opened_by_us: bool,
        opened: Callable[[Stream], bool],
        closed: Callable[[Stream], None],
    ) -> None:
        self.name = name
        self.opened_by_us = opened_by_us
        self.hop = Hop(transport, "", 0, name)
        self._receiver = receiver
        self._guard = guard
        self._clock = clock
        self._limits = limits
        self._opened = opened
        self._closed = closed
        self._framer = Framer(opened_by_us=opened_by_us)
        self._wire: asyncio.Transport | None = None
        self._heard = clock.now()
        #: Since when a message is incomplete.
        self._begun: Micros | None = None
        self._timer: Timer | None = None

    # --- the protocol ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast(asyncio.Transport, transport)
        host, port = transport.get_extra_info("peername")[:2]
        self.hop = Hop(self.hop.transport, host.partition("%")[0], port, self.name)
        if not self._opened(self):
            self._wire.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        self._heard = now = self._clock.now()
        for event in self._framer.feed(data):
            self._take(event, now)
        if self._framer.broken:
            self.close()
        elif not self._framer.waiting:
            self._begun = None
        elif self._begun is None:
            self._begun = now

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._closed(self)

    # --- what is done with it -------------------------------------------------------------------

    def send(self, data: bytes, failed: Failed) -> None:
        """Send; `failed` is called when it is closed, or its reader is too slow."""
        wire = self._wire
        if wire is None or wire.is_closing():
            failed("the connection is closed")
        elif wire.get_write_buffer_size() + len(data) > self._limits.unsent:
            wire.abort()
            failed("the peer does not read")
        else:
            wire.write(data)

    def close(self) -> None:
        """Close it once what was written is sent."""
        if self._wire is not None:
            self._wire.close()

    def _take(self, event: Message | BadMessage | KeepAlive, now: Micros) -> None:
        if isinstance(event, KeepAlive):
            if event is KeepAlive.PING:
                self.send(PONG_BYTES, lambda reason: None)
        elif isinstance(event, BadMessage):
            self._guard.fault(self.hop.host, now)
            self._receiver.malformed(event, self.hop)
        elif self.opened_by_us or self._guard.admits_message(self.hop.host, now):
            self._receiver.received(event, self.hop)
        else:
            self.close()

    def _look_again(self) -> None:
        """Ping what we opened; close what is silent, or sends a message without an end."""
        now, limits = self._clock.now(), self._limits
        whole_by = None if self._begun is None else self._begun + limits.whole * SECOND
        if now >= self._heard + limits.idle * SECOND or (whole_by is not None and now >= whole_by):
            self.close()
            return
        if self.opened_by_us:
            self.send(PING_BYTES, lambda reason: None)
        self._wait()

    def _wait(self) -> None:
        seconds = min(self._limits.ping, self._limits.whole)
        at = Micros(self._clock.now() + seconds * SECOND)
        self._timer = self._clock.call_at(at, self._look_again)
