"""Every shelf keeps files whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from offhook.core.errors import Conflict, NotFound, Unavailable
from offhook.core.shelf.disk import DiskShelf
from offhook.core.shelf.memory import MemoryShelf
from offhook.core.shelf.shelf import PIECE, Read, Shelf

pytestmark = [pytest.mark.contract, pytest.mark.usefixtures("nothing_blocks_the_loop")]

ONE, TWO, OTHER = "RM1/FI1", "RM1/FI2", "RM2/FI3"


@pytest.fixture(params=[lambda folder: MemoryShelf(), lambda folder: DiskShelf(folder / "a" / "b")])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    make: Callable[[Path], Shelf] = request.param
    return make(tmp_path)


async def put(shelf: Shelf, name: str, *pieces: bytes) -> None:
    async with shelf.writing(name) as draft:
        for piece in pieces:
            await draft.write(piece)
        await draft.keep()


async def got(shelf: Shelf, name: str) -> bytes:
    async with shelf.reading(name) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_what_was_kept_is_read_as_it_was_written(shelf: Shelf) -> None:
    whole = bytes(range(256)) * (PIECE // 100)
    await put(shelf, ONE, whole[:1000], whole[1000:])
    assert await got(shelf, ONE) == whole
    assert await shelf.names() == [ONE]


async def test_what_was_not_kept_was_never_there(shelf: Shelf) -> None:
    with contextlib.suppress(KeyError):
        async with shelf.writing(ONE) as draft:
            await draft.write(b"half")
            raise KeyError
    assert await shelf.names() == []
    with pytest.raises(NotFound):
        await got(shelf, ONE)


async def test_a_draft_can_be_looked_at_before_it_is_kept(shelf: Shelf) -> None:
    seen: list[bytes] = []

    def look(read: Read) -> None:
        seen.extend((read(1, 2), read(4, 9), read(9, 1)))

    async with shelf.writing(ONE) as draft:
        await draft.write(b"0123")
        await draft.write(b"45")
        await draft.look(look)
        await draft.write(b"6")
        await draft.keep()
    assert seen == [b"12", b"45", b""]
    assert await got(shelf, ONE) == b"0123456"


async def test_a_name_is_given_once(shelf: Shelf) -> None:
    async with shelf.writing(ONE) as draft:
        with pytest.raises(Conflict):
            await put(shelf, ONE, b"other")
        await draft.keep()
    with pytest.raises(Conflict):
        await put(shelf, ONE, b"other")


async def test_what_is_being_written_is_among_the_names(shelf: Shelf) -> None:
    await put(shelf, TWO, b"2")
    await put(shelf, OTHER, b"3")
    async with shelf.writing(ONE):
        assert await shelf.names() == [ONE, TWO, OTHER]
        assert await shelf.names("RM1") == [ONE, TWO]
    assert await shelf.names("RM9") == []


async def test_what_is_deleted_is_gone_and_what_is_not_there_is_passed_over(shelf: Shelf) -> None:
    await put(shelf, ONE, b"1")
    await put(shelf, TWO, b"2")
    await shelf.delete([ONE, OTHER])
    assert await shelf.names() == [TWO]
    await put(shelf, ONE, b"again")
    assert await got(shelf, ONE) == b"again"


@pytest.mark.parametrize("name", ["FI1", "../FI1", "RM1/../FI1", "RM1/FI1.part", "RM1/", "a/b/c"])
async def test_no_name_leads_elsewhere(shelf: Shelf, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        await put(shelf, name, b"x")


async def test_groups_come_and_go_while_others_write(shelf: Shelf) -> None:
    async def one(number: int) -> None:
        name = f"RM1/FI{number}"
        await put(shelf, name, b"x")
        await shelf.delete([name])

    await asyncio.gather(*map(one, range(30)))
    assert await shelf.names() == []


async def test_a_disk_that_takes_nothing_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable) as caught:
        await put(DiskShelf(tmp_path / "file" / "folder"), ONE, b"x")
    assert caught.value.code == "file_not_kept"


async def test_a_folder_is_its_owners_only(tmp_path: Path) -> None:
    await put(DiskShelf(tmp_path / "files"), ONE, b"x")
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
