"""What programs read and do of a contact centre at work: sessions, tasks, agents, queues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from offhook.core.errors import Conflict, InvalidInput, NotFound
from offhook.core.ids import AccountId, ContactId
from offhook.core.machine import UnexpectedEvent
from signalling.domain.desk import NewSession, ToRouter, ToSession
from signalling.domain.routing import events as routing
from signalling.domain.routing.agent import Agent
from signalling.domain.routing.estimate import Wait
from signalling.domain.routing.plans import Queue
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.task import LIVE, WAITING, Task
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import BROUGHT
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.session import Session
from signalling.domain.showing.agents import load
from signalling.services.callback_links import CallbackLinks, HandedOut
from signalling.services.desks import Desks
from signalling.services.open_desk import OpenDesk
from signalling.services.parts import Parts
from signalling.stores.desk_records import DeskRecords, Page, Wanted


@dataclass(frozen=True, slots=True)
class TaskNow:
    """A task as it is now; `age` is what it has waited in all, in microseconds. `wait` says which
    place it has and how long it may take, when it waits."""

    task: Task
    age: int
    session: str | None = None
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue as it is now; `longest` is in microseconds, `agents` counts by load those who may be
    asked and are there, `available` those who could be asked at once."""

    queue: Queue
    waiting: int
    longest: int
    available: int
    agents: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a program brings. It goes to one of `queue`, `workflow` and `agent`; `contact` is a
    customer the account knows, None makes a new one."""

    channel: str
    attributes: dict[str, Any] = field(default_factory=dict)
    customer: Customer = field(default_factory=Customer)
    language: str = ""
    priority: int = 0
    queue: str | None = None
    workflow: str | None = None
    agent: str | None = None
    preferred_agent: str | None = None
    contact: str | None = None


#: Stores what is remembered of a task that was made, in the same transaction.
Made = Callable[[Any, TaskNow], None]


class ContactCentre:
    """What is over is read from the store by any process; all else raises `Unavailable`
    (`desk_elsewhere`) where another process has the desk of the account."""

    def __init__(self, parts: Parts, desks: Desks, links: CallbackLinks) -> None:
        self._parts = parts
        self._links = links
        self._desks = desks
        self._records = DeskRecords(desks.rows)

    # --- sessions -------------------------------------------------------------------------------

    async def sessions(self, account: AccountId, wanted: Wanted, page: Page) -> list[Session]:
        """The sessions that are wanted, also those that are over."""
        return await self._parts.store.read(
            lambda c: self._records.sessions(c, account, wanted, page)
        )

    async def session(self, account: AccountId, id: str) -> Session:
        """One session; raises `NotFound` (`session_not_found`)."""
        found = await self._parts.store.read(lambda c: self._desks.rows.session(c, account, id))
        if found is None:
            raise NotFound("There is no such session.", code="session_not_found")
        return found

    async def end_session(self, account: AccountId, id: str) -> Session:
        """End a session wherever it stands; raises `Conflict` (`session_over`)."""
        found = await self.session(account, id)
        made = await self._desks.of(account)
        if id not in made.desk.sessions:
            raise _session_over()
        try:
            await made.owner.ask(ToSession(id, told.Canceled()))
        except UnexpectedEvent as error:
            raise _session_over() from error
        return made.desk.sessions.get(id, found)

    async def callback_link(self, account: AccountId, id: str) -> HandedOut:
        """A link by which the customer takes a call back on any device; raises `Conflict`
        (`no_callback_now`)."""
        await self.session(account, id)
        made = await self._desks.of(account)
        if id not in made.desk.sessions:
            raise Conflict("There is no callback under way.", code="no_callback_now")
        return await self._links.hand_out(made, id, None)

    # --- tasks ----------------------------------------------------------------------------------

    async def tasks(self, account: AccountId, queue: str, state: str, page: Page) -> list[TaskNow]:
        """The tasks that are not over, oldest first."""
        made = await self._desks.of(account)
        found = sorted(id for id in made.desk.router.tasks if id > page.after)
        tasks = (made.desk.router.tasks[id] for id in found)
        wanted = [
            task for task in tasks if queue in ("", task.queue) and state in ("", task.state.value)
        ]
        return [self._now(made, task) for task in wanted[: page.limit]]

    async def task(self, account: AccountId, id: str) -> TaskNow:
        """One task, also one that is over; raises `NotFound` (`task_not_found`)."""
        found = await self._parts.store.read(lambda c: self._records.task(c, account, id))
        if found is None:
            raise _no_task()
        if found.state not in LIVE:
            return TaskNow(found, found.waited)
        made = await self._desks.of(account)
        return self._now(made, made.desk.router.tasks.get(id, found))

    async def add_task(self, account: AccountId, work: Work, made_it: Made) -> TaskNow:
        """Bring work; raises `InvalidInput` for what it names that is not there."""
        made = await self._desks.up_to_date(account)
        _require_named(made, work)
        contact = await self._contact(account, work.contact)
        task, session = self._task(work, contact), self._session(account, work, contact)
        new = None if work.contact is not None else contact
        begun: list[TaskNow] = []

        def also(connection: Any) -> None:
            begun[:] = [self._now(made, made.desk.touched.tasks[task.task], session.id)]
            made_it(connection, begun[0])

        await made.owner.begin(NewSession(session, told.Brought(task)), new, also)
        self._parts.tasks.spawn(made.recall(session.id), f"recall {session.id}")
        return begun[0]

    async def prioritise(self, account: AccountId, id: str, priority: int) -> TaskNow:
        """Make a task more or less urgent; raises `Conflict` (`task_over`)."""
        made, task = await self._live(account, id)
        await made.owner.ask(ToRouter(routing.TaskReprioritised(id, priority)))
        return self._now(made, task)

    async def cancel_task(self, account: AccountId, id: str) -> TaskNow:
        """End a task, whoever has it; raises `Conflict` (`task_over`)."""
        made, task = await self._live(account, id)
        session = self._now(made, task).session
        await made.owner.ask(ToRouter(routing.TaskCanceled(id, "canceled")))
        return self._now(made, task, session)

    async def _live(self, account: AccountId, id: str) -> tuple[OpenDesk, Task]:
        found = await self.task(account, id)
        made = await self._desks.of(account)
        if id not in made.desk.router.tasks:
            raise Conflict("The task is over.", code="task_over")
        return made, found.task

    def _now(self, made: OpenDesk, task: Task, session: str | None = None) -> TaskNow:
        of, now = made.desk.of_task(task.id), self._parts.clock.now()
        there = task.state in WAITING and task.id in made.desk.router.tasks
        return TaskNow(
            task,
            task.waited_by(now),
            of.id if of is not None else session,
            made.desk.router.wait(task.id, now) if there else None,
        )

    async def _contact(self, account: AccountId, given: str | None) -> ContactId:
        if given is None:
            return ContactId(self._parts.ids.new("CT"))
        if not await self._parts.store.read(lambda c: self._records.has_contact(c, account, given)):
            raise InvalidInput("There is no such contact.", code="unknown_contact", field="contact")
        return ContactId(given)

    def _task(self, work: Work, contact: ContactId) -> routing.TaskAdded:
        return routing.TaskAdded(
            task=self._parts.ids.new("TA"),
            channel=work.channel,
            workflow=work.workflow,
            queue=work.queue,
            only_agent=work.agent,
            attributes=work.attributes,
            contact=contact,
            priority=work.priority,
            preferred_agent=work.preferred_agent,
        )

    def _session(self, account: AccountId, work: Work, contact: ContactId) -> Session:
        return Session(
            self._parts.ids.new("SE"),
            account=account,
            site="",
            contact=contact,
            language=work.language,
            mode=BROUGHT,
            customer=work.customer,
            now=self._parts.clock.now(),
        )

    async def reservations(
        self, account: AccountId, task: str, state: str, page: Page
    ) -> list[Reservation]:
        """The offers of a task, or of all tasks, also those that came to nothing."""
        return await self._parts.store.read(
            lambda c: self._records.reservations(c, account, task, state, page)
        )

    # --- agents and queues ----------------------------------------------------------------------

    async def agent(self, account: AccountId, id: str) -> Agent:
        """What an agent does; raises `NotFound` (`agent_not_found`)."""
        made = await self._desks.up_to_date(account)
        found = made.desk.router.agents.get(id)
        if found is None:
            raise NotFound("There is no such agent.", code="agent_not_found")
        return found

    async def set_activity(
        self, account: AccountId, id: str, activity: str, *, at_once: bool
    ) -> Agent:
        """Say what an agent is doing: now, or after what is in hand. Raises `InvalidInput`
        (`unknown_activity`)."""
        found = await self.agent(account, id)
        made = await self._desks.of(account)
        chosen = routing.ActivityChosen(id, activity, at_once=at_once, reason="supervisor")
        await made.owner.ask(ToRouter(chosen))
        return found

    async def queue(self, account: AccountId, id: str) -> QueueNow:
        """What happens in a queue; raises `NotFound` (`queue_not_found`)."""
        made = await self._desks.up_to_date(account)
        router, now = made.desk.router, self._parts.clock.now()
        queue = router.plans.queues.get(id)
        if queue is None:
            raise NotFound("There is no such queue.", code="queue_not_found")
        agents = [agent for agent in router.members(id) if router.attends(agent)]
        counts = dict.fromkeys(("idle", "offered", "busy", "wrapping"), 0)
        for agent in agents:
            counts[load(agent)] += 1
        return QueueNow(
            queue=queue,
            waiting=router.length(id),
            longest=max((task.waited_by(now) for task in router.line(id)), default=0),
            available=sum(each.obstacle is None and each.has_room_at_all for each in agents),
            agents=counts,
        )


def _require_named(made: OpenDesk, work: Work) -> None:
    """Raise `InvalidInput` for a preferred agent who is none; the router looks at the rest."""
    agent = work.preferred_agent
    if agent is not None and agent not in made.desk.router.agents:
        raise InvalidInput("There is no such agent.", code="unknown_agent", field="preferred_agent")


def _session_over() -> Conflict:
    return Conflict("The session is over.", code="session_over")


def _no_task() -> NotFound:
    return NotFound("There is no such task.", code="task_not_found")
