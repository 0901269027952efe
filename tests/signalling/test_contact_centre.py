"""A visitor presses the button, and the right agent answers: over real sockets and the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.centre import Agent, Visitor, agent, site_key
from tests.signalling.people import Browser
from tests.signalling.signalling import Refused, Signalling, signalling

pytestmark = pytest.mark.integration


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server with the demo's contact centre."""
    async with signalling(tmp_path, demonstration=True) as running:
        yield running


@pytest.fixture
async def emma(centre: Signalling) -> AsyncIterator[Agent]:
    """Emma is at her desk; she speaks English."""
    made = await agent(centre, "emma")
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def ines(centre: Signalling) -> AsyncIterator[Visitor]:
    """A visitor."""
    made = Visitor(centre, "Inès")
    yield made
    await made.close()


async def test_a_visitor_is_told_of_the_site_and_asked(centre: Signalling, ines: Visitor) -> None:
    opened = await ines.opens(await site_key(centre), language="fr-CH")
    site = opened["site"]
    assert (site["language"], site["hours"]["open"]) == ("fr", True)
    assert [field["name"] for field in site["fields"]] == ["name", "email", "reason"]
    assert site["consent"]["version"] == "1"
    assert opened["visit"]["state"] == "form"
    with pytest.raises(Refused) as refused:
        await ines.asks("fill", answers={"email": "not an address", "name": "I"})
    assert refused.value.problem["field"] == "email"


async def test_a_visitor_waits_an_agent_answers_and_they_talk(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre), page={"url": "https://shop/boots"})
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    assert (offer["customer"]["name"], offer["customer"]["page_url"]) == (
        "Inès",
        "https://shop/boots",
    )
    assert ines.state["call"] is None
    await emma.answers()
    await ines.joins()
    talking = await ines.until(lambda visit: visit["state"] == "live")
    assert talking["agent"]["name"] == "Emma Clarke"
    contact = (await emma.until(lambda desk: desk["contacts"][0]["state"] == "live"))["contacts"][0]
    assert [party["there"] for party in contact["parties"]] == [True, True]


async def test_the_call_ends_is_rated_and_written_up(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    await emma.answers()
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    await ines.asks("hang_up")
    over = await ines.until(lambda visit: visit["state"] == "ended")
    assert (over["ended"], over["may_rate"]) == ("visitor_left", True)
    await ines.asks("rate", stars=5, comment="Kind")
    contact = (await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"]))["contacts"][0]
    await emma.asks(
        "finish_wrap_up", session=contact["session"], disposition="Resolved", notes="Boots."
    )
    await emma.until(lambda desk: not desk["contacts"] and desk["agent"]["load"] == "idle")


async def test_a_visitor_who_reloads_keeps_the_place(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    key = await site_key(centre)
    await ines.waits(key)
    await ines.close()
    again = Visitor(centre, "Inès")
    again.resume = ines.resume
    opened = await again.opens(key)
    assert opened["visit"]["state"] in {"queued", "offering"}
    await emma.answers()
    await again.joins()
    await again.until(lambda visit: visit["state"] == "live")
    await again.close()


async def test_a_later_page_of_an_agent_takes_the_desk_over(
    centre: Signalling, emma: Agent
) -> None:
    later = Agent(centre, "emma", emma.browser)
    entered = await later.enters()
    assert entered["desk"]["agent"]["there"]
    await emma.hears("taken_over")
    await emma.hears("disconnected")
    await later.close()


async def test_only_who_speaks_the_language_is_offered_it(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    chloe = await agent(centre, "chloe")
    await chloe.works()
    await ines.waits(await site_key(centre), language="fr")
    await chloe.until(lambda desk: desk["offers"])
    assert not emma.state["offers"]
    await chloe.close()


async def test_a_supervisor_sees_why_and_cancels(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    sam = await agent(centre, "sam")
    sam.event = "live"
    await ines.waits(await site_key(centre), language="fr")
    await sam.enters("live")
    live = await sam.until(lambda live: live["waiting"] and live["waiting"][0]["decisions"])
    [waiting] = live["waiting"]
    considered = waiting["decisions"][-1]["considered"]
    assert {each["reason"] for each in considered} >= {"requirement:language"}
    await sam.asks("cancel_task", task=waiting["task"])
    await ines.until(lambda visit: visit["state"] == "ended")
    with pytest.raises(Refused) as refused:
        await emma.asks("cancel_task", task=waiting["task"])
    assert refused.value.problem["status"] == 403
    await sam.close()


async def test_whatever_is_shown_later_has_a_higher_number(
    centre: Signalling, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    made = await centre.services.desks.of(centre.services.main)
    before = made.show_visit(ines.state["session"])
    after = made.show_visit(ines.state["session"])
    assert before
    assert after
    assert after.seq > before.seq >= ines.state["seq"]


async def test_an_unknown_site_is_refused(centre: Signalling) -> None:
    stranger = Visitor(centre, "Nobody")
    with pytest.raises(Refused) as refused:
        await stranger.opens("site_unknown")
    assert refused.value.code == "unknown_site"
    await stranger.close()


async def test_nobody_enters_a_desk_without_signing_in(centre: Signalling) -> None:
    stranger = Agent(centre, "nobody", Browser(centre))
    with pytest.raises(Refused) as refused:
        await stranger.enters()
    assert refused.value.problem["status"] == 401
    await stranger.close()
