"""Replies to requests that carry an Idempotency-Key: given once, repeated for a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from offhook.core.ids import AccountId
from offhook.core.store.idempotency import StoredReply, claim, release, remember
from signalling.services.parts import Parts

_SEALED = b"idempotency"


@dataclass(frozen=True, slots=True)
class Repeatable:
    """One request that may come again."""

    account: AccountId
    key: str
    digest: bytes


class Repeats:
    """Claims keys and remembers replies; bodies are sealed, because some hold a secret."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def claim(
        self, account: AccountId, key: str, request: bytes
    ) -> tuple[Repeatable, StoredReply | None]:
        """Take a key, or find the reply that it got before; raises `Conflict`."""
        asked = Repeatable(account, key, hashlib.sha256(request).digest())
        now = self._parts.clock.now()
        found = await self._parts.store.write(lambda c: claim(c, account, key, asked.digest, now))
        if found is not None:
            body = self._parts.sealer.open(found.body, _SEALED)
            found = StoredReply(status=found.status, body=body, headers=found.headers)
        return asked, found

    def remember(self, connection: Any, asked: Repeatable, reply: StoredReply) -> None:
        """Keep a reply, in the transaction of what it tells."""
        sealed = StoredReply(
            status=reply.status,
            body=self._parts.sealer.seal(reply.body, _SEALED),
            headers=reply.headers,
        )
        now = self._parts.clock.now()
        remember(connection, asked.account, asked.key, asked.digest, sealed, now)

    async def keep(self, asked: Repeatable, reply: StoredReply) -> None:
        """Keep a reply in a transaction of its own."""
        await self._parts.store.write(lambda c: self.remember(c, asked, reply))

    async def release(self, asked: Repeatable) -> None:
        """Give a key back whose request failed."""
        await self._parts.store.write(lambda c: release(c, asked.account, asked.key))
