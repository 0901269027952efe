"""The account `main` of a fresh store, and what a demonstration needs in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from offhook.core.ids import AccountId, ApiKeyId
from offhook.core.policy import EVERYTHING
from signalling.domain.events import Settings
from signalling.domain.room import Room
from signalling.services.api_keys import ApiKeys
from signalling.services.demonstration import Demonstration, Staffed
from signalling.services.parts import Parts
from signalling.stores.accounts import ApiKey
from signalling.stores.users import EXPIRY

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

MAIN = "main"
DEMO_ROOM = "demo"


def _nothing(connection: object) -> None:
    """Adds nothing."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made on an empty store; the secret is shown now and never again."""

    account: AccountId
    room: str
    key_id: ApiKeyId
    key_secret: str
    staff: tuple[Staffed, ...] = ()


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

    async def seed(self, demonstration: Demonstration | None = None) -> Seeded | None:
        """On an empty store make the account, a room, an API key and, where there is a
        `demonstration` of it, a contact centre; None when there is an account."""
        kept = self._parts.kept.accounts
        if await self._parts.store.read(lambda c: kept.by_name(c, MAIN)) is not None:
            return None
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
        centre = None if demonstration is None else await demonstration.draw(account)

        def add(connection: Any) -> None:
            if demonstration is not None and centre is not None:
                demonstration.keep(connection, centre)

        if await self._make(MAIN, account, key, room, add) != account:
            return None
        log.info("demo data made", account=account, room=room.name)
        staff = () if centre is None else centre.staff
        return Seeded(account, room.name, key.id, key.secret, staff)

    async def _make(
        self,
        name: str,
        account: AccountId,
        key: ApiKey | None,
        room: Room | None,
        add: Callable[[Any], None] = _nothing,
    ) -> AccountId:
        """Make it all, and what `add` adds, in one transaction, unless the name is taken; return
        whose name it is."""
        kept = self._parts.kept
        internal = self._keys.draw(account, "internal", (EVERYTHING,))
        return await self._parts.store.write(
            lambda c: kept.create_account(c, name, internal, key, room, add)
        )
