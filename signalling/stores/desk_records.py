"""What is kept of contact centres, to be read: sessions, tasks, reservations, past ones too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from offhook.core.ids import AccountId
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import contacts
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.task import Task
from signalling.domain.sessions.session import Session
from signalling.stores.desk_tables import reservations, sessions, tasks
from signalling.stores.desks import WITH_KEY, Desks

_TASK = Prepared(
    select(tasks.c.body).where(
        tasks.c.account_id == bindparam("account"), tasks.c.task_id == bindparam("id")
    )
)
_CONTACT = Prepared(
    select(contacts.c.contact_id).where(
        contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("id")
    )
)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: behind the id `after`, or before it when the newest come first."""

    after: str
    limit: int
    newest_first: bool = False

    def of(self, statement: Select[Any], id: Any) -> Select[Any]:
        """The statement for this part, in order of `id`."""
        order = id.desc() if self.newest_first else id.asc()
        if self.after:
            behind = id < self.after if self.newest_first else id > self.after
            statement = statement.where(behind)
        return statement.order_by(order).limit(self.limit)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions; an empty word is for all."""

    state: str = ""
    site: str = ""
    contact: str = ""


class DeskRecords:
    """Reads the tables of desks, always within one account."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    def sessions(
        self, connection: Connection, account: AccountId, wanted: Wanted, page: Page
    ) -> list[Session]:
        """The sessions that are wanted."""
        found = WITH_KEY.where(sessions.c.account_id == account)
        filters = (
            (sessions.c.state, wanted.state),
            (sessions.c.site_id, wanted.site),
            (sessions.c.contact_id, wanted.contact),
        )
        for column, value in filters:
            if value:
                found = found.where(column == value)
        rows = connection.execute(page.of(found, sessions.c.session_id))
        return [self._desks.read_session(row) for row in rows]

    def task(self, connection: Connection, account: AccountId, id: str) -> Task | None:
        """One task, also one that is over."""
        body = _TASK.scalar(connection, {"account": account, "id": id})
        return None if body is None else Task.restored(body)

    def reservations(
        self, connection: Connection, account: AccountId, task: str, state: str, page: Page
    ) -> list[Reservation]:
        """The reservations of a task, or of all, in a state or in any."""
        found = select(reservations.c.body).where(reservations.c.account_id == account)
        if task:
            found = found.where(reservations.c.task_id == task)
        if state:
            found = found.where(reservations.c.state == state)
        rows = connection.execute(page.of(found, reservations.c.reservation_id))
        return [Reservation.restored(row.body) for row in rows]

    def has_contact(self, connection: Connection, account: AccountId, id: str) -> bool:
        """Whether the account knows this contact."""
        return _CONTACT.scalar(connection, {"account": account, "id": id}) is not None
