"""The tables of contact centres at work; they share the core's metadata.

`body` is what a machine keeps of itself, as JSON. Personal data are sealed with the contact's key.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
)
from sqlalchemy.schema import SchemaItem

from offhook.core.store.tables import ID, metadata

#: One row for each account that has a desk; `version` counts its steps and its owners, and fences
#: the owner: the process that has it, when several share the store.
desks = Table(
    "desks",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("owner", String(64), nullable=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("site_id", String(ID), nullable=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("body", JSON, nullable=False),
    Column("sealed", LargeBinary, nullable=True),
    Index(None, "account_id", "session_id"),
    Index(None, "account_id", "kept"),
    Index(None, "contact_id", "session_id"),
)


def _of_router(name: str, id: str, *more: SchemaItem) -> Table:
    return Table(
        name,
        metadata,
        Column(id, String(ID), primary_key=True),
        Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
        Column("state", String(16), nullable=False),
        Column("kept", Boolean, nullable=False),
        Column("body", JSON, nullable=False),
        *more,
        Index(None, "account_id", "kept"),
    )


#: `kept`: the router still needs it after a restart.
tasks = _of_router("tasks", "task_id")
reservations = _of_router(
    "reservations",
    "reservation_id",
    Column("task_id", String(ID), nullable=True),
    Index(None, "task_id", "reservation_id"),
    Index(None, "account_id", "reservation_id"),
)
agents_at_work = _of_router("agents_at_work", "agent_id")

#: Seconds that a task of a queue takes on the average.
handling_times = Table(
    "handling_times",
    metadata,
    Column("queue_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("seconds", Float, nullable=False),
    Index(None, "account_id"),
)

#: Which contact a visitor is whom a site's server vouches for.
visitors = Table(
    "visitors",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), nullable=False),
)
