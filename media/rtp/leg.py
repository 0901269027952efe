"""One phone leg on its sockets: frames out and in every 20 ms, or payloads untouched."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from typing import Protocol

from media.rtp.latch import Address
from media.rtp.pacer import Pacer
from media.rtp.plan import Event
from media.rtp.ports import Pair
from media.rtp.session import RtpSession
from media.tracks.level import Samples
from offhook.core.clock import Clock, Micros

#: Datagrams taken in one turn of the loop, so that others get theirs.
_BATCH = 16
_SIZE = 2048


class Ear(Protocol):
    """Who is at our end of a leg. Nothing here may wait."""

    def speak(self) -> Samples | None:
        """The next 20 ms that the other end is to hear; None for nothing."""
        ...

    def hear(self, frame: Samples) -> None:
        """The next 20 ms from the other end; not called while payloads are told untouched."""
        ...

    def told(self, event: Event) -> None:
        """A digit, a payload, silence for too long, a goodbye."""
        ...


class RtpLeg:
    """Owns a pair of ports from the first moment to `close`. `port` is that of RTP."""

    def __init__(
        self, pair: Pair, session: RtpSession, ear: Ear, clock: Clock, pacer: Pacer
    ) -> None:
        self.session = session
        self.port = pair.port
        #: Where the other end takes RTCP, when not at the port after that of RTP (RFC 3605).
        self.control_to: Address | None = None
        self.unsent = 0
        self._pair = pair
        self._ear = ear
        self._clock = clock
        self._pacer = pacer
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(pair.rtp.fileno(), self._read, pair.rtp, session.receive)
        self._loop.add_reader(pair.rtcp.fileno(), self._read, pair.rtcp, session.receive_control)
        self._name = pacer.add(self._step)

    def send_payload(self, payload: bytes, *, marker: bool = False) -> None:
        """Send a payload as it is, in place of the frame of these 20 ms."""
        self._send(self.session.send_payload(payload, self._clock.now(), marker=marker))

    def close(self) -> None:
        """Say goodbye and give the ports back; twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self._pacer.remove(self._name)
        self._send_control(self.session.close(self._clock.now()))
        for each in (self._pair.rtp, self._pair.rtcp):
            self._loop.remove_reader(each.fileno())
        self._pair.close()

    # --- every 20 ms ----------------------------------------------------------------------------

    def _step(self, now: Micros) -> None:
        session = self.session
        if not session.plan.untouched:
            self._send(session.send(self._ear.speak(), now))
            self._ear.hear(session.pull(now))
        deadline = session.deadline
        if deadline is not None and deadline <= now:
            self._send_control(session.control(now))
            self._tell(session.tick(now))

    # --- datagrams ------------------------------------------------------------------------------

    def _read(
        self, sock: socket.socket, take: Callable[[bytes, Address, Micros], list[Event]]
    ) -> None:
        for _ in range(_BATCH):
            try:
                data, address = sock.recvfrom(_SIZE)
            except BlockingIOError:
                return
            except OSError:
                continue  # The other end's port is closed, says ICMP; its silence is noticed.
            self._tell(take(data, (address[0], address[1]), self._clock.now()))
            if self._closed:
                return

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self._ear.told(event)

    def _send(self, data: bytes | None) -> None:
        if data is not None and self.session.remote is not None:
            self._put(self._pair.rtp, data, self.session.remote)

    def _send_control(self, data: bytes | None) -> None:
        remote = self.control_to
        if remote is None and self.session.remote is not None:
            host, port = self.session.remote
            remote = (host, port + 1)
        if data is not None and remote is not None:
            self._put(self._pair.rtcp, data, remote)

    def _put(self, sock: socket.socket, data: bytes, to: Address) -> None:
        try:
            sock.sendto(data, to)
        except OSError:
            self.unsent += 1
