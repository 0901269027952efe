"""Sessions and the router move together: from the click to the rating, and every way out."""

from __future__ import annotations

import pytest

from offhook.core.errors import Conflict, Forbidden, InvalidInput, OffhookError
from signalling.domain.desk import ToRouter
from signalling.domain.routing import events as routing
from signalling.domain.sessions import events as told
from tests.signalling.domain.routing.center import queue
from tests.signalling.domain.sessions.office import Office

pytestmark = pytest.mark.unit

NOBODY: tuple[tuple[str, ...], bool] = ((), False)
MUSIC: tuple[tuple[str, ...], bool] = ((), True)


@pytest.fixture
def office() -> Office:
    """Anna and Tom are at work."""
    made = Office()
    made.works("anna")
    made.works("tom")
    return made


# coming together


def test_a_visitor_fills_in_the_form_agrees_waits_and_talks(office: Office) -> None:
    ines = office.opens("ines", asks=True)
    assert office.state("ines") == "form"
    office.says("ines", told.FormFilled(ines.customer))
    office.says("ines", told.Started(office.task("ines"), consent=True, version="3", locale="fr"))
    assert (ines.consented, ines.consent_version, ines.consent_locale) == (True, "3", "fr")
    assert office.state("ines") == "offering"
    office.accepts("anna")
    assert office.state("ines") == "connecting"
    office.says("ines", told.PartyCame(ines.visitor))
    assert office.state("ines") == "live"
    assert office.hears("ines", "visitor-ines") == (("agent-anna",), False)
    assert office.hears("ines", "agent-anna") == (("visitor-ines",), False)


def test_there_is_no_room_before_an_agent_answers(office: Office) -> None:
    office.waits("ines")
    assert not office.rooms
    office.accepts("anna")
    assert office.rooms == {"call-ines"}


def test_who_gives_up_while_it_rings_reaches_nobody(office: Office) -> None:
    office.waits("ines")
    reservation = office.offer("anna")
    office.says("ines", told.VisitorLeft())
    assert office.state("ines") == "abandoned"
    with pytest.raises(Conflict):
        office.happens(ToRouter(routing.OfferAccepted(reservation, "anna")))
    assert not office.rooms


def test_a_rejected_visitor_is_offered_to_the_next_and_keeps_the_age(office: Office) -> None:
    office.waits("ines")
    office.passes(5)
    office.rejects("anna")
    task = office.desk.router.tasks["TAines"]
    assert (office.state("ines"), task.waited_by(office.now)) == ("offering", 5_000_000)
    office.accepts("tom")
    assert office.state("ines") == "connecting"


def test_a_visitor_whose_page_is_lost_keeps_the_place_for_a_while(office: Office) -> None:
    office.waits("ines")
    office.says("ines", told.PageLost(office.now + 60_000_000))
    office.says("ines", told.PageBack())
    office.passes(0.5)
    assert office.state("ines") == "offering"
    office.says("ines", told.PageLost(office.now + 10_000_000))
    office.passes(11)
    assert office.state("ines") == "abandoned"


def test_an_agent_who_does_not_come_loses_the_visitor_to_the_next(office: Office) -> None:
    office.waits("ines")
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.says("ines", told.PartyCame("visitor-ines"))
    office.passes(21)
    assert office.state("ines") == "offering"
    assert office.hears("ines", "visitor-ines") == MUSIC
    office.accepts("tom")
    assert office.state("ines") == "live"
    assert office.hears("ines", "visitor-ines") == (("agent-tom",), False)


def test_a_closed_site_takes_nobody_and_a_message_reaches_an_agent(office: Office) -> None:
    ines = office.opens("ines")
    office.says("ines", told.Started(office.task("ines"), refused="closed"))
    assert (office.state("ines"), ines.reason) == ("closed", "closed")
    letter = office.task("ines", channel="message")
    office.says("ines", told.MessageLeft(letter, ines.customer))
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    office.says("ines", told.HungUp("anna"))
    assert office.state("ines") == "ended"
    assert not office.rooms


# talking


def test_on_hold_the_visitor_hears_music_and_the_agent_nobody(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.Held("anna", True))
    assert office.hears("ines", "visitor-ines") == MUSIC
    assert office.hears("ines", "agent-anna") == NOBODY
    office.says("ines", told.Held("anna", False))
    assert office.hears("ines", "visitor-ines") == (("agent-anna",), False)


def test_only_the_agent_who_has_it_may_hold_it(office: Office) -> None:
    office.talks("ines", "anna")
    with pytest.raises(Forbidden):
        office.says("ines", told.Held("tom", True))


def test_either_end_may_hang_up_and_the_agent_wraps_up(office: Office) -> None:
    for agent, ending in {"anna": told.HungUp("anna"), "tom": told.VisitorLeft()}.items():
        name = f"{agent}s"
        session = office.talks(name, agent)
        office.says(name, ending)
        assert (office.state(name), office.rooms) == ("ended", set())
        assert office.desk.router.tasks[f"TA{name}"].state.value == "wrapping"
        office.passes(31)
        assert session.task is None


def test_a_visitor_who_drops_out_of_the_room_ends_the_call(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.PartyGone("visitor-ines", lost=True))
    assert (office.state("ines"), ines.reason) == ("ended", "connection_lost")


def test_an_agent_whose_page_is_gone_may_come_back_or_is_replaced(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.PartyGone("agent-anna", lost=True))
    assert office.state("ines") == "connecting"
    office.says("ines", told.PartyCame("agent-anna"))
    assert office.state("ines") == "live"
    office.says("ines", told.PartyGone("agent-anna", lost=True))
    office.passes(21)
    assert office.state("ines") == "offering"
    assert office.hears("ines", "visitor-ines") == MUSIC


