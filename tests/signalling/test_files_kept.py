"""Files over either kind of store: what counts, what runs out, and whose it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, update

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId
from offhook.core.store.place import Place
from offhook.core.store.tables import contacts
from signalling.domain.files.limits import FileLimits, Usage
from signalling.stores.files import ChatFile, ChatFiles
from tests.signalling.files import announced, fetched, sent
from tests.signalling.signalling import Person, Signalling, signalling

pytestmark = pytest.mark.integration

T = TypeVar("T")
LIMITS = FileLimits(size=100, mine=Usage(3, 250, 2), all=Usage(10, 1000))
NOW = Micros(1_900_000_000 * SECOND)


@pytest.fixture
async def kept(place: Place, tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server over either kind of store."""
    async with signalling(tmp_path, place=place) as running:
        yield running


async def done(server: Signalling, work: Callable[[Connection], T]) -> T:
    """What a unit of work returns."""
    return await server.services.parts.store.write(work)


def files(server: Signalling) -> ChatFiles:
    return server.services.parts.kept.files


async def expected(server: Signalling, who: Person, **change: Any) -> ChatFile:
    """A file that is announced at `NOW`, with a minute to come."""
    room = who.place["snapshot"]["room"]["sid"]
    owner = server.services.rooms.by_id(room)
    assert owner is not None
    made = ChatFile(
        id=server.services.parts.ids.new("FI"),
        account=server.services.main,
        room=room,
        participant=who.me,
        contact=owner.participant(who.me).contact,
        name="a.png",
        type="image/png",
        size=100,
        expires_at=Micros(NOW + 60 * SECOND),
    )
    file = replace(made, **change)
    await done(server, lambda c: files(server).expect(c, file, LIMITS, NOW))
    return file


async def refusal(server: Signalling, who: Person, **change: Any) -> str:
    with pytest.raises(OffhookError) as caught:
        await expected(server, who, **change)
    return caught.value.code


async def got(
    server: Signalling,
    file: ChatFile,
    who: Person,
    after: int = 0,
    account: AccountId | None = None,
) -> ChatFile | None:
    now = Micros(NOW + after * SECOND)
    whose = account or server.services.main
    return await done(server, lambda c: files(server).get(c, whose, file.id, who.me, now))


async def test_a_file_is_found_as_it_was_announced(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    file = await expected(kept, ada)
    assert await got(kept, file, ada) == file


async def test_what_is_announced_counts_until_it_runs_out(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    first = await expected(kept, ada, expires_at=Micros(NOW + 1))
    await expected(kept, ada)
    assert await refusal(kept, ada) == "too_many_uploads"
    await done(kept, lambda c: files(kept).drop(c, first.account, first.id))
    await expected(kept, ada, expires_at=NOW)
    await expected(kept, ada)


async def test_files_of_others_count_for_the_meeting_only(kept: Signalling) -> None:
    ada, ben = await kept.joined("Ada"), await kept.joined("Ben")
    for _ in range(2):
        file = await expected(kept, ada)
        assert await keep(kept, file)
    assert await refusal(kept, ada) == "your_files_full"
    await expected(kept, ben)


async def keep(server: Signalling, file: ChatFile, after: int = 0) -> bool:
    now = Micros(NOW + after * SECOND)
    until = Micros(now + 60 * SECOND)
    return await done(server, lambda c: files(server).keep(c, file.account, file.id, until, now))


async def test_a_file_is_kept_once_and_in_time(kept: Signalling) -> None:
    ada = await kept.joined("Ada")
    file = await expected(kept, ada)
    assert await keep(kept, file)
    assert not await keep(kept, file)
    late = await expected(kept, ada)
    assert not await keep(kept, late, after=61)
    assert not await done(
        kept, lambda c: files(kept).keep(c, AccountId("AC" + "9" * 32), late.id, NOW, NOW)
    )


async def test_what_was_not_said_in_time_is_forgotten_and_what_was_said_stays(
    kept: Signalling,
) -> None:
    ada = await kept.joined("Ada")
    said = await sent(kept, ada)
    file = await expected(kept, ada)
    later = Micros(NOW + 60 * SECOND)
    assert await done(kept, lambda c: files(kept).prune(c, NOW)) == 0
    assert await done(kept, lambda c: files(kept).prune(c, later)) == 1
    known = await done(kept, lambda c: files(kept).known(c, [said["id"], file.id]))
    assert known == {said["id"]}


async def test_nobody_else_finds_a_file(kept: Signalling) -> None:
    ada, eve = await kept.joined("Ada"), await kept.joined("Eve", room="elsewhere")
    file = await expected(kept, ada)
    assert await got(kept, file, eve) is None
    assert await got(kept, file, ada, account=AccountId("AC" + "9" * 32)) is None
    assert await got(kept, file, ada, after=61) is None
    await ada.asks("leave")
    assert await got(kept, file, ada) is None


async def test_the_files_of_whoever_is_erased_are_gone(kept: Signalling) -> None:
    ada, ben = await kept.joined("Ada"), await kept.joined("Ben")
    file = await sent(kept, ada, name="diagnosis.png")
    link = await ben.asks("download", file=file["id"])
    await done(kept, lambda c: c.execute(update(contacts).values(sealed_key=None)).rowcount)
    assert (await fetched(kept, link)).status == 404


async def test_a_room_that_is_loaded_again_knows_its_files(place: Place, tmp_path: Path) -> None:
    async with signalling(tmp_path, place=place) as first:
        ada = await first.joined("Ada")
        file = await sent(first, ada)
        pending = await announced(ada)
    async with signalling(tmp_path, place=place, seed=False) as second:
        ben = await second.joined("Ben")
        assert [line["file"] for line in ben.place["snapshot"]["chat"]] == [file]
        link = await ben.asks("download", file=file["id"])
        assert (await fetched(second, link)).status == 200
        assert pending["file"]["id"] != file["id"]
