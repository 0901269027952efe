"""The desk of an account, as rows: one transaction for each of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.errors import Unavailable
from offhook.core.ids import AccountId, ContactId
from offhook.core.seal import Sealer
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import contacts
from signalling.domain.contacts.card import reached_at
from signalling.domain.desk import Record, Touched, over
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.keeping import Kept
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.task import LIVE, Task
from signalling.domain.sessions.base import PREPARING, WAITING, State
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.session import Session
from signalling.stores.claiming import Claimant, Owned
from signalling.stores.contacts import ContactRows
from signalling.stores.desk_tables import (
    agents_at_work,
    desks,
    handling_times,
    reservations,
    sessions,
    tasks,
    visitors,
)


def _upsert(table: Table, *keys: str) -> dict[str, Prepared]:
    """By dialect: insert a row, or give the one with these keys the other values."""
    made = {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        row = dialect.insert(table)
        new = {c.name: row.excluded[c.name] for c in table.columns if c.name not in keys}
        made[name] = Prepared(row.on_conflict_do_update(index_elements=list(keys), set_=new))
    return made


#: While a visitor is in these, what is known of them may change.
_SAYING = (*PREPARING, *WAITING, State.CLOSED, State.CALLBACK)

_SESSION = _upsert(sessions, "session_id")
_TASK = _upsert(tasks, "task_id")
_RESERVATION = _upsert(reservations, "reservation_id")
_AGENT = _upsert(agents_at_work, "agent_id")
_HANDLING = _upsert(handling_times, "queue_id")
_VISITOR = _upsert(visitors, "account_id", "digest")

_KEY = Prepared(
    select(contacts.c.sealed_key).where(
        contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("id")
    )
)
_DESK = Prepared(
    select(desks.c.version, desks.c.owner).where(desks.c.account_id == bindparam("account"))
)
_BEGIN = {
    name: Prepared(dialect.insert(desks).on_conflict_do_nothing())
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_NEXT = Prepared(
    update(desks).where(
        desks.c.account_id == bindparam("account"), desks.c.version == bindparam("before")
    )
)
_CONTACT = Prepared(
    select(visitors.c.contact_id).where(
        visitors.c.account_id == bindparam("account"), visitors.c.digest == bindparam("which")
    )
)
WITH_KEY = select(sessions, contacts.c.sealed_key).join(
    contacts, contacts.c.contact_id == sessions.c.contact_id
)
_KEPT = Prepared(
    WITH_KEY.where(
        sessions.c.account_id == bindparam("account"), sessions.c.kept == bindparam("yes")
    )
)
_BY_ID = Prepared(
    WITH_KEY.where(
        sessions.c.account_id == bindparam("account"), sessions.c.session_id == bindparam("id")
    )
)
_EARLIER = Prepared(
    WITH_KEY.where(
        sessions.c.account_id == bindparam("account"), sessions.c.contact_id == bindparam("who")
    )
    .order_by(sessions.c.session_id.desc())
    .limit(bindparam("limit"))
)
_OWNERS = Prepared(select(desks.c.account_id, desks.c.owner))


@dataclass(frozen=True, slots=True)
class Stored:
    """A desk as it was left."""

    version: int
    sessions: list[Session]
    tasks: list[Task]
    reservations: list[Reservation]
    agents: list[Agent]
    handling: dict[str, float]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a desk, as it is to be stored."""

    account: AccountId
    before: int
    touched: Touched
    facts: Sequence[Record]
    contact: ContactId | None
    now: Micros


