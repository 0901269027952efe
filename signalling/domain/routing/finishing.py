"""The end of a talk, and the wrap-up after it."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.machine import on
from signalling.domain.routing import estimate
from signalling.domain.routing.effects import Rescind, TalkEnded, TaskEnded
from signalling.domain.routing.events import (
    WorkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from signalling.domain.routing.floor import State
from signalling.domain.routing.offering import Offering
from signalling.domain.routing.reservation import (
    Canceled,
    Completed,
    Extended,
    Reservation,
    WrapUpBegan,
)
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import Finished, TalkOver, Task


class Finishing(Offering):
    """Ends talks and wrap-ups."""

    @on(WorkEnded, State.RUNNING)
    def _work_ended(self, event: WorkEnded, now: Micros) -> list[Any]:
        reservation = self._in_hand(event.reservation)
        task = self._task(reservation.task)
        if reservation.id != task.current:
            self._end_consult(reservation, "left", now)
        else:
            self._talk_over(task, now, wrap_up=event.wrap_up)
        return []

    @on(WrapUpExtended, State.RUNNING)
    def _extended(self, event: WrapUpExtended, now: Micros) -> list[Any]:
        reservation = self._wrapping(event.reservation)
        queue, began = self._queue(reservation.queue), reservation.wrapping_at or now
        latest = began + (queue.wrap_up + queue.wrap_up_extension) * SECOND
        until = Micros(min((reservation.deadline or now) + event.seconds * SECOND, latest))
        if event.seconds <= 0 or reservation.deadline is None or until <= reservation.deadline:
            raise Conflict("The wrap-up cannot be longer.", code="wrap_up_limit", field="seconds")
        reservation.handle(Extended(until), now)
        self._changed_reservation(reservation)
        self._record("reservation.extended", reservation.id, until=until)
        return []

    @on(WrapUpEnded, State.RUNNING)
    def _wrapped_up(self, event: WrapUpEnded, now: Micros) -> list[Any]:
        self._complete(self._wrapping(event.reservation), now)
        return []

    def _in_hand(self, id: str) -> Reservation:
        reservation = self._reservation(id)
        if reservation.state is not Held.ACCEPTED:
            raise Conflict("The agent is not talking.", code="not_talking")
        return reservation

    def _wrapping(self, id: str) -> Reservation:
        reservation = self._reservation(id)
        if reservation.state is not Held.WRAPPING:
            raise Conflict("There is nothing to wrap up.", code="not_wrapping_up")
        return reservation

    # --- the end of the talk --------------------------------------------------------------------

    def _talk_over(self, task: Task, now: Micros, *, wrap_up: bool = True) -> None:
        """The customer's part is over; those who were consulted go."""
        self._end_consults(task, "talk_over", now)
        self._do(TalkEnded(task.id))
        current = self.reservations[task.current or ""]
        if wrap_up and self._queue(task.queue).wrap_up > 0:
            task.handle(TalkOver(), now)
            self._changed_task(task, now)
            self._record("task.wrapping", task.id, agent=current.agent, reservation=current.id)
        self._put_down(current, now, wrap_up=wrap_up)

    def _put_down(self, reservation: Reservation, now: Micros, *, wrap_up: bool = True) -> None:
        """The agent's talk is over: wrap up, or be done at once."""
        agent = self.agents[reservation.agent]
        agent.talked += now - (reservation.accepted_at or now)
        seconds = self._queue(reservation.queue).wrap_up if wrap_up else 0
        if seconds <= 0:
            self._complete(reservation, now)
            return
        until = Micros(now + seconds * SECOND)
        reservation.handle(WrapUpBegan(until), now)
        self._changed_reservation(reservation)
        self._changed_agent(agent)
        facts = {"task": reservation.task, "agent": agent.id, "until": until}
        self._record("reservation.wrapping", reservation.id, **facts)

    def _complete(self, reservation: Reservation, now: Micros) -> None:
        """The agent has done what was to be done."""
        reservation.handle(Completed(), now)
        self._changed_reservation(reservation)
        facts = {"task": reservation.task, "agent": reservation.agent, "kind": reservation.kind}
        self._record("reservation.completed", reservation.id, **facts)
        self.agents[reservation.agent].idle_since = now
        task = self.tasks.get(reservation.task)
        if task is not None and task.current == reservation.id:
            self._finish(task, reservation, now)
        self._relieve(reservation.agent, now)

    def _finish(self, task: Task, reservation: Reservation, now: Micros) -> None:
        task.handle(Finished(), now)
        self._changed_task(task, now)
        took = now - (reservation.accepted_at or now)
        if task.queue is not None:
            average = estimate.rolling(self.handling.get(task.queue), took)
            self.handling[task.queue] = self.touched.queues[task.queue] = average
        facts = {"agent": reservation.agent, "queue": task.queue, "took": took}
        self._record("task.completed", task.id, **facts)
        self._do(TaskEnded(task.id, "completed"))

    # --- those who are consulted ---

    def _consults(self, task: Task) -> list[Reservation]:
        """Agents who are asked or consulted beside the one who has the task."""
        return [
            held
            for held in self.held_of(task.id)
            if held.kind == "consult"
            and held.id != task.current
            and held.state in (Held.PENDING, Held.ACCEPTED)
        ]

    def _end_consults(self, task: Task, reason: str, now: Micros) -> None:
        for reservation in self._consults(task):
            self._end_consult(reservation, reason, now)

    def _end_consult(self, reservation: Reservation, reason: str, now: Micros) -> None:
        """The consulted agent goes, without anything to wrap up."""
        if reservation.state is Held.PENDING:
            reservation.handle(Canceled(reason), now)
            self._record("reservation.canceled", reservation.id, task=reservation.task)
            self._do(Rescind(reservation.id, reservation.task, reservation.agent, reason))
            self._changed_reservation(reservation)
            self._relieve(reservation.agent, now)
        else:
            self._put_down(reservation, now, wrap_up=False)
        self._consult_over(reservation, reason)
