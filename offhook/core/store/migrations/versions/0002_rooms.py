"""Rooms, their participants and chat, and the media node that each lives on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = 34
_LIVE = sa.text("state <> 'finished'")


def upgrade() -> None:
    """Create the tables."""
    _rooms()
    _participants()
    _chat()
    _pins()


def _foreign(table: str, column: str, to: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.String(_ID), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.{column}"], name=f"fk_{table}_{column}_{to}"),
    ]


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("room_id", sa.String(_ID), nullable=False),
        *_foreign("rooms", "account_id", "accounts"),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("access", sa.String(16), nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("max_participants", sa.Integer, nullable=False),
        sa.Column("empty_timeout", sa.Integer, nullable=True),
        sa.Column("departure_timeout", sa.Integer, nullable=True),
        sa.Column("max_duration", sa.Integer, nullable=True),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("founder", sa.String(128), nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=True),
        sa.Column("empty_since", sa.BigInteger, nullable=True),
        sa.Column("finished_at", sa.BigInteger, nullable=True),
        sa.Column("deadline", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("room_id", name="pk_rooms"),
    )
    op.create_index("ix_rooms_account_id_room_id", "rooms", ["account_id", "room_id"])
    op.create_index(
        "uq_rooms_account_id_name_live",
        "rooms",
        ["account_id", "name"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("participant_id", sa.String(_ID), nullable=False),
        *_foreign("participants", "account_id", "accounts"),
        *_foreign("participants", "room_id", "rooms"),
        sa.Column("identity", sa.String(128), nullable=False),
        *_foreign("participants", "contact_id", "contacts"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary, nullable=False),
        sa.Column("about_sealed", sa.LargeBinary, nullable=False),
        sa.Column("grants", sa.JSON, nullable=False),
        sa.Column("tracks", sa.JSON, nullable=False),
        sa.Column("legs", sa.JSON, nullable=False),
        sa.Column("connected", sa.Boolean, nullable=False),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger, nullable=True),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("join_by", sa.BigInteger, nullable=True),
        sa.Column("resume_by", sa.BigInteger, nullable=True),
        sa.Column("media_by", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("participant_id", name="pk_participants"),
    )
    op.create_index(
        "ix_participants_account_id_room_id_left_at",
        "participants",
        ["account_id", "room_id", "left_at"],
    )
    op.create_index(
        "ix_participants_account_id_identity", "participants", ["account_id", "identity"]
    )


def _chat() -> None:
    op.create_table(
        "chat_messages",
        sa.Column("chat_id", sa.String(_ID), nullable=False),
        *_foreign("chat_messages", "account_id", "accounts"),
        *_foreign("chat_messages", "room_id", "rooms"),
        *_foreign("chat_messages", "participant_id", "participants"),
        sa.Column("text_sealed", sa.LargeBinary, nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_chat_messages"),
    )
    op.create_index(
        "ix_chat_messages_account_id_room_id_chat_id",
        "chat_messages",
        ["account_id", "room_id", "chat_id"],
    )


def _pins() -> None:
    op.create_table(
        "room_pins",
        *_foreign("room_pins", "room_id", "rooms"),
        *_foreign("room_pins", "account_id", "accounts"),
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("room_id", name="pk_room_pins"),
    )
