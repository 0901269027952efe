"""What is shown of a customer's earlier sessions."""

from __future__ import annotations

from offhook.core.clock import SECOND, isoformat
from signalling.domain.desk_views import (
    EarlierView,
)
from signalling.domain.sessions.session import Session


def earlier_view(session: Session, queue: str) -> EarlierView:
    """An earlier session of the same customer."""
    talked = 0 if session.answered_at is None else (session.ended_at or 0) - session.answered_at
    return EarlierView(
        session=session.id,
        at=isoformat(session.opened_at),
        queue=queue,
        agent=session.agents[-1][1] if session.agents else "",
        seconds=max(talked, 0) // SECOND,
        disposition=session.disposition,
        notes=session.customer.notes,
        rated=session.stars,
    )
