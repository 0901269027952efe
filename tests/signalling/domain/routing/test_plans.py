"""Plans: what they refer to must exist."""

from __future__ import annotations

from dataclasses import replace

import pytest

from offhook.core.errors import InvalidInput
from signalling.domain.routing.events import PlansChanged
from signalling.domain.routing.plans import Plans
from tests.signalling.domain.routing.center import (
    ACTIVITIES,
    Center,
    facts,
    plans,
    queue,
    target,
    workflow,
)

pytestmark = pytest.mark.unit

GOOD = plans(queue(), flow=workflow(target("support"), default=target("support")))


def test_plans_that_hang_together_are_as_they_were() -> None:
    assert GOOD.check() is GOOD


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (plans(flow=workflow(target("support"), target("x"))), "unknown_queue", ".targets.1.queue"),
        (
            plans(flow=workflow(default=target("x"))),
            "unknown_queue",
            "workflows.main.default.queue",
        ),
        (plans(queue(overflow="x")), "unknown_queue", "queues.support.overflow"),
        (plans(queue(away="x")), "unknown_activity", "queues.support.away"),
        (plans(queue(away="available")), "activity_available", "queues.support.away"),
        (replace(GOOD, offline="x"), "unknown_activity", "offline"),
        (replace(GOOD, away="training"), "activity_available", "away"),
        (Plans({}), "unknown_activity", "offline"),
    ],
)
def test_plans_that_do_not_are_refused_with_the_field(wrong: Plans, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        wrong.check()
    assert error.value.code == code
    assert (error.value.field or "").endswith(field)


def test_the_steps_of_a_workflow_end_with_the_default() -> None:
    flow = GOOD.workflows["main"]
    assert len(flow.steps(0)) == 2
    assert flow.steps(None) == flow.steps(7) == (flow.default,)


def test_a_task_whose_queue_is_removed_takes_its_way_anew() -> None:
    center = Center(queue("old"), queue("new"), flow=workflow(target("old"), target("new")))
    center.calls("ann", workflow="main")
    center.replans(queue("new"), flow=workflow(target("new")))
    assert center.task("ann").queue == "new"


def test_a_task_with_nowhere_left_to_go_ends() -> None:
    center = Center(queue("old"))
    center.calls("ann", to="old")
    center.replans(queue("new"))
    assert center.ends() == {"ann": "queue_removed"}


def test_an_agent_whose_activity_is_removed_is_offline() -> None:
    center = Center()
    agent = center.works("ada", activity="training")
    changed = replace(plans(), activities={k: v for k, v in ACTIVITIES.items() if k != "training"})
    assert "agent.activity_changed" in facts(center.happens(PlansChanged(changed)))
    assert agent.activity == "offline"


def test_new_plans_let_those_who_wait_through() -> None:
    center = Center(queue(wants="skills.fr >= 3"))
    center.works("ada")
    center.calls("ann")
    assert center.asked("ann") == []
    center.replans(queue())
    assert center.asked("ann") == ["ada"]
