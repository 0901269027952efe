"""Passing a task on, consulting a colleague, and tasks for one agent."""

from __future__ import annotations

from typing import Any

import pytest

from offhook.core.errors import OffhookError
from signalling.domain.routing.effects import (
    Assigned,
    Consulted,
    ConsultOver,
    Released,
    Rescind,
    TransferFailed,
)
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentAbsent,
    ConsultAsked,
    ConsultEnded,
    TaskTransferred,
    TaskWithdrawn,
    TransferCompleted,
    WorkEnded,
)
from tests.signalling.domain.routing.center import Center, offers, only, queue

pytestmark = pytest.mark.unit


def talking(**settings: Any) -> Center:
    """Ada talks to ann, ben is free."""
    center = Center(queue(**settings), queue("other"))
    center.works("ada")
    center.calls("ann", after=10)
    center.works("ben")
    center.accepts("ada", after=5)
    return center


def refused(center: Center, event: object) -> str:
    with pytest.raises(OffhookError) as error:
        center.happens(event)
    return error.value.code


# --- blind -------------------------------------------------------------------------------------


def test_a_blind_transfer_to_an_agent_rings_only_that_one() -> None:
    center = talking(wrap_up=30)
    center.works("cleo")
    made = center.happens(TaskTransferred("ann", "ada", to_agent="ben"), 60)
    assert only(made, Released).agent == "ada"
    assert offers(made) == [("ann", "ben")]
    assert only(center.accepts("ben"), Assigned).agent == "ben"
    assert [r.state.value for r in center.router.agents["ada"].holding.values()] == ["wrapping"]


def test_the_end_of_the_first_wrap_up_does_not_end_the_task() -> None:
    center = talking(wrap_up=30)
    center.happens(TaskTransferred("ann", "ada", to_agent="ben"))
    center.accepts("ben")
    center.passes(30)
    assert center.task("ann").agent == "ben"
    assert not center.router.agents["ada"].holding


def test_a_customer_who_leaves_does_not_end_the_wrap_up_of_who_passed_the_task_on() -> None:
    center = talking(wrap_up=30)
    center.happens(TaskTransferred("ann", "ada", queue="other"))
    center.happens(TaskWithdrawn("ann"))
    assert [r.state.value for r in center.router.agents["ada"].holding.values()] == ["wrapping"]
    center.passes(30)
    assert not center.router.agents["ada"].holding


@pytest.mark.parametrize("how", ["rejects", "no_answer", "goes"])
def test_a_transfer_that_fails_comes_back_to_the_agent(how: str) -> None:
    center = talking(wrap_up=30)
    center.happens(TaskTransferred("ann", "ada", to_agent="ben"))
    if how == "rejects":
        made = center.rejects("ben")
    elif how == "no_answer":
        made = center.passes(30)
    else:
        made = center.happens(ActivityChosen("ben", "break", at_once=True))
    assert only(made, TransferFailed).agent == "ben"
    assert center.asked("ann") == ["ada"]
    assert only(center.accepts("ada"), Assigned).agent == "ada"


def test_a_transfer_that_fails_twice_waits_in_its_queue() -> None:
    center = talking()
    center.works("cleo")
    center.happens(TaskTransferred("ann", "ada", to_agent="ben"))
    center.rejects("ben")
    center.rejects("ada")
    assert center.asked("ann") == ["cleo"]


def test_a_transfer_to_a_queue_keeps_the_time_that_was_waited() -> None:
    center = talking()
    center.calls("bob", to="other", after=100)
    center.happens(TaskTransferred("ann", "ada", queue="other"), 100)
    assert center.task("ann").since == center.now - 5_000_000
    assert center.task("ann").queue == "other"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (TaskTransferred("ann", "ada"), "no_target"),
        (TaskTransferred("ann", "ada", queue="x"), "unknown_queue"),
        (TaskTransferred("ann", "ada", to_agent="x"), "unknown_agent"),
        (TaskTransferred("ann", "ada", to_agent="ada"), "same_agent"),
        (TaskTransferred("ann", "ben", queue="other"), "not_your_task"),
        (TaskTransferred("nobody", "ada", queue="other"), "unknown_task"),
    ],
)
def test_a_transfer_to_nobody_is_refused(event: TaskTransferred, code: str) -> None:
    center = talking()
    assert refused(center, event) == code
    assert center.task("ann").agent == "ada"


def test_a_transfer_to_who_is_not_available_is_refused() -> None:
    center = talking()
    center.happens(ActivityChosen("ben", "break"))
    assert refused(center, TaskTransferred("ann", "ada", to_agent="ben")) == "agent_unavailable"


def test_a_transfer_to_a_closed_queue_is_refused() -> None:
    center = talking()
    center.replans(queue(), queue("other", open=False))
    assert refused(center, TaskTransferred("ann", "ada", queue="other")) == "closed"


def test_a_task_nobody_talks_about_cannot_be_transferred() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    assert refused(center, TaskTransferred("ann", "ada", queue="support")) == "not_talking"


# --- consulting --------------------------------------------------------------------------------


