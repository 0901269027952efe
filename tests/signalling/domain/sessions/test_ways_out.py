"""Nobody is left behind: pages that are gone, agents who vanish, work that is taken away."""

from __future__ import annotations

import pytest

from offhook.core.errors import Conflict
from signalling.domain.desk import OfSession, ToRouter
from signalling.domain.routing import events as routing
from signalling.domain.sessions import events as told
from signalling.domain.sessions.effects import Expel
from tests.signalling.domain.routing.center import queue
from tests.signalling.domain.sessions.office import Office
from tests.signalling.domain.sessions.test_desk import MUSIC

pytestmark = pytest.mark.unit

_MINUTE = 60_000_000


@pytest.fixture
def office() -> Office:
    """Anna and Tom are at work."""
    made = Office()
    made.works("anna")
    made.works("tom")
    return made


# the visitor's page


def test_a_page_lost_before_the_answer_still_counts_when_the_agent_does_not_come(
    office: Office,
) -> None:
    office.waits("ines")
    office.says("ines", told.PageLost(office.now + _MINUTE))
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.passes(21)
    assert office.state("ines") in {"queued", "offering"}
    office.passes(60)
    assert office.state("ines") == "abandoned"


def test_a_page_lost_while_talking_does_not_end_what_waits_in_the_room(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.PageLost(office.now + _MINUTE))
    office.says("ines", told.TransferAsked("anna", queue="sales"))
    office.passes(15)
    assert office.state("ines") == "offering"
    office.says("ines", told.PartyGone("visitor-ines", lost=True))
    assert office.state("ines") == "ended"


