"""Why this agent, and why not that one: what is kept of each decision about a task.

The words are stable: programs and pages know them.

`offered`: the agent was asked. `absent`: has no connection. `activity`: is in one, or is going to
one, in which no work is offered. `wrap_up`: is ending the last call. `backing_off`: has just
rejected or not answered. `capacity`: has no room on this channel. `not_preferred`: the task waits
for another agent. `expression`: the queue or the step wants others. `requirement:<name>`: the queue
requires what the agent lacks.

Of those who could have been asked: `declined` was asked in vain before, `order_by` is later in the
order of the step, `longer_idle` another has been idle for longer, `turn` it is another's turn,
`fewer_tasks` another has had fewer, `less_talk` another has talked less, `draw` another was drawn,
`earlier` another comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from offhook.core.clock import Micros

#: Decisions kept of one task, and agents named in one decision.
DECISIONS, NAMED = 10, 20

#: What another agent had over one who could have been asked, by the strategy.
OUTDONE = {
    "longest_idle": "longer_idle",
    "round_robin": "turn",
    "fewest": "fewer_tasks",
    "least_talk": "less_talk",
    "random": "draw",
    "linear": "earlier",
    "ring_all": "longer_idle",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One look for agents: `agents` are named with a reason each, the others counted by reason.

    `queue` and `step` are where the task stood. Those who were asked are named first.
    """

    at: Micros
    queue: str | None
    step: int
    agents: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, int], ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """Who was asked."""
        return tuple(agent for agent, reason in self.agents if reason == "offered")

    def reason(self, agent: str) -> str | None:
        """What is said of one agent; None when the agent is not named."""
        return dict(self.agents).get(agent)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Decision:
        """The decision as it was before it was written as JSON."""
        agents = tuple((agent, reason) for agent, reason in kept["agents"])
        others = tuple((reason, count) for reason, count in kept["others"])
        return cls(Micros(kept["at"]), kept["queue"], kept["step"], agents, others)


def explain(
    at: Micros,
    queue: str | None,
    step: int,
    reasons: Iterable[tuple[str, str]],
    strangers: int = 0,
) -> Decision:
    """Name the first agents and count the rest; `strangers` are those the queue never asks."""
    found = sorted(reasons, key=lambda pair: (pair[1] != "offered", pair[0]))
    counted = Counter(reason for _, reason in found[NAMED:])
    counted["expression"] += strangers
    others = tuple(sorted((reason, count) for reason, count in counted.items() if count))
    return Decision(at, queue, step, tuple(found[:NAMED]), others)
