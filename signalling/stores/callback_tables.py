"""The tables of callbacks: the links that were handed out, and the letters that were written."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from offhook.core.store.tables import ID, metadata

#: Of a link only the SHA-256 of its secret is kept.
callback_links = Table(
    "callback_links",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("session_id", String(ID), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index(None, "expires_at"),
)

#: What became of each letter of a session; whom it goes to is asked when it goes. `told`: the desk
#: knows how it ended.
callback_mails = Table(
    "callback_mails",
    metadata,
    Column("session_id", String(ID), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("told", Boolean, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    Index(None, "told", "ended_at"),
)
