"""Agents: activities and the next one, capacity, wrap-up, connections."""

from __future__ import annotations

import pytest

from offhook.core.errors import Conflict, OffhookError
from offhook.core.machine import UnexpectedEvent
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.effects import AgentMoved, Rescind, TalkEnded
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentAbsent,
    AgentChanged,
    AgentPresent,
    AgentRemoved,
    TaskWithdrawn,
    WorkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from tests.signalling.domain.routing.center import Center, facts, offers, only, queue

pytestmark = pytest.mark.unit


def talking(center: Center, agent: str = "ada", task: str = "ann") -> None:
    """The agent has come to work and talks to somebody."""
    center.works(agent)
    center.calls(task)
    center.accepts(agent)


# --- activities --------------------------------------------------------------------------------


def test_an_activity_chosen_while_busy_comes_next_and_no_offer_slips_in_between() -> None:
    center = Center(queue(wrap_up=30))
    talking(center)
    center.calls("bob")
    made = center.happens(ActivityChosen("ada", "break"))
    assert facts(made) == ["agent.next_activity"]
    center.hangs_up("ada", after=10)
    made = center.passes(30)
    assert only(made, AgentMoved) == AgentMoved("ada", "break", "next")
    assert offers(made) == []


def test_an_activity_chosen_during_wrap_up_comes_at_its_end() -> None:
    center = Center(queue(wrap_up=30))
    talking(center)
    reservation = center.offer("ada")
    center.hangs_up("ada")
    center.happens(ActivityChosen("ada", "break"))
    center.calls("bob")
    assert center.router.agents["ada"].activity == "available"
    center.happens(WrapUpEnded(reservation.id))
    assert center.router.agents["ada"].activity == "break"
    assert center.asked("bob") == []


def test_choosing_the_present_activity_again_takes_the_next_one_back() -> None:
    center = Center()
    talking(center)
    agent = center.router.agents["ada"]
    center.happens(ActivityChosen("ada", "break"))
    center.happens(ActivityChosen("ada", "available"))
    assert agent.next_activity is None
    center.hangs_up("ada")
    assert agent.activity == "available"


def test_an_agent_with_a_break_ahead_gets_no_second_chat() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann", channel="chat")
    center.accepts("ada")
    center.happens(ActivityChosen("ada", "break"))
    assert offers(center.calls("bob", channel="chat")) == []


def test_a_supervisor_can_set_an_activity_at_once_and_offers_are_taken_back() -> None:
    center = Center()
    center.works("ada")
    center.works("ben", activity="break")
    center.calls("ann")
    made = center.happens(ActivityChosen("ada", "break", at_once=True, reason="supervisor"))
    assert only(made, Rescind).agent == "ada"
    assert only(made, AgentMoved).reason == "supervisor"
    assert center.router.agents["ada"].strikes == 0
    assert center.asked("ann") == []


def test_at_once_does_not_end_a_talk() -> None:
    center = Center()
    talking(center)
    center.happens(ActivityChosen("ada", "break", at_once=True))
    assert center.task("ann").agent == "ada"


def test_an_activity_that_does_not_exist_is_refused() -> None:
    center = Center()
    center.works("ada")
    with pytest.raises(OffhookError) as error:
        center.happens(ActivityChosen("ada", "sleeping"))
    assert (error.value.code, error.value.field) == ("unknown_activity", "activity")


def test_whoever_is_unknown_is_refused() -> None:
    with pytest.raises(OffhookError) as error:
        Center().happens(AgentPresent("ada"))
    assert error.value.code == "unknown_agent"


# --- capacity ----------------------------------------------------------------------------------


def test_a_fourth_chat_is_not_offered() -> None:
    center = Center()
    center.works("ada")
    for number in range(4):
        center.calls(f"chat{number}", channel="chat")
    assert [center.asked(f"chat{number}") for number in range(4)] == [["ada"]] * 3 + [[]]
    assert center.reasons("chat3") == {"ada": "capacity"}


def test_chats_and_one_call_go_together() -> None:
    center = Center()
    center.works("ada")
    center.calls("chat", channel="chat")
    center.calls("ann")
    center.calls("bob")
    assert (center.asked("chat"), center.asked("ann"), center.asked("bob")) == (
        ["ada"],
        ["ada"],
        [],
    )


@pytest.mark.parametrize("channel", ["video", "callback"])
def test_a_call_keeps_other_calls_away(channel: str) -> None:
    center = Center()
    talking(center)
    assert offers(center.calls("bob", channel=channel)) == []
    assert offers(center.hangs_up("ada")) == [("bob", "ada")]


def test_who_wants_it_takes_no_chats_while_talking() -> None:
    center = Center()
    center.works("ada", exclusive=frozenset({"voice", "chat"}))
    center.calls("ann")
    assert offers(center.calls("bob", channel="chat")) == []


def test_two_calls_at_once_when_capacity_allows() -> None:
    center = Center()
    center.works("ada", capacity={"voice": 2})
    center.calls("ann")
    center.accepts("ada")
    assert offers(center.calls("bob")) == [("bob", "ada")]


def test_a_smaller_capacity_counts_from_the_next_offer() -> None:
    center = Center()
    talking(center)
    center.happens(AgentChanged(Profile("ada", capacity={"chat": 1})))
    assert center.task("ann").agent == "ada"
    center.hangs_up("ada")
    assert offers(center.calls("bob")) == []


