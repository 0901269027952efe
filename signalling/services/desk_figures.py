"""The contact centre in figures: what is counted as it happens, and what is counted when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from offhook.core.clock import SECOND
from signalling.domain.desk import Desk, Record, Touched
from signalling.domain.routing.task import WAITING
from signalling.domain.sessions.base import State
from signalling.services.figures import Figures

#: The desks that are open in this process.
Open = Callable[[], Iterable[Desk]]


def watch(figures: Figures, desks: Open) -> None:
    """Have the figures ask these desks whenever they are read."""
    for state in State:
        figures.sessions.labels(state.value).set_function(_counting(desks, state))
    figures.tasks_waiting.set_function(lambda: sum(map(_waiting, desks())))
    figures.agents_available.set_function(lambda: sum(map(_available, desks())))


def _counting(desks: Open, state: State) -> Callable[[], float]:
    return lambda: sum(
        session.state is state for desk in desks() for session in desk.sessions.values()
    )


def _waiting(desk: Desk) -> int:
    return sum(task.state in WAITING for task in desk.router.tasks.values())


def _available(desk: Desk) -> int:
    agents = desk.router.agents.values()
    return sum(agent.obstacle is None and not agent.holding for agent in agents)


def count(figures: Figures, facts: Iterable[Record], touched: Touched) -> None:
    """A step of a desk was stored: how long did they wait who are talking now, and how long did
    agents take to answer."""
    for fact in facts:
        if fact.type == "session.answered":
            figures.wait_seconds.observe(fact.data["waited"] / SECOND)
        elif fact.type == "reservation.accepted":
            held = touched.reservations.get(fact.subject)
            if held is not None and held.accepted_at is not None:
                figures.offer_seconds.observe((held.accepted_at - held.created_at) / SECOND)
