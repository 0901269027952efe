"""Contact centres at work: sessions, tasks, reservations, agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = 34


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "desks",
        *_account("desks"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_desks"),
    )
    _sessions()
    for name, id in (
        ("tasks", "task_id"),
        ("reservations", "reservation_id"),
        ("agents_at_work", "agent_id"),
    ):
        _of_router(name, id)
    op.create_table(
        "handling_times",
        sa.Column("queue_id", sa.String(_ID), nullable=False),
        *_account("handling_times"),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("queue_id", name="pk_handling_times"),
    )
    op.create_index("ix_handling_times_account_id", "handling_times", ["account_id"])
    op.create_table(
        "visitors",
        *_account("visitors"),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        *_contact("visitors"),
        sa.PrimaryKeyConstraint("account_id", "digest", name="pk_visitors"),
    )


def _account(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=f"fk_{table}_account_id_accounts"
        ),
    ]


def _contact(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("contact_id", sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.contact_id"], name=f"fk_{table}_contact_id_contacts"
        ),
    ]


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(_ID), nullable=False),
        *_account("sessions"),
        sa.Column("site_id", sa.String(_ID), nullable=False),
        *_contact("sessions"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_account_id_session_id", "sessions", ["account_id", "session_id"])
    op.create_index("ix_sessions_account_id_kept", "sessions", ["account_id", "kept"])
    op.create_index("ix_sessions_contact_id_session_id", "sessions", ["contact_id", "session_id"])


def _of_router(name: str, id: str) -> None:
    op.create_table(
        name,
        sa.Column(id, sa.String(_ID), nullable=False),
        *_account(name),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint(id, name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_account_id_kept", name, ["account_id", "kept"])