def test_a_channel_nobody_serves_waits() -> None:
    center = Center()
    center.works("ada")
    assert offers(center.calls("ann", channel="fax")) == []


# --- the end of a talk -------------------------------------------------------------------------


def test_nothing_is_offered_during_wrap_up_which_ends_by_itself() -> None:
    center = Center(queue(wrap_up=30))
    talking(center)
    center.calls("bob")
    center.calls("chat", channel="chat")
    made = center.hangs_up("ada", after=60)
    assert facts(made) == ["task.wrapping", "reservation.wrapping"]
    assert center.asked("bob") == []
    made = center.passes(30)
    assert facts(made)[:2] == ["reservation.completed", "task.completed"]
    assert center.ends() == {"ann": "completed"}
    assert center.asked("bob") == ["ada"]


def test_wrapping_up_a_chat_takes_only_its_place() -> None:
    center = Center(queue(wrap_up=30))
    center.works("ada")
    center.calls("ann", channel="chat")
    center.accepts("ada")
    center.hangs_up("ada")
    assert offers(center.calls("bob")) == [("bob", "ada")]


def test_a_customer_who_hangs_up_ends_the_talk() -> None:
    center = Center(queue(wrap_up=30))
    talking(center)
    made = center.happens(TaskWithdrawn("ann"), 60)
    assert only(made, TalkEnded).task == "ann"
    assert center.task("ann").state.value == "wrapping"
    assert center.happens(TaskWithdrawn("ann")) == []


def test_work_without_wrap_up_is_done_at_once() -> None:
    center = Center(queue(wrap_up=30))
    talking(center)
    center.happens(WorkEnded(center.offer("ada").id, wrap_up=False))
    assert center.ends() == {"ann": "completed"}


def test_a_wrap_up_can_be_longer_up_to_a_limit() -> None:
    center = Center(queue(wrap_up=30, wrap_up_extension=60))
    talking(center)
    reservation = center.offer("ada")
    center.hangs_up("ada")
    latest = center.now + 90_000_000
    center.happens(WrapUpExtended(reservation.id, 45), 20)
    center.happens(WrapUpExtended(reservation.id, 45))
    assert reservation.deadline == latest
    with pytest.raises(OffhookError) as error:
        center.happens(WrapUpExtended(reservation.id, 1))
    assert error.value.code == "wrap_up_limit"


def test_what_is_not_wrapped_up_cannot_end_so() -> None:
    center = Center()
    talking(center)
    with pytest.raises(Conflict) as error:
        center.happens(WrapUpEnded(center.offer("ada").id))
    assert error.value.code == "not_wrapping_up"


def test_a_talk_ends_only_once() -> None:
    center = Center()
    talking(center)
    event = WorkEnded(center.offer("ada").id)
    center.happens(event)
    with pytest.raises(Conflict) as error:
        center.happens(event)
    assert error.value.code == "reservation_over"


# --- connections -------------------------------------------------------------------------------


def test_an_agent_without_connection_is_offered_nothing() -> None:
    center = Center()
    center.works("ada")
    center.happens(AgentAbsent("ada"))
    center.calls("ann")
    assert center.reasons("ann") == {"ada": "absent"}
    center.happens(AgentPresent("ada"), 29)
    assert center.asked("ann") == ["ada"]


def test_who_is_gone_for_longer_than_the_grace_is_offline() -> None:
    center = Center()
    agent = center.works("ada")
    center.happens(AgentAbsent("ada"))
    center.passes(29.999)
    assert agent.activity == "available"
    made = center.passes(0.001)
    assert only(made, AgentMoved) == AgentMoved("ada", "offline", "absent")
    center.happens(AgentPresent("ada"), 60)
    assert agent.activity == "offline"


def test_an_offer_to_who_is_gone_goes_to_others_and_is_no_strike() -> None:
    center = Center(queue(offer_timeout=60))
    agent = center.works("ada")
    center.works("ben", after=1)
    center.calls("ann")
    center.happens(AgentAbsent("ada"), 1)
    center.passes(30)
    assert center.asked("ann") == ["ben"]
    assert agent.strikes == 0


def test_an_agent_who_talks_and_loses_the_page_keeps_the_talk() -> None:
    center = Center()
    talking(center)
    center.happens(AgentAbsent("ada"))
    center.passes(60)
    assert center.task("ann").agent == "ada"
    center.happens(AgentPresent("ada"))
    center.hangs_up("ada")
    assert center.ends() == {"ann": "completed"}


def test_a_second_tab_changes_nothing_and_a_lost_one_cannot_be_lost_again() -> None:
    center = Center()
    center.works("ada")
    assert center.happens(AgentPresent("ada")) == []
    center.happens(AgentAbsent("ada"))
    with pytest.raises(UnexpectedEvent):
        center.happens(AgentAbsent("ada"))


def test_the_work_of_an_agent_who_is_removed_goes_on_with_others() -> None:
    center = Center(queue(wrap_up=30))
    center.works("ada", capacity={"voice": 2})
    for name in ("ann", "bob"):
        center.calls(name, after=1)
    center.happens(AgentRemoved("ada"))
    assert [task.id for task in center.router.line("support")] == ["ann", "bob"]
    assert center.router.reservations == {}


def test_an_agent_who_is_removed_while_talking_leaves_the_task_to_others() -> None:
    center = Center()
    talking(center)
    center.works("ben")
    center.happens(AgentRemoved("ada"))
    assert center.asked("ann") == ["ben"]
