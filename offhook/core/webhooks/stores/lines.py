"""The lines of an endpoint: one for each subject, and only the first of a line is sent."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.ids import DeliveryId, Ids, WebhookId
from offhook.core.store.events import Entry
from offhook.core.webhooks.delivery import OPEN, Delivery, Held, Released, State
from offhook.core.webhooks.stores.deliveries import Deliveries, DeliveryRecord
from offhook.core.webhooks.webhook import Webhook


class Lines:
    """Puts deliveries in line; whoever does so has locked the endpoint."""

    def __init__(self, deliveries: Deliveries, ids: Ids) -> None:
        self._deliveries = deliveries
        self._ids = ids

    def join(
        self, connection: Connection, webhook: Webhook, entries: Iterable[Entry], now: Micros
    ) -> list[DeliveryRecord]:
        """Make deliveries of events; those that the endpoint has already stay as they are."""
        new = [self._new(webhook, entry, now) for entry in entries]
        subjects = dict.fromkeys(record.subject for record in new)
        heads = {subject: self.head(connection, webhook.id, subject) for subject in subjects}
        self._deliveries.put(connection, new)
        for subject, before in heads.items():
            self.move_up(connection, webhook.id, subject, before, now)
        return new

    def head(self, connection: Connection, webhook: WebhookId, subject: str) -> DeliveryId | None:
        """The first delivery of a line."""
        found = self._deliveries.head(connection, webhook, subject)
        return None if found is None else found.id

    def move_up(
        self,
        connection: Connection,
        webhook: WebhookId,
        subject: str,
        before: DeliveryId | None,
        now: Micros,
    ) -> DeliveryId | None:
        """Let the first of a line go, and have the one that was it `before` wait; who is first.

        The first is saved even as it is: had its attempt ended meanwhile, what was just put behind
        it would wait for ever.
        """
        first = self._deliveries.head(connection, webhook, subject)
        if first is None:
            return None
        if before is not None and before != first.id:
            overtaken = self._deliveries.by_id(connection, webhook, before)
            if overtaken is not None and overtaken.state in OPEN:
                self.handle(connection, overtaken, Held(), now)
        self.handle(connection, first, Released(), now)
        return first.id

    def handle(
        self, connection: Connection, record: DeliveryRecord, event: object, now: Micros
    ) -> Delivery:
        """Move one delivery and keep where it stands."""
        machine = record.revive()
        machine.handle(event, now)
        self._deliveries.save(connection, record.id, machine, record.attempts)
        return machine

    def _new(self, webhook: Webhook, entry: Entry, now: Micros) -> DeliveryRecord:
        return DeliveryRecord(
            id=DeliveryId(self._ids.new("WD")),
            account=webhook.account,
            webhook=webhook.id,
            event=entry.id,
            type=entry.type,
            subject=entry.subject,
            seq=entry.seq,
            state=State.PENDING,
            tries=0,
            attempts=0,
            next_at=None,
            created_at=now,
            opened_at=now,
            ended_at=None,
        )
