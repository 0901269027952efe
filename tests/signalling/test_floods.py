"""Who floods is slowed, then removed with the reason; what is of no use is closed in time."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from offhook.core.bucket import Bucket
from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.media import Speaker
from offhook.core.errors import RateLimited
from signalling.domain.views import SpeakersChanged, SubscribeOffer
from tests.media.sfu.wait import eventually
from tests.signalling.signalling import NAMESPACE, Person, Signalling, signalling

pytestmark = pytest.mark.integration

TRANSPORT = "/socket.io/?EIO=4&transport=websocket"
_WITHIN = 5.0


class Transport:
    """A transport without a socket.io client: what comes and goes is what the test says."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.websocket = websocket

    async def closed(self) -> None:
        """Read until the server closes."""
        async with asyncio.timeout(_WITHIN):
            async for _ in self.websocket:
                continue

    async def enter(self, token: str) -> None:
        """Come to the namespace and take a place."""
        await self.websocket.receive()
        await self.websocket.send_str(f"40{NAMESPACE}," + json.dumps({"token": token}))
        await self.websocket.send_str(f'42{NAMESPACE},1["join",{{}}]')
        async with asyncio.timeout(_WITHIN):
            while not str((await self.websocket.receive()).data).startswith(f"43{NAMESPACE},1"):
                continue

    def stop_reading(self) -> None:
        """Leave what comes in the network."""
        self._transport.pause_reading()

    def read_on(self) -> None:
        """Take what has come."""
        self._transport.resume_reading()

    @property
    def _transport(self) -> asyncio.Transport:
        connection = self.websocket._response.connection
        assert connection is not None
        assert connection.transport is not None
        return connection.transport


@asynccontextmanager
async def transport(server: Signalling, **headers: str) -> AsyncIterator[Transport]:
    """An open engine.io connection."""
    async with server.http.ws_connect(TRANSPORT, headers=headers) as websocket:
        yield Transport(websocket)


async def refused(server: Signalling, **headers: str) -> dict[str, object]:
    """The problem that one more transport gets."""
    async with server.http.get(TRANSPORT.replace("websocket", "polling"), headers=headers) as reply:
        assert reply.status == 429, await reply.text()
        problem: dict[str, object] = await reply.json()
        return problem


async def flood(person: Person, commands: int) -> list[dict[str, object]]:
    """Send so many commands at once; the problems of those that were answered."""
    problems: list[dict[str, object]] = []

    def answered(ack: dict[str, Any]) -> None:
        if not ack["ok"]:
            problems.append(ack["error"])

    with contextlib.suppress(socketio.exceptions.SocketIOError):
        for _ in range(commands):
            await person.socket.emit(
                "subscription", {"tracks": []}, namespace=NAMESPACE, callback=answered
            )
    return problems


# commands


async def test_a_flood_of_commands_is_slowed_and_then_removed_with_the_reason(
    server: Signalling,
) -> None:
    eve, ada = await server.joined("Eve"), await server.joined("Ada")
    problems = await flood(eve, 1000)
    left = await eve.hears("leave")
    assert left == {"reason": "flooding", "action": "disconnect"}
    await eve.hears("disconnected")
    gone = await ada.learns("participant_left")
    assert (gone["participant"], gone["reason"]) == (eve.me, "flooding")
    first = problems[0]
    assert (first["code"], first["status"], first["retryable"]) == ("rate_limited", 429, True)
    assert first["retry_after"]
    assert await ada.asks("subscription", tracks=[]) is None


async def test_who_slows_down_stays(server: Signalling) -> None:
    ada = await server.joined("Ada")
    problems: list[dict[str, object]] = []
    while not problems:
        problems = await flood(ada, 100)
        await ada.raw("subscription", {"tracks": []})
    assert {problem["code"] for problem in problems} == {"rate_limited"}
    while not (ack := await ada.raw("subscription", {"tracks": []}))["ok"]:
        assert ack["error"]["code"] == "rate_limited"
        await asyncio.sleep(ack["error"]["retry_after"])


async def test_a_flood_before_joining_is_told_why_too(server: Signalling) -> None:
    eve = await server.person("Eve")
    await flood(eve, 1000)
    assert (await eve.hears("leave"))["reason"] == "flooding"
    await eve.hears("disconnected")


async def test_long_commands_cost_more(server: Signalling) -> None:
    ada = await server.joined("Ada")
    codes = []
    for _ in range(4):
        ack = await ada.raw("offer", {"sdp": "v" * 190_000, "tracks": []})
        codes.append("ok" if ack["ok"] else ack["error"]["code"])
    assert codes == ["ok", "ok", "ok", "rate_limited"]


