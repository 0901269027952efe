"""The desk's protocol: socket.io namespace /desk, with the shape of every message.

An agent's page connects with the sign-in cookie, a program with `auth: {"token": …}` (a token with
a `desk` claim). Every command is acked as in /room. After each change the server sends the whole
desk as `desk`, or to supervisors the whole live view as `live`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from signalling.domain.desk_views import ActivityView, Desk, Live, ReplyView

# --- commands of an agent -------------------------------------------------------------------------


class Enter(Struct, frozen=True, kw_only=True):
    """`enter`: begin. Ack: `Entered`. A later page of the same agent takes the desk over; the
    earlier one is told `taken_over`."""

    view: Literal["desk", "live"] = "desk"
    language: str = ""


class ChooseActivity(Struct, frozen=True, kw_only=True):
    """`choose_activity`: counts now, or after what is in hand, with its wrap-up. Ack: `null`."""

    activity: str


class Accept(Struct, frozen=True, kw_only=True):
    """`accept`: take an offer. Ack: `null`, or 409 `offer_over` when it is gone."""

    reservation: str


class Reject(Struct, frozen=True, kw_only=True):
    """`reject`: do not take an offer. Ack: `null`."""

    reservation: str
    busy: bool = False


class Hold(Struct, frozen=True, kw_only=True):
    """`hold`: put the customer on hold, or take them off it. Ack: `null`."""

    session: str
    held: bool


class HangUp(Struct, frozen=True, kw_only=True):
    """`hang_up`: end the call for the customer; wrap-up begins. A colleague who is only consulted
    leaves. Ack: `null`."""

    session: str


class Transfer(Struct, frozen=True, kw_only=True):
    """`transfer`: pass the customer on, to an agent or to a queue. Ack: `null`, or 404
    `agent_not_found`, 409 `agent_unavailable`, 404 `queue_not_found`.

    With `consult` the colleague is asked first, while the customer is on hold; only an agent can
    be consulted.
    """

    session: str
    agent: str | None = None
    queue: str | None = None
    consult: bool = False


class Consulted(Struct, frozen=True, kw_only=True):
    """`consulted`: end a consultation. `complete`: the colleague keeps the customer; `conference`:
    all talk together; `cancel`: the colleague leaves, the customer stays on hold. Ack: `null`."""

    session: str
    outcome: Literal["complete", "conference", "cancel"]


class Note(Struct, frozen=True, kw_only=True):
    """`note`: keep notes and disposition so far. Ack: `null`."""

    session: str
    notes: str | None = None
    disposition: str | None = None


class FinishWrapUp(Struct, frozen=True, kw_only=True):
    """`finish_wrap_up`: done with it. Ack: `null`, 404 `disposition_not_found`, or 422
    `disposition_required`."""

    session: str
    disposition: str = ""
    notes: str = ""


class ExtendWrapUp(Struct, frozen=True, kw_only=True):
    """`extend_wrap_up`: so many seconds more. Ack: `null`, or 409 `no_more_time`."""

    session: str
    seconds: int = 60


class CallbackLink(Struct, frozen=True, kw_only=True):
    """`callback_link`: a link by which the customer takes the call on any device, while this agent
    calls back; it rings on for five minutes. Ack: `CallbackLinked`, or 409 `no_callback_now`."""

    session: str


class CallbackLinked(Struct, frozen=True, kw_only=True):
    """Ack of `callback_link`. `url` begins with `/` where the server does not know its own name
    (`public_url`): then it is at the server that the desk is at. The link is good once, and until
    `expires_at`."""

    url: str
    expires_at: str


class MailLink(Struct, frozen=True, kw_only=True):
    """`mail_link`: send such a link to the customer. Ack: `null`, or 409 `no_callback_now`,
    `no_mail`, `mail_on_its_way`, `too_many_mails`. `callback.mail` tells what became of it."""

    session: str


# --- commands of a supervisor ---------------------------------------------------------------------


class SetActivity(Struct, frozen=True, kw_only=True):
    """`set_activity`: set somebody's activity, now. Ack: `null`."""

    agent: str
    activity: str


class Prioritise(Struct, frozen=True, kw_only=True):
    """`prioritise`: make a task more or less urgent. Ack: `null`."""

    task: str
    priority: int


class CancelTask(Struct, frozen=True, kw_only=True):
    """`cancel_task`: end a task; its customer is told. Ack: `null`."""

    task: str


class Entered(Struct, frozen=True, kw_only=True):
    """Ack of `enter`. `desk` is there for agents, `live` when the live view was asked for."""

    user: str
    name: str
    role: str
    agent: str | None
    activities: list[ActivityView]
    dispositions: list[str]
    replies: list[ReplyView]
    desk: Desk | None
    live: Live | None


COMMANDS: dict[str, tuple[type[Struct], type[Struct] | None]] = {
    "enter": (Enter, Entered),
    "choose_activity": (ChooseActivity, None),
    "accept": (Accept, None),
    "reject": (Reject, None),
    "hold": (Hold, None),
    "hang_up": (HangUp, None),
    "transfer": (Transfer, None),
    "consulted": (Consulted, None),
    "note": (Note, None),
    "finish_wrap_up": (FinishWrapUp, None),
    "extend_wrap_up": (ExtendWrapUp, None),
    "callback_link": (CallbackLink, CallbackLinked),
    "mail_link": (MailLink, None),
    "set_activity": (SetActivity, None),
    "prioritise": (Prioritise, None),
    "cancel_task": (CancelTask, None),
}


class TakenOver(Struct, frozen=True, kw_only=True):
    """`taken_over`: another page of this agent has the desk now; the socket is closed."""


class SignedOut(Struct, frozen=True, kw_only=True):
    """`signed_out`: the sign-in has ended; the socket is closed."""


EVENTS: dict[str, type[Struct]] = {
    "desk": Desk,
    "live": Live,
    "taken_over": TakenOver,
    "signed_out": SignedOut,
}
