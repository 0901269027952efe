"""What every part of a session is built on: its fields, how they are kept, and what it tells."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

from msgspec.structs import replace

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Forbidden
from signalling.domain.hearing import CallState, Part
from signalling.domain.routing.events import TaskAdded, TaskWithdrawn
from signalling.domain.routing.keeping import Kept
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.effects import CloseRoom, Effect, Expel, Hear, Record, Route
from signalling.domain.sessions.party import Parties, Party


class State(Enum):
    """Where a session stands."""

    CREATED = "created"
    FORM = "form"
    CONSENT = "consent"
    QUEUED = "queued"
    OFFERING = "offering"
    CONNECTING = "connecting"
    LIVE = "live"
    ENDED = "ended"
    CLOSED = "closed"
    CALLBACK = "callback"
    ABANDONED = "abandoned"
    FAILED = "failed"


#: How far a callback is.
CallbackState = Literal["requested", "due", "dialing", "connected", "expired", "canceled"]
#: The mode of what a program brings; the others are those of sites.
BROUGHT = "task"
#: Before anybody is asked to answer.
PREPARING = (State.CREATED, State.FORM, State.CONSENT)
WAITING = (State.QUEUED, State.OFFERING)
CALLING = (State.CONNECTING, State.LIVE)
#: Seconds in which a visitor may rate what is over.
RATING = 900
#: Nothing more happens but that the visitor rates it and the agent writes it up.
OVER = (State.ENDED, State.ABANDONED, State.FAILED)

Answer = tuple[State, list[Effect]]


class SessionBase(Kept):
    """One contact of a visitor: where it stands, who takes part, and what came of it.

    `customer` is personal and kept apart from the rest. The deadline is when the visitor's page
    must be back, when a call must have come about, or when a callback is due.
    """

    KEPT = (
        *("id", "account", "site", "contact", "language", "mode", "seq", "opened_at"),
        *("queued_at", "answered_at", "ended_at", "reason", "away_until", "task", "channel"),
        *("agents", "held", "parties", "consult", "consented", "consent_version"),
        *("consent_locale", "consented_at", "stars", "rated_at", "disposition", "notice"),
        *("callback_at", "callback_state", "callback_tasks", "callback_task", "message_left"),
        *("tasks", "passed_by"),
        *("callback_window", "callback_until", "callback_mail", "callback_away", "mails", "mail"),
    )
    state: State = State.CREATED

    def __init__(
        self,
        id: str,
        *,
        account: str,
        site: str,
        contact: str,
        language: str,
        mode: str,
        customer: Customer,
        now: Micros,
    ) -> None:
        self._derive()
        self.id = id
        self.account = account
        self.site = site
        self.contact = contact
        self.language = language
        self.mode = mode
        self.customer = customer
        self.seq = 0
        self.opened_at = now
        self.queued_at: Micros | None = None
        self.answered_at: Micros | None = None
        self.ended_at: Micros | None = None
        self.reason = ""
        self.away_until: Micros | None = None
        self.task: str | None = None
        self.channel = "voice"
        #: Everybody who had it, in order, by id and name.
        self.agents: list[list[str]] = []
        self.held = False
        self.parties = Parties()
        #: Who is asked for help: agent, name, state and, when it failed, why.
        self.consult: dict[str, str] | None = None
        self.consented: bool | None = None
        self.consent_version: str | None = None
        self.consent_locale = ""
        self.consented_at: Micros | None = None
        self.stars: int | None = None
        self.rated_at: Micros | None = None
        self.disposition = ""
        #: What the agent should know of what has just failed, as a code.
        self.notice = ""
        self.callback_at: Micros | None = None
        self.callback_state: CallbackState | Literal[""] = ""
        #: Ids for its tasks, one for each try that is left.
        self.callback_tasks: list[str] = []
        self.callback_task: dict[str, Any] | None = None
        self.message_left = False

    def _derive(self) -> None:
        self.customer = Customer()
        #: All tasks it has had; an agent may still write up one that is over.
        self.tasks: list[str] = []
        #: Who passes it on, by name, until a colleague has it.
        self.passed_by = ""
        #: Minutes for which it is tried, and until when that is.
        self.callback_window = 60
        self.callback_until: Micros | None = None
        #: Whether the visitor can be written to, and whether no page of theirs is open.
        self.callback_mail = False
        self.callback_away = False
        #: How many letters were written, and the last one: kind, number, state and reason.
        self.mails = 0
        self.mail: dict[str, Any] | None = None

    @classmethod
    def _write(cls, name: str, value: Any) -> Any:
        if name == "parties":
            return [party.written() for party in value]
        return super()._write(name, value)

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        if name == "parties":
            return Parties(Party.read(each) for each in value)
        return super()._read(name, value)

    # --- what is known of it --------------------------------------------------------------------

    @property
    def room(self) -> str:
        """The name of the room of the call."""
        return f"call-{self.id}"

    @property
    def visitor(self) -> str:
        """The visitor's identity in the room."""
        return f"visitor-{self.id}"

    @property
    def call_state(self) -> CallState:
        """Where the call stands, as far as it matters to who hears whom."""
        helping = "" if self.consult is None else self.consult["state"]
        if helping == "conference":
            return CallState.CONFERENCE
        if helping == "consulting":
            return CallState.CONSULTING
        return CallState.HELD if self.held else CallState.TALKING

    @property
    def agent(self) -> Party | None:
        """Who has it now."""
        return self.parties.first(Part.AGENT)

    # --- what its parts share -------------------------------------------------------------------

    def _require_agent(self, agent: str) -> None:
        if self.agent is None or self.agent.agent != agent:
            raise Forbidden("Another agent has this call.", code="not_your_session")

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; each step counts `seq` up."""
        effects = super().handle(event, now)
        self.seq += 1
        return effects

    def _record(self, name: str, **data: Any) -> Record:
        about = {"site": self.site, "contact": self.contact, "task": self.task}
        return Record(f"session.{name}", {**about, **data})

    def _hear(self) -> Hear:
        return Hear(self.room, self.parties.hearing(self.call_state))

    def _add_task(self, task: TaskAdded) -> Route:
        self.task, self.channel = task.task, task.channel
        self.tasks.append(task.task)
        return Route(task)

    def _withdraw(self, reason: str = "left") -> list[Effect]:
        """Take the work back from the router, when it has any."""
        task, self.task = self.task, None
        return [] if task is None else [Route(TaskWithdrawn(task, reason))]

    def _leave_room(self) -> list[Effect]:
        """The contact goes on without the call, if there was one."""
        if not list(self.parties):
            return []
        self.parties = Parties()
        return [CloseRoom(self.room)]

    def _drop(self, party: Party) -> list[Effect]:
        """Somebody is no party of the call any more."""
        self.parties.drop(party.identity)
        return [Expel(self.room, party.identity)]

    def _end(self, name: str, reason: str, now: Micros) -> list[Effect]:
        """It is over; the same for all ways in which it can be."""
        self.reason, self.ended_at = reason, now
        self.deadline, self.away_until = Micros(now + RATING * SECOND), None
        self.held, self.consult = False, None
        if self.callback_state in {"requested", "due", "dialing"}:
            self.callback_state = "canceled"
        seconds = 0 if self.answered_at is None else now - self.answered_at
        agents = [agent for agent, _ in self.agents]
        return [self._record(name, reason=reason, talked=seconds, agents=agents)]

    def _visitor_party(self, *, there: bool = False) -> Party:
        """The visitor, without the name: parties are kept unsealed."""
        return Party(self.visitor, Part.VISITOR, there=there)

    def _agent_party(self, agent: str, name: str, reservation: str, part: Part) -> Party:
        return Party(f"agent-{agent}", part, agent, name, reservation)

    def _note_agent(self, agent: str, name: str) -> None:
        if [agent, name] not in self.agents:
            self.agents.append([agent, name])

    def _wait_for_page(self) -> None:
        """While the visitor waits outside of the room, a page that is lost must come back in time;
        whoever is in the room is known to be there by that."""
        visitor = self.parties.get(self.visitor)
        inside = visitor is not None and visitor.there
        self.deadline = None if inside else self.away_until

    def _comment(self, **personal: str) -> None:
        self.customer = replace(self.customer, **personal)
