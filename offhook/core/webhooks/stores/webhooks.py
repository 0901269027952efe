"""The table `webhooks`: endpoints and their sealed secrets."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.sql.expression import exists

from offhook.core.clock import Micros
from offhook.core.ids import AccountId, WebhookId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.webhooks.stores.tables import webhook_deliveries, webhooks
from offhook.core.webhooks.webhook import DisabledReason, Secret, Webhook

_THERE = webhooks.c.deleted_at.is_(None)
_MINE = (webhooks.c.account_id == bindparam("account"), _THERE)
_THIS = webhooks.c.webhook_id == bindparam("id")

_INSERT = insert(webhooks)
_BY_ID = Prepared(select(webhooks).where(*_MINE, _THIS))
_TOUCH = Prepared(update(webhooks).where(_THIS, _THERE).values(cursor=webhooks.c.cursor))
_READ = Prepared(select(webhooks).where(_THIS, _THERE))
_PAGE = Prepared(
    select(webhooks)
    .where(*_MINE, webhooks.c.webhook_id > bindparam("after"))
    .order_by(webhooks.c.webhook_id)
    .limit(bindparam("limit"))
)
_COUNT = Prepared(select(func.count()).select_from(webhooks).where(*_MINE))
_SAVE = Prepared(update(webhooks).where(_THIS, _THERE, webhooks.c.revision == bindparam("was")))
_SET = Prepared(update(webhooks).where(_THIS, _THERE))
_ENABLED = Prepared(
    select(webhooks.c.webhook_id, webhooks.c.account_id).where(
        _THERE, webhooks.c.disabled.is_(None)
    )
)
_PURGE = delete(webhooks).where(
    webhooks.c.deleted_at.is_not(None),
    ~exists().where(webhook_deliveries.c.webhook_id == webhooks.c.webhook_id),
)


class Webhooks:
    """Reads and writes endpoints; a deleted one is not there for anybody."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def insert(self, connection: Connection, webhook: Webhook) -> None:
        """Keep a new endpoint."""
        about = {
            "webhook_id": webhook.id,
            "account_id": webhook.account,
            "created_at": webhook.created_at,
            "cursor": webhook.cursor,
        }
        connection.execute(_INSERT, about | self._changeable(webhook))

    def by_id(self, connection: Connection, account: AccountId, id: str) -> Webhook | None:
        """The account's endpoint of this id."""
        row = _BY_ID.one_or_none(connection, {"account": account, "id": id})
        return None if row is None else self._webhook(row)

    def enabled(self, connection: Connection) -> list[tuple[WebhookId, AccountId]]:
        """All endpoints that are sent something, of all accounts."""
        rows = _ENABLED.all(connection, {})
        return [(WebhookId(row.webhook_id), AccountId(row.account_id)) for row in rows]

    def read(self, connection: Connection, id: WebhookId) -> Webhook | None:
        """The endpoint of this id, of whatever account, when it is enabled."""
        found = self.there(connection, id)
        return found if found is not None and found.enabled else None

    def lock(self, connection: Connection, id: WebhookId) -> Webhook | None:
        """The endpoint of this id, of whatever account; of the units that lock it side by side one
        counts, and the others are run again."""
        _TOUCH.run(connection, {"id": id})
        return self.there(connection, id)

    def there(self, connection: Connection, id: WebhookId) -> Webhook | None:
        """The endpoint of this id, of whatever account."""
        row = _READ.one_or_none(connection, {"id": id})
        return None if row is None else self._webhook(row)

    def page(
        self, connection: Connection, account: AccountId, after: str, limit: int
    ) -> list[Webhook]:
        """The account's endpoints, oldest first, those behind the id `after`."""
        asked = {"account": account, "after": after, "limit": limit}
        return [self._webhook(row) for row in _PAGE.all(connection, asked)]

    def count(self, connection: Connection, account: AccountId) -> int:
        """How many the account has."""
        return int(_COUNT.scalar_one(connection, {"account": account}))

    def save(self, connection: Connection, webhook: Webhook, was: int) -> bool:
        """Keep what was changed and the cursor; False when the revision is not `was` any more."""
        asked = {"id": webhook.id, "was": was, "cursor": webhook.cursor}
        return _SAVE.run(connection, asked | self._changeable(webhook)) == 1

    def move_cursor(self, connection: Connection, id: WebhookId, cursor: int) -> None:
        """Say up to which position its deliveries are made."""
        _SET.run(connection, {"id": id, "cursor": cursor})

    def disable(
        self, connection: Connection, webhook: Webhook, reason: DisabledReason, now: Micros
    ) -> None:
        """Send it nothing more."""
        changed = {"disabled": reason, "updated_at": now, "revision": webhook.revision + 1}
        _SET.run(connection, {"id": webhook.id, **changed})

    def delete(self, connection: Connection, id: WebhookId, now: Micros) -> None:
        """Forget it; its deliveries go later, its URL and secrets at once."""
        gone = {"deleted_at": now, "url": "", "description": "", "sealed_secrets": b""}
        _SET.run(connection, {"id": id, **gone})

    def purge(self, connection: Connection) -> int:
        """Drop deleted endpoints that have no deliveries any more; return how many."""
        return connection.execute(_PURGE).rowcount

    def _changeable(self, webhook: Webhook) -> dict[str, Any]:
        secrets = msgspec.json.encode([(secret.text, secret.until) for secret in webhook.secrets])
        return {
            "url": webhook.url,
            "description": webhook.description,
            "events": list(webhook.events),
            "sealed_secrets": self._sealer.seal(secrets, webhook.id.encode()),
            "disabled": webhook.disabled,
            "updated_at": webhook.updated_at,
            "revision": webhook.revision,
        }

    def _webhook(self, row: Any) -> Webhook:
        opened = self._sealer.open(row.sealed_secrets, row.webhook_id.encode())
        secrets = msgspec.json.decode(opened, type=list[tuple[str, int | None]])
        return Webhook(
            id=row.webhook_id,
            account=row.account_id,
            url=row.url,
            description=row.description,
            events=tuple(row.events),
            secrets=tuple(
                Secret(text, None if until is None else Micros(until)) for text, until in secrets
            ),
            disabled=row.disabled,
            created_at=row.created_at,
            updated_at=row.updated_at,
            revision=row.revision,
            cursor=row.cursor,
        )
