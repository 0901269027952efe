"""Contacts as people look them up: what is known of them, and how they are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ID = 34


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contact_cards",
        *_contact("contact_cards"),
        *_account("contact_cards"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("terms", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact_cards"),
    )
    op.create_index(
        "ix_contact_cards_account_id_contact_id", "contact_cards", ["account_id", "contact_id"]
    )
    op.create_table(
        "contact_terms",
        *_account("contact_terms"),
        sa.Column("term", sa.BigInteger, nullable=False, autoincrement=False),
        *_contact("contact_terms"),
        sa.PrimaryKeyConstraint("account_id", "term", "contact_id", name="pk_contact_terms"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact_addresses",
        *_account("contact_addresses"),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        *_contact("contact_addresses"),
        sa.Column("carded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "digest", "contact_id", name="pk_contact_addresses"),
    )
    op.create_index("ix_contact_addresses_contact_id", "contact_addresses", ["contact_id"])
    op.create_table(
        "contact_books",
        *_account("contact_books"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_contact_books"),
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
