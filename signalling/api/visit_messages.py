"""The visitor's protocol: socket.io namespace /visit, with the shape of every message.

A page of a site connects with `auth: {"site": key, "resume": token?, "link": secret?}`. Every
command is acked with `{"ok": true, "value": …}` or `{"ok": false, "error": …}`, as in /room. After
each change the server sends the whole contact as `visit`; a page that comes back gets it with the
ack of `open`.
"""

from __future__ import annotations

from msgspec import Struct

from signalling.domain.visit_views import SiteView, Visit


class Page(Struct, frozen=True, kw_only=True):
    """Where the visitor is. It comes from the browser and is not to be trusted."""

    url: str = ""
    title: str = ""
    referrer: str = ""


class Open(Struct, frozen=True, kw_only=True):
    """`open`: the visitor opened the panel, or its page came back. Ack: `Opened`.

    `identity` is a JWT that the site's own server signed; with it the form is skipped. `attributes`
    are what the page says of itself; agents see them marked as not verified. With the `link` of a
    callback in `auth` it opens that one, or is refused: 404 `link_unknown`, 409 `link_expired`,
    `link_used` when somebody took the call by it, `link_over`.
    """

    language: str = ""
    page: Page = Page()
    identity: str | None = None
    attributes: dict[str, str] = {}


class Fill(Struct, frozen=True, kw_only=True):
    """`fill`: the answers of the form, by the names of its fields. Ack: `null`, or 422 with the
    field."""

    answers: dict[str, str]


class Start(Struct, frozen=True, kw_only=True):
    """`start`: the devices are ready; wait for an agent. Ack: `null`.

    `consent` is the answer about recording, null when nothing was asked; `version` is that of the
    text that was shown, or 409 `consent_changed`.
    """

    consent: bool | None = None
    version: str | None = None
    video: bool = False


class Moved(Struct, frozen=True, kw_only=True):
    """`moved`: the visitor is on another page of the site now. Ack: `null`."""

    page: Page


class AskCallback(Struct, frozen=True, kw_only=True):
    """`ask_callback`: be called back as soon as it is one's turn, or `at` a time (ISO 8601). Ack:
    `null`, or 409 `callback_due` when another time is asked for too late. `answers` are those of
    the form, when it was not filled in before. With `email` the link is sent there, when the server
    can send mail."""

    at: str | None = None
    answers: dict[str, str] = {}
    email: str | None = None


class CancelCallback(Struct, frozen=True, kw_only=True):
    """`cancel_callback`: not to be called back after all. Ack: `null`."""


class LeaveMessage(Struct, frozen=True, kw_only=True):
    """`leave_message`: write to the agents instead of waiting. Ack: `null`."""

    text: str
    answers: dict[str, str] = {}


class AnswerCallback(Struct, frozen=True, kw_only=True):
    """`answer`: take the agent's call back. Ack: `null`."""


class HangUp(Struct, frozen=True, kw_only=True):
    """`hang_up`: leave the queue, or end the call. Ack: `null`."""


class Rate(Struct, frozen=True, kw_only=True):
    """`rate`: one to five stars, once. Ack: `null`, or 409 `rated`."""

    stars: int
    comment: str = ""


class Opened(Struct, frozen=True, kw_only=True):
    """Ack of `open`. `resume` is a secret of this visitor: with it any page of the site, after a
    reload or a change of page, is in the same contact again."""

    site: SiteView
    visit: Visit
    resume: str


COMMANDS: dict[str, tuple[type[Struct], type[Struct] | None]] = {
    "open": (Open, Opened),
    "fill": (Fill, None),
    "start": (Start, None),
    "moved": (Moved, None),
    "ask_callback": (AskCallback, None),
    "cancel_callback": (CancelCallback, None),
    "leave_message": (LeaveMessage, None),
    "answer": (AnswerCallback, None),
    "hang_up": (HangUp, None),
    "rate": (Rate, None),
}


class TakenOver(Struct, frozen=True, kw_only=True):
    """`taken_over`: another page of this visitor has the contact now; the socket is closed."""


EVENTS: dict[str, type[Struct]] = {"visit": Visit, "taken_over": TakenOver}
