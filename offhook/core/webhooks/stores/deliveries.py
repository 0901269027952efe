"""The tables `webhook_deliveries` and `webhook_attempts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from offhook.core.clock import Micros
from offhook.core.ids import AccountId, DeliveryId, EventId, WebhookId
from offhook.core.store.prepared import Prepared
from offhook.core.webhooks.delivery import Delivery, State
from offhook.core.webhooks.stores.tables import webhook_attempts as attempts
from offhook.core.webhooks.stores.tables import webhook_deliveries as deliveries
from offhook.core.webhooks.stores.tables import webhooks
from offhook.core.webhooks.webhook import Failure

#: So many attempts of a delivery are kept, the last ones.
ATTEMPTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: a `status`, or else an `error`. `took`: microseconds."""

    number: int
    at: Micros
    took: int
    status: int | None
    error: Failure | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as it is stored, with its last attempt."""

    id: DeliveryId
    account: AccountId
    webhook: WebhookId
    event: EventId
    type: str
    subject: str
    seq: int
    state: State
    tries: int
    attempts: int
    next_at: Micros | None
    created_at: Micros
    opened_at: Micros
    ended_at: Micros | None
    last: Attempt | None = None

    def revive(self) -> Delivery:
        """Its machine."""
        return Delivery(
            self.state,
            tries=self.tries,
            opened_at=self.opened_at,
            deadline=self.next_at,
            ended_at=self.ended_at,
        )


def _put(dialect: Any) -> Prepared:
    """Keep a delivery, unless the endpoint has one for that event."""
    keys = [deliveries.c.webhook_id, deliveries.c.subject, deliveries.c.seq]
    return Prepared(dialect.insert(deliveries).on_conflict_do_nothing(index_elements=keys))


_PUT = {"sqlite": _put(sqlite), "postgresql": _put(postgresql)}
_OPEN = deliveries.c.state.in_([State.PENDING.value, State.RETRYING.value])
_OF = deliveries.c.webhook_id == bindparam("webhook")
_THIS = deliveries.c.delivery_id == bindparam("id")
_LAST = and_(
    attempts.c.delivery_id == deliveries.c.delivery_id, attempts.c.number == deliveries.c.attempts
)
_WHOLE = select(
    deliveries,
    attempts.c.at,
    attempts.c.took,
    attempts.c.status,
    attempts.c.error,
    attempts.c.excerpt,
).select_from(deliveries.outerjoin(attempts, _LAST))

_BY_ID = Prepared(_WHOLE.where(_THIS, _OF))
_PAGE = (
    _WHOLE.where(_OF, deliveries.c.delivery_id < bindparam("before"))
    .order_by(deliveries.c.delivery_id.desc())
    .limit(bindparam("limit"))
)
_PAGE_OF_STATE = Prepared(_PAGE.where(deliveries.c.state == bindparam("which")))
_PAGE_OF_ALL = Prepared(_PAGE)
_HEAD = (
    select(deliveries)
    .where(_OF, deliveries.c.subject == bindparam("subject"), _OPEN)
    .order_by(deliveries.c.seq)
    .limit(1)
)
_DUE = Prepared(
    select(deliveries.c.delivery_id, deliveries.c.subject)
    .where(_OF, deliveries.c.next_at.is_not(None), deliveries.c.next_at <= bindparam("now"))
    .order_by(deliveries.c.next_at)
    .limit(bindparam("limit"))
)
_NEXT_DUE = Prepared(
    select(func.min(deliveries.c.next_at)).where(
        _OF, deliveries.c.next_at.is_not(None), deliveries.c.next_at > bindparam("now")
    )
)
_OLDEST = select(func.min(deliveries.c.opened_at)).where(_OF, _OPEN)
_SAVE = Prepared(update(deliveries).where(_THIS))
_FAILED = (
    select(deliveries)
    .where(
        _OF,
        deliveries.c.state == State.FAILED.value,
        deliveries.c.created_at >= bindparam("since"),
        deliveries.c.ended_at < bindparam("before"),
    )
    .order_by(deliveries.c.delivery_id)
    .limit(bindparam("limit"))
)
_NOTE = Prepared(insert(attempts))
_FORGET_ATTEMPTS = Prepared(
    delete(attempts).where(
        attempts.c.delivery_id == bindparam("id"), attempts.c.number <= bindparam("upto")
    )
)
_ATTEMPTS = Prepared(
    select(attempts).where(attempts.c.delivery_id == bindparam("id")).order_by(attempts.c.number)
)
_OLD = (
    select(deliveries.c.delivery_id)
    .where(deliveries.c.ended_at.is_not(None), deliveries.c.ended_at < bindparam("before"))
    .limit(bindparam("limit"))
)
_ORPHANS = (
    select(deliveries.c.delivery_id)
    .join(webhooks, webhooks.c.webhook_id == deliveries.c.webhook_id)
    .where(webhooks.c.deleted_at.is_not(None))
    .limit(bindparam("limit"))
)


class Deliveries:
    """Reads and writes deliveries and their attempts, in the caller's transaction."""

    def put(self, connection: Connection, new: Sequence[DeliveryRecord]) -> None:
        """Keep new deliveries; one that the endpoint has already is left as it is."""
        rows = [_row(record) for record in new]
        _PUT[connection.dialect.name].run_each(connection, rows)

    def by_id(self, connection: Connection, webhook: WebhookId, id: str) -> DeliveryRecord | None:
        """The endpoint's delivery of this id, with its last attempt."""
        row = _BY_ID.one_or_none(connection, {"webhook": webhook, "id": id})
        return None if row is None else _whole(row)

    def page(
        self, connection: Connection, webhook: WebhookId, state: str, before: str, limit: int
    ) -> list[DeliveryRecord]:
        """The endpoint's deliveries, newest first, those older than the id `before`; `state`: only
        those, or all when it is empty."""
        asked = {"webhook": webhook, "before": before or "~", "limit": limit}
        if state:
            found = _PAGE_OF_STATE.all(connection, {**asked, "which": state})
        else:
            found = _PAGE_OF_ALL.all(connection, asked)
        return [_whole(row) for row in found]

    def head(
        self, connection: Connection, webhook: WebhookId, subject: str
    ) -> DeliveryRecord | None:
        """The first delivery about a subject that is on its way."""
        found = connection.execute(_HEAD, {"webhook": webhook, "subject": subject}).one_or_none()
        return None if found is None else _record(found)

    def due(
        self, connection: Connection, webhook: WebhookId, now: Micros, limit: int
    ) -> list[tuple[DeliveryId, str]]:
        """Those whose time has come, with their subjects."""
        asked = {"webhook": webhook, "now": now, "limit": limit}
        return [(row.delivery_id, row.subject) for row in _DUE.all(connection, asked)]

    def next_due(self, connection: Connection, webhook: WebhookId, now: Micros) -> Micros | None:
        """When the next one's time comes."""
        found: Micros | None = _NEXT_DUE.scalar(connection, {"webhook": webhook, "now": now})
        return found

    def oldest(self, connection: Connection, webhook: WebhookId) -> Micros | None:
        """Since when the endpoint has been owed something."""
        found: Micros | None = connection.execute(_OLDEST, {"webhook": webhook}).scalar()
        return found

    def save(
        self, connection: Connection, id: DeliveryId, machine: Delivery, attempts: int
    ) -> None:
        """Keep where it stands."""
        _SAVE.run(connection, {"id": id, "attempts": attempts, **_standing(machine)})

    def failed(
        self,
        connection: Connection,
        webhook: WebhookId,
        since: Micros,
        before: Micros,
        limit: int,
    ) -> list[DeliveryRecord]:
        """Those made since a time that failed before another, oldest first."""
        asked = {"webhook": webhook, "since": since, "before": before, "limit": limit}
        return [_record(row) for row in connection.execute(_FAILED, asked)]

    def note(
        self, connection: Connection, account: AccountId, id: DeliveryId, attempt: Attempt
    ) -> None:
        """Keep an attempt, and forget those of long ago."""
        row = {
            "delivery_id": id,
            "account_id": account,
            "number": attempt.number,
            "at": attempt.at,
            "took": attempt.took,
            "status": attempt.status,
            "error": attempt.error,
            "excerpt": attempt.excerpt,
        }
        _NOTE.run(connection, row)
        if attempt.number > ATTEMPTS_KEPT:
            _FORGET_ATTEMPTS.run(connection, {"id": id, "upto": attempt.number - ATTEMPTS_KEPT})

    def attempts(self, connection: Connection, id: DeliveryId) -> list[Attempt]:
        """The last attempts, in order."""
        return [_attempt(row, row.number) for row in _ATTEMPTS.all(connection, {"id": id})]

    def prune(self, connection: Connection, before: Micros, limit: int) -> int:
        """Forget some that ended before a time, or whose endpoint is gone; return how many."""
        old = list(connection.execute(_OLD, {"before": before, "limit": limit}).scalars())
        old += connection.execute(_ORPHANS, {"limit": limit}).scalars()
        connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(old)))
        return connection.execute(
            delete(deliveries).where(deliveries.c.delivery_id.in_(old))
        ).rowcount


def _row(record: DeliveryRecord) -> dict[str, Any]:
    return {
        "delivery_id": record.id,
        "account_id": record.account,
        "webhook_id": record.webhook,
        "event_id": record.event,
        "type": record.type,
        "subject": record.subject,
        "seq": record.seq,
        "attempts": record.attempts,
        "created_at": record.created_at,
        **_standing(record.revive()),
    }


def _standing(machine: Delivery) -> dict[str, Any]:
    return {
        "state": machine.state.value,
        "tries": machine.tries,
        "next_at": machine.deadline,
        "opened_at": machine.opened_at,
        "ended_at": machine.ended_at,
    }


def _record(row: Any, last: Attempt | None = None) -> DeliveryRecord:
    return DeliveryRecord(
        id=row.delivery_id,
        account=row.account_id,
        webhook=row.webhook_id,
        event=row.event_id,
        type=row.type,
        subject=row.subject,
        seq=row.seq,
        state=State(row.state),
        tries=row.tries,
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        last=last,
    )


def _whole(row: Any) -> DeliveryRecord:
    return _record(row, None if row.at is None else _attempt(row, row.attempts))


def _attempt(row: Any, number: int) -> Attempt:
    return Attempt(number, row.at, row.took, row.status, row.error, row.excerpt)
