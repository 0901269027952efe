"""What accounts set up for their contact centre; logins that are disabled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = 34
_LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Create the tables, and have people's logins say when they were disabled."""
    _configured()
    _configurations()
    op.add_column("users", sa.Column("disabled_at", sa.BigInteger, nullable=True))
    op.add_column(
        "users",
        sa.Column("revision", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    )


def _account(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.account_id"], name=f"fk_{table}_account_id_accounts"
        ),
    ]


def _configured() -> None:
    op.create_table(
        "configured",
        sa.Column("configured_id", sa.String(_ID), nullable=False),
        *_account("configured"),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("only_one", sa.String(128), nullable=True),
        sa.Column("public_key", sa.String(64), nullable=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("sealed_secrets", sa.LargeBinary, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("configured_id", name="pk_configured"),
        sa.UniqueConstraint("public_key", name="uq_configured_public_key"),
    )
    op.create_index(
        "ix_configured_account_id_kind_configured_id",
        "configured",
        ["account_id", "kind", "configured_id"],
    )
    for column in ("name", "only_one"):
        op.create_index(
            f"uq_configured_account_id_kind_{column}_live",
            "configured",
            ["account_id", "kind", column],
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )


def _configurations() -> None:
    op.create_table(
        "configurations",
        *_account("configurations"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_configurations"),
    )
