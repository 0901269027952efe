"""The desk of an account: its sessions and its router, moved together one event at a time.

What a session asks of the router, and what the router does to a session, is worked off within the
same step. So there is no moment at which an agent has a task whose session does not know of it, and
what is stored of one step is true as a whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from offhook.core.clock import Micros
from offhook.core.errors import NotFound, OffhookError
from offhook.core.machine import Machine, Tick, UnexpectedEvent, earliest, on
from signalling.domain.routing import effects as routed
from signalling.domain.routing.events import TaskAdded
from signalling.domain.routing.router import Router
from signalling.domain.routing.task import State as TaskState
from signalling.domain.sessions import effects as wanted
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import OVER
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.session import Session


class State(Enum):
    """A desk always runs."""

    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class ToSession:
    """Something happens to a session."""

    session: str
    event: Any


@dataclass(frozen=True, slots=True)
class ToRouter:
    """Something happens to the router."""

    event: Any


@dataclass(frozen=True, slots=True)
class NewSession:
    """A visitor's page opened the panel, or a program brings work."""

    session: Session
    event: told.Opened | told.Brought


@dataclass(frozen=True, slots=True)
class Record:
    """Log a fact about `subject`, the id of a session, a task, a reservation or an agent."""

    type: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OfSession:
    """A session asks for something outside of the desk."""

    session: str
    effect: wanted.OpenRoom | wanted.Hear | wanted.Expel | wanted.CloseRoom | wanted.Mail


@dataclass(frozen=True, slots=True)
class Changed:
    """These sessions and agents are otherwise now: their pages must be told; so must those who see
    the whole."""

    sessions: frozenset[str]
    agents: frozenset[str]


Effect = Record | OfSession | Changed


@dataclass(slots=True)
class Touched:
    """What the last event changed and must be stored."""

    sessions: dict[str, Session] = field(default_factory=dict)
    tasks: dict[str, Any] = field(default_factory=dict)
    reservations: dict[str, Any] = field(default_factory=dict)
    agents: dict[str, Any] = field(default_factory=dict)
    queues: dict[str, float] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)


