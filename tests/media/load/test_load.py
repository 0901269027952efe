"""Load tests against a real server: everybody comes, everything arrives, what fails has a name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media.load.plan import Plan, Seat
from media.load.reach import reach
from media.load.results import Results
from media.load.run import Door, LoadTest
from media.load.sources import Profile
from offhook.app.commands import issued
from offhook.app.config import load
from offhook.app.load_test import claims_of
from offhook.core.clock import SystemClock
from offhook.core.errors import InvalidInput, Unavailable
from tests.media.load.luck import luck
from tests.support.ports import free_port
from tests.support.server import offhook_server

pytestmark = pytest.mark.integration

Conduct = Callable[[Plan], Awaitable[Results]]


async def tokens(data: Path, plan: Plan) -> dict[Seat, str]:
    """A token for each seat, from the server's own store."""
    seats = [*plan.seats(publishing=True), *plan.seats(publishing=False)]
    config = load({"data_dir": str(data)})
    made = await issued(config, [claims_of(seat) for seat in seats], 600)
    return dict(zip(seats, made, strict=True))


@asynccontextmanager
async def crowd(folder: Path, plan: Plan, **settings: str) -> AsyncIterator[LoadTest]:
    """A load test of a fresh server."""
    data = folder / "data"
    async with offhook_server(data, env={"OFFHOOK_LOG_LEVEL": "warning", **settings}) as server:
        door = Door(server.url, (await tokens(data, plan)).__getitem__)
        async with LoadTest(plan, door, SystemClock(), luck()) as test:
            yield test


async def test_everybody_receives_everything_that_others_send(tmp_path: Path) -> None:
    plan = Plan(rooms=1, publishers=2, subscribers=3, seconds=1, ramp=None)
    async with crowd(tmp_path, plan) as test:
        await test.fill()
        await test.hold()
        found = await test.finish()
    assert (found.joined, found.complaints) == (5, [])
    assert found.sent > 100
    # The publishers hear one another, three viewers hear both.
    assert found.expected > found.sent
    assert found.delays.count == found.received
    assert found.join_times.count == 5


async def test_lost_video_is_asked_for_again_and_counted_as_repaired(tmp_path: Path) -> None:
    video = Profile(audio=False, packets_per_second=300)
    plan = Plan(publishers=2, subscribers=1, seconds=2, profile=video, loss=0.05, ramp=None)
    async with crowd(tmp_path, plan) as test:
        await test.fill()
        await test.hold()
        found = await test.finish()
    assert (found.joined, found.complaints) == (3, [])
    assert found.dropped > 20
    assert found.resent > 5
    assert found.repaired > 20
    assert found.loss < 0.01


async def test_a_full_room_is_reported_by_its_code(tmp_path: Path) -> None:
    plan = Plan(publishers=3, profile=Profile(video=False), ramp=None)
    async with crowd(tmp_path, plan, OFFHOOK_MAX_PARTICIPANTS="2") as test:
        await test.fill()
        found = test.results()
    assert (found.joined, dict(found.failures)) == (2, {"room_full": 1})
    assert "room_full" in found.complaints[0]


async def test_told_to_stop_it_tells_what_it_has(tmp_path: Path) -> None:
    plan = Plan(publishers=2, seconds=3600, profile=Profile(video=False), ramp=None)
    async with crowd(tmp_path, plan) as test:
        await test.fill()
        test.stop.set()
        async with asyncio.timeout(5):
            await test.hold()
            found = await test.finish()
    assert found.joined == 2
    assert found.seconds < 10


async def test_a_server_that_goes_away_is_noticed(tmp_path: Path) -> None:
    plan = Plan(publishers=2, profile=Profile(video=False), ramp=None)
    data = tmp_path / "data"
    async with offhook_server(data) as server:
        door = Door(server.url, (await tokens(data, plan)).__getitem__)
        async with LoadTest(plan, door, SystemClock(), luck()) as test:
            await test.fill()
            await server.stop()
            found = await test.finish()
    assert found.ended.total() == 2
    assert found.complaints


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://example.org", "http://"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="is no address") as refused:
        await reach(url)
    assert refused.value.field == "url"


async def test_a_refused_connection_is_told_in_clear_words() -> None:
    with pytest.raises(Unavailable, match=r"Connection refused\. Is it running\?") as refused:
        await reach(f"http://127.0.0.1:{free_port()}")
    assert refused.value.code == "unreachable"


async def test_another_server_is_no_offhook_server() -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable, match="is no Offhook server"):
            await reach(f"http://127.0.0.1:{port}")
