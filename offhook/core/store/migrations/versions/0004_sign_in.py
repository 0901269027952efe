"""People with a login, their sign-ins, and tries that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = 34


def upgrade() -> None:
    """Create the tables."""
    _users()
    _sign_ins()
    _tries()


def _foreign(table: str, column: str, to: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.{column}"], name=f"fk_{table}_{column}_{to}"),
    ]


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(_ID), nullable=False),
        *_foreign("users", "account_id", "accounts"),
        *_foreign("users", "contact_id", "contacts"),
        sa.Column("login", sa.String(128), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("password_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("account_id", "login", name="uq_users_account_id_login"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("sign_in_id", sa.String(_ID), nullable=False),
        *_foreign("sign_ins", "account_id", "accounts"),
        *_foreign("sign_ins", "user_id", "users"),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("sign_in_id", name="pk_sign_ins"),
        sa.UniqueConstraint("digest", name="uq_sign_ins_digest"),
    )
    op.create_index("ix_sign_ins_account_id_user_id", "sign_ins", ["account_id", "user_id"])


def _tries() -> None:
    op.create_table(
        "sign_in_tries",
        *_foreign("sign_in_tries", "account_id", "accounts"),
        sa.Column("who", sa.LargeBinary(32), nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "who", name="pk_sign_in_tries"),
    )
    op.create_index("ix_sign_in_tries_last_at", "sign_in_tries", ["last_at"])
