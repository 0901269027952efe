"""One connection's ICE as a client without a socket sees it: told, compared, restarted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from media.sfu.leg import Leg
from offhook.core.contracts.media import IceSession
from offhook.core.errors import NotFound, PreconditionFailed


class End(Protocol):
    """One direction of a participant; `remote_ufrag` is the client's user fragment."""

    leg: Leg | None
    remote_ufrag: str


def update_ice(end: End | None, ufrag: str, known: Collection[str] | None) -> IceSession:
    """Take the client's user fragment: another than before restarts ICE (RFC 8445, 9725).

    Raises `NotFound` (`unknown_leg`) without a connection, and `PreconditionFailed` when ours is
    not among those that the client knows.
    """
    if end is None or end.leg is None:
        raise NotFound("there is no such connection", code="unknown_leg")
    leg = end.leg
    if known is not None and leg.ice.credentials.ufrag not in known:
        raise PreconditionFailed("ICE was restarted since", field="If-Match")
    restarted = bool(ufrag) and ufrag != end.remote_ufrag
    if restarted:
        end.remote_ufrag = ufrag
        leg.restart()
    local = leg.transport()
    return IceSession(
        ufrag=local.ufrag,
        password=local.password,
        candidates=local.candidates,
        restarted=restarted,
    )
