"""What comes of offers: accepted, rejected, not answered, taken back; and tasks for one agent."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, Forbidden
from offhook.core.machine import on
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.effects import (
    Assigned,
    Consulted,
    ConsultOver,
    Requeued,
    Rescind,
    TransferFailed,
)
from signalling.domain.routing.events import OfferAccepted, OfferBusy, OfferRejected
from signalling.domain.routing.floor import State
from signalling.domain.routing.reservation import (
    Accepted,
    Completed,
    Rejected,
    Rescinded,
    Reservation,
    TimedOut,
)
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.staffing import Staffing
from signalling.domain.routing.task import PATIENT, Returned, Taken, Task
from signalling.domain.routing.task import State as TaskState


class Offering(Staffing):
    """Hears the answers of those who were asked."""

    @on(OfferAccepted, State.RUNNING)
    def _accepted(self, event: OfferAccepted, now: Micros) -> list[Any]:
        reservation = self._answered(event, now)
        if reservation.kind == "consult":
            self._join(reservation, now)
        else:
            self._give(self._task(reservation.task), reservation, Accepted(), now)
        return []

    @on(OfferRejected, State.RUNNING)
    def _rejected(self, event: OfferRejected, now: Micros) -> list[Any]:
        reservation = self._answered(event, now)
        reservation.handle(Rejected(), now)
        self.agents[reservation.agent].strikes = 0
        delay = self._queue(reservation.queue).reject_delay
        self._in_vain(reservation, "reservation.rejected", delay, now)
        return []

    @on(OfferBusy, State.RUNNING)
    def _busy(self, event: OfferBusy, now: Micros) -> list[Any]:
        reservation = self._answered(event, now)
        reservation.handle(Rejected(busy=True), now)
        self.agents[reservation.agent].strikes = 0
        delay = self._queue(reservation.queue).busy_delay
        self._in_vain(reservation, "reservation.rejected", delay, now)
        return []

    def _answered(
        self, event: OfferAccepted | OfferRejected | OfferBusy, now: Micros
    ) -> Reservation:
        """The reservation that an agent answers, if the answer is theirs and in time."""
        reservation = self.reservations.get(event.reservation)
        if reservation is None:
            raise Conflict("The offer is over.", code="offer_over")
        if reservation.agent != event.agent:
            raise Forbidden("The offer is for another agent.", code="not_your_offer")
        reservation.require_open(now)
        return reservation

    # --- somebody takes it ----------------------------------------------------------------------

    def _give(self, task: Task, reservation: Reservation, how: Accepted, now: Micros) -> None:
        """The task is this agent's; whoever else was asked is not any more."""
        agent = self.agents[reservation.agent]
        reservation.handle(how, now)
        agent.strikes = 0
        agent.taken += 1
        self._rescind_others(task, reservation, now)
        task.handle(Taken(reservation.id, agent.id), now)
        task.only_until, task.only_next = None, []
        self._changed_reservation(reservation)
        self._changed_task(task, now)
        self._changed_agent(agent)
        facts = {"task": task.id, "agent": agent.id, "queue": task.queue}
        self._record("reservation.accepted", reservation.id, **facts)
        told = {"agent": agent.id, "reservation": reservation.id, "queue": task.queue}
        self._record("task.assigned", task.id, **told, waited=task.waited)
        self._do(Assigned(task.id, reservation.id, agent.id))

    def _rescind_others(self, task: Task, winner: Reservation | None, now: Micros) -> None:
        for reservation in self.held_of(task.id):
            if reservation is not winner and reservation.state is Held.PENDING:
                self._rescind(reservation, "taken", now)

    def _rescind(self, reservation: Reservation, reason: str, now: Micros) -> None:
        """Take an offer back; the task is looked after by whoever asks for this."""
        reservation.handle(Rescinded(reason), now)
        self._changed_reservation(reservation)
        facts = {"task": reservation.task, "agent": reservation.agent, "reason": reason}
        self._record("reservation.rescinded", reservation.id, **facts)
        self._do(Rescind(reservation.id, reservation.task, reservation.agent, reason))
        self._relieve(reservation.agent, now)

    def _join(self, reservation: Reservation, now: Micros) -> None:
        agent = self.agents[reservation.agent]
        reservation.handle(Accepted(), now)
        agent.strikes = 0
        self._changed_reservation(reservation)
        self._changed_agent(agent)
        facts = {"task": reservation.task, "agent": agent.id, "queue": reservation.queue}
        self._record("reservation.accepted", reservation.id, **facts, kind="consult")
        self._do(Consulted(reservation.task, reservation.id, agent.id))

    # --- nobody takes it ------------------------------------------------------------------------

    def _in_vain(self, reservation: Reservation, fact: str, delay: int, now: Micros) -> None:
        """An agent was asked in vain, and is left alone for so many seconds."""
        agent, task = self.agents[reservation.agent], self._task(reservation.task)
        self._changed_reservation(reservation)
        facts = {"task": task.id, "agent": agent.id, "reason": reservation.reason}
        self._record(fact, reservation.id, **facts)
        if delay:
            agent.hold_off(Micros(now + delay * SECOND))
        if agent.id not in task.declined:
            task.declined.append(agent.id)
        if agent.id == task.preferred:
            task.preferred_until = None
        self._relieve(agent.id, now)
        self._offer_over(task, reservation, reservation.reason, now)

    def _unanswered(self, reservation: Reservation, now: Micros) -> None:
        """The time to answer is over; it is the agent's fault if the connection held."""
        queue, agent = self._queue(reservation.queue), self.agents[reservation.agent]
        reservation.handle(TimedOut(), now)
        if reservation.interrupted:
            self._in_vain(reservation, "reservation.timeout", 0, now)
            return
        self._in_vain(reservation, "reservation.timeout", queue.no_answer_delay, now)
        agent.strikes += 1
        self._record("agent.struck", agent.id, strikes=agent.strikes, queue=reservation.queue)
        if 0 < queue.strikes <= agent.strikes and self.accepts(agent):
            agent.strikes = 0
            self._move(agent, queue.away or self.plans.away, "no_answer", now)
        self._changed_agent(agent)

    def _offer_over(self, task: Task, reservation: Reservation, reason: str, now: Micros) -> None:
        """An offer ended in vain: when it was the last one, the task waits again where it was."""
        if reservation.kind == "consult":
            self._consult_over(reservation, reason)
            return
        ringing = any(held.state is Held.PENDING for held in self.held_of(task.id))
        if task.state is not TaskState.RESERVED or ringing:
            self.touched.tasks[task.id] = task
            return
        task.handle(Returned(), now)
        self._changed_task(task, now)
        if task.only is not None:
            self._direct_failed(task, reason, now)
            return
        self._waits_again(task, reason, now)
        self._task_due(task, now)

    def _waits_again(self, task: Task, reason: str, now: Micros) -> None:
        facts = {"queue": task.queue, "reason": reason, "since": task.since}
        self._record("task.requeued", task.id, **facts, agent=task.only)
        self._do(Requeued(task.id, task.queue, reason))
        self._seek(task, now)

    def _consult_over(self, reservation: Reservation, reason: str) -> None:
        self._do(ConsultOver(reservation.task, reservation.id, reservation.agent, reason))

    # --- tasks for one agent --------------------------------------------------------------------

    def _direct_failed(self, task: Task, reason: str, now: Micros) -> None:
        """The one agent whom it is for will not take it: back to who passed it on, to its queue, or
        the end."""
        if task.only_next:
            self._return_to(task, task.only_next[0], reason, now)
        elif task.queue is not None and task.queue in self.plans.queues:
            self._enter(task, task.queue, now)
            self._do(Requeued(task.id, task.queue, reason))
        elif task.workflow is not None:
            task.only = task.only_until = None
            self._route(task, now)
        elif task.channel in PATIENT and self.agents[task.only or ""].lines:
            task.only_until = None
            self._waits_again(task, reason, now)
        else:
            self._end(task, reason, now)

    def _return_to(self, task: Task, agent: str, reason: str, now: Micros) -> None:
        failed = task.only or ""
        self._record("task.transfer_failed", task.id, agent=failed, back=agent, reason=reason)
        self._do(TransferFailed(task.id, failed, reason))
        self._aim(task, agent, [], now)
        back = self.agents.get(agent)
        if back is None or not self.attends(back):
            self._direct_failed(task, "agent_absent", now)
            return
        self._free_for(back, task, now)
        self._waits_again(task, reason, now)

    def _free_for(self, agent: Agent, task: Task, now: Micros) -> None:
        """Whoever gets a task back has nothing to wrap up of it."""
        for held in self.held_of(task.id):
            if held.agent == agent.id and held.state is Held.WRAPPING:
                held.handle(Completed(), now)
                self._changed_reservation(held)
                self._record("reservation.completed", held.id, task=task.id, agent=agent.id)
        self._relieve(agent.id, now)

    def _aim(self, task: Task, agent: str, then: list[str], now: Micros) -> None:
        """Keep the task for one agent, for as long as it may ring."""
        task.only, task.only_next = agent, then
        task.only_until = Micros(now + task.ring_for * SECOND)
        task.preferred_until = None
