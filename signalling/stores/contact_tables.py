"""The tables of contacts as people look them up; they share the core's metadata.

What is known of a contact is sealed with the contact's key. It is found by digests under the master
key: of addresses, and of the beginnings of words. So a search needs an index, and no one who reads
the tables learns who is in them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
)

from offhook.core.store.tables import ID, metadata

#: What is known of a contact. `terms`: which rows of `contact_terms` lead here, eight bytes each.
contact_cards = Table(
    "contact_cards",
    metadata,
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), primary_key=True),
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "account_id", "contact_id"),
)

#: Who has a word that begins so; `term` is of the digest of the beginning.
contact_terms = Table(
    "contact_terms",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), primary_key=True),
    sqlite_with_rowid=False,
)

#: Who is reached at an e-mail address or phone. `carded`: their card says so; else they did, in a
#: session.
contact_addresses = Table(
    "contact_addresses",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("digest", LargeBinary(16), primary_key=True),
    Column("contact_id", String(ID), ForeignKey("contacts.contact_id"), primary_key=True),
    Column("carded", Boolean, nullable=False),
    Index(None, "contact_id"),
)

#: How often an account's contacts were changed; who changes one holds this row until the commit.
contact_books = Table(
    "contact_books",
    metadata,
    Column("account_id", String(ID), ForeignKey("accounts.account_id"), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
