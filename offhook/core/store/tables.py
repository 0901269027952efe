"""The core's tables; services define theirs on the same metadata, in their `stores.py`.

Every row belongs to an account, except those of `nodes` and `processes`. Times are UTC in
microseconds.
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
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Counts rows up; SQLite numbers only its own INTEGER.
Position = BigInteger().with_variant(Integer, "sqlite")

#: The length of an id.
ID = 34

#: The unit of tenancy. The first start makes `main`.
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", String(ID), primary_key=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
)

account_settings = Table(
    "account_settings",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

#: People whose data we keep. Their data are sealed with `sealed_key`; erased: the key is gone.
contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("sealed_key", LargeBinary, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("erased_at", BigInteger, nullable=True),
    Index(None, "account_id", "contact_id"),
)

#: The last `seq` of each subject of the event log.
subjects = Table(
    "subjects",
    metadata,
    Column("account_id", String(ID), primary_key=True),
    Column("subject", String(128), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

#: The event log. `position` is the order of all events, `seq` that of one subject.
events = Table(
    "events",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("event_id", String(ID), nullable=False, unique=True),
    Column("account_id", String(ID), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("conversation_id", String(ID), nullable=True),
    Column("causation_id", String(ID), nullable=True),
    Column("time", BigInteger, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("account_id", "subject", "seq"),
    Index(None, "account_id", "position"),
    sqlite_autoincrement=True,
)

#: What must be carried out after a commit, at least once, in order for each key.
outbox = Table(
    "outbox",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("account_id", String(ID), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("key", String(128), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Index(None, "topic", "account_id", "key", "position"),
    sqlite_autoincrement=True,
)

#: Replies to requests that carried an Idempotency-Key; `status` is null while one is under way.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("account_id", String(ID), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Column("headers", JSON, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "created_at"),
)

#: API keys. The secret signs tokens, so it is sealed and not hashed.
api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(ID), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
    Column("last_used_at", BigInteger, nullable=True),
    Index(None, "account_id", "key_id"),
)

#: The media nodes of this installation. `epoch` grows whenever a node starts anew.
nodes = Table(
    "nodes",
    metadata,
    Column("node_id", String(64), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("draining", Boolean, nullable=False),
)

#: The processes that share this store and own what is in it. `beat` grows with every heartbeat.
processes = Table(
    "processes",
    metadata,
    Column("node_id", String(64), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("beat", BigInteger, nullable=False),
)
