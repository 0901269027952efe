"""Webhooks and deliveries as the REST API shows them."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import Micros, isoformat
from offhook.core.contracts.events import Envelope
from offhook.core.webhooks.stores.deliveries import Attempt, DeliveryRecord
from offhook.core.webhooks.webhook import Webhook
from signalling.api import shapes
from signalling.api import webhook_resources as resources


def webhook(found: Webhook) -> resources.Webhook:
    """A webhook without its secret."""
    return resources.Webhook(**_webhook(found))


def new_webhook(made: Webhook) -> resources.NewWebhook:
    """A webhook with its newest secret."""
    return resources.NewWebhook(**_webhook(made), secret=made.secrets[0].text)


def etag(found: Webhook) -> str:
    """The ETag of a webhook."""
    return f'"{found.id[-12:]}.{found.revision}"'


def delivery(record: DeliveryRecord) -> resources.Delivery:
    """A delivery."""
    return resources.Delivery(**_delivery(record))


def detail(
    record: DeliveryRecord, attempts: list[Attempt], envelope: Envelope | None
) -> resources.DeliveryDetail:
    """A delivery with all that is known of it."""
    return resources.DeliveryDetail(
        **_delivery(record),
        log=[_attempt(attempt) for attempt in attempts],
        payload=None if envelope is None else shapes.event(envelope),
    )


def _webhook(found: Webhook) -> dict[str, Any]:
    before = [secret.until for secret in found.secrets[1:] if secret.until is not None]
    return {
        "id": found.id,
        "url": found.url,
        "description": found.description,
        "events": list(found.events),
        "enabled": found.enabled,
        "disabled_reason": found.disabled,
        "old_secret_until": _when(max(before, default=None)),
        "created_at": isoformat(found.created_at),
        "updated_at": isoformat(found.updated_at),
    }


def _delivery(record: DeliveryRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "webhook": record.webhook,
        "event": record.event,
        "type": record.type,
        "subject": record.subject,
        "seq": record.seq,
        "state": record.state.value,
        "attempts": record.attempts,
        "next_attempt_at": _when(record.next_at),
        "created_at": isoformat(record.created_at),
        "ended_at": _when(record.ended_at),
        "last": None if record.last is None else _attempt(record.last),
    }


def _attempt(attempt: Attempt) -> resources.DeliveryAttempt:
    return resources.DeliveryAttempt(
        number=attempt.number,
        at=isoformat(attempt.at),
        milliseconds=round(attempt.took / 1000),
        status=attempt.status,
        error=attempt.error,
        response=attempt.excerpt,
    )


def _when(at: Micros | None) -> str | None:
    return None if at is None else isoformat(at)
