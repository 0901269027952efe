"""The event log: what happened, once each, numbered without a gap for each subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.contracts.events import Envelope
from offhook.core.errors import InvalidInput
from offhook.core.ids import AccountId, EventId, Ids
from offhook.core.store import late
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import events, subjects

#: What other processes are told when something was logged (`Store.listen`).
CHANNEL = "events"

_INSERT = Prepared(insert(events))


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact that is to be logged. `data` may hold msgspec structs; it is kept as plain JSON."""

    type: str
    data: dict[str, Any]
    version: int = 1
    conversation_id: str | None = None
    causation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an event stands in the log, without what it says."""

    position: int
    id: EventId
    type: str
    subject: str
    seq: int


def _count_up(dialect: Any) -> Prepared:
    """Add `count` to a subject's number and tell the new one; a new subject begins at zero."""
    count = dialect.insert(subjects).values(
        account_id=bindparam("account"), subject=bindparam("subject"), seq=bindparam("count")
    )
    counted = count.on_conflict_do_update(
        index_elements=[subjects.c.account_id, subjects.c.subject],
        set_={"seq": subjects.c.seq + count.excluded.seq},
    )
    return Prepared(counted.returning(subjects.c.seq))


#: By dialect. On PostgreSQL the row's lock makes writers of one subject take turns.
_COUNT_UP = {"sqlite": _count_up(sqlite), "postgresql": _count_up(postgresql)}

_LAST = Prepared(
    select(subjects.c.seq).where(
        subjects.c.account_id == bindparam("account"), subjects.c.subject == bindparam("subject")
    )
)
_SINCE = (
    select(events)
    .where(
        events.c.account_id == bindparam("account"),
        events.c.subject == bindparam("subject"),
        events.c.seq > bindparam("seq"),
    )
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)
_COUNTS = (
    select(events.c.type, func.count().label("many"))
    .where(
        events.c.account_id == bindparam("account"),
        events.c.type.in_(bindparam("types", expanding=True)),
        events.c.time >= bindparam("since"),
    )
    .group_by(events.c.type)
)
_BY_ID = Prepared(
    select(events).where(
        events.c.account_id == bindparam("account"), events.c.event_id == bindparam("event")
    )
)
_BEYOND = Prepared(
    select(events.c.position, events.c.event_id, events.c.type, events.c.subject, events.c.seq)
    .where(events.c.account_id == bindparam("account"), events.c.position > bindparam("after"))
    .order_by(events.c.position)
    .limit(bindparam("limit"))
)
_END = Prepared(
    select(events.c.position)
    .where(events.c.account_id == bindparam("account"), events.c.time < bindparam("before"))
    .order_by(events.c.position.desc())
    .limit(1)
)
_POSITION = select(events.c.position).where(
    events.c.account_id == bindparam("account"), events.c.event_id == bindparam("event")
)


class EventLog:
    """Reads and writes the log, always within one account and in the caller's transaction."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def append(
        self,
        connection: Connection,
        account: AccountId,
        subject: str,
        new: Sequence[NewEvent],
        now: Micros,
    ) -> list[Envelope]:
        """Log facts about one subject, in order; they get the next numbers without a gap.

        On PostgreSQL the rows are written right before the commit, or before this log is read in
        the same unit: so their positions grow in the order of the commits.
        """
        if not new:
            return []
        count_up = _COUNT_UP[connection.dialect.name]
        counted = {"account": account, "subject": subject, "count": len(new)}
        last = count_up.scalar_one(connection, counted)
        envelopes = [
            Envelope(
                id=self._ids.new("EV"),
                type=event.type,
                version=event.version,
                account=account,
                subject=subject,
                seq=seq,
                conversation_id=event.conversation_id,
                causation_id=event.causation_id,
                time=now,
                data=msgspec.to_builtins(event.data),
            )
            for seq, event in enumerate(new, start=last - len(new) + 1)
        ]
        rows = [_row(envelope) for envelope in envelopes]
        late.insert(connection, _INSERT, rows)
        late.tell(connection, CHANNEL)
        return envelopes

    def since(
        self, connection: Connection, account: AccountId, subject: str, seq: int, limit: int = 500
    ) -> list[Envelope]:
        """The facts about a subject with a number above `seq`, in order, at most `limit`."""
        late.write(connection)
        rows = connection.execute(
            _SINCE, {"account": account, "subject": subject, "seq": seq, "limit": limit}
        )
        return [_envelope(row) for row in rows]

    def last_seq(self, connection: Connection, account: AccountId, subject: str) -> int:
        """The number of the last fact about a subject; 0 when there is none."""
        found = _LAST.scalar(connection, {"account": account, "subject": subject})
        return 0 if found is None else found

    def counts(
        self, connection: Connection, account: AccountId, types: Sequence[str], since: Micros
    ) -> dict[str, int]:
        """How many events of each of these types there were since then."""
        asked = {"account": account, "types": list(types), "since": since}
        return {row.type: row.many for row in connection.execute(_COUNTS, asked)}

    def by_id(self, connection: Connection, account: AccountId, event: str) -> Envelope | None:
        """One event of an account."""
        late.write(connection)
        row = _BY_ID.one_or_none(connection, {"account": account, "event": event})
        return None if row is None else _envelope(row)

    def beyond(
        self, connection: Connection, account: AccountId, position: int, limit: int
    ) -> list[Entry]:
        """What was logged of an account behind a position, in order."""
        late.write(connection)
        asked = {"account": account, "after": position, "limit": limit}
        return [Entry(*row) for row in _BEYOND.all(connection, asked)]

    def position_at(self, connection: Connection, account: AccountId, time: int) -> int:
        """The position of the last event of an account before a time; 0 when there is none."""
        late.write(connection)
        found = _END.scalar(connection, {"account": account, "before": time})
        return 0 if found is None else int(found)

    def page(
        self,
        connection: Connection,
        account: AccountId,
        *,
        after: str | None,
        limit: int,
        types: Sequence[str] = (),
        subject: str | None = None,
        newest_first: bool = False,
    ) -> list[Envelope]:
        """All facts of an account in the order they were logged, or newest first; those behind the
        event `after`.

        Raises `InvalidInput` (field `after`) when the account has no such event.
        """
        late.write(connection)
        query = select(events).where(events.c.account_id == account)
        position = events.c.position
        if after is not None:
            known = self._position(connection, account, after)
            query = query.where(position < known if newest_first else position > known)
        if types:
            query = query.where(events.c.type.in_(types))
        if subject is not None:
            query = query.where(events.c.subject == subject)
        order = position.desc() if newest_first else position
        rows = connection.execute(query.order_by(order).limit(limit))
        return [_envelope(row) for row in rows]

    def _position(self, connection: Connection, account: AccountId, event: str) -> int:
        found = connection.execute(_POSITION, {"account": account, "event": event}).scalar()
        if found is None:
            raise InvalidInput("there is no such event to go on after", field="after")
        return int(found)


def _row(envelope: Envelope) -> dict[str, Any]:
    row = msgspec.structs.asdict(envelope)
    row["event_id"], row["account_id"] = row.pop("id"), row.pop("account")
    return row


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(
        id=row.event_id,
        type=row.type,
        version=row.version,
        account=row.account_id,
        subject=row.subject,
        seq=row.seq,
        conversation_id=row.conversation_id,
        causation_id=row.causation_id,
        time=row.time,
        data=row.data,
    )
