"""The contacts of an account: looked up, made, changed, deleted, and many taken in at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput, OffhookError, Unavailable
from offhook.core.ids import AccountId, ContactId
from signalling.domain.contacts import card as cards
from signalling.domain.contacts import columns as known_columns
from signalling.domain.contacts import exporting
from signalling.domain.contacts.card import Card
from signalling.domain.contacts.searching import Search
from signalling.domain.contacts.sheet import Delimiter, Row, Sheet, read
from signalling.domain.contacts.taking_in import Outcome, Plan, What, card_of
from signalling.domain.sessions.session import Session
from signalling.services.parts import Parts
from signalling.stores.contact_book import Batch, BookChanged, Known, Remember
from signalling.stores.contacts import Contact, Stored, Written
from signalling.stores.keeping import forget

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Sessions of a contact that are told.
_SESSIONS = 50
#: Contacts that an export reads at a time.
_EXPORTED = 500
#: How often an import looks at the contacts again that others change meanwhile.
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A table that is to be taken in. `columns`: what each holds, when the heads do not say it;
    `region`: whose national phone numbers are understood. Of the rows `many` are taken, beginning
    with number `first`, from 1."""

    data: bytes
    delimiter: Delimiter | None = None
    columns: Sequence[str] = ()
    region: str | None = None
    first: int = 1
    many: int

    def of(self, sheet: Sheet) -> Sequence[Row]:
        """The rows that are meant."""
        return sheet.rows[self.first - 1 : self.first - 1 + self.many]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became, or would become, of rows of a table. `id` is the import's, None when nothing was
    to be kept; `next` the number of the row to go on with."""

    id: str | None
    sheet: Sheet
    columns: tuple[str, ...]
    outcomes: Sequence[Outcome]
    counts: dict[What, int]
    next: int | None


class Contacts:
    """Every method raises `NotFound` (`contact_not_found`) for whom the account does not know, and
    `InvalidInput` with the field that is wrong."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._book = parts.kept.contacts

    async def create(
        self, account: AccountId, card: Card, session: str = "", remember: Remember = forget
    ) -> Contact:
        """Somebody new, or, with a session, whom that is with. Raises `Conflict` (`email_taken`;
        with a session `contact_exists`, `contact_erased`) and `NotFound` (`session_not_found`)."""
        new, book = self._draw(account, cards.checked(card)), self._book
        made = await self._parts.store.write(
            lambda c: (
                book.create_of_session(c, new, session, remember)
                if session
                else book.create(c, new, remember)
            )
        )
        self._changed(made, "made")
        return made

    async def get(self, account: AccountId, id: str) -> Contact:
        """One contact."""
        found = await self._parts.store.read(lambda c: self._book.get(c, account, id))
        return found.contact

    async def page(
        self, account: AccountId, text: str, after: str, limit: int
    ) -> tuple[list[Contact], str | None]:
        """Those whom this text looks for, the newest first, behind the id `after`; and behind which
        id to go on. Without a word in it all are meant."""
        search = Search.parse(text)
        return await self._parts.store.read(
            lambda c: self._book.page(c, account, search, after, limit)
        )

    async def known(self, account: AccountId, id: str, email: str, phone: str) -> list[Contact]:
        """The one with this id, and those who have this e-mail address or this phone, in that
        order."""
        found = cards.reached_at(email, phone)
        return await self._parts.store.read(lambda c: self._book.found(c, account, id, found))

    async def sessions(self, account: AccountId, id: str) -> list[Session]:
        """The last sessions of a contact, the newest first."""
        return await self._parts.store.read(
            lambda c: self._book.sessions(c, account, id, _SESSIONS)
        )

    async def update(
        self, account: AccountId, id: str, change: Callable[[Card], Card], revision: int | None
    ) -> Contact:
        """Change what is known of somebody. Raises `Conflict` (`email_taken`), and
        `PreconditionFailed` when `revision` is not the present one."""
        now = self._parts.clock.now()
        changed = await self._parts.store.write(
            lambda c: self._book.change(
                c, account, id, lambda known: cards.checked(change(known)), revision, now
            )
        )
        self._changed(changed, "changed")
        return changed

    async def delete(self, account: AccountId, id: str, revision: int | None) -> None:
        """Forget what is known of somebody."""
        now = self._parts.clock.now()
        await self._parts.store.write(lambda c: self._book.delete(c, account, id, revision, now))
        log.info("contact deleted", account=account, contact=id)
        self._parts.post.wake(account)

    async def export(self, account: AccountId) -> str:
        """All contacts as a table, the newest first."""
        found: list[Card] = []
        after: str | None = ""
        while after is not None:
            page, after = await self.page(account, "", after, _EXPORTED)
            found += [contact.card for contact in page]
        log.info("contacts exported", account=account, contacts=len(found))
        return await asyncio.to_thread(exporting.table, found)

    # --- many at once ---------------------------------------------------------------------------

    async def preview(self, account: AccountId, asked: Asked) -> TakenIn:
        """What would become of the rows; nothing is kept."""
        reading = await asyncio.to_thread(_Reading.of, asked)
        known = await self._known(account, reading)
        plan = await asyncio.to_thread(reading.planned, known)
        return reading.told(None, plan)

    async def take_in(
        self,
        account: AccountId,
        asked: Asked,
        remember: Callable[[Any, TakenIn], None] = forget,
    ) -> TakenIn:
        """Keep what the rows say, all of it or nothing; rows that are wrong are left out and told.
        Raises `Unavailable` (`contacts_busy`) when others change contacts all the time."""
        reading = await asyncio.to_thread(_Reading.of, asked)
        id = self._parts.ids.new("IM")
        for _ in range(_TRIES):
            known = await self._known(account, reading)
            plan = await asyncio.to_thread(reading.planned, known)
            batch = await asyncio.to_thread(self._batch, id, account, known, plan)
            told = reading.told(id, plan)
            try:
                await self._keep(batch, told, remember)
            except BookChanged:
                continue
            log.info("contacts imported", account=account, id=id, **plan.counts())
            self._parts.post.wake(account)
            return told
        raise Unavailable("Others are changing contacts; try again.", code="contacts_busy")

    async def _known(self, account: AccountId, reading: _Reading) -> Known:
        found = reading.addresses()
        return await self._parts.store.read(lambda c: self._book.known(c, account, found))

    async def _keep(
        self, batch: Batch, told: TakenIn, remember: Callable[[Any, TakenIn], None]
    ) -> None:
        await self._parts.store.write(
            lambda c: self._book.take_in(c, batch, lambda c: remember(c, told))
        )

    def _batch(self, id: str, account: AccountId, known: Known, plan: Plan) -> Batch:
        """What is to be written: each contact once, as the last of its rows leaves it."""
        now, rows = self._parts.clock.now(), self._book.rows
        new: dict[int, Written] = {}
        changed: dict[str, tuple[Stored, Written]] = {}
        for outcome in plan.outcomes:
            if outcome.card is None or outcome.what == "unchanged":
                continue
            if outcome.contact is None:
                made = new.get(outcome.of or 0)
                drawn = self._draw(account, outcome.card) if made is None else made.contact
                key = None if made is None else made.key
                new[outcome.of or 0] = rows.written(replace(drawn, card=outcome.card), key)
            else:
                was = known.contacts[outcome.contact]
                after = _after(was.contact, outcome.card, now)
                changed[outcome.contact] = was, rows.written(after, was.key)
        written = list(new.values()), list(changed.values())
        return Batch(id, account, known.version, *written, plan.counts(), now)

    def _draw(self, account: AccountId, card: Card) -> Contact:
        now, id = self._parts.clock.now(), ContactId(self._parts.ids.new("CT"))
        return Contact(id=id, account=account, card=card, created_at=now, updated_at=now)

    def _changed(self, contact: Contact, what: str) -> None:
        log.info("contact kept", account=contact.account, contact=contact.id, what=what)
        self._parts.post.wake(contact.account)


