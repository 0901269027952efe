"""Links and letters of callbacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = 34


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "callback_links",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        *_account("callback_links"),
        sa.Column("session_id", sa.String(_ID), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_callback_links"),
    )
    op.create_index("ix_callback_links_expires_at", "callback_links", ["expires_at"])
    op.create_table(
        "callback_mails",
        sa.Column("session_id", sa.String(_ID), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *_account("callback_mails"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("accepted_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_callback_mails"),
    )
    op.create_index("ix_callback_mails_told_ended_at", "callback_mails", ["told", "ended_at"])


def _account(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=f"fk_{table}_account_id_accounts"
        ),
    ]
