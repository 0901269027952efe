"""What the REST API of the contact centre at work takes and gives; the structs are the schemas."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from signalling.api.resources import PageQuery, Timestamp
from signalling.domain.configured.agent import Value
from signalling.domain.configured.values import (
    ActivityRef,
    AgentRef,
    Priority,
    QueueRef,
    WorkflowRef,
)
from signalling.domain.desk_views import Load, TaskState
from signalling.domain.visit_views import SessionState

ReservationState = Literal[
    "pending", "accepted", "wrapping", "completed", "rejected", "timeout", "canceled", "rescinded"
]
Id = Annotated[str, Meta(max_length=34)]
Order = Annotated[Literal["asc", "desc"], Meta(description="As they came, or the newest first.")]
Short = Annotated[str, Meta(max_length=200)]


# --- sessions ------------------------------------------------------------------------------------


class SessionQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sessions: in this state, of this site, of this customer."""

    state: SessionState | Literal[""] = ""
    site: Id = ""
    contact: Id = ""
    order: Order = "desc"


class Party(Struct, frozen=True, kw_only=True):
    """Somebody of a call. `agent` is null for the visitor; `there`: is in the room."""

    identity: str
    role: Literal["visitor", "agent", "consulted"]
    agent: str | None
    there: bool


class AgentOf(Struct, frozen=True, kw_only=True):
    """An agent who had the session."""

    id: str
    name: str


class Consent(Struct, frozen=True, kw_only=True):
    """The answer about recording, and the proof of it: to which version of the text, in which
    language, and when."""

    given: bool
    version: str | None
    locale: str
    at: Timestamp


class Rating(Struct, frozen=True, kw_only=True):
    """One to five stars."""

    stars: int
    at: Timestamp | None


class Callback(Struct, frozen=True, kw_only=True):
    """`at`: the time that was asked for, or of the next try; null is as soon as possible."""

    state: str
    at: Timestamp | None


class CallbackLink(Struct, frozen=True, kw_only=True):
    """Whoever opens `url` takes the call that the customer asked for. It is good once, for this
    session only, and until `expires_at`; it is shown now and never again."""

    url: str
    expires_at: Timestamp


class CustomerData(Struct, frozen=True, kw_only=True):
    """What is personal. `verified`: the site's server, or the program that brought the work,
    vouches for name, e-mail and `attributes`; `page_attributes` are what the page said. `message`:
    what was left instead of waiting; `comment`: of the rating; `notes`: the agent's.
    `callback_email`: where the link of a callback was asked for."""

    name: str
    email: str
    callback_email: str
    phone: str
    verified: bool
    answers: dict[str, str]
    attributes: dict[str, str]
    page_attributes: dict[str, str]
    page_url: str
    page_title: str
    referrer: str
    message: str
    comment: str
    notes: str


class Session(Struct, frozen=True, kw_only=True):
    """One contact, from the click to the rating. `site` is null for work that a program brought.
    `agents`: everybody who had it, in order; `waited` and `talked` are in seconds, null when it did
    not come to that. `customer` is null for those without the permission `contacts.read`."""

    id: str
    site: str | None
    contact: str
    state: SessionState
    reason: str
    mode: str
    channel: str
    language: str
    task: str | None
    opened_at: Timestamp
    queued_at: Timestamp | None
    answered_at: Timestamp | None
    ended_at: Timestamp | None
    waited: int | None
    talked: int | None
    held: bool
    agents: list[AgentOf]
    parties: list[Party]
    consent: Consent | None
    rating: Rating | None
    disposition: str | None
    callback: Callback | None
    customer: CustomerData | None


class SessionPage(Struct, frozen=True, kw_only=True):
    """One page of sessions; `next` is null on the last one."""

    items: list[Session]
    next: str | None


# --- tasks ---------------------------------------------------------------------------------------


class TaskQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the tasks that are not over: in this queue, in this state."""

    queue: Id = ""
    state: Literal["", "pending", "reserved", "assigned", "wrapping"] = ""


class Person(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the customer is. It is personal, and kept apart from all else."""

    name: Annotated[str, Meta(max_length=128)] = ""
    email: Short = ""
    phone: Short = ""
    attributes: Annotated[dict[str, str], Meta(max_length=20)] = {}


class TaskCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Work of a program's own, to be done by an agent. It goes to one of `queue`, `workflow` and
    `agent`.

    `attributes` are what expressions see of it, and nothing personal belongs there; that goes into
    `customer` and `message`. `contact`: a customer of earlier sessions, whose history agents see.
    """

    channel: Literal["message", "callback"] = "message"
    queue: QueueRef | None = None
    workflow: WorkflowRef | None = None
    agent: AgentRef | None = None
    preferred_agent: AgentRef | None = None
    priority: Priority = 0
    attributes: Annotated[dict[str, Value], Meta(max_length=50)] = {}
    customer: Person = Person()
    contact: Annotated[str, Meta(pattern="^CT[0-9a-f]{32}$")] | None = None
    language: Annotated[str, Meta(max_length=16)] = ""
    message: Annotated[str, Meta(max_length=4_000)] = ""


class TaskPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a task."""

    priority: Priority


class Considered(Struct, frozen=True, kw_only=True):
    """An agent who was looked at, and the word for why they were asked (`offered`) or not."""

    agent: str
    reason: str


class Decision(Struct, frozen=True, kw_only=True):
    """One look for an agent. `others` counts those who are not named, by the word for why not."""

    at: Timestamp
    queue: str | None
    step: int
    considered: list[Considered]
    others: dict[str, int]


class Task(Struct, frozen=True, kw_only=True):
    """Work that looks for an agent, or has one. `age`: seconds that it has waited in all;
    `position` and `wait` (seconds, an estimate; null when nobody could take it) while it waits.
    `offers` counts how often it was offered. `decisions`: the last ten. `attributes` is null for
    those without the permission `contacts.read`."""

    id: str
    session: str | None
    contact: str | None
    channel: str
    state: TaskState
    reason: str
    workflow: str | None
    queue: str | None
    step: int
    priority: int
    created_at: Timestamp
    age: int
    position: int | None
    wait: int | None
    agent: str | None
    reservation: str | None
    offers: int
    attributes: dict[str, Any] | None
    decisions: list[Decision]


class TaskPage(Struct, frozen=True, kw_only=True):
    """One page of tasks; `next` is null on the last one."""

    items: list[Task]
    next: str | None


# --- reservations --------------------------------------------------------------------------------


class ReservationQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which reservations: of this task, in this state."""

    task: Id = ""
    state: ReservationState | Literal[""] = ""
    order: Order = "asc"


class Reservation(Struct, frozen=True, kw_only=True):
    """An offer of a task to an agent, and the work after it. `until`: when the offer, or the
    wrap-up, ends by itself; `kind` `consult`: a colleague asks for help."""

    id: str
    task: str
    agent: str
    queue: str | None
    channel: str
    kind: Literal["offer", "consult"]
    state: ReservationState
    reason: str
    created_at: Timestamp
    until: Timestamp | None
    accepted_at: Timestamp | None
    wrapping_at: Timestamp | None
    ended_at: Timestamp | None


class ReservationPage(Struct, frozen=True, kw_only=True):
    """One page of reservations; `next` is null on the last one."""

    items: list[Reservation]
    next: str | None


# --- agents and queues ---------------------------------------------------------------------------


class AgentState(Struct, frozen=True, kw_only=True):
    """What an agent does. `load` follows from what is in hand; `since`: when they last had nothing
    in hand, or came on. `available`: could be offered something now; if not, `obstacle` is the word
    for why. `reservations`: what is offered and in hand, by id."""

    agent: str
    name: str
    connection: Literal["absent", "present", "lost"]
    activity: str
    next_activity: str | None
    load: Load
    since: Timestamp
    available: bool
    obstacle: str | None
    backing_off_until: Timestamp | None
    strikes: int
    reservations: list[str]


class AgentActivity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent is to be doing. With `at_once` what is offered is taken back, and what was
    accepted goes on; without, it counts when nothing is in hand any more."""

    activity: ActivityRef
    at_once: bool = True


class AgentsByLoad(Struct, frozen=True, kw_only=True):
    """How many agents of a queue are there, in an activity in which work is offered, by load."""

    idle: int
    offered: int
    busy: int
    wrapping: int


class QueueState(Struct, frozen=True, kw_only=True):
    """What happens in a queue now. `longest`: seconds; `available`: agents who could be asked at
    once."""

    queue: str
    name: str
    open: bool
    waiting: int
    longest: int
    available: int
    agents: AgentsByLoad
