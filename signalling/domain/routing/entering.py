"""How a task finds a queue: filters, steps, what to do when a queue is closed or full, overflow."""

from __future__ import annotations

from offhook.core.clock import SECOND, Micros
from signalling.domain.routing.effects import Rescind, TaskEnded
from signalling.domain.routing.matching import Matching
from signalling.domain.routing.plans import Queue, Target
from signalling.domain.routing.reservation import Canceled
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.task import PATIENT, Dropped, Task
from signalling.domain.routing.task import State as TaskState

#: The reasons with which a customer's own end comes: nothing is to be led on to.
LEFT = "left"


class Entering(Matching):
    """Leads tasks through their workflows."""

    def _route(self, task: Task, now: Micros) -> None:
        """Begin at the beginning: the first filter that fits, and its first step."""
        workflow = self.plans.workflows.get(task.workflow or "")
        task.filter, task.overflowed = None, False
        if workflow is not None:
            for number, filter in enumerate(workflow.filters):
                if filter.expression is None or filter.expression.holds(task.view, task.view):
                    task.filter = number
                    break
        self._begin_step(task, 0, now)

    def _begin_step(self, task: Task, first: int, now: Micros) -> None:
        """Enter the first step from this one on that takes the task.

        When none does, a task that is in a queue stays there, and one that is in none ends.
        """
        refusal = ("no_queue", "")
        steps = self._steps_of(task.workflow or "", task.filter)
        for number in range(first, len(steps)):
            target = steps[number]
            if self._skips(task, target, now):
                self._record("task.step", task.id, step=number, queue=target.queue, skipped=True)
                continue
            queue, refused = self._admitting(task, target.queue)
            if queue is not None:
                task.step, task.overflowed = number, queue != target.queue
                self._record("task.step", task.id, step=number, queue=queue, skipped=False)
                self._enter(task, queue, now, target)
                return
            refusal = (refused, self._queue(target.queue).otherwise)
        if task.queue is None:
            self._end(task, refusal[0], now, refusal[1])
        else:
            task.step_until = None

    def _skips(self, task: Task, target: Target, now: Micros) -> bool:
        if target.skip_if is None:
            return False
        return target.skip_if.holds({"workers": self.workers(task, target, now)}, task.view)

    def _admitting(self, task: Task, id: str) -> tuple[str | None, str]:
        """The queue that takes the task: this one, or one that it overflows to; or why none."""
        seen: list[str] = []
        refusal, next_id = "", id
        while next_id not in seen:
            seen.append(next_id)
            queue = self._queue(next_id)
            reason = self._refuses(task, queue)
            if reason is None:
                return next_id, ""
            refusal = refusal or reason
            if queue.overflow is None:
                break
            next_id = queue.overflow
        return None, refusal

    def _refuses(self, task: Task, queue: Queue) -> str | None:
        if task.channel in PATIENT:
            return None
        if not queue.open:
            return "closed"
        full = queue.max_length is not None and self.length(queue.id) >= queue.max_length
        return "queue_full" if full and task.queue != queue.id else None

    def _enter(self, task: Task, id: str, now: Micros, target: Target | None = None) -> None:
        """Wait in this queue from now on, with the age that the task has."""
        queue, target = self._queue(id), target or Target(id)
        task.queue, task.entered_at = id, now
        task.only = task.only_until = None
        task.only_next = []
        task.visited = [*task.visited, id]
        if target.priority is not None:
            task.prioritise(target.priority)
        longest = task.ring_for if task.at_once else queue.max_wait
        task.wait_until = None if task.channel in PATIENT else _after(now, longest)
        task.step_until = _after(now, target.timeout)
        task.preferred_until = self._hopes_until(task, target, now)
        self._record("task.queued", task.id, queue=id, priority=task.priority, since=task.since)
        self._seek(task, now)

    def _hopes_until(self, task: Task, target: Target, now: Micros) -> Micros | None:
        """How long the task waits for its preferred agent: not at all for one who is away."""
        agent = self.agents.get(task.preferred or "")
        if agent is None or target.preferred_for <= 0:
            return None
        queue = self._queue(task.queue)
        member = task.queue in agent.lines
        if not member or not self.attends(agent):
            return None
        if self._unfit(task, agent, queue, target, now) is not None:
            return None
        return _after(now, target.preferred_for)

    def _despair(self, task: Task, now: Micros) -> None:
        """Wait for the preferred agent no more."""
        task.preferred_until = None
        self._seek(task, now)

    def _task_due(self, task: Task, now: Micros) -> None:
        """Something about a task that waits is over: the step, the wait, a requirement."""
        if task.state is not TaskState.PENDING:
            return
        if task.only is None and task.wait_until is not None and task.wait_until <= now:
            self._wait_over(task, now)
            return
        if task.preferred_until is not None and task.preferred_until <= now:
            task.preferred_until = None
        if task.only is None and task.step_until is not None and task.step_until <= now:
            task.step_until = None
            if not task.overflowed:
                self._begin_step(task, task.step + 1, now)
        if task.id in self.tasks:
            self._seek(task, now)

    def _wait_over(self, task: Task, now: Micros) -> None:
        """The longest wait is reached: on to a queue where the task was not yet, or the end."""
        queue = self._queue(task.queue)
        onward = None
        if queue.overflow is not None and queue.overflow not in task.visited:
            onward, _ = self._admitting(task, queue.overflow)
        if onward is None or onward in task.visited:
            self._end(task, "max_wait", now, queue.otherwise)
            return
        task.overflowed = True
        self._record("task.overflowed", task.id, queue=onward, left=task.queue)
        self._enter(task, onward, now)

    # --- the end --------------------------------------------------------------------------------

    def _end(self, task: Task, reason: str, now: Micros, otherwise: str = "") -> None:
        """The task ends without having been done; whatever was offered or accepted is canceled."""
        self._cancel_all(task, reason, now)
        task.handle(Dropped(reason), now)
        self._changed_task(task, now)
        self._record("task.canceled", task.id, reason=reason, queue=task.queue)
        self._do(TaskEnded(task.id, reason, otherwise))

    def _cancel_all(self, task: Task, reason: str, now: Micros) -> None:
        """Cancel all that agents have of it, but what they wrap up since they passed it on."""
        for reservation in self.held_of(task.id):
            if reservation.state is Held.WRAPPING and reservation.id != task.current:
                continue
            pending = reservation.accepted_at is None
            reservation.handle(Canceled(reason), now)
            self._changed_reservation(reservation)
            facts = {"task": task.id, "agent": reservation.agent, "reason": reason}
            self._record("reservation.canceled", reservation.id, **facts)
            if pending:
                self._do(Rescind(reservation.id, task.id, reservation.agent, reason))
            self._relieve(reservation.agent, now)

    def _relieve(self, agent: str, now: Micros) -> None:
        """An agent has less in hand."""
        raise NotImplementedError


def _after(now: Micros, seconds: int | None) -> Micros | None:
    return None if seconds is None else Micros(now + seconds * SECOND)
