"""What people ask of the objects they set up: each method is one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace as changed
from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from offhook.core.ids import AccountId, is_id
from offhook.core.store import late
from offhook.core.store.events import EventLog, NewEvent
from signalling.domain.configured.activity import ActivitySettings
from signalling.domain.configured.agent import AgentSettings
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.kinds import BY_NOUN
from signalling.domain.configured.values import Reference
from signalling.domain.hours import Zones
from signalling.domain.signing_in import same_login
from signalling.stores.configured import Configured, ConfiguredRows
from signalling.stores.users import User, Users

S = TypeVar("S", bound=Struct)
Remember = Callable[[Connection, Configured[Any]], None]
#: What the store tells other processes of when an account's objects were changed.
CHANNEL = "configuration"
#: A refusal names at most so many objects.
_NAMED = 5


class Configuring:
    """Raises `NotFound` (code `site_not_found` and its like) for what the account does not have."""

    def __init__(self, rows: ConfiguredRows, users: Users, log: EventLog, zones: Zones) -> None:
        self._rows = rows
        self._users = users
        self._log = log
        self._zones = zones

    def create(
        self, connection: Connection, kind: Kind[S], new: Configured[S], remember: Remember
    ) -> Configured[S]:
        """Keep a new object. Raises `InvalidInput`, and `Conflict` (codes such as `queue_exists`,
        `too_many_queues`)."""
        self._rows.take_turn(connection, new.account)
        if self._rows.count(connection, new.account, kind) >= kind.most:
            raise Conflict(
                f"An account has at most {kind.most} {kind.plural}.", code=f"too_many_{kind.plural}"
            )
        made = self._checked(connection, kind, new)
        self._rows.insert(connection, kind, made)
        self._note(connection, kind, made, "created")
        remember(connection, made)
        return made

    def get(
        self, connection: Connection, account: AccountId, kind: Kind[S], id: str
    ) -> Configured[S]:
        """One object."""
        found = self._rows.by_id(connection, account, kind, id)
        if found is None:
            raise NotFound(f"There is no such {kind.noun}.", code=f"{kind.noun}_not_found")
        [found] = self._with_users(connection, account, [found])
        return found

    def page(
        self, connection: Connection, account: AccountId, kind: Kind[S], after: str, limit: int
    ) -> list[Configured[S]]:
        """The account's objects of a kind, oldest first, those behind the id `after`."""
        found = self._rows.page(connection, account, kind, after, limit)
        return self._with_users(connection, account, found)

    def change(
        self,
        connection: Connection,
        account: AccountId,
        kind: Kind[S],
        id: str,
        change: Callable[[Configured[S]], Configured[S]],
        revision: int | None,
        now: Micros,
        remember: Remember,
    ) -> Configured[S]:
        """Change an object. Raises as `create`, and `PreconditionFailed` when the revision is
        another."""
        self._rows.take_turn(connection, account)
        before = self._expected(connection, account, kind, id, revision)
        wanted = replace(change(before), updated_at=now, revision=before.revision + 1)
        after = self._checked(connection, kind, wanted)
        self._rows.save(connection, kind, after, before.revision)
        self._note(connection, kind, after, "updated")
        remember(connection, after)
        return after

    def delete(
        self,
        connection: Connection,
        account: AccountId,
        kind: Kind[Any],
        id: str,
        revision: int | None,
        now: Micros,
    ) -> None:
        """Delete an object. Raises `Conflict` (code `in_use`) with the names of those that need
        it, and `PreconditionFailed`."""
        self._rows.take_turn(connection, account)
        found = self._expected(connection, account, kind, id, revision)
        self._require_free(connection, found)
        self._rows.delete(connection, found.id, now)
        gone = replace(found, updated_at=now, revision=found.revision + 1)
        self._note(connection, kind, gone, "deleted")

    def by_key(self, connection: Connection, kind: Kind[S], key: str) -> Configured[S] | None:
        """The object with this public key, of whatever account."""
        return self._rows.by_key(connection, kind, key)

    def version(self, connection: Connection, account: AccountId) -> int:
        """How often the account's objects were changed."""
        return self._rows.version(connection, account)

    def all(
        self, connection: Connection, account: AccountId
    ) -> list[tuple[Kind[Any], Configured[Any]]]:
        """All objects of an account, with their kinds, oldest first."""
        found = self._rows.all(connection, account)
        whole = self._with_users(connection, account, [each for _, each in found])
        return [(kind, each) for (kind, _), each in zip(found, whole, strict=True)]

    def _expected(
        self,
        connection: Connection,
        account: AccountId,
        kind: Kind[S],
        id: str,
        revision: int | None,
    ) -> Configured[S]:
        found = self.get(connection, account, kind, id)
        if revision is not None and revision != found.revision:
            raise PreconditionFailed(
                f"The {kind.noun} was changed since you read it.", field="If-Match"
            )
        return found

    def _checked(
        self, connection: Connection, kind: Kind[S], wanted: Configured[S]
    ) -> Configured[S]:
        """The object as it is kept."""
        found = replace(wanted, body=kind.checked(wanted.body, self._zones))
        if isinstance(found.body, AgentSettings):
            found = self._of_user(connection, found, found.body)
        else:
            body: Any = found.body
            found = replace(found, name=body.name)
        self._require_unique(connection, kind, found)
        self._require_idle(connection, found)
        for reference in kind.references(found.body):
            self._require_there(connection, found, reference)
        return found

    def _of_user(
        self, connection: Connection, agent: Configured[Any], body: AgentSettings
    ) -> Configured[Any]:
        """An agent goes by the login of a person, and is kept with the id."""
        users, account = self._users, agent.account
        user: User | None
        if is_id(body.user, "US"):
            user = users.by_id(connection, account, body.user)
        else:
            user = users.by_login(connection, account, same_login(body.user))
        if user is None:
            raise InvalidInput("Nobody has this login.", code="unknown_user", field="user")
        return replace(agent, name=user.login, body=changed(body, user=user.id), user=user)

    def _require_unique(
        self, connection: Connection, kind: Kind[Any], wanted: Configured[Any]
    ) -> None:
        account, one = wanted.account, kind.only_one(wanted.body)
        same = self._rows.by_name(connection, account, kind, wanted.name)
        if same is None and one is not None:
            same = self._rows.by_only_one(connection, account, kind, one)
        if same is not None and same.id != wanted.id:
            raise Conflict(
                f"There is the {kind.noun} {same.name!r} already.", code=f"{kind.noun}_exists"
            )

    def _require_there(
        self, connection: Connection, of: Configured[Any], reference: Reference
    ) -> None:
        kind = BY_NOUN[reference.kind]
        if reference.id == of.id:
            raise InvalidInput(f"A {kind.noun} cannot name itself.", field=reference.field)
        found = self._rows.by_id(connection, of.account, kind, reference.id)
        if found is None:
            raise InvalidInput(
                f"There is no such {kind.noun}.", code=f"unknown_{kind.noun}", field=reference.field
            )
        if reference.idle and found.body.available:
            raise InvalidInput(
                f"In {found.name!r} work is offered.",
                code="activity_available",
                field=reference.field,
            )

    def _require_idle(self, connection: Connection, wanted: Configured[Any]) -> None:
        """No activity in which work is offered is one that others count on to be idle."""
        body = wanted.body
        if isinstance(body, ActivitySettings) and body.available:
            others = self._naming(connection, wanted, lambda reference: reference.idle)
            if others:
                raise _in_use(wanted, others)

    def _require_free(self, connection: Connection, found: Configured[Any]) -> None:
        """Raise `Conflict` while others name it."""
        others = self._naming(connection, found, lambda reference: True)
        if others:
            raise _in_use(found, others)

    def _naming(
        self, connection: Connection, found: Configured[Any], how: Callable[[Reference], bool]
    ) -> list[str]:
        """What names an object in such a way, in words."""
        return [
            f"the {kind.noun} {each.name!r}"
            for kind, each in self._rows.all(connection, found.account)
            if any(r.id == found.id and how(r) for r in kind.references(each.body))
        ]

    def _with_users(
        self, connection: Connection, account: AccountId, found: Sequence[Configured[S]]
    ) -> list[Configured[S]]:
        """Agents with the people they are."""
        ids = [each.body.user for each in found if isinstance(each.body, AgentSettings)]
        if not ids:
            return list(found)
        people = self._users.by_ids(connection, account, ids)
        return [replace(each, user=people.get(getattr(each.body, "user", ""))) for each in found]

    def _note(self, connection: Connection, kind: Kind[S], about: Configured[S], what: str) -> None:
        """Log what happened, with all that the object says; nobody's name is in it."""
        data = {"revision": about.revision, "object": msgspec.to_builtins(about.body)}
        event = NewEvent(f"{kind.noun}.{what}", data)
        self._log.append(connection, about.account, about.id, [event], about.updated_at)
        late.tell(connection, CHANNEL)


def _in_use(found: Configured[Any], others: Sequence[str]) -> Conflict:
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    named = ", ".join(others[:_NAMED])
    return Conflict(f"{found.name!r} is used by {named}{more}.", code="in_use")
