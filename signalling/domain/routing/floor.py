"""Everything the router knows: agents, tasks in their lines, reservations, and who may take what.

Nothing is decided here. Each change of a task, an agent or a reservation is followed by
`_changed_…`, which keeps the lines, the timers and the lists of agents true, so that a decision
looks only at what may have become possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, NotFound
from offhook.core.machine import Machine
from signalling.domain.routing import order
from signalling.domain.routing.able import Able
from signalling.domain.routing.agent import Agent, Profile
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.effects import Effect, Record
from signalling.domain.routing.lines import Lines, Place
from signalling.domain.routing.plans import Plans, Queue, Target
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.task import State as TaskState
from signalling.domain.routing.task import Task
from signalling.domain.routing.timers import Timers

#: What a task that is in no queue is handled by: the defaults of a queue.
NOWHERE = Queue("", "")


class State(Enum):
    """A router always runs."""

    RUNNING = "running"


@dataclass(slots=True)
class Touched:
    """What the last event changed and must be stored, also when it is over now."""

    tasks: dict[str, Task] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    #: Queues with the average handling time in seconds.
    queues: dict[str, float] = field(default_factory=dict)
    #: Agents who are no more.
    removed: list[str] = field(default_factory=list)


class Floor(Machine):
    """What the machine of the router is built on."""

    state = State.RUNNING

    def __init__(self, plans: Plans, new_id: Callable[[str], str], *, seed: int = 0) -> None:
        self.plans = plans.check()
        self.agents: dict[str, Agent] = {}
        self.tasks: dict[str, Task] = {}
        self.reservations: dict[str, Reservation] = {}
        #: Seconds that a task of a queue takes on the average, where any was measured.
        self.handling: dict[str, float] = {}
        #: Tasks of those who gave up and may come back, by contact.
        self.places: dict[str, Task] = {}
        self.touched = Touched()
        self._seed = seed
        self._new_id = new_id
        self._number = 0
        self._turn = 0
        self._effects: list[Effect] = []
        self._timers = Timers()
        self._lines = Lines()
        self._able = Able()
        self._members: dict[str, dict[str, Agent]] = {}
        self._ready: dict[str, dict[str, Agent]] = {}
        self._held: dict[str, dict[str, Reservation]] = {}
        self._hoping: dict[str, dict[str, Task]] = {}
        #: Tasks that look for an agent anew, and agents who may take what they could not before.
        self._seeking: dict[str, Task] = {}
        self._eased: dict[str, Agent] = {}
        self._steps: dict[tuple[str, int | None], tuple[Target, ...]] = {}

    # --- looking things up ----------------------------------------------------------------------

    def _task(self, id: str) -> Task:
        task = self.tasks.get(id)
        if task is None:
            raise NotFound("There is no such task, or it is over.", code="unknown_task")
        return task

    def _agent(self, id: str) -> Agent:
        agent = self.agents.get(id)
        if agent is None:
            raise NotFound("There is no such agent.", code="unknown_agent", field="agent")
        return agent

    def _reservation(self, id: str) -> Reservation:
        reservation = self.reservations.get(id)
        if reservation is None:
            raise Conflict("The reservation is over.", code="reservation_over")
        return reservation

    def _queue(self, id: str | None) -> Queue:
        return self.plans.queues.get(id or "", NOWHERE)

    def _target(self, task: Task) -> Target:
        """The step at which the task is, or just its queue when it left the steps."""
        if task.workflow is not None and not task.overflowed:
            steps = self._steps_of(task.workflow, task.filter)
            if task.step < len(steps) and steps[task.step].queue == task.queue:
                return steps[task.step]
        return Target(task.queue or "")

    def _steps_of(self, workflow: str, chosen: int | None) -> tuple[Target, ...]:
        steps = self._steps.get((workflow, chosen))
        if steps is None:
            known = self.plans.workflows.get(workflow)
            steps = self._steps[workflow, chosen] = () if known is None else known.steps(chosen)
        return steps

    def line(self, id: str) -> list[Task]:
        """The tasks that wait in a queue, in their order; those just being offered are left out."""
        return [self.tasks[task] for _, task in self._lines.pending(id)]

    def members(self, queue: str) -> Iterable[Agent]:
        """The agents whom a queue may ask."""
        return self._members.get(queue, {}).values()

    def length(self, queue: str) -> int:
        """How many wait in a queue, those just being offered included."""
        return self._lines.length(queue)

    def position(self, task: Task) -> int:
        """Which place a waiting task has in its line, from 1."""
        return self._lines.position(task.line, self._place(task), task.id)

    def held_of(self, task: str) -> list[Reservation]:
        """The reservations of a task that take somebody's capacity."""
        return list(self._held.get(task, {}).values())

    def attends(self, agent: Agent) -> bool:
        """Whether work may be meant for the agent, now or as soon as there is room."""
        return agent.state is not Connection.ABSENT and self.accepts(agent)

    def accepts(self, agent: Agent) -> bool:
        """Whether the agent is in an activity in which work is offered, and is to stay so."""
        return self._available(agent.activity) and (
            agent.next_activity is None or self._available(agent.next_activity)
        )

    def _available(self, id: str) -> bool:
        activity = self.plans.activities.get(id)
        return activity is not None and activity.available

    # --- saying things --------------------------------------------------------------------------

    def _do(self, effect: Effect) -> None:
        self._effects.append(effect)

    def _record(self, type: str, subject: str, **data: Any) -> None:
        self._effects.append(Record(type, subject, data))

    # --- keeping things true --------------------------------------------------------------------

    def _changed_task(self, task: Task, now: Micros) -> None:
        """Store it, put it where it belongs, and set its timer."""
        self.touched.tasks[task.id] = task
        self._file(task)
        task.deadline = self._task_deadline(task, now) if task.state is TaskState.PENDING else None
        self._timers.set(("task", task.id), task.deadline)
        if task.state in (TaskState.COMPLETED, TaskState.CANCELED):
            self.tasks.pop(task.id, None)

    def _task_deadline(self, task: Task, now: Micros) -> Micros | None:
        if task.only is not None:
            return task.only_until
        times = [task.step_until, task.wait_until, task.preferred_until]
        for requirement in self._queue(task.queue).requirements:
            if requirement.relaxed_after is not None:
                at = Micros(task.entered_at + requirement.relaxed_after * SECOND)
                times.append(at if at > now else None)
        return min((at for at in times if at is not None), default=None)

    def _file(self, task: Task) -> None:
        """Put a waiting task into its line, take it out of where it was."""
        if task.state is TaskState.PENDING:
            self._lines.put(task.id, task.line, self._place(task))
        elif task.state is TaskState.RESERVED:
            self._lines.put(task.id, task.line, None)
        else:
            self._lines.remove(task.id)
        if task.state is not TaskState.PENDING:
            self._seeking.pop(task.id, None)
        self._hope(task)

    def _place(self, task: Task) -> Place:
        return order.place(task, self.plans.queues.get(task.queue or ""))

    def _hope(self, task: Task) -> None:
        """Remember who waits for one agent, so that the wait ends when that one goes."""
        if task.preferred is None:
            return
        if task.preferred_until is not None and task.state is TaskState.PENDING:
            self._hoping.setdefault(task.preferred, {})[task.id] = task
        elif hoping := self._hoping.get(task.preferred):
            hoping.pop(task.id, None)
            if not hoping:
                del self._hoping[task.preferred]

    def _seek(self, task: Task, now: Micros) -> None:
        """The task looks for an agent anew."""
        self._changed_task(task, now)
        if task.state is TaskState.PENDING:
            self._seeking[task.id] = task

    def _changed_reservation(self, reservation: Reservation) -> None:
        """Store it, count it where it counts, and set its timer."""
        self.touched.reservations[reservation.id] = reservation
        held, agent = self._held.setdefault(reservation.task, {}), self.agents[reservation.agent]
        if reservation.held:
            self.reservations[reservation.id] = reservation
            held[reservation.id] = agent.holding[reservation.id] = reservation
        else:
            for where in (held, agent.holding, self.reservations):
                where.pop(reservation.id, None)
            if not held:
                del self._held[reservation.task]
        self._timers.set(("reservation", reservation.id), reservation.deadline)

    def _changed_agent(self, agent: Agent, *, eased: bool = False) -> None:
        """Store an agent, and put those who may be asked where they are found.

        With `eased` the agent may take what was not possible before.
        """
        self.touched.agents[agent.id] = agent
        self._timers.set(("agent", agent.id), agent.deadline)
        agent.obstacle = self._obstacle(agent)
        ready = agent.obstacle is None and agent.has_room_at_all
        for line in agent.lines:
            where = self._ready.setdefault(line, {})
            if ready:
                where[agent.id] = agent
            else:
                where.pop(agent.id, None)
        if not ready:
            self._eased.pop(agent.id, None)
        elif eased:
            self._eased[agent.id] = agent

    def _obstacle(self, agent: Agent) -> str | None:
        """Why nothing at all can be offered to the agent; one of the words of `explaining`."""
        if agent.state is not Connection.PRESENT:
            return "absent"
        if not self.accepts(agent):
            return "activity"
        if agent.wrapping_up:
            return "wrap_up"
        return "backing_off" if agent.held_until is not None else None

    def _enlist(self, agent: Agent) -> None:
        """Find out which queues may ask the agent."""
        self._delist(agent)
        queues = [
            queue.id
            for queue in self.plans.queues.values()
            if queue.expression is None
            or queue.expression.of_task
            or agent.fits(queue.expression, {})
        ]
        for id in queues:
            self._members.setdefault(id, {})[agent.id] = agent
        agent.lines = (*queues, f"@{agent.id}")
        self._changed_agent(agent, eased=True)

    def _delist(self, agent: Agent) -> None:
        for line in agent.lines:
            self._members.get(line, {}).pop(agent.id, None)
            self._ready.get(line, {}).pop(agent.id, None)
        self._eased.pop(agent.id, None)
        agent.lines = ()

    def _add_agent(self, profile: Profile, now: Micros) -> Agent:
        agent = Agent(profile, self.plans.offline, now)
        self.agents[agent.id] = agent
        self._enlist(agent)
        return agent
