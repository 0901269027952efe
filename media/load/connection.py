"""One connection to the server without a browser: ICE checks, DTLS, SRTP over one UDP socket.

The client controls: it nominates with its first check, and checks again for consent (RFC 7675).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import cast

from OpenSSL import SSL

from media.load import checks
from media.sfu import sdp
from media.sfu.datapath.rtcp import RtcpError
from media.sfu.datapath.rtp import RtpError
from media.sfu.datapath.srtp import Srtp, SrtpError
from media.sfu.dtls import DtlsClient, DtlsError, Identity
from media.sfu.ice_lite import Credentials
from media.sfu.timers import Alarm, Timers
from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Unavailable

#: Whether a datagram is to be lost on purpose.
Lose = Callable[[bytes], bool]

#: Between checks until the first is answered (RFC 8445, section 14.3), and between those after.
CHECK_INTERVAL = 250_000
CONSENT_INTERVAL = 5 * SECOND
#: Without an answer for so long the connection is gone (RFC 7675, section 5.1).
CONSENT = 30 * SECOND
#: Checks that may still be answered.
_MOST_ASKED = 16


@dataclass(frozen=True, slots=True)
class Means:
    """What all connections of a process share: certificate, context made of it, timers."""

    identity: Identity
    context: SSL.Context
    timers: Timers
    randomness: Random


class Connection(asyncio.DatagramProtocol):
    """Up once the handshake is done; `take_rtp` and `take_rtcp` get what arrives, in plain."""

    def __init__(self, means: Means, names: Credentials) -> None:
        self.ufrag, self.password = names.ufrag, names.password
        self.srtp: Srtp | None = None
        self.profile = ""
        self.server: tuple[str, int] = ("", 0)
        self.answers = 0
        self.errors: list[int] = []
        self.unreadable = 0
        self.closed = False
        self.lose_out: Lose = lambda _: False
        self.lose_in: Lose = lambda _: False
        self.take_rtp: Callable[[bytes], None] = lambda _: None
        self.take_rtcp: Callable[[bytes], None] = lambda _: None
        self.on_up: Callable[[], None] = lambda: None
        self.on_down: Callable[[str], None] = lambda _: None
        self._means = means
        self._remote = sdp.Transport("", "", (), "")
        self._transport: asyncio.DatagramTransport | None = None
        self._dtls: DtlsClient | None = None
        self._asked: list[bytes] = []
        self._heard_at = 0
        self._checking: Alarm | None = None
        self._retransmit: Alarm | None = None

    # life

    def transport(self, setup: str) -> sdp.Transport:
        """What our description says."""
        prints = (self._means.identity.fingerprint,)
        return sdp.Transport(self.ufrag, self.password, prints, setup)

    def meet(self, remote: sdp.Transport) -> None:
        """Learn the server's names and its address; raise `Unavailable` without an UDP one."""
        self._remote = remote
        udp = (c.split() for c in remote.candidates if " udp " in c)
        words = next(udp, None)
        if words is None:
            raise Unavailable("the server offers no UDP address for media", code="no_candidate")
        self.server = (words[4], int(words[5]))

    async def open(self) -> None:
        """Take a socket towards the server."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=self.server)

    async def start(self, remote: sdp.Transport) -> None:
        """Begin to check and to shake hands; `on_up` is called when that is done."""
        self.meet(remote)
        await self.open()
        self._heard_at = self._means.timers.now()
        self._check_again(self._means.timers.now())

    @property
    def up(self) -> bool:
        """Whether packets can be sent."""
        return self.srtp is not None and not self.closed

    def close(self) -> None:
        """Say goodbye and close the socket; twice does no harm."""
        if self._dtls is not None and self._transport is not None:
            self._flush(self._dtls.close())
        self.vanish()

    def vanish(self) -> None:
        """Close the socket without a word."""
        for alarm in (self._checking, self._retransmit):
            if alarm is not None:
                alarm.cancel()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _lose(self, reason: str) -> None:
        if not self.closed:
            self.closed = True
            self.vanish()
            self.on_down(reason)

    # ICE

    def check(self, *, nominate: bool = True, password: str | None = None) -> None:
        """Send one binding request."""
        self.send(self.request(nominate=nominate, password=password))

    def request(self, *, nominate: bool = True, password: str | None = None) -> bytes:
        """A binding request to the server's names."""
        transaction = self._means.randomness.randbytes(12)
        self._asked = [*self._asked[1 - _MOST_ASKED :], transaction]
        names = self._remote.ufrag, self.ufrag
        return checks.request(
            transaction, names, password or self._remote.password, nominate=nominate
        )

    def _check_again(self, now: Micros) -> None:
        if now - self._heard_at >= CONSENT:
            self._lose("consent_expired")
            return
        self.check()
        interval = CONSENT_INTERVAL if self.answers else CHECK_INTERVAL
        self._checking = self._means.timers.at(now + interval, self._check_again)

    def _on_stun(self, data: bytes) -> None:
        answer = checks.Answer.parse(data)
        if answer is None or answer.transaction not in self._asked:
            return
        if answer.error is not None:
            self.errors.append(answer.error)
            return
        if not answer.signed_with(self._remote.password):
            return
        self.answers += 1
        self._heard_at = self._means.timers.now()
        if self._checking is not None and self._dtls is None:
            self.begin()

    # DTLS

    def begin(self) -> None:
        """Send the first flight of the handshake."""
        self._dtls = DtlsClient(self._means.context, self._remote.fingerprints)
        self._flush(self._dtls.begin())
        self._arm(self._dtls)

    def _on_dtls(self, data: bytes) -> None:
        dtls = self._dtls
        if dtls is None:
            return
        try:
            self._flush(dtls.receive(data))
        except DtlsError:
            self._lose("handshake_failed")
            return
        if dtls.keys is not None and self.srtp is None:
            self.srtp, self.profile = Srtp(dtls.keys), dtls.keys.profile
            self.on_up()
        if dtls.closed:
            self._lose("closed_by_server")
        else:
            self._arm(dtls)

    def _arm(self, dtls: DtlsClient) -> None:
        if self._retransmit is not None:
            self._retransmit.cancel()
            self._retransmit = None
        delay = dtls.timeout()
        if delay is not None:
            self._retransmit = self._means.timers.after(round(delay * SECOND), self._expire)

    def _expire(self, _now: Micros) -> None:
        if self._dtls is None:
            return
        try:
            self._flush(self._dtls.expire())
        except DtlsError:
            self._lose("handshake_failed")
        else:
            self._arm(self._dtls)

    def _flush(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self.send(datagram)

    # packets

    def send(self, data: bytes) -> None:
        """Send a datagram as it is, unless it is to be lost."""
        if self._transport is not None and not self.lose_out(data):
            self._transport.sendto(data)

    def send_rtp(self, data: bytes) -> None:
        """Protect and send a packet; without a connection it is dropped."""
        if self.srtp is not None:
            self.send(self.srtp.protect(data))

    def send_rtcp(self, data: bytes) -> None:
        """Protect and send RTCP; without a connection it is dropped."""
        if self.srtp is not None:
            self.send(self.srtp.protect_rtcp(data))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop."""
        if not data or self.lose_in(data):
            return
        if data[0] < 4:
            self._on_stun(data)
        elif data[0] < 64:
            self._on_dtls(data)
        elif self.srtp is not None:
            self._on_media(self.srtp, data)

    def _on_media(self, srtp: Srtp, data: bytes) -> None:
        try:
            if 192 <= data[1] <= 223:
                self.take_rtcp(srtp.unprotect_rtcp(data))
            else:
                self.take_rtp(srtp.unprotect(data))
        except (SrtpError, RtpError, RtcpError, IndexError):
            self.unreadable += 1
