"""A subscriber whose own offer gave header extensions other numbers than ours (RFC 8285)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from media.sfu.datapath import rtcp
from media.sfu.datapath.subscription import Destination
from offhook.core.clock import Micros

#: Where the extensions of the packets that we write begin: behind two headers without CSRCs.
_FIRST = 16


def renumber(packet: bytes, numbers: Sequence[int]) -> bytes:
    """A packet of ours with its one-byte extensions under other numbers, `numbers` by our own.

    An extension whose number is 0 becomes padding: the subscriber did not ask for it.
    """
    out = bytearray(packet)
    at, end = _FIRST, _FIRST + 4 * (packet[14] << 8 | packet[15])
    while at < end:
        head = packet[at]
        if not head:
            at += 1
            continue
        following = at + 2 + (head & 15)
        number = numbers[head >> 4]
        if number:
            out[at] = number << 4 | head & 15
        else:
            out[at:following] = bytes(following - at)
        at = following
    return bytes(out)


class Dialect:
    """A `Destination` that renumbers what it sends on."""

    def __init__(self, subscriber: Destination, extensions: Sequence[tuple[int, int]]) -> None:
        self._subscriber = subscriber
        theirs = dict(extensions)
        self._numbers = tuple(theirs.get(ours, 0) for ours in range(16))

    @property
    def ready(self) -> bool:
        """Whether keys and path are known."""
        return self._subscriber.ready

    @property
    def send_rtp(self) -> Callable[[bytes], None]:
        """Renumbers, protects and sends one packet."""
        return self._send

    def _send(self, packet: bytes) -> None:
        self._subscriber.send_rtp(renumber(packet, self._numbers))

    def now(self) -> Micros:
        """The time of the datapath."""
        return self._subscriber.now()

    def next_transport(self, size: int, now: int) -> int:
        """The next transport-wide sequence number, for a packet of so many bytes."""
        return self._subscriber.next_transport(size, now)

    def may_repair(self, now: int) -> bool:
        """Whether one more packet may be sent again."""
        return self._subscriber.may_repair(now)

    def send_report(self, report: rtcp.SenderReport, cname: str) -> None:
        """Send a sender report with the name that joins audio and video."""
        self._subscriber.send_report(report, cname)
