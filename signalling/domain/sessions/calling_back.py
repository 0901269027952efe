"""Being called back: asked for, due, rung in the page or by a link, answered, or given up."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.machine import Tick, on
from signalling.domain.routing.events import TaskAdded, TaskWithdrawn, WorkEnded
from signalling.domain.sessions.base import BROUGHT, WAITING, Answer, SessionBase, State
from signalling.domain.sessions.effects import Effect, Mail, Route
from signalling.domain.sessions.events import (
    CallbackAsked,
    CallbackCanceled,
    LinkMade,
    MailAsked,
    MailOver,
    PageBack,
    PageLost,
    TaskOver,
    VisitorLeft,
)

_ANY = tuple(State)
#: Minutes until a callback that nobody took is tried again.
_AGAIN = 10
#: Seconds that an open page rings, and that somebody has to follow a link.
_RING, _FOLLOW = 45, 300
#: Seconds after its time for which the link of a booked callback is good.
_BOOKED = 86_400
#: Letters that one session may write.
_LETTERS = 20


class CallingBack(SessionBase):
    """The visitor does not wait any more: an agent calls them when it is their turn."""

    @on(CallbackAsked, State.FORM, State.CONSENT, *WAITING, State.CLOSED, to=State.CALLBACK)
    def _call_me(self, event: CallbackAsked, now: Micros) -> list[Effect]:
        self._require_no_message()
        before = [*self._withdraw("callback"), *self._leave_room()]
        self.callback_away = self.away_until is not None
        self.away_until, self.held = None, False
        return [*self._plan_callback(event, now), *before]

    @on(CallbackAsked, State.CALLBACK)
    def _another_time(self, event: CallbackAsked, now: Micros) -> list[Effect]:
        if self.callback_state != "requested":
            raise Conflict("It is your turn already.", code="callback_due")
        return self._plan_callback(event, now)

    def _plan_callback(self, event: CallbackAsked, now: Micros) -> list[Effect]:
        self.callback_tasks, self.callback_task = list(event.tasks), asdict(event.task)
        self.callback_at = None if event.at is None else Micros(event.at)
        self.callback_window, self.callback_mail = event.window, event.mail
        if event.email:
            self._comment(callback_email=event.email)
        asked = self._record("callback_requested", at=event.at)
        return [asked, *self._confirm(now), *self._call_when_due(now)]

    def _require_no_message(self) -> None:
        if self.message_left or self.mode == BROUGHT:
            raise Conflict("You have left a message already.", code="message_left")

    def _call_when_due(self, now: Micros) -> list[Effect]:
        """Have an agent look for it, now or when its time has come."""
        if self.callback_at is not None and self.callback_at > now:
            self.callback_state, self.deadline = "requested", self.callback_at
            return []
        self.callback_state, self.deadline = "due", None
        wanted: dict[str, Any] = self.callback_task or {}
        add = self._add_task(TaskAdded(**{**wanted, "task": self.callback_tasks.pop(0)}))
        return [add, self._record("callback_due")]

    # --- ringing --------------------------------------------------------------------------------

    def _ring(self, agent: str, now: Micros) -> list[Effect]:
        """An agent is there; whose page is not open is written to, and has longer to come."""
        self.callback_state, self.deadline = "dialing", Micros(now + _RING * SECOND)
        if self.callback_until is None:
            self.callback_until = Micros(now + self.callback_window * 60 * SECOND)
        dialing = self._record("callback_dialing", agent=agent)
        writes = self.callback_mail and self.callback_away and self.mails < _LETTERS
        return [dialing, *(self._send_link(now) if writes else ())]

    def _send_link(self, now: Micros) -> list[Effect]:
        self._wait_for_followers(now)
        until = max(now + self.callback_window * 60 * SECOND, self.callback_until or 0)
        return self._write_letter("ringing", now + _FOLLOW * SECOND, until)

    def _wait_for_followers(self, now: Micros) -> None:
        """Whoever was given a link needs more time than to press a button."""
        if self.callback_state == "dialing":
            self.deadline = Micros(max(self.deadline or now, now + _FOLLOW * SECOND))

    @on(LinkMade, State.CALLBACK)
    def _link_made(self, event: LinkMade, now: Micros) -> list[Effect]:
        if event.agent is not None:
            self._require_agent(event.agent)
        self._wait_for_followers(now)
        return [self._record("callback_link_made", agent=event.agent)]

    @on(PageLost, State.CALLBACK)
    def _page_closed(self, event: PageLost, now: Micros) -> list[Effect]:
        self.callback_away = True
        return []

    @on(PageBack, State.CALLBACK)
    def _page_opened(self, event: PageBack, now: Micros) -> list[Effect]:
        self.callback_away = False
        return []

    # --- letters --------------------------------------------------------------------------------

    def _confirm(self, now: Micros) -> list[Effect]:
        """Who booked a time is told so, with a link to come by or to cancel it."""
        if self.callback_at is None or not self.callback_mail or self.mails >= _LETTERS:
            return []
        return self._write_letter(
            "booked", self.callback_at, Micros(self.callback_at + _BOOKED * SECOND)
        )

    def _write_letter(self, kind: str, until: int, link_until: int) -> list[Effect]:
        self.mails += 1
        self.mail = {"kind": kind, "number": self.mails, "state": "sending", "reason": ""}
        queued = self._record("mail_queued", kind=kind, number=self.mails)
        return [Mail(kind, self.mails, until, link_until), queued]

    @on(MailAsked, State.CALLBACK)
    def _mail_asked(self, event: MailAsked, now: Micros) -> list[Effect]:
        self._require_agent(event.agent)
        if self.mail is not None and self.mail["state"] == "sending":
            raise Conflict("A letter is on its way.", code="mail_on_its_way")
        if self.mails >= _LETTERS:
            raise Conflict("There were too many letters.", code="too_many_mails")
        return self._send_link(now)

    @on(MailOver, *_ANY)
    def _mail_over(self, event: MailOver, now: Micros) -> list[Effect]:
        state = "failed" if event.reason else "sent"
        if self.mail is not None and self.mail["number"] == event.number:
            self.mail = {**self.mail, "state": state, "reason": event.reason}
        if event.reason:
            return [self._record("mail_failed", number=event.number, reason=event.reason)]
        return [self._record("mail_sent", number=event.number)]

    # --- in vain --------------------------------------------------------------------------------

    @on(Tick, State.CALLBACK, to=(State.CALLBACK, State.FAILED))
    def _callback_time(self, event: Tick, now: Micros) -> Answer:
        if self.callback_state == "requested":
            return State.CALLBACK, self._call_when_due(now)
        return self._nobody_answered(now)

    def _nobody_answered(self, now: Micros) -> Answer:
        """The visitor did not take the agent's call; it is tried again, or given up."""
        agent = self.agent
        done = [] if agent is None else [Route(WorkEnded(agent.reservation, wrap_up=False))]
        self.task = None
        missed = self._record("callback_missed")
        state, effects = self._try_later(now)
        return state, [missed, *done, *self._leave_room(), *effects]

    @on(TaskOver, State.CALLBACK, to=(State.CALLBACK, State.FAILED, State.ENDED))
    def _callback_not_taken(self, event: TaskOver, now: Micros) -> Answer:
        if event.task != self.task:
            return State.CALLBACK, []
        self.task = None
        left = self._leave_room()
        if event.reason == "canceled":
            return State.ENDED, [*self._end("callback_canceled", "canceled", now), *left]
        state, effects = self._try_later(now)
        return state, [*left, *effects]

    def _try_later(self, now: Micros) -> Answer:
        again = Micros(now + _AGAIN * 60 * SECOND)
        if not self.callback_tasks or again > (self.callback_until or again):
            self.callback_state = "expired"
            return State.FAILED, self._end("callback_expired", "nobody_there", now)
        self.callback_at = again
        return State.CALLBACK, self._call_when_due(now)

    @on(VisitorLeft, State.CALLBACK, to=(State.CALLBACK, State.FAILED, State.ENDED))
    def _not_now(self, event: VisitorLeft, now: Micros) -> Answer:
        """Who does not want to talk just now is tried again; before that it is a refusal."""
        if self.callback_state == "dialing":
            return self._nobody_answered(now)
        return State.ENDED, self._call_off(now)

    @on(CallbackCanceled, State.CALLBACK, to=State.ENDED)
    def _not_after_all(self, event: CallbackCanceled, now: Micros) -> list[Effect]:
        return self._call_off(now)

    def _call_off(self, now: Micros) -> list[Effect]:
        self.callback_state = "canceled"
        ended = self._end("callback_canceled", "canceled", now)
        task = [] if self.task is None else [Route(TaskWithdrawn(self.task, "canceled"))]
        return [*ended, *task, *self._leave_room()]
