"""What a visitor's page is told of its contact: the site, and the session as it is now."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from signalling.domain.sessions.base import CallbackState

SessionState = Literal[
    "created",
    "form",
    "consent",
    "queued",
    "offering",
    "connecting",
    "live",
    "ended",
    "closed",
    "callback",
    "abandoned",
    "failed",
]
FieldKind = Literal["text", "email", "phone", "long_text", "choice"]

#: Why a session is over, or why nobody answers.
EndReason = Literal[
    "visitor_left",
    "agent_left",
    "closed",
    "queue_full",
    "waited_too_long",
    "nobody_there",
    "connection_lost",
    "canceled",
    "not_allowed",
    "server_error",
]


class ChoiceView(Struct, frozen=True, kw_only=True):
    """One of the answers to choose from; `label` is in the visitor's language."""

    value: str
    label: str


class FieldView(Struct, frozen=True, kw_only=True):
    """One field of the form; `label` is in the visitor's language."""

    name: str
    kind: FieldKind
    label: str
    required: bool
    max_length: int
    choices: list[ChoiceView]


class ConsentView(Struct, frozen=True, kw_only=True):
    """What is asked about recording, in the visitor's language. The version is stored with the
    answer. `required`: who does not agree is not let in."""

    version: str
    text: str
    required: bool


class ThemeView(Struct, frozen=True, kw_only=True):
    """How the button and the panel look. `accent` is a CSS colour, empty for our own; `ink` is
    that of words on it."""

    accent: str
    ink: str
    launcher: str
    side: Literal["end", "start"]


class HoursView(Struct, frozen=True, kw_only=True):
    """Whether somebody answers now. Times are ISO 8601; `time_zone` is an IANA name."""

    open: bool
    opens_at: str | None
    closes_at: str | None
    time_zone: str


class SiteView(Struct, frozen=True, kw_only=True):
    """What a visitor's page must know of the site. `callback_times` are those that can be booked,
    ISO 8601; when it is empty, the page offers half hours and the server checks them."""

    name: str
    language: str
    languages: list[str]
    theme: ThemeView
    hours: HoursView
    fields: list[FieldView]
    consent: ConsentView | None
    video: bool
    callback_now: bool
    callback_later: bool
    message: bool
    callback_times: list[str]


class PartyView(Struct, frozen=True, kw_only=True):
    """Somebody the visitor talks to, as the visitor may know them. `identity` is theirs in the
    room."""

    identity: str
    name: str


class CallView(Struct, frozen=True, kw_only=True):
    """The room of a call; `token` joins it at `/room`. It is renewed there."""

    room: str
    identity: str
    token: str


class CallbackView(Struct, frozen=True, kw_only=True):
    """A callback that was asked for. `at` is ISO 8601; null: as soon as it is the visitor's turn.
    `link` is a path that opens this contact on any browser."""

    state: CallbackState
    at: str | None
    link: str


class FileView(Struct, frozen=True, kw_only=True):
    """A file in the chat: `GET` its `path` with the room's token, or as the agent who is in it."""

    sid: str
    name: str
    type: str
    size: int
    path: str


class Visit(Struct, frozen=True, kw_only=True):
    """`visit`: the visitor's contact as it is now; `seq` grows with every change.

    `position` counts from 1 and is there while waiting; `wait` is the estimate in seconds, rounded,
    and with `wait_more` it may be longer than that. `offers_callback`: the wait is long enough to
    offer one. `call` is there once an agent has answered. `held`: the agent put the call on hold,
    and the server sends music. `music`: the page should play its own while waiting. `ringing`: an
    agent calls back, and waits for `answer`. `seconds`: how long the call took, once it is over.
    """

    seq: int
    session: str
    state: SessionState
    position: int | None
    wait: int | None
    wait_more: bool
    offers_callback: bool
    music: bool
    ringing: bool
    agent: PartyView | None
    others: list[PartyView]
    call: CallView | None
    held: bool
    recording: bool
    callback: CallbackView | None
    ended: EndReason | None
    seconds: int | None
    may_rate: bool
    rated: int | None
