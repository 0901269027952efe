"""The same call with signalling and media as two processes; Redis is the link between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import People
from tests.support.ports import free_port
from tests.support.redis import run_redis
from tests.support.server import offhook_server

pytestmark = pytest.mark.e2e


async def test_two_people_meet_through_two_processes(tmp_path: Path, people: People) -> None:
    media_port = str(free_port())
    async with run_redis(tmp_path) as redis:
        env = {"OFFHOOK_REDIS_URL": redis.url, "OFFHOOK_MEDIA_PORT": media_port}
        async with (
            offhook_server(tmp_path / "media", role="media", env=env),
            offhook_server(tmp_path / "data", role="signalling", env=env) as server,
        ):
            ada, ben = await people("Ada", 440), await people("Ben", 880)
            await ada.join(f"{server.url}/r/demo")
            await ben.join(f"{server.url}/r/demo")
            await ada.hears(880)
            await ben.hears(440)
            await ada.decodes(1)
            await ben.decodes(1)
            await ben.press("Leave")
            await ada.misses("Ben")
