"""Who may talk to the SIP port: decided from the address and the first bytes alone. Pure.

To parse and answer a message costs a hundred times what it costs to drop it, so what floods, scans
or is no SIP at all is dropped here (RFC 3261 26.3.2.4 leaves the means to the implementation).
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Container
from dataclasses import dataclass

from offhook.core.bucket import Buckets
from offhook.core.clock import SECOND, Micros

#: Programs that look for open relays and weak passwords say who they are; no telephone does.
_SCANNERS = re.compile(
    rb"friendly-scanner|sipvicious|sipcli|sip-scan|smap|sundayddr|pplsip|VaxSIPUserAgent"
    rb"|iWar|sipptk",
    re.IGNORECASE,
)
#: Where they say it: within the first headers.
_LOOKED_AT = 2048
#: A request line or a status line begins with a token; this many bytes hold the shortest message.
_LEAST = 24
_FIRST = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Messages that one address may send each second and at once; after `patience` dropped ones it
    is not listened to for `ban` seconds. At most `remembered` addresses are kept in mind."""

    rate: float = 500.0
    burst: int = 1_000
    patience: int = 2_000
    ban: int = 60
    remembered: int = 10_000


class Guard:
    """Drops what is not worth reading; counts it by reason.

    Addresses in `trusted` (those of trunks) are bounded by nothing here but the form.
    """

    def __init__(self, bounds: Bounds | None = None, trusted: Container[str] = ()) -> None:
        self._bounds = bounds or Bounds()
        self._trusted = trusted
        self._rates = Buckets(self._bounds.rate, self._bounds.burst, self._bounds.remembered)
        self._faults: OrderedDict[str, int] = OrderedDict()
        self._banned: OrderedDict[str, Micros] = OrderedDict()
        self.dropped: Counter[str] = Counter()

    def admits(self, data: bytes, address: str, now: Micros) -> bool:
        """Whether the message is to be parsed."""
        reason = self._refusal(data, address, now)
        if reason is None:
            return True
        self.dropped[reason] += 1
        if reason not in ("banned", "form"):
            self.fault(address, now)
        return False

    def admits_message(self, address: str, now: Micros) -> bool:
        """Whether one more message of a connection, which is parsed already, is to be taken."""
        reason = self._excess(address, now)
        if reason is None:
            return True
        self.dropped[reason] += 1
        self.fault(address, now)
        return False

    def fault(self, address: str, now: Micros, weight: int = 1) -> None:
        """Something that came from there was worth nothing: a flood, a scan, a wrong password."""
        if address in self._trusted:
            return
        count = self._faults.pop(address, 0) + weight
        if count >= self._bounds.patience:
            self._ban(address, now)
            return
        self._faults[address] = count
        if len(self._faults) > self._bounds.remembered:
            self._faults.popitem(last=False)

    def banned(self, address: str, now: Micros) -> bool:
        """Whether nothing that comes from there is read at the moment."""
        until = self._banned.get(address)
        if until is None:
            return False
        if now < until:
            return True
        del self._banned[address]
        return False

    def _refusal(self, data: bytes, address: str, now: Micros) -> str | None:
        if self.banned(address, now):
            return "banned"
        if len(data) < _LEAST or data[0] not in _FIRST:
            return "form"
        excess = self._excess(address, now)
        if excess is None and address not in self._trusted:
            return "scanner" if _SCANNERS.search(data, 0, _LOOKED_AT) else None
        return excess

    def _excess(self, address: str, now: Micros) -> str | None:
        """Whether there are too many messages from an address."""
        if address in self._trusted:
            return None
        bucket = self._rates.of(address, now)
        if bucket.left(now) < 1:
            return "flood"
        bucket.use(now)
        return None

    def _ban(self, address: str, now: Micros) -> None:
        self._banned[address] = Micros(now + self._bounds.ban * SECOND)
        self._banned.move_to_end(address)
        if len(self._banned) > self._bounds.remembered:
            self._banned.popitem(last=False)
