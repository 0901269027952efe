"""Anybody at any time: a seeded run of a whole desk, with what must hold after each event."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import OffhookError
from offhook.core.machine import Tick
from signalling.domain.desk import Desk, Effect, NewSession, OfSession, ToRouter, ToSession, over
from signalling.domain.routing import events as routing
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.plans import Plans
from signalling.domain.routing.reservation import Reservation
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.router import Router
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import BROUGHT, OVER
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.effects import CloseRoom, Expel, OpenRoom
from signalling.domain.sessions.session import Session
from tests.signalling.domain.routing.anything import restarted, written
from tests.signalling.domain.routing.center import START, CountedIds, plans, queue, target, workflow
from tests.signalling.domain.sessions.desk_rules import check_session, check_work

AGENTS = tuple(f"agent{number}" for number in range(6))
#: Contacts that are under way at most.
_MOST = 15
_WHERE: tuple[dict[str, str], ...] = (
    *({"queue": "support"}, {"queue": "sales"}, {"workflow": "main"}),
    *({"only_agent": AGENTS[0]}, {"only_agent": AGENTS[1], "queue": "sales"}),
)


def some_plans(luck: random.Random) -> Plans:
    """Two queues and a workflow through them."""
    support = queue(
        "support",
        wrap_up=luck.choice((0, 20)),
        max_wait=luck.choice((None, 60)),
        max_length=luck.choice((None, 4)),
        max_offers=luck.choice((1, 2)),
        strikes=luck.choice((0, 3)),
        resume_within=luck.choice((0, 60)),
        otherwise="callback",
    )
    sales = queue("sales", wrap_up=luck.choice((0, 10)), open=luck.random() < 0.8)
    flow = workflow(target("support", timeout=20), default=target("sales"))
    return plans(support, sales, flow=flow)


class Anyone:
    """Feeds a desk whatever visitors, agents, supervisors, rooms and the clock may do."""

    def __init__(self, seed: int, *, check_each: int = 25) -> None:
        self.seed = seed
        self.luck = random.Random(seed)
        self.now = START
        self.ids = CountedIds()
        self.desk = Desk(Router(some_plans(self.luck), self.ids, seed=seed))
        #: After how many events everything is looked at; 0: never.
        self.check_each = check_each
        self.count = 0
        self.refused = 0
        self.talked = 0
        #: Who is in which room; sessions that are over.
        self.rooms: dict[str, set[str]] = {}
        self.over: set[str] = set()
        for agent in AGENTS[:4]:
            self.feed(ToRouter(routing.AgentChanged(self._profile(agent))))
            self.feed(ToRouter(routing.AgentPresent(agent)))
            self.feed(ToRouter(routing.ActivityChosen(agent, "available")))

    # --- feeding --------------------------------------------------------------------------------

    def feed(self, event: object) -> list[Effect]:
        """Feed one event and check what it touched; a refusal must change nothing."""
        self.count += 1
        looks = self.check_each > 0 and self.count % self.check_each == 0
        before = kept(self.desk) if looks and self.count % 4 == 0 else None
        try:
            effects = self.desk.handle(event, self.now)
        except OffhookError:
            self.refused += 1
            assert before is None or kept(self.desk) == before, event
            return []
        self._carry_out(effects)
        if self.check_each:
            self._check(all_of_it=looks)
        self._forget()
        return effects

    def step(self) -> list[Effect]:
        """One event: a deadline that comes first, or something that somebody does."""
        deadline = self.desk.deadline
        at = Micros(self.now + self.luck.choice((0, 0, 1, 1, 2, 5, 12)) * SECOND // 2)
        if deadline is not None and deadline <= at:
            self.now = max(self.now, deadline)
            return self.feed(Tick())
        self.now = at
        return self.feed(self.luck.choice(self._choices)())

    def _carry_out(self, effects: list[Effect]) -> None:
        for each in effects:
            if not isinstance(each, OfSession):
                continue
            match each.effect:
                case OpenRoom():
                    self.rooms.setdefault(each.session, set())
                case Expel(identity=identity):
                    self.rooms.get(each.session, set()).discard(identity)
                case CloseRoom():
                    self.rooms.pop(each.session, None)

    def _check(self, *, all_of_it: bool) -> None:
        sessions = self.desk.sessions if all_of_it else self.desk.touched.sessions
        for session in list(sessions.values()):
            if session.id in self.desk.sessions:
                check_session(self.desk, session, self.rooms.get(session.id), self.now)
        if all_of_it:
            check_work(self.desk)

    def _forget(self) -> None:
        for session in list(self.desk.touched.sessions.values()):
            self.talked += session.state is Stage.LIVE
            if over(session):
                self.over.add(session.id)
                self.desk.forget(session.id)

    # --- what somebody does ---------------------------------------------------------------------

    @property
    def _choices(self) -> tuple[Callable[[], object], ...]:
        often = (self._open, self._start, self._start, self._accept, self._accept, self._enter)
        usual = (self._enter, self._enter, self._visitor, self._pass_on, self._talk)
        return (*often, *usual, self._luckily((self._leave_room, self._agent, self._supervise)))

    def _luckily(self, ways: tuple[Callable[[], object], ...]) -> Callable[[], object]:
        return self.luck.choice(ways)

    def _profile(self, agent: str) -> Profile:
        capacity = {"voice": self.luck.choice((1, 1, 2)), "callback": 1, "message": 2}
        return Profile(agent, agent, capacity=capacity)

    def _any(self, *states: Stage) -> str:
        found = [s.id for s in self.desk.sessions.values() if not states or s.state in states]
        return self.luck.choice(found) if found else "nobody"

    def _task(self, session: str, channel: str, task: str = "") -> routing.TaskAdded:
        return routing.TaskAdded(
            task or f"TA{self.count}",
            channel,
            contact=self.luck.choice((None, "ann", "bob")),
            preferred_agent=self.luck.choice((None, *AGENTS)),
            ring_for=self.luck.choice((5, 30)),
            **self.luck.choice(_WHERE),  # type: ignore[arg-type]
        )

    def _open(self) -> object:
        open_ones = [s for s in self.desk.sessions.values() if s.state not in OVER]
        if len(open_ones) >= _MOST:
            return self._visitor()
        session = Session(
            f"SE{self.count}",
            account="AC1",
            site="ST1",
            contact="CT1",
            language="en",
            mode="contact-center",
            customer=Customer(name="Ann"),
            now=self.now,
        )
        if self.luck.random() < 0.1:
            session.mode = BROUGHT
            channel = self.luck.choice(("callback", "message"))
            return NewSession(session, told.Brought(self._task(session.id, channel)))
        return NewSession(session, told.Opened(self.luck.random() < 0.3))

    def _start(self) -> object:
        refused = "closed" if self.luck.random() < 0.05 else None
        session = self._any(Stage.CONSENT)
        return ToSession(session, told.Started(self._task(session, "voice"), refused=refused))

    def _visitor(self) -> object:
        session = self._any()
        back = self.luck.choice((None, self.now + 30 * SECOND))
        tasks = tuple(f"TA{self.count}-{number}" for number in range(self.luck.randint(1, 3)))
        letter = told.MessageLeft(self._task(session, "message"), Customer(message="Hello"))
        ways = (
            *(told.FormFilled(Customer(name="Bob")), told.PageMoved(Customer(page_url="/"))),
            *(told.CallbackAsked(self._task(session, "callback"), tasks, back), letter),
            *(told.CallbackAnswered(), told.CallbackAnswered(), told.CallbackCanceled()),
            *(told.PageLost(self.now + 20 * SECOND), told.PageLost(self.now + 20 * SECOND)),
            *(told.PageBack(), told.VisitorLeft(), told.Rated(self.luck.randint(1, 5))),
        )
        return ToSession(session, self.luck.choice(ways))

    # --- the room -------------------------------------------------------------------------------

    def _enter(self) -> object:
        """Somebody whose page has a token comes into the room; seldom one who should not."""
        found = [session for session in self.desk.sessions.values() if session.id in self.rooms]
        if not found:
            return self._open()
        session = self.luck.choice(found)
        parties = [party.identity for party in session.parties if not party.there]
        strangers = [f"agent-{self.luck.choice(AGENTS)}"] if self.luck.random() < 0.05 else []
        identity = self.luck.choice([*parties, *strangers] or [session.visitor])
        if session.state is Stage.CALLBACK and identity == session.visitor:
            return ToSession(session.id, told.CallbackAnswered())
        self.rooms[session.id].add(identity)
        return ToSession(session.id, told.PartyCame(identity))

    def _leave_room(self) -> object:
        found = [session for session, there in self.rooms.items() if there]
        if not found:
            return self._open()
        session = self.luck.choice(found)
        identity = self.luck.choice(sorted(self.rooms[session]))
        self.rooms[session].discard(identity)
        return ToSession(session, told.PartyGone(identity, lost=self.luck.random() < 0.5))

    # --- agents ---------------------------------------------------------------------------------

    def _held(self, *states: Held) -> Reservation | None:
        found = [r for r in self.desk.router.reservations.values() if r.state in states]
        return self.luck.choice(found) if found else None

    def _accept(self) -> object:
        held = self._held(Held.PENDING)
        if held is None:
            return self._start()
        kinds = (routing.OfferAccepted,) * 4 + (routing.OfferRejected, routing.OfferBusy)
        return ToRouter(self.luck.choice(kinds)(held.id, held.agent))

    def _talk(self) -> object:
        """An agent does something with what is in hand."""
        held = self._held(Held.ACCEPTED, Held.WRAPPING)
        if held is None:
            return self._accept()
        session = self.desk.of_task(held.task)
        if held.state is Held.WRAPPING and self.luck.random() < 0.5:
            return ToRouter(routing.WrapUpEnded(held.id))
        agent = held.agent if self.luck.random() < 0.95 else self.luck.choice(AGENTS)
        ways = (
            *(told.Held(agent, True), told.Held(agent, False), told.HungUp(agent)),
            *(told.Noted(agent, "Notes", "Resolved"), told.WrapUpFinished(agent, "", "")),
        )
        return ToSession("nobody" if session is None else session.id, self.luck.choice(ways))

    def _pass_on(self) -> object:
        live = self.desk.sessions.get(self._any(Stage.LIVE))
        if live is None or live.agent is None:
            return self._accept()
        agent, other = live.agent.agent, self.luck.choice(AGENTS)
        consult = told.TransferAsked(agent, other, other, consult=True)
        ways = (
            *(consult, consult, told.ConsultDecided(agent, "complete")),
            *(told.ConsultDecided(agent, "conference"), told.ConsultDecided(agent, "cancel")),
            told.TransferAsked(agent, other, other),
            told.TransferAsked(agent, queue=self.luck.choice(("support", "sales"))),
        )
        return ToSession(live.id, self.luck.choice(ways))

    def _agent(self) -> object:
        agent = self.luck.choice(sorted(self.desk.router.agents) or AGENTS)
        activity = self.luck.choice(("available", "available", "break"))
        ways: tuple[object, ...] = (
            *(routing.AgentPresent(agent), routing.AgentPresent(agent)),
            *(routing.AgentAbsent(agent), routing.ActivityChosen(agent, activity)),
            routing.ActivityChosen(agent, activity, at_once=True),
            routing.AgentChanged(self._profile(self.luck.choice(AGENTS))),
        )
        if self.luck.random() < 0.1:
            return ToRouter(routing.AgentRemoved(agent))
        if self.luck.random() < 0.1:
            return ToRouter(routing.PlansChanged(some_plans(self.luck)))
        return ToRouter(self.luck.choice(ways))

    def _supervise(self) -> object:
        tasks = sorted(self.desk.router.tasks)
        task = self.luck.choice(tasks) if tasks else "nothing"
        canceled = routing.TaskCanceled(task, "canceled")
        if self.luck.random() < 0.3:
            return ToSession(self._any(), told.Canceled())
        return ToRouter(self.luck.choice((canceled, routing.TaskReprioritised(task, 3))))

    # --- a restart, and the end -----------------------------------------------------------------

    def restarted(self) -> Desk:
        """Another desk, made of what this one would have stored."""
        return again(self.desk, CountedIds(self.ids.made), self.seed, self.now)

    def restart(self) -> None:
        """Go on with the other desk, as after a crash."""
        self.ids = CountedIds(self.ids.made)
        self.desk = again(self.desk, self.ids, self.seed, self.now)

    def finish(self) -> None:
        """Let all visitors go and agents end what they have: everything ends by itself."""
        for session in list(self.desk.sessions.values()):
            self._go(session)
        for _ in range(4_000):
            for held in list(self.desk.router.reservations.values()):
                self._end(held)
            if self.desk.deadline is None:
                break
            self.now = max(self.now, self.desk.deadline)
            self.feed(Tick())
        assert self.desk.deadline is None, "deadlines without an end"
        left = {id: s.state for id, s in self.desk.sessions.items() if s.task is None}
        assert not left, "sessions without an end"
        assert not self.rooms, "rooms without an end"

    def _go(self, session: Session) -> None:
        asked = session.state is Stage.CALLBACK
        gone = told.CallbackCanceled() if asked else told.VisitorLeft()
        self.feed(ToSession(session.id, gone))

    def _end(self, held: Reservation) -> None:
        session = self.desk.of_task(held.task)
        if held.state is Held.PENDING:
            self.feed(ToRouter(routing.OfferAccepted(held.id, held.agent)))
        elif held.state is Held.ACCEPTED and session is not None:
            self.feed(ToSession(session.id, told.HungUp(held.agent)))


def again(desk: Desk, ids: CountedIds, seed: int, now: Micros) -> Desk:
    """A desk of what would have been stored of another."""
    sessions = []
    for session in desk.sessions.values():
        sessions.append(Session.restored(json.loads(json.dumps(session.snapshot()))))
        sessions[-1].customer = session.customer
    return Desk(restarted(desk.router, ids, seed, now), sessions)


def kept(desk: Desk) -> str:
    """All that is stored of a desk, as JSON."""
    sessions = [session.snapshot() for session in desk.sessions.values()]
    return written(desk.router) + json.dumps(sessions, sort_keys=True)
