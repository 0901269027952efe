"""What people ask of an account's contacts: each method is one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.errors import Conflict, NotFound, OffhookError, PreconditionFailed
from offhook.core.ids import AccountId, ContactId
from offhook.core.store.events import EventLog, NewEvent
from signalling.domain.contacts.card import Address, Card, addresses
from signalling.domain.contacts.searching import Search
from signalling.domain.contacts.taking_in import What
from signalling.domain.sessions.session import Session
from signalling.stores.contacts import Contact, ContactRows, Stored, Written
from signalling.stores.desks import Desks

Remember = Callable[[Connection, Contact], None]
#: Visitors with an address of a contact's whose sessions are looked for.
_ALSO = 50


class BookChanged(OffhookError):
    """The contacts were changed since they were looked at; whoever looked does so again."""


@dataclass(frozen=True, slots=True)
class Known:
    """Contacts by id that have one of some addresses, and how often the book had been changed."""

    version: int
    contacts: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Batch:
    """What an import writes: all of it, or nothing. `id` is the import's."""

    id: str
    account: AccountId
    version: int
    new: Sequence[Written]
    changed: Sequence[tuple[Stored, Written]]
    counts: Mapping[What, int]
    now: Micros


class ContactBook:
    """Raises `NotFound` (`contact_not_found`) for whom the account does not know."""

    def __init__(self, rows: ContactRows, desks: Desks, log: EventLog) -> None:
        self.rows = rows
        self._desks = desks
        self._log = log

    def get(self, connection: Connection, account: AccountId, id: str) -> Stored:
        """One contact."""
        found = self.rows.by_id(connection, account, id)
        if found is None:
            raise NotFound("There is no such contact.", code="contact_not_found")
        return found

    def create(self, connection: Connection, new: Contact, remember: Remember) -> Contact:
        """Keep somebody new; raise `Conflict` (`email_taken`)."""
        self.rows.take_turn(connection, new.account)
        self._require_free(connection, new)
        self.rows.insert(connection, [self.rows.written(new)])
        self._note(connection, new, "created")
        remember(connection, new)
        return new

    def create_of_session(
        self, connection: Connection, new: Contact, session: str, remember: Remember
    ) -> Contact:
        """Keep whom a session is with. Raises `NotFound` (`session_not_found`) and `Conflict`
        (`contact_exists`, `contact_erased`, `email_taken`)."""
        self.rows.take_turn(connection, new.account)
        found = self._desks.session(connection, new.account, session)
        if found is None:
            raise NotFound("There is no such session.", code="session_not_found", field="session")
        new = replace(new, id=ContactId(found.contact))
        if self.rows.by_id(connection, new.account, new.id) is not None:
            raise Conflict("The customer of the session is a contact.", code="contact_exists")
        key = self.rows.key(connection, new.account, new.id)
        if key is None:
            raise Conflict("What was known of this customer is erased.", code="contact_erased")
        self._require_free(connection, new)
        self.rows.insert_cards(connection, [self.rows.written(new, key)])
        self._note(connection, new, "created")
        remember(connection, new)
        return new

    def change(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        change: Callable[[Card], Card],
        revision: int | None,
        now: Micros,
    ) -> Contact:
        """Change what is known of a contact. Raises `Conflict` (`email_taken`) and
        `PreconditionFailed` when the revision is another."""
        self.rows.take_turn(connection, account)
        was = self._expected(connection, account, id, revision)
        before = was.contact
        after = replace(
            before, card=change(before.card), updated_at=now, revision=before.revision + 1
        )
        self._require_free(connection, after)
        self.rows.save(connection, was, self.rows.written(after, was.key))
        self._note(connection, after, "updated")
        return after

    def delete(
        self,
        connection: Connection,
        account: AccountId,
        id: str,
        revision: int | None,
        now: Micros,
    ) -> None:
        """Forget what is known of a contact; raise `PreconditionFailed`."""
        self.rows.take_turn(connection, account)
        was = self._expected(connection, account, id, revision)
        self.rows.delete(connection, was, now)
        gone = replace(was.contact, updated_at=now, revision=was.contact.revision + 1)
        self._note(connection, gone, "deleted")

    def page(
        self, connection: Connection, account: AccountId, search: Search, after: str, limit: int
    ) -> tuple[list[Contact], str | None]:
        """Those who fit, the newest first."""
        return self.rows.page(connection, account, search, after, limit)

    def found(
        self, connection: Connection, account: AccountId, id: str, at: Sequence[Address]
    ) -> list[Contact]:
        """The one with this id, and those who have one of these addresses, in that order."""
        holders = self.rows.holders(connection, account, at)
        having = (id for each in at for id in sorted(holders.get(each, ())))
        ids = list(dict.fromkeys((id, *having)))
        known = self.rows.by_ids(connection, account, ids)
        return [known[id].contact for id in ids if id in known]

    def sessions(
        self, connection: Connection, account: AccountId, id: str, limit: int
    ) -> list[Session]:
        """The sessions of a contact, the last one first: also those in which somebody gave one of
        the contact's addresses."""
        self.get(connection, account, id)
        also = self.rows.also(connection, account, id, _ALSO)
        found = {
            session.id: session
            for each in dict.fromkeys((id, *also))
            for session in self._desks.earlier(connection, account, each, limit)
        }
        return [found[id] for id in sorted(found, reverse=True)][:limit]

    # --- many at once ---------------------------------------------------------------------------

    def known(self, connection: Connection, account: AccountId, found: Sequence[Address]) -> Known:
        """The contacts that have one of these addresses."""
        version = self.rows.version(connection, account)
        holders = self.rows.holders(connection, account, found)
        ids = sorted({id for each in holders.values() for id in each})
        return Known(version, self.rows.by_ids(connection, account, ids))

    def take_in(
        self, connection: Connection, batch: Batch, remember: Callable[[Connection], None]
    ) -> None:
        """Keep what an import writes; raise `BookChanged`."""
        if self.rows.take_turn(connection, batch.account) != batch.version + 1:
            raise BookChanged("The contacts were changed meanwhile.")
        self.rows.insert(connection, batch.new)
        for was, now in batch.changed:
            self.rows.save(connection, was, now)
        data = {
            "created": [each.contact.id for each in batch.new],
            "updated": [now.contact.id for _, now in batch.changed],
            "unchanged": batch.counts["unchanged"],
            "failed": batch.counts["failed"],
        }
        event = NewEvent("contact.imported", data)
        self._log.append(connection, batch.account, batch.id, [event], batch.now)
        remember(connection)

    def _expected(
        self, connection: Connection, account: AccountId, id: str, revision: int | None
    ) -> Stored:
        found = self.get(connection, account, id)
        if revision is not None and revision != found.contact.revision:
            raise PreconditionFailed("The contact was changed since you read it.", field="If-Match")
        return found

    def _require_free(self, connection: Connection, wanted: Contact) -> None:
        """No e-mail address is that of two contacts."""
        emails = [each for each in addresses(wanted.card) if each.kind == "email"]
        for address, ids in self.rows.holders(connection, wanted.account, emails).items():
            for id in ids:
                if id != wanted.id:
                    raise Conflict(
                        f"The contact {id} has the address {address.text}.",
                        code="email_taken",
                        field="emails",
                    )

    def _note(self, connection: Connection, about: Contact, what: str) -> None:
        """Log what happened; nothing of what is known of somebody is in it."""
        event = NewEvent(f"contact.{what}", {"revision": about.revision})
        self._log.append(connection, about.account, about.id, [event], about.updated_at)