def consulting(**settings: Any) -> tuple[Center, str]:
    """Ada talks to ann and asks ben, who has joined."""
    center = talking(**settings)
    center.happens(ConsultAsked("ann", "ada", "ben"))
    assert only(center.accepts("ben"), Consulted).agent == "ben"
    return center, center.offer("ben").id


def test_a_consulted_agent_joins_beside_the_one_who_has_the_task() -> None:
    center, _ = consulting()
    assert center.task("ann").agent == "ada"
    assert offers(center.calls("bob")) == []


def test_handing_over_makes_the_consulted_agent_the_one_who_has_the_task() -> None:
    center, reservation = consulting(wrap_up=30)
    made = center.happens(TransferCompleted(reservation))
    assert only(made, Released).agent == "ada"
    assert center.task("ann").agent == "ben"
    center.passes(30)
    assert center.task("ann").agent == "ben"
    center.hangs_up("ben")
    center.passes(30)
    assert center.ends() == {"ann": "completed"}


@pytest.mark.parametrize("by", [ConsultEnded, WorkEnded])
def test_a_consulted_agent_leaves_without_wrap_up(by: Any) -> None:
    center, reservation = consulting(wrap_up=30)
    made = center.happens(by(reservation))
    assert only(made, ConsultOver).agent == "ben"
    assert not center.router.agents["ben"].holding
    assert center.task("ann").agent == "ada"


@pytest.mark.parametrize("answers", [True, False])
def test_a_colleague_who_does_not_come_leaves_the_talk_as_it_was(answers: bool) -> None:
    center = talking()
    center.happens(ConsultAsked("ann", "ada", "ben"))
    made = center.rejects("ben") if answers else center.passes(20)
    assert only(made, ConsultOver).reason == ("rejected" if answers else "no_answer")
    assert center.task("ann").agent == "ada"
    assert center.task("ann").state.value == "assigned"


def test_a_consultation_that_is_given_up_stops_the_ringing() -> None:
    center = talking()
    center.happens(ConsultAsked("ann", "ada", "ben"))
    made = center.happens(ConsultEnded(center.offer("ben").id))
    assert only(made, Rescind).agent == "ben"
    assert center.router.agents["ben"].strikes == 0


def test_the_end_of_the_talk_ends_the_consultation() -> None:
    center, _ = consulting()
    center.happens(TaskWithdrawn("ann"))
    assert center.ends() == {"ann": "completed"}
    assert not center.router.agents["ben"].holding


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (ConsultAsked("ann", "ada", "ada"), "same_agent"),
        (ConsultAsked("ann", "ben", "ada"), "not_your_task"),
        (ConsultAsked("ann", "ada", "x"), "unknown_agent"),
        (ConsultEnded("RS1"), "not_consulted"),
        (TransferCompleted("RS1"), "not_consulted"),
    ],
)
def test_consulting_nobody_is_refused(event: object, code: str) -> None:
    assert refused(talking(), event) == code


def test_a_busy_colleague_cannot_be_consulted_nor_a_second_one() -> None:
    center = talking()
    center.works("cleo")
    center.calls("bob")
    center.accepts("ben")
    assert refused(center, ConsultAsked("ann", "ada", "ben")) == "agent_busy"
    center.happens(ConsultAsked("ann", "ada", "cleo"))
    center.hangs_up("ben")
    assert refused(center, ConsultAsked("ann", "ada", "ben")) == "consult_exists"


# --- tasks for one agent -----------------------------------------------------------------------


def test_a_direct_call_rings_one_agent_and_ends_without_an_answer() -> None:
    center = Center()
    center.works("ada")
    center.works("ben")
    assert offers(center.calls("ann", only_agent="ben", ring_for=25)) == [("ann", "ben")]
    center.passes(25)
    assert center.ends() == {"ann": "no_answer"}


def test_a_direct_call_goes_to_its_queue_when_the_agent_does_not_take_it() -> None:
    center = Center()
    center.works("ada")
    center.works("ben")
    center.calls("ann", only_agent="ben", to="support")
    center.rejects("ben")
    assert center.asked("ann") == ["ada"]


def test_a_direct_call_waits_for_a_busy_agent_as_long_as_it_rings() -> None:
    center = Center()
    center.works("ada")
    center.calls("bob")
    center.accepts("ada")
    center.calls("ann", only_agent="ada", ring_for=30)
    assert offers(center.hangs_up("ada", after=20)) == [("ann", "ada")]
    center.passes(10)
    assert center.ends() == {"bob": "completed", "ann": "no_answer"}


def test_a_direct_call_to_who_is_not_there_fails_at_once() -> None:
    center = Center()
    center.works("ada", activity="break")
    center.calls("ann", only_agent="ada")
    assert center.ends() == {"ann": "agent_absent"}


def test_a_direct_call_outlives_a_reload_of_the_agents_page() -> None:
    center = Center()
    center.works("ada")
    center.happens(AgentAbsent("ada"))
    center.calls("ann", only_agent="ada")
    assert center.ends() == {}
