"""A server that stops, a store that fails, and sockets that have no business here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
from multidict import CIMultiDict
from socketio.packet import EVENT

from offhook.core.clock import SECOND, ManualClock
from offhook.core.contracts.grants import DeskGrant, VideoGrant
from offhook.core.errors import Unauthenticated, Unavailable
from offhook.core.policy import allowed
from signalling.api.sockets import TextPacket
from signalling.domain.tokens import Claims
from signalling.services.tokens import sign
from tests.signalling.rest import Api
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


async def test_a_renewed_token_is_bound_by_the_key_that_signed_the_first(
    server: Signalling, api: Api
) -> None:
    key = await api.post("/v1/api-keys", {"name": "rooms", "scopes": ["rooms.join"]}, expect=201)
    tokens, now = server.services.tokens, server.services.parts.clock.now() // SECOND
    video = VideoGrant(room_join=True, room="demo")
    desk = DeskGrant(role="admin")
    claims = Claims(
        iss=key["id"], sub="mallory", nbf=now - 60, exp=now + 30, video=video, desk=desk
    )
    fresh = await tokens.refreshed(sign(claims, key["secret"]))
    bearer = await tokens.verify(fresh)
    assert bearer.claims.exp <= now + 100
    assert not allowed(bearer.principal, "keys.write")
    await api.delete(f"/v1/api-keys/{key['id']}", expect=204)
    with pytest.raises(Unauthenticated):
        await tokens.verify(fresh)


async def test_who_comes_back_before_the_room_is_loaded_again_keeps_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock()
    async with signalling(tmp_path, clock=clock, node_timeout=1e6) as server:
        ada = await server.joined("Ada")
        kept = server.services.parts.kept

        def fail(*_: Any) -> None:
            raise Unavailable("the disk is full", code="store_failed")

        with monkeypatch.context() as broken, structlog.testing.capture_logs():
            broken.setattr(kept.log, "append", fail)
            await ada.raw("chat", {"text": "lost"})
            await ada.hears("leave")
        again = await server.joined("Ada", token=ada.token)
        clock.advance(2)
        await again.asks("chat", text="the room is loaded again")
        await server.settle()
        clock.advance(25)
        await server.settle()
        assert (await again.asks("chat", text="still here"))["sid"]


@pytest.mark.parametrize("count", ["0", "1", "9999999999"])
async def test_no_attachment_is_waited_for(count: str) -> None:
    announced = f'5{count}-/room,["chat",{{"_placeholder":true,"num":0}}]'
    packet = TextPacket(encoded_packet=announced)
    assert (packet.packet_type, packet.attachment_count) == (EVENT, 0)


async def test_attachments_are_not_kept_and_the_socket_lives_on(server: Signalling) -> None:
    ada = await server.joined("Ada")
    await ada.socket.eio.send('51-/room,["chat",{"_placeholder":true,"num":0}]')
    ack = await ada.raw("chat", b"x" * 1000)
    assert ack["error"]["status"] in {400, 422}
    assert (await ada.asks("chat", text="still here"))["sid"]


async def test_each_trusted_proxy_is_believed_about_the_hop_before_it_and_nobody_else(
    tmp_path: Path,
) -> None:
    async with signalling(tmp_path, trusted_proxies=("127.0.0.1", "10.0.0.2")) as server:
        given = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.7, 10.0.0.2")]
        with structlog.testing.capture_logs() as lines:
            async with aiohttp.ClientSession() as session:
                await (
                    await session.get(f"{server.url}/healthz", headers=CIMultiDict(given))
                ).read()
    asked = [line for line in lines if line["event"] == "request"]
    assert [line["address"] for line in asked] == ["203.0.113.7"]
