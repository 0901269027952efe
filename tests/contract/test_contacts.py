"""Every store keeps contacts, and finds them, alike; also when several change them at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed
from sqlalchemy import Connection, select

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, NotFound, OffhookError, PreconditionFailed
from offhook.core.ids import AccountId, ContactId, CountingIds
from offhook.core.seal import Sealer
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from offhook.core.store.tables import contacts
from signalling.domain.contacts.card import Card, reached_at
from signalling.domain.contacts.searching import Search
from signalling.stores.contact_book import Batch, BookChanged, Known
from signalling.stores.contact_tables import contact_addresses, contact_cards, contact_terms
from signalling.stores.contacts import Contact
from signalling.stores.keeping import Keeping, forget
from tests.support.stores import MAIN, OTHER, make_accounts, open_store

pytestmark = pytest.mark.contract

NOW = Micros(1_700_000_000 * SECOND)
LATER = Micros(NOW + SECOND)
IDS = CountingIds()
BOOK = Keeping(Sealer(bytes(32)), IDS).contacts
ADA = Card(
    name="Ada Lovelace",
    company="Analytical Engines",
    emails=["ada@example.com"],
    phones=["+33612345678"],
)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with open_store(place) as opened:
        await opened.write(make_accounts)
        yield opened


def contact(card: Card = ADA, account: AccountId = MAIN) -> Contact:
    id = ContactId(IDS.new("CT"))
    return Contact(id=id, account=account, card=card, created_at=NOW, updated_at=NOW)


async def made(store: Store, *cards: Card) -> list[Contact]:
    new = [contact(card) for card in cards]
    for each in new:
        await store.write(lambda c, each=each: BOOK.create(c, each, forget))  # type: ignore[misc]
    return new


async def found(store: Store, text: str, account: AccountId = MAIN) -> list[str]:
    page, _ = await store.read(lambda c: BOOK.page(c, account, Search.parse(text), "", 50))
    return [each.card.name for each in page]


def renaming(id: str, name: str, revision: int | None = None) -> Callable[[Connection], Contact]:
    return lambda c: BOOK.change(
        c, MAIN, id, lambda card: changed(card, name=name), revision, LATER
    )


async def test_a_contact_comes_back_as_it_was_kept(store: Store) -> None:
    [ada] = await made(store, ADA)
    assert (await store.read(lambda c: BOOK.get(c, MAIN, ada.id))).contact == ada
    with pytest.raises(NotFound):
        await store.read(lambda c: BOOK.get(c, OTHER, ada.id))


@pytest.mark.parametrize(
    "text",
    ["a", "ad", "love", "lovela", "lovelac ada", "engin", "ada@exa", "+336 12", "06 12 34 5"],
)
async def test_a_contact_is_found_by_the_beginnings_of_words(store: Store, text: str) -> None:
    await made(store, ADA, Card(name="Bob"))
    assert await found(store, text) == (["Ada Lovelace"] if text != "a" else [])
    assert await found(store, text, OTHER) == []


async def test_a_changed_contact_is_found_by_what_it_is_now(store: Store) -> None:
    [ada] = await made(store, ADA)
    after = await store.write(renaming(ada.id, "Ada King"))
    assert (after.revision, after.updated_at) == (2, LATER)
    assert await found(store, "king") == ["Ada King"]
    assert await found(store, "lovelace") == []
    with pytest.raises(PreconditionFailed):
        await store.write(renaming(ada.id, "Late", revision=1))


async def test_pages_go_on_where_they_ended_also_in_a_search(store: Store) -> None:
    await made(store, *(Card(name=f"Maria {n:03}") for n in range(7)), Card(name="Marian"))
    names: list[str] = []
    after: str | None = ""
    while after is not None:
        search, behind = Search.parse("maria 00"), after
        page, after = await store.read(lambda c: BOOK.page(c, MAIN, search, behind, 3))  # noqa: B023
        names += [each.card.name for each in page]
    assert names == [f"Maria {n:03}" for n in reversed(range(7))]


async def test_no_two_contacts_have_one_email_but_they_may_share_a_phone(store: Store) -> None:
    [ada] = await made(store, ADA)
    with pytest.raises(Conflict) as error:
        await made(store, Card(name="Eve", emails=["ADA@example.com"]))
    assert (error.value.code, error.value.field) == ("email_taken", "emails")
    [bob] = await made(store, Card(name="Bob", phones=ADA.phones))
    at = reached_at("ada@example.com", ADA.phones[0])
    reached = await store.read(lambda c: BOOK.found(c, MAIN, "", at))
    assert [each.id for each in reached] == [ada.id, bob.id]
    assert await store.read(lambda c: BOOK.found(c, MAIN, bob.id, [])) == [bob]
    assert await store.read(lambda c: BOOK.found(c, OTHER, bob.id, at)) == []


async def test_of_many_with_one_email_at_once_one_is_made(store: Store) -> None:
    async def attempt() -> bool:
        try:
            await made(store, ADA)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(*(attempt() for _ in range(6)))) == [False] * 5 + [True]


async def test_who_is_deleted_leaves_nothing_and_the_key_is_gone(store: Store) -> None:
    [ada] = await made(store, ADA)
    await store.write(lambda c: BOOK.delete(c, MAIN, ada.id, None, LATER))
    assert await found(store, "ada") == []
    for table in (contact_cards, contact_terms, contact_addresses):
        assert await store.read(lambda c, t=table: c.execute(select(t)).all()) == []  # type: ignore[misc]
    row = await store.read(lambda c: c.execute(select(contacts)).one())
    assert (row.sealed_key, row.erased_at) == (None, LATER)
    await made(store, ADA)


async def test_nothing_that_is_stored_says_who_it_is(store: Store) -> None:
    await made(store, ADA)
    stored = repr(
        [
            await store.read(lambda c, t=table: c.execute(select(t)).all())  # type: ignore[misc]
            for table in (contact_cards, contact_terms, contact_addresses, contacts)
        ]
    )
    assert "CT" in stored
    assert not any(
        word in stored.casefold() for word in ("lovelace", "analytical", "612345678", "example.com")
    )


async def known(store: Store, *cards: Card) -> Known:
    at = [a for card in cards for a in reached_at(card.emails[0] if card.emails else "", "")]
    return await store.read(lambda c: BOOK.known(c, MAIN, at))


def batch(seen: Known, new: list[Contact], **more: Any) -> Batch:
    counts: Any = {"created": len(new), "updated": 0, "unchanged": 0, "failed": 0}
    written = [BOOK.rows.written(each) for each in new]
    fields = {"changed": [], "counts": counts, "now": LATER, **more}
    return Batch(IDS.new("IM"), MAIN, seen.version, written, **fields)


async def test_an_import_is_kept_as_a_whole(store: Store) -> None:
    [ada] = await made(store, ADA)
    bob = contact(Card(name="Bob", emails=["bob@example.com"]))
    seen = await known(store, ADA, bob.card)
    was = seen.contacts[ada.id]
    after = replace(ada, card=changed(ADA, name="Ada King"), revision=2, updated_at=LATER)
    taking = batch(seen, [bob], changed=[(was, BOOK.rows.written(after, was.key))])
    await store.write(lambda c: BOOK.take_in(c, taking, forget_all))
    assert await found(store, "king") == ["Ada King"]
    assert await found(store, "bob") == ["Bob"]


def forget_all(connection: Connection) -> None:
    """Keeps nothing more."""


async def test_an_import_that_fails_at_its_end_keeps_nothing(store: Store) -> None:
    def stop(connection: Connection) -> None:
        raise OffhookError("no")

    taking = batch(await known(store), [contact(Card(name="Bob"))])
    with pytest.raises(OffhookError):
        await store.write(lambda c: BOOK.take_in(c, taking, stop))
    assert await found(store, "bob") == []


async def test_an_import_that_looked_before_another_change_is_refused(store: Store) -> None:
    taking = batch(await known(store), [contact(Card(name="Bob"))])
    await made(store, ADA)
    with pytest.raises(BookChanged):
        await store.write(lambda c: BOOK.take_in(c, taking, forget_all))
    assert await found(store, "bob") == []
