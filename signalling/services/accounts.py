"""The account `main` of a fresh store, and what a demonstration needs in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from offhook.core.ids import AccountId, ApiKeyId
from offhook.core.policy import EVERYTHING
from signalling.domain.events import Settings
from signalling.domain.room import Room
from signalling.services.api_keys import ApiKeys
from signalling.services.parts import Parts
from signalling.stores.accounts import ApiKey
from signalling.stores.users import EXPIRY

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


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account. `password_days`: how long passwords last; None: for ever."""

    id: AccountId
    name: str
    password_days: int | None


class Accounts:
    """Makes accounts, and keeps what is set for all of one."""

    def __init__(self, parts: Parts, keys: ApiKeys) -> None:
        self._parts = parts
        self._keys = keys

    async def ensure(self, name: str = MAIN) -> AccountId:
        """The account of this name, made with a key of its own when there is none."""
        return await self._make(name, AccountId(self._parts.ids.new("AC")), None, None)

    async def get(self, account: AccountId) -> AccountRecord:
        """An account with its settings."""
        return await self._parts.store.read(lambda c: self._record(c, account))

    async def set_password_days(self, account: AccountId, days: int | None) -> AccountRecord:
        """How many days passwords last; None: for ever. Older ones must be changed at once."""
        now, kept = self._parts.clock.now(), self._parts.kept.accounts

        def change(connection: Any) -> AccountRecord:
            kept.set(connection, account, EXPIRY, days, now)
            return self._record(connection, account)

        log.info("account set", account=account, password_days=days)
        return await self._parts.store.write(change)

    def _record(self, connection: Any, account: AccountId) -> AccountRecord:
        kept = self._parts.kept.accounts
        days = kept.setting(connection, account, EXPIRY)
        name = kept.name_of(connection, account)
        return AccountRecord(account, name, days if isinstance(days, int) else None)

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
