"""What an account has planned: activities, queues, and the workflows that lead tasks to them.

These are plain values. Whoever keeps the configuration turns it into them, checks them with
`Plans.check`, and hands them to the router whole, also when a queue opens or closes: hours are
reckoned outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput
from signalling.domain.routing.expression import Expression
from signalling.domain.routing.ordering import Ordering

Channel = str
Strategy = Literal[
    "longest_idle", "round_robin", "fewest", "least_talk", "random", "ring_all", "linear"
]


@dataclass(frozen=True, slots=True)
class Activity:
    """What an agent may say to be doing; work is offered only in an available one."""

    id: str
    name: str
    available: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a queue asks of its agents until a task has waited `relaxed_after` seconds in it."""

    name: str
    expression: Expression
    relaxed_after: int | None = None

    def relaxed(self, entered_at: Micros, now: Micros) -> bool:
        """Whether it is given up for a task that came to the queue then."""
        return self.relaxed_after is not None and entered_at + self.relaxed_after * SECOND <= now


@dataclass(frozen=True, slots=True)
class Queue:
    """Where tasks wait for agents, and how they are offered. Times are in seconds.

    A task's score is `priority * weight` plus the seconds it has waited; the highest goes first.
    `ring_all` offers to everybody who may take the task, other strategies to the best `max_offers`.
    A task for which there is no room (`max_length`), no opening (`open`) or no more time
    (`max_wait`) goes on to the `overflow` queue; without one it ends, and `otherwise` says what
    the customer is led to: a word such as `callback` or `message`, which the router only hands on.
    """

    id: str
    name: str
    expression: Expression | None = None
    requirements: tuple[Requirement, ...] = ()
    strategy: Strategy = "longest_idle"
    weight: int = 60
    max_offers: int = 1
    offer_timeout: int = 20
    reject_delay: int = 10
    busy_delay: int = 30
    no_answer_delay: int = 60
    #: Offers in a row without an answer until an agent is moved to the activity `away`; 0: never.
    strikes: int = 3
    away: str | None = None
    wrap_up: int = 30
    #: By how much an agent may lengthen one wrap-up, in all.
    wrap_up_extension: int = 300
    max_length: int | None = None
    max_wait: int | None = None
    overflow: str | None = None
    otherwise: str = ""
    open: bool = True
    #: How long somebody who gave up keeps the place.
    resume_within: int = 60
    #: What a task takes before any was measured.
    expected_handling: int = 180


@dataclass(frozen=True, slots=True)
class Target:
    """One step of a workflow: a queue, and what is different for tasks that come this way.

    After `timeout` seconds the next step begins, if there is one. `skip_if` is asked when the step
    would begin, of `{"workers": {…}}` (see `Floor.workers`) and the task. A task that has a
    preferred agent waits for that one alone for `preferred_for` seconds.
    """

    queue: str
    priority: int | None = None
    timeout: int | None = None
    expression: Expression | None = None
    order_by: Ordering | None = None
    skip_if: Expression | None = None
    preferred_for: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """The steps for tasks of which the expression holds; without an expression, for all."""

    name: str
    targets: tuple[Target, ...]
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """Leads a task: the first filter that fits gives the steps; `default` comes after them."""

    id: str
    name: str
    filters: tuple[Filter, ...] = ()
    default: Target | None = None

    def steps(self, chosen: int | None) -> tuple[Target, ...]:
        """The steps of the filter with this index, or of none, with the default at the end."""
        known = chosen is not None and chosen < len(self.filters)
        targets = self.filters[chosen].targets if known and chosen is not None else ()
        return targets if self.default is None else (*targets, self.default)


@dataclass(frozen=True, slots=True)
class Plans:
    """All that an account has planned, by id.

    `offline` is the activity of an agent who is gone for longer than `grace` seconds, `away` that
    of one who did not answer, where the queue names no other.
    """

    activities: Mapping[str, Activity]
    queues: Mapping[str, Queue] = field(default_factory=dict)
    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    offline: str = "offline"
    away: str = "away"
    grace: int = 30

    def check(self) -> Plans:
        """These plans, when all they refer to exists; else `InvalidInput` with the field's path."""
        self._activity(self.offline, "offline")
        self._activity(self.away, "away")
        for id, queue in self.queues.items():
            if queue.away is not None:
                self._activity(queue.away, f"queues.{id}.away")
            if queue.overflow is not None:
                self._queue(queue.overflow, f"queues.{id}.overflow")
        for path, target in self._targets():
            self._queue(target.queue, f"{path}.queue")
        return self

    def _targets(self) -> Iterator[tuple[str, Target]]:
        for id, workflow in self.workflows.items():
            for number, filter in enumerate(workflow.filters):
                for step, target in enumerate(filter.targets):
                    yield f"workflows.{id}.filters.{number}.targets.{step}", target
            if workflow.default is not None:
                yield f"workflows.{id}.default", workflow.default

    def _queue(self, id: str, path: str) -> None:
        if id not in self.queues:
            raise InvalidInput(f"There is no queue {id!r}.", code="unknown_queue", field=path)

    def _activity(self, id: str, path: str) -> None:
        activity = self.activities.get(id)
        if activity is None:
            problem = f"There is no activity {id!r}."
            raise InvalidInput(problem, code="unknown_activity", field=path)
        if activity.available:
            problem = f"The activity {activity.name!r} is one in which work is offered."
            raise InvalidInput(problem, code="activity_available", field=path)
