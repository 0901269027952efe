"""What happens to agents: connections, activities, profiles, and the work they must leave."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput
from offhook.core.machine import on
from signalling.domain.routing.agent import Agent, Appeared, Gone, Vanished
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.effects import AgentMoved
from signalling.domain.routing.entering import Entering
from signalling.domain.routing.events import (
    ActivityChosen,
    AgentAbsent,
    AgentChanged,
    AgentPresent,
    AgentRemoved,
)
from signalling.domain.routing.floor import State
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import Task

#: The reason of an activity that was to come next.
NEXT = "next"


class Staffing(Entering):
    """Knows who is there and what they have chosen to do."""

    @on(AgentChanged, State.RUNNING)
    def _agent_changed(self, event: AgentChanged, now: Micros) -> list[Any]:
        agent = self.agents.get(event.profile.id)
        if agent is None:
            self._add_agent(event.profile, now)
            return []
        agent.become(event.profile)
        self._enlist(agent)
        self._mind_those_who_hope(agent, now)
        return []

    @on(AgentRemoved, State.RUNNING)
    def _agent_removed(self, event: AgentRemoved, now: Micros) -> list[Any]:
        agent = self._agent(event.agent)
        self._delist(agent)
        for reservation in list(agent.holding.values()):
            self._abandon(reservation, "agent_removed", now)
        self._timers.set(("agent", agent.id), None)
        agent.activity = self.plans.offline
        self._mind_those_who_hope(agent, now)
        del self.agents[agent.id]
        self.touched.agents.pop(agent.id, None)
        self.touched.removed.append(agent.id)
        self._record("agent.removed", agent.id)
        return []

    @on(AgentPresent, State.RUNNING)
    def _agent_present(self, event: AgentPresent, now: Micros) -> list[Any]:
        agent = self._agent(event.agent)
        before = agent.state
        agent.handle(Appeared(), now)
        if before is not Connection.PRESENT:
            self._record("agent.present", agent.id)
        self._changed_agent(agent, eased=True)
        return []

    @on(AgentAbsent, State.RUNNING)
    def _agent_absent(self, event: AgentAbsent, now: Micros) -> list[Any]:
        agent = self._agent(event.agent)
        agent.handle(Vanished(Micros(now + self.plans.grace * SECOND)), now)
        for reservation in agent.holding.values():
            if reservation.state is Held.PENDING:
                reservation.interrupted = True
                self._changed_reservation(reservation)
        self._record("agent.lost", agent.id)
        self._changed_agent(agent)
        return []

    @on(ActivityChosen, State.RUNNING)
    def _activity_chosen(self, event: ActivityChosen, now: Micros) -> list[Any]:
        agent = self._agent(event.agent)
        activity = self.plans.activities.get(event.activity)
        if activity is None:
            problem = "There is no such activity."
            raise InvalidInput(problem, code="unknown_activity", field="activity")
        if event.at_once:
            self._take_back(agent, "activity", now)
        if activity.available and not self.accepts(agent):
            agent.strikes = 0
            agent.let_on()
        self._move(agent, event.activity, event.reason, now, at_once=event.at_once)
        return []

    # --- what follows ---------------------------------------------------------------------------

    def _agent_due(self, agent: Agent, now: Micros) -> None:
        """A back-off or the grace is over."""
        if agent.held_until is not None and agent.held_until <= now:
            agent.let_on()
        if agent.gone_at is not None and agent.gone_at <= now:
            agent.handle(Gone(), now)
            self._record("agent.absent", agent.id)
            self._take_back(agent, "agent_absent", now)
            self._move(agent, self.plans.offline, "absent", now, at_once=True)
        self._changed_agent(agent, eased=True)

    def _move(
        self, agent: Agent, activity: str, reason: str, now: Micros, *, at_once: bool = False
    ) -> None:
        """Bring an agent into an activity: now, or when nothing is in hand."""
        if agent.holding and not at_once:
            self._plan(agent, activity if activity != agent.activity else None, reason)
        else:
            self._be(agent, activity, reason, now)
            self._plan(agent, None, reason)
        self._changed_agent(agent, eased=True)
        self._mind_those_who_hope(agent, now)

    def _plan(self, agent: Agent, activity: str | None, reason: str) -> None:
        """Let an activity come next, or none."""
        if agent.next_activity != activity:
            agent.next_activity, agent.next_reason = activity, reason
            facts = {"activity": activity, "reason": reason}
            self._record("agent.next_activity", agent.id, **facts)

    def _be(self, agent: Agent, activity: str, reason: str, now: Micros) -> None:
        before, agent.activity = agent.activity, activity
        if before == activity:
            return
        agent.idle_since = now
        agent.reason = agent.next_reason if reason == NEXT else reason
        facts = {"activity": activity, "before": before, "reason": reason}
        self._record("agent.activity_changed", agent.id, **facts)
        self._do(AgentMoved(agent.id, activity, reason))

    def _relieve(self, agent: str, now: Micros) -> None:
        """An agent has less in hand: the next activity begins, or there is room for more."""
        found = self.agents[agent]
        if not found.holding and found.next_activity is not None:
            self._move(found, found.next_activity, NEXT, now)
        else:
            self._changed_agent(found, eased=True)

    def _take_back(self, agent: Agent, reason: str, now: Micros) -> None:
        """Offer nothing of what is offered to the agent."""
        for reservation in list(agent.holding.values()):
            if reservation.state is Held.PENDING:
                self._abandon(reservation, reason, now)

    def _mind_those_who_hope(self, agent: Agent, now: Micros) -> None:
        """Tasks that wait for this agent alone wait no longer when there is no hope."""
        for task in list(self._hoping.get(agent.id, {}).values()):
            if self._hopes_until(task, self._target(task), now) is None:
                self._despair(task, now)
        if not self.attends(agent):
            for _, id in self._lines.pending(f"@{agent.id}"):
                self._direct_failed(self.tasks[id], "agent_absent", now)

    def _direct_failed(self, task: Task, reason: str, now: Micros) -> None:
        """The one agent whom a task is for will not take it."""
        raise NotImplementedError

    def _abandon(self, reservation: Reservation, reason: str, now: Micros) -> None:
        """Take whatever it is from its agent."""
        raise NotImplementedError
