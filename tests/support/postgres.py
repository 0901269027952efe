"""A PostgreSQL of the tests' own on a private port of the loopback, stopped by its own pid."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from offhook.core.clock import SystemClock
from offhook.core.store.migrate import upgrade
from offhook.core.store.postgres_store import PostgresStore
from tests.support.ports import free_port

INSTALL = "apt-get install -y --no-install-recommends postgresql"
_TEMPLATE = "template_offhook"
_LIMIT = 30.0
#: Nothing here must survive a loss of power; what survives a kill is the same.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "deadlock_timeout": "100ms",
    "lc_messages": "C",
}


def program(name: str) -> str:
    """Where one of PostgreSQL's programs is; fails with how to get it."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = shutil.which(name, path=os.pathsep.join([*map(str, places), os.environ["PATH"]]))
    assert path is not None, f"{name} is missing: {INSTALL}"
    return path


class PostgresServer:
    """One server with a cluster of its own; it may be killed and started again on its port."""

    def __init__(self, **settings: str) -> None:
        self.port = free_port()
        self._settings = {**_SETTINGS, **settings}
        self._user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="offhook-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._has_template = False
        if self._user:
            shutil.chown(self._folder, self._user)

    @property
    def pid(self) -> int:
        """The process to look at in /proc; those that work for it are its children."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://offhook@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Make the cluster."""
        arguments = ("--no-sync", "--username=offhook", "--auth=trust", "--encoding=UTF8")
        subprocess.run(
            [program("initdb"), *arguments, "--locale=C", str(self._folder / "data")],
            check=True,
            cwd=self._folder,
            user=self._user,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        where = ("-D", str(self._folder / "data"), "-p", str(self.port), "-k", str(self._folder))
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), *where, "-h", "127.0.0.1", *settings],
                cwd=self._folder,
                user=self._user,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """Take it away without a goodbye, with all its children."""
        process, self._process = self._process, None
        if process is not None:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            process.wait()
            psutil.wait_procs(family, timeout=10)

    def stop(self) -> None:
        """End it and remove what it kept."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(2)
            process.wait(timeout=_LIMIT)
        shutil.rmtree(self._folder)

    def log(self) -> str:
        """What it wrote of itself."""
        return (self._folder / "log").read_text(errors="replace")

    def empty(self) -> str:
        """Make a database without tables; its address."""
        return self._database("template0")

    def fresh(self) -> str:
        """Make a database with all tables; its address."""
        if not self._has_template:
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
            upgrade(self.url(_TEMPLATE))
            self._has_template = True
        return self._database(_TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = sql.Identifier(url.rpartition("/")[2])
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _database(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def _execute(self, command: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(command)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _LIMIT
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                assert self._process is not None
                assert self._process.poll() is None, self.log()
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.02)
            else:
                return


@contextlib.contextmanager
def run_postgres(**settings: str) -> Iterator[PostgresServer]:
    """A server with a new cluster."""
    server = PostgresServer(**settings)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def process(
    url: str,
    *,
    writers: int = 4,
    durable: bool = False,
    patience: float = 5.0,
    on_commit: Callable[[int], None] | None = None,
) -> AsyncIterator[PostgresStore]:
    """The store as one process has it."""
    store = await asyncio.to_thread(
        lambda: PostgresStore(
            url,
            clock=SystemClock(),
            writers=writers,
            durable=durable,
            patience=patience,
            on_commit=on_commit,
        )
    )
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def processes(url: str, count: int = 2) -> AsyncIterator[list[PostgresStore]]:
    """The store as several processes have it."""
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(process(url)) for _ in range(count)]


def cut_off(url: str) -> None:
    """Have the server end all connections to a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
