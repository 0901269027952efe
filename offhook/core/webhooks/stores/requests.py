"""What people ask of their webhooks: each method is one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.contracts.events import Envelope
from offhook.core.errors import Conflict, NotFound, PreconditionFailed
from offhook.core.ids import AccountId, DeliveryId, EventId, WebhookId
from offhook.core.store import late
from offhook.core.store.events import Entry, NewEvent
from offhook.core.webhooks.delivery import Replayed
from offhook.core.webhooks.stores.deliveries import Attempt, DeliveryRecord
from offhook.core.webhooks.stores.ledger import BATCH, Ledger
from offhook.core.webhooks.webhook import TEST, Webhook

T = TypeVar("T")
#: Keeps something more in the same transaction: how the door answered.
Remember = Callable[[Connection, T], None]

#: What the store tells other processes of when somebody asked for something.
CHANNEL = "webhooks"
#: Endpoints of one account.
LIMIT = 20
_FOR_EVER = 1 << 62


def forget(connection: Connection, made: object) -> None:
    """Keeps nothing more."""


class Requests:
    """Raises `NotFound` (code `webhook_not_found`, `delivery_not_found`) for what the account does
    not have, and `Conflict` for what its state does not allow."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._webhooks = ledger.webhooks
        self._deliveries = ledger.deliveries

    def create(
        self, connection: Connection, webhook: Webhook, remember: Remember[Webhook] = forget
    ) -> Webhook:
        """Keep a new endpoint; it is told of what is logged from now on. Raises `Conflict` (code
        `too_many_webhooks`)."""
        if self._webhooks.count(connection, webhook.account) >= LIMIT:
            raise Conflict(f"An account has at most {LIMIT} webhooks.", code="too_many_webhooks")
        made = replace(webhook, cursor=self._end_of_log(connection, webhook.account))
        self._webhooks.insert(connection, made)
        late.tell(connection, CHANNEL)
        remember(connection, made)
        return made

    def get(self, connection: Connection, account: AccountId, id: str) -> Webhook:
        """One endpoint."""
        found = self._webhooks.by_id(connection, account, id)
        if found is None:
            raise NotFound("There is no such webhook.", code="webhook_not_found")
        return found

    def change(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        change: Callable[[Webhook], Webhook],
        revision: int | None,
        now: Micros,
        remember: Remember[Webhook] = forget,
    ) -> Webhook:
        """Change an endpoint. What was logged before it is told as it wanted it then; one that is
        enabled again is told of what is logged from now on. Raises `PreconditionFailed` when the
        revision is another."""
        before = self._lock(connection, account, id)
        if revision is not None and revision != before.revision:
            raise PreconditionFailed("The webhook was changed since you read it.", field="If-Match")
        while self._ledger.fan_out(connection, before.id, now):
            pass
        after = change(self.get(connection, account, id))
        end = self._end_of_log(connection, account)
        after = replace(after, updated_at=now, revision=before.revision + 1, cursor=end)
        self._webhooks.save(connection, after, before.revision)
        remember(connection, after)
        return after

    def delete(
        self, connection: Connection, account: AccountId, id: str, revision: int | None, now: Micros
    ) -> None:
        """Forget an endpoint, and what it was still owed."""
        found = self._lock(connection, account, id)
        if revision is not None and revision != found.revision:
            raise PreconditionFailed("The webhook was changed since you read it.", field="If-Match")
        self._webhooks.delete(connection, found.id, now)

    def test(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        now: Micros,
        remember: Remember[DeliveryRecord] = forget,
    ) -> DeliveryRecord:
        """Log a trial, and send it to this endpoint only."""
        webhook = self._enabled(connection, account, id)
        event = NewEvent(TEST, {"webhook": id})
        [envelope] = self._ledger.log.append(connection, account, id, [event], now)
        entry = Entry(0, EventId(envelope.id), TEST, id, envelope.seq)
        [new] = self._ledger.lines.join(connection, webhook, [entry], now)
        record = self._delivery(connection, webhook.id, new.id)
        remember(connection, record)
        return record

    def deliveries(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        state: str,
        before: str,
        limit: int,
    ) -> list[DeliveryRecord]:
        """The endpoint's deliveries, newest first."""
        webhook = self.get(connection, account, id)
        return self._deliveries.page(connection, webhook.id, state, before, limit)

    def delivery(
        self, connection: Connection, account: AccountId, id: str, delivery: str
    ) -> tuple[DeliveryRecord, list[Attempt], Envelope | None]:
        """One delivery with its last attempts, and the event that it carries."""
        webhook = self.get(connection, account, id)
        record = self._delivery(connection, webhook.id, delivery)
        attempts = self._deliveries.attempts(connection, record.id)
        return record, attempts, self._ledger.log.by_id(connection, account, record.event)

    def replay(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        delivery: str,
        now: Micros,
        remember: Remember[DeliveryRecord] = forget,
    ) -> DeliveryRecord:
        """Send a delivery again, before later ones of its subject that are on their way."""
        webhook = self._enabled(connection, account, id)
        self._again(connection, webhook.id, self._delivery(connection, webhook.id, delivery), now)
        record = self._delivery(connection, webhook.id, delivery)
        remember(connection, record)
        return record

    def replay_failed(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        since: Micros,
        until: Micros,
        now: Micros,
    ) -> int:
        """Send some of those again that were made since a time and failed until another; how many,
        0 when there are no more."""
        webhook = self._enabled(connection, account, id)
        failed = self._deliveries.failed(connection, webhook.id, since, until, BATCH)
        for record in failed:
            self._again(connection, webhook.id, record, now)
        return len(failed)

    def rewind(self, connection: Connection, account: AccountId, id: str, since: Micros) -> None:
        """Have the log looked at again from a time on, for events that have no delivery."""
        webhook = self._enabled(connection, account, id)
        position = self._ledger.log.position_at(connection, account, since)
        self._webhooks.move_cursor(connection, webhook.id, min(webhook.cursor, position))

    def _again(
        self, connection: Connection, webhook: WebhookId, record: DeliveryRecord, now: Micros
    ) -> None:
        lines = self._ledger.lines
        before = lines.head(connection, webhook, record.subject)
        lines.handle(connection, record, Replayed(), now)
        lines.move_up(connection, webhook, record.subject, before, now)

    def _delivery(self, connection: Connection, webhook: WebhookId, id: str) -> DeliveryRecord:
        found = self._deliveries.by_id(connection, webhook, DeliveryId(id))
        if found is None:
            raise NotFound("The webhook has no such delivery.", code="delivery_not_found")
        return found

    def _lock(self, connection: Connection, account: AccountId, id: str) -> Webhook:
        """The endpoint, which is about to change."""
        self._webhooks.lock(connection, WebhookId(id))
        late.tell(connection, CHANNEL)
        return self.get(connection, account, id)

    def _enabled(self, connection: Connection, account: AccountId, id: str) -> Webhook:
        webhook = self._lock(connection, account, id)
        if not webhook.enabled:
            raise Conflict("The webhook is disabled; enable it first.", code="webhook_disabled")
        return webhook

    def _end_of_log(self, connection: Connection, account: AccountId) -> int:
        return self._ledger.log.position_at(connection, account, _FOR_EVER)
