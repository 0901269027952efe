"""Which processes share this store with ours and are alive.

Each writes a heartbeat. A process is judged by its own clock only: one whose heartbeat did not
change for `patience` seconds, while our own went well, is dead, whatever the clocks of the two
machines say. The judgement may be wrong, so whoever takes over writes a greater epoch, by which
the store refuses what the other may still try.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.errors import OffhookError
from offhook.core.lifelines import Lifelines, Severed
from offhook.core.store.processes import GivenUp, Presence, Presences
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: A heartbeat that is so old (seconds) when it is first seen is taken for a dead process's.
_OLD = 10
#: Seconds after which a dead process is forgotten; it says that it is there again if it comes back.
_FORGET_AFTER = 60


@dataclass(slots=True)
class _Other:
    """What we know of another process: its last heartbeat, and since when it is that one."""

    presence: Presence
    since: Micros
    dead: bool = False


class Processes:
    """This process among those that share the store. Times are seconds.

    When it does not share the store it is alone, and writes nothing.
    `on_death` hears the name of each process that died or said goodbye, `on_doubt` that this one
    was away for so long that others may have given up on it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        node: str,
        *,
        shared: bool,
        every: float = 1.0,
        patience: float = 3.0,
    ) -> None:
        self.node = node
        self.shared = shared
        self.on_death: list[Callable[[str], None]] = []
        self.on_doubt: list[Callable[[], None]] = []
        self._store = store
        self._clock = clock
        self._every = round(every * SECOND)
        self._patience = round(patience * SECOND)
        self._presences = Presences()
        self._others: dict[str, _Other] = {}
        self._lines = Lifelines()
        self._started_at = clock.now()
        self._beaten_at: Micros | None = None
        self._beats = 0
        self._timer: Timer | None = None
        self._tasks = Tasks()
        self._closed = False

    # --- questions ---------------------------------------------------------------------------

    def alive(self, node: str) -> bool:
        """Whether a process is there, as far as we know."""
        if node == self.node:
            return True
        other = self._others.get(node)
        return other is not None and not other.dead

    def dead(self, node: str) -> bool:
        """Whether a process was there and is given up; one that was not seen yet is not."""
        other = self._others.get(node)
        return other is not None and other.dead

    def heard(self, node: str) -> None:
        """A process has spoken to us, so it is there, whatever its heartbeat told."""
        other = self._others.get(node)
        if other is not None and other.dead:
            log.info("process is back", node=node)
            other.dead, other.since = False, self._clock.now()

    def all(self) -> list[Presence]:
        """The processes that are alive, this one among them."""
        others = [other.presence for other in self._others.values() if not other.dead]
        seen_at = self._beaten_at if self.shared and self._beaten_at else self._clock.now()
        own = Presence(self.node, self._started_at, seen_at, self._beats)
        return sorted([own, *others], key=lambda presence: presence.node)

    def given_up(self) -> GivenUp:
        """Who may be succeeded, as of now; for a unit of work."""
        return GivenUp(frozenset(node for node, other in self._others.items() if other.dead))

    def elects(self, name: str) -> bool:
        """Whether, of all who live, it is for this process to take what has this name: so what the
        dead leave is spread evenly, without a word between those who live."""
        living = (presence.node for presence in self.all())
        return self.node == max(living, key=lambda node: _lot(node, name))

    @asynccontextmanager
    async def while_there(self, node: str) -> AsyncIterator[None]:
        """Whatever waits for this process within is ended by `Severed` as soon as it is dead, or
        has said goodbye."""
        if self.dead(node):
            raise Severed(node)
        async with self._lines.holding(node):
            yield

    # --- life --------------------------------------------------------------------------------

    async def start(self) -> None:
        """Say that this process is there, and begin to watch the others."""
        if self.shared:
            await self._beat()
            self._arm()

    async def close(self) -> None:
        """Say goodbye: what this process held is free at once."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        await self._tasks.close()
        if self.shared and self._beats:
            try:
                await self._store.write(lambda c: self._presences.forget(c, self.node))
            except OffhookError as error:
                log.warning("process could not say goodbye", code=error.code)

    def _arm(self) -> None:
        at = Micros(self._clock.now() + self._every)
        self._timer = self._clock.call_at(at, self._wake)

    def _wake(self) -> None:
        if not self._closed:
            self._tasks.spawn(self._go_on(), "heartbeat")

    async def _go_on(self) -> None:
        try:
            await self._beat()
        except OffhookError as error:
            log.error("process could not say that it is there", code=error.code)
        finally:
            if not self._closed:
                self._arm()

    async def _beat(self) -> None:
        began = self._clock.now()
        self._beats += 1
        own = Presence(self.node, self._started_at, began, self._beats)
        found = await self._store.write(lambda c: self._presences.beat(c, own))
        gap = 0 if self._beaten_at is None else self._clock.now() - self._beaten_at
        self._beaten_at = began
        self._look(found, late=gap > 2 * self._every)
        if gap > self._patience:
            log.warning("process was away", seconds=round(gap / SECOND, 1))
            for doubt in self.on_doubt:
                doubt()

    # --- the others --------------------------------------------------------------------------

    def _look(self, found: list[Presence], late: bool) -> None:
        """Judge the others by their heartbeats; when ours was late, their silence says nothing."""
        now = self._clock.now()
        there = {presence.node: presence for presence in found if presence.node != self.node}
        for node, presence in there.items():
            self._judge(node, presence, now, late)
        for node in {*self._others, *self._lines.names()} - set(there):
            was_alive = self.alive(node)
            self._others.pop(node, None)
            self._bury(node, tell=was_alive)

    def _judge(self, node: str, presence: Presence, now: Micros, late: bool) -> None:
        other = self._others.get(node)
        if other is None or other.presence.beat != presence.beat:
            fresh = other is not None or now - presence.seen_at < _OLD * SECOND
            since = now if fresh else Micros(now - self._patience - 1)
            if other is None or other.dead:
                log.info("process is here", node=node)
            other = self._others[node] = _Other(presence, since)
        elif late:
            other.since = now
        if not other.dead and now - other.since > self._patience:
            other.dead = True
            log.warning("process is silent", node=node)
            self._bury(node, tell=True)
        elif other.dead and now - other.since > _FORGET_AFTER * SECOND:
            self._tasks.spawn(self._forget(node), f"forget {node}")

    def _bury(self, node: str, *, tell: bool) -> None:
        self._lines.sever(node)
        if tell:
            for hear in self.on_death:
                hear(node)

    async def _forget(self, node: str) -> None:
        await self._store.write(lambda c: self._presences.forget(c, node))


def _lot(node: str, name: str) -> bytes:
    """What a process draws for something; the same wherever it is worked out."""
    return blake2b(f"{node} {name}".encode(), digest_size=8).digest()
