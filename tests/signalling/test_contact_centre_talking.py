"""While agents talk: hold, transfers of all kinds, two calls at once, and writing it up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.centre import Agent, Visitor, agent, set_up, site_key
from tests.signalling.signalling import Person, Refused, Signalling, signalling

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
async def chloe(centre: Signalling) -> AsyncIterator[Agent]:
    """Chloé is at her desk; she speaks French."""
    made = await agent(centre, "chloe")
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def ines(centre: Signalling) -> AsyncIterator[Visitor]:
    """A visitor."""
    made = Visitor(centre, "Inès")
    yield made
    await made.close()


class Talk:
    """Inès and Emma talk; both are in the room."""

    def __init__(self, session: str, emma: Person, ines: Person) -> None:
        self.session = session
        self.emma = emma
        self.ines = ines


@pytest.fixture
async def talk(centre: Signalling, emma: Agent, ines: Visitor) -> Talk:
    """They talk."""
    return await talks(centre, emma, ines)


async def talks(centre: Signalling, emma: Agent, ines: Visitor) -> Talk:
    """A visitor waits, an agent answers, and they talk."""
    await ines.waits(await site_key(centre))
    people = [await emma.answers(), await ines.joins()]
    await ines.until(lambda visit: visit["state"] == "live")
    return Talk(str(ines.state["session"]), *people)


async def colleague(emma: Agent) -> str:
    """The one other agent's id."""
    desk = await emma.until(lambda desk: desk["colleagues"])
    return str(desk["colleagues"][0]["id"])


async def refusal(page: Agent | Visitor, command: str, **argument: object) -> tuple[int, str]:
    """With which status and code a command is refused."""
    with pytest.raises(Refused) as refused:
        await page.asks(command, **argument)
    return refused.value.problem["status"], refused.value.code


# hold


async def test_a_visitor_is_held_and_talked_to_again(
    emma: Agent, ines: Visitor, talk: Talk
) -> None:
    await emma.asks("hold", session=talk.session, held=True)
    await ines.until(lambda visit: visit["held"])
    await emma.asks("hold", session=talk.session, held=False)
    await ines.until(lambda visit: not visit["held"])


async def test_only_who_has_the_call_holds_or_ends_it(
    emma: Agent, chloe: Agent, talk: Talk
) -> None:
    asked = {"session": talk.session}
    assert await refusal(chloe, "hold", **asked, held=True) == (403, "not_your_session")
    assert await refusal(chloe, "hang_up", **asked) == (403, "not_your_session")
    assert await refusal(chloe, "note", **asked, notes="I was here") == (403, "not_your_session")


