"""Brings tasks and agents together: who fits, who is asked, and the explanation that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge

from offhook.core.clock import SECOND, Micros
from signalling.domain.routing import order
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.effects import Offer
from signalling.domain.routing.explaining import OUTDONE, Decision, explain
from signalling.domain.routing.floor import Floor
from signalling.domain.routing.lines import Entry
from signalling.domain.routing.plans import Queue, Target
from signalling.domain.routing.reservation import Kind, Reservation
from signalling.domain.routing.task import Reserved, Task
from signalling.domain.routing.task import State as TaskState


class Matching(Floor):
    """After each event: the tasks that look for an agent, and the agents who look for a task.

    A pair that did not fit can fit only after one of the two changed, or a timer of one went off.
    So it is enough to try the tasks that seek with all who are ready, and every waiting task with
    the agents who were eased, the task with the highest score first.
    """

    def _settle(self, now: Micros) -> None:
        """Make all offers that can be made."""
        for task in self._candidates():
            seeks = self._seeking.pop(task.id, None) is not None
            ready = self._ready.get(task.line, {})
            pool = ready if seeks else self._eased
            self._try(task, [ready[id] for id in pool if id in ready], now, seeks=seeks)
            if not self._eased and not self._seeking:
                break
        self._seeking.clear()
        self._eased.clear()

    def _candidates(self) -> Iterator[Task]:
        """The tasks to try, each once, the highest score first."""
        lines = sorted({line for agent in self._eased.values() for line in agent.lines})
        waiting = [self._lines.pending(line) for line in lines]
        others = sorted(self._others(set(lines)))
        for _, id in merge(*waiting, others):
            task = self.tasks[id]
            if task.state is TaskState.PENDING and (self._eased or id in self._seeking):
                yield task

    def _others(self, lines: set[str]) -> Iterator[Entry]:
        for task in self._seeking.values():
            line, place = self._lines.where(task.id)
            if line not in lines and place is not None:
                yield place, task.id

    def _try(self, task: Task, pool: list[Agent], now: Micros, *, seeks: bool) -> None:
        """Offer the task to the best of the pool who fit."""
        queue, target = self._queue(task.queue), self._target(task)
        fitting = [agent for agent in pool if self._misfit(task, agent, queue, target, now) is None]
        if not fitting:
            if seeks:
                task.decide(self.explained(task, now))
            return
        ranked = sorted(
            ((order.rank(agent, queue, target, task, self._seed), agent) for agent in fitting),
            key=lambda pair: pair[0],
        )
        all_at_once = task.at_once or queue.strategy == "ring_all"
        count = len(ranked) if all_at_once else max(1, queue.max_offers)
        chosen, others = ranked[:count], ranked[count:]
        word = OUTDONE[queue.strategy]
        outdone = {agent.id: order.outdone(rank, chosen[-1][0], word) for rank, agent in others}
        reasons = {**outdone, **{agent.id: "offered" for _, agent in chosen}}
        task.decide(self.explained(task, now, reasons))
        self._ring(task, [agent for _, agent in chosen], queue, now)

    def _ring(self, task: Task, agents: list[Agent], queue: Queue, now: Micros) -> None:
        task.handle(Reserved(), now)
        self._changed_task(task, now)
        names = [agent.id for agent in agents]
        self._record("task.reserved", task.id, agents=names, queue=task.queue)
        until = Micros(now + queue.offer_timeout * SECOND)
        if task.only is not None and task.only_until is not None:
            until = task.only_until
        for agent in agents:
            self._ask(task, agent, now, until)

    def _ask(
        self, task: Task, agent: Agent, now: Micros, until: Micros, kind: Kind = "offer"
    ) -> Reservation:
        """Reserve a place of the agent's capacity for the task, and ask."""
        reservation = self._reserve(task, agent, now, until, kind)
        consult = kind == "consult"
        self._do(Offer(reservation.id, task.id, agent.id, until, consult=consult))
        return reservation

    def _reserve(
        self, task: Task, agent: Agent, now: Micros, until: Micros, kind: Kind
    ) -> Reservation:
        reservation = Reservation(
            self._new_id("RS"),
            task=task.id,
            agent=agent.id,
            channel=task.channel,
            queue=task.queue,
            kind=kind,
            now=now,
            until=until,
        )
        if task.queue is not None and kind == "offer":
            self._turn += 1
            agent.turns[task.queue] = self._turn
        self._changed_reservation(reservation)
        self._changed_agent(agent)
        facts = {"task": task.id, "agent": agent.id, "channel": task.channel}
        told = {**facts, "queue": task.queue, "kind": kind, "until": until}
        self._record("reservation.created", reservation.id, **told)
        return reservation

    # --- who fits -------------------------------------------------------------------------------

    def _misfit(
        self, task: Task, agent: Agent, queue: Queue, target: Target, now: Micros
    ) -> str | None:
        """Why the task cannot be offered to an agent who is ready; None when it can."""
        if task.only is not None:
            if agent.id != task.only:
                return "not_preferred"
            return None if agent.has_room(task.channel) else "capacity"
        if task.preferred_until is not None and agent.id != task.preferred:
            return "not_preferred"
        if not agent.has_room(task.channel):
            return "capacity"
        return self._unfit(task, agent, queue, target, now)

    def _unfit(
        self, task: Task, agent: Agent, queue: Queue, target: Target, now: Micros
    ) -> str | None:
        """What the agent lacks; the load does not count."""
        view = task.view
        if not (agent.fits(queue.expression, view) and agent.fits(target.expression, view)):
            return "expression"
        for requirement in queue.requirements:
            relaxed = requirement.relaxed(task.entered_at, now)
            if not relaxed and not agent.fits(requirement.expression, view):
                return f"requirement:{requirement.name}"
        return None

    def workers(self, task: Task, target: Target, now: Micros) -> dict[str, int]:
        """How many agents a step could have, for `skip_if`.

        `total` belong to the queue and fit the step; of those `present` are connected; of those
        `available` are in an activity in which work is offered; of those `free` could be asked now,
        and `busy` could not; `wrapping` of the busy are ending a call.
        """
        queue = self._queue(target.queue)
        able = [
            agent
            for agent in self.members(target.queue)
            if agent.fits(queue.expression, task.view) and agent.fits(target.expression, task.view)
        ]
        present = [agent for agent in able if agent.state is Connection.PRESENT]
        available = [agent for agent in present if self.accepts(agent)]
        free = [a for a in available if a.obstacle is None and a.has_room(task.channel)]
        return {
            "total": len(able),
            "present": len(present),
            "available": len(available),
            "free": len(free),
            "busy": len(available) - len(free),
            "wrapping": sum(agent.wrapping_up for agent in available),
        }

    # --- why ------------------------------------------------------------------------------------

    def explained(self, task: Task, now: Micros, known: dict[str, str] | None = None) -> Decision:
        """Who was considered for the task and why not, as things stand; `known` are reasons that
        were found already."""
        queue, target = self._queue(task.queue), self._target(task)
        known = known or {}
        agents = self._considered(task)
        reasons = [
            (
                agent.id,
                known.get(agent.id)
                or agent.obstacle
                or self._misfit(task, agent, queue, target, now)
                or OUTDONE[queue.strategy],
            )
            for agent in agents
        ]
        strangers = len(self.agents) - len(reasons)
        return explain(now, task.queue, task.step, reasons, strangers)

    def _considered(self, task: Task) -> Iterable[Agent]:
        """The members of the queue; for a task that is for one agent, just that one."""
        members = list(self.members(task.queue)) if task.queue is not None else []
        only = self.agents.get(task.only or "")
        if only is not None and only not in members:
            members.append(only)
        return members
