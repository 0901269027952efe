"""`make run` on a checkout that is prepared: the addresses at once, and a clean end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.ports import free_port

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
#: What belongs to the make around the tests, or to somebody's own server.
_NOT_OURS = ("MAKE", "MFLAGS", "OFFHOOK_")
#: Seconds that a second `make run` may take until the server answers.
_PROMISE = 5.0


async def start(data: Path, port: int) -> asyncio.subprocess.Process:
    """Run `make run` in a process group of its own, as a terminal does."""
    assert (ROOT / ".make" / "venv").exists(), "this environment was not made by `make`"
    arguments = f"--no-demo --data-dir {data} --port {port} --media-port {free_port()}"
    return await asyncio.create_subprocess_exec(
        *("make", "run", f"ARGS={arguments}"),
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if not name.startswith(_NOT_OURS)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


async def until_ready(process: asyncio.subprocess.Process) -> str:
    """What it printed, once that includes the address of the start page."""
    printed = ""
    assert process.stdout
    async for line in process.stdout:
        printed += line.decode()
        if "Ctrl+C" in printed:
            return printed
    raise AssertionError(f"it ended:\n{printed}")


async def interrupt(process: asyncio.subprocess.Process) -> str:
    """Press Ctrl+C and wait for the end; what was printed after it."""
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = await process.communicate()
    return rest.decode()


async def seconds_until_it_answers(data: Path, port: int) -> float:
    """Run it, ask for its health, stop it; how long the answer took."""
    began = time.monotonic()
    process = await start(data, port)
    async with asyncio.timeout(120):
        printed = await until_ready(process)
        assert f"http://127.0.0.1:{port}/" in printed
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/healthz") as reply,
        ):
            assert reply.status == 200
        took = time.monotonic() - began
        await interrupt(process)
    return took


async def test_a_second_run_answers_within_five_seconds(tmp_path: Path) -> None:
    port = free_port()
    await seconds_until_it_answers(tmp_path / "data", port)
    tries = [await seconds_until_it_answers(tmp_path / "data", port) for _ in range(2)]
    assert min(tries) < _PROMISE


async def test_ctrl_c_ends_it_without_a_traceback(tmp_path: Path) -> None:
    process = await start(tmp_path / "data", free_port())
    async with asyncio.timeout(120):
        await until_ready(process)
        said = await interrupt(process)
    assert "Traceback" not in said
