"""Whose pages see a desk, and what they were told last: visitors, agents, and the live view."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.tasks import Tasks
from signalling.domain.desk import Changed
from signalling.services.audience import Sockets

#: Seconds after which pages that did not change by themselves are looked at again: places in the
#: queue move, and colleagues come and go.
_SWEEP = 0.5
#: Seconds more for each page beyond the first hundreds: to look at all takes a part of the time
#: that does not grow with their number.
_PER_PAGE = 0.002
#: Pages that are shown anew in one go: a thousand of them take longer than an offer may.
_AT_A_TIME = 5
#: Fields that change by themselves; pages count on from what they were told last.
_RUNNING = re.compile(rb'"(?:seq|at|longest|waited|age)":(?:\d+|"[^"]*")')


class Shows(Protocol):
    """Makes what a page is shown."""

    def show_visit(self, session: str) -> Struct | None:
        """What the visitor of a session is shown; None when it is over for good."""
        ...

    def show_desk(self, agent: str) -> Struct | None:
        """What an agent is shown; None when there is no such agent any more."""
        ...

    def show_live(self) -> Struct:
        """What supervisors are shown."""
        ...

    def refresh(self) -> None:
        """Work out anew what several pages share."""
        ...


#: Who has which socket, one of them, and what that one is shown.
_Page = tuple[dict[str, str], str, str, Callable[[str], Struct | None]]


class DeskAudience:
    """One page for each visitor and each agent; any number of live views."""

    def __init__(self, clock: Clock, tasks: Tasks, sockets: Sockets) -> None:
        self._clock = clock
        self._tasks = tasks
        self._sockets = sockets
        self._shows: Shows | None = None
        self._visitors: dict[str, str] = {}
        self._agents: dict[str, str] = {}
        self._lives: set[str] = set()
        self._told: dict[str, bytes] = {}
        self._timer: Timer | None = None
        self._sweeping = self._again = False

    def attend(self, shows: Shows) -> None:
        """Say who makes what is shown."""
        self._shows = shows

    # --- who sees it ----------------------------------------------------------------------------

    def seat_visitor(self, session: str, socket: str) -> str | None:
        """A visitor's page is this one now; the socket of the one before, if there was another."""
        before = self._visitors.get(session)
        self._visitors[session] = socket
        return before if before != socket else None

    def seat_agent(self, agent: str, socket: str) -> str | None:
        """An agent's page is this one now; the socket of the one before, if there was another."""
        before = self._agents.get(agent)
        self._agents[agent] = socket
        return before if before != socket else None

    def seat_live(self, socket: str) -> None:
        """One more live view."""
        self._lives.add(socket)

    def leave_visitor(self, session: str, socket: str) -> bool:
        """A visitor's page is gone; False when another one has taken over."""
        self._told.pop(socket, None)
        if self._visitors.get(session) != socket:
            return False
        del self._visitors[session]
        return True

    def leave_agent(self, agent: str, socket: str) -> bool:
        """An agent's page is gone; False when another one has taken over."""
        self._told.pop(socket, None)
        if self._agents.get(agent) != socket:
            return False
        del self._agents[agent]
        return True

    def leave_live(self, socket: str) -> None:
        """A live view is gone."""
        self._told.pop(socket, None)
        self._lives.discard(socket)

    def sockets(self) -> list[str]:
        """All sockets that see it."""
        return [*self._visitors.values(), *self._agents.values(), *self._lives]

    # --- what they see --------------------------------------------------------------------------

    async def changed(self, changed: Changed) -> None:
        """Tell those whom it concerns at once, and all others soon; what agents see of each other
        and of the queues is shown soon too."""
        if self._shows is None:
            return
        for session in changed.sessions & self._visitors.keys():
            await self._tell(self._visitors[session], "visit", self._shows.show_visit(session))
        for agent in changed.agents & self._agents.keys():
            await self._tell(self._agents[agent], "desk", self._shows.show_desk(agent))
        self._again = True
        self._sweep_soon()

    def _sweep_soon(self) -> None:
        if self._timer is None and self._again and not self._sweeping:
            pages = len(self._visitors) + len(self._agents)
            at = Micros(self._clock.now() + round(max(_SWEEP, _PER_PAGE * pages) * SECOND))
            self._timer = self._clock.call_at(at, self._sweep_now)

    def _sweep_now(self) -> None:
        self._timer = None
        self._tasks.spawn(self._sweep(), "show the desk anew")

    async def _sweep(self) -> None:
        """Tell everybody what has changed for them, with room for others' work in between."""
        shows = self._shows
        if shows is None:
            return
        self._sweeping, self._again = True, False
        try:
            shows.refresh()
            for number, (seats, id, event, show) in enumerate(self._pages(shows)):
                if number % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
                if id in seats:
                    await self._tell(seats[id], event, show(id))
            await self._tell_lives(shows)
        finally:
            self._sweeping = False
        self._sweep_soon()

    def _pages(self, shows: Shows) -> list[_Page]:
        visitors: list[_Page] = [
            (self._visitors, id, "visit", shows.show_visit) for id in self._visitors
        ]
        return [*visitors, *((self._agents, id, "desk", shows.show_desk) for id in self._agents)]

    async def _tell_lives(self, shows: Shows) -> None:
        if self._lives:
            live = shows.show_live()
            for socket in list(self._lives):
                await self._tell(socket, "live", live)

    async def _tell(self, socket: str, event: str, message: Struct | None) -> None:
        """Send what is not what was sent last, but for its number."""
        if message is None:
            return
        known = _without_number(message)
        if self._told.get(socket) != known:
            self._told[socket] = known
            await self._sockets.emit([socket], event, message)

    def remember(self, socket: str, message: Struct) -> None:
        """A page was told this with its ack."""
        self._told[socket] = _without_number(message)

    def close(self) -> None:
        """Look at nothing again."""
        self._again = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _without_number(message: Struct) -> bytes:
    """What counts as the same: but for its number, and for times that only go on."""
    return _RUNNING.sub(b"", msgspec.json.encode(message))
