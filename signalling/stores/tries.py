"""Tries to sign in that failed, as rows: of a login, known or not, and of an address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.ids import AccountId
from signalling.domain.signing_in import FORGET_AFTER, NO_TRIES, OF_ADDRESS, OF_LOGIN, Tries
from signalling.stores.user_tables import sign_in_tries

_THESE = (
    sign_in_tries.c.account_id == bindparam("account"),
    sign_in_tries.c.who == bindparam("name"),
)
_TRIES = select(sign_in_tries).where(*_THESE)
_FORGET = delete(sign_in_tries).where(*_THESE)
_PRUNE = delete(sign_in_tries).where(sign_in_tries.c.last_at <= bindparam("before"))


def _count_tries(dialect: Any) -> Any:
    row = dialect.insert(sign_in_tries)
    new = {"failed": row.excluded.failed, "last_at": row.excluded.last_at}
    return row.on_conflict_do_update(
        index_elements=[sign_in_tries.c.account_id, sign_in_tries.c.who], set_=new
    )


#: By dialect.
_COUNT_TRIES = {"sqlite": _count_tries(sqlite), "postgresql": _count_tries(postgresql)}


class SignInTries:
    """The table `sign_in_tries`."""

    def take(
        self, connection: Connection, account: AccountId, login: bytes, address: bytes, now: Micros
    ) -> int:
        """Count a try of this login from this address as failed, or how long it must wait."""
        asked = ((login, OF_LOGIN), (address, OF_ADDRESS))
        known = [self._tries(connection, account, who) for who, _ in asked]
        waits = [how.wait(tries, now) for tries, (_, how) in zip(known, asked, strict=True)]
        if max(waits):
            return max(waits)
        for tries, (who, how) in zip(known, asked, strict=True):
            self._put(connection, account, who, how.counted(tries, now))
        return 0

    def give_back(
        self, connection: Connection, account: AccountId, login: bytes, address: bytes
    ) -> None:
        """The try was right: the login's are forgotten, and the address has one less."""
        connection.execute(_FORGET, {"account": account, "name": login})
        tries = self._tries(connection, account, address)
        fewer = Tries(max(0, tries.failed - 1), tries.last_at)
        self._put(connection, account, address, fewer)

    def prune(self, connection: Connection, now: Micros) -> None:
        """Forget tries that count no more."""
        connection.execute(_PRUNE, {"before": now - FORGET_AFTER})

    def _tries(self, connection: Connection, account: AccountId, who: bytes) -> Tries:
        row = connection.execute(_TRIES, {"account": account, "name": who}).one_or_none()
        return NO_TRIES if row is None else Tries(row.failed, row.last_at)

    def _put(self, connection: Connection, account: AccountId, who: bytes, tries: Tries) -> None:
        row = {"failed": tries.failed, "last_at": tries.last_at}
        count = _COUNT_TRIES[connection.dialect.name]
        connection.execute(count, {"account_id": account, "who": who, **row})