def test_what_is_over_is_rated_once(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.VisitorLeft())
    office.says("ines", told.Rated(5, "kind"))
    assert (ines.stars, ines.customer.comment) == (5, "kind")
    with pytest.raises(Conflict, match="rated"):
        office.says("ines", told.Rated(1))


# passing it on


def consulting(office: Office) -> None:
    """Anna has Ines on hold and talks to Tom."""
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    office.accepts("tom")


def test_a_consultation_is_not_heard_by_the_visitor(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    assert office.hears("ines", "visitor-ines") == MUSIC
    office.accepts("tom")
    assert office.hears("ines", "visitor-ines") == MUSIC
    assert office.hears("ines", "agent-anna") == (("agent-tom",), False)
    assert office.hears("ines", "agent-tom") == (("agent-anna",), False)


def test_a_completed_transfer_leaves_the_colleague_with_the_visitor(office: Office) -> None:
    consulting(office)
    office.says("ines", told.ConsultDecided("anna", "complete"))
    assert office.hears("ines", "visitor-ines") == (("agent-tom",), False)
    assert "agent-anna" not in office.hearing["ines"]
    office.says("ines", told.Held("tom", True))
    office.says("ines", told.HungUp("tom"))
    assert office.state("ines") == "ended"


def test_a_conference_lets_all_hear_all(office: Office) -> None:
    consulting(office)
    office.says("ines", told.ConsultDecided("anna", "conference"))
    everybody = {"visitor-ines", "agent-anna", "agent-tom"}
    for who in everybody:
        assert set(office.hears("ines", who)[0]) == everybody - {who}
    office.says("ines", told.HungUp("tom"))
    assert office.hears("ines", "visitor-ines") == (("agent-anna",), False)


def test_a_colleague_who_does_not_answer_leaves_the_visitor_on_hold(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    office.passes(60)
    assert ines.consult is not None
    assert (ines.consult["state"], ines.consult["failed"]) == ("failed", "no_answer")
    assert office.hears("ines", "visitor-ines") == MUSIC
    office.says("ines", told.Held("anna", False))
    assert office.hears("ines", "visitor-ines") == (("agent-anna",), False)


def test_a_consultation_that_still_rings_can_be_given_up(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom", "Tom", consult=True))
    office.says("ines", told.ConsultDecided("anna", "cancel"))
    assert not office.desk.router.agents["tom"].holding


def test_a_refused_consultation_changes_nothing(office: Office) -> None:
    ines = office.talks("ines", "anna")
    before = ines.snapshot()
    for colleague in ("anna", "nobody"):
        with pytest.raises(OffhookError):
            office.says("ines", told.TransferAsked("anna", colleague, "", consult=True))
    with pytest.raises(InvalidInput):
        office.says("ines", told.TransferAsked("anna", queue="sales", consult=True))
    assert office.desk.sessions["ines"].snapshot() == before


def test_a_blind_transfer_to_a_queue_keeps_the_visitor_in_the_room(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", queue="sales"))
    assert office.hears("ines", "visitor-ines") == MUSIC
    assert "agent-anna" not in office.hearing["ines"]
    office.accepts("tom")
    assert office.state("ines") == "live"


def test_a_blind_transfer_that_fails_comes_back(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", "tom"))
    office.rejects("tom")
    assert ines.notice
    office.accepts("anna")
    assert office.state("ines") == "live"
    assert office.hears("ines", "visitor-ines") == (("agent-anna",), False)


# calling back


def test_a_callback_keeps_its_turn_and_rings_the_visitor(office: Office) -> None:
    ines = office.waits("ines")
    back = office.task("ines", task="", channel="callback")
    office.says("ines", told.CallbackAsked(back, ("TA1", "TA2")))
    assert (office.state("ines"), ines.callback_state) == ("callback", "due")
    agent = office.ringing()
    office.accepts(agent)
    assert ines.callback_state == "dialing"
    office.says("ines", told.CallbackAnswered())
    office.says("ines", told.PartyCame("visitor-ines"))
    office.says("ines", told.PartyCame(f"agent-{agent}"))
    assert office.state("ines") == "live"


def test_a_callback_at_a_time_waits_for_it_and_is_tried_again(office: Office) -> None:
    ines = office.opens("ines")
    at = office.now + 3_600_000_000
    back = office.task("ines", task="", channel="callback")
    office.says("ines", told.CallbackAsked(back, ("TA1", "TA2"), at))
    office.passes(3_599)
    assert "TA1" not in office.desk.router.tasks
    office.passes(2)
    office.accepts(office.ringing())
    office.passes(50)
    assert (office.state("ines"), ines.callback_state) == ("callback", "requested")
    office.passes(597)
    office.accepts(office.ringing())
    office.passes(50)
    assert (office.state("ines"), ines.callback_state) == ("failed", "expired")


def test_a_callback_may_be_canceled(office: Office) -> None:
    ines = office.waits("ines")
    office.says("ines", told.CallbackAsked(office.task("ines", channel="callback"), ("TA1",)))
    office.says("ines", told.CallbackCanceled())
    assert (office.state("ines"), ines.callback_state) == ("ended", "canceled")
    assert not office.desk.router.tasks


def test_too_long_a_wait_closes_with_the_reason() -> None:
    office = Office(queue(max_wait=30))
    ines = office.waits("ines")
    office.passes(31)
    assert (office.state("ines"), ines.reason) == ("closed", "max_wait")


def test_whatever_happened_is_the_same_after_it_was_stored(office: Office) -> None:
    consulting(office)
    session = office.desk.sessions["ines"]
    again = type(session).restored(session.snapshot())
    assert again.snapshot() == session.snapshot()
    assert again.parties.hearing(again.call_state) == session.parties.hearing(session.call_state)
