"""What was answered with 201 is on the disk, however the process ends; what was not is swept."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.signalling.files import announced, brought, fetched, until
from tests.signalling.signalling import Person
from tests.signalling.standing import Standing, standing
from tests.signalling.test_contact_centre_crash import Far, far
from tests.signalling.test_crash import kill
from tests.support.files import png

pytestmark = pytest.mark.integration

DATA = png(200, 100)


@contextlib.asynccontextmanager
async def inside(running: Standing, place: dict[str, Any] | None = None) -> AsyncIterator[Person]:
    """Somebody in the room demo; with an earlier place, back in it."""
    async with far(running) as there:
        token = "" if place is None else place["token"]
        person = Person(there.server, "Ada", await knocked(there, token))
        there.people.append(person)
        if place is None:
            await person.connect()
            await person.join()
        else:
            person.place = place["place"]
            await person.resume(0)
        yield person


async def knocked(there: Far, token: str) -> str:
    body = {"token": token} if token else {}
    async with there.http.post("/r/demo/token", json=body) as reply:
        assert reply.status == 200, await reply.text()
        return str((await reply.json())["token"])


async def test_a_file_that_was_brought_is_there_after_a_kill_and_can_be_sent(
    tmp_path: Path,
) -> None:
    with standing(tmp_path) as first:
        async with inside(first) as ada:
            given = await announced(ada, DATA)
            assert (await brought(ada.server, given, DATA)).status == 201
            kill(first)
            kept = {"place": ada.place, "token": ada.token}
    with standing(tmp_path) as second:
        async with inside(second, kept) as ada:
            await ada.asks("chat", file=given["file"]["id"])
            link = await ada.asks("download", file=given["file"]["id"])
            assert (await fetched(ada.server, link)).body == DATA


async def test_a_file_that_was_sent_is_in_the_chat_after_a_kill(tmp_path: Path) -> None:
    with standing(tmp_path) as first:
        async with inside(first) as ada:
            given = await announced(ada, DATA, "plan.png")
            await brought(ada.server, given, DATA)
            await ada.asks("chat", file=given["file"]["id"])
            kill(first)
    with standing(tmp_path) as second:
        async with inside(second) as ben:
            (line,) = ben.place["snapshot"]["chat"]
            assert line["file"] == given["file"]
            link = await ben.asks("download", file=line["file"]["id"])
            assert (await fetched(ben.server, link)).body == DATA


async def test_what_was_half_brought_is_taken_up_by_nobody(tmp_path: Path) -> None:
    with standing(tmp_path) as first:
        async with inside(first) as ada:
            given = await announced(ada, DATA)
            going = asyncio.ensure_future(brought(ada.server, given, _half()))
            await until(lambda: _parts(tmp_path))
            kill(first)
            with contextlib.suppress(Exception):
                await going
            kept = {"place": ada.place, "token": ada.token}
    with standing(tmp_path) as second:
        async with inside(second, kept) as ada:
            ack = await ada.raw("chat", {"file": given["file"]["id"]})
            assert ack["error"]["code"] == "file_not_there"
            anew = await announced(ada, DATA)
            assert (await brought(ada.server, anew, DATA)).status == 201


async def _half() -> AsyncIterator[bytes]:
    yield DATA[:50]
    await asyncio.Event().wait()


async def _parts(tmp_path: Path) -> bool:
    return any((tmp_path / "files").rglob("*.part"))
