"""What accounts set up, as rows of one table: sites, queues, agents and the like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.ids import AccountId, ConfiguredId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.webhooks.webhook import Secret
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.kinds import BY_NOUN
from signalling.stores.configured_tables import configurations, configured
from signalling.stores.users import User

S = TypeVar("S", bound=Struct)

_LIVE = configured.c.deleted_at.is_(None)
_OF_ACCOUNT = (configured.c.account_id == bindparam("account"), _LIVE)
_OF_KIND = (*_OF_ACCOUNT, configured.c.kind == bindparam("noun"))
_THIS = configured.c.configured_id == bindparam("id")

_INSERT = insert(configured)
_BY_ID = Prepared(select(configured).where(*_OF_KIND, _THIS))
_BY_NAME = Prepared(select(configured).where(*_OF_KIND, configured.c.name == bindparam("called")))
_BY_ONLY_ONE = Prepared(
    select(configured).where(*_OF_KIND, configured.c.only_one == bindparam("one"))
)
_BY_KEY = Prepared(select(configured).where(_LIVE, configured.c.public_key == bindparam("key")))
_PAGE = Prepared(
    select(configured)
    .where(*_OF_KIND, configured.c.configured_id > bindparam("after"))
    .order_by(configured.c.configured_id)
    .limit(bindparam("limit"))
)
_ALL = Prepared(select(configured).where(*_OF_ACCOUNT).order_by(configured.c.configured_id))
_COUNT = Prepared(select(func.count()).select_from(configured).where(*_OF_KIND))
_SAVE = Prepared(update(configured).where(_THIS, _LIVE, configured.c.revision == bindparam("was")))
_SET = Prepared(update(configured).where(_THIS, _LIVE))
_VERSION = Prepared(
    select(configurations.c.version).where(configurations.c.account_id == bindparam("account"))
)


def _count_up(dialect: Any) -> Prepared:
    count = dialect.insert(configurations).values(account_id=bindparam("account"), version=1)
    counted = count.on_conflict_do_update(
        index_elements=[configurations.c.account_id],
        set_={"version": configurations.c.version + 1},
    )
    return Prepared(counted.returning(configurations.c.version))


#: By dialect. On PostgreSQL the row's lock makes those who change an account's objects take turns.
_COUNT_UP = {"sqlite": _count_up(sqlite), "postgresql": _count_up(postgresql)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured(Generic[S]):
    """An object of an account. `secrets`, the newest first, and `key` are a site's; `user` is who
    an agent is. `revision` grows with each change."""

    id: ConfiguredId
    account: AccountId
    name: str
    body: S
    created_at: Micros
    updated_at: Micros
    revision: int = 1
    key: str | None = None
    secrets: tuple[Secret, ...] = ()
    user: User | None = None

    def signing(self, now: Micros) -> list[str]:
        """The secrets that count now, the newest first."""
        return [s.text for s in self.secrets if s.until is None or s.until > now]

    def rotated(self, text: str, until: Micros) -> Configured[S]:
        """With a new secret; the one before counts until then, and none that is older."""
        before = [replace(secret, until=until) for secret in self.secrets[:1]]
        return replace(self, secrets=(Secret(text), *before))


class ConfiguredRows:
    """The tables `configured` and `configurations`; what is deleted is not there for anybody."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def take_turn(self, connection: Connection, account: AccountId) -> int:
        """Count a change of the account's objects: of units that do so side by side one counts, and
        the others are run again. Returns the new version."""
        return int(_COUNT_UP[connection.dialect.name].scalar_one(connection, {"account": account}))

    def version(self, connection: Connection, account: AccountId) -> int:
        """How often the account's objects were changed."""
        return int(_VERSION.scalar(connection, {"account": account}) or 0)

    def insert(self, connection: Connection, kind: Kind[S], new: Configured[S]) -> None:
        """Keep a new object."""
        row = {
            "configured_id": new.id,
            "account_id": new.account,
            "kind": kind.noun,
            "public_key": new.key,
            "created_at": new.created_at,
        }
        connection.execute(_INSERT, row | self._changeable(kind, new))

    def save(self, connection: Connection, kind: Kind[S], changed: Configured[S], was: int) -> bool:
        """Keep what was changed; False when the revision is not `was` any more."""
        asked = {"id": changed.id, "was": was}
        return _SAVE.run(connection, asked | self._changeable(kind, changed)) == 1

    def delete(self, connection: Connection, id: ConfiguredId, now: Micros) -> None:
        """Delete it; its name is kept for what was done with it, its secrets are not."""
        _SET.run(connection, {"id": id, "deleted_at": now, "sealed_secrets": None})

    def by_id(
        self, connection: Connection, account: AccountId, kind: Kind[S], id: str
    ) -> Configured[S] | None:
        """The account's object of this kind and id."""
        asked = {"account": account, "noun": kind.noun, "id": id}
        return self._one(kind, _BY_ID.one_or_none(connection, asked))

    def by_name(
        self, connection: Connection, account: AccountId, kind: Kind[S], name: str
    ) -> Configured[S] | None:
        """The account's object of this kind and name."""
        asked = {"account": account, "noun": kind.noun, "called": name}
        return self._one(kind, _BY_NAME.one_or_none(connection, asked))

    def by_only_one(
        self, connection: Connection, account: AccountId, kind: Kind[S], one: str
    ) -> Configured[S] | None:
        """The account's object of this kind that has what only one may have."""
        asked = {"account": account, "noun": kind.noun, "one": one}
        return self._one(kind, _BY_ONLY_ONE.one_or_none(connection, asked))

    def by_key(self, connection: Connection, kind: Kind[S], key: str) -> Configured[S] | None:
        """The object with this public key, of whatever account."""
        return self._one(kind, _BY_KEY.one_or_none(connection, {"key": key}))

    def page(
        self, connection: Connection, account: AccountId, kind: Kind[S], after: str, limit: int
    ) -> list[Configured[S]]:
        """The account's objects of a kind, oldest first, those behind the id `after`."""
        asked = {"account": account, "noun": kind.noun, "after": after, "limit": limit}
        return [self._object(kind, row) for row in _PAGE.all(connection, asked)]

    def all(
        self, connection: Connection, account: AccountId
    ) -> list[tuple[Kind[Any], Configured[Any]]]:
        """All objects of an account, with their kinds."""
        rows = _ALL.all(connection, {"account": account})
        return [(BY_NOUN[row.kind], self._object(BY_NOUN[row.kind], row)) for row in rows]

    def count(self, connection: Connection, account: AccountId, kind: Kind[S]) -> int:
        """How many of a kind the account has."""
        return int(_COUNT.scalar_one(connection, {"account": account, "noun": kind.noun}))

    def _changeable(self, kind: Kind[S], object: Configured[S]) -> dict[str, Any]:
        return {
            "name": object.name,
            "only_one": kind.only_one(object.body),
            "revision": object.revision,
            "body": msgspec.to_builtins(object.body),
            "sealed_secrets": self._sealed(object),
            "updated_at": object.updated_at,
        }

    def _sealed(self, object: Configured[Any]) -> bytes | None:
        if not object.secrets:
            return None
        plain = msgspec.json.encode([(secret.text, secret.until) for secret in object.secrets])
        return self._sealer.seal(plain, object.id.encode())

    def _secrets(self, row: Any) -> tuple[Secret, ...]:
        if row.sealed_secrets is None:
            return ()
        opened = self._sealer.open(row.sealed_secrets, row.configured_id.encode())
        found = msgspec.json.decode(opened, type=list[tuple[str, int | None]])
        return tuple(Secret(t, None if until is None else Micros(until)) for t, until in found)

    def _one(self, kind: Kind[S], row: Any) -> Configured[S] | None:
        return None if row is None else self._object(kind, row)

    def _object(self, kind: Kind[S], row: Any) -> Configured[S]:
        return Configured(
            id=row.configured_id,
            account=row.account_id,
            name=row.name,
            body=kind.read(row.body),
            created_at=row.created_at,
            updated_at=row.updated_at,
            revision=row.revision,
            key=row.public_key,
            secrets=self._secrets(row),
        )
