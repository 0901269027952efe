"""Why this agent, and why not that one."""

from __future__ import annotations

from typing import Any

import pytest

from signalling.domain.routing.events import AgentAbsent, TaskWithdrawn
from signalling.domain.routing.explaining import DECISIONS, NAMED
from tests.signalling.domain.routing.center import Center, queue, requirement, target, workflow

pytestmark = pytest.mark.unit


def test_each_agent_has_a_reason() -> None:
    needs = (requirement("french", "skills.fr >= 3"),)
    flow = workflow(target("support", wants="tier == 'gold'"))
    center = Center(queue(requirements=needs, wants="skills.fr >= 1", wrap_up=30), flow=flow)
    gold: dict[str, Any] = {"attributes": {"tier": "gold"}}
    center.works("stranger")
    center.works("weak", skills={"fr": 2}, **gold)
    center.works("paused", skills={"fr": 5}, activity="break", **gold)
    for number, name in enumerate(("wraps", "talks", "rejects", "lost")):
        center.works(name, skills={"fr": 5}, after=1, **gold)
        center.calls(f"TA{number}")
        if name == "rejects":
            center.rejects(name)
        elif name != "lost":
            center.accepts(name)
    center.hangs_up("wraps")
    center.happens(AgentAbsent("lost"))
    center.happens(TaskWithdrawn("TA2"))
    center.happens(TaskWithdrawn("TA3"))
    center.works("silver", skills={"fr": 5}, attributes={"tier": "silver"})
    center.works("first", skills={"fr": 5}, activity="break", **gold)
    center.calls("ann", workflow="main", priority=9)
    assert center.reasons("ann") == {
        "silver": "expression",
        "weak": "requirement:french",
        "paused": "activity",
        "wraps": "wrap_up",
        "talks": "capacity",
        "rejects": "backing_off",
        "lost": "absent",
        "first": "activity",
    }
    assert center.task("ann").decisions[-1].others == (("expression", 1),)


@pytest.mark.parametrize(
    ("strategy", "word"),
    [
        ("longest_idle", "longer_idle"),
        ("round_robin", "earlier"),
        ("linear", "earlier"),
        ("random", "draw"),
    ],
)
def test_those_who_could_have_been_asked_are_told_what_the_other_had(
    strategy: str, word: str
) -> None:
    center = Center(queue(strategy=strategy))
    center.works("ada", order=1)
    center.works("ben", order=2, after=5)
    center.calls("ann")
    assert sorted(center.reasons("ann").values()) == sorted(["offered", word])


def test_twenty_agents_are_named_and_the_rest_counted() -> None:
    center = Center()
    for number in range(35):
        center.works(f"agent{number:02}", activity="break" if number % 2 else "available")
    center.calls("ann")
    decision = center.task("ann").decisions[-1]
    assert len(decision.agents) == NAMED
    assert decision.agents[0] == ("agent00", "offered")
    assert sum(count for _, count in decision.others) == 35 - NAMED
    assert decision.offered == ("agent00",)
    assert decision.reason("agent01") == "activity"


def test_the_last_ten_decisions_are_kept() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    for _ in range(12):
        center.rejects("ada")
        center.passes(10)
    decisions = center.task("ann").decisions
    assert len(decisions) == DECISIONS
    assert decisions[-1].at == center.now


def test_a_wait_can_be_explained_at_any_time() -> None:
    center = Center()
    center.works("ada")
    center.calls("bob")
    center.accepts("ada")
    center.calls("ann")
    center.happens(AgentAbsent("ada"), 5)
    decision = center.router.explained(center.task("ann"), center.now)
    assert decision.reason("ada") == "absent"
