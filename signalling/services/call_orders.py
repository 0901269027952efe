"""What sessions want of the rooms of their calls: done in order for each, and again until it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

import structlog

from offhook.core.errors import NotFound, OffhookError, Unavailable
from offhook.core.ids import AccountId
from offhook.core.tasks import Tasks
from signalling.domain.desk import OfSession
from signalling.domain.sessions.base import CALLING, OVER, WAITING
from signalling.domain.sessions.effects import CloseRoom, Expel, Hear, OpenRoom
from signalling.domain.sessions.session import Session
from signalling.services.call_rooms import CallRooms

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: How often a room that cannot be reached is tried again, and seconds between two tries. A process
#: that looked after it and died is given up, and another has the room, well within that.
_TRIES, _PAUSE = 40, 0.25
#: Seconds that all that follows waits for a room.
_AT_ONCE = 2.0


class CallOrders:
    """The orders of one account's desk. One whose room is moving to another process waits for it,
    and so do the later ones of the same session; all others are not kept waiting. `stopped` says
    when nobody may order any more."""

    def __init__(
        self, account: AccountId, rooms: CallRooms, tasks: Tasks, stopped: Callable[[], bool]
    ) -> None:
        self._account = account
        self._rooms = rooms
        self._tasks = tasks
        self._stopped = stopped
        self._behind: dict[str, deque[OfSession]] = {}

    async def give(self, wanted: OfSession) -> None:
        """Have the room as the session wants it: now, or as soon as its process is there."""
        waiting = self._behind.get(wanted.session)
        if waiting is not None:
            waiting.append(wanted)
        elif not await self._done_at_once(wanted):
            self._catch_up(wanted.session, wanted)

    def give_again(self, sessions: Iterable[Session]) -> None:
        """After a start: what was ordered last may not have been done."""
        for session in sessions:
            again = _last_order(session)
            if again is not None:
                self._catch_up(session.id, OfSession(session.id, again))

    def _catch_up(self, session: str, first: OfSession) -> None:
        self._behind[session] = deque([first])
        self._tasks.spawn(self._work_off(session), f"have the room of {session} as wanted")

    async def _work_off(self, session: str) -> None:
        waiting = self._behind[session]
        try:
            while waiting and not self._stopped():
                await self._insist(waiting[0])
                waiting.popleft()
        finally:
            del self._behind[session]

    async def _insist(self, wanted: OfSession) -> None:
        for _ in range(_TRIES):
            if self._stopped() or await self._done(wanted):
                return
            await asyncio.sleep(_PAUSE)
        log.error("room of a call not as wanted", session=wanted.session)

    async def _done_at_once(self, wanted: OfSession) -> bool:
        """Pages are told of a step after this, so it must not take long."""
        try:
            async with asyncio.timeout(_AT_ONCE):
                return await self._done(wanted)
        except TimeoutError:
            return False

    async def _done(self, wanted: OfSession) -> bool:
        """Whether it need not be tried again; a room that is gone needs nothing more."""
        try:
            await self._do(wanted)
        except NotFound as error:
            log.info("room of a call is gone", session=wanted.session, code=error.code)
        except Unavailable as error:
            log.info("room of a call not reached", session=wanted.session, code=error.code)
            return False
        except OffhookError as error:
            log.warning("room of a call not as wanted", session=wanted.session, code=error.code)
        return True

    async def _do(self, wanted: OfSession) -> None:
        match wanted.effect:
            case OpenRoom(room=room, hearing=hearing):
                await self._rooms.open(self._account, room, hearing)
            case Hear(room=room, hearing=hearing):
                await self._rooms.hear(self._account, room, hearing)
            case Expel(room=room, identity=identity):
                await self._rooms.expel(self._account, room, identity)
            case CloseRoom(room=room):
                await self._rooms.close(self._account, room)


def _last_order(session: Session) -> OpenRoom | Hear | CloseRoom | None:
    """What holds of the room of a session, as far as the session alone can tell."""
    if session.visitor not in session.parties:
        return None
    if session.state in OVER:
        return CloseRoom(session.room)
    hearing = session.parties.hearing(session.call_state)
    if session.state in CALLING:
        return OpenRoom(session.room, hearing)
    return Hear(session.room, hearing) if session.state in WAITING else None