async def test_a_second_call_holds_the_first_and_going_back_holds_the_second(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await set_up(centre, "agents", 0, capacity={"voice": 2})
    first = await talks(centre, emma, ines)
    ada = Visitor(centre, "Ada")
    second = await talks(centre, emma, ada)
    await ines.until(lambda visit: visit["held"])
    await emma.asks("hold", session=first.session, held=False)
    await ada.until(lambda visit: visit["held"])
    await ines.until(lambda visit: not visit["held"])
    await emma.asks("hang_up", session=first.session)
    await emma.asks("hold", session=second.session, held=False)
    await ada.until(lambda visit: not visit["held"])
    await ada.close()


async def test_a_visitor_who_is_on_another_page_now_is_still_in_the_call(
    emma: Agent, ines: Visitor, talk: Talk
) -> None:
    for _ in range(3):
        again = await ines.joins()
        await talk.emma.hears("fact", lambda fact: fact["type"] == "participant_left")
        assert again.me
    await emma.asks("hold", session=talk.session, held=True)
    await ines.until(lambda visit: visit["held"])
    assert ines.state["state"] == "live"


# transfers


async def test_a_blind_transfer_rings_the_colleague_and_the_visitor_stays_in_the_room(
    emma: Agent, chloe: Agent, ines: Visitor, talk: Talk
) -> None:
    await emma.asks("transfer", session=talk.session, agent=await colleague(emma))
    offer = (await chloe.until(lambda desk: desk["offers"]))["offers"][0]
    assert (offer["session"], offer["transfer_from"]) == (talk.session, "Emma Clarke")
    await chloe.answers()
    visit = await ines.until(lambda visit: visit["state"] == "live")
    assert visit["agent"]["name"] == "Chloé Martin"
    await talk.emma.hears("leave")
    assert (await refusal(emma, "hang_up", session=talk.session))[0] == 403


async def test_a_consulted_colleague_takes_the_call_over(
    emma: Agent, chloe: Agent, ines: Visitor, talk: Talk
) -> None:
    other = await colleague(emma)
    await emma.asks("transfer", session=talk.session, agent=other, consult=True)
    await ines.until(lambda visit: visit["held"])
    await chloe.answers()
    await emma.until(lambda desk: desk["contacts"][0]["transfer"]["state"] == "consulting")
    assert ines.state["others"] == []
    await emma.asks("consulted", session=talk.session, outcome="complete")
    visit = await ines.until(lambda visit: visit["agent"]["name"] == "Chloé Martin")
    assert not visit["held"]
    assert chloe.contact(talk.session) is not None


async def test_a_conference_is_all_three_until_the_colleague_leaves(
    emma: Agent, chloe: Agent, ines: Visitor, talk: Talk
) -> None:
    other = await colleague(emma)
    await emma.asks("transfer", session=talk.session, agent=other, consult=True)
    await chloe.answers()
    await emma.asks("consulted", session=talk.session, outcome="conference")
    visit = await ines.until(lambda visit: visit["others"])
    assert (visit["others"][0]["name"], visit["held"]) == ("Chloé Martin", False)
    await chloe.asks("hang_up", session=talk.session)
    await ines.until(lambda visit: not visit["others"])
    assert (ines.state["state"], ines.state["held"]) == ("live", False)


async def test_a_consultation_is_called_off_while_it_rings(
    emma: Agent, chloe: Agent, talk: Talk
) -> None:
    other = await colleague(emma)
    await emma.asks("transfer", session=talk.session, agent=other, consult=True)
    await chloe.until(lambda desk: desk["offers"])
    await emma.asks("consulted", session=talk.session, outcome="cancel")
    await chloe.until(lambda desk: not desk["offers"])
    await emma.until(lambda desk: desk["contacts"][0]["transfer"] is None)


async def test_a_colleague_who_does_not_want_to_be_consulted_is_told_of(
    emma: Agent, chloe: Agent, ines: Visitor, talk: Talk
) -> None:
    other = await colleague(emma)
    await emma.asks("transfer", session=talk.session, agent=other, consult=True)
    offer = (await chloe.until(lambda desk: desk["offers"]))["offers"][0]
    await chloe.asks("reject", reservation=offer["reservation"])
    contact = (await emma.until(lambda d: d["contacts"][0]["transfer"]["failed"]))["contacts"][0]
    assert contact["transfer"]["state"] == "failed"
    assert ines.state["held"]
    await emma.asks("consulted", session=talk.session, outcome="cancel")
    await emma.asks("hold", session=talk.session, held=False)
    await ines.until(lambda visit: not visit["held"])


async def test_a_transfer_to_nobody_changes_nothing(emma: Agent, ines: Visitor, talk: Talk) -> None:
    asked = {"session": talk.session}
    nobody = "0" * 32
    assert await refusal(emma, "transfer", **asked, agent=f"AG{nobody}") == (404, "agent_not_found")
    assert await refusal(emma, "transfer", **asked, queue=f"QU{nobody}") == (404, "queue_not_found")
    assert (await refusal(emma, "transfer", **asked))[1] == "no_target"
    assert (await refusal(emma, "transfer", **asked, agent=emma.state["agent"]["id"]))[0] == 422
    assert await refusal(emma, "consulted", **asked, outcome="complete") == (409, "not_consulted")
    assert (ines.state["state"], ines.state["held"]) == ("live", False)


async def test_a_transfer_to_a_colleague_who_is_away_is_refused(
    centre: Signalling, emma: Agent, talk: Talk
) -> None:
    chloe = await agent(centre, "chloe")
    await chloe.enters()
    away = chloe.state["agent"]["id"]
    asked = {"session": talk.session, "agent": away}
    for consult in (False, True):
        status, code = await refusal(emma, "transfer", **asked, consult=consult)
        assert (status, code) == (409, "agent_unavailable")
    await chloe.close()


# offers, and writing it up


async def test_an_offer_is_answered_once_and_by_whom_it_was_made_to(
    emma: Agent, chloe: Agent, ines: Visitor, centre: Signalling
) -> None:
    await ines.waits(await site_key(centre))
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]["reservation"]
    assert await refusal(chloe, "accept", reservation=offer) == (403, "not_your_offer")
    await emma.asks("accept", reservation=offer)
    assert await refusal(emma, "accept", reservation=offer) == (409, "offer_over")


