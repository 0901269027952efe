"""Accounts and their API keys, as rows; the secrets of keys are sealed under the master key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.ids import AccountId, ApiKeyId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import account_settings, accounts, api_keys

#: The setting that names the key with which the server signs tokens of an account itself.
_INTERNAL = "internal_key"

_ACCOUNT = Prepared(
    select(accounts.c.account_id).where(accounts.c.name == bindparam("account_name"))
)
_ACCOUNT_INSERT = insert(accounts)
_INTERNAL_OF = Prepared(
    select(account_settings.c.value).where(
        account_settings.c.account_id == bindparam("account"), account_settings.c.name == _INTERNAL
    )
)
_SETTING_INSERT = insert(account_settings)
_SETTING = Prepared(
    select(account_settings.c.value).where(
        account_settings.c.account_id == bindparam("account"),
        account_settings.c.name == bindparam("setting"),
    )
)
_NAME = Prepared(select(accounts.c.name).where(accounts.c.account_id == bindparam("account")))
_UNSET = Prepared(
    delete(account_settings).where(
        account_settings.c.account_id == bindparam("account"),
        account_settings.c.name == bindparam("setting"),
    )
)


def _upsert(dialect: Any) -> Any:
    row = dialect.insert(account_settings)
    return row.on_conflict_do_update(
        index_elements=[account_settings.c.account_id, account_settings.c.name],
        set_={"value": row.excluded.value, "updated_at": row.excluded.updated_at},
    )


#: By dialect.
_UPSERT = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}

_MINE = api_keys.c.account_id == bindparam("account")
_INSERT = insert(api_keys)
_BY_ID = Prepared(
    select(api_keys).where(api_keys.c.key_id == bindparam("id"), api_keys.c.revoked_at.is_(None))
)
_PAGE = (
    select(api_keys)
    .where(
        _MINE,
        api_keys.c.revoked_at.is_(None),
        api_keys.c.key_id > bindparam("after"),
        api_keys.c.key_id != bindparam("internal"),
    )
    .order_by(api_keys.c.key_id)
    .limit(bindparam("limit"))
)
_REVOKE = update(api_keys).where(
    _MINE, api_keys.c.key_id == bindparam("id"), api_keys.c.revoked_at.is_(None)
)
_USED = Prepared(update(api_keys).where(_MINE, api_keys.c.key_id == bindparam("id")))


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that is not revoked, with its secret opened."""

    id: ApiKeyId
    account: AccountId
    name: str
    scopes: frozenset[str]
    secret: str
    created_at: Micros
    last_used_at: Micros | None


class Accounts:
    """The tables `accounts` and `account_settings`."""

    def by_name(self, connection: Connection, name: str) -> AccountId | None:
        """The account of this name."""
        found: AccountId | None = _ACCOUNT.scalar(connection, {"account_name": name})
        return found

    def insert(self, connection: Connection, id: AccountId, name: str, now: Micros) -> None:
        """Keep a new account."""
        connection.execute(_ACCOUNT_INSERT, {"account_id": id, "name": name, "created_at": now})

    def internal_key(self, connection: Connection, account: AccountId) -> ApiKeyId | None:
        """The key with which the server signs tokens of this account itself."""
        found: ApiKeyId | None = _INTERNAL_OF.scalar(connection, {"account": account})
        return found

    def set_internal_key(
        self, connection: Connection, account: AccountId, key: ApiKeyId, now: Micros
    ) -> None:
        """Say which key that is."""
        self.put_setting(connection, account, _INTERNAL, key, now)

    def setting(self, connection: Connection, account: AccountId, name: str) -> object:
        """What the account has set under this name; None when nothing."""
        return _SETTING.scalar(connection, {"account": account, "setting": name})

    def name_of(self, connection: Connection, account: AccountId) -> str:
        """What an account is called."""
        return str(_NAME.scalar_one(connection, {"account": account}))

    def set(
        self, connection: Connection, account: AccountId, name: str, value: object, now: Micros
    ) -> None:
        """Set something, whatever it was before; None: it is not set."""
        if value is None:
            _UNSET.run(connection, {"account": account, "setting": name})
            return
        row = {"account_id": account, "name": name, "value": value, "updated_at": now}
        connection.execute(_UPSERT[connection.dialect.name], row)

    def put_setting(
        self, connection: Connection, account: AccountId, name: str, value: object, now: Micros
    ) -> None:
        """Set something that is not set yet."""
        row = {"account_id": account, "name": name, "value": value, "updated_at": now}
        connection.execute(_SETTING_INSERT, row)

    def settle(
        self, connection: Connection, account: AccountId, name: str, value: object, now: Micros
    ) -> object:
        """What the account has set under this name, which is `value` when nothing was."""
        found = self.setting(connection, account, name)
        if found is None:
            self.put_setting(connection, account, name, value, now)
        return value if found is None else found


class ApiKeys:
    """The table `api_keys`."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def insert(self, connection: Connection, key: ApiKey) -> None:
        """Keep a new key."""
        row = {
            "key_id": key.id,
            "account_id": key.account,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "sealed_secret": self._sealer.seal(key.secret.encode(), key.id.encode()),
            "created_at": key.created_at,
        }
        connection.execute(_INSERT, row)

    def by_id(self, connection: Connection, id: str) -> ApiKey | None:
        """The key of this id, of whatever account, unless it is revoked."""
        row = _BY_ID.one_or_none(connection, {"id": id})
        return None if row is None else self._key(row)

    def page(
        self, connection: Connection, account: AccountId, after: str, limit: int
    ) -> list[ApiKey]:
        """The account's keys, oldest first, those behind the id `after`; not the internal one."""
        internal = _INTERNAL_OF.scalar(connection, {"account": account})
        asked = {"account": account, "internal": internal or "", "after": after, "limit": limit}
        found = connection.execute(_PAGE, asked)
        return [self._key(row) for row in found]

    def revoke(self, connection: Connection, account: AccountId, id: str, now: Micros) -> bool:
        """Revoke a key; False when the account has no such key."""
        asked = {"account": account, "id": id, "revoked_at": now}
        return connection.execute(_REVOKE, asked).rowcount == 1

    def used(self, connection: Connection, account: AccountId, id: str, now: Micros) -> None:
        """Note when a key was used last."""
        _USED.run(connection, {"account": account, "id": id, "last_used_at": now})

    def _key(self, row: Any) -> ApiKey:
        return ApiKey(
            id=row.key_id,
            account=row.account_id,
            name=row.name,
            scopes=frozenset(row.scopes),
            secret=self._sealer.open(row.sealed_secret, row.key_id.encode()).decode(),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
