"""Queues: where work waits, who may take it, in which order it is offered, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from offhook.core.errors import InvalidInput
from signalling.domain import names
from signalling.domain.calendar import Calendar
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.values import (
    ActivityRef,
    Condition,
    Name,
    QueueRef,
    Reference,
    Seconds,
    check_condition,
    of_ids,
)
from signalling.domain.hours import OpeningHours, Zones

Strategy = Literal[
    "longest_idle", "round_robin", "fewest", "least_talk", "random", "ring_all", "linear"
]


class Requirement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent must meet. `relaxed_after`: seconds of waiting after which it is given up, so
    that more agents may take the task; null: never."""

    name: Annotated[str, Meta(max_length=names.NAME_LIMIT)] = ""
    expression: Annotated[Condition, Meta(min_length=1)]
    relaxed_after: Seconds | None = None


class QueueSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A queue; all times are seconds.

    `expression` says who is of the queue at all, `requirements` what is asked of them at first. A
    task goes by its priority times `weight` plus the seconds it has waited. `max_offers`: to how
    many at a time one task is offered; the first to accept has it. After `strikes` offers in a row
    without an answer an agent is set to `away_activity`. An agent may lengthen a wrap-up by
    `wrap_up_extension`. Whoever finds the queue closed or `max_length` long, or has waited for
    `max_wait`, goes to `overflow`; without one it is over, and they are led to what `otherwise`
    says. Who gave up keeps the place for `resume_within`. `service_level`: within how long contacts
    should be answered: those who wait longer are marked in the live view. `expected_handling`: how
    long one takes, before any was measured.
    """

    name: Name
    expression: Condition = ""
    requirements: Annotated[list[Requirement], Meta(max_length=20)] = field(default_factory=list)
    strategy: Strategy = "longest_idle"
    weight: Annotated[int, Meta(ge=0, le=3_600)] = 60
    max_offers: Annotated[int, Meta(ge=1, le=50)] = 1
    offer_timeout: Annotated[int, Meta(ge=5, le=600)] = 20
    reject_delay: Seconds = 10
    busy_delay: Seconds = 30
    no_answer_delay: Seconds = 60
    strikes: Annotated[int, Meta(ge=0, le=20, description="0: never.")] = 3
    away_activity: ActivityRef | None = None
    wrap_up: Annotated[int, Meta(ge=0, le=3_600)] = 30
    wrap_up_extension: Annotated[int, Meta(ge=0, le=3_600)] = 300
    max_length: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    max_wait: Seconds | None = None
    overflow: QueueRef | None = None
    otherwise: Literal["", "callback", "message"] = ""
    resume_within: Annotated[int, Meta(ge=0, le=3_600)] = 60
    expected_handling: Annotated[int, Meta(ge=1, le=86_400)] = 180
    hours: OpeningHours | None = None
    service_level: Annotated[int, Meta(ge=1, le=3_600)] = 20
    disposition_required: bool = False


def _check(given: QueueSettings, zones: Zones) -> QueueSettings:
    check_condition(given.expression, "expression")
    for n, requirement in enumerate(given.requirements):
        _check_requirement(requirement, f"requirements[{n}]")
    if given.hours is not None:
        Calendar.of(given.hours, zones)
    return replace(given, name=named(given.name))


def _check_requirement(given: Requirement, where: str) -> None:
    if not given.expression.strip():
        raise InvalidInput("A requirement says something.", field=f"{where}.expression")
    check_condition(given.expression, f"{where}.expression")


def _references(given: QueueSettings) -> Iterator[Reference]:
    if given.away_activity is not None:
        yield Reference("activity", given.away_activity, "away_activity", idle=True)
    yield from of_ids("queue", [given.overflow], "overflow")


QUEUE = Kind(
    noun="queue",
    plural="queues",
    prefix="QU",
    shape=QueueSettings,
    check=_check,
    references=_references,
)