def test_who_gives_up_waiting_in_the_room_is_out_of_it(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", queue="sales"))
    office.says("ines", told.VisitorLeft())
    assert (office.state("ines"), office.rooms) == ("abandoned", set())


def test_a_closed_contact_whose_page_is_gone_is_over_soon(office: Office) -> None:
    office.opens("ines")
    office.says("ines", told.Started(office.task("ines"), refused="closed"))
    office.says("ines", told.PageLost(office.now + _MINUTE))
    office.passes(61)
    assert office.state("ines") == "ended"


# messages


def left(office: Office) -> None:
    """Ines has left a message, and her page is gone."""
    ines = office.opens("ines")
    letter = office.task("ines", channel="message")
    office.says("ines", told.MessageLeft(letter, ines.customer))
    office.says("ines", told.VisitorLeft())


def test_a_message_is_read_although_the_visitor_has_left(office: Office) -> None:
    left(office)
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.says("ines", told.HungUp("anna"))
    assert office.state("ines") == "ended"
    office.passes(31)
    assert not office.desk.router.agents["anna"].holding


def test_a_message_whose_agent_is_removed_is_read_by_another(office: Office) -> None:
    left(office)
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.happens(ToRouter(routing.AgentRemoved("anna")))
    office.happens(ToRouter(routing.OfferAccepted(office.offer("tom"), "tom")))
    office.says("ines", told.HungUp("tom"))
    assert office.state("ines") == "ended"


def test_a_message_reaches_agents_although_the_queue_is_closed_full_and_slow() -> None:
    for how in ({"open": False}, {"max_length": 0}, {"max_wait": 30}):
        office = Office(queue(**how))
        left(office)
        office.passes(3600)
        office.works("anna")
        assert office.offer("anna")


def test_a_message_for_one_agent_waits_for_that_agent(office: Office) -> None:
    office.happens(ToRouter(routing.AgentAbsent("anna")))
    office.passes(60)
    ines = office.opens("ines")
    letter = office.task("ines", channel="message", queue=None, only_agent="anna")
    office.says("ines", told.MessageLeft(letter, ines.customer))
    office.passes(3600)
    office.works("anna")
    assert office.offer("anna")


def test_only_one_message_is_left(office: Office) -> None:
    left(office)
    ines = office.desk.sessions["ines"]
    again = told.MessageLeft(office.task("ines", task="TA2", channel="message"), ines.customer)
    with pytest.raises(Conflict, match="message"):
        office.says("ines", again)
    with pytest.raises(Conflict, match="message"):
        office.says("ines", told.CallbackAsked(office.task("ines", task="TA3"), ("TA3",)))


def test_a_message_that_a_supervisor_takes_away_is_over(office: Office) -> None:
    left(office)
    office.happens(ToRouter(routing.TaskCanceled("TAines", "canceled")))
    assert office.state("ines") == "ended"


# callbacks


def dialing(office: Office) -> str:
    """An agent rings Ines; who it is."""
    office.opens("ines")
    office.says("ines", told.CallbackAsked(office.task("ines", channel="callback"), ("TA1", "TA2")))
    agent = office.ringing()
    office.accepts(agent)
    return agent


def test_a_callback_that_the_visitor_declines_closes_the_room(office: Office) -> None:
    agent = dialing(office)
    office.says("ines", told.CallbackCanceled())
    assert (office.state("ines"), office.rooms) == ("ended", set())
    office.passes(31)
    assert not office.desk.router.agents[agent].holding


def test_an_agent_who_stops_ringing_leaves_nobody_ringing(office: Office) -> None:
    agent = dialing(office)
    office.says("ines", told.HungUp(agent))
    assert office.desk.sessions["ines"].callback_state == "canceled"


def test_a_callback_whose_agent_is_removed_is_made_by_another(office: Office) -> None:
    agent = dialing(office)
    office.happens(ToRouter(routing.AgentRemoved(agent)))
    ines = office.desk.sessions["ines"]
    assert (ines.callback_state, office.rooms) == ("due", set())
    office.accepts(office.ringing())
    office.says("ines", told.CallbackAnswered())
    assert office.state("ines") == "connecting"


def test_a_callback_for_an_agent_who_is_gone_by_then_ends_as_expired(office: Office) -> None:
    office.opens("ines")
    back = office.task("ines", channel="callback", queue=None, only_agent="anna")
    office.says("ines", told.CallbackAsked(back, ("TA1",), office.now + _MINUTE))
    office.happens(ToRouter(routing.AgentRemoved("anna")))
    office.passes(61)
    assert office.desk.sessions["ines"].callback_state == "expired"


# agents


def test_a_colleague_who_comes_while_the_agent_reconnects_is_in_the_call(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    office.says("ines", told.PartyGone("agent-anna", lost=True))
    office.accepts("tom")
    assert ines.parties.of_agent("tom") is not None
    office.passes(21)
    assert office.state("ines") == "live"
    assert office.hears("ines", "visitor-ines") == (("agent-tom",), False)


def test_a_failed_consultation_can_be_put_aside(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    office.rejects("tom")
    office.says("ines", told.ConsultDecided("anna", "cancel"))
    assert ines.consult is None
    assert office.hears("ines", "visitor-ines") == MUSIC


def test_who_passed_a_call_on_does_not_come_back_into_its_room(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", queue="sales"))
    office.accepts("tom")
    made = office.says("ines", told.PartyCame("agent-anna"))
    assert any(isinstance(e, OfSession) and isinstance(e.effect, Expel) for e in made)


def test_a_direct_call_whose_agent_is_unreachable_ends_in_words(office: Office) -> None:
    ines = office.waits("ines", queue=None, only_agent="anna")
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.passes(21)
    assert (office.state("ines"), ines.reason) == ("closed", "agent_unreachable")
    assert not office.desk.router.agents["anna"].holding


def test_a_talk_that_a_supervisor_ends_is_forgotten_in_time(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.happens(ToRouter(routing.TaskCanceled("TAines", "canceled")))
    assert (office.state("ines"), ines.task) == ("ended", None)


def test_a_place_that_nobody_comes_back_to_is_stored_as_given_up() -> None:
    office = Office(queue(resume_within=60))
    office.waits("ines")
    office.says("ines", told.VisitorLeft())
    office.passes(59)
    assert office.desk.router.places
    office.now += 2 * 1_000_000  # type: ignore[assignment]
    office.passes(0)
    [task] = office.desk.touched.tasks.values()
    assert (task.resume_until, office.desk.router.places) == (None, {})
