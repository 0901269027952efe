"""The tables of rooms; they share the core's metadata.

Names and words of people are in columns made for them, sealed with the key of their contact.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from offhook.core.store.tables import ID, metadata

#: A name belongs to one room at a time; finished rooms let go of theirs.
_LIVE = text("state <> 'finished'")

rooms = Table(
    "rooms",
    metadata,
    Column("room_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("title", String(200), nullable=False),
    Column("access", String(16), nullable=False),
    Column("metadata", Text, nullable=False),
    Column("max_participants", Integer, nullable=False),
    Column("empty_timeout", Integer, nullable=True),
    Column("departure_timeout", Integer, nullable=True),
    Column("max_duration", Integer, nullable=True),
    Column("locked", Boolean, nullable=False),
    Column("met", Boolean, nullable=False),
    Column("founder", String(128), nullable=True),
    Column("granted", JSON, nullable=False, server_default="{}"),
    Column("hearing", JSON, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=True),
    Column("empty_since", BigInteger, nullable=True),
    Column("finished_at", BigInteger, nullable=True),
    Column("deadline", BigInteger, nullable=True),
    Column("owner", String(64), nullable=True),
    Column("owner_epoch", BigInteger, nullable=False, server_default=text("0")),
    Index(None, "account_id", "room_id"),
    Index(
        "uq_rooms_account_id_name_live",
        "account_id",
        "name",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
)

participants = Table(
    "participants",
    metadata,
    Column("participant_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("room_id", String(ID), ForeignKey("rooms.room_id"), nullable=False),
    Column("identity", String(128), nullable=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("about_sealed", LargeBinary, nullable=False),
    Column("grants", JSON, nullable=False),
    Column("tracks", JSON, nullable=False),
    Column("legs", JSON, nullable=False),
    Column("connected", Boolean, nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("left_at", BigInteger, nullable=True),
    Column("reason", String(32), nullable=True),
    Column("join_by", BigInteger, nullable=True),
    Column("resume_by", BigInteger, nullable=True),
    Column("media_by", BigInteger, nullable=True),
    Index(None, "account_id", "room_id", "left_at"),
    Index(None, "account_id", "identity"),
)

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("chat_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("room_id", String(ID), ForeignKey("rooms.room_id"), nullable=False),
    Column("participant_id", String(ID), ForeignKey("participants.participant_id"), nullable=False),
    Column("text_sealed", LargeBinary, nullable=False),
    Column("sent_at", String(32), nullable=False),
    Index(None, "account_id", "room_id", "chat_id"),
)

#: Files that were announced, came (`kept`), and were said in a line of the chat. Until then a row
#: counts to `expires_at` only. Their bytes are on the shelf, as `<room_id>/<file_id>`.
chat_files = Table(
    "chat_files",
    metadata,
    Column("file_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("room_id", String(ID), ForeignKey("rooms.room_id"), nullable=False),
    Column("participant_id", String(ID), ForeignKey("participants.participant_id"), nullable=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=False),
    Column("chat_id", String(ID), nullable=True),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("type", String(128), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("expires_at", BigInteger, nullable=True),
    Index(None, "account_id", "room_id"),
    Index(None, "chat_id"),
    Index(None, "expires_at"),
)

#: Who may not come in. A ban is the room's, and when it is permanent that of every later room of
#: the name. `person` is an identity, or what all guests of one browser have in common.
room_bans = Table(
    "room_bans",
    metadata,
    Column("ban_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("room_id", String(ID), ForeignKey("rooms.room_id"), nullable=False),
    Column("room_name", String(128), nullable=False),
    Column("person", String(128), nullable=False),
    Column("permanent", Boolean, nullable=False),
    Column("banned_by", String(128), nullable=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=True),
    Column("name_sealed", LargeBinary, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("account_id", "room_name", "person"),
)

#: Which media node a room lives on. `epoch` grows each time it moves.
room_pins = Table(
    "room_pins",
    metadata,
    Column("room_id", String(ID), ForeignKey("rooms.room_id"), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("node", String(64), nullable=False),
    Column("epoch", BigInteger, nullable=False),
)
