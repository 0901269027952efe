"""The tables of webhooks; they share the core's metadata."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from offhook.core.store.tables import ID, metadata

_OPEN = text("state IN ('pending', 'retrying')")
_DUE = text("next_at IS NOT NULL")
_ENDED = text("ended_at IS NOT NULL")

#: Endpoints. A deleted one keeps its row until its deliveries are gone; its secrets go at once.
#: `cursor` is a position in the event log.
webhooks = Table(
    "webhooks",
    metadata,
    Column("webhook_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("description", String(200), nullable=False),
    Column("events", JSON, nullable=False),
    Column("sealed_secrets", LargeBinary, nullable=False),
    Column("disabled", String(16), nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger, nullable=True),
    Column("revision", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Index(None, "account_id", "webhook_id"),
)

#: One event on its way to one endpoint. `next_at` is null behind an earlier one of its subject.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("delivery_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("webhook_id", String(ID), ForeignKey("webhooks.webhook_id"), nullable=False),
    Column("event_id", String(ID), nullable=False),
    Column("type", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    UniqueConstraint("webhook_id", "subject", "seq"),
    Index(None, "webhook_id", "delivery_id"),
    Index(
        "ix_webhook_deliveries_webhook_id_next_at_due",
        "webhook_id",
        "next_at",
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    ),
    Index(
        "ix_webhook_deliveries_webhook_id_subject_seq_open",
        "webhook_id",
        "subject",
        "seq",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_webhook_deliveries_webhook_id_opened_at_open",
        "webhook_id",
        "opened_at",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_webhook_deliveries_ended_at_ended",
        "ended_at",
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
    ),
)

#: The last attempts of each delivery.
webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("delivery_id", String(ID), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("took", BigInteger, nullable=False),
    Column("status", Integer, nullable=True),
    Column("error", String(32), nullable=True),
    Column("excerpt", Text, nullable=False),
)
