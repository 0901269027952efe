"""How long the router takes to decide: 500 wait, 200 agents work, and one becomes available."""

from __future__ import annotations

import random
import time

from bench import report
from offhook.core.clock import SECOND, Micros
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.effects import Effect, Offer
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentChanged,
    AgentPresent,
    OfferAccepted,
    TaskAdded,
    TaskWithdrawn,
    WorkEnded,
)
from signalling.domain.routing.expression import Expression
from signalling.domain.routing.plans import Filter, Plans, Workflow
from signalling.domain.routing.router import Router
from tests.signalling.domain.routing.center import (
    START,
    CountedIds,
    plans,
    queue,
    requirement,
    target,
)
from tests.signalling.domain.routing.erlang import Simulation

WAITING, AGENTS, DECISIONS, SEED = 500, 200, 2_000, 4
LANGUAGES = ("de", "en", "es", "fr", "it")


def planned() -> Plans:
    """A queue for each language, with a level that depends on the task, and the way to it."""
    queues, filters = [], []
    for one in LANGUAGES:
        level = requirement("fluent", f"skills.{one} >= task.level", 3600)
        queues.append(queue(one, wants=f"skills.{one} >= 1", requirements=(level,)))
        step = target(one, wants="site IN ['a', 'b'] OR NOT task.near")
        filters.append(Filter(one, (step,), Expression.parse(f"lang == '{one}'")))
    return plans(*queues, flow=Workflow("main", "Main", tuple(filters)))


class Floor:
    """A router with many agents on a break, and many tasks that wait."""

    def __init__(self) -> None:
        self.luck = random.Random(SEED)
        self.router = Router(planned(), CountedIds())
        self.now = START
        self.count = 0
        for number in range(AGENTS):
            self._employ(f"AG{number}")
        for _ in range(WAITING):
            self.call()

    def feed(self, event: object) -> list[Effect]:
        """A second later, something happens."""
        self.now = Micros(self.now + SECOND)
        return self.router.handle(event, self.now)

    def timed(self, event: object) -> tuple[float, list[Effect]]:
        """Milliseconds of CPU that the router takes for an event, and what it asks for."""
        began = time.process_time_ns()
        effects = self.feed(event)
        return (time.process_time_ns() - began) / 1e6, effects

    def call(self, *, level: int | None = None) -> str:
        """Somebody calls."""
        self.count += 1
        wants = {
            "lang": self.luck.choice(LANGUAGES),
            "level": level or self.luck.randint(1, 5),
            "near": self.luck.random() < 0.5,
        }
        event = TaskAdded(f"TA{self.count}", "voice", workflow="main", attributes=wants)
        self.feed(event)
        return event.task

    def _employ(self, id: str) -> None:
        skills = {one: self.luck.randint(1, 5) for one in LANGUAGES if self.luck.random() < 0.6}
        site = self.luck.choice(("a", "b", "c"))
        self.feed(AgentChanged(Profile(id, skills=skills, attributes={"site": site})))
        self.feed(AgentPresent(id))


def becomes_available(floor: Floor) -> list[float]:
    """One agent after the other ends a break and is offered a task; another one calls."""
    took: list[float] = []
    while len(took) < DECISIONS:
        agent = f"AG{floor.luck.randrange(AGENTS)}"
        spent, effects = floor.timed(ActivityChosen(agent, "available"))
        offers = [effect for effect in effects if isinstance(effect, Offer)]
        if offers:
            took.append(spent)
            floor.feed(OfferAccepted(offers[0].reservation, agent))
            floor.feed(ActivityChosen(agent, "break"))
            floor.feed(WorkEnded(offers[0].reservation))
            floor.call()
        else:
            floor.feed(ActivityChosen(agent, "break"))
    return took


def finds_nothing(floor: Floor) -> list[float]:
    """All 500 who wait ask for more than anybody can do: each is looked at."""
    for task in list(floor.router.tasks):
        floor.feed(TaskWithdrawn(task))
    for _ in range(WAITING):
        floor.call(level=6)
    took: list[float] = []
    for _ in range(DECISIONS // 4):
        agent = f"AG{floor.luck.randrange(AGENTS)}"
        took.append(floor.timed(ActivityChosen(agent, "available"))[0])
        floor.feed(ActivityChosen(agent, "break"))
    return took


def call_comes(floor: Floor) -> list[float]:
    """Somebody calls while all agents are free."""
    for task in list(floor.router.tasks):
        floor.feed(TaskWithdrawn(task))
    for number in range(AGENTS):
        floor.feed(ActivityChosen(f"AG{number}", "available"))
    took: list[float] = []
    for number in range(DECISIONS // 4):
        wants = {"lang": floor.luck.choice(LANGUAGES), "level": 1}
        event = TaskAdded(f"TB{number}", "voice", workflow="main", attributes=wants)
        took.append(floor.timed(event)[0])
        floor.feed(TaskWithdrawn(event.task))
    return took


def events_per_second() -> float:
    """Arrivals, answers and ends of talks of ten busy agents, on one core."""
    simulation = Simulation(SEED, agents=10, utilisation=0.8)
    began = time.process_time()
    simulation.run(10_000)
    return simulation.events / (time.process_time() - began)


def main() -> int:
    """Measure and write."""
    page = report.begin("routing", "How long the router takes to decide")
    floor = Floor()
    took = becomes_available(floor)
    page.figure("an agent becomes available, median", report.percentile(took, 50), "ms")
    page.figure("an agent becomes available, p99", report.percentile(took, 99), "ms", at_most=5)
    nothing = finds_nothing(floor)
    page.figure("the same when none of the 500 fits, p99", report.percentile(nothing, 99), "ms")
    calls = call_comes(floor)
    page.figure("a call comes while 200 are free, p99", report.percentile(calls, 99), "ms")
    page.figure("events of ten busy agents", events_per_second(), "a second")
    page.note(
        f"{WAITING} tasks wait in {len(LANGUAGES)} queues for {AGENTS} agents; languages, levels "
        "and sites are asked for by expressions, and each decision is explained. CPU of the router "
        f"alone: no store, no sockets. Seed {SEED}."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
