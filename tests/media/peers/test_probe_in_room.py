"""Probes in a room of the real server: media proven by media, through signalling and the SFU."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import jwt
import pytest
import pytest_asyncio

from media.peers.control import Heard, PictureWish
from media.peers.probe import EarProbe, ToneProbe
from offhook.core.errors import Forbidden, Unauthenticated
from tests.support.ports import free_port
from tests.support.server import Server, offhook_server, start_server

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

#: Makes a token for the room of a test: of whom, and with which grants.
Token = Callable[..., str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One server for all tests of this module; each has a room of its own."""
    async with offhook_server(tmp_path_factory.mktemp("probes") / "data") as running:
        yield running


@pytest.fixture
def token(server: Server, request: pytest.FixtureRequest) -> Token:
    """Tokens for a room that is named after the test."""
    return signer(server, request.node.name.replace("_", "-")[:60])


def signer(server: Server, room: str) -> Token:
    """Signs as an integrator does, with the key that the server printed at its first start."""
    printed = "\n".join(server.output)
    key = re.search(r"API key +(\S+)", printed)
    secret = re.search(r"Secret +(\S+)", printed)
    assert key
    assert secret

    def sign(identity: str, **grants: bool) -> str:
        now = int(time.time())
        video = {"roomJoin": True, "room": room, **grants}
        times = {"nbf": now - 5, "exp": now + 600}
        claims = {"iss": key[1], "sub": identity, "name": identity, **times, "video": video}
        return jwt.encode(claims, secret[1], algorithm="HS256")

    return sign


def tones(*hz: int) -> Callable[[Heard], bool]:
    """Whether exactly these tones are heard, within 2 Hz."""

    def right(heard: Heard) -> bool:
        found = heard.tones()
        return len(found) == len(hz) and all(
            abs(is_ - wanted) <= 2 for is_, wanted in zip(found, hz, strict=True)
        )

    return right


def shows(identity: str, picture: int) -> Callable[[Heard], bool]:
    """Whether somebody's camera is this test picture."""
    return lambda heard: (sight := heard.sight(identity)) is not None and sight.shows(picture)


async def test_everybody_is_heard_at_their_frequency_and_seen_with_their_picture(
    server: Server, token: Token
) -> None:
    large = PictureWish(number=9, width=640, height=480)
    async with (
        ToneProbe(server.url, token("ada"), tone=440, picture=7),
        ToneProbe(server.url, token("ben"), tone=880, level=-32, picture=large),
        EarProbe(server.url, token("ear")) as ear,
    ):
        await ear.until(tones(440, 880))
        heard = await ear.until(lambda h: shows("ada", 7)(h) and shows("ben", 9)(h), window=1.0)
        ben, ada = heard.sound("ben"), heard.sound("ada")
        seen = heard.sight("ben")
        assert ben is not None
        assert ada is not None
        assert seen is not None
        assert ada.is_tone(440, within=1)
        assert ben.is_tone(880, within=1)
        assert ben.level == pytest.approx(-32, abs=1)
        assert ada.missing + ben.missing < 0.1
        assert (seen.width, seen.height) == (640, 480)
        assert heard.people == ("ada", "ben", "ear")


async def test_mute_silences_and_unmute_is_heard_again(server: Server, token: Token) -> None:
    async with (
        ToneProbe(server.url, token("ada"), tone=440, picture=1) as ada,
        EarProbe(server.url, token("ear")) as ear,
    ):
        await ear.until(tones(440))
        await ada.mute()
        heard = await ear.until(tones())
        assert (sound := heard.sound("ada")) is not None
        assert sound.is_silent()
        await ear.until(shows("ada", 1))
        await ada.mute("camera")
        await ear.until(lambda heard: not shows("ada", 1)(heard))
        await ada.mute(muted=False)
        await ada.mute("camera", muted=False)
        await ear.until(tones(440))
        await ear.until(shows("ada", 1))


async def test_tracks_that_end_make_room_for_the_next_on_their_m_lines(
    server: Server, token: Token
) -> None:
    async with EarProbe(server.url, token("ear")) as ear:
        async with ToneProbe(server.url, token("ada"), tone=440, picture=1) as ada:
            await ear.until(tones(440))
            await ear.until(shows("ada", 1))
            await ada.unpublish("camera")
            await ear.until(lambda heard: heard.sight("ada") is None)
            await ada.publish(PictureWish(number=2, width=160, height=120))
            await ear.until(shows("ada", 2))
        await ear.until(lambda heard: heard.people == ("ear",) and not heard.tracks)
        async with ToneProbe(server.url, token("ben"), tone=880, picture=3):
            await ear.until(tones(880))
            await ear.until(shows("ben", 3))


async def test_two_who_talk_hear_each_other(server: Server, token: Token) -> None:
    async with (
        ToneProbe(server.url, token("ada"), tone=440, listens=True) as ada,
        ToneProbe(server.url, token("ben"), tone=880, listens=True) as ben,
    ):
        await ada.until(tones(880))
        await ben.until(tones(440))


async def test_a_hidden_participant_hears_and_is_not_known(server: Server, token: Token) -> None:
    async with (
        ToneProbe(server.url, token("ada"), tone=440),
        EarProbe(server.url, token("ear")) as ear,
        EarProbe(server.url, token("spy", hidden=True)) as spy,
    ):
        assert spy.ready.hidden
        await spy.until(tones(440))
        assert (await ear.until(tones(440))).people == ("ada", "ear")


async def test_the_same_identity_takes_the_place_over(server: Server, token: Token) -> None:
    async with (
        EarProbe(server.url, token("ear")) as ear,
        ToneProbe(server.url, token("ada"), tone=440) as first,
    ):
        await ear.until(tones(440))
        async with ToneProbe(server.url, token("ada"), tone=880):
            assert (await first.out()).reason == "duplicate_identity"
            heard = await ear.until(tones(880))
            assert heard.people == ("ada", "ear")


async def test_a_token_that_may_only_listen_does_not_send(server: Server, token: Token) -> None:
    with pytest.raises(Forbidden):
        await ToneProbe(server.url, token("ada", canPublish=False), tone=440).join()


async def test_a_forged_token_is_refused_by_name(server: Server, token: Token) -> None:
    forged = token("ada")[:-4] + "AAAA"
    with pytest.raises(Unauthenticated) as caught:
        await EarProbe(server.url, forged).join()
    assert caught.value.code == "token_invalid"


async def test_a_server_that_was_killed_is_joined_again_when_it_is_back(tmp_path: Path) -> None:
    ports = {"OFFHOOK_PORT": str(free_port()), "OFFHOOK_MEDIA_PORT": str(free_port())}
    server = await start_server(tmp_path / "data", env=ports)
    try:
        token = signer(server, "demo")
        async with (
            ToneProbe(server.url, token("ada"), tone=440, picture=1),
            EarProbe(server.url, token("ear")) as ear,
        ):
            await ear.until(tones(440))
            await server.stop(signal.SIGKILL)
            server = await start_server(tmp_path / "data", env=ports)
            await ear.until(tones(440), within=40)
            await ear.until(shows("ada", 1))
    finally:
        await server.stop()
