"""Where a task waits: steps, priorities, limits, overflow, preferred agents, lost places."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.errors import OffhookError
from signalling.domain.routing import order
from signalling.domain.routing.effects import TaskEnded
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentAbsent,
    TaskCanceled,
    TaskPulled,
    TaskReprioritised,
    TaskRequeued,
    TaskWithdrawn,
)
from signalling.domain.routing.ordering import Ordering
from signalling.domain.routing.plans import Filter, Workflow
from tests.signalling.domain.routing.center import (
    Center,
    expression,
    facts,
    offers,
    only,
    queue,
    requirement,
    target,
    workflow,
)

pytestmark = pytest.mark.unit


def waiting(center: Center, id: str = "support") -> list[str]:
    return [task.id for task in center.router.line(id)]


# --- order -------------------------------------------------------------------------------------


def test_the_oldest_goes_first_and_a_priority_is_worth_a_minute() -> None:
    center = Center()
    center.calls("ann")
    center.calls("bob", after=30, priority=1)
    center.calls("cy", after=31)
    assert waiting(center) == ["bob", "ann", "cy"]


def test_a_changed_priority_sorts_anew_at_once() -> None:
    center = Center()
    for name in ("ann", "bob", "cy"):
        center.calls(name, after=1)
    made = center.happens(TaskReprioritised("cy", 5))
    assert waiting(center) == ["cy", "ann", "bob"]
    assert facts(made) == ["task.prioritised"]


def test_seconds_waited_elsewhere_count() -> None:
    center = Center()
    center.calls("ann")
    center.calls("bob", after=1, waited=30)
    assert waiting(center) == ["bob", "ann"]


@given(
    st.lists(st.tuples(st.floats(0, 90), st.integers(-2, 5)), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(-2, 5)), max_size=6),
    st.integers(0, 600),
)
def test_the_order_is_always_the_stated_formula(
    calls: list[tuple[float, int]], changes: list[tuple[int, int]], weight: int
) -> None:
    center = Center(queue(weight=weight))
    for number, (after, priority) in enumerate(calls):
        center.calls(f"TA{number}", after=after, priority=priority)
    for number, priority in changes:
        if number < len(calls):
            center.happens(TaskReprioritised(f"TA{number}", priority))
    tasks = center.router.tasks.values()
    naive = sorted(
        tasks,
        key=lambda t: (-(t.priority * weight + (center.now - t.since) / 1e6), t.number),
    )
    assert waiting(center) == [task.id for task in naive]
    assert sorted(tasks, key=lambda t: -order.score(t, queue(weight=weight), center.now)) == naive


def test_an_agent_of_two_queues_takes_the_highest_score_of_both() -> None:
    center = Center(queue("a"), queue("b", weight=600))
    center.calls("ann", to="a")
    center.calls("bob", to="b", after=100, priority=1)
    center.works("ada")
    assert center.asked("bob") == ["ada"]


# --- steps -------------------------------------------------------------------------------------


def test_the_first_filter_that_fits_says_the_steps() -> None:
    gold = Filter(
        "gold", (target("vip"),), expression("tier == 'gold' AND task.channel == 'voice'")
    )
    flow = Workflow("main", "Main", (gold,), target("support"))
    center = Center(queue(), queue("vip"), flow=flow)
    center.calls("ann", workflow="main", attributes={"tier": "gold"})
    center.calls("bob", workflow="main", attributes={"tier": "tin"})
    assert (center.task("ann").queue, center.task("bob").queue) == ("vip", "support")


def test_each_step_lasts_its_time_and_the_default_comes_last() -> None:
    flow = workflow(target("a", timeout=10), target("b", timeout=20), default=target("c"))
    center = Center(queue("a"), queue("b"), queue("c"), flow=flow)
    center.calls("ann", workflow="main")
    seen = []
    for seconds in (9.999, 0.001, 19.999, 0.001, 3600):
        center.passes(seconds)
        seen.append(center.task("ann").queue)
    assert seen == ["a", "b", "b", "c", "c"]


def test_the_last_step_keeps_the_task() -> None:
    center = Center(queue("a"), flow=workflow(target("a", timeout=10)))
    center.calls("ann", workflow="main")
    center.passes(100)
    assert waiting(center, "a") == ["ann"]


def test_a_step_that_ends_while_it_rings_ends_when_nobody_answers() -> None:
    flow = workflow(target("a", timeout=10), target("b"))
    center = Center(queue("a"), queue("b"), flow=flow)
    center.works("ada")
    center.calls("ann", workflow="main")
    center.passes(19)
    assert center.asked("ann") == ["ada"]
    center.passes(1)
    assert center.task("ann").queue == "b"


def test_a_step_can_raise_the_priority_and_want_other_agents() -> None:
    flow = workflow(target("support", priority=7, wants="skills.fr >= task.level"))
    center = Center(flow=flow)
    center.works("ada", skills={"fr": 2})
    center.works("ben", skills={"fr": 3}, after=1)
    center.calls("ann", workflow="main", attributes={"level": 3})
    assert center.asked("ann") == ["ben"]
    assert center.task("ann").priority == 7


def test_a_step_is_skipped_exactly_when_nobody_is_there() -> None:
    flow = workflow(target("a", skip_if="workers.available == 0"), target("b"))
    center = Center(queue("a", wants="skills.a > 0"), queue("b"), flow=flow)
    center.works("ada", skills={"a": 1}, activity="break")
    center.calls("ann", workflow="main")
    assert center.task("ann").queue == "b"
    center.happens(ActivityChosen("ada", "available"))
    center.calls("bob", workflow="main")
    assert center.task("bob").queue == "a"


@pytest.mark.parametrize(
    ("skip_if", "queue_id"),
    [("workers.free == 0", "b"), ("workers.busy > 1", "a"), ("workers.total == 2", "b")],
)
def test_what_a_step_can_be_skipped_for(skip_if: str, queue_id: str) -> None:
    flow = workflow(target("a", skip_if=skip_if), target("b"))
    center = Center(queue("a"), queue("b"), flow=flow)
    center.works("ada")
    center.works("ben", activity="break")
    center.calls("ann", to="a")
    center.accepts("ada")
    center.calls("bob", workflow="main")
    assert center.task("bob").queue == queue_id


def test_requirements_are_relaxed_one_after_the_other() -> None:
    needs = (
        requirement("fluent", "skills.fr >= 4", relaxed_after=15),
        requirement("french", "skills.fr >= 2", relaxed_after=30),
    )
    center = Center(queue(requirements=needs))
    center.works("ada", skills={"fr": 3})
    center.calls("ann")
    assert center.reasons("ann") == {"ada": "requirement:fluent"}
    center.passes(14.999)
    assert center.asked("ann") == []
    center.passes(0.001)
    assert center.asked("ann") == ["ada"]


def test_a_level_too_low_is_never_offered_the_task() -> None:
    center = Center(queue(requirements=(requirement("french", "skills.fr >= 3"),)))
    center.works("ada", skills={"fr": 2})
    center.calls("ann")
    center.passes(3600)
    assert center.asked("ann") == []
    center.works("ada", skills={"fr": 3})
    assert center.asked("ann") == ["ada"]


def test_order_by_comes_before_the_strategy() -> None:
    flow = workflow(target("support", order_by=Ordering.parse("skills.fr DESC")))
    center = Center(flow=flow)
    center.works("ada", skills={"fr": 2})
    center.works("ben", skills={"fr": 5}, after=60)
    center.calls("ann", workflow="main")
    assert center.asked("ann") == ["ben"]
    assert center.reasons("ann")["ada"] == "order_by"


# --- limits ------------------------------------------------------------------------------------


def test_a_full_queue_overflows_and_then_refuses() -> None:
    center = Center(queue(max_length=1, overflow="b"), queue("b", max_length=1))
    for name in ("ann", "bob", "cy"):
        center.calls(name)
    assert (waiting(center), waiting(center, "b")) == (["ann"], ["bob"])
    assert center.ends() == {"cy": "queue_full"}


def test_calls_that_ring_count_as_waiting() -> None:
    center = Center(queue(max_length=1))
    center.works("ada")
    center.calls("ann")
    assert center.asked("ann") == ["ada"]
    center.calls("bob")
    assert center.ends() == {"bob": "queue_full"}


def test_a_closed_queue_takes_nobody_but_serves_those_who_wait() -> None:
    center = Center(queue())
    center.calls("ann")
    center.replans(queue(open=False, otherwise="callback"))
    made = center.calls("bob")
    assert only(made, TaskEnded) == TaskEnded("bob", "closed", "callback")
    center.works("ada")
    assert center.asked("ann") == ["ada"]


def test_a_closed_step_leads_to_the_next_one() -> None:
    flow = workflow(target("a"), target("b"))
    center = Center(queue("a", open=False), queue("b"), flow=flow)
    center.calls("ann", workflow="main")
    assert waiting(center, "b") == ["ann"]


def test_a_workflow_without_a_step_for_it_ends_the_task() -> None:
    center = Center(flow=workflow(target("support"), only="tier == 'gold'"))
    center.calls("ann", workflow="main")
    assert center.ends() == {"ann": "no_queue"}


def test_the_longest_wait_leads_to_the_overflow_queue() -> None:
    center = Center(queue(max_wait=60, overflow="b"), queue("b"))
    center.calls("ann")
    center.passes(59.999)
    assert waiting(center) == ["ann"]
    center.passes(0.001)
    assert waiting(center, "b") == ["ann"]


def test_the_longest_wait_without_overflow_ends_with_what_the_customer_is_led_to() -> None:
    center = Center(queue(max_wait=60, otherwise="voicemail"))
    center.calls("ann")
    assert only(center.passes(60), TaskEnded) == TaskEnded("ann", "max_wait", "voicemail")


def test_queues_that_overflow_into_each_other_let_nobody_go_in_circles() -> None:
    center = Center(queue(max_wait=60, overflow="b"), queue("b", max_wait=60, overflow="support"))
    center.calls("ann")
    center.passes(120)
    assert center.ends() == {"ann": "max_wait"}


def test_an_overflow_that_leads_back_ends_the_wait() -> None:
    back = queue("b", open=False, overflow="support")
    center = Center(queue(max_wait=60, overflow="b"), back)
    center.calls("ann")
    center.passes(60)
    assert center.ends() == {"ann": "max_wait"}


def test_both_full_queues_that_overflow_into_each_other_refuse() -> None:
    center = Center(queue(max_length=0, overflow="b"), queue("b", max_length=0, overflow="support"))
    center.calls("ann")
    assert center.ends() == {"ann": "queue_full"}


# --- preferred agents --------------------------------------------------------------------------


def sticky(preferred_for: int = 20) -> Center:
    center = Center(flow=workflow(target("support", preferred_for=preferred_for)))
    center.works("ada")
    center.works("ben", after=1)
    return center


def test_a_customer_who_comes_again_gets_the_last_agent_when_free() -> None:
    center = sticky()
    center.calls("ann", workflow="main", preferred_agent="ben")
    assert center.asked("ann") == ["ben"]
    assert center.reasons("ann")["ada"] == "not_preferred"


def test_a_busy_preferred_agent_is_waited_for_and_then_anybody_will_do() -> None:
    center = sticky()
    center.calls("first", workflow="main", preferred_agent="ben")
    center.accepts("ben")
    center.calls("ann", workflow="main", preferred_agent="ben")
    center.passes(19.999)
    assert center.asked("ann") == []
    center.passes(0.001)
    assert center.asked("ann") == ["ada"]


def test_a_preferred_agent_who_is_free_in_time_gets_the_call() -> None:
    center = sticky()
    center.calls("first", workflow="main", preferred_agent="ben")
    center.accepts("ben")
    center.calls("ann", workflow="main", preferred_agent="ben")
    center.hangs_up("ben", after=10)
    assert center.asked("ann") == ["ben"]


@pytest.mark.parametrize("away", ["break", None])
def test_a_preferred_agent_who_is_away_is_not_waited_for(away: str | None) -> None:
    center = sticky()
    if away is not None:
        center.happens(ActivityChosen("ben", away))
    else:
        center.happens(AgentAbsent("ben"))
        center.passes(30)
    center.calls("ann", workflow="main", preferred_agent="ben")
    assert center.asked("ann") == ["ada"]


def test_a_preferred_agent_who_goes_lets_those_who_hope_go() -> None:
    center = sticky()
    center.calls("first", workflow="main", preferred_agent="ben")
    center.accepts("ben")
    center.calls("ann", workflow="main", preferred_agent="ben")
    center.happens(ActivityChosen("ben", "break"), 1)
    assert center.asked("ann") == ["ada"]


def test_a_preferred_agent_who_rejects_is_not_waited_for() -> None:
    center = sticky()
    center.calls("ann", workflow="main", preferred_agent="ben")
    center.rejects("ben")
    assert center.asked("ann") == ["ada"]


# --- those who leave and come back -------------------------------------------------------------


def test_who_comes_back_in_time_gets_the_old_place() -> None:
    center = Center()
    center.calls("ann1", contact="ann", priority=0)
    center.calls("bob", after=5)
    center.happens(TaskWithdrawn("ann1"), 5)
    center.calls("cy", after=5)
    made = center.calls("ann2", contact="ann", after=54.999)
    assert waiting(center) == ["ann2", "bob", "cy"]
    assert made[0].data["resumed"] == "ann1"  # type: ignore[union-attr]


def test_who_comes_back_later_goes_to_the_end() -> None:
    center = Center()
    center.calls("ann1", contact="ann")
    center.calls("bob", after=5)
    center.happens(TaskWithdrawn("ann1"), 5)
    center.calls("ann2", contact="ann", after=60)
    assert waiting(center) == ["bob", "ann2"]


def test_a_place_is_taken_up_only_once_and_only_by_the_same_customer() -> None:
    center = Center()
    center.calls("ann1", contact="ann")
    center.calls("bob", after=5)
    center.happens(TaskWithdrawn("ann1"))
    center.calls("cy", contact="cy")
    center.calls("ann2", contact="ann")
    center.calls("ann3", contact="ann", after=1)
    assert waiting(center) == ["ann2", "bob", "cy", "ann3"]


def test_who_comes_back_stands_at_the_step_that_was_reached() -> None:
    center = Center(queue("a"), queue("b"), flow=workflow(target("a", timeout=10), target("b")))
    center.calls("ann1", workflow="main", contact="ann")
    center.happens(TaskWithdrawn("ann1"), 15)
    center.calls("ann2", workflow="main", contact="ann", after=10)
    assert waiting(center, "b") == ["ann2"]


# --- supervisors -------------------------------------------------------------------------------


def test_a_supervisor_moves_a_task_to_another_queue_with_its_age() -> None:
    center = Center(queue(), queue("b"))
    center.calls("ann")
    center.calls("bob", to="b", after=5)
    center.happens(TaskRequeued("ann", "b"), 5)
    assert waiting(center, "b") == ["ann", "bob"]


def test_a_task_taken_back_from_an_agent_waits_with_the_time_it_waited() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    center.accepts("ada", after=5)
    center.happens(ActivityChosen("ada", "break"))
    center.happens(TaskRequeued("ann"), 100)
    assert center.task("ann").since == center.now - 5_000_000
    assert center.router.agents["ada"].activity == "break"


def test_a_pulled_task_is_assigned_once_and_to_nobody_else() -> None:
    center = Center(queue(max_offers=2))
    center.works("ada")
    center.works("ben")
    center.works("cleo", activity="break")
    center.calls("ann")
    late = center.offer("ada")
    center.happens(TaskPulled("ann", "cleo"))
    assert center.task("ann").agent == "cleo"
    assert late.state.value == "rescinded"
    with pytest.raises(OffhookError) as error:
        center.happens(TaskPulled("ann", "ada"))
    assert error.value.code == "task_taken"


def test_nobody_pulls_more_than_there_is_room_for() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    center.calls("bob")
    center.accepts("ada")
    with pytest.raises(OffhookError) as error:
        center.happens(TaskPulled("bob", "ada"))
    assert error.value.code == "no_capacity"


def test_a_supervisor_ends_a_task_whoever_has_it() -> None:
    center = Center(queue(wrap_up=30))
    center.works("ada")
    center.calls("ann")
    center.accepts("ada")
    center.happens(TaskCanceled("ann"))
    assert center.ends() == {"ann": "removed"}
    assert not center.router.agents["ada"].holding


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": None}, "no_target"),
        ({"to": "x"}, "unknown_queue"),
        ({"workflow": "x"}, "unknown_workflow"),
        ({"only_agent": "x"}, "unknown_agent"),
    ],
)
def test_a_task_for_nowhere_is_refused(more: dict[str, Any], code: str) -> None:
    center = Center()
    with pytest.raises(OffhookError) as error:
        center.calls("ann", **more)
    assert error.value.code == code
    assert center.router.tasks == {}


def test_the_same_task_is_not_added_twice() -> None:
    center = Center()
    center.calls("ann")
    with pytest.raises(OffhookError) as error:
        center.calls("ann")
    assert error.value.code == "task_exists"
    assert offers(center.effects) == []
