"""What strangers, newcomers and publishers may cost a media node, and who has gone beyond. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from offhook.core.bucket import Bucket, Buckets
from offhook.core.errors import RateLimited

#: Checks of one address that name nobody or are not signed, each second and at once.
STRANGE_CHECKS = 500
STRANGE_BURST = 1000
#: Addresses that are remembered; who is forgotten begins anew.
STRANGERS = 4096
#: Connections of one participant in one direction that are begun at once, and each second.
LEG_BURST = 10
LEGS_PER_SECOND = 0.5
#: Seconds after which it is worth asking again when too many are connecting.
_TRY_AGAIN = 5.0


class Strangers:
    """Addresses whose ICE checks failed; one that fails too often is not read for a while.

    Only checks from addresses that belong to no connection are counted, and a check that is right
    costs nothing: who is behind the same address is hindered only while it floods.
    """

    def __init__(self) -> None:
        self._failed = Buckets(STRANGE_CHECKS, STRANGE_BURST, STRANGERS)

    def __len__(self) -> int:
        return len(self._failed)

    def ignored(self, address: str, now: int) -> bool:
        """Whether checks from there are not worth reading now."""
        known = self._failed.known(address)
        return known is not None and known.left(now) < 1

    def failed(self, address: str, now: int) -> None:
        """A check from there was for nobody, or not signed."""
        self._failed.of(address, now).use(now)


@dataclass(frozen=True, slots=True)
class HalfOpenLimits:
    """Connections that are begun and not done, of one account and of the whole node."""

    account: int = 1500
    node: int = 4000


class HalfOpen:
    """Counts the connections that are begun and not done."""

    def __init__(self, limits: HalfOpenLimits) -> None:
        self._limits = limits
        self._accounts: dict[int, str] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._accounts)

    def require_room(self, account: str) -> None:
        """Raise `RateLimited` (`too_many_connecting`) when no more may be begun."""
        limits = self._limits
        if len(self) >= limits.node or self._counts[account] >= limits.account:
            raise RateLimited(
                "Too many people are connecting just now; try again in a moment.",
                code="too_many_connecting",
                retry_after=_TRY_AGAIN,
            )

    def begun(self, leg: int, account: str) -> None:
        """A connection was begun."""
        self._accounts[leg] = account
        self._counts[account] += 1

    def over(self, leg: int) -> None:
        """It is done or gone; twice does no harm."""
        account = self._accounts.pop(leg, None)
        if account is None:
            return
        self._counts[account] -= 1
        if not self._counts[account]:
            del self._counts[account]


class Beginnings:
    """How often one participant may begin a connection in one direction."""

    def __init__(self, half_open: HalfOpen, account: str, now: int) -> None:
        self._half_open = half_open
        self._account = account
        self._bucket = Bucket(LEGS_PER_SECOND, LEG_BURST, now)

    def require(self, now: int) -> None:
        """Use one; raise `RateLimited` (`too_many_connecting`, `too_many_connections`)."""
        self._half_open.require_room(self._account)
        left = self._bucket.left(now)
        if left < 1:
            raise RateLimited(
                "You begin new connections too often; wait a moment.",
                code="too_many_connections",
                retry_after=round((1 - left) / LEGS_PER_SECOND, 1),
            )
        self._bucket.use(now)
