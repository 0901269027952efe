"""docker-compose.yml without an engine: its services as Compose reads them, as processes here."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OUR_IMAGE = "offhook"
#: A filled .env; the address is one that RFC 5737 keeps for documents.
ENV = {
    "OFFHOOK_ADVERTISE_IP": "192.0.2.10",
    "OFFHOOK_PUBLIC_URL": "https://calls.example.com",
    "OFFHOOK_TURN_SECRET": "a secret of the tests",
    "POSTGRES_PASSWORD": "another",
}

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<text>[^}]*))?\}")
_START_LIMIT = 30.0
_STOP_LIMIT = 10.0


@dataclass(frozen=True)
class Service:
    """One service: what it runs and with what, variables filled in."""

    name: str
    image: str
    command: list[str]
    environment: dict[str, str]
    health: list[str]
    declared: Mapping[str, Any] = field(repr=False)

    @property
    def is_ours(self) -> bool:
        """Whether it runs the image that deploy/Dockerfile makes."""
        return self.image.partition(":")[0] == OUR_IMAGE


class Missing(Exception):
    """A variable that the file demands is not in .env."""


def variables(text: str) -> set[str]:
    """The variables that a text refers to."""
    return {match["name"] for match in _VARIABLE.finditer(text)}


def services(environment: Mapping[str, str]) -> dict[str, Service]:
    """Every service of the file under these variables; raise `Missing` as Compose would."""
    document = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return {
        name: _service(name, _filled(declared, environment))
        for name, declared in document["services"].items()
    }


def _service(name: str, declared: Mapping[str, Any]) -> Service:
    return Service(
        name=name,
        image=declared["image"],
        command=list(declared["command"]),
        environment=dict(declared.get("environment", {})),
        health=list(declared.get("healthcheck", {}).get("test", [])),
        declared=declared,
    )


def _filled(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, environment) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, environment) for inner in value]
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda match: _value(match, environment), value)


def _value(match: re.Match[str], environment: Mapping[str, str]) -> str:
    given = environment.get(match["name"], "")
    if given or match["how"] is None:
        return given
    if match["how"] == "?":
        raise Missing(f"{match['name']}: {match['text']}")
    return match["text"]


class Here:
    """The addresses of the containers on this machine: the loopback, and ports of our own."""

    def __init__(self) -> None:
        self.ports = {port: free_port() for port in (6379, 8080, 8090, 7882, 3478, 5432)}
        self._words = {
            f"{name}:{port}": f"127.0.0.1:{self.ports[port]}"
            for name, port in (("redis", 6379), ("postgres", 5432))
        }
        self._words |= dict.fromkeys(("172.30.88.10", "0.0.0.0"), "127.0.0.1")

    def translate(self, text: str) -> str:
        """An argument, setting or address of the file, as it is reached here."""
        for there, here in self._words.items():
            text = text.replace(there, here)
        return re.sub(r"(?<![\w.])\d{4}$|(?<=:)\d{4}(?=/|$)", lambda m: self._port(int(m[0])), text)

    def _port(self, there: int) -> str:
        return str(self.ports.get(there, there))


class Running:
    """A process that stands for a container; `output` is what it printed."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process
        self.output: list[str] = []
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.output.append(line.decode(errors="replace").rstrip())

    async def until_healthy(self, *check: str) -> None:
        """Ask its health check until it passes; fail with the output when it never does."""
        await self._until(lambda: _passes(*check))

    async def until_printed(self, text: str) -> None:
        """Wait for a line that contains this text; fail with the output when none comes."""

        async def is_there() -> bool:
            return any(text in line for line in self.output)

        await self._until(is_there)

    async def _until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_LIMIT):
                while self.process.returncode is None:
                    if await holds():
                        return
                    await asyncio.sleep(0.05)
        raise AssertionError(f"{self.name} did not start:\n" + "\n".join(self.output))

    async def stop(self) -> int:
        """Ask it to end as Compose does, and wait; return its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_LIMIT):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self._reading
        return self.process.returncode or 0


@contextlib.asynccontextmanager
async def running(
    name: str,
    *command: str,
    environment: Mapping[str, str] | None = None,
    at: Path | None = None,
    user: str | None = None,
) -> AsyncIterator[Running]:
    """Start a command of the file as a process, and stop it at the end."""
    clean = {key: text for key, text in os.environ.items() if not key.startswith("OFFHOOK_")}
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**clean, **(environment or {})},
        cwd=at,
        user=user,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    service = Running(name, process)
    try:
        yield service
    finally:
        await service.stop()


@contextlib.asynccontextmanager
async def redis_of(service: Service, here: Here, folder: Path) -> AsyncIterator[Running]:
    """The Redis of the file, with its own command line and health check."""
    port = str(here.ports[6379])
    program, *arguments = service.command
    private = ("--port", port, "--bind", "127.0.0.1", "--dir", str(folder))
    async with running(service.name, found(program), *arguments, *private) as redis:
        await redis.until_healthy(found(service.health[1]), "-p", port, *service.health[2:])
        yield redis


@contextlib.asynccontextmanager
async def postgres_of(service: Service, here: Here) -> AsyncIterator[Running]:
    """The PostgreSQL of the file on a new cluster, with its own command line and health check."""
    port = str(here.ports[5432])
    folder = Path(tempfile.mkdtemp(prefix="offhook-postgres-"))
    user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
    try:
        await asyncio.to_thread(_make_cluster, folder, service.environment, user)
        program, *arguments = service.command
        private = ("-D", str(folder / "data"), "-p", port, "-k", str(folder), "-h", "127.0.0.1")
        command = (found(program), *arguments, *private)
        async with running(service.name, *command, at=folder, user=user) as server:
            check = (found(service.health[1]), *service.health[2:])
            await server.until_healthy(*check, "-h", "127.0.0.1", "-p", port)
            await asyncio.to_thread(_make_database, service.environment, port)
            yield server
    finally:
        await asyncio.to_thread(shutil.rmtree, folder)


def _make_cluster(folder: Path, environment: Mapping[str, str], user: str | None) -> None:
    """A cluster as the image's entry point makes it; not root's: PostgreSQL insists."""
    password = folder / "password"
    password.write_text(environment["POSTGRES_PASSWORD"])
    if user:
        shutil.chown(folder, user)
        shutil.chown(password, user)
    owner = f"--username={environment['POSTGRES_USER']}"
    trusted = ("--auth=scram-sha-256", f"--pwfile={password}")
    subprocess.run(
        [found("initdb"), "--no-sync", owner, *trusted, str(folder / "data")],
        check=True,
        cwd=folder,
        user=user,
        stdout=subprocess.DEVNULL,
    )


def _make_database(environment: Mapping[str, str], port: str) -> None:
    command = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
    with psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=environment["POSTGRES_USER"],
        password=environment["POSTGRES_PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(command.format(sql.Identifier(environment["POSTGRES_DB"])))


@contextlib.asynccontextmanager
async def ours(service: Service, here: Here, folder: Path) -> AsyncIterator[Running]:
    """One of our processes, with its own command line, settings and health check."""
    environment = {name: here.translate(text) for name, text in service.environment.items()}
    environment["OFFHOOK_DATA_DIR"] = str(folder / service.name)
    command = (sys.executable, "-m", "offhook.app.cli", *map(here.translate, service.command))
    healthy = (sys.executable, str(ROOT / "deploy" / "healthy.py"))
    async with running(service.name, *command, environment=environment, at=folder) as process:
        await process.until_healthy(*healthy, *map(here.translate, service.health[2:]))
        yield process


def found(program: str) -> str:
    """Where a program of Debian's packages is; fail when it is not installed."""
    beside = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/sbin")]
    places = os.pathsep.join([os.environ.get("PATH", ""), *map(str, beside)])
    path = shutil.which(program, path=places)
    assert path, f"{program} is missing: run scripts/apt-packages"
    return path


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile with their arguments, continued lines joined."""
    text = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word and not word.startswith("#"):
            yield word, rest.strip()


async def _passes(*check: str) -> bool:
    process = await asyncio.create_subprocess_exec(
        *check, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0
