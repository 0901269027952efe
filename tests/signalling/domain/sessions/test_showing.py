"""What agents are shown: why work came to them, who passes it on, and in whose words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from signalling.domain.answers import in_words
from signalling.domain.configured.site import FieldOption, SiteField, SiteSettings
from signalling.domain.configured.values import Target
from signalling.domain.desk import ToRouter
from signalling.domain.desk_views import ContactView, Desk, OfferView
from signalling.domain.routing import events as routing
from signalling.domain.sessions import events as told
from signalling.domain.showing.shared import Names
from signalling.domain.showing.showing import Showing
from tests.signalling.domain.routing.center import queue
from tests.signalling.domain.sessions.office import Office

pytestmark = pytest.mark.unit

_SITE = SiteSettings(
    name="Lamps",
    target=Target(),
    languages=["fr", "en"],
    form=[
        SiteField(key="name", kind="name", label={"fr": "Votre nom", "en": "Your name"}),
        SiteField(
            key="about",
            kind="select",
            label={"fr": "À quel sujet ?", "en": "What about?"},
            options=[
                FieldOption(value="order", label={"fr": "Une commande", "en": "An order"}),
                FieldOption(value="other", label={"fr": "Autre chose"}),
            ],
        ),
    ],
)


@pytest.fixture
def office() -> Office:
    """Anna is at work, and later Tom too."""
    made = Office()
    made.works("anna")
    made.passes(5)
    made.works("tom")
    return made


def showing(office: Office, language: str = "en") -> Showing:
    """The desk as somebody sees it who reads this language."""
    names = Names(
        activities={},
        queues={"support": "Support"},
        sites={"ST1": _SITE},
        service_levels={"support": 20},
    )
    return Showing(office.desk, names, lambda *_: "token", {}, 1, office.now, language)


def shown(office: Office, agent: str, language: str = "en") -> Desk:
    """An agent's desk."""
    views = showing(office, language)
    return views.desk(office.desk.router.agents[agent], views.colleagues(), [])


def offered(office: Office, agent: str) -> OfferView:
    """The one offer on an agent's desk."""
    [offer] = shown(office, agent).offers
    return offer


def contact(office: Office, agent: str) -> ContactView:
    """The one session on an agent's desk."""
    [found] = shown(office, agent).contacts
    return found


def words(answers: Mapping[str, str], language: str, site: SiteSettings | None = _SITE) -> object:
    """Questions and answers as somebody reads them."""
    return [(each.label, each.value) for each in in_words(site, answers, language)]


# answers


def test_answers_are_read_in_the_readers_language_and_the_order_of_the_form() -> None:
    answers = {"about": "order", "name": "Inès"}
    assert words(answers, "en") == [("Your name", "Inès"), ("What about?", "An order")]
    assert words(answers, "fr-CA") == [("Votre nom", "Inès"), ("À quel sujet ?", "Une commande")]


def test_a_language_the_site_does_not_have_is_read_in_its_first() -> None:
    assert words({"about": "order"}, "hi") == [("À quel sujet ?", "Une commande")]
    assert words({"about": "other"}, "en") == [("What about?", "Autre chose")]


def test_what_the_form_does_not_ask_any_more_keeps_its_name() -> None:
    assert words({"size": "38", "about": "gone"}, "en") == [("What about?", "gone"), ("size", "38")]
    assert words({"about": "order"}, "en", None) == [("about", "order")]


def test_a_supervisor_reads_within_how_long_the_queue_is_to_answer(office: Office) -> None:
    office.waits("ines")
    office.passes(15)
    [waiting] = showing(office).live(0, 0).waiting
    assert (waiting.age, waiting.service_level) == (15, 20)


# why


def test_an_offer_says_who_was_considered_and_why_not_the_others(office: Office) -> None:
    office.waits("ines")
    decision = offered(office, "anna").decision
    assert decision is not None
    assert {(each.name, each.reason) for each in decision.considered} == {
        ("Anna", "offered"),
        ("Tom", "longer_idle"),
    }


def test_the_reason_stays_with_the_call_though_others_were_asked_before(office: Office) -> None:
    office.waits("ines")
    office.rejects("anna")
    office.accepts("tom")
    decision = contact(office, "tom").decision
    assert decision is not None
    assert {each.reason for each in decision.considered} == {"offered", "backing_off"}


def test_a_supervisors_choice_is_told_as_such_and_ones_own_is_not(office: Office) -> None:
    chosen = routing.ActivityChosen("anna", "away", at_once=True, reason="supervisor")
    office.happens(ToRouter(chosen))
    assert shown(office, "anna").agent.reason == "supervisor"
    office.happens(ToRouter(routing.ActivityChosen("anna", "available")))
    assert shown(office, "anna").agent.reason == ""


def test_who_did_not_answer_is_told_why_the_line_is_closed() -> None:
    office = Office(queue(wrap_up=30, strikes=1))
    office.works("anna")
    office.waits("ines")
    office.passes(20)
    agent = shown(office, "anna").agent
    assert (agent.activity, agent.reason) == ("away", "no_answer")


def test_what_comes_next_for_a_reason_has_that_reason_when_it_comes(office: Office) -> None:
    office.talks("ines", "anna")
    office.happens(ToRouter(routing.ActivityChosen("anna", "away", reason="supervisor")))
    assert shown(office, "anna").agent.reason == ""
    office.says("ines", told.VisitorLeft())
    office.passes(31)
    agent = shown(office, "anna").agent
    assert (agent.activity, agent.reason) == ("away", "supervisor")


# passing on


def test_a_colleague_reads_who_passes_it_on_and_what_was_noted(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.Noted("anna", notes="Wants size 38."))
    office.says("ines", told.TransferAsked("anna", to_agent="tom"))
    offer = offered(office, "tom")
    assert (offer.transfer_from, offer.consult, offer.notes) == ("Anna", False, "Wants size 38.")


def test_a_colleague_who_is_asked_first_reads_who_asks(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", to_agent="tom", consult=True))
    offer = offered(office, "tom")
    assert (offer.transfer_from, offer.consult, offer.decision) == ("Anna", True, None)


def test_who_gets_back_what_they_passed_on_in_vain_is_not_named_as_the_one_who_does(
    office: Office,
) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", to_agent="tom"))
    office.rejects("tom")
    assert offered(office, "anna").transfer_from is None


def test_whoever_still_writes_it_up_keeps_it_though_a_colleague_is_done(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.TransferAsked("anna", to_agent="tom"))
    office.accepts("tom")
    office.says("ines", told.VisitorLeft())
    [held] = office.desk.router.agents["tom"].holding.values()
    office.happens(ToRouter(routing.WrapUpEnded(held.id)))
    assert shown(office, "tom").contacts == []
    kept = contact(office, "anna")
    assert (kept.session, kept.mine, kept.customer.name) == ("ines", "wrapping", "ines")


# giving up


def test_who_only_opened_the_panel_has_not_given_up(office: Office) -> None:
    office.opens("ines", asks=True)
    office.says("ines", told.VisitorLeft())
    assert (office.state("ines"), office.facts("ines")[-1]) == ("abandoned", "session.dismissed")
    office.waits("zoe")
    office.says("zoe", told.VisitorLeft())
    assert office.facts("zoe")[-1] == "session.abandoned"
