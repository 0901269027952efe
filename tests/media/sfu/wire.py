"""The browser's end of one connection, written by hand over loopback UDP: ICE, DTLS, SRTP.

The light client of load tests, taken step by step; it keeps all it hears, and loses what a test
tells it to lose, on the way out or in.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

from media.load.connection import Connection, Means
from media.sfu import sdp
from media.sfu.datapath import rtcp, rtp
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.dtls import ALL_PROFILES, Identity
from media.sfu.ice_lite import Credentials
from media.sfu.timers import Timers
from offhook.core.clock import Micros, SystemClock


class Wire(Connection):
    """One connection; `rtp` and `rtcp` are what arrived in plain."""

    def __init__(
        self, profiles: Sequence[str] = ALL_PROFILES, identity: Identity | None = None
    ) -> None:
        self.identity = identity or Identity(Micros(1_800_000_000_000_000))
        context, timers = self.identity.context(profiles), Timers(SystemClock())
        means = Means(self.identity, context, timers, random.SystemRandom())
        super().__init__(means, Credentials("wire", "w" * 22))
        self.rtp: list[RtpPacket] = []
        self.rtcp: list[rtcp.Message] = []
        self.on_rtp: Callable[[RtpPacket], None] = lambda _: None
        self.on_rtcp: Callable[[rtcp.Message], None] = lambda _: None
        self.take_rtp, self.take_rtcp = self._keep_rtp, self._keep_rtcp
        self._changed = asyncio.Event()

    async def connect(self, remote: sdp.Transport) -> None:
        """Check, nominate, shake hands; raise TimeoutError when that does not work."""
        self.meet(remote)
        if self._transport is None:
            await self.open()
        await self.establish()

    async def establish(self) -> None:
        """Check, nominate and shake hands on the open socket."""
        async with asyncio.timeout(5):
            self.check()
            await self.until(lambda: self.answers > 0)
            self.begin()
            await self.until(lambda: self.srtp is not None)

    def send_rtp(self, packet: RtpPacket | bytes) -> None:
        """Protect and send a packet; the connection must be up."""
        assert self.srtp is not None
        super().send_rtp(packet if isinstance(packet, bytes) else rtp.build(packet))

    def _keep_rtp(self, data: bytes) -> None:
        packet = rtp.parse(data)
        self.rtp.append(packet)
        self.on_rtp(packet)

    def _keep_rtcp(self, data: bytes) -> None:
        for message in rtcp.parse(data):
            self.rtcp.append(message)
            self.on_rtcp(message)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop; what cannot be read fails the test."""
        super().datagram_received(data, addr)
        assert not self.unreadable
        self._changed.set()

    async def until(self, true: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until what arrives has made something true."""
        async with asyncio.timeout(within):
            while not true():
                self._changed.clear()
                await self._changed.wait()
