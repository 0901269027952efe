"""One UDP socket of the datapath: it drains what has come, and never queues what leaves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from struct import Struct

from media.sfu.datapath.leg_io import LegIo
from media.sfu.datapath.plans import Path
from offhook.core.clock import Clock, kernel_time

#: Datagrams taken in one turn of the loop, so that others get theirs.
BATCH = 64
_SIZE = 2048
#: What stands at the same place in all STUN messages (RFC 8489, section 5).
COOKIE = b"\x21\x12\xa4\x42"
#: SO_TIMESTAMPNS of Linux (asm-generic/socket.h): the kernel says when a datagram came in.
_TIMESTAMP = 35 if sys.platform == "linux" else None
_TIMESPEC = Struct("qq")
_ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size)
_BUFFER = 4 << 20
#: Of so many datagrams of media one is timed; at most so many times are kept for who asks.
_TIMED = 16
_TIMES = 1000

Other = Callable[[Path, LegIo | None, bytes], None]


class UdpPort:
    """Sorts datagrams by address; what is not media goes to `other`.

    From an address that is nobody's only STUN is wanted: there, everything else costs a look.
    """

    def __init__(self, local: int, sock: socket.socket, clock: Clock, other: Other) -> None:
        self._local = local
        self._socket = sock
        self._now = clock.now
        self._other = other
        self._wide = sock.family == socket.AF_INET6
        self._legs: dict[tuple[str, int], LegIo] = {}
        self.unsent = self.unwanted = 0
        self._delays: list[int] = []
        self._until_timed = _TIMED
        sock.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        if _TIMESTAMP is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._readable)

    def __len__(self) -> int:
        return len(self._legs)

    def close(self) -> None:
        """Stop reading and close the socket."""
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._legs.clear()

    def bind(self, path: Path, leg: LegIo) -> None:
        """Datagrams from there are the leg's."""
        self._legs[path.address, path.port] = leg

    def unbind(self, path: Path, leg: LegIo) -> None:
        """The address is nobody's again, unless it is another leg's by now."""
        if self._legs.get((path.address, path.port)) is leg:
            del self._legs[path.address, path.port]

    def sender(self, path: Path) -> Callable[[bytes], None]:
        """A function that sends to one address."""
        address = (path.address, path.port)
        sendto = self._socket.sendto

        def send(data: bytes) -> None:
            try:
                sendto(data, address)
            except OSError:
                self.unsent += 1

        return send

    def _readable(self) -> None:
        receive = self._socket.recvmsg
        for _ in range(BATCH):
            try:
                data, ancillary, _, address = receive(_SIZE, _ANCILLARY)
            except OSError:
                return
            if self._wide:
                address = address[:2]
            leg = self._legs.get(address)
            if leg is not None and data and data[0] & 0xC0 == 0x80:
                now = self._now()
                if not ancillary:
                    leg.on_media(data, now, now)
                    continue
                arrived = _arrived(ancillary)
                leg.on_media(data, now, arrived)
                self._until_timed -= 1
                if not self._until_timed:
                    self._note_delay(arrived)
            elif data and (leg is not None or data[4:8] == COOKIE):
                self._other(Path("udp", self._local, address[0], address[1]), leg, data)
            else:
                self.unwanted += 1

    def _note_delay(self, arrived: int) -> None:
        """Everybody has been sent the packet: how long that took since the kernel had it."""
        self._until_timed = _TIMED
        if len(self._delays) < _TIMES:
            self._delays.append(max(0, kernel_time() - arrived))

    def take_delays(self) -> list[int]:
        """The times that were measured since the last call, in microseconds."""
        taken, self._delays = self._delays, []
        return taken


def _arrived(ancillary: list[tuple[int, int, bytes]]) -> int:
    """When the kernel took the datagram in, microseconds of its own clock.

    Feedback made from it is true even while this process is late.
    """
    seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
    return int(seconds * 1_000_000 + nanoseconds // 1000)