class _Reading:
    """The rows of a table as they were read, one by one."""

    def __init__(self, asked: Asked, sheet: Sheet, columns: tuple[str, ...]) -> None:
        self._asked = asked
        self._sheet = sheet
        self._columns = columns
        self._rows = [(row, _card(row, columns, asked.region)) for row in asked.of(sheet)]

    @classmethod
    def of(cls, asked: Asked) -> _Reading:
        """Read a table; raise `InvalidInput` when it is none."""
        sheet = read(asked.data, asked.delimiter)
        given = known_columns.said(sheet.heads, asked.columns) if asked.columns else None
        columns = given or known_columns.recognised(sheet.heads)
        if given is not None:
            known_columns.require_useful(given)
        return cls(asked, sheet, columns)

    def addresses(self) -> list[cards.Address]:
        """Where those of the rows are reached."""
        said = (each for _, each in self._rows if isinstance(each, Card))
        return list(dict.fromkeys(at for each in said for at in cards.addresses(each)))

    def planned(self, known: Known) -> Plan:
        """What becomes of the rows."""
        plan = Plan({id: each.contact.card for id, each in known.contacts.items()})
        for row, said in self._rows:
            plan.take(row, said)
        return plan

    def told(self, id: str | None, plan: Plan) -> TakenIn:
        """The answer."""
        behind = self._asked.first + len(self._rows)
        return TakenIn(
            id=id,
            sheet=self._sheet,
            columns=self._columns,
            outcomes=plan.outcomes,
            counts=plan.counts(),
            next=behind if behind <= len(self._sheet.rows) else None,
        )


def _card(row: Row, columns: Sequence[str], region: str | None) -> Card | OffhookError:
    try:
        return card_of(row, columns, region)
    except InvalidInput as error:
        return error


def _after(before: Contact, card: Card, now: Micros) -> Contact:
    return replace(before, card=card, updated_at=now, revision=before.revision + 1)
