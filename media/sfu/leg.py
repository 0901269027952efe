"""One browser connection: its ICE, its DTLS, its consent; packets themselves are the datapath's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import structlog
from OpenSSL import SSL

from media.sfu import ice_lite, sdp
from media.sfu.datapath.plans import LegNumber, Path
from media.sfu.datapath.port import Datapath, Delivery
from media.sfu.dtls import DtlsError, DtlsServer
from media.sfu.ice_lite import Credentials, IceLite
from media.sfu.stun import BindingRequest
from media.sfu.timers import Alarm, Timers
from offhook.core.bucket import Bucket
from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.media import Direction

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

LostReason = Literal["consent_expired", "closed_by_peer", "handshake_failed", "flooding"]
#: Datagrams kept when the browser's handshake is faster than its answer.
EARLY = 8
#: A leg whose handshake is not done by then has failed (microseconds).
HANDSHAKE_WITHIN = 30 * SECOND
#: DTLS datagrams of one leg that are read at once, and each second; the rest are lost.
DTLS_BURST = 200
DTLS_PER_SECOND = 20


class Owner(Protocol):
    """Hears how a leg fares; after `leg_lost` it closes the leg."""

    def leg_connected(self, leg: Leg) -> None:
        """ICE and DTLS are done."""
        ...

    def leg_lost(self, leg: Leg, reason: LostReason) -> None:
        """The browser is gone, or could never be reached."""
        ...

    def leg_delivered(self, delivery: Delivery, now: Micros) -> None:
        """A window of what arrived at the browser is over."""
        ...


@dataclass(frozen=True, slots=True)
class LegParts:
    """What every leg of a node is built from."""

    datapath: Datapath
    timers: Timers
    context: SSL.Context
    fingerprint: tuple[str, str]
    candidates: tuple[str, ...]
    ufrags: dict[str, Leg]
    new_credentials: Callable[[], Credentials]
    #: Called once a leg is connected.
    settled: Callable[[LegNumber], None]


class Leg:
    """It registers its names with the node and takes them back when it closes."""

    def __init__(self, number: LegNumber, direction: Direction, parts: LegParts) -> None:
        self.number = number
        self.direction = direction
        self.owner: Owner | None = None
        self.ice = IceLite(parts.new_credentials())
        self.connected = False
        self.profile: str | None = None
        self._parts = parts
        self._dtls: DtlsServer | None = None
        self._fingerprints: tuple[tuple[str, str], ...] = ()
        self._early: list[tuple[Path, bytes]] = []
        self._handshake_path: Path | None = None
        self._retransmit: Alarm | None = None
        self._closed = False
        self._born = parts.timers.now()
        self._dtls_left = Bucket(DTLS_PER_SECOND, DTLS_BURST, self._born)
        parts.ufrags[self.ice.credentials.ufrag] = self
        parts.datapath.add_leg(number)
        self._consent = parts.timers.after(ice_lite.CONSENT, self._check_consent)

    # control

    def transport(self) -> sdp.Transport:
        """What our descriptions say of this leg."""
        names, parts = self.ice.credentials, self._parts
        return sdp.Transport(
            names.ufrag,
            names.password,
            (parts.fingerprint,),
            "actpass",
            ice_lite=True,
            candidates=parts.candidates,
        )

    @property
    def expecting(self) -> bool:
        """Whether the browser's certificate is known."""
        return bool(self._fingerprints)

    def knows(self, fingerprints: Sequence[tuple[str, str]]) -> bool:
        """Whether these are the fingerprints of the browser behind this leg."""
        return bool(set(fingerprints) & set(self._fingerprints))

    def expect(self, fingerprints: Sequence[tuple[str, str]]) -> None:
        """The browser's certificate is known: the handshake may go on."""
        if self._fingerprints or self._closed:
            return
        self._fingerprints = tuple(fingerprints)
        early, self._early = self._early, []
        for path, datagram in early:
            self.on_dtls(path, datagram)

    def restart(self) -> None:
        """Take new ICE names on the same leg, with the same DTLS association."""
        if self.ice.previous is not None:
            self._parts.ufrags.pop(self.ice.previous.ufrag, None)
        self.ice.restart(self._parts.new_credentials())
        self._parts.ufrags[self.ice.credentials.ufrag] = self

    def close(self) -> None:
        """Say goodbye to the browser, and take everything back; twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self.connected = False
        self._consent.cancel()
        if self._retransmit is not None:
            self._retransmit.cancel()
        if self._dtls is not None:
            self._transmit(self._dtls.close())
        for names in (self.ice.credentials, self.ice.previous):
            if names is not None:
                self._parts.ufrags.pop(names.ufrag, None)
        self._parts.datapath.remove_leg(self.number)

    # from the datapath

    def on_stun(self, request: BindingRequest, path: Path, now: Micros) -> bool:
        """Answer a check; the address it came from is the leg's from now on.

        False, and no answer, when it was not made with our password.
        """
        before, previous = self.ice.path, self.ice.previous
        reply = self.ice.handle(request, path, now)
        if reply is None:
            return False
        datapath = self._parts.datapath
        datapath.bind(self.number, path)
        datapath.send(path, reply)
        if previous is not None and self.ice.previous is None:
            self._parts.ufrags.pop(previous.ufrag, None)
        if self.ice.path is not None and self.ice.path != before:
            datapath.route(self.number, self.ice.path)
        return True

    def on_path_lost(self, path: Path) -> None:
        """A TCP connection has ended."""
        self.ice.lose(path)

    def on_dtls(self, path: Path, datagram: bytes) -> None:
        """Take a handshake datagram; answer where it came from.

        The browser may not have nominated a path yet, or may be trying several.
        """
        if not self._fingerprints:
            if len(self._early) < EARLY:
                self._early.append((path, datagram))
            return
        now = self._parts.timers.now()
        if self._closed or self._dtls_left.left(now) < 1:
            return
        self._dtls_left.use(now)
        if self._dtls is None:
            self._dtls = DtlsServer(self._parts.context, self._fingerprints)
        self._handshake_path = path
        self._shake(self._dtls, datagram)

    def _shake(self, dtls: DtlsServer, datagram: bytes) -> None:
        try:
            self._transmit(dtls.receive(datagram))
        except DtlsError as error:
            self._fail(error)
            return
        self._arm()
        if dtls.keys is not None and not self.connected and not dtls.closed:
            self._connect(dtls)
        if dtls.closed:
            self._lose("closed_by_peer")

    def _connect(self, dtls: DtlsServer) -> None:
        if dtls.keys is None:
            return
        self.connected = True
        self.profile = dtls.keys.profile
        self._parts.settled(self.number)
        self._parts.datapath.secure(self.number, dtls.keys)
        if self.owner is not None:
            self.owner.leg_connected(self)

    def _transmit(self, datagrams: Sequence[bytes]) -> None:
        path = self._handshake_path or self.ice.path
        if path is not None:
            for datagram in datagrams:
                self._parts.datapath.send(path, datagram)

    def _arm(self) -> None:
        if self._retransmit is not None:
            self._retransmit.cancel()
            self._retransmit = None
        delay = self._dtls.timeout() if self._dtls else None
        if delay is not None:
            self._retransmit = self._parts.timers.after(round(delay * SECOND), self._expire)

    def _expire(self, _now: Micros) -> None:
        if self._dtls is None:
            return
        try:
            self._transmit(self._dtls.expire())
        except DtlsError as error:
            self._fail(error)
        else:
            self._arm()

    def _fail(self, error: DtlsError) -> None:
        log.info("handshake failed", leg=self.number, error=str(error))
        self._lose("handshake_failed")

    def on_flood(self) -> None:
        """The browser, or who has its keys, sends far more than anybody needs to."""
        log.warning("flood ended", leg=self.number, path=str(self.ice.path))
        self._lose("flooding")

    def on_delivery(self, delivery: Delivery) -> None:
        """A window of what arrived at the browser is over."""
        if self.owner is not None:
            self.owner.leg_delivered(delivery, self._parts.timers.now())

    # consent

    def _check_consent(self, now: Micros) -> None:
        """Runs when the leg could be lost at the earliest."""
        due = (self.ice.last_check or self._born) + ice_lite.CONSENT
        if now >= due:
            self._lose("consent_expired")
        elif not self.connected and now >= self._born + HANDSHAKE_WITHIN:
            self._lose("handshake_failed")
        else:
            self._consent = self._parts.timers.at(due, self._check_consent)

    def _lose(self, reason: LostReason) -> None:
        if not self._closed and self.owner is not None:
            self.owner.leg_lost(self, reason)
