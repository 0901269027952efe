"""The other ends of the forwarding benchmark, the same for every server: they send and count.

A leg that receives decrypts one packet in fifty; the rest is counted by what its header says.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from struct import Struct

import msgspec

from media.load.connection import Connection, Means
from media.load.histogram import Histogram
from media.load.outgoing import Outgoing
from media.load.sources import Pictures
from media.load.stamp import Stamp
from media.sfu import sdp
from media.sfu.datapath import rtcp_write, rtp
from media.sfu.datapath.arrivals import ArrivalLog
from media.sfu.datapath.rtcp import Report
from media.sfu.datapath.rtp import signed16
from media.sfu.datapath.srtp import SrtpError
from media.sfu.dtls import Identity
from media.sfu.ice_lite import Credentials
from media.sfu.sdp.types import TRANSPORT_CC
from media.sfu.timers import Timers
from offhook.core.clock import SECOND, Micros, SystemClock

#: What all servers negotiate, as nothing else is offered to them.
PROFILE = "SRTP_AEAD_AES_128_GCM"
_RECEIVER_SSRC = 1
_FEEDBACK_INTERVAL = 50_000
_REPORT_INTERVAL = SECOND
#: Of so many packets one is decrypted, for its stamp.
_OPENED = 50
#: SO_RCVBUFFORCE of Linux, for who may; bytes.
_FORCED_BUFFER, _BUFFER = 33, 4 << 20
_HEAD = Struct("!BBHII")
_U16 = Struct("!H")


class Load(msgspec.Struct, frozen=True):
    """Who sends what: `mutual` publishers see each other, else only subscribers see them."""

    publishers: int
    subscribers: int
    kind: str
    packets_per_second: float
    burst: int = 1
    mutual: bool = False

    @property
    def copies(self) -> int:
        """To how many legs each packet goes."""
        return self.publishers - 1 if self.mutual else self.subscribers

    @property
    def out(self) -> float:
        """Packets a second that the server sends."""
        return self.publishers * self.packets_per_second * self.copies


class Counted(msgspec.Struct):
    """What arrived between two marks; the delays in microseconds, sampled."""

    received: int = 0
    expected: int = 0
    delays: list[int] = []
    profiles: list[str] = []


def means() -> Means:
    """Certificate, context and timers of one process of clients."""
    clock = SystemClock()
    identity = Identity(clock.now())
    return Means(identity, identity.context([PROFILE]), Timers(clock), Random())


def credentials(randomness: Random) -> Credentials:
    """Fresh names for ICE."""
    return Credentials(randomness.randbytes(4).hex(), randomness.randbytes(16).hex())


class Bursts(Pictures):
    """Pictures of `burst` packets each, as often as the rate asks for."""

    def __init__(self, stream: Outgoing, load: Load) -> None:
        super().__init__(stream, load.packets_per_second)
        self.interval = round(SECOND * load.burst / load.packets_per_second)
        self._per_frame = load.burst


@dataclass(slots=True)
class _Stream:
    """One stream by its SSRC: numbers since the last mark."""

    highest: int
    base: int
    received: int = 0
    #: Where the transport-wide number stands in the packet; 0: nowhere.
    number_at: int = 0
    stamps: Histogram = field(default_factory=Histogram)


class Sink(Connection):
    """A receiving leg that counts; with `feedback` it also reports arrivals, as browsers do."""

    def __init__(self, means: Means, *, feedback: bool, heard: Callable[[], None]) -> None:
        super().__init__(means, credentials(means.randomness))
        self._clock = means.timers
        self._streams: dict[int, _Stream] = {}
        self._feedback = feedback
        self._heard = heard
        self._arrivals = ArrivalLog()
        self._transport_id: int | None = None
        self._until_opened = means.randomness.randrange(1, _OPENED)
        self.delays: list[int] = []

    @property
    def streams(self) -> int:
        """How many streams have been heard."""
        return len(self._streams)

    def expect(self, offered: sdp.Description) -> None:
        """Learn where transport-wide numbers are; without feedback they are passed over."""
        numbers = (line.extension(TRANSPORT_CC) for line in offered.media)
        if self._feedback:
            self._transport_id = next((n for n in numbers if n is not None), None)

    def mark(self) -> None:
        """Count from now on."""
        self.delays.clear()
        for stream in self._streams.values():
            stream.base, stream.received = stream.highest, 0

    def counted(self) -> Counted:
        """What came since the mark."""
        streams = self._streams.values()
        return Counted(
            sum(stream.received for stream in streams),
            sum(stream.highest - stream.base for stream in streams),
            list(self.delays),
            [self.profile],
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop: what waits while this process is late must not be lost."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop."""
        if len(data) > 12 and data[0] & 0xC0 == 0x80 and not 192 <= data[1] <= 223:
            self._count(data)
        else:
            super().datagram_received(data, addr)

    def _count(self, data: bytes) -> None:
        _, _, sequence, _, ssrc = _HEAD.unpack_from(data)
        stream = self._streams.get(ssrc)
        if stream is None:
            stream = self._first(ssrc, sequence, data)
        ahead = signed16(sequence - stream.highest)
        if ahead > 0:
            stream.highest += ahead
        stream.received += 1
        if stream.number_at:
            self._note_arrival(_U16.unpack_from(data, stream.number_at)[0])
        self._until_opened -= 1
        if not self._until_opened:
            self._open(data)

    def _first(self, ssrc: int, sequence: int, data: bytes) -> _Stream:
        start = sequence + 0x10000
        stream = self._streams[ssrc] = _Stream(start - 1, start - 1)
        if self._transport_id is not None:
            stream.number_at = _element(data, self._transport_id)
        if len(self._streams) == 1:
            self._report(self._clock.now())
        self._heard()
        return stream

    def _open(self, data: bytes) -> None:
        self._until_opened = _OPENED
        if self.srtp is None:
            return
        try:
            stamp = Stamp.parse(self.srtp.unprotect(data))
        except SrtpError:
            self.unreadable += 1
        else:
            if stamp is not None:
                self.delays.append(self._clock.now() - stamp.made)

    # feedback

    def _note_arrival(self, number: int) -> None:
        now = self._clock.now()
        if self._arrivals.add(number, now):
            self._clock.at(now + _FEEDBACK_INTERVAL, self._send_feedback)

    def _send_feedback(self, _now: Micros) -> None:
        data = self._arrivals.feedback(_RECEIVER_SSRC, next(iter(self._streams), 0))
        if data is not None:
            self.send_rtcp(data)

    def _report(self, now: Micros) -> None:
        """Receiver reports once a second: all is well."""
        if self.closed:
            return
        blocks = [
            Report(ssrc, 0, 0, stream.highest & 0xFFFFFFFF, 0, 0, 0)
            for ssrc, stream in list(self._streams.items())[:31]
        ]
        self.send_rtcp(rtcp_write.receiver_report(_RECEIVER_SSRC, blocks))
        self._clock.at(now + _REPORT_INTERVAL, self._report)


def _element(data: bytes, wanted: int) -> int:
    """Where the value of a one-byte header element stands in a packet; 0 without it (RFC 8285)."""
    if wanted not in rtp.parse(data).extensions:
        return 0
    at = 12 + 4 * (data[0] & 15) + 4
    while data[at] >> 4 != wanted:
        at += 1 if data[at] == 0 else 2 + (data[at] & 15)
    return at + 1


async def until(changed: asyncio.Event, ready: Callable[[], bool], limit: float) -> None:
    """Wait until something is so; raise `TimeoutError` when it takes longer than `limit`."""
    async with asyncio.timeout(limit):
        while not ready():
            changed.clear()
            await changed.wait()
