"""The servers of others in docker-compose.yml run here too, by the command lines of the file."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aioice import stun, turn

from tests.build import compose
from tests.build.compose import ENV, ROOT, Here, found, postgres_of, running

pytestmark = pytest.mark.integration

MEDIA = (ENV["OFFHOOK_ADVERTISE_IP"], 7882)
ELSEWHERE = ("192.0.2.11", 7882)


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """The relay of the file on the loopback; its address."""
    here = Here()
    command = compose.services(ENV)["coturn"].command
    inside, outside = "/etc/coturn/turnserver.conf", ROOT / "deploy/coturn/turnserver.conf"
    arguments = [argument.replace(inside, str(outside)) for argument in command]
    private = [
        "--listening-ip=127.0.0.1",
        "--relay-ip=127.0.0.1",
        f"--listening-port={here.ports[3478]}",
        f"--pidfile={tmp_path / 'pid'}",
        f"--userdb={tmp_path / 'db'}",
    ]
    async with running("coturn", found("turnserver"), *arguments, *private) as coturn:
        address = ("127.0.0.1", here.ports[3478])
        await coturn.until_printed("Total General servers")
        yield address


@contextlib.asynccontextmanager
async def guest_of(
    relay: tuple[str, int], secret: str
) -> AsyncIterator[turn.TurnClientUdpProtocol]:
    """A browser's end of the relay, with credentials that this secret vouches for."""
    username = f"{int(time.time()) + 3600}:guest"
    digest = hmac.digest(secret.encode(), username.encode(), hashlib.sha1)
    transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: turn.TurnClientUdpProtocol(
            relay,
            username,
            base64.b64encode(digest).decode(),
            lifetime=600,
            channel_refresh_time=500,
        ),
        remote_addr=relay,
    )
    try:
        yield client
    finally:
        await client.delete()
        transport.close()


async def test_the_relay_lets_in_whom_signalling_vouches_for(relay: tuple[str, int]) -> None:
    async with guest_of(relay, ENV["OFFHOOK_TURN_SECRET"]) as guest:
        address, port = await guest.connect()
        assert address == ENV["OFFHOOK_ADVERTISE_IP"]
        assert 49160 <= port <= 49199


async def test_the_relay_refuses_a_forged_password(relay: tuple[str, int]) -> None:
    async with guest_of(relay, "a guess") as guest:
        with pytest.raises(stun.TransactionFailed, match="401"):
            await guest.connect()


async def test_the_relay_reaches_the_media_node_and_nothing_else(relay: tuple[str, int]) -> None:
    async with guest_of(relay, ENV["OFFHOOK_TURN_SECRET"]) as guest:
        await guest.connect()
        await guest.channel_bind(0x4000, MEDIA)
        with pytest.raises(stun.TransactionFailed, match="403"):
            await guest.channel_bind(0x4001, ELSEWHERE)


async def test_postgres_takes_its_command_line() -> None:
    async with postgres_of(compose.services(ENV)["postgres"], Here()) as server:
        assert await server.stop() == 0
