"""Workflows: which queue a task goes to, by what is known of it, and where it goes on to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from signalling.domain import names
from signalling.domain.configured.kind import Kind, named
from signalling.domain.configured.values import (
    Condition,
    Name,
    Priority,
    QueueRef,
    Reference,
    Seconds,
    check_condition,
    check_ordering,
    of_ids,
)
from signalling.domain.hours import Zones

Ordering = Annotated[
    str, Meta(max_length=500, description="Names with ASC or DESC; empty: the queue's strategy.")
]


class WorkflowTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step: in `queue`, with this priority (null: the task's own), for `timeout` seconds (null:
    as long as it takes).

    `expression`: who of the queue may take it; names without `task.` are the agent's. `order_by`:
    another order of agents than the queue's, as `skills.fr DESC`. `skip_if`: the step is left out
    when this holds as it would begin, as `workers.available == 0`. `preferred_for`: seconds for
    which only the agent that the task prefers gets it, while that one is there.
    """

    queue: QueueRef
    priority: Priority | None = None
    timeout: Seconds | None = None
    expression: Condition = ""
    order_by: Ordering = ""
    skip_if: Condition = ""
    preferred_for: Seconds = 0


class WorkflowFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tasks of which `expression` holds go through `targets`, one after another."""

    name: Annotated[str, Meta(max_length=names.NAME_LIMIT)] = ""
    expression: Condition = ""
    targets: Annotated[list[WorkflowTarget], Meta(min_length=1, max_length=20)]


class WorkflowSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workflow: the first filter that holds decides; `default` is where all others go."""

    name: Name
    filters: Annotated[list[WorkflowFilter], Meta(max_length=50)] = field(default_factory=list)
    default: WorkflowTarget


def _steps(given: WorkflowSettings) -> Iterator[tuple[str, WorkflowTarget]]:
    for n, each in enumerate(given.filters):
        for m, target in enumerate(each.targets):
            yield f"filters[{n}].targets[{m}]", target
    yield "default", given.default


def _check(given: WorkflowSettings, zones: Zones) -> WorkflowSettings:
    for n, each in enumerate(given.filters):
        check_condition(each.expression, f"filters[{n}].expression")
    for where, target in _steps(given):
        check_condition(target.expression, f"{where}.expression")
        check_condition(target.skip_if, f"{where}.skip_if")
        check_ordering(target.order_by, f"{where}.order_by")
    return replace(given, name=named(given.name))


def _references(given: WorkflowSettings) -> Iterator[Reference]:
    for where, target in _steps(given):
        yield from of_ids("queue", [target.queue], f"{where}.queue")


WORKFLOW = Kind(
    noun="workflow",
    plural="workflows",
    prefix="WF",
    shape=WorkflowSettings,
    check=_check,
    references=_references,
    most=200,
)
