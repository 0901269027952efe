"""Webhooks: endpoints, deliveries and their attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = 34
_OPEN = sa.text("state IN ('pending', 'retrying')")
_DUE = sa.text("next_at IS NOT NULL")
_ENDED = sa.text("ended_at IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    _webhooks()
    _deliveries()
    _attempts()


def _foreign(table: str, column: str, to: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.{column}"], name=f"fk_{table}_{column}_{to}"),
    ]


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.String(_ID), nullable=False),
        *_foreign("webhooks", "account_id", "accounts"),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("sealed_secrets", sa.LargeBinary, nullable=False),
        sa.Column("disabled", sa.String(16), nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger, nullable=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("webhook_id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_account_id_webhook_id", "webhooks", ["account_id", "webhook_id"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("delivery_id", sa.String(_ID), nullable=False),
        *_foreign("webhook_deliveries", "account_id", "accounts"),
        *_foreign("webhook_deliveries", "webhook_id", "webhooks"),
        sa.Column("event_id", sa.String(_ID), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint(
            "webhook_id", "subject", "seq", name="uq_webhook_deliveries_webhook_id_subject_seq"
        ),
    )
    _index(["webhook_id", "delivery_id"])
    _index(["webhook_id", "next_at"], "due", _DUE)
    _index(["webhook_id", "subject", "seq"], "open", _OPEN)
    _index(["webhook_id", "opened_at"], "open", _OPEN)
    _index(["ended_at"], "ended", _ENDED)


def _index(columns: list[str], which: str = "", where: sa.TextClause | None = None) -> None:
    name = "_".join(["ix_webhook_deliveries", *columns, *([which] if which else [])])
    op.create_index(name, "webhook_deliveries", columns, sqlite_where=where, postgresql_where=where)


def _attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.String(_ID), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *_foreign("webhook_attempts", "account_id", "accounts"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("took", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("error", sa.String(32), nullable=True),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_webhook_attempts"),
    )
