"""Poisson arrivals at a router whose agents answer at once, and what Erlang C says of them."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

from offhook.core.clock import SECOND, Micros
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.effects import Offer
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentChanged,
    AgentPresent,
    OfferAccepted,
    TaskAdded,
    WorkEnded,
)
from signalling.domain.routing.router import Router
from tests.signalling.domain.routing.center import START, CountedIds, plans, queue

#: Seconds that a call takes on the average.
TALK = 180.0


@dataclass(frozen=True)
class Waits:
    """What those who called lived through: how many had to wait, and how long in all (s)."""

    arrivals: int
    waited: int
    seconds: float

    @property
    def probability(self) -> float:
        """The part of the callers who had to wait."""
        return self.waited / self.arrivals

    @property
    def mean(self) -> float:
        """The average wait of all callers, in seconds."""
        return self.seconds / self.arrivals


def erlang_c(agents: int, load: float) -> tuple[float, float]:
    """The probability of waiting, and the average wait in seconds; `load` is in Erlang."""
    blocking = 1.0
    for number in range(1, agents + 1):
        blocking = load * blocking / (number + load * blocking)
    probability = blocking / (1 - load / agents * (1 - blocking))
    return probability, probability * TALK / (agents - load)


class Simulation:
    """Feeds a router with calls; agents accept at once, nobody gives up, nothing is wrapped up."""

    def __init__(self, seed: int, *, agents: int, utilisation: float) -> None:
        self.luck = random.Random(seed)
        self.router = Router(plans(queue()), CountedIds())
        self.rate = agents * utilisation / TALK
        self.now = START
        #: Events: arrivals, answers and ends of talks.
        self.events = 0
        self._ends: list[tuple[Micros, str]] = []
        self._came: dict[str, Micros] = {}
        self._waited, self._seconds = 0, 0.0
        for number in range(agents):
            id = f"agent{number}"
            for event in (
                AgentChanged(Profile(id)),
                AgentPresent(id),
                ActivityChosen(id, "available"),
            ):
                self.router.handle(event, self.now)

    def run(self, arrivals: int) -> Waits:
        """Let so many call, and all of them talk."""
        at = self.now
        for number in range(arrivals):
            at = Micros(at + round(self.luck.expovariate(self.rate) * SECOND))
            self._end_until(at)
            self.now = at
            id = f"TA{number}"
            self._came[id] = at
            self._feed(TaskAdded(id, "voice", queue="support"))
        while self._ends:
            self._end_until(self._ends[0][0])
        assert not self._came, "somebody was never answered"
        return Waits(arrivals, self._waited, self._seconds)

    def _end_until(self, at: Micros) -> None:
        while self._ends and self._ends[0][0] <= at:
            self.now, reservation = heapq.heappop(self._ends)
            self._feed(WorkEnded(reservation))

    def _feed(self, event: object) -> None:
        self.events += 1
        for effect in self.router.handle(event, self.now):
            if isinstance(effect, Offer):
                self._answer(effect)

    def _answer(self, offer: Offer) -> None:
        waited = self.now - self._came.pop(offer.task)
        self._waited += waited > 0
        self._seconds += waited / SECOND
        talk = round(self.luck.expovariate(1 / TALK) * SECOND)
        heapq.heappush(self._ends, (Micros(self.now + talk), offer.reservation))
        self._feed(OfferAccepted(offer.reservation, offer.agent))
