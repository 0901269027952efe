"""Each strategy against a naive model of it, over random events."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from signalling.domain.routing.effects import Offer
from signalling.domain.routing.events import AgentAbsent
from tests.signalling.domain.routing.center import Center, queue

pytestmark = pytest.mark.unit

NAMES = tuple(f"agent{number}" for number in range(6))


@dataclass
class Seen:
    """What a bystander would write down of one agent."""

    order: int
    idle_since: int
    asked: int = 0
    taken: int = 0
    talked: int = 0
    began: int = 0
    talks: bool = False


@dataclass
class Bystander:
    """All agents as seen from outside; the strategies as somebody would say them."""

    agents: dict[str, Seen] = field(default_factory=dict)
    asked: int = 0

    def free(self) -> dict[str, Seen]:
        return {name: seen for name, seen in self.agents.items() if not seen.talks}

    def expects(self, key: Callable[[Seen], Any]) -> str:
        """Who is asked next: the smallest by this key, then by order, then by name."""
        free = self.free()
        return min(free, key=lambda name: (key(free[name]), free[name].order, name))


KEYS: dict[str, Callable[[Seen], Any]] = {
    "longest_idle": lambda seen: seen.idle_since,
    "round_robin": lambda seen: seen.asked,
    "fewest": lambda seen: seen.taken,
    "least_talk": lambda seen: seen.talked,
    "linear": lambda seen: 0,
}


@pytest.mark.parametrize("strategy", KEYS)
@pytest.mark.parametrize("seed", range(5))
def test_each_choice_is_that_of_the_naive_model(strategy: str, seed: int) -> None:
    luck = random.Random(seed)
    center = Center(queue(strategy=strategy))
    seen = Bystander()
    for name in NAMES:
        order = luck.randint(0, 2)
        agent = center.works(name, order=order, after=luck.randint(0, 3))
        seen.agents[name] = Seen(order, agent.idle_since)
    for number in range(400):
        center.passes(luck.randint(0, 5))
        talking = sorted(name for name, one in seen.agents.items() if one.talks)
        if talking and (luck.random() < 0.5 or not seen.free()):
            name = luck.choice(talking)
            center.hangs_up(name)
            one = seen.agents[name]
            one.talks, one.idle_since = False, center.now
            one.talked += center.now - one.began
            continue
        expected = seen.expects(KEYS[strategy])
        (offer,) = [e for e in center.calls(f"TA{number}") if isinstance(e, Offer)]
        assert offer.agent == expected, f"seed {seed}, call {number}"
        center.accepts(offer.agent, after=luck.randint(0, 2))
        seen.asked += 1
        one = seen.agents[offer.agent]
        one.talks, one.asked, one.began = True, seen.asked, center.now
        one.taken += 1


def test_longest_idle_is_the_default() -> None:
    assert queue().strategy == "longest_idle"


def test_who_chats_is_not_idle() -> None:
    center = Center()
    center.works("ada")
    center.works("ben", after=60)
    center.calls("chat", channel="chat")
    center.accepts("ada")
    center.calls("ann")
    assert center.asked("ann") == ["ben"]


def test_random_asks_everybody_about_as_often() -> None:
    center = Center(queue(strategy="random"))
    for name in NAMES:
        center.works(name)
    counts = dict.fromkeys(NAMES, 0)
    for number in range(1_200):
        (offer,) = [e for e in center.calls(f"TA{number}") if isinstance(e, Offer)]
        counts[offer.agent] += 1
        center.accepts(offer.agent)
        center.hangs_up(offer.agent)
        center.effects.clear()
    assert all(140 <= count <= 260 for count in counts.values()), counts


def test_random_is_the_same_for_the_same_seed() -> None:
    def asked() -> list[str]:
        center = Center(queue(strategy="random"))
        for name in NAMES:
            center.works(name)
        return [e.agent for n in range(6) for e in center.calls(f"TA{n}") if isinstance(e, Offer)]

    assert asked() == asked()


def test_ring_all_asks_everybody_who_may_take_it() -> None:
    center = Center(queue(strategy="ring_all", wants="skills.fr >= 1"))
    for number, name in enumerate(NAMES):
        center.works(name, skills={"fr": number % 2})
    center.calls("ann")
    assert center.asked("ann") == ["agent1", "agent3", "agent5"]


def test_the_counts_begin_anew_when_an_agent_comes_on() -> None:
    center = Center(queue(strategy="fewest"))
    agent = center.works("ada")
    center.calls("ann")
    center.accepts("ada")
    center.hangs_up("ada", after=10)
    assert (agent.taken, agent.talked) == (1, 10_000_000)
    center.happens(AgentAbsent("ada"))
    center.passes(30)
    center.works("ada")
    assert (agent.taken, agent.talked) == (0, 0)
