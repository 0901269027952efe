"""Before the call: the form, the consent, the queue; leaving it, or writing instead."""

from __future__ import annotations

from offhook.core.clock import Micros
from offhook.core.errors import Conflict
from offhook.core.machine import Tick, on
from signalling.domain.sessions.base import PREPARING, WAITING, Answer, State
from signalling.domain.sessions.calling_back import CallingBack
from signalling.domain.sessions.effects import Effect
from signalling.domain.sessions.events import (
    Brought,
    FormFilled,
    MessageLeft,
    Offered,
    Opened,
    PageBack,
    PageLost,
    PageMoved,
    Rated,
    Requeued,
    Returned,
    Started,
    TaskOver,
    VisitorLeft,
)

_ANY = tuple(State)


class Waiting(CallingBack):
    """The visitor has not reached anybody yet."""

    @on(Opened, State.CREATED, to=(State.FORM, State.CONSENT))
    def _opened(self, event: Opened, now: Micros) -> Answer:
        first = State.FORM if event.asks else State.CONSENT
        return first, [self._record("created", language=self.language, mode=self.mode)]

    @on(Brought, State.CREATED, to=State.CLOSED)
    def _brought(self, event: Brought, now: Micros) -> list[Effect]:
        self.queued_at = now
        add = self._add_task(event.task)
        return [self._record("created", language=self.language, mode=self.mode), add]

    @on(FormFilled, State.FORM, to=State.CONSENT)
    @on(FormFilled, State.CONSENT, *WAITING, State.CLOSED)
    def _filled(self, event: FormFilled, now: Micros) -> list[Effect]:
        self.customer = event.customer
        return []

    @on(PageMoved, *_ANY)
    def _moved(self, event: PageMoved, now: Micros) -> list[Effect]:
        self.customer = event.customer
        return []

    @on(Started, State.CONSENT, to=(State.QUEUED, State.CLOSED))
    def _started(self, event: Started, now: Micros) -> Answer:
        self._keep_consent(event, now)
        if event.refused is not None:
            self.reason = event.refused
            return State.CLOSED, [self._record("closed", reason=event.refused)]
        self.queued_at = now
        add = self._add_task(event.task)
        return State.QUEUED, [self._record("queued", channel=self.channel), add]

    def _keep_consent(self, event: Started, now: Micros) -> None:
        if event.consent is not None:
            self.consented, self.consented_at = event.consent, now
            self.consent_version, self.consent_locale = event.version, event.locale

    # --- in the queue ---------------------------------------------------------------------------

    @on(Offered, State.QUEUED, to=State.OFFERING)
    def _offered(self, event: Offered, now: Micros) -> list[Effect]:
        return [self._record("offering")]

    @on(Returned, State.OFFERING, to=State.QUEUED)
    def _returned(self, event: Returned, now: Micros) -> list[Effect]:
        return []

    @on(Requeued, *WAITING, to=State.QUEUED)
    def _requeued(self, event: Requeued, now: Micros) -> list[Effect]:
        return []

    @on(TaskOver, *WAITING, to=(State.QUEUED, State.OFFERING, State.CLOSED, State.ENDED))
    def _not_taken(self, event: TaskOver, now: Micros) -> Answer:
        if event.task != self.task:
            return self.state, []
        self.task = None
        if event.reason == "canceled" or not event.reason:
            return State.ENDED, [*self._end("canceled", "canceled", now), *self._leave_room()]
        self.reason, self.held = event.reason, False
        left = self._leave_room()
        self._wait_for_page()
        return State.CLOSED, [*left, self._record("closed", reason=event.reason)]

    @on(PageLost, *PREPARING, *WAITING, State.CLOSED)
    def _page_lost(self, event: PageLost, now: Micros) -> list[Effect]:
        self.away_until = Micros(event.until)
        self._wait_for_page()
        return []

    @on(PageBack, *PREPARING, *WAITING, State.CLOSED)
    def _page_back(self, event: PageBack, now: Micros) -> list[Effect]:
        self.away_until = self.deadline = None
        return []

    @on(Tick, *PREPARING, to=State.ABANDONED)
    @on(VisitorLeft, *PREPARING, to=State.ABANDONED)
    def _only_looked(self, event: VisitorLeft | Tick, now: Micros) -> list[Effect]:
        """The visitor asked for nobody: that is no call that was given up."""
        return self._end("dismissed", "visitor_left", now)

    @on(Tick, *WAITING, to=State.ABANDONED)
    @on(VisitorLeft, *WAITING, to=State.ABANDONED)
    def _gave_up(self, event: VisitorLeft | Tick, now: Micros) -> list[Effect]:
        ended = self._end("abandoned", "visitor_left", now)
        return [*ended, *self._withdraw(), *self._leave_room()]

    @on(Tick, State.CLOSED, to=(State.CLOSED, State.ENDED))
    @on(VisitorLeft, State.CLOSED, to=(State.CLOSED, State.ENDED))
    def _went(self, event: VisitorLeft | Tick, now: Micros) -> Answer:
        """The visitor is done with it; a message that was left is read all the same."""
        self.deadline = self.away_until = None
        if self.task is not None:
            return State.CLOSED, []
        return State.ENDED, self._end("ended", self.reason, now)

    # --- other ways to be heard -----------------------------------------------------------------

    @on(MessageLeft, State.FORM, State.CONSENT, *WAITING, State.CLOSED, to=State.CLOSED)
    def _wrote(self, event: MessageLeft, now: Micros) -> list[Effect]:
        self._require_no_message()
        before = [*self._withdraw("message"), *self._leave_room()]
        self.customer, self.message_left = event.customer, True
        self.away_until, self.deadline, self.held = None, None, False
        left = self._record("message_left")
        return [left, self._add_task(event.task), *before]

    @on(Rated, State.ENDED)
    def _rated(self, event: Rated, now: Micros) -> list[Effect]:
        if self.stars is not None:
            raise Conflict("You have rated this call already.", code="rated")
        self.stars, self.rated_at = event.stars, now
        self._comment(comment=event.comment)
        return [self._record("rated", stars=event.stars)]
