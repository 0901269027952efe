"""Webhooks: made, changed, tried and replayed by those who want to be told what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.events import Envelope
from offhook.core.ids import AccountId, WebhookId
from offhook.core.webhooks.signature import encode_secret
from offhook.core.webhooks.stores.deliveries import Attempt, DeliveryRecord
from offhook.core.webhooks.stores.ledger import KEPT
from offhook.core.webhooks.stores.requests import Remember, Requests, forget
from offhook.core.webhooks.webhook import SECRET_BYTES, Secret, Webhook, event_filters
from signalling.domain import names
from signalling.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a webhook; None: it stays."""

    url: str | None = None
    description: str | None = None
    events: Sequence[str] | None = None
    enabled: bool | None = None

    def of(self, webhook: Webhook) -> Webhook:
        """The webhook as it shall be; raises `InvalidInput`."""
        disabled = webhook.disabled
        if self.enabled is not None:
            disabled = None if self.enabled else disabled or "requested"
        return replace(
            webhook,
            url=webhook.url if self.url is None else self.url,
            description=webhook.description
            if self.description is None
            else _text(self.description),
            events=webhook.events if self.events is None else event_filters(self.events),
            disabled=disabled,
        )


class Webhooks:
    """What programs of an account ask for; the courier does the rest."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._requests = Requests(parts.post.ledger)

    async def create(
        self,
        account: AccountId,
        given: Changes,
        remember: Remember[Webhook] = forget,
    ) -> Webhook:
        """A new webhook; its secret is shown now and never again.

        Raises `InvalidInput` (code `address_refused`, `address_unknown`) for a URL that nothing is
        sent to, and `Conflict` (code `too_many_webhooks`).
        """
        parts, now = self._parts, self._parts.clock.now()
        blank = Webhook(
            id=WebhookId(parts.ids.new("WH")),
            account=account,
            url="",
            description="",
            events=("*",),
            secrets=(Secret(encode_secret(parts.random(SECRET_BYTES))),),
            disabled=None,
            created_at=now,
            updated_at=now,
            revision=1,
            cursor=0,
        )
        new = given.of(blank)
        await parts.post.fetch.check(new.url)
        made = await parts.store.write(lambda c: self._requests.create(c, new, remember))
        parts.post.courier.changed()
        return made

    async def page(self, account: AccountId, after: str, limit: int) -> list[Webhook]:
        """The account's webhooks, oldest first, those behind the id `after`."""
        kept = self._parts.post.ledger.webhooks
        return await self._parts.store.read(lambda c: kept.page(c, account, after, limit))

    async def get(self, account: AccountId, id: str) -> Webhook:
        """One webhook; raise `NotFound`, as all of these do."""
        return await self._parts.store.read(lambda c: self._requests.get(c, account, id))

    async def update(
        self, account: AccountId, id: str, changes: Changes, revision: int | None
    ) -> Webhook:
        """Change it; raises as `create`, and `PreconditionFailed` when `revision` is not the
        present one."""
        parts, now = self._parts, self._parts.clock.now()
        if changes.url is not None:
            await self.get(account, id)
            await parts.post.fetch.check(changes.url)
        changed = await parts.store.write(
            lambda c: self._requests.change(c, account, id, changes.of, revision, now)
        )
        parts.post.courier.changed()
        return changed

    async def delete(self, account: AccountId, id: str, revision: int | None) -> None:
        """Forget it, and what it is still owed."""
        now = self._parts.clock.now()
        await self._parts.store.write(
            lambda c: self._requests.delete(c, account, id, revision, now)
        )
        self._parts.post.courier.changed()

    async def rotate(
        self, account: AccountId, id: str, overlap: int, remember: Remember[Webhook] = forget
    ) -> Webhook:
        """A new secret, shown now and never again; the one before signs for `overlap` seconds
        more."""
        parts, now = self._parts, self._parts.clock.now()
        key, until = parts.random(SECRET_BYTES), Micros(now + overlap * SECOND)
        return await parts.store.write(
            lambda c: self._requests.change(
                c, account, id, lambda found: found.rotated(key, until), None, now, remember
            )
        )

    async def test(
        self, account: AccountId, id: str, remember: Remember[DeliveryRecord] = forget
    ) -> DeliveryRecord:
        """Send it a `webhook.test`; raises `Conflict` (code `webhook_disabled`)."""
        now = self._parts.clock.now()
        record = await self._parts.store.write(
            lambda c: self._requests.test(c, account, id, now, remember)
        )
        self._parts.post.courier.wake(account)
        return record

    async def deliveries(
        self, account: AccountId, id: str, state: str, after: str, limit: int
    ) -> list[DeliveryRecord]:
        """Its deliveries, newest first, those older than the id `after`; of one state, or all."""
        return await self._parts.store.read(
            lambda c: self._requests.deliveries(c, account, id, state, after, limit)
        )

    async def delivery(
        self, account: AccountId, id: str, delivery: str
    ) -> tuple[DeliveryRecord, list[Attempt], Envelope | None]:
        """One delivery with its last attempts, and the event that it carries."""
        return await self._parts.store.read(
            lambda c: self._requests.delivery(c, account, id, delivery)
        )

    async def replay(
        self,
        account: AccountId,
        id: str,
        delivery: str,
        remember: Remember[DeliveryRecord] = forget,
    ) -> DeliveryRecord:
        """Send a delivery again; raises `Conflict` (code `webhook_disabled`)."""
        now = self._parts.clock.now()
        record = await self._parts.store.write(
            lambda c: self._requests.replay(c, account, id, delivery, now, remember)
        )
        self._parts.post.courier.wake(account)
        return record

    async def replay_failed(
        self, account: AccountId, id: str, since: Micros, *, missed: bool
    ) -> int:
        """Send everything again that was made since a time and has failed; how many. `missed`: and
        what happened since then without being sent, because it was disabled or not asked for."""
        store, courier, until = self._parts.store, self._parts.post.courier, self._parts.clock.now()
        since, count = Micros(max(since, until - KEPT)), 0
        while some := await store.write(
            lambda c: self._requests.replay_failed(c, account, id, since, until, until)
        ):
            count += some
        if missed:
            await store.write(lambda c: self._requests.rewind(c, account, id, since))
            courier.rewound(id)
        courier.wake(account)
        return count


def _text(text: str) -> str:
    return names.display_name(text, "description")
