"""The core's tables: accounts, contacts, the event log, the outbox, keys and nodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = 34
_POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _accounts()
    _log()
    _keys()


def _account_of(table: str, *, key: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.String(_ID), primary_key=key, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=f"fk_{table}_account_id_accounts"
        ),
    ]


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "account_settings",
        *_account_of("account_settings"),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_account_settings"),
    )
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.String(_ID), nullable=False),
        *_account_of("contacts"),
        sa.Column("sealed_key", sa.LargeBinary, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("erased_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_account_id_contact_id", "contacts", ["account_id", "contact_id"])


def _log() -> None:
    op.create_table(
        "subjects",
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "subject", name="pk_subjects"),
    )
    op.create_table(
        "events",
        sa.Column("position", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(_ID), nullable=False),
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.String(_ID), nullable=True),
        sa.Column("causation_id", sa.String(_ID), nullable=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.UniqueConstraint("event_id", name="uq_events_event_id"),
        sa.UniqueConstraint(
            "account_id", "subject", "seq", name="uq_events_account_id_subject_seq"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_account_id_position", "events", ["account_id", "position"])
    op.create_table(
        "outbox",
        sa.Column("position", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_topic_account_id_key_position",
        "outbox",
        ["topic", "account_id", "key", "position"],
    )


def _keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("headers", sa.JSON, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(_ID), nullable=False),
        *_account_of("api_keys"),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger, nullable=True),
        sa.Column("last_used_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_account_id_key_id", "api_keys", ["account_id", "key_id"])
    op.create_table(
        "nodes",
        sa.Column("node_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("node_id", name="pk_nodes"),
    )
