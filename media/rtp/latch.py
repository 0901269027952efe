"""Where a leg's packets go, and whose are heard: symmetric RTP that cannot be taken over.

A phone behind a NAT sends from another place than its session description says. Its place is
learnt once, within a window, and only from the address that signalling named, unless the trunk is
known to sit behind a NAT. A leg that latches on anybody's packet can be listened to by anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.core.clock import SECOND, Micros

Address = tuple[str, int]
#: Where a packet may be learnt from: nowhere new, another port of the known hosts, anywhere.
Policy = Literal["never", "port", "nat"]
#: How long after it began, or was told of another address, a leg learns.
WINDOW = 10 * SECOND


@dataclass(slots=True)
class LatchCounts:
    """Packets that were not heard, and how often an address was learnt."""

    refused: int = 0
    latched: int = 0


class Latch:
    """Decides for each packet whether it is heard; `remote` is where ours go."""

    __slots__ = ("_hosts", "_latched", "_policy", "_until", "counts", "remote")

    def __init__(self, policy: Policy = "port") -> None:
        self._policy = policy
        self._hosts: frozenset[str] = frozenset()
        self._until = Micros(0)
        self._latched = False
        self.remote: Address | None = None
        self.counts = LatchCounts()

    def expect(self, remote: Address | None, now: Micros, *, signalled_from: str = "") -> None:
        """What an offer or answer says, and where it came from: from now on one may be learnt.

        The same address again, as in a re-INVITE, keeps what was learnt.
        """
        hosts = frozenset(host for host in (remote and remote[0], signalled_from) if host)
        if self._latched and hosts == self._hosts:
            return
        self.remote, self._hosts = remote, hosts
        self._until, self._latched = Micros(now + WINDOW), False

    def admits(self, source: Address, now: Micros) -> bool:
        """Whether a packet from here is heard; the first good one from elsewhere is learnt."""
        if source == self.remote:
            self._latched = True
            return True
        if self._may_learn(source, now):
            self.remote, self._latched = source, True
            self.counts.latched += 1
            return True
        self.counts.refused += 1
        return False

    def _may_learn(self, source: Address, now: Micros) -> bool:
        if self._latched or now >= self._until or self._policy == "never":
            return False
        return self._policy == "nat" or source[0] in self._hosts
