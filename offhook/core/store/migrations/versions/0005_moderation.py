"""Moderation: who is banned from which room, and what moderators gave and took in a meeting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = 34


def upgrade() -> None:
    """Create the table of bans, and the column of given grants."""
    op.create_table(
        "room_bans",
        sa.Column("ban_id", sa.String(_ID), nullable=False),
        *_foreign("account_id", "accounts"),
        *_foreign("room_id", "rooms"),
        sa.Column("room_name", sa.String(128), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("permanent", sa.Boolean, nullable=False),
        sa.Column("banned_by", sa.String(128), nullable=False),
        *_foreign("contact_id", "contacts", nullable=True),
        sa.Column("name_sealed", sa.LargeBinary, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("ban_id", name="pk_room_bans"),
        sa.UniqueConstraint(
            "account_id", "room_name", "person", name="uq_room_bans_account_id_room_name_person"
        ),
    )
    op.add_column("rooms", sa.Column("granted", sa.JSON, nullable=False, server_default="{}"))


def _foreign(column: str, to: str, *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    name = f"fk_room_bans_{column}_{to}"
    return [
        sa.Column(column, sa.String(_ID), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{to}.{column}"], name=name),
    ]
