"""Files that are sent in the chat of a room; their bytes are kept elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ID = 34
_TABLE = "chat_files"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        _TABLE,
        sa.Column("file_id", sa.String(_ID), nullable=False),
        *_foreign("account_id", "accounts"),
        *_foreign("room_id", "rooms"),
        *_foreign("participant_id", "participants"),
        *_foreign("contact_id", "contacts"),
        sa.Column("chat_id", sa.String(_ID), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("type", sa.String(128), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("file_id", name="pk_chat_files"),
    )
    for columns in (["account_id", "room_id"], ["chat_id"], ["expires_at"]):
        op.create_index(f"ix_{_TABLE}_{'_'.join(columns)}", _TABLE, columns)


def _foreign(column: str, to: str) -> list[sa.schema.SchemaItem]:
    name = f"fk_{_TABLE}_{column}_{to}"
    return [
        sa.Column(column, sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.{column}"], name=name),
    ]
