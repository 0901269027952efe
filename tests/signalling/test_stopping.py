"""A server that stops, a store that fails, and sockets that have no business here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import structlog

from offhook.core.clock import ManualClock
from offhook.core.errors import Unavailable
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration


async def test_a_server_that_stops_lets_go_of_everybody_at_once(tmp_path: Path) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock) as server:
        ada = await server.joined("Ada")
        server.people.clear()
        stopping = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopping < 1.5
    await ada.hears("disconnected")
    async with signalling(tmp_path, clock=clock) as server:
        ada.server = server
        await ada.resume()
        server.people.append(ada)


async def test_a_step_that_cannot_be_stored_sends_its_room_away_and_loads_it_again(
    server: Signalling, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await server.joined("Ada")
    kept = server.services.parts.kept

    def fail(*_: Any) -> None:
        raise Unavailable("the disk is full", code="store_failed")

    with monkeypatch.context() as broken, structlog.testing.capture_logs():
        broken.setattr(kept.log, "append", fail)
        ack = await ada.raw("chat", {"text": "lost"})
        assert ack["error"]["code"] == "store_failed"
        assert ack["error"]["retryable"]
        assert await ada.hears("leave") == {"reason": "server_shutdown", "action": "reconnect"}
    ben = await server.joined("Ben")
    assert [line["text"] for line in ben.place["snapshot"]["chat"]] == []


async def test_a_socket_without_a_good_token_is_closed_and_one_that_previews_is_kept(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock) as server:
        stranger = await server.person(token="nonsense")
        guest = await server.person("Ada")
        clock.advance(15)
        await stranger.hears("disconnected")
        assert guest.socket.connected
        clock.advance(900)
        await guest.hears("disconnected")


async def test_a_token_is_renewed_while_somebody_stays(tmp_path: Path) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock, node_timeout=1e6) as server:
        ada = await server.joined("Ada")
        clock.advance(4 * 3600)
        fresh = (await ada.hears("refresh_token"))["token"]
        assert fresh != ada.token
        clock.advance(3 * 3600)
        again = await server.joined("Ada", token=fresh)
        assert again.place["snapshot"]["participants"]
        await ada.hears("leave")
