"""What the courier reads and keeps: each method is one unit of work in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Unavailable
from offhook.core.ids import DeliveryId, Ids, WebhookId
from offhook.core.machine import Tick
from offhook.core.seal import Sealer
from offhook.core.store.events import EventLog
from offhook.core.webhooks.delivery import OPEN, Delivery, Disable, Send, State
from offhook.core.webhooks.sender import Parcel
from offhook.core.webhooks.stores.deliveries import Attempt, Deliveries
from offhook.core.webhooks.stores.lines import Lines
from offhook.core.webhooks.stores.webhooks import Webhooks

#: How long an ended delivery is kept.
KEPT = 30 * 24 * 3600 * SECOND
#: Events that are looked at, and deliveries that are made or forgotten, at a time.
LOOKED_AT = 500
BATCH = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What an endpoint has to do. `cursor` is the stored one; `seen`: the position up to which the
    log was looked at; `owed`: among that are events to make deliveries of; `more`: there is more of
    the log. `oldest`: since when something has been on its way."""

    cursor: int
    seen: int
    owed: bool
    more: bool
    due: list[tuple[DeliveryId, str]]
    next_at: Micros | None
    oldest: Micros | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt led to; `next`: the delivery of the same subject that may go now."""

    state: State
    disabled: bool
    next: DeliveryId | None


class Ledger:
    """Units may run side by side, and the store runs one again whose changes clash with another's.
    Whoever puts deliveries into lines locks the endpoint, and whoever relies on the first of a line
    saves it: so no two see different lines. (SQLite has one writer anyway.)"""

    def __init__(self, sealer: Sealer, log: EventLog, ids: Ids) -> None:
        self.log = log
        self.webhooks = Webhooks(sealer)
        self.deliveries = Deliveries()
        self.lines = Lines(self.deliveries, ids)

    def look(
        self, connection: Connection, id: WebhookId, seen: int, now: Micros, limit: int
    ) -> Look | None:
        """What is to be done for an endpoint whose log was looked at up to `seen`; None when it is
        disabled or gone."""
        webhook = self.webhooks.read(connection, id)
        if webhook is None:
            return None
        seen = max(seen, webhook.cursor)
        entries = self.log.beyond(connection, webhook.account, seen, LOOKED_AT)
        return Look(
            cursor=webhook.cursor,
            seen=entries[-1].position if entries else seen,
            owed=any(webhook.wants(entry.type) for entry in entries),
            more=len(entries) == LOOKED_AT,
            due=self.deliveries.due(connection, id, now, limit),
            next_at=self.deliveries.next_due(connection, id, now),
            oldest=self.deliveries.oldest(connection, id),
        )

    def skip(self, connection: Connection, id: WebhookId, was: int, cursor: int) -> None:
        """Move the cursor over events that the endpoint does not want, unless it was moved."""
        webhook = self.webhooks.lock(connection, id)
        if webhook is not None and webhook.cursor == was:
            self.webhooks.move_cursor(connection, id, cursor)

    def fan_out(self, connection: Connection, id: WebhookId, now: Micros) -> bool:
        """Make deliveries of the next events behind the cursor, and move it; False when there were
        no events."""
        webhook = self.webhooks.lock(connection, id)
        if webhook is None or not webhook.enabled:
            return False
        entries = self.log.beyond(connection, webhook.account, webhook.cursor, LOOKED_AT)
        if not entries:
            return False
        wanted = [entry for entry in entries if webhook.wants(entry.type)]
        self.lines.join(connection, webhook, wanted[:BATCH], now)
        last = entries[-1] if len(wanted) <= BATCH else wanted[BATCH - 1]
        self.webhooks.move_cursor(connection, id, last.position)
        return True

    def take(
        self, connection: Connection, webhook: WebhookId, id: DeliveryId, now: Micros
    ) -> Parcel | None:
        """What to send of a delivery; None when it is not its time, or the endpoint's not."""
        found = self.webhooks.read(connection, webhook)
        record = None if found is None else self.deliveries.by_id(connection, webhook, id)
        if found is None or record is None or record.state not in OPEN:
            return None
        if Send() not in record.revive().handle(Tick(), now):
            return None
        envelope = self.log.by_id(connection, found.account, record.event)
        if envelope is None:
            raise Unavailable("the event is not in the log", code="event_missing")
        return Parcel(found, envelope, record.attempts + 1)

    def settle(
        self,
        connection: Connection,
        webhook: WebhookId,
        id: DeliveryId,
        event: object,
        attempt: Attempt,
        now: Micros,
    ) -> Settled | None:
        """Keep what came of an attempt, and let the next of its line go when this one ended; None
        when the endpoint, or the delivery, is gone or has ended otherwise."""
        found = self.webhooks.there(connection, webhook)
        record = None if found is None else self.deliveries.by_id(connection, webhook, id)
        if found is None or record is None or not Delivery.expects(record.state, type(event)):
            return None
        number = record.attempts + 1
        machine = record.revive()
        effects = machine.handle(event, now)
        self.deliveries.save(connection, id, machine, number)
        self.deliveries.note(connection, found.account, id, replace(attempt, number=number))
        disabled = Disable() in effects and found.enabled
        if disabled:
            self.webhooks.disable(connection, found, "gone", now)
        first = self.lines.move_up(connection, webhook, record.subject, id, now)
        goes_on = found.enabled and not disabled and first != id
        return Settled(machine.state, disabled, first if goes_on else None)

    def prune(self, connection: Connection, now: Micros) -> int:
        """Forget some deliveries whose time is over; how many."""
        gone = self.deliveries.prune(connection, Micros(now - KEPT), BATCH)
        if not gone:
            self.webhooks.purge(connection)
        return gone
