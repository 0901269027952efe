"""People in a room over real sockets: coming, publishing, hearing of each other, leaving."""

from __future__ import annotations

import pytest

from tests.signalling.signalling import Signalling

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]


async def test_whoever_joins_gets_a_snapshot_of_the_room(server: Signalling) -> None:
    ada = await server.joined("Ada")
    ben = await server.joined("Ben")
    snapshot = ben.place["snapshot"]
    assert [p["name"] for p in snapshot["participants"]] == ["Ada", "Ben"]
    assert snapshot["room"]["name"] == "demo"
    assert ben.place["grants"]["can_publish"]
    assert ada.place["grants"]["room_admin"]
    assert not ben.place["grants"]["room_admin"]


async def test_those_inside_learn_who_comes_what_is_published_and_who_leaves(
    server: Signalling,
) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    joined = await ada.learns("participant_joined")
    assert joined["participant"]["name"] == "Ben"
    sids = await ben.offer("microphone", "camera")
    published = await ada.learns("track_published", 2)
    assert published["track"]["sid"] == sids["camera"]
    assert published["participant"] == ben.me
    await ben.asks("leave")
    left = await ada.learns("participant_left")
    assert left == {
        "participant": ben.me,
        "identity": joined["participant"]["identity"],
        "reason": "client_initiated",
    }
    numbers = [fact["seq"] for fact in ada.facts]
    first = ada.place["snapshot"]["seq"] + 1
    assert numbers == list(range(first, first + len(numbers)))


async def test_an_offer_of_the_server_is_answered_with_its_version(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    sids = await ada.offer("microphone")
    offer = await ben.hears("offer")
    assert offer["tracks"] == [{"mid": "0", "track": sids["microphone"], "participant": ada.me}]
    await ben.asks("answer", version=offer["version"], sdp="v=0")
    legs = server.media.of(ben.me)
    assert legs is not None
    assert legs.answered == offer["version"]


async def test_a_track_is_a_fact_before_it_is_offered(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    await ada.offer("microphone")
    await ben.hears("offer")
    events = [event if event != "fact" else m["type"] for event, m in ben.told]
    assert events.index("track_published") < events.index("offer")


async def test_who_leaves_is_closed_in_media(server: Signalling) -> None:
    ada = await server.joined("Ada")
    await ada.asks("leave")
    await server.settle()
    from offhook.core.contracts.media import Exit

    command = await server.media.until(Exit)
    assert isinstance(command, Exit)
    assert command.participant == ada.me
