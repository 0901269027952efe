"""What an agent's desk and the live view are told: people, work, and why it goes where it goes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from signalling.domain.sessions.base import CallbackState
from signalling.domain.visit_views import CallView, SessionState

TaskState = Literal["pending", "reserved", "assigned", "wrapping", "completed", "canceled"]
#: What an agent does, as it follows from their reservations; never stored.
Load = Literal["idle", "offered", "busy", "wrapping"]
PartyRole = Literal["visitor", "agent", "consulted"]


class ActivityView(Struct, frozen=True, kw_only=True):
    """What an agent may choose to be doing; work is offered in an available one."""

    id: str
    name: str
    available: bool


class AnswerView(Struct, frozen=True, kw_only=True):
    """An answer to a field of the form. `label` is the question and `value` the answer, a chosen
    one in words, both in the agent's language."""

    name: str
    label: str
    value: str


class CustomerView(Struct, frozen=True, kw_only=True):
    """Who it is, as far as is known. `verified`: the site's server vouches for name, e-mail and
    `attributes`; `page_attributes` are what the page said; `message`: what was left to be read."""

    contact: str
    name: str
    email: str
    phone: str
    language: str
    verified: bool
    answers: list[AnswerView]
    attributes: dict[str, str]
    page_attributes: dict[str, str]
    page_url: str
    page_title: str
    referrer: str
    site: str
    message: str = ""


class EarlierView(Struct, frozen=True, kw_only=True):
    """An earlier session of the same customer. Times are ISO 8601."""

    session: str
    at: str
    queue: str
    agent: str
    seconds: int
    disposition: str
    notes: str
    rated: int | None


class ConsideredView(Struct, frozen=True, kw_only=True):
    """An agent who was looked at for a task, and why they were offered it or not."""

    agent: str
    name: str
    reason: str


class DecisionView(Struct, frozen=True, kw_only=True):
    """One decision about a task: what was decided when, and who was considered."""

    at: str
    decision: str
    queue: str
    considered: list[ConsideredView]
    others: int


class OfferView(Struct, frozen=True, kw_only=True):
    """Work that waits for this agent's answer until `until`. `waited` is in seconds. `consult`: a
    colleague asks first; `transfer_from`: the colleague who asks or passes it on, and `notes` what
    was noted so far. `earlier`: the customer's sessions before this one, so that they are known
    before the answer. `decision`: why it came to this agent; null when a colleague asks."""

    reservation: str
    task: str
    session: str
    channel: str
    queue: str
    until: str
    waited: int
    customer: CustomerView
    consult: bool
    transfer_from: str | None
    notes: str
    earlier: list[EarlierView]
    decision: DecisionView | None


class PartyOf(Struct, frozen=True, kw_only=True):
    """Somebody in a call. `there`: their page is in the room; `held`: hears music or nothing."""

    identity: str
    name: str
    role: PartyRole
    there: bool
    held: bool


class TransferView(Struct, frozen=True, kw_only=True):
    """A colleague is being asked, or is consulted. `failed` says why one that was asked last did
    not come."""

    agent: str
    name: str
    state: Literal["ringing", "consulting", "conference", "failed"]
    failed: str | None


class MailView(Struct, frozen=True, kw_only=True):
    """The last letter to the customer; `reason` says why it failed: `smtp_unreachable`, `smtp_tls`,
    `smtp_sign_in`, `smtp_refused`, `smtp_no_utf8`, `bad_address`, `too_late`, `not_needed`,
    `not_configured`."""

    state: Literal["sending", "sent", "failed"]
    reason: str


class CallbackOf(Struct, frozen=True, kw_only=True):
    """A callback that this agent makes. It rings until `until`; `there`: in an open page of the
    customer. `may_mail`: a link can be sent to `email`, which is shortened."""

    state: CallbackState
    until: str | None
    there: bool
    may_mail: bool
    email: str
    mail: MailView | None


class ContactView(Struct, frozen=True, kw_only=True):
    """One session on the agent's desk. `state` is the session's; with `wrap_up_until` the talk is
    over, and disposition and notes are asked for. `mine`: this agent's part in it. `decision`: why
    it came to this agent; null when a colleague handed it over."""

    session: str
    task: str
    reservation: str
    state: SessionState
    mine: Literal["agent", "consulted", "wrapping"]
    queue: str
    channel: str
    customer: CustomerView
    earlier: list[EarlierView]
    parties: list[PartyOf]
    call: CallView | None
    held: bool
    callback: CallbackOf | None
    transfer: TransferView | None
    answered_at: str | None
    wrap_up_until: str | None
    dispositions: list[str]
    disposition: str
    notes: str
    decision: DecisionView | None


class ColleagueView(Struct, frozen=True, kw_only=True):
    """Another agent, to transfer to. `free`: could be rung now."""

    id: str
    name: str
    activity: str
    load: Load
    free: bool


class QueueView(Struct, frozen=True, kw_only=True):
    """A queue as it is now; `longest` is in seconds."""

    id: str
    name: str
    open: bool
    waiting: int
    longest: int
    available: int


class AgentView(Struct, frozen=True, kw_only=True):
    """An agent as the live view shows them. `since` is when they came into activity and load.
    `reason`: why they are in this activity when they did not choose it: `no_answer` after offers
    that were not answered, `supervisor`, or `absent`; else empty."""

    id: str
    name: str
    activity: str
    next_activity: str | None
    load: Load
    since: str
    there: bool
    skills: dict[str, int]
    sessions: list[str]
    strikes: int
    reason: str


class ReplyView(Struct, frozen=True, kw_only=True):
    """A canned reply in the agent's language; `{{visitor.name}}` and the like are filled in by the
    page."""

    id: str
    title: str
    text: str


class Desk(Struct, frozen=True, kw_only=True):
    """`desk`: everything on this agent's desk as it is now; `seq` grows with every change. `at` is
    the server's time, by which a page whose clock is wrong still counts rightly."""

    seq: int
    agent: AgentView
    offers: list[OfferView]
    contacts: list[ContactView]
    colleagues: list[ColleagueView]
    queues: list[QueueView]
    notice: str | None
    at: str


class WaitingView(Struct, frozen=True, kw_only=True):
    """A task that is not over. `age` is in seconds; so is `service_level`, within which its queue
    is to answer: None when it is in no queue."""

    task: str
    session: str | None
    channel: str
    state: TaskState
    queue: str
    priority: int
    age: int
    service_level: int | None
    customer: str
    language: str
    agent: str | None
    decisions: list[DecisionView]


class TalkView(Struct, frozen=True, kw_only=True):
    """A session in progress."""

    session: str
    state: SessionState
    queue: str
    agent: str
    customer: str
    since: str
    held: bool
    recording: bool


class Live(Struct, frozen=True, kw_only=True):
    """`live`: the account's contact centre as it is now, at most twice a second. `at` is the
    server's time."""

    seq: int
    queues: list[QueueView]
    agents: list[AgentView]
    waiting: list[WaitingView]
    talks: list[TalkView]
    answered_today: int
    abandoned_today: int
    at: str
