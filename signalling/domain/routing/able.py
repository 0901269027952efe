"""How many agents could take each task that waits: counted again only when it may have changed.

Many wait, and all of them are told anew whenever something moves; to ask every agent for every one
of them each time would take longer than all the routing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from signalling.domain.routing.agent import Agent
from signalling.domain.routing.plans import Plans
from signalling.domain.routing.task import Task


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """Those who attend where tasks wait, as they are described."""

    agents: tuple[Agent, ...]
    views: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A number, and what it was counted from."""

    plans: Plans
    roster: Roster
    view: Mapping[str, Any]
    step: Hashable
    able: int

    def holds(self, plans: Plans, roster: Roster, view: Mapping[str, Any], step: Hashable) -> bool:
        """Whether it would be the same number if it were counted again."""
        same = self.plans is plans and self.roster is roster and self.view is view
        return same and self.step == step


class Able:
    """What was counted, for as long as it is true. Say `happened` at each event."""

    def __init__(self) -> None:
        self._rosters: dict[Hashable, Roster] = {}
        self._seen: set[Hashable] = set()
        self._counts: dict[str, Counted] = {}

    def happened(self, tasks: Mapping[str, Task]) -> None:
        """Agents may have come or gone; counts of tasks that are over are let go of."""
        self._seen.clear()
        if len(self._counts) > 2 * len(tasks):
            self._counts = {id: kept for id, kept in self._counts.items() if id in tasks}

    def roster(self, where: Hashable, attending: Callable[[], Iterable[Agent]]) -> Roster:
        """Those who attend where tasks wait: the same object as before while they are the same."""
        known = self._rosters.get(where)
        if known is not None and where in self._seen:
            return known
        self._seen.add(where)
        agents = tuple(attending())
        views = tuple(agent.view for agent in agents)
        if known is None or not _same(known.views, views):
            known = self._rosters[where] = Roster(agents, views)
        return known

    def count(
        self,
        task: Task,
        plans: Plans,
        roster: Roster,
        step: Hashable,
        fits: Callable[[Agent], bool],
    ) -> int:
        """How many of the roster fit a task at this step of its way."""
        known = self._counts.get(task.id)
        if known is None or not known.holds(plans, roster, task.view, step):
            able = sum(map(fits, roster.agents))
            known = self._counts[task.id] = Counted(plans, roster, task.view, step, able)
        return known.able


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