async def test_answers_to_our_own_offers_are_never_too_many(server: Signalling) -> None:
    ada = await server.joined("Ada")
    audience = server.services.parts.audience
    seats = list(audience.in_room(ada.place["snapshot"]["room"]["sid"]))
    for version in range(300):
        offer = SubscribeOffer(version=version, sdp="v=0", tracks=[], fresh=False)
        await audience.notice(seats, "offer", offer)
    for version in range(300):
        ack = await ada.raw("answer", {"version": version, "sdp": "v" * 8000})
        assert ack["ok"], ack
    assert await ada.asks("subscription", tracks=[]) is None


def test_a_dear_use_of_a_bucket_is_paid_off_before_the_next() -> None:
    bucket = Bucket(10, 20, Micros(0))
    bucket.take(Micros(0), 50)
    with pytest.raises(RateLimited) as limited:
        bucket.take(Micros(0))
    assert limited.value.retry_after == pytest.approx(3.1)
    bucket.take(Micros(round(3.2 * SECOND)))


# transports


async def test_a_transport_that_comes_to_no_namespace_is_closed(tmp_path: Path) -> None:
    async with signalling(tmp_path, idle_transport=0.2) as server, transport(server) as idle:
        await idle.closed()


async def test_a_transport_that_does_not_read_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signalling.api.transports._LOOK_AGAIN", 0.2)
    async with signalling(tmp_path, idle_transport=0.2, ping_timeout=60.0) as server:
        ada = await server.joined("Ada")
        async with transport(server) as deaf:
            await deaf.enter(await server.token())
            deaf.stop_reading()
            await ada.learns("participant_joined", 1)
            speaker = Speaker(participant="P" * 10_000, level=1.0)
            audience = server.services.parts.audience
            everybody = audience.in_room(ada.place["snapshot"]["room"]["sid"])
            others = [seat for seat in everybody if seat.participant != ada.me]
            message = SpeakersChanged(speakers=[speaker])
            for number in range(4000):
                await audience.notice(others, "speakers_changed", message)
                if number % 1000 == 0:
                    await asyncio.sleep(0.02)
            await eventually(lambda: len(audience) == 1)
            deaf.read_on()


@pytest.mark.parametrize(
    "packet", ["x", "", "4", "4x", "47", '42/room,["join"', "42/room,{}", "4" + "[" * 900]
)
async def test_a_transport_that_goes_on_unreadably_is_closed_and_harms_nobody(
    server: Signalling, packet: str
) -> None:
    ada = await server.joined("Ada")
    async with transport(server) as broken:
        await broken.websocket.receive()
        with contextlib.suppress(ConnectionError):
            for _ in range(30):
                await broken.websocket.send_str(packet)
        await broken.closed()
    assert await ada.asks("subscription", tracks=[]) is None


async def test_packets_are_read_no_faster_than_they_may_come(server: Signalling) -> None:
    async with transport(server) as eve:
        await eve.enter(await server.token())
        began = asyncio.get_running_loop().time()
        for number in range(500):
            await eve.websocket.send_str(f"43{NAMESPACE},{number}[]")
        await eve.websocket.send_str(f'42{NAMESPACE},7["subscription",{{"tracks":[]}}]')
        while not str((await eve.websocket.receive()).data).startswith(f"43{NAMESPACE},7"):
            continue
        assert asyncio.get_running_loop().time() - began > 0.3


# addresses


async def test_an_address_has_only_so_many_transports(tmp_path: Path) -> None:
    async with signalling(tmp_path, sockets_of_address=2) as server:
        ada = await server.joined("Ada")
        async with transport(server):
            problem = await refused(server)
            assert (problem["code"], problem["retryable"]) == ("too_many_sockets", True)
            assert problem["retry_after"]
        await ada.close()
        async with transport(server), transport(server):
            assert (await refused(server))["code"] == "too_many_sockets"


async def test_behind_a_trusted_proxy_the_clients_address_counts(tmp_path: Path) -> None:
    proxies = ("127.0.0.1",)
    async with signalling(tmp_path, sockets_of_address=1, trusted_proxies=proxies) as server:
        one, other = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        async with transport(server, **one), transport(server, **other):
            assert (await refused(server, **one))["code"] == "too_many_sockets"


async def test_an_address_opens_only_so_many_transports_a_second(tmp_path: Path) -> None:
    async with signalling(tmp_path, sockets_per_second=1) as server:
        for _ in range(10):
            async with transport(server):
                pass
        assert (await refused(server))["code"] == "rate_limited"
