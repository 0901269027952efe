"""The same sockets with socket.io's Redis manager, whose rooms do not work while one connects."""

from __future__ import annotations

from pathlib import Path

import pytest
import socketio

from tests.signalling.signalling import signalling
from tests.support.redis import run_redis

pytestmark = pytest.mark.integration


async def test_facts_and_goodbyes_arrive_with_the_redis_manager(tmp_path: Path) -> None:
    async with run_redis(tmp_path) as redis:
        manager = socketio.AsyncRedisManager(redis.url)
        async with signalling(tmp_path, manager=manager) as server:
            ada, ben = await server.joined("Ada"), await server.joined("Ben")
            await ada.learns("participant_joined")
            token = ben.token
            await server.joined("Ben", token=token)
            assert (await ben.hears("leave"))["reason"] == "duplicate_identity"
            await ben.hears("disconnected")
