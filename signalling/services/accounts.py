"""The account `main` of a fresh store, and what a demonstration needs in it."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from offhook.core.ids import AccountId, ApiKeyId
from offhook.core.policy import EVERYTHING
from signalling.domain.events import Settings
from signalling.domain.room import Room
from signalling.services.api_keys import ApiKeys
from signalling.services.parts import Parts
from signalling.stores.accounts import ApiKey

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MAIN = "main"
DEMO_ROOM = "demo"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made on an empty store; the secret is shown now and never again."""

    account: AccountId
    room: str
    key_id: ApiKeyId
    key_secret: str


class Accounts:
    """Makes accounts."""

    def __init__(self, parts: Parts, keys: ApiKeys) -> None:
        self._parts = parts
        self._keys = keys

    async def ensure(self, name: str = MAIN) -> AccountId:
        """The account of this name, made with a key of its own when there is none."""
        return await self._make(name, AccountId(self._parts.ids.new("AC")), None, None)

    async def seed(self) -> Seeded | None:
        """On an empty store make the account, a room and an API key; None when there is one."""
        parts, account = self._parts, AccountId(self._parts.ids.new("AC"))
        key = self._keys.draw(account, "demo", (EVERYTHING,))
        room = Room(
            id=parts.ids.new("RM"),
            account=account,
            name=DEMO_ROOM,
            settings=Settings(title="Demo", max_participants=parts.settings.max_participants),
            patience=parts.patience,
            now=parts.clock.now(),
        )
        if await self._make(MAIN, account, key, room) != account:
            return None
        log.info("demo data made", account=account, room=room.name)
        return Seeded(account, room.name, key.id, key.secret)

    async def _make(
        self, name: str, account: AccountId, key: ApiKey | None, room: Room | None
    ) -> AccountId:
        """Make it all in one transaction, unless the name is taken; return whose name it is."""
        kept = self._parts.kept
        internal = self._keys.draw(account, "internal", (EVERYTHING,))
        return await self._parts.store.write(
            lambda c: kept.create_account(c, name, internal, key, room)
        )
