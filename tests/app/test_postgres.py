"""Offhook on PostgreSQL, as operators run it: nothing answered is lost, and it mends itself."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from offhook.core.store.migrate import head, upgrade
from tests.support.command import offhook, run
from tests.support.postgres import PostgresServer, run_postgres
from tests.support.redis import run_redis
from tests.support.server import Server, offhook_server, start_server

pytestmark = pytest.mark.integration

#: Seconds after which a server answers again whose database came back.
_PROMISE = 5.0


class Api:
    """The REST API with the key that the first start showed."""

    def __init__(self, server: Server) -> None:
        shown = {line.split()[0]: line.split() for line in server.output if line.split()}
        basic = aiohttp.encode_basic_auth(shown["API"][2], shown["Secret"][1])
        self._headers = {"Authorization": basic}

    async def make(self, server: Server, name: str) -> int:
        """Make a room; the status."""
        asked = {"name": name}
        async with self._ask(server) as session, session.post("/v1/rooms", json=asked) as reply:
            return reply.status

    async def rooms(self, server: Server) -> set[str]:
        """The names of all rooms."""
        names: set[str] = set()
        async with self._ask(server) as session:
            after: dict[str, str] = {}
            while True:
                async with session.get("/v1/rooms", params={"limit": "100", **after}) as reply:
                    page: dict[str, Any] = await reply.json()
                names |= {item["name"] for item in page["items"]}
                if not page.get("next"):
                    return names
                after = {"after": page["next"]}

    @asynccontextmanager
    async def _ask(self, server: Server) -> AsyncIterator[aiohttp.ClientSession]:
        async with aiohttp.ClientSession(server.url, headers=self._headers) as session:
            yield session


async def test_what_was_answered_is_there_after_a_kill(database: str, tmp_path: Path) -> None:
    async with run_redis(tmp_path) as redis:
        env = {"OFFHOOK_DATABASE_URL": database, "OFFHOOK_REDIS_URL": redis.url}
        first = await start_server(tmp_path / "data", env=env)
        api = Api(first)
        made = [f"room-{number}" for number in range(20)]
        assert await asyncio.gather(*(api.make(first, name) for name in made)) == [201] * 20
        await first.stop(signal.SIGKILL)
        async with offhook_server(tmp_path / "data", env=env) as again:
            assert await api.rooms(again) >= {"demo", *made}


async def test_a_database_that_is_killed_loses_nothing_and_is_waited_for(tmp_path: Path) -> None:
    with run_postgres() as postgres:
        env = {"OFFHOOK_DATABASE_URL": await asyncio.to_thread(postgres.fresh)}
        async with offhook_server(tmp_path / "data", env=env) as server:
            api = Api(server)
            made: list[str] = []
            ten = asyncio.Event()

            async def keep_making(who: int) -> None:
                for number in itertools.count():
                    name = f"room-{who}-{number}"
                    if await api.make(server, name) == 201:
                        made.append(name)
                    if len(made) > 10:
                        ten.set()

            makers = [asyncio.create_task(keep_making(who)) for who in range(4)]
            await ten.wait()
            await asyncio.to_thread(postgres.kill)
            await asyncio.to_thread(postgres.start)
            back = time.monotonic()
            assert await api.make(server, "afterwards") == 201
            assert time.monotonic() - back < _PROMISE
            for maker in makers:
                maker.cancel()
            await asyncio.gather(*makers, return_exceptions=True)
            assert await api.rooms(server) >= {"afterwards", *made}


async def test_two_processes_share_a_database_and_the_master_key(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    env = {"OFFHOOK_DATABASE_URL": postgres.empty()}
    async with run_redis(tmp_path) as redis:
        env |= {"OFFHOOK_REDIS_URL": redis.url}
        folder = tmp_path / "data"
        here, there = await asyncio.gather(
            start_server(folder, role="signalling", env=env),
            start_server(folder, role="signalling", env=env),
        )
        api = Api(here if any("Secret" in line for line in here.output) else there)
        assert await api.make(here, "a") == 201
        assert await api.make(there, "b") == 201
        assert await api.rooms(there) == await api.rooms(here) == {"demo", "a", "b"}
        assert [await server.stop() for server in (here, there)] == [0, 0]
    postgres.drop(env["OFFHOOK_DATABASE_URL"])


async def test_another_master_key_is_refused_in_words(database: str, tmp_path: Path) -> None:
    env = {"OFFHOOK_DATABASE_URL": database}
    await offhook("demo", "--data-dir", str(tmp_path / "first"), **env)
    code, _, missing = await run("demo", "--data-dir", str(tmp_path / "second"), **env)
    assert code == 1
    assert "master.key is missing" in missing
    assert "another process on the same store" in missing
    (tmp_path / "second" / "master.key").write_bytes(bytes(32))
    code, _, wrong = await run("demo", "--data-dir", str(tmp_path / "second"), **env)
    assert code == 1
    assert "is not the master key" in wrong
    assert "Traceback" not in wrong
    shutil.copy(tmp_path / "first" / "master.key", tmp_path / "second" / "master.key")
    assert "nothing was made" in await offhook(
        "demo", "--data-dir", str(tmp_path / "second"), **env
    )


async def test_a_start_without_migration_says_what_is_missing(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.empty()
    env = {"OFFHOOK_DATABASE_URL": url}
    where = ("--data-dir", str(tmp_path))
    code, _, complaint = await run("demo", *where, OFFHOOK_MIGRATE="false", **env)
    assert code == 1
    assert "0001 (core)" in complaint
    assert "offhook migrate" in complaint
    assert head() in await offhook("migrate", *where, **env)
    assert "Made the room" in await offhook("demo", *where, OFFHOOK_MIGRATE="false", **env)
    postgres.drop(url)


async def test_a_start_on_a_newer_database_is_refused(database: str, tmp_path: Path) -> None:
    upgrade(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, _, complaint = await run(
        "serve", "--data-dir", str(tmp_path), OFFHOOK_DATABASE_URL=database
    )
    assert code == 1
    assert "9999" in complaint
    assert head() in complaint


async def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://offhook:s3cret@127.0.0.1:9/offhook"
    code, told, complaint = await run(
        "serve", "--data-dir", str(tmp_path), OFFHOOK_DATABASE_URL=url
    )
    assert code == 1
    assert "database offhook on 127.0.0.1:9 cannot be opened" in complaint
    assert "s3cret" not in told + complaint
