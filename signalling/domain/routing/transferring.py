"""Passing a task on: blind transfer, consulting another agent and handing over."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, Forbidden, InvalidInput
from offhook.core.machine import on
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.effects import Released
from signalling.domain.routing.events import (
    ConsultAsked,
    ConsultEnded,
    TaskTransferred,
    TransferCompleted,
)
from signalling.domain.routing.finishing import Finishing
from signalling.domain.routing.floor import State
from signalling.domain.routing.reservation import (
    Reservation,
)
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import Returned, Taken, Task
from signalling.domain.routing.task import State as TaskState


class Transferring(Finishing):
    """What agents who have a task do with it when they cannot end it themselves."""

    # --- passing it on --------------------------------------------------------------------------

    @on(TaskTransferred, State.RUNNING)
    def _transferred(self, event: TaskTransferred, now: Micros) -> list[Any]:
        task = self._task_of(event.task, event.agent)
        self._require_destination(event, task)
        fallback = task.queue
        self._leave(task, "transferred", now)
        facts = {"agent": event.agent, "queue": event.queue, "to_agent": event.to_agent}
        self._record("task.transferred", task.id, **facts)
        if event.to_agent is not None:
            task.queue = fallback
            self._aim(task, event.to_agent, [event.agent], now)
        else:
            task.overflowed, task.visited = True, []
            self._enter(task, event.queue or "", now)
        self._waits_again(task, "transferred", now)
        return []

    def _require_destination(self, event: TaskTransferred, task: Task) -> None:
        if (event.queue is None) == (event.to_agent is None):
            problem = "Say either a queue or an agent."
            raise InvalidInput(problem, code="no_target", field="queue")
        if event.to_agent is not None:
            self._require_other(event.agent, event.to_agent)
            return
        self._require_queue(event.queue)
        _, refused = self._admitting(task, event.queue or "")
        if refused and event.queue != task.queue:
            raise Conflict("The queue takes no more.", code=refused, field="queue")

    def _require_other(self, agent: str, other: str) -> Agent:
        """The colleague, who must be there and not be oneself."""
        if agent == other:
            problem = "The task is with that agent already."
            raise InvalidInput(problem, code="same_agent", field="to_agent")
        found = self.agents.get(other)
        if found is None:
            problem = "There is no such agent."
            raise InvalidInput(problem, code="unknown_agent", field="to_agent")
        if found.state is not Connection.PRESENT or not self.accepts(found):
            problem = "The agent is not available."
            raise Conflict(problem, code="agent_unavailable", field="to_agent")
        return found

    def _require_queue(self, id: str | None) -> None:
        if id is not None and id not in self.plans.queues:
            raise InvalidInput("There is no such queue.", code="unknown_queue", field="queue")

    def _task_of(self, id: str, agent: str) -> Task:
        task = self._task(id)
        if task.state is not TaskState.ASSIGNED:
            raise Conflict("Nobody is talking to the customer.", code="not_talking")
        if task.agent != agent:
            raise Forbidden("Another agent has the task.", code="not_your_task")
        return task

    def _leave(self, task: Task, reason: str, now: Micros) -> None:
        """The agent lets the task go, and wraps up what was done."""
        current = self.reservations[task.current or ""]
        self._end_consults(task, reason, now)
        task.handle(Returned(), now)
        task.declined = []
        self._do(Released(task.id, current.id, current.agent, reason))
        self._put_down(current, now)

    def _take_from_agents(self, task: Task, reason: str, now: Micros) -> None:
        """Whoever has the task, or is asked, has it no more, and has nothing to wrap up."""
        current = self.reservations.get(task.current or "")
        self._end_consults(task, reason, now)
        if task.state is not TaskState.PENDING:
            task.handle(Returned(), now)
        if current is not None:
            self._do(Released(task.id, current.id, current.agent, reason))
        self._cancel_all(task, reason, now)

    # --- consulting -----------------------------------------------------------------------------

    @on(ConsultAsked, State.RUNNING)
    def _consult_asked(self, event: ConsultAsked, now: Micros) -> list[Any]:
        task = self._task_of(event.task, event.agent)
        other = self._require_other(event.agent, event.to_agent)
        if len(self._consults(task)) > 0:
            raise Conflict("Somebody is being consulted.", code="consult_exists")
        if other.wrapping_up or not other.has_room(task.channel):
            raise Conflict("The agent is busy.", code="agent_busy", field="to_agent")
        until = Micros(now + self._queue(task.queue).offer_timeout * SECOND)
        self._ask(task, other, now, until, "consult")
        return []

    @on(ConsultEnded, State.RUNNING)
    def _consult_ended(self, event: ConsultEnded, now: Micros) -> list[Any]:
        reservation = self._reservation(event.reservation)
        if reservation.kind != "consult" or reservation not in self._consults(
            self._task(reservation.task)
        ):
            raise Conflict("The agent is not being consulted.", code="not_consulted")
        self._end_consult(reservation, "ended", now)
        return []

    @on(TransferCompleted, State.RUNNING)
    def _handed_over(self, event: TransferCompleted, now: Micros) -> list[Any]:
        reservation = self._in_hand(event.reservation)
        task = self._task(reservation.task)
        if reservation.id == task.current or task.state is not TaskState.ASSIGNED:
            raise Conflict("The agent is not being consulted.", code="not_consulted")
        before = self.reservations[task.current or ""]
        task.handle(Taken(reservation.id, reservation.agent), now)
        self._changed_task(task, now)
        self.agents[reservation.agent].taken += 1
        facts = {"agent": before.agent, "queue": None, "to_agent": reservation.agent}
        self._record("task.transferred", task.id, **facts, reservation=reservation.id)
        self._do(Released(task.id, before.id, before.agent, "transferred"))
        self._put_down(before, now)
        return []

    # --- agents who are gone ---

    def _abandon(self, reservation: Reservation, reason: str, now: Micros) -> None:
        """Take whatever it is from its agent: offers go on to others, talks wait again."""
        task = self.tasks.get(reservation.task)
        if reservation.state is Held.PENDING:
            self._rescind(reservation, reason, now)
            if task is not None:
                self._offer_over(task, reservation, reason, now)
        elif reservation.state is Held.WRAPPING or task is None:
            self._complete(reservation, now)
        elif reservation.id != task.current:
            self._end_consult(reservation, reason, now)
        else:
            self._take_from_agents(task, reason, now)
            self._changed_task(task, now)
            self._again(task, reason, now)

    def _again(self, task: Task, reason: str, now: Micros) -> None:
        """A task whose agent is gone waits in its queue, or takes its way anew."""
        if task.queue in self.plans.queues:
            self._enter(task, task.queue or "", now, self._target(task))
            self._waits_again(task, reason, now)
        elif task.workflow is not None:
            task.queue = None
            self._route(task, now)
        else:
            self._end(task, reason, now)
