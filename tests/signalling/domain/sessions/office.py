"""Words for tests about the desk: visitors who come, agents who answer, what came of it."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick
from signalling.domain.desk import Desk, NewSession, OfSession, Record, ToRouter, ToSession
from signalling.domain.routing import events as routing
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.plans import Queue
from signalling.domain.routing.reservation import State as Held
from signalling.domain.routing.router import Router
from signalling.domain.sessions import events as told
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.effects import CloseRoom, Expel, Hear, OpenRoom
from signalling.domain.sessions.session import Session
from tests.signalling.domain.routing.center import START, CountedIds, plans, queue


class Office:
    """A desk and the time. Sessions are called by the visitor's name, as are their tasks."""

    def __init__(self, *queues: Queue) -> None:
        self.now = START
        self.ids = CountedIds()
        router = Router(plans(*queues or (queue(wrap_up=30), queue("sales"))), self.ids)
        self.desk = Desk(router)
        self.effects: list[Any] = []
        self.hearing: dict[str, dict[str, tuple[tuple[str, ...], bool]]] = {}
        self.rooms: set[str] = set()

    # --- what happens ---------------------------------------------------------------------------

    def happens(self, event: object) -> list[Any]:
        """Feed the desk; return what it asks for."""
        made = self.desk.handle(event, self.now)
        self._carry_out(made)
        return made

    def _carry_out(self, made: list[Any]) -> None:
        self.effects += made
        for each in made:
            if not isinstance(each, OfSession):
                continue
            match each.effect:
                case OpenRoom(room=room, hearing=hearing):
                    self.rooms.add(room)
                    self.hearing[each.session] = _plain(hearing)
                case Hear(hearing=hearing):
                    self.hearing[each.session] = _plain(hearing)
                case CloseRoom(room=room):
                    self.rooms.discard(room)
                case Expel():
                    pass

    def passes(self, seconds: float) -> None:
        """Let time pass, and ring when the desk asked for it."""
        until = Micros(self.now + round(seconds * SECOND))
        while (deadline := self.desk.deadline) is not None and deadline <= until:
            self.now = Micros(max(self.now, deadline))
            self._carry_out(self.desk.handle(Tick(), self.now))
        self.now = until

    def says(self, session: str, event: object) -> list[Any]:
        """Something happens to a session."""
        return self.happens(ToSession(session, event))

    # --- agents ---------------------------------------------------------------------------------

    def works(self, agent: str) -> None:
        """An agent comes and is available."""
        self.happens(ToRouter(routing.AgentChanged(Profile(agent, agent.title()))))
        self.happens(ToRouter(routing.AgentPresent(agent)))
        self.happens(ToRouter(routing.ActivityChosen(agent, "available")))

    def offer(self, agent: str) -> str:
        """The reservation that waits for this agent's answer."""
        held = self.desk.router.agents[agent].holding.values()
        return next(each.id for each in held if each.state is Held.PENDING)

    def ringing(self) -> str:
        """The one agent who is being asked."""
        held = self.desk.router.reservations.values()
        [agent] = [each.agent for each in held if each.state is Held.PENDING]
        return agent

    def accepts(self, agent: str) -> None:
        """The agent takes what is offered, and their page joins the room."""
        reservation = self.offer(agent)
        task = self.desk.router.reservations[reservation].task
        self.happens(ToRouter(routing.OfferAccepted(reservation, agent)))
        session = self.desk.of_task(task)
        if session is not None:
            self.says(session.id, told.PartyCame(f"agent-{agent}"))

    def rejects(self, agent: str) -> None:
        """The agent does not want it."""
        self.happens(ToRouter(routing.OfferRejected(self.offer(agent), agent)))

    # --- visitors -------------------------------------------------------------------------------

    def opens(self, name: str, *, asks: bool = False) -> Session:
        """A visitor presses the button."""
        session = Session(
            name,
            account="AC1",
            site="ST1",
            contact=f"CT{name}",
            language="en",
            mode="contact-center",
            customer=Customer(name=name),
            now=self.now,
        )
        self.happens(NewSession(session, told.Opened(asks)))
        return session

    def task(self, name: str, **more: Any) -> routing.TaskAdded:
        """The work that a visitor's session is."""
        given = {"channel": "voice", "queue": "support", "contact": f"CT{name}", **more}
        return routing.TaskAdded(**{"task": f"TA{name}", **given})

    def waits(self, name: str, **more: Any) -> Session:
        """A visitor waits for an agent."""
        session = self.opens(name)
        self.says(name, told.Started(self.task(name, **more)))
        return session

    def talks(self, name: str, agent: str) -> Session:
        """A visitor talks to an agent."""
        session = self.waits(name)
        self.accepts(agent)
        self.says(name, told.PartyCame(session.visitor))
        return self.desk.sessions[name]

    # --- what came of it ------------------------------------------------------------------------

    def state(self, name: str) -> str:
        """Where a session stands."""
        return str(self.desk.sessions[name].state.value)

    def hears(self, session: str, identity: str) -> tuple[tuple[str, ...], bool]:
        """Whom somebody receives, and whether they get music."""
        return self.hearing[session][identity]

    def facts(self, subject: str) -> list[str]:
        """The types of the facts about something."""
        records = (each for each in self.effects if isinstance(each, Record))
        return [each.type for each in records if each.subject == subject]


def _plain(hearing: Any) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {who: (tuple(each.publishers or ()), each.music) for who, each in hearing.items()}
