"""SIP over UDP: one socket, drained in turns, whose refusals by ICMP are told (RFC 3261 18)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Protocol

from media.sip.message import BadMessage, parse
from media.sip.message.parse import Message
from media.sip.transaction.hop import Hop
from media.sip.transport.guard import Guard
from offhook.core.clock import Clock

#: Datagrams taken in one turn of the loop, so that others get theirs.
_BATCH = 32
_SIZE = 65_536
_BUFFER = 4 << 20
#: Of Linux (linux/in.h, linux/in6.h, linux/errqueue.h): ICMP errors are queued for recvmsg.
_RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
_ERRQUEUE = 0x2000
_ANCILLARY = 512

Failed = Callable[[str], None]


class Receiver(Protocol):
    """Who gets what comes."""

    def received(self, message: Message, source: Hop) -> None:
        """A message, whole and well-formed."""
        ...

    def malformed(self, bad: BadMessage, source: Hop) -> None:
        """One that is not; `bad.request` is what can be answered."""
        ...

    def unreachable(self, hop: Hop) -> None:
        """Nothing that was sent there lately can have arrived: its host or network said so, or its
        connection was lost."""
        ...


class DatagramPort:
    """One UDP socket. `host` and `port` are those it is bound to."""

    def __init__(self, sock: socket.socket, receiver: Receiver, guard: Guard, clock: Clock) -> None:
        self.host, self.port = sock.getsockname()[:2]
        self.family = sock.family
        self._socket = sock
        self._receiver = receiver
        self._guard = guard
        self._clock = clock
        sock.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        with contextlib.suppress(OSError, KeyError):
            sock.setsockopt(*_RECVERR[socket.AddressFamily(sock.family)], 1)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._readable)

    @classmethod
    def bind(
        cls, host: str, port: int, receiver: Receiver, guard: Guard, clock: Clock
    ) -> DatagramPort:
        """Bind a socket; raises OSError when the address is in use or not ours."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((host, port))
        except OSError:
            sock.close()
            raise
        return cls(sock, receiver, guard, clock)

    def close(self) -> None:
        """Stop reading and close the socket."""
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def send(self, data: bytes, to: Hop, failed: Failed) -> None:
        """Send one datagram; `failed` is called when the system refuses it."""
        try:
            self._socket.sendto(data, (to.host, to.port))
        except BlockingIOError:
            pass  # The network is full: the same to the peer as a loss on the way.
        except OSError as error:
            failed(error.strerror or str(error))

    def _readable(self) -> None:
        for _ in range(_BATCH):
            try:
                data, address = self._socket.recvfrom(_SIZE)
            except BlockingIOError:
                self._refused()
                return
            except OSError:
                self._refused()
                continue
            self._take(data, Hop("UDP", address[0].partition("%")[0], address[1]))

    def _take(self, data: bytes, source: Hop) -> None:
        now = self._clock.now()
        if not data.strip(b"\r\n\0"):
            return  # A keep-alive (RFC 5626 3.5.1, and what telephones send instead).
        if not self._guard.admits(data, source.host, now):
            return
        try:
            message = parse(data)
        except BadMessage as bad:
            self._guard.fault(source.host, now)
            self._receiver.malformed(bad, source)
            return
        self._receiver.received(message, source)

    def _refused(self) -> None:
        """Tell of what came back by ICMP."""
        for _ in range(_BATCH):
            try:
                _, _, _, address = self._socket.recvmsg(0, _ANCILLARY, _ERRQUEUE)
            except OSError:
                return
            if address:
                self._receiver.unreachable(Hop("UDP", address[0], address[1]))
