"""What is asked about people with a login: each method is one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.errors import Conflict, NotFound, PreconditionFailed
from offhook.core.ids import AccountId
from offhook.core.store import late
from offhook.core.store.events import EventLog, NewEvent
from signalling.stores.configured import ConfiguredRows
from signalling.stores.configuring import CHANNEL
from signalling.stores.users import User, Users

Remember = Callable[[Connection, User], None]
#: People of one account.
LIMIT = 10_000


class Staffing:
    """Raises `NotFound` (code `user_not_found`) for whom the account does not have."""

    def __init__(self, users: Users, rows: ConfiguredRows, log: EventLog) -> None:
        self._users = users
        self._rows = rows
        self._log = log

    def create(self, connection: Connection, user: User, remember: Remember) -> User:
        """Keep somebody new; raise `Conflict` (`login_taken`, `too_many_users`)."""
        self._rows.take_turn(connection, user.account)
        if self._users.count(connection, user.account) >= LIMIT:
            raise Conflict(f"An account has at most {LIMIT} people.", code="too_many_users")
        self._users.insert_new(connection, user)
        self._note(connection, user, "user.created", user.created_at)
        remember(connection, user)
        return user

    def get(self, connection: Connection, account: AccountId, id: str) -> User:
        """One person."""
        found = self._users.by_id(connection, account, id)
        if found is None:
            raise NotFound("There is no such person.", code="user_not_found")
        return found

    def change(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        change: Callable[[User], User],
        revision: int | None,
        now: Micros,
    ) -> User:
        """Change name, role, or whether the login is disabled. Raises `Conflict` (`last_admin`)
        when nobody could administer the account any more, and `PreconditionFailed`."""
        self._rows.take_turn(connection, account)
        before = self.get(connection, account, id)
        if revision is not None and revision != before.revision:
            raise PreconditionFailed("The login was changed since you read it.", field="If-Match")
        after = replace(change(before), revision=before.revision + 1)
        if _administers(before) and not _administers(after):
            self._require_another(connection, before)
        self._users.save(connection, after)
        self._note(connection, after, _what(before, after), now)
        return after

    def new_one_time(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        hashed: str,
        now: Micros,
        remember: Remember,
    ) -> User:
        """Give somebody a password that must be changed; the sign-ins end."""
        user = self.get(connection, account, id)
        given = self._users.give_one_time(connection, user, hashed, now)
        self._note(connection, given, "user.password_reset", now)
        remember(connection, given)
        return given

    def _require_another(self, connection: Connection, user: User) -> None:
        if not self._users.other_admins(connection, user):
            raise Conflict("Nobody else could administer the account.", code="last_admin")

    def _note(self, connection: Connection, user: User, what: str, now: Micros) -> None:
        """Log what happened; the name and the login stay with the contact."""
        data = {
            "contact": user.contact,
            "role": user.role,
            "disabled": user.disabled_at is not None,
            "revision": user.revision,
        }
        self._log.append(connection, user.account, user.id, [NewEvent(what, data)], now)
        late.tell(connection, CHANNEL)


def _administers(user: User) -> bool:
    return user.role == "admin" and user.disabled_at is None


def _what(before: User, after: User) -> str:
    if (before.disabled_at is None) == (after.disabled_at is None):
        return "user.updated"
    return "user.enabled" if after.disabled_at is None else "user.disabled"
