"""The tables of what accounts set up; they share the core's metadata.

One table has all kinds. Objects refer to people by the ids of their logins, never by names.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    text,
)

from offhook.core.store.tables import ID, metadata

#: A name belongs to one object of a kind at a time; deleted ones let go of theirs.
_LIVE = text("deleted_at IS NULL")

configured = Table(
    "configured",
    metadata,
    Column("configured_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(128), nullable=False),
    Column("only_one", String(128), nullable=True),
    Column("public_key", String(64), nullable=True, unique=True),
    Column("revision", BigInteger, nullable=False),
    Column("body", JSON, nullable=False),
    Column("sealed_secrets", LargeBinary, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger, nullable=True),
    Index(None, "account_id", "kind", "configured_id"),
    Index(
        "uq_configured_account_id_kind_name_live",
        "account_id",
        "kind",
        "name",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index(
        "uq_configured_account_id_kind_only_one_live",
        "account_id",
        "kind",
        "only_one",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
)

#: How often an account's objects were changed; who changes one holds this row until the commit.
configurations = Table(
    "configurations",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
