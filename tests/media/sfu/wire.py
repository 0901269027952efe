"""The browser's end of one connection, written by hand over loopback UDP: ICE, DTLS, SRTP.

It loses what a test tells it to lose, on the way out or in; the product has no such hook.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from aioice import stun
from OpenSSL import SSL

from media.sfu import sdp
from media.sfu.datapath import rtcp, rtp
from media.sfu.datapath.plans import SrtpMaterial
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.srtp import Srtp, profile
from media.sfu.dtls import ALL_PROFILES, Identity, pack_records
from offhook.core.clock import Micros

Lose = Callable[[bytes], bool]


def as_client(keys: SrtpMaterial) -> Srtp:
    """The sessions of the DTLS client: ours are made for the server."""
    chosen, material = profile(keys.profile), keys.material
    key, salt = chosen.key, chosen.salt
    keys_part, salts = material[: 2 * key], material[2 * key : chosen.exported]
    swapped = keys_part[key:] + keys_part[:key] + salts[salt:] + salts[:salt]
    return Srtp(SrtpMaterial(keys.profile, swapped))


class Wire(asyncio.DatagramProtocol):
    """One connection; `rtp` and `rtcp` are what arrived in plain."""

    def __init__(
        self, profiles: Sequence[str] = ALL_PROFILES, identity: Identity | None = None
    ) -> None:
        self.identity = identity or Identity(Micros(1_800_000_000_000_000))
        self._connection = SSL.Connection(self.identity.context(profiles))
        self._connection.set_connect_state()
        self._connection.set_ciphertext_mtu(1200)
        self._transport: asyncio.DatagramTransport | None = None
        self._remote: sdp.Transport | None = None
        self.server: tuple[str, int] = ("", 0)
        self._changed = asyncio.Event()
        self.ufrag, self.password = "wire", "w" * 22
        self.srtp: Srtp | None = None
        self.profile = ""
        self.answers = 0
        self.errors: list[int] = []
        self.rtp: list[RtpPacket] = []
        self.rtcp: list[rtcp.Message] = []
        self.lose_out: Lose = lambda _: False
        self.lose_in: Lose = lambda _: False
        self.closed = False
        self.on_rtp: Callable[[RtpPacket], None] = lambda _: None
        self.on_rtcp: Callable[[rtcp.Message], None] = lambda _: None

    # life

    async def open(self) -> None:
        """Take a socket on the loopback address of the server's kind."""
        loop = asyncio.get_running_loop()
        host = "::1" if ":" in self.server[0] else "127.0.0.1"
        await loop.create_datagram_endpoint(lambda: self, local_addr=(host, 0))

    def transport(self, setup: str) -> sdp.Transport:
        """What our description says."""
        return sdp.Transport(self.ufrag, self.password, (self.identity.fingerprint,), setup)

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

    def meet(self, remote: sdp.Transport) -> None:
        """Learn the server's names and its address from its description."""
        self._remote = remote
        words = next(c for c in remote.candidates if " udp " in c).split()
        self.server = (words[4], int(words[5]))

    def close(self) -> None:
        """Say goodbye and close the socket."""
        if self._transport is not None:
            if self.srtp is not None:
                self._connection.shutdown()
                self._flush()
            self._transport.close()
            self._transport = None

    def vanish(self) -> None:
        """Close the socket without a word."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    # ICE

    def check(self, *, nominate: bool = True, password: str | None = None) -> None:
        """Send one binding request."""
        self.send(self.request(nominate=nominate, password=password))

    def request(self, *, nominate: bool = True, password: str | None = None) -> bytes:
        """A binding request to the server's names."""
        assert self._remote is not None
        attributes: dict[str, object] = {
            "USERNAME": f"{self._remote.ufrag}:{self.ufrag}",
            "PRIORITY": 1,
            "ICE-CONTROLLING": 1,
        }
        if nominate:
            attributes["USE-CANDIDATE"] = None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
        request.add_message_integrity((password or self._remote.password).encode())
        request.add_fingerprint()
        return bytes(request)

    def _on_stun(self, data: bytes) -> None:
        message = stun.parse_message(data)
        if message.message_class == stun.Class.RESPONSE:
            self.answers += 1
        else:
            self.errors.append(message.attributes["ERROR-CODE"][0])

    # DTLS

    def begin(self) -> None:
        """Send the first flight of the handshake."""
        self._handshake()

    def _handshake(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            pass
        else:
            self.profile = self._connection.get_selected_srtp_profile().decode()
            size = profile(self.profile).exported
            material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
            self.srtp = as_client(SrtpMaterial(self.profile, material))
        self._flush()

    def _flush(self) -> None:
        data = b""
        while True:
            try:
                data += self._connection.bio_read(65536)
            except SSL.WantReadError:
                break
        for datagram in pack_records(data):
            self.send(datagram)

    def _on_dtls(self, data: bytes) -> None:
        self._connection.bio_write(data)
        if self.srtp is None:
            self._handshake()
            return
        try:
            self._connection.recv(1200)
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.Error:
            return

    # packets

    def send(self, data: bytes) -> None:
        """Send a datagram as it is, unless it is to be lost."""
        if self._transport is not None and not self.lose_out(data):
            self._transport.sendto(data, self.server)

    def send_rtp(self, packet: RtpPacket) -> None:
        """Protect and send a packet."""
        assert self.srtp is not None
        self.send(self.srtp.protect(rtp.build(packet)))

    def send_rtcp(self, data: bytes) -> None:
        """Protect and send RTCP."""
        assert self.srtp is not None
        self.send(self.srtp.protect_rtcp(data))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the loop."""
        if self.lose_in(data):
            return
        if data[0] < 4:
            self._on_stun(data)
        elif data[0] < 64:
            self._on_dtls(data)
        elif self.srtp is not None:
            self._on_media(self.srtp, data)
        self._changed.set()

    def _on_media(self, srtp: Srtp, data: bytes) -> None:
        if 192 <= data[1] <= 223:
            for message in rtcp.parse(srtp.unprotect_rtcp(data)):
                self.rtcp.append(message)
                self.on_rtcp(message)
        else:
            packet = rtp.parse(srtp.unprotect(data))
            self.rtp.append(packet)
            self.on_rtp(packet)

    # waiting

    async def until(self, true: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until what arrives has made something true."""
        async with asyncio.timeout(within):
            while not true():
                self._changed.clear()
                await self._changed.wait()
