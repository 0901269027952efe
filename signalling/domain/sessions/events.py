"""What happens to a session: from the visitor, the agents, the room of the call, and the router."""

from __future__ import annotations

from dataclasses import dataclass

from signalling.domain.routing.events import TaskAdded
from signalling.domain.sessions.customer import Customer

# --- the visitor --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """The visitor's page shows the panel; `asks` when there is a form to fill in."""

    asks: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """A program brings work of its own: nobody waits in a page."""

    task: TaskAdded


@dataclass(frozen=True, slots=True)
class Canceled:
    """A supervisor or a program ends it, wherever it stands."""


@dataclass(frozen=True, slots=True)
class FormFilled:
    """The visitor has said who they are and what it is about."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class PageMoved:
    """The visitor is on another page of the site."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class Started:
    """The visitor waits from now on. `refused` is why that cannot be: `closed` or `queue_full`."""

    task: TaskAdded
    consent: bool | None = None
    version: str | None = None
    locale: str = ""
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """The visitor wants to be called: as soon as it is their turn, or at a time. `tasks` are ids,
    one for each time that it is tried, within `window` minutes from the first; `mail`: they can be
    written to, at `email` if they gave one for it."""

    task: TaskAdded
    tasks: tuple[str, ...]
    at: int | None = None
    window: int = 60
    mail: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class CallbackAnswered:
    """The visitor takes the agent's call."""


@dataclass(frozen=True, slots=True)
class CallbackCanceled:
    """The visitor does not want to be called any more."""


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A link is handed out that opens the callback on any device. `agent` is None when a program
    asked for it."""

    agent: str | None = None


@dataclass(frozen=True, slots=True)
class MailAsked:
    """The agent who calls back has the link sent by e-mail."""

    agent: str


@dataclass(frozen=True, slots=True)
class MailOver:
    """What became of a letter: `reason` is why it was not sent, empty when it was."""

    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The visitor wrote instead of waiting."""

    task: TaskAdded
    customer: Customer


@dataclass(frozen=True, slots=True)
class PageLost:
    """No page of the visitor is connected; they may come back until then."""

    until: int


@dataclass(frozen=True, slots=True)
class PageBack:
    """A page of the visitor is connected again."""


@dataclass(frozen=True, slots=True)
class VisitorLeft:
    """The visitor leaves the queue, or hangs up."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One to five stars, and perhaps a word."""

    stars: int
    comment: str = ""


# --- agents -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """The agent puts the visitor on hold, or takes them off it."""

    agent: str
    held: bool


@dataclass(frozen=True, slots=True)
class HungUp:
    """An agent ends the call, or, consulted only, leaves it."""

    agent: str


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """The agent passes the visitor on, to an agent or a queue; `consult`: asks the agent first."""

    agent: str
    to_agent: str | None = None
    to_name: str = ""
    queue: str | None = None
    consult: bool = False


@dataclass(frozen=True, slots=True)
class ConsultDecided:
    """How a consultation ends: `complete`, `conference` or `cancel`."""

    agent: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Noted:
    """The agent writes down how it went; what is None stays."""

    agent: str
    notes: str | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class WrapUpFinished:
    """The agent is done with it."""

    agent: str
    notes: str
    disposition: str


# --- the room -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartyCame:
    """Somebody is in the room of the call."""

    identity: str


@dataclass(frozen=True, slots=True)
class PartyGone:
    """Somebody is not in the room any more; `lost`: without a goodbye."""

    identity: str
    lost: bool = False


# --- the router ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """Agents are asked."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Nobody who was asked took it: it waits again."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An agent has it."""

    agent: str
    name: str
    reservation: str


@dataclass(frozen=True, slots=True)
class Released:
    """An agent has it no more."""

    agent: str


@dataclass(frozen=True, slots=True)
class Requeued:
    """It waits again; the visitor hears music."""

    reason: str


@dataclass(frozen=True, slots=True)
class ConsultRang:
    """The colleague is being asked, by this reservation."""

    agent: str
    reservation: str


@dataclass(frozen=True, slots=True)
class ConsultJoined:
    """The colleague who was asked comes."""

    agent: str
    name: str
    reservation: str


@dataclass(frozen=True, slots=True)
class ConsultOver:
    """The colleague did not come, or has left."""

    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The colleague to whom it was passed on did not take it."""

    agent: str
    reason: str


@dataclass(frozen=True, slots=True)
class TaskOver:
    """The router has nothing more to do with it."""

    task: str
    reason: str
    otherwise: str = ""
