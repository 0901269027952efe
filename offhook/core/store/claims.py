"""Claims: of all processes on one store, only one at a time does what a name stands for."""

from __future__ import annotations

import hashlib
import threading


class Claim:
    """The right to be the only one; `held` becomes false when it is released, or lost together
    with the connection to the database."""

    __slots__ = ("held", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.held = True


class Claims:
    """The claims that this process holds; to be used from any thread."""

    def __init__(self) -> None:
        self._held: dict[str, Claim] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> Claim | None:
        """The claim to a name; None while somebody of this process has it."""
        with self._lock:
            if name in self._held:
                return None
            claim = self._held[name] = Claim(name)
            return claim

    def give_back(self, claim: Claim) -> bool:
        """Let go of a claim; False when it was not held any more."""
        with self._lock:
            was_held, claim.held = claim.held, False
            if was_held:
                del self._held[claim.name]
            return was_held

    def lose_all(self) -> None:
        """None is held any more."""
        with self._lock:
            for claim in self._held.values():
                claim.held = False
            self._held.clear()


def lock_number(name: str) -> int:
    """The number of the advisory lock that stands for a name on PostgreSQL: 64 bits, signed."""
    digest = hashlib.blake2b(f"offhook {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