async def test_an_offer_whose_visitor_has_left_is_over(
    emma: Agent, ines: Visitor, centre: Signalling
) -> None:
    await ines.waits(await site_key(centre))
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]["reservation"]
    await ines.asks("hang_up")
    assert await refusal(emma, "accept", reservation=offer) == (409, "offer_over")
    assert await refusal(emma, "reject", reservation=offer) == (409, "offer_over")


async def test_notes_are_kept_and_a_disposition_must_exist(
    emma: Agent, ines: Visitor, talk: Talk
) -> None:
    asked = {"session": talk.session}
    await emma.asks("note", **asked, notes="Boots, size 38.")
    nowhere = {**asked, "disposition": "Nowhere"}
    assert await refusal(emma, "note", **nowhere) == (404, "disposition_not_found")
    too_long = {**asked, "notes": "x" * 10_001}
    assert await refusal(emma, "note", **too_long) == (422, "too_large")
    early = {**asked, "disposition": "Resolved", "notes": ""}
    assert await refusal(emma, "finish_wrap_up", **early) == (409, "not_wrapping_up")
    await ines.asks("hang_up")
    contact = (await emma.until(lambda d: d["contacts"][0]["wrap_up_until"]))["contacts"][0]
    assert contact["notes"] == "Boots, size 38."
    code = await refusal(emma, "finish_wrap_up", **{**nowhere, "notes": ""})
    assert code == (404, "disposition_not_found")
    await emma.asks("finish_wrap_up", **early)
    await emma.until(lambda desk: not desk["contacts"])


async def test_a_queue_may_ask_for_a_disposition(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await set_up(centre, "queues", disposition_required=True)
    talk = await talks(centre, emma, ines)
    await emma.asks("hang_up", session=talk.session)
    asked = {"session": talk.session, "notes": "", "disposition": ""}
    assert await refusal(emma, "finish_wrap_up", **asked) == (422, "disposition_required")
    await emma.asks("finish_wrap_up", **{**asked, "disposition": "Resolved"})


async def test_the_one_who_passed_it_on_writes_it_up_after_the_colleague_is_done(
    emma: Agent, chloe: Agent, ines: Visitor, talk: Talk
) -> None:
    asked = {"session": talk.session}
    await emma.asks("transfer", **asked, agent=await colleague(emma))
    await chloe.answers()
    await ines.until(lambda visit: visit["state"] == "live")
    await chloe.asks("hang_up", **asked)
    await chloe.asks("finish_wrap_up", **asked, disposition="Resolved", notes="Sent.")
    await chloe.until(lambda desk: not desk["contacts"])
    await emma.asks("finish_wrap_up", **asked, disposition="", notes="Sent, and thanked.")
    await emma.until(lambda desk: not desk["contacts"])


async def test_an_agent_reads_the_form_in_their_own_language(
    centre: Signalling, ines: Visitor
) -> None:
    chloe = await agent(centre, "chloe")
    entered = await chloe.enters(language="fr")
    [available] = [each["id"] for each in entered["activities"] if each["available"]]
    await chloe.asks("choose_activity", activity=available)
    await ines.waits(await site_key(centre), language="fr")
    offer = (await chloe.until(lambda desk: desk["offers"]))["offers"][0]
    answers = {each["label"]: each["value"] for each in offer["customer"]["answers"]}
    assert answers == {"Votre nom": "Inès", "De quoi s’agit-il ?": "Une commande"}
    assert [each["reason"] for each in offer["decision"]["considered"]].count("offered") == 1
    await chloe.close()
