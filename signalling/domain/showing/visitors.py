"""What a visitor is shown of the contact."""

from __future__ import annotations

from collections.abc import Mapping

from offhook.core.clock import SECOND, isoformat
from offhook.core.errors import NotFound
from signalling.domain.hearing import Part
from signalling.domain.sessions.base import OVER, WAITING
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.session import Session
from signalling.domain.showing.shared import Shown
from signalling.domain.visit_views import (
    CallbackView,
    EndReason,
    PartyView,
    Visit,
)

#: Reasons of the router, as a visitor may read them.
_REASONS: Mapping[str, EndReason] = {
    "visitor_left": "visitor_left",
    "agent_left": "agent_left",
    "closed": "closed",
    "queue_closed": "closed",
    "queue_full": "queue_full",
    "max_wait": "waited_too_long",
    **dict.fromkeys(
        ("nobody_there", "agent_absent", "agent_unreachable", "agent_removed", "no_answer"),
        "nobody_there",
    ),
    **dict.fromkeys(("rejected", "busy", "no_queue"), "nobody_there"),
    "connection_lost": "connection_lost",
    "not_allowed": "not_allowed",
}


class ToVisitors(Shown):
    """Views for visitors."""

    def visit(self, session: Session, *, offers_after: int | None = None, link: str = "") -> Visit:
        """The contact as its visitor sees it; a longer estimated wait than `offers_after` seconds
        has a callback offered. `link` opens it in another browser of theirs."""
        position, wait, more = self._wait(session)
        long = wait is not None and offers_after is not None and wait > offers_after
        nobody = position is not None and wait is None
        agent = session.agent
        return Visit(
            seq=self._seq,
            session=session.id,
            state=session.state.value,
            position=position,
            wait=wait,
            wait_more=more,
            offers_callback=long or nobody,
            music=session.state in WAITING and not self._in_room(session),
            ringing=session.callback_state == "dialing",
            agent=None if agent is None else PartyView(identity=agent.identity, name=agent.name),
            others=self._others(session),
            call=self._call(session, session.visitor, session.customer.name),
            held=session.held or (session.consult is not None and self._waits_for(session)),
            recording=False,
            callback=self._callback(session, link),
            ended=self._ended(session),
            seconds=self._talked(session),
            may_rate=session.state is Stage.ENDED
            and session.answered_at is not None
            and session.stars is None
            and session.deadline is not None,
            rated=session.stars,
        )

    def _waits_for(self, session: Session) -> bool:
        consult = session.consult or {}
        return consult.get("state") in {"ringing", "consulting"}

    def _wait(self, session: Session) -> tuple[int | None, int | None, bool]:
        if session.state not in WAITING or session.task is None:
            return None, None, False
        try:
            wait = self._router.wait(session.task, self._now)
        except NotFound:
            return None, None, False
        return wait.position, wait.seconds, wait.more

    def _in_room(self, session: Session) -> bool:
        visitor = session.parties.get(session.visitor)
        return visitor is not None and visitor.there

    def _others(self, session: Session) -> list[PartyView]:
        if (session.consult or {}).get("state") != "conference":
            return []
        return [
            PartyView(identity=party.identity, name=party.name)
            for party in session.parties
            if party.part is Part.CONSULTED
        ]

    def _callback(self, session: Session, link: str) -> CallbackView | None:
        if not session.callback_state:
            return None
        at = None if session.callback_at is None else isoformat(session.callback_at)
        return CallbackView(state=session.callback_state, at=at, link=link)

    def _ended(self, session: Session) -> EndReason | None:
        if session.state not in (*OVER, Stage.CLOSED):
            return None
        return _REASONS.get(session.reason, "canceled")

    def _talked(self, session: Session) -> int | None:
        if session.answered_at is None or session.ended_at is None:
            return None
        return (session.ended_at - session.answered_at) // SECOND
