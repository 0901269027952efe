"""Passwords as argon2id hashes (RFC 9106), made and checked beside the event loop."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from signalling.domain.signing_in import password_bytes

#: Each takes 64 MiB and a core for a while; the others wait their turn.
_AT_ONCE = 2


class Passwords:
    """Makes and checks hashes, a few at a time and never on the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The hash of a password, with its salt and what it cost."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password_bytes(password))

    async def matches(self, known: str | None, password: str) -> bool:
        """Whether this is the password of a hash; without one, no, after as long a time."""
        if self._decoy is None:
            self._decoy = await self.hash("nobody has this password")
        async with self._turn:
            fits = await asyncio.to_thread(
                self._verify, self._decoy if known is None else known, password
            )
        return fits and known is not None

    def costs_more_now(self, known: str) -> bool:
        """Whether a hash was made more cheaply than one would be made today."""
        return self._hasher.check_needs_rehash(known)

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password_bytes(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
