"""Who is in the rooms of a desk's calls: looked up where it is stored, and told to the sessions.

A room may be looked after by another process than the desk. Whoever looks after it says that
somebody came or left, and the desk's process then looks who is there: so it does not matter what
of this is lost, comes twice or comes late, and after a start or a death the same look tells all.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.processes import LookAtCall
from offhook.core.errors import NotFound, OffhookError, Unavailable
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from signalling.domain.desk import ToSession
from signalling.domain.sessions import events as told
from signalling.domain.sessions.base import CALLING, WAITING, State
from signalling.domain.sessions.session import Session
from signalling.services.desk_owner import DeskOwner
from signalling.services.parts import Parts
from signalling.stores.desks import Desks as Rows

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Where a session stands while there may be somebody in a room of its call.
_CALLS = (*CALLING, *WAITING, State.CALLBACK)
#: How often a desk's process is told, and seconds between two tries.
_TRIES, _PAUSE = 20, 0.5
#: Seconds that somebody has who comes back on a new page, which has put the old one out already.
_COMES_BACK = 20
#: Why somebody left whose place a later page of theirs has taken.
_PUT_OUT = "duplicate_identity"


class Attendance:
    """Looks at the rooms of one desk's calls, one look at a time for each."""

    def __init__(self, parts: Parts, owner: DeskOwner) -> None:
        self._parts = parts
        self._owner = owner
        self._looking: set[str] = set()
        self._again: set[str] = set()
        self._returning: dict[str, dict[str, Micros]] = {}

    def look(self, session: str) -> None:
        """See who is in the room of a session's call now."""
        if session in self._looking:
            self._again.add(session)
            return
        self._looking.add(session)
        self._parts.tasks.spawn(self._look(session), f"see who is in the call of {session}")

    def look_everywhere(self) -> None:
        """See who is in which room."""
        for session in list(self._owner.desk.sessions.values()):
            if _has_call(session):
                self.look(session.id)

    async def _look(self, session: str) -> None:
        try:
            while not self._owner.driver.stopped:
                self._again.discard(session)
                await self._compare(session)
                if session not in self._again:
                    return
        except OffhookError as error:
            log.warning("not known who is in a call", session=session, code=error.code)
        finally:
            self._looking.discard(session)
            self._again.discard(session)

    async def _compare(self, id: str) -> None:
        """Tell the session of everybody who is there and should not be, or the other way round."""
        session = self._owner.desk.sessions.get(id)
        if session is None or not _has_call(session):
            self._returning.pop(id, None)
            return
        kept, account, room = self._parts.kept, self._owner.account, session.room
        found = await self._parts.store.read(lambda c: kept.attended(c, account, room))
        known = {party.identity for party in session.parties if party.there}
        for identity in found.inside:
            self._returning.get(id, {}).pop(identity, None)
        for identity in sorted(found.inside - known):
            await self._tell(id, told.PartyCame(identity))
        for identity in sorted(known - found.inside):
            if found.left.get(identity) == _PUT_OUT and self._returns(id, identity):
                continue
            lost = found.left.get(identity) != "client_initiated"
            await self._tell(id, told.PartyGone(identity, lost))

    def _returns(self, session: str, identity: str) -> bool:
        """Whether whoever put the old page out may still be on the way in."""
        now = self._parts.clock.now()
        until = self._returning.setdefault(session, {}).get(identity)
        if until is None:
            until = Micros(now + _COMES_BACK * SECOND)
            self._returning[session][identity] = until
            self._parts.clock.call_at(until, lambda: self.look(session))
        if now >= until:
            del self._returning[session][identity]
        return now < until

    async def _tell(self, session: str, event: object) -> None:
        """One after another: the next look must see what came of this one."""
        with suppress(UnexpectedEvent, NotFound):  # it has gone on meanwhile
            await self._owner.ask(ToSession(session, event))


def _has_call(session: Session) -> bool:
    return session.state in _CALLS and bool(list(session.parties))


async def tell_desk(parts: Parts, rows: Rows, account: AccountId, session: str) -> None:
    """Have the process that has the desk of an account look at a call. Whoever takes over a desk
    looks at all calls, so a process that has died is not told."""
    for _ in range(_TRIES):
        node = await parts.store.read(lambda c: rows.owner(c, account))
        if node is None or node == parts.processes.node:
            return
        try:
            await parts.border.ask(node, LookAtCall(account=account, session=session))
        except Unavailable as error:
            if error.code == "owner_lost":
                return
            await asyncio.sleep(_PAUSE)
        else:
            return
    log.warning("desk was not told of a call", account=account, session=session)
