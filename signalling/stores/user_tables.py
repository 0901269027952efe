"""The tables of people with a login; they share the core's metadata.

What people are called is sealed with the key of their contact; of a sign-in only a digest is kept.
"""

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
    UniqueConstraint,
    text,
)

from offhook.core.store.tables import ID, metadata

users = Table(
    "users",
    metadata,
    Column("user_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=False),
    Column("login", String(128), nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("password_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger, nullable=True),
    Column("revision", BigInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("account_id", "login"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("sign_in_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("user_id", String(ID), ForeignKey("users.user_id"), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("user_agent", String(200), nullable=False),
    Index(None, "account_id", "user_id"),
)

#: Tries to sign in that failed, by a digest of the login or address, known or not.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("who", LargeBinary(32), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Index(None, "last_at"),
)
