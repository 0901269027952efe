"""How long a transaction waits for what: the timers A to M of RFC 3261 table 4 and RFC 6026."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.clock import SECOND


@dataclass(frozen=True, slots=True)
class Timers:
    """T1, T2 and T4 and all that follows from them; every time is in microseconds.

    `reliable` says that the transport delivers by itself (TCP, TLS, WebSocket): then nothing is
    sent again, and the waits for stray copies are zero.
    """

    #: The estimate of a round trip.
    t1: int = SECOND // 2
    #: The longest pause between two copies, but for an INVITE.
    t2: int = 4 * SECOND
    #: How long a message may stay in the network.
    t4: int = 5 * SECOND
    #: An INVITE that its user does not answer by then is answered with 100 (17.2.1).
    trying: int = SECOND // 5
    #: An INVITE to which its user has said nothing new for so long is answered with 408, as the
    #: proxies before us would: Timer C of 16.6, "MUST be larger than 3 minutes".
    c: int = 181 * SECOND

    @property
    def patience(self) -> int:
        """64*T1: Timers B, F, H, L and M, and how long a CANCEL may stay without effect (9.1)."""
        return 64 * self.t1

    def d(self, *, reliable: bool) -> int:
        """How long a client takes copies of the refusal of an INVITE (Timer D, 17.1.1.2)."""
        return 0 if reliable else max(32 * SECOND, self.patience)

    def i(self, *, reliable: bool) -> int:
        """How long a server takes copies of the ACK (Timer I, 17.2.1)."""
        return 0 if reliable else self.t4

    def j(self, *, reliable: bool) -> int:
        """How long a server takes copies of an answered request (Timer J, 17.2.2)."""
        return 0 if reliable else self.patience

    def k(self, *, reliable: bool) -> int:
        """How long a client takes copies of an answer (Timer K, 17.1.2.2)."""
        return 0 if reliable else self.t4

    def longer(self, interval: int) -> int:
        """The pause after `interval` where T2 bounds it: Timers E and G."""
        return min(2 * interval, self.t2)

    @property
    def slow(self) -> int:
        """When a request other than INVITE may be answered with 100 at the earliest.

        That is when the copies of the client have come to be T2 apart; an earlier 100 would make
        them rarer at once, and a lost answer would be missed for longer (RFC 4320 4.1).
        """
        interval, passed = self.t1, 0
        while interval < self.t2:
            passed, interval = passed + interval, self.longer(interval)
        return passed
