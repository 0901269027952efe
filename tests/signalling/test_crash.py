"""What was answered is kept, however the process ends."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.signalling.standing import Standing, standing

pytestmark = pytest.mark.integration


async def test_a_room_that_was_answered_for_is_there_after_a_kill(tmp_path: Path) -> None:
    with standing(tmp_path) as first:
        headers = {"Authorization": aiohttp.encode_basic_auth(*first.auth)}
        once = {"Idempotency-Key": "once"}
        async with (
            aiohttp.ClientSession(first.url, headers=headers) as session,
            session.post("/v1/rooms", json={"name": "kept"}, headers=once) as reply,
        ):
            assert reply.status == 201
            made = await reply.json()
            kill(first)
    with standing(tmp_path) as second:
        assert "key" not in second.told, "the demo data are made once"
        async with aiohttp.ClientSession(second.url, headers=headers) as session:
            async with session.get("/v1/rooms/kept") as reply:
                assert await reply.json() == made
            async with session.post("/v1/rooms", json={"name": "kept"}, headers=once) as reply:
                assert (reply.status, await reply.json()) == (201, made)
                assert reply.headers["Idempotency-Replayed"] == "true"


def kill(server: Standing) -> None:
    """End the process as a loss of power would."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(timeout=10)