class Desk(Machine):
    """Feeds sessions and the router; `touched` is what the last event changed.

    A session that is over stays until its agent has written it up and the visitor may not rate it
    any more.
    """

    state = State.RUNNING

    def __init__(self, router: Router, sessions: Iterable[Session] = ()) -> None:
        self.router = router
        self.sessions = {session.id: session for session in sessions}
        self.touched = Touched()
        self._of_task = {s.task: s.id for s in self.sessions.values() if s.task is not None}
        had = {task: s.id for s in self.sessions.values() for task in s.tasks}
        self._of_work = {**had, **self._of_task}
        self._effects: list[Effect] = []
        self._todo: deque[Any] = deque()
        self._moved_agents: set[str] = set()
        self._rearm()

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; raises what the session or the router refuses with, and then nothing
        has changed."""
        self.touched, self._effects, self._moved_agents = Touched(), [], set()
        self._todo.clear()
        super().handle(event, now)
        self._rearm()
        agents = self._moved_agents | self.touched.agents.keys()
        if self.touched.sessions or agents or self.touched.tasks:
            changed = Changed(frozenset(self.touched.sessions), frozenset(agents))
            self._effects.append(changed)
        return self._effects

    # --- events ---------------------------------------------------------------------------------

    @on(NewSession, State.RUNNING)
    def _new(self, event: NewSession, now: Micros) -> list[Any]:
        self.sessions[event.session.id] = event.session
        self._feed(event.session, event.event, now)
        try:
            self._first(now)
        except OffhookError:
            self._todo.clear()
            self.forget(event.session.id)
            raise
        return self._work_off(now)

    @on(ToSession, State.RUNNING)
    def _to_session(self, event: ToSession, now: Micros) -> list[Any]:
        session = self.session(event.session)
        before, customer = session.snapshot(), session.customer
        self._feed(session, event.event, now)
        try:
            self._first(now)
        except OffhookError:
            self._undo(session, before, customer)
            raise
        return self._work_off(now)

    def _first(self, now: Micros) -> None:
        """What the event itself asks of the router may be refused, and is refused as a whole."""
        if self._todo:
            self._route(self._todo.popleft(), now)

    def _undo(self, session: Session, before: dict[str, Any], customer: Customer) -> None:
        self._todo.clear()
        if session.task is not None:
            self._of_task.pop(session.task, None)
        for task in session.tasks:
            self._of_work.pop(task, None)
        again = Session.restored(before)
        again.customer = customer
        self.sessions[session.id] = again
        if again.task is not None:
            self._of_task[again.task] = again.id
        self._of_work |= dict.fromkeys(again.tasks, again.id)

    @on(ToRouter, State.RUNNING)
    def _to_router(self, event: ToRouter, now: Micros) -> list[Any]:
        self._route(event.event, now)
        return self._work_off(now)

    @on(Tick, State.RUNNING)
    def _tick(self, event: Tick, now: Micros) -> list[Any]:
        for session in list(self.sessions.values()):
            if session.deadline is not None and session.deadline <= now:
                self._feed(session, event, now)
        if self.router.deadline is not None and self.router.deadline <= now:
            self._route(event, now)
        return self._work_off(now)

    def session(self, id: str) -> Session:
        """A session that is not over for good; raises `NotFound` (`session_not_found`)."""
        found = self.sessions.get(id)
        if found is None:
            raise NotFound("This session is over.", code="session_not_found")
        return found

    def of_task(self, task: str) -> Session | None:
        """The session that a task is of."""
        return self.sessions.get(self._of_task.get(task, ""))

    def of_work(self, task: str) -> Session | None:
        """The session that a task is of, or was: whoever had it may still write it up."""
        return self.sessions.get(self._of_work.get(task, ""))

    def forget(self, session: str) -> None:
        """A session is over, and was stored as such."""
        gone = self.sessions.pop(session, None)
        if gone is None:
            return
        for task in (*gone.tasks, gone.task or ""):
            self._of_task.pop(task, None)
            self._of_work.pop(task, None)

    # --- one step -------------------------------------------------------------------------------

    def _feed(self, session: Session, event: object, now: Micros) -> None:
        before = session.task
        effects = session.handle(event, now)
        self.touched.sessions[session.id] = session
        if before is not None and before != session.task:
            self._of_task.pop(before, None)
        if session.task is not None:
            self._of_task[session.task] = self._of_work[session.task] = session.id
        self._note(session)
        for effect in effects:
            if isinstance(effect, wanted.Record):
                self._effects.append(Record(effect.type, session.id, effect.data))
            elif isinstance(effect, wanted.Route):
                self._todo.append(effect.event)
            else:
                self._effects.append(OfSession(session.id, effect))

    def _note(self, session: Session) -> None:
        """The agents who see this session must see it anew."""
        self._moved_agents |= {party.agent for party in session.parties if party.agent}
        self._moved_agents |= {agent for agent, _ in session.agents}

    def _work_off(self, now: Micros) -> list[Any]:
        """Tell the router what sessions ask for, and sessions what came of it, until all is said.

        What the router refuses here is over already: a task has ended in the same step. Or there
        is no queue or agent any more for work that was planned earlier.
        """
        while self._todo:
            event = self._todo.popleft()
            try:
                self._route(event, now)
            except OffhookError:
                if isinstance(event, TaskAdded):
                    self._turned_away(event.task, now)
        return []

    def _turned_away(self, task: str, now: Micros) -> None:
        session = self.of_task(task)
        if session is not None:
            self._feed(session, told.TaskOver(task, "no_queue"), now)

    def _route(self, event: object, now: Micros) -> None:
        effects = self.router.handle(event, now)
        touched = self.router.touched
        self.touched.tasks |= touched.tasks
        self.touched.reservations |= touched.reservations
        self.touched.agents |= touched.agents
        self.touched.queues |= touched.queues
        self.touched.removed += touched.removed
        self._moved_agents |= {held.agent for held in touched.reservations.values()}
        for effect in effects:
            self._tell(effect, now)
        for task in touched.tasks.values():
            self._compare(task.id, task.state, now)

    def _compare(self, task: str, state: TaskState, now: Micros) -> None:
        """A session shows whether its task is being offered."""
        session = self.of_task(task)
        if session is None:
            return
        if state is TaskState.RESERVED and session.state is Stage.QUEUED:
            self._feed(session, told.Offered(), now)
        elif state is TaskState.PENDING and session.state is Stage.OFFERING:
            self._feed(session, told.Returned(), now)
        else:
            self.touched.sessions[session.id] = session

    def _tell(self, effect: routed.Effect, now: Micros) -> None:
        if isinstance(effect, routed.Record):
            self._effects.append(Record(effect.type, effect.subject, effect.data))
            return
        session = self.of_task(getattr(effect, "task", ""))
        event = None if session is None else self._event_of(effect)
        if session is None or event is None:
            return
        try:
            self._feed(session, event, now)
        except UnexpectedEvent:
            # The session has gone on meanwhile: the visitor left in the same moment.
            return

    def _event_of(self, effect: routed.Effect) -> object | None:
        """What an effect of the router means to the session that it is about."""
        match effect:
            case routed.Assigned(reservation=reservation, agent=agent):
                return told.Taken(agent, self._name(agent), reservation)
            case routed.Released(agent=agent):
                return told.Released(agent)
            case routed.Offer(reservation=reservation, agent=agent, consult=True):
                return told.ConsultRang(agent, reservation)
            case routed.Consulted(reservation=reservation, agent=agent):
                return told.ConsultJoined(agent, self._name(agent), reservation)
            case routed.ConsultOver(agent=agent, reason=reason):
                return told.ConsultOver(agent, reason)
            case routed.TransferFailed(agent=agent, reason=reason):
                return told.TransferFailed(agent, reason)
            case routed.Requeued(reason=reason):
                return told.Requeued(reason)
            case routed.TaskEnded(task=task, reason=reason, otherwise=otherwise):
                return told.TaskOver(task, reason, otherwise)
            case _:
                return None

    def _name(self, agent: str) -> str:
        known = self.router.agents.get(agent)
        return "" if known is None else known.profile.name

    def _rearm(self) -> None:
        own = (session.deadline for session in self.sessions.values())
        self.deadline = earliest(self.router.deadline, *own)


def over(session: Session) -> bool:
    """Whether a session needs nothing more of the desk."""
    return session.state in OVER and session.task is None and session.deadline is None
