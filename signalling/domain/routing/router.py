"""The router of one account: decides which agent is offered which task, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from offhook.core.clock import Micros
from offhook.core.machine import Tick, on
from signalling.domain.routing import estimate
from signalling.domain.routing.agent import Agent, Profile
from signalling.domain.routing.arriving import Arriving
from signalling.domain.routing.effects import Effect
from signalling.domain.routing.estimate import Wait
from signalling.domain.routing.events import PlansChanged
from signalling.domain.routing.floor import State, Touched
from signalling.domain.routing.plans import Plans
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import WAITING, Task


class Router(Arriving):
    """All tasks, reservations and agents of an account, fed one event at a time.

    `new_id` makes ids of reservations from their prefix; `seed` is what the strategy `random` draws
    from, and must be the same after a restart. `touched` is what the last event changed.
    """

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; after each event all offers are made that have become possible."""
        self.touched, self._effects = Touched(), []
        self._able.happened(self.tasks)
        super().handle(event, now)
        self._settle(now)
        self.deadline = self._timers.first
        return self._effects

    # --- time and plans -------------------------------------------------------------------------

    @on(Tick, State.RUNNING)
    def _tick(self, event: Tick, now: Micros) -> list[Any]:
        for kind, id in self._timers.due(now):
            if kind == "reservation":
                self._reservation_due(self.reservations[id], now)
            elif kind == "task":
                self._task_time(self.tasks[id], now)
            elif kind == "agent":
                self._agent_due(self.agents[id], now)
            else:
                self._forget_place(self.places[id])
        return []

    def _reservation_due(self, reservation: Reservation, now: Micros) -> None:
        if reservation.state is Held.PENDING:
            self._unanswered(reservation, now)
        else:
            self._complete(reservation, now)

    def _task_time(self, task: Task, now: Micros) -> None:
        if task.only is not None:
            self._direct_failed(task, "no_answer", now)
        else:
            self._task_due(task, now)

    @on(PlansChanged, State.RUNNING)
    def _plans_changed(self, event: PlansChanged, now: Micros) -> list[Any]:
        self.plans = event.plans.check()
        self._steps.clear()
        for agent in list(self.agents.values()):
            agent.forget()
            agent.turns = {id: turn for id, turn in agent.turns.items() if id in self.plans.queues}
            if agent.next_activity not in self.plans.activities:
                self._plan(agent, None, "removed")
            if agent.activity not in self.plans.activities:
                self._move(agent, self.plans.offline, "removed", now, at_once=True)
            self._enlist(agent)
        for task in list(self.tasks.values()):
            if task.state in WAITING:
                self._replan(task, now)
        for agent in list(self.agents.values()):
            self._mind_those_who_hope(agent, now)
        return []

    def _replan(self, task: Task, now: Micros) -> None:
        """A waiting task keeps its place where it can, and finds another where it cannot."""
        gone = task.queue is not None and task.queue not in self.plans.queues
        if not gone or task.only is not None:
            self._changed_task(task, now)
            return
        self._take_from_agents(task, "queue_removed", now)
        task.queue = None
        self._changed_task(task, now)
        self._again(task, "queue_removed", now)

    # --- what people are told -------------------------------------------------------------------

    def wait(self, task: str, now: Micros) -> Wait:
        """The position of a waiting task and how long it may take; raises `NotFound`."""
        found = self._task(task)
        queue = self._queue(found.queue)
        target = self._target(found)
        handling = self.handling.get(queue.id, queue.expected_handling)
        roster = self._able.roster(
            (found.queue, found.only), lambda: filter(self.attends, self._considered(found))
        )
        step = (found.queue, found.filter, found.step, found.overflowed)
        able = self._able.count(
            found,
            self.plans,
            roster,
            (step, tuple(each.relaxed(found.entered_at, now) for each in queue.requirements)),
            lambda agent: self._unfit(found, agent, queue, target, now) is None,
        )
        return estimate.estimate(self.position(found), handling, able)

    # --- after a restart ------------------------------------------------------------------------

    @classmethod
    def restore(
        cls,
        plans: Plans,
        profiles: Iterable[Profile],
        *,
        agents: Iterable[Agent] = (),
        tasks: Iterable[Task] = (),
        reservations: Iterable[Reservation] = (),
        handling: Mapping[str, float] | None = None,
        new_id: Callable[[str], str],
        seed: int = 0,
        now: Micros,
    ) -> Self:
        """A router that goes on as the one did of which these were stored.

        An agent without a profile gets nothing more; say `AgentRemoved` of it.
        `tasks` are all that are not over, and those whose `resume_until` is still to come;
        `reservations` all that are held. Deadlines that have passed are due at once.
        """
        router = cls(plans, new_id, seed=seed)
        router.handling = dict(handling or {})
        known = {profile.id: profile for profile in profiles}
        kept = {agent.id: agent for agent in agents}
        for id in sorted({*known, *kept}):
            profile = known.get(id, Profile(id, capacity={}))
            router._readmit(profile, kept.get(id), now)
        for reservation in reservations:
            router._changed_reservation(reservation)
        for task in sorted(tasks, key=lambda task: task.number):
            router._take_in(task)
        for agent in router.agents.values():
            router._enlist(agent)
        router._eased.clear()
        router.touched = Touched()
        router.deadline = router._timers.first
        return router

    def _readmit(self, profile: Profile, agent: Agent | None, now: Micros) -> None:
        agent = agent or Agent(profile, self.plans.offline, now)
        agent.become(profile)
        self.agents[agent.id] = agent
        self._turn = max(self._turn, *agent.turns.values(), 0)

    def _take_in(self, task: Task) -> None:
        self._number = max(self._number, task.number)
        if task.resume_until is not None:
            if task.contact is not None:
                self.places[task.contact] = task
                self._timers.set(("place", task.contact), task.resume_until)
            return
        self.tasks[task.id] = task
        self._file(task)
        self._timers.set(("task", task.id), task.deadline)
