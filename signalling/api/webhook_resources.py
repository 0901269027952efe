"""What the REST API of webhooks takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from offhook.core.webhooks.addresses import MAX_URL
from offhook.core.webhooks.webhook import FILTER, DisabledReason, Failure
from signalling.api.resources import Event, PageQuery, Timestamp
from signalling.domain import names

Url = Annotated[str, Meta(pattern=r"^https?://[!-~]+$", max_length=MAX_URL)]
Description = Annotated[str, Meta(max_length=names.NAME_LIMIT)]
Filter = Annotated[
    str, Meta(pattern=FILTER, description="A type of event, the beginning of some with a star, *.")
]
Filters = Annotated[list[Filter], Meta(min_length=1, max_length=50)]
DeliveryState = Literal["pending", "delivered", "retrying", "failed"]


class WebhookCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A webhook to make. `events`: what it is told of."""

    url: Url
    description: Description = ""
    events: Filters = field(default_factory=lambda: ["*"])
    enabled: bool = True


class WebhookPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a webhook; what is not given stays."""

    url: Url | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    events: Filters | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Webhook(Struct, frozen=True, kw_only=True):
    """A webhook without its secret. `disabled_reason`: it was asked for, or the receiver answered
    410 Gone; `old_secret_until`: until then the secret before the last rotation signs too."""

    id: str
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_reason: DisabledReason | None
    old_secret_until: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class NewWebhook(Webhook, frozen=True, kw_only=True):
    """A webhook with its newest secret, which is shown this once."""

    secret: str


class WebhookPage(Struct, frozen=True, kw_only=True):
    """Webhooks, oldest first; `next` as everywhere."""

    items: list[Webhook]
    next: str | None


class SecretRotation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to rotate a secret. `overlap`: seconds that the old one signs beside the new one."""

    overlap: Annotated[int, Meta(ge=0, le=604_800)] = 86_400


class DeliveryQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which deliveries: of this state, or all."""

    state: Literal["", "pending", "delivered", "retrying", "failed"] = ""


class DeliveryAttempt(Struct, frozen=True, kw_only=True):
    """One try: the receiver's `status` and the beginning of its answer, or else an `error`."""

    number: int
    at: Timestamp
    milliseconds: int
    status: int | None
    error: Failure | None
    response: str


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook. `next_attempt_at` is null at the end, and while an
    earlier event of the same subject is on its way; `last` is the last attempt."""

    id: str
    webhook: str
    event: str
    type: str
    subject: str
    seq: int
    state: DeliveryState
    attempts: int
    next_attempt_at: Timestamp | None
    created_at: Timestamp
    ended_at: Timestamp | None
    last: DeliveryAttempt | None


class DeliveryPage(Struct, frozen=True, kw_only=True):
    """Deliveries, newest first; `next` as everywhere."""

    items: list[Delivery]
    next: str | None


class DeliveryDetail(Delivery, frozen=True, kw_only=True):
    """A delivery with its last 20 attempts, oldest first, and the event that is sent."""

    log: list[DeliveryAttempt]
    payload: Event | None


class ReplayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send again: what was to be delivered since a time, 30 days ago at most, and failed.

    `missed`: and what happened since then without being sent, because the webhook was disabled or
    did not ask for it.
    """

    since: Timestamp
    missed: bool = False


class Replay(Struct, frozen=True, kw_only=True):
    """How many failed deliveries are sent again."""

    replayed: int
