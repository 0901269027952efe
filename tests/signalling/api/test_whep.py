"""WHEP over real HTTP: what is a viewer's own; the rest it shares with WHIP."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.core.contracts import media
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling
from tests.signalling.whip import FRAGMENT, SDP, Encoder, fragment, offer, token

pytestmark = pytest.mark.integration

OFFER = offer("audio", "video", direction="recvonly")


@pytest.fixture
async def player(server: Signalling) -> Encoder:
    """A player with a token for the room `demo`."""
    return Encoder(server, "whep", token(server, "tv"))


async def test_an_offer_is_answered_with_a_session(player: Encoder) -> None:
    where = await player.begin(OFFER, "/demo")
    assert player.headers["Content-Type"] == SDP
    assert player.headers["ETag"] == '"ours0"'
    assert where.startswith("/whep/demo/")
    await player.send("PATCH", where, fragment("newer"), kind=FRAGMENT, expect=200, If_Match="*")
    await player.send("DELETE", where, expect=200)
    await player.send("DELETE", where, expect=404)


async def test_a_viewer_is_seen_in_the_room_and_publishes_nothing(
    server: Signalling, player: Encoder
) -> None:
    ada = await server.joined("Ada")
    await player.begin(OFFER)
    joined = (await ada.learns("participant_joined"))["participant"]
    assert joined["identity"] == "tv"
    assert joined["attributes"] == {"offhook.via": "whep"}
    assert not joined["can_publish"]
    assert joined["tracks"] == []


async def test_a_hidden_viewer_is_not_seen(server: Signalling) -> None:
    ada = await server.joined("Ada")
    await Encoder(server, "whep", token(server, "spy", hidden=True)).begin(OFFER)
    await Encoder(server, "whep", token(server, "tv")).begin(OFFER)
    assert (await ada.learns("participant_joined"))["participant"]["identity"] == "tv"


async def test_media_send_no_offer_to_who_made_its_own(server: Signalling, player: Encoder) -> None:
    await player.begin(OFFER)
    entered = await server.media.until(media.Enter)
    assert isinstance(entered, media.Enter)
    assert (entered.identity, entered.subscribe) == ("tv", False)


@pytest.mark.parametrize(("query", "publisher"), [("", None), ("?participant=ada", "ada")])
async def test_a_viewer_may_choose_whom_to_watch(
    server: Signalling, player: Encoder, query: str, publisher: str | None
) -> None:
    await player.begin(OFFER, f"/demo{query}")
    watch = await server.media.until(media.Watch)
    assert isinstance(watch, media.Watch)
    assert (watch.sdp, watch.publisher) == (OFFER, publisher)


async def test_what_is_no_identity_is_refused(player: Encoder) -> None:
    problem = await player.send("POST", "/whep?participant=a/b", OFFER, expect=422)
    assert problem["field"] == "participant"
    problem = await player.send("POST", "/whep?colour=red", OFFER, expect=422)
    assert problem["field"] == "colour"


async def test_who_may_not_watch_is_refused(server: Signalling) -> None:
    blind = Encoder(server, "whep", token(server, canSubscribe=False))
    problem = await blind.send("POST", "/whep", OFFER, expect=403)
    assert problem["code"] == "not_allowed"
    mute = Encoder(server, "whep", token(server, canPublish=False))
    await mute.begin(OFFER)


async def test_an_offer_to_send_is_refused(player: Encoder) -> None:
    problem = await player.send("POST", "/whep", offer("audio"), expect=422)
    assert problem["code"] == "bad_sdp"


async def test_sessions_of_one_kind_are_none_of_the_other(player: Encoder) -> None:
    where = await player.begin(OFFER)
    await player.send("DELETE", where.replace("/whep/", "/whip/"), expect=404)
    await player.send("DELETE", where, expect=200)


async def test_a_moderator_sends_a_viewer_away(
    server: Signalling, api: Api, player: Encoder
) -> None:
    where = await player.begin(OFFER)
    await api.delete("/v1/rooms/demo/participants/tv", expect=204)
    await server.media.until(media.Exit)
    await player.send("DELETE", where, expect=404)


async def test_signalling_starts_anew_and_the_viewer_goes_on(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        where = await Encoder(server, "whep", token(server, "tv")).begin(OFFER)
    async with signalling(tmp_path, node=server.media) as server:
        await server.media.until(media.Enter)
        again = Encoder(server, "whep")
        await again.send("PATCH", where, fragment("newer"), kind=FRAGMENT, expect=200, If_Match="*")
        await again.send("DELETE", where, expect=200)
        await server.media.empty()
