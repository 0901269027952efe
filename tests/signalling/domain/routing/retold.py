"""What somebody knows of the floor who has only read the event log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signalling.domain.routing.effects import Effect, Record
from signalling.domain.routing.router import Router
from signalling.domain.routing.task import WAITING

_OVER = ("completed", "canceled", "rejected", "timeout", "rescinded")


class Retold:
    """Tasks, reservations and agents, told again from the facts alone."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.reservations: dict[str, dict[str, Any]] = {}
        self.agents: dict[str, dict[str, Any]] = {}

    def read(self, effects: Iterable[Effect]) -> None:
        """Take in the facts of one event."""
        for effect in effects:
            if isinstance(effect, Record):
                noun, _, verb = effect.type.partition(".")
                getattr(self, f"_{noun}")(effect.subject, verb, effect.data)

    def _task(self, id: str, verb: str, data: dict[str, Any]) -> None:
        task = self.tasks.setdefault(id, {"agent": None, "only": None, "queue": None})
        if verb in ("completed", "canceled"):
            del self.tasks[id]
        elif verb in ("queued", "requeued"):
            task.update(state="pending", queue=data["queue"], since=data["since"], agent=None)
            task["only"] = data.get("agent")
            task["priority"] = data.get("priority", task.get("priority"))
        elif verb in ("created", "prioritised"):
            task.update({key: data[key] for key in ("priority", "since") if key in data})
            task.setdefault("state", "pending")
        elif verb in ("reserved", "wrapping"):
            task["state"] = verb
        elif verb == "assigned" or (verb == "transferred" and "reservation" in data):
            task.update(state="assigned", agent=data.get("to_agent") or data["agent"])

    def _reservation(self, id: str, verb: str, data: dict[str, Any]) -> None:
        if verb == "created":
            told = {key: data[key] for key in ("task", "agent", "kind", "channel")}
            self.reservations[id] = {**told, "state": "pending"}
        elif verb in _OVER:
            del self.reservations[id]
        elif verb != "extended":
            self.reservations[id]["state"] = verb

    def _agent(self, id: str, verb: str, data: dict[str, Any]) -> None:
        nobody = {"activity": "offline", "next": None, "state": "absent"}
        agent = self.agents.setdefault(id, nobody)
        if verb == "removed":
            del self.agents[id]
        elif verb == "activity_changed":
            agent["activity"] = data["activity"]
        elif verb == "next_activity":
            agent["next"] = data["activity"]
        elif verb in ("present", "lost", "absent"):
            agent["state"] = verb


def as_it_is(router: Router) -> Retold:
    """The same, from the router itself."""
    told = Retold()
    for task in router.tasks.values():
        waits = task.state in WAITING
        told.tasks[task.id] = {
            "state": task.state.value,
            "priority": task.priority,
            "agent": task.agent,
            "queue": task.queue,
            "only": task.only if waits else None,
            "since": task.since if waits else None,
        }
    for held in router.reservations.values():
        told.reservations[held.id] = {
            "task": held.task,
            "agent": held.agent,
            "kind": held.kind,
            "channel": held.channel,
            "state": held.state.value,
        }
    for agent in router.agents.values():
        told.agents[agent.id] = {
            "activity": agent.activity,
            "next": agent.next_activity,
            "state": agent.state.value,
        }
    return told


def agree(told: Retold, router: Router) -> None:
    """Whoever reads the log knows what the router knows."""
    real = as_it_is(router)
    for task in told.tasks.values():
        if task["state"] not in ("pending", "reserved"):
            task.update(only=None, since=None)
    assert told.tasks == real.tasks
    assert told.reservations == real.reservations
    known = {id: agent for id, agent in real.agents.items() if id in told.agents}
    assert told.agents == known
