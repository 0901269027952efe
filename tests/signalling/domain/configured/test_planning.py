"""What is set up becomes plans in which nothing is lost, and profiles of agents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from offhook.core.clock import SECOND, Micros
from offhook.core.zones import time_zone
from signalling.domain.configured.agent import AgentSettings
from signalling.domain.configured.kinds import BY_NOUN
from signalling.domain.configured.planning import hours_of, next_change, to_plans, to_profile
from signalling.domain.configured.site import SiteSettings

pytestmark = pytest.mark.unit

Q1, Q2, W1 = "QU" + "1" * 32, "QU" + "2" * 32, "WF" + "1" * 32
FREE, LUNCH, GONE = "AV" + "1" * 32, "AV" + "2" * 32, "AV" + "3" * 32
HOURS = {"time_zone": "Europe/Paris", "week": {"friday": [{"opens": "09:00", "closes": "17:00"}]}}


def at(text: str) -> Micros:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return Micros(int(moment.timestamp()) * SECOND)


FRIDAY = at("2026-01-09T10:00")


def body(noun: str, **given: Any) -> Struct:
    kind = BY_NOUN[noun]
    kept: Struct = kind.checked(msgspec.convert(given, kind.shape), time_zone)
    return kept


def test_a_queue_is_planned_with_all_that_was_said_of_it() -> None:
    given: dict[str, Any] = {
        "name": "Support", "strategy": "linear", "weight": 7, "max_offers": 2, "offer_timeout": 21,
        "reject_delay": 1, "busy_delay": 2, "no_answer_delay": 3, "strikes": 4, "wrap_up": 5,
        "wrap_up_extension": 6, "max_length": 8, "max_wait": 9, "overflow": Q2,
        "otherwise": "callback", "resume_within": 11, "expected_handling": 12,
    }  # fmt: skip
    requirement = {"name": "fr", "expression": "skills.fr >= 3", "relaxed_after": 60}
    queue = body(
        "queue", **given, expression="tier == 'gold'", requirements=[requirement],
        away_activity=LUNCH,
    )  # fmt: skip
    lunch = body("activity", name="Lunch")
    plans = to_plans({Q1: queue, Q2: body("queue", name="Second"), LUNCH: lunch}, FRIDAY, time_zone)
    planned = plans.queues[Q1]
    assert {name: getattr(planned, name) for name in given} == given
    assert (planned.id, planned.away, str(planned.expression)) == (Q1, LUNCH, "tier == 'gold'")
    [asked] = planned.requirements
    assert (asked.name, str(asked.expression), asked.relaxed_after) == ("fr", "skills.fr >= 3", 60)
    assert plans.queues[Q2].expression is None


def test_a_workflow_is_planned_step_by_step() -> None:
    step = {
        "queue": Q1, "priority": 5, "timeout": 30, "expression": "skills.fr >= task.level",
        "order_by": "skills.fr DESC", "skip_if": "workers.available == 0", "preferred_for": 9,
    }  # fmt: skip
    workflow = body(
        "workflow", name="Main", default={"queue": Q2},
        filters=[{"name": "French", "expression": "language == 'fr'", "targets": [step]}],
    )  # fmt: skip
    queues = {Q1: body("queue", name="A"), Q2: body("queue", name="B")}
    plan = to_plans({**queues, W1: workflow}, FRIDAY, time_zone).workflows[W1]
    [french] = plan.filters
    assert (french.name, str(french.expression)) == ("French", "language == 'fr'")
    first, last = plan.steps(0)
    told = {name: getattr(first, name) for name in step}
    assert {name: str(value) for name, value in told.items()} == {
        name: str(value) for name, value in step.items()
    }
    assert (last.queue, last.priority, last.expression, last.order_by) == (Q2, None, None, None)


def test_a_queue_is_open_in_its_hours_and_the_next_change_is_known() -> None:
    bodies = {Q1: body("queue", name="A", hours=HOURS), Q2: body("queue", name="B")}
    assert to_plans(bodies, FRIDAY, time_zone).queues[Q1].open
    assert next_change(bodies, FRIDAY, time_zone) == at("2026-01-09T16:00")
    late = at("2026-01-09T16:00")
    plans = to_plans(bodies, late, time_zone)
    assert [plans.queues[each].open for each in (Q1, Q2)] == [False, True]
    assert next_change(bodies, late, time_zone) == at("2026-01-16T08:00")
    assert next_change({Q2: bodies[Q2]}, late, time_zone) is None


def test_who_is_gone_or_does_not_answer_has_an_activity_in_any_case() -> None:
    none = to_plans({}, FRIDAY, time_zone)
    assert (none.offline, none.away) == ("offline", "offline")
    free = body("activity", name="Available", available=True)
    lunch, gone = body("activity", name="Lunch"), body("activity", name="Off", offline=True)
    plans = to_plans({FREE: free, LUNCH: lunch, GONE: gone}, FRIDAY, time_zone)
    assert (plans.offline, plans.away) == (GONE, LUNCH)
    assert plans.activities[FREE].available
    assert "offline" not in plans.activities


def test_an_agent_is_known_by_skills_capacity_and_place() -> None:
    agent = body(
        "agent", user="ada", skills={"fr": 4}, attributes={"tier": "gold"}, order=3,
        capacity={"chat": 2}, exclusive=["chat"],
    )  # fmt: skip
    assert isinstance(agent, AgentSettings)
    profile = to_profile("AG1", "Ada", agent)
    assert (profile.id, profile.name, profile.order) == ("AG1", "Ada", 3)
    assert (profile.skills, profile.attributes) == ({"fr": 4}, {"tier": "gold"})
    assert (profile.capacity, profile.exclusive) == ({"chat": 2}, frozenset({"chat"}))


def test_a_site_without_hours_has_those_of_its_queue() -> None:
    queue = body("queue", name="A", hours=HOURS)
    own = {"time_zone": "UTC"}

    def told(**given: Any) -> str | None:
        site = body("site", name="S", **given)
        assert isinstance(site, SiteSettings)
        hours = hours_of(site, {Q1: queue, Q2: body("queue", name="B")})
        return None if hours is None else hours.time_zone

    assert told(target={"queue": Q1}) == "Europe/Paris"
    assert told(target={"queue": Q1}, hours=own) == "UTC"
    assert told(target={"queue": Q2}) is None
    assert told(target={"workflow": W1}) is None
