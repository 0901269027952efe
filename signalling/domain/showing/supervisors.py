"""What supervisors are shown: the whole desk as it is now."""

from __future__ import annotations

from offhook.core.clock import SECOND, isoformat
from signalling.domain.desk_views import (
    Live,
    TalkView,
    WaitingView,
)
from signalling.domain.routing.task import Task
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.session import Session
from signalling.domain.showing.agents import ToAgents

#: Decisions that a live view shows of one task.
_SHOWN_DECISIONS = 3
_UNDER_WAY = frozenset({"pending", "reserved", "assigned", "wrapping"})


class ToSupervisors(ToAgents):
    """Views for supervisors."""

    def live(self, answered: int, abandoned: int) -> Live:
        """The whole desk."""
        waiting = [t for t in self._router.tasks.values() if t.state.value in _UNDER_WAY]
        return Live(
            seq=self._seq,
            at=isoformat(self._now),
            queues=self.queues(),
            agents=[self.agent(agent) for agent in self._router.agents.values()],
            waiting=[self._waiting(task) for task in sorted(waiting, key=lambda t: t.created_at)],
            talks=[
                self._talk(session)
                for session in self._desk.sessions.values()
                if session.state in (Stage.CONNECTING, Stage.LIVE)
            ],
            answered_today=answered,
            abandoned_today=abandoned,
        )

    def _waiting(self, task: Task) -> WaitingView:
        session = self._desk.of_task(task.id)
        who = "" if session is None else session.customer.name
        return WaitingView(
            task=task.id,
            session=None if session is None else session.id,
            channel=task.channel,
            state=task.state.value,
            queue=self._queue_name(task),
            priority=task.priority,
            age=task.waited_by(self._now) // SECOND,
            service_level=self._names.service_levels.get(task.queue or ""),
            customer=who,
            language="" if session is None else session.language,
            agent=task.agent,
            decisions=[self._decision(each) for each in task.decisions[-_SHOWN_DECISIONS:]],
        )

    def _talk(self, session: Session) -> TalkView:
        agent, task = session.agent, self._router.tasks.get(session.task or "")
        return TalkView(
            session=session.id,
            state=session.state.value,
            queue="" if task is None else self._queue_name(task),
            agent="" if agent is None else agent.name,
            customer=session.customer.name,
            since=isoformat(session.answered_at or session.opened_at),
            held=session.held,
            recording=False,
        )
