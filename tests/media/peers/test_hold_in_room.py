"""Hold, consult and conference in a room of the real server, proven by tones and pictures."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import jwt
import msgspec
import pytest
import pytest_asyncio

from media.peers.control import Heard
from media.peers.probe import Probe, ToneProbe
from media.tracks import music
from media.tracks.report import Sound
from offhook.core.contracts.media import MUSIC
from signalling.domain.hearing import CallState, Part, Party, hearing
from tests.support.ports import free_port
from tests.support.server import Server, offhook_server, start_server

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

#: The tones of the visitor, the agent, the colleague and the supervisor: no note of the music.
VIC, ANN, CAT, SUE = 1500, 1900, 2300, 2700
PARTIES = (
    Party("vic", Part.VISITOR),
    Party("ann", Part.AGENT),
    Party("cat", Part.CONSULTED),
)
NOTES = music.frequencies()


class Line:
    """One room, as an integrator has it."""

    def __init__(self, server: Server, room: str) -> None:
        printed = "\n".join(server.output)
        key, secret = (re.search(rf"{word} +(\S+)", printed) for word in ("API key", "Secret"))
        assert key
        assert secret
        self.url, self.room = server.url, room
        self._key, self._secret = key[1], secret[1]

    def token(self, identity: str) -> str:
        """A join token."""
        now = int(time.time())
        claims = {"iss": self._key, "sub": identity, "nbf": now - 5, "exp": now + 600}
        video = {"roomJoin": True, "room": self.room}
        return jwt.encode(claims | {"video": video}, self._secret, algorithm="HS256")

    def probe(self, identity: str, tone: float, *, picture: int | None = None) -> ToneProbe:
        """Somebody with a tone who listens."""
        return ToneProbe(self.url, self.token(identity), tone=tone, picture=picture, listens=True)

    async def becomes(self, state: CallState, *others: Party, parties: object = PARTIES) -> None:
        """The call is in this state now."""
        assert isinstance(parties, tuple)
        decided = hearing((*parties, *others), state)
        body = msgspec.json.encode({"hearing": decided})
        async with (
            aiohttp.ClientSession(self.url) as http,
            http.put(
                f"/v1/rooms/{self.room}/hearing",
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "Authorization": aiohttp.encode_basic_auth(self._key, self._secret),
                },
            ) as reply,
        ):
            assert reply.status == 200, await reply.text()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One server for all tests of this module; each has a room of its own."""
    async with offhook_server(tmp_path_factory.mktemp("hold") / "data") as running:
        yield running


@pytest.fixture
def line(server: Server, request: pytest.FixtureRequest) -> Line:
    """A room that is named after the test."""
    return Line(server, request.node.name.replace("_", "-")[:60])


def of_the_music(heard: Heard) -> Sound | None:
    """What came on the track of the music."""
    return next((t.sound for t in heard.tracks if t.participant == MUSIC), None)


def tones(heard: Heard) -> list[int]:
    """The frequencies of all who are heard, but the music."""
    sounds = [t.sound for t in heard.tracks if t.participant != MUSIC and t.sound is not None]
    return sorted(round(s.hz) for s in sounds if s.hz is not None and not s.is_silent())


def is_music(sound: Sound | None) -> bool:
    """Whether this is our music: loud enough, and a note of it the loudest."""
    if sound is None or sound.hz is None or sound.level < -30:
        return False
    hz = sound.hz
    return any(abs(hz - note) < 2 for note in NOTES)


def exactly(*hz: int, music: bool = False) -> Callable[[Heard], bool]:
    """Whether these tones are heard and no other, and the music or not."""

    def right(heard: Heard) -> bool:
        found = tones(heard)
        sound = of_the_music(heard)
        quiet = sound is None or sound.is_silent()
        same = len(found) == len(hz) and all(
            abs(a - b) <= 2 for a, b in zip(found, sorted(hz), strict=True)
        )
        return same and (is_music(sound) if music else quiet)

    return right


async def settles(probe: Probe, *hz: int, music: bool = False) -> None:
    """Soon exactly this is heard, and it stays so for a second."""
    right = exactly(*hz, music=music)
    await probe.until(right, within=20)
    heard = await probe.listen(1.0)
    assert right(heard), heard