class Desks:
    """The tables of desks."""

    def __init__(self, sealer: Sealer, log: EventLog) -> None:
        self._sealer = sealer
        self._log = log
        self._contacts = ContactRows(sealer)

    def owners(self, connection: Connection) -> dict[AccountId, str | None]:
        """Who has a desk, and which process has it."""
        return {AccountId(row.account_id): row.owner for row in _OWNERS.all(connection, {})}

    def owner(self, connection: Connection, account: AccountId) -> str | None:
        """The process that has the desk of an account."""
        row = _DESK.one_or_none(connection, {"account": account})
        return None if row is None else row.owner

    def claim(
        self, connection: Connection, account: AccountId, claimant: Claimant
    ) -> Stored | Owned:
        """The desk as it was left, which is the claimant's from now on, unless it is another's who
        is alive. The version grows: who had it before stores nothing more."""
        row = _DESK.one_or_none(connection, {"account": account})
        if row is None:
            return self.open(connection, account, claimant.node)
        if row.owner != claimant.node:
            if row.owner is not None and not claimant.given_up(connection, row.owner):
                return Owned(row.owner)
            seen = {"account": account, "before": row.version}
            ours = {"version": row.version + 1, "owner": claimant.node}
            if _NEXT.run(connection, seen | ours) != 1:
                raise _moved()
        return self.open(connection, account, claimant.node)

    def open(self, connection: Connection, account: AccountId, owner: str | None = None) -> Stored:
        """The desk as it was left; a new one when there was none."""
        row = _DESK.one_or_none(connection, {"account": account})
        version = 0 if row is None else row.version
        if row is None:
            new = {"account_id": account, "version": version, "owner": owner}
            if _BEGIN[connection.dialect.name].run(connection, new) != 1:
                raise _moved()
        asked = {"account": account, "yes": True}
        return Stored(
            version=version,
            sessions=[self.read_session(row) for row in _KEPT.all(connection, asked)],
            tasks=_machines(connection, tasks, Task, account),
            reservations=_machines(connection, reservations, Reservation, account),
            agents=_machines(connection, agents_at_work, Agent, account),
            handling={
                row.queue_id: row.seconds
                for row in connection.execute(
                    select(handling_times).where(handling_times.c.account_id == account)
                )
            },
        )

    def step(self, connection: Connection, step: Step) -> None:
        """Keep a step as a whole; raises `Unavailable` when another owner has moved the desk."""
        account, touched, dialect = step.account, step.touched, connection.dialect.name
        moved = {"account": account, "before": step.before, "version": step.before + 1}
        if _NEXT.run(connection, moved) != 1:
            raise _moved()
        if step.contact is not None:
            self._new_contact(connection, account, step.contact, step.now)
        for session in touched.sessions.values():
            _SESSION[dialect].run(connection, self._row(connection, account, session))
            self._note_addresses(connection, account, session)
        for task in touched.tasks.values():
            kept = task.state in LIVE or task.resume_until is not None
            _TASK[dialect].run(connection, _row("task_id", account, task, kept=kept))
        for held in touched.reservations.values():
            row = _row("reservation_id", account, held, kept=held.held)
            _RESERVATION[dialect].run(connection, row | {"task_id": held.task})
        for agent in touched.agents.values():
            kept = agent.id not in touched.removed
            _AGENT[dialect].run(connection, _row("agent_id", account, agent, kept=kept))
        for queue, seconds in touched.queues.items():
            row = {"queue_id": queue, "account_id": account, "seconds": seconds}
            _HANDLING[dialect].run(connection, row)
        self._record(connection, account, step.facts, step.now)

    def _record(
        self, connection: Connection, account: AccountId, facts: Iterable[Record], now: Micros
    ) -> None:
        by_subject: dict[str, list[NewEvent]] = {}
        for fact in facts:
            by_subject.setdefault(fact.subject, []).append(NewEvent(fact.type, fact.data))
        for subject, new in by_subject.items():
            self._log.append(connection, account, subject, new, now)

    # --- people ---------------------------------------------------------------------------------

    def contact_of(
        self, connection: Connection, account: AccountId, digest: bytes
    ) -> ContactId | None:
        """Who a visitor is whom a site vouched for before."""
        found = _CONTACT.scalar(connection, {"account": account, "which": digest})
        return None if found is None else ContactId(found)

    def know(
        self,
        connection: Connection,
        account: AccountId,
        digest: bytes,
        contact: ContactId,
        now: Micros,
    ) -> ContactId:
        """Remember who a visitor is; whoever was remembered in the same moment stays."""
        known = self.contact_of(connection, account, digest)
        if known is not None:
            return known
        self._new_contact(connection, account, contact, now)
        row = {"account_id": account, "digest": digest, "contact_id": contact}
        _VISITOR[connection.dialect.name].run(connection, row)
        return contact

    def session(self, connection: Connection, account: AccountId, id: str) -> Session | None:
        """One session, also one that is over."""
        row = _BY_ID.one_or_none(connection, {"account": account, "id": id})
        return None if row is None else self.read_session(row)

    def earlier(
        self, connection: Connection, account: AccountId, contact: str, limit: int
    ) -> list[Session]:
        """The sessions of a customer, the last one first."""
        asked = {"account": account, "who": contact, "limit": limit}
        return [self.read_session(row) for row in _EARLIER.all(connection, asked)]

    def _note_addresses(self, connection: Connection, account: AccountId, session: Session) -> None:
        """By what visitors wrote of themselves, the contact whom they are is found."""
        said = session.customer
        if session.state in _SAYING and (said.email or said.phone):
            found = reached_at(said.email, said.phone)
            self._contacts.note(connection, account, session.contact, found)

    def _new_contact(
        self, connection: Connection, account: AccountId, id: ContactId, now: Micros
    ) -> None:
        row = {"contact_id": id, "account_id": account, "created_at": now, "erased_at": None}
        key = self._sealer.new_contact_key()
        connection.execute(insert(contacts), row | {"sealed_key": key})

    def _row(self, connection: Connection, account: AccountId, session: Session) -> dict[str, Any]:
        key = _KEY.scalar(connection, {"account": account, "id": session.contact})
        personal = msgspec.json.encode(session.customer).decode()
        return {
            "session_id": session.id,
            "account_id": account,
            "site_id": session.site,
            "contact_id": session.contact,
            "state": session.state.value,
            "kept": not over(session),
            "opened_at": session.opened_at,
            "body": session.snapshot(),
            "sealed": None if key is None else self._sealer.seal_for(key, personal),
        }

    def read_session(self, row: Any) -> Session:
        """A session from its row, which has the contact's `sealed_key` too."""
        found = Session.restored(row.body)
        if row.sealed is not None and row.sealed_key is not None:
            opened = self._sealer.open_for(row.sealed_key, row.sealed)
            found.customer = msgspec.json.decode(opened, type=Customer)
        return found


def _moved() -> Unavailable:
    return Unavailable("The desk has another owner.", code="stale_desk")


def _row(id: str, account: AccountId, machine: Any, *, kept: bool) -> dict[str, Any]:
    return {
        id: machine.id,
        "account_id": account,
        "state": machine.state.value,
        "kept": kept,
        "body": machine.snapshot(),
    }


def _machines(connection: Connection, table: Table, kind: type[Kept], account: AccountId) -> Any:
    found = connection.execute(
        select(table.c.body).where(table.c.account_id == account, table.c.kept)
    )
    return [kind.restored(row.body) for row in found]
