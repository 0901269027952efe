"""What is kept, and how: sealed where it is personal, deleted when over, fenced by versions."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select, update

from offhook.core.clock import Micros
from offhook.core.contracts.media import Exit
from offhook.core.errors import Conflict, Unavailable
from offhook.core.ids import AccountId
from offhook.core.store.place import Place
from offhook.core.store.tables import contacts
from signalling.domain.events import Settings
from signalling.domain.participant import Patience
from signalling.domain.room import Room
from signalling.stores.rooms import Pin
from signalling.stores.tables import chat_messages, participants
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration


@pytest.fixture
async def kept(place: Place, tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server over either kind of store."""
    async with signalling(tmp_path, place=place) as running:
        yield running


async def asked(server: Signalling, work: Any) -> Any:
    """What a unit of work finds in the store."""
    return await server.services.parts.store.write(work)


async def test_names_and_words_are_nowhere_in_what_the_store_holds(
    kept: Signalling, place: Place
) -> None:
    ada = await kept.joined("Augusta Ada King")
    await ada.asks("update", attributes={"mood": "Analytical"})
    await ada.asks("chat", text="The engine weaves algebraic patterns")
    content = await asyncio.to_thread(bytes_of, place)
    assert b"demo" in content
    for secret in (b"Augusta", b"Analytical", b"algebraic"):
        assert secret not in content


async def test_the_chat_is_deleted_when_the_room_finishes(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    await ada.asks("chat", text="hello")
    assert await asked(kept, lambda c: len(c.execute(select(chat_messages)).all())) == 1
    await Api(kept).delete("/v1/rooms/demo", expect=204)
    assert await asked(kept, lambda c: len(c.execute(select(chat_messages)).all())) == 0


async def test_whoever_is_erased_has_no_name_any_more(kept: Signalling) -> None:
    await kept.joined("Ada")
    await asked(kept, lambda c: c.execute(update(contacts).values(sealed_key=None)))
    (person,) = (await Api(kept).get("/v1/rooms/demo/participants"))["items"]
    assert (person["name"], person["attributes"]) == ("", {})


async def test_a_newcomer_is_stored_with_the_step_that_lets_them_in(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    owner = kept.services.rooms.by_id(ada.place["snapshot"]["room"]["sid"])
    assert owner is not None
    before = owner.room.version
    ben = await kept.joined("Ben")
    assert owner.room.version == before + 1
    stored = await asked(kept, lambda c: len(live_people(kept, c, owner.room.id)))
    assert (stored, ben.me in owner.room.participants) == (2, True)


async def test_who_goes_before_media_let_them_in_is_stored_as_gone(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    kept.media.hold = asyncio.Event()
    ben = await kept.person("Ben")
    joining = asyncio.ensure_future(ben.asks("join"))
    await kept.media.holding.wait()
    await ben.close()
    kept.media.hold.set()
    await kept.media.until(Exit)
    room = ada.place["snapshot"]["room"]["sid"]
    assert await asked(kept, lambda c: len(live_people(kept, c, room))) == 1
    reasons = await asked(kept, lambda c: c.execute(select(participants.c.reason)).scalars().all())
    assert reasons == [None, "connection_timeout"]
    joining.cancel()


def live_people(kept: Signalling, connection: Any, room: str) -> list[Any]:
    """Those who hold a place in the room, as rows."""
    people = kept.services.parts.kept.participants
    return people.live(connection, kept.services.main, room)


async def test_the_same_identity_is_the_same_contact(kept: Signalling) -> None:
    token = await kept.token()
    for _ in range(2):
        ada = await kept.joined("Ada", token=token)
        await ada.asks("leave")
    assert await asked(kept, lambda c: len(c.execute(select(contacts)).all())) == 1


async def test_a_name_is_free_again_when_its_room_is_finished(kept: Signalling) -> None:
    main, tables = kept.services.main, kept.services.parts.kept
    first, second = room(main, "RM" + "1" * 32), room(main, "RM" + "2" * 32)
    await asked(kept, lambda c: tables.rooms.insert(c, first))
    with pytest.raises(Conflict):
        await asked(kept, lambda c: tables.rooms.insert(c, second))
    await Api(kept).delete("/v1/rooms/again", expect=204)
    await asked(kept, lambda c: tables.rooms.insert(c, second))


async def test_a_room_that_another_owner_moved_cannot_be_stored(kept: Signalling) -> None:
    main, tables = kept.services.main, kept.services.parts.kept
    mine = room(main, "RM" + "1" * 32)
    await asked(kept, lambda c: tables.rooms.insert(c, mine))
    mine.version = 2
    with pytest.raises(Unavailable) as refused:
        await asked(kept, lambda c: tables.rooms.save(c, mine, 1))
    assert refused.value.code == "stale_room"


async def test_who_owned_a_room_before_can_neither_store_it_nor_move_its_media(
    kept: Signalling,
) -> None:
    main, tables = kept.services.main, kept.services.parts.kept
    mine = room(main, "RM" + "1" * 32)
    await asked(kept, lambda c: tables.rooms.insert(c, mine, "ND1"))
    found = await asked(kept, lambda c: tables.rooms.by_id(c, main, mine.id))
    assert await asked(kept, lambda c: tables.rooms.claim(c, found, "ND2"))
    assert not await asked(kept, lambda c: tables.rooms.claim(c, found, "ND3"))
    mine.version = 1
    for late in (
        lambda c: tables.rooms.save(c, mine, 0),
        lambda c: tables.move(c, main, mine.id, mine.epoch, Pin("ND9", 1), None, Micros(0)),
    ):
        with pytest.raises(Unavailable) as refused:
            await asked(kept, late)
        assert refused.value.code == "stale_room"
    mine.epoch = 1
    await asked(kept, lambda c: tables.rooms.save(c, mine, 0))
    assert await asked(kept, lambda c: tables.rooms.owned(c, "ND2")) == {mine.id: 1}


async def test_a_pin_only_ever_moves_to_a_later_epoch(kept: Signalling) -> None:
    main, tables = kept.services.main, kept.services.parts.kept
    mine = room(main, "RM" + "1" * 32)
    await asked(kept, lambda c: tables.rooms.insert(c, mine))
    await asked(kept, lambda c: tables.pins.put(c, main, mine.id, Pin("ND1", 1)))
    await asked(kept, lambda c: tables.pins.put(c, main, mine.id, Pin("ND2", 2)))
    with pytest.raises(Unavailable):
        await asked(kept, lambda c: tables.pins.put(c, main, mine.id, Pin("ND3", 2)))
    assert await asked(kept, lambda c: tables.pins.of(c, main, mine.id)) == Pin("ND2", 2)


def bytes_of(place: Place) -> bytes:
    """Everything that the store's files hold, or the rows of its tables."""
    if isinstance(place, Path):
        return b"".join(file.read_bytes() for file in place.parent.glob(f"{place.name}*"))
    with psycopg.connect(place) as connection:
        named = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        tables = [name for (name,) in connection.execute(named)]
        rows = [row for name in tables for row in connection.execute(_all_of(name))]
    values = itertools.chain(*rows)
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


def _all_of(table: str) -> sql.Composed:
    return sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))


def room(account: AccountId, id: str) -> Room:
    """A room called `again`."""
    return Room(
        id=id,
        account=account,
        name="again",
        settings=Settings(),
        patience=Patience(),
        now=Micros(0),
    )
