"""Tasks that come, go, and are moved about by supervisors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, InvalidInput
from offhook.core.machine import on
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.agent import State as Connection
from signalling.domain.routing.entering import LEFT
from signalling.domain.routing.events import (
    TaskAdded,
    TaskCanceled,
    TaskPulled,
    TaskReprioritised,
    TaskRequeued,
    TaskWithdrawn,
)
from signalling.domain.routing.floor import State
from signalling.domain.routing.reservation import Accepted
from signalling.domain.routing.task import WAITING, Task
from signalling.domain.routing.task import State as TaskState
from signalling.domain.routing.transferring import Transferring


class Arriving(Transferring):
    """Takes tasks in, and does with them what others than their agents want."""

    @on(TaskAdded, State.RUNNING)
    def _added(self, event: TaskAdded, now: Micros) -> list[Any]:
        self._require_new(event)
        self._number += 1
        task = Task(
            event.task,
            self._number,
            channel=event.channel,
            workflow=event.workflow,
            attributes=event.attributes,
            contact=event.contact,
            priority=event.priority,
            since=Micros(now - round(event.waited * SECOND)),
            now=now,
        )
        task.preferred, task.ring_for = event.preferred_agent, event.ring_for
        task.at_once = event.at_once
        self.tasks[task.id] = task
        before = self._place_of(event, now)
        if before is not None:
            task.since, task.priority = before.since, before.priority
        told = {"channel": task.channel, "contact": task.contact, "workflow": task.workflow}
        facts = {**told, "priority": task.priority, "since": task.since}
        self._record("task.created", task.id, **facts, resumed=before.id if before else None)
        self._begin(task, event, before, now)
        return []

    def _require_new(self, event: TaskAdded) -> None:
        if event.task in self.tasks:
            raise Conflict("There is a task with this id.", code="task_exists", field="task")
        if event.workflow is None and event.queue is None and event.only_agent is None:
            problem = "Say which workflow, queue or agent the task is for."
            raise InvalidInput(problem, code="no_target", field="workflow")
        if event.workflow is not None and event.workflow not in self.plans.workflows:
            problem = "There is no such workflow."
            raise InvalidInput(problem, code="unknown_workflow", field="workflow")
        self._require_queue(event.queue)
        if event.only_agent is not None and event.only_agent not in self.agents:
            problem = "There is no such agent."
            raise InvalidInput(problem, code="unknown_agent", field="only_agent")

    def _begin(self, task: Task, event: TaskAdded, before: Task | None, now: Micros) -> None:
        if event.only_agent is not None:
            task.queue = event.queue
            self._begin_direct(task, event.only_agent, now)
        elif before is not None and before.queue in self.plans.queues:
            self._take_up(task, before, now)
        elif event.workflow is not None:
            self._route(task, now)
        else:
            self._begin_queue(task, event.queue or "", now)

    def _begin_direct(self, task: Task, agent: str, now: Micros) -> None:
        self._aim(task, agent, [], now)
        facts = {"queue": task.queue, "agent": agent, "since": task.since}
        self._record("task.queued", task.id, **facts, priority=task.priority)
        if self.attends(self.agents[agent]):
            self._seek(task, now)
        else:
            self._direct_failed(task, "agent_absent", now)

    def _begin_queue(self, task: Task, id: str, now: Micros) -> None:
        queue, refused = self._admitting(task, id)
        if queue is None:
            self._end(task, refused, now, self._queue(id).otherwise)
        else:
            self._enter(task, queue, now)

    # --- those who come back --------------------------------------------------------------------

    def _place_of(self, event: TaskAdded, now: Micros) -> Task | None:
        """The task that the same customer gave up a short while ago, on the same way."""
        before = self.places.get(event.contact or "")
        if before is None or event.only_agent is not None:
            return None
        same = before.workflow == event.workflow and before.channel == event.channel
        if not same or (event.workflow is None and before.queue != event.queue):
            return None
        in_time = before.resume_until is not None and now < before.resume_until
        self._forget_place(before)
        return before if in_time else None

    def _forget_place(self, task: Task) -> None:
        if task.contact is not None and self.places.get(task.contact) is task:
            del self.places[task.contact]
            self._timers.set(("place", task.contact), None)
            task.resume_until = None
            self.touched.tasks[task.id] = task

    def _take_up(self, task: Task, before: Task, now: Micros) -> None:
        """Stand where the earlier task stood, in the same queue and at the same step."""
        task.filter, task.step = before.filter, before.step
        task.overflowed, task.visited = before.overflowed, before.visited[:-1]
        task.queue = before.queue
        target = replace(self._target(task), priority=before.priority)
        self._enter(task, before.queue or "", now, target)

    def _keep_place(self, task: Task, now: Micros) -> None:
        within = self._queue(task.queue).resume_within
        if task.contact is None or task.queue is None or within <= 0:
            return
        if (before := self.places.get(task.contact)) is not None:
            self._forget_place(before)
        task.resume_until = Micros(now + within * SECOND)
        self.places[task.contact] = task
        self._timers.set(("place", task.contact), task.resume_until)

    # --- those who leave ------------------------------------------------------------------------

    @on(TaskWithdrawn, State.RUNNING)
    def _withdrawn(self, event: TaskWithdrawn, now: Micros) -> list[Any]:
        task = self._task(event.task)
        if task.state is TaskState.ASSIGNED:
            self._talk_over(task, now)
        elif task.state in WAITING:
            if event.reason == LEFT and task.only is None:
                self._keep_place(task, now)
            self._end(task, event.reason, now)
        return []

    @on(TaskCanceled, State.RUNNING)
    def _canceled(self, event: TaskCanceled, now: Micros) -> list[Any]:
        self._end(self._task(event.task), event.reason, now)
        return []

    # --- supervisors ----------------------------------------------------------------------------

    @on(TaskReprioritised, State.RUNNING)
    def _reprioritised(self, event: TaskReprioritised, now: Micros) -> list[Any]:
        task = self._task(event.task)
        before = task.priority
        task.prioritise(event.priority)
        self._changed_task(task, now)
        self._record("task.prioritised", task.id, priority=task.priority, before=before)
        return []

    @on(TaskRequeued, State.RUNNING)
    def _requeued(self, event: TaskRequeued, now: Micros) -> list[Any]:
        task = self._task(event.task)
        if task.state is TaskState.WRAPPING:
            raise Conflict("The customer has left.", code="task_over")
        self._require_queue(event.queue)
        queue = event.queue or task.queue
        if queue is None and event.not_to is None:
            raise InvalidInput("Say which queue.", code="no_target", field="queue")
        self._take_from_agents(task, event.reason, now)
        if queue is None:
            self._changed_task(task, now)
            self._again(task, event.reason, now)
            return []
        if event.not_to is not None:
            task.declined = [*task.declined, event.not_to]
        task.overflowed = task.overflowed or queue != task.queue
        task.at_once = False
        target = self._target(task) if queue == task.queue else None
        self._enter(task, queue, now, target)
        self._waits_again(task, event.reason, now)
        return []

    @on(TaskPulled, State.RUNNING)
    def _pulled(self, event: TaskPulled, now: Micros) -> list[Any]:
        task, agent = self._task(event.task), self._agent(event.agent)
        if task.state not in WAITING:
            raise Conflict("Somebody has the task.", code="task_taken")
        asked = [held for held in self.held_of(task.id) if held.agent == agent.id]
        if not asked:
            self._require_room(agent, task)
            asked = [self._reserve(task, agent, now, now, "offer")]
        self._give(task, asked[0], Accepted(unasked=True), now)
        return []

    def _require_room(self, agent: Agent, task: Task) -> None:
        if agent.state is Connection.ABSENT:
            raise Conflict("The agent is not there.", code="agent_unavailable")
        if agent.wrapping_up or not agent.has_room(task.channel):
            raise Conflict("The agent has no room for it.", code="no_capacity")
