"""What programs bring and end: a session wherever it stands, and work without a visitor's page."""

from __future__ import annotations

import pytest

from offhook.core.errors import InvalidInput
from offhook.core.machine import UnexpectedEvent
from signalling.domain.desk import NewSession, ToRouter
from signalling.domain.routing import events as routing
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import BROUGHT
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.session import Session
from tests.signalling.domain.sessions.office import Office

pytestmark = pytest.mark.unit


@pytest.fixture
def office() -> Office:
    """Anna is at work."""
    made = Office()
    made.works("anna")
    return made


def brought(office: Office, **more: object) -> Session:
    session = Session(
        "ravi",
        account="AC1",
        site="",
        contact="CTravi",
        language="",
        mode=BROUGHT,
        customer=Customer(name="Ravi"),
        now=office.now,
    )
    task = office.task("ravi", channel="message", **more)
    office.happens(NewSession(session, told.Brought(task)))
    return session


def test_who_waits_is_ended_and_offered_to_nobody(office: Office) -> None:
    office.waits("ines")
    office.says("ines", told.Canceled())
    assert office.state("ines") == "ended"
    assert not office.desk.router.tasks
    assert not office.desk.router.reservations


def test_a_call_that_is_ended_is_written_up_by_its_agent(office: Office) -> None:
    ines = office.talks("ines", "anna")
    office.says("ines", told.Canceled())
    assert (office.state("ines"), ines.reason) == ("ended", "canceled")
    assert not office.rooms
    [held] = office.desk.router.agents["anna"].holding.values()
    assert held.state.value == "wrapping"


def test_what_is_over_is_not_ended_again(office: Office) -> None:
    office.talks("ines", "anna")
    office.says("ines", told.Canceled())
    with pytest.raises(UnexpectedEvent):
        office.says("ines", told.Canceled())


def test_what_a_program_brings_is_offered_and_read(office: Office) -> None:
    ravi = brought(office)
    office.happens(ToRouter(routing.OfferAccepted(office.offer("anna"), "anna")))
    assert [agent for agent, _ in ravi.agents] == ["anna"]
    office.says("ravi", told.HungUp("anna"))
    assert (office.state("ravi"), office.rooms) == ("ended", set())


def test_what_a_program_brings_ends_with_its_task(office: Office) -> None:
    ravi = brought(office)
    office.happens(ToRouter(routing.TaskCanceled("TAravi", "canceled")))
    assert (office.state("ravi"), ravi.reason, ravi.task) == ("ended", "canceled", None)
    assert office.facts("ravi")[-1] == "session.ended"


def test_work_for_nobody_is_refused_and_leaves_nothing(office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        brought(office, queue="nowhere")
    assert refused.value.code == "unknown_queue"
    assert "ravi" not in office.desk.sessions
    assert office.desk.of_task("TAravi") is None