async def test_a_call_from_the_first_word_to_the_conference(line: Line) -> None:
    async with (
        line.probe("vic", VIC) as vic,
        line.probe("ann", ANN) as ann,
        line.probe("cat", CAT) as cat,
    ):
        await line.becomes(CallState.TALKING)
        await settles(vic, ANN)
        await settles(ann, VIC)
        await settles(cat, music=True)
        await line.becomes(CallState.HELD)
        await settles(vic, music=True)
        await settles(ann)
        await line.becomes(CallState.TALKING)
        await settles(vic, ANN)
        await settles(ann, VIC)
        await line.becomes(CallState.CONSULTING)
        await settles(vic, music=True)
        await settles(ann, CAT)
        await settles(cat, ANN)
        await line.becomes(CallState.CONFERENCE)
        await settles(vic, ANN, CAT)
        await settles(ann, VIC, CAT)
        await settles(cat, VIC, ANN)


async def test_a_supervisor_whispers_to_the_agent_only_and_then_barges_in(line: Line) -> None:
    async with (
        line.probe("vic", VIC) as vic,
        line.probe("ann", ANN) as ann,
        line.probe("sue", SUE) as sue,
    ):
        two = PARTIES[:2]
        await line.becomes(CallState.TALKING, Party("sue", Part.MONITOR), parties=two)
        await settles(sue, VIC, ANN)
        await settles(ann, VIC)
        await line.becomes(CallState.TALKING, Party("sue", Part.WHISPER), parties=two)
        await settles(ann, VIC, SUE)
        await settles(vic, ANN)
        await line.becomes(CallState.TALKING, Party("sue", Part.BARGE), parties=two)
        await settles(vic, ANN, SUE)


async def test_a_hold_stops_the_picture_too_and_it_comes_back(line: Line) -> None:
    async with line.probe("vic", VIC) as vic, line.probe("ann", ANN, picture=5) as ann:
        two = PARTIES[:2]
        await line.becomes(CallState.TALKING, parties=two)
        await vic.until(lambda heard: shows(heard, 5))
        await settles(ann, VIC)
        await line.becomes(CallState.HELD, parties=two)
        await settles(vic, music=True)
        sight = (await vic.listen(1.0)).sight("ann")
        assert sight is None or sight.frames == 0
        await line.becomes(CallState.TALKING, parties=two)
        await vic.until(lambda heard: shows(heard, 5))
        await settles(vic, ANN)


def shows(heard: Heard, picture: int) -> bool:
    """Whether the agent's camera is this test picture."""
    sight = heard.sight("ann")
    return sight is not None and sight.shows(picture)


async def test_a_visitor_who_comes_back_is_still_on_hold(line: Line) -> None:
    async with line.probe("ann", ANN):
        async with line.probe("vic", VIC) as vic:
            await line.becomes(CallState.HELD, parties=PARTIES[:2])
            await settles(vic, music=True)
        async with line.probe("vic", VIC) as again:
            await again.until(exactly(music=True))
            heard = await again.listen(2.0)
            assert tones(heard) == []


async def test_a_hold_outlives_the_death_of_the_server(tmp_path: Path) -> None:
    ports = {"OFFHOOK_PORT": str(free_port()), "OFFHOOK_MEDIA_PORT": str(free_port())}
    server = await start_server(tmp_path / "data", env=ports)
    try:
        line = Line(server, "demo")
        async with line.probe("ann", ANN) as ann, line.probe("vic", VIC) as vic:
            await line.becomes(CallState.HELD, parties=PARTIES[:2])
            await settles(vic, music=True)
            await server.stop(signal.SIGKILL)
            server = await start_server(tmp_path / "data", env=ports)
            await vic.until(exactly(music=True), within=40)
            assert tones(await vic.listen(2.0)) == []
            await line.becomes(CallState.TALKING, parties=PARTIES[:2])
            await ann.until(exactly(VIC), within=40)
            await settles(vic, ANN)
    finally:
        await server.stop()
