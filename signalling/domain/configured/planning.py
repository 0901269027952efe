"""Turns what an account has set up into the plans and profiles that the router works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

from msgspec import Struct

from offhook.core.clock import Micros
from signalling.domain.calendar import Calendar
from signalling.domain.configured.activity import ActivitySettings
from signalling.domain.configured.agent import AgentSettings
from signalling.domain.configured.queue import QueueSettings
from signalling.domain.configured.site import SiteSettings
from signalling.domain.configured.workflow import WorkflowSettings, WorkflowTarget
from signalling.domain.hours import OpeningHours, Zones
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.expression import Expression
from signalling.domain.routing.ordering import Ordering
from signalling.domain.routing.plans import (
    Activity,
    Filter,
    Plans,
    Queue,
    Requirement,
    Target,
    Workflow,
)

S = TypeVar("S", bound=Struct)
#: The bodies of an account's objects by id.
Bodies = Mapping[str, Struct]
#: That of an account which has none of its own.
OFFLINE: Final = Activity("offline", "Offline")


def to_plans(bodies: Bodies, now: Micros, zones: Zones) -> Plans:
    """The plans at a moment: a queue with hours is open or not. Raises `InvalidInput` when what was
    stored cannot work; what `Configuring` keeps can."""
    activities = {id: Activity(id, a.name, a.available) for id, a in _of(ActivitySettings, bodies)}
    offline = next((id for id, a in _of(ActivitySettings, bodies) if a.offline), OFFLINE.id)
    if offline == OFFLINE.id:
        activities[OFFLINE.id] = OFFLINE
    away = (id for id, a in activities.items() if not a.available and id != offline)
    return Plans(
        activities=activities,
        queues={id: _queue(id, q, now, zones) for id, q in _of(QueueSettings, bodies)},
        workflows={id: _workflow(id, w) for id, w in _of(WorkflowSettings, bodies)},
        offline=offline,
        away=next(away, offline),
    ).check()


def next_change(bodies: Bodies, now: Micros, zones: Zones) -> Micros | None:
    """When a queue opens or closes next, so that the plans are others."""
    calendars = (Calendar.of(q.hours, zones) for _, q in _of(QueueSettings, bodies) if q.hours)
    changes = (calendar.next_change(now) for calendar in calendars)
    return min((change for change in changes if change is not None), default=None)


def to_profile(id: str, name: str, body: AgentSettings) -> Profile:
    """What the router knows of an agent."""
    return Profile(
        id=id,
        name=name,
        skills=body.skills,
        attributes=body.attributes,
        capacity={str(channel): most for channel, most in body.capacity.items()},
        exclusive=frozenset(body.exclusive),
        order=body.order,
    )


def hours_of(site: SiteSettings, bodies: Bodies) -> OpeningHours | None:
    """The hours of a site: its own, else those of the queue it leads to; None: always."""
    queue = bodies.get(site.target.queue or "")
    if site.hours is None and isinstance(queue, QueueSettings):
        return queue.hours
    return site.hours


def _of(shape: type[S], bodies: Bodies) -> Iterator[tuple[str, S]]:
    return ((id, body) for id, body in sorted(bodies.items()) if isinstance(body, shape))


def _expression(text: str) -> Expression | None:
    return Expression.parse(text) if text.strip() else None


def _ordering(text: str) -> Ordering | None:
    return Ordering.parse(text) if text.strip() else None


def _queue(id: str, given: QueueSettings, now: Micros, zones: Zones) -> Queue:
    return Queue(
        id=id,
        name=given.name,
        expression=_expression(given.expression),
        requirements=tuple(
            Requirement(r.name, Expression.parse(r.expression), r.relaxed_after)
            for r in given.requirements
        ),
        strategy=given.strategy,
        weight=given.weight,
        max_offers=given.max_offers,
        offer_timeout=given.offer_timeout,
        reject_delay=given.reject_delay,
        busy_delay=given.busy_delay,
        no_answer_delay=given.no_answer_delay,
        strikes=given.strikes,
        away=given.away_activity,
        wrap_up=given.wrap_up,
        wrap_up_extension=given.wrap_up_extension,
        max_length=given.max_length,
        max_wait=given.max_wait,
        overflow=given.overflow,
        otherwise=given.otherwise,
        open=given.hours is None or Calendar.of(given.hours, zones).is_open(now),
        resume_within=given.resume_within,
        expected_handling=given.expected_handling,
    )


def _workflow(id: str, given: WorkflowSettings) -> Workflow:
    filters = tuple(
        Filter(f.name, tuple(map(_target, f.targets)), _expression(f.expression))
        for f in given.filters
    )
    return Workflow(id, given.name, filters, _target(given.default))


def _target(given: WorkflowTarget) -> Target:
    return Target(
        queue=given.queue,
        priority=given.priority,
        timeout=given.timeout,
        expression=_expression(given.expression),
        order_by=_ordering(given.order_by),
        skip_if=_expression(given.skip_if),
        preferred_for=given.preferred_for,
    )
