"""Which task goes first, and which agent gets it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from offhook.core.clock import SECOND, Micros
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.plans import Queue, Target
from signalling.domain.routing.task import Task

#: Seconds of age that one step of priority is worth where no queue says it.
WEIGHT = 60
Rank = tuple[Any, ...]


def score(task: Task, queue: Queue | None, now: Micros) -> float:
    """Priority times weight, plus the seconds it has waited; the highest goes first."""
    weight = WEIGHT if queue is None else queue.weight
    return task.priority * weight + (now - task.since) / SECOND


def place(task: Task, queue: Queue | None) -> tuple[int, int]:
    """Sorts tasks as `score` does, the highest first, then as they came; it never changes by time,
    as all grow older alike."""
    weight = WEIGHT if queue is None else queue.weight
    return task.since - task.priority * weight * SECOND, task.number


def longest_idle(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """Whoever has nothing in hand, and has so for the longest time; then who has least in hand."""
    return len(agent.holding), agent.idle_since


def round_robin(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """Whoever was asked by this queue the longest ago, those who never were before all."""
    return (agent.turns.get(queue.id, 0),)


def fewest(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """Whoever has taken the fewest tasks since coming on."""
    return (agent.taken,)


def least_talk(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """Whoever has talked the shortest time since coming on."""
    return (agent.talked,)


def drawn(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """By lot: a number made of the seed, the agent, the task and how often it was offered."""
    lot = f"{seed} {agent.id} {task.id} {task.offers}".encode()
    return (blake2b(lot, digest_size=8).digest(),)


def linear(agent: Agent, queue: Queue, task: Task, seed: int) -> Rank:
    """Always the first in the order of the agents."""
    return ()


_STRATEGIES: dict[str, Callable[[Agent, Queue, Task, int], Rank]] = {
    "longest_idle": longest_idle,
    "round_robin": round_robin,
    "fewest": fewest,
    "least_talk": least_talk,
    "random": drawn,
    "linear": linear,
    "ring_all": longest_idle,
}


def rank(agent: Agent, queue: Queue, target: Target, task: Task, seed: int) -> Rank:
    """Sorts the agents who may take the task, the best first.

    Those to whom it was offered in vain come after the others; then `order_by` of the step, then
    the queue's strategy; what is still equal is decided by the order of the agents and their ids.
    """
    ordered = () if target.order_by is None else target.order_by.key(agent.view, task.view)
    chosen = _STRATEGIES[queue.strategy](agent, queue, task, seed)
    return agent.id in task.declined, ordered, chosen, agent.profile.order, agent.id


def outdone(rank: Rank, best: Rank, word: str) -> str:
    """Why an agent of this rank was not asked, when the last who was asked had that one."""
    if rank[0] != best[0]:
        return "declined"
    if rank[1] != best[1]:
        return "order_by"
    return word if rank[2] != best[2] else "earlier"
