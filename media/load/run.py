"""A load test: it fills rooms with light participants, holds them for a while, and counts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Self

from media.load.connection import Means
from media.load.histogram import Histogram
from media.load.participant import LightParticipant, Measures
from media.load.plan import Plan, Seat
from media.load.results import Results
from media.peers.room_socket import RoomSocket
from media.sfu.dtls import Identity
from media.sfu.timers import Timers
from offhook.core.clock import SECOND, Clock
from offhook.core.errors import OffhookError
from offhook.core.tasks import Tasks, cancel

#: Seconds for the last packets and repairs to arrive.
_DRAIN = 0.5
#: Participants that leave at a time.
_LEAVE_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is, and the token that lets somebody in."""

    url: str
    token: Callable[[Seat], str]
    verify_tls: bool = True


@dataclass(slots=True)
class _Joins:
    times: Histogram = field(default_factory=Histogram)
    failures: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)


class LoadTest:
    """A context manager: `fill`, `hold`, `finish`; at the end of the block everybody leaves.

    `stop` ends filling and holding early.
    """

    def __init__(self, plan: Plan, door: Door, clock: Clock, randomness: Random) -> None:
        plan.check()
        identity = Identity(clock.now())
        self.stop = asyncio.Event()
        self._plan = plan
        self._door = door
        self._timers = Timers(clock)
        self._means = Means(identity, identity.context(), self._timers, randomness)
        self._measures = Measures()
        self._tasks = Tasks()
        self._participants: list[LightParticipant] = []
        self._joins = _Joins()
        self._slots = asyncio.Semaphore(plan.at_once)
        self._began = clock.now()

    async def fill(self) -> None:
        """Have all join: those who publish first, so that the others have something to receive."""
        self._began = self._timers.now()
        for publishing in (True, False):
            joins = await self._begin(self._plan.seats(publishing=publishing))
            if joins:
                await self._settled(joins)

    async def hold(self) -> None:
        """Let them send and receive for the time of the plan."""
        await self._pause(self._plan.seconds)

    async def finish(self) -> Results:
        """Send nothing new, wait for what is under way, and count."""
        for participant in self._participants:
            participant.stop()
        seconds = (self._timers.now() - self._began) / SECOND
        await asyncio.sleep(_DRAIN)
        return self.results(seconds)

    def results(self, seconds: float | None = None) -> Results:
        """What was found until now."""
        if seconds is None:
            seconds = (self._timers.now() - self._began) / SECOND
        joined = [each for each in self._participants if each.join_time is not None]
        streams = [stream for each in joined for stream in each.receiver.streams()]
        outgoing = [each.transmitter for each in joined if each.transmitter is not None]
        return Results(
            planned=self._plan.participants,
            joined=len(joined),
            join_times=self._joins.times,
            failures=Counter(self._joins.failures),
            reasons=dict(self._joins.reasons),
            ended=Counter(each.ended for each in joined if each.ended is not None),
            sent=sum(source.stream.packets for each in outgoing for source in each.sources),
            expected=sum(stream.expected for stream in streams),
            received=sum(stream.received for stream in streams),
            repaired=sum(stream.repaired for stream in streams),
            resent=sum(source.stream.repaired for each in outgoing for source in each.sources),
            withheld=sum(stream.withheld for stream in streams),
            octets=sum(stream.octets for stream in streams),
            dropped=sum(each.impairment.dropped for each in joined),
            seconds=seconds,
            delays=self._measures.delays,
            late=self._measures.late,
            expected_loss=self._plan.expected_loss,
            alone=self._plan.publishers + self._plan.subscribers == 1,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Everybody leaves, a few at a time."""
        slots = asyncio.Semaphore(_LEAVE_AT_ONCE)

        async def leave(participant: LightParticipant) -> None:
            async with slots:
                await participant.close()

        self.stop.set()
        await asyncio.gather(*(leave(each) for each in self._participants))
        await self._tasks.close()
        self._timers.close()

    async def _begin(self, seats: Sequence[Seat]) -> list[asyncio.Task[None]]:
        """Begin one join after the other, as fast as the plan says, until told to stop."""
        joins: list[asyncio.Task[None]] = []
        for seat in seats:
            await self._slots.acquire()
            if self.stop.is_set():
                self._slots.release()
                break
            joins.append(self._tasks.spawn(self._join(seat), f"join {seat.room} {seat.identity}"))
            if self._plan.ramp is not None:
                await self._pause(1 / self._plan.ramp)
        return joins

    async def _join(self, seat: Seat) -> None:
        participant = LightParticipant(
            RoomSocket(self._door.url, self._door.token(seat), verify_tls=self._door.verify_tls),
            self._means,
            self._tasks,
            self._measures,
            self._plan.profile if seat.publishes else None,
            self._plan.loss,
        )
        self._participants.append(participant)
        try:
            await participant.join()
        except OffhookError as error:
            self._joins.failures[error.code] += 1
            self._joins.reasons.setdefault(error.code, error.detail)
            self._participants.remove(participant)
            await participant.close()
        else:
            self._joins.times.add(participant.join_time or 0)
        finally:
            self._slots.release()

    async def _settled(self, joins: Sequence[asyncio.Task[None]]) -> None:
        """Wait for these joins; told to stop, give up those under way."""
        all_done = self._tasks.spawn(_wait(joins), "wait for joins")
        stopped = self._tasks.spawn(self.stop.wait(), "wait to stop")
        await asyncio.wait({all_done, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await cancel(stopped, all_done, *joins)
        for join in joins:
            if not join.cancelled() and (error := join.exception()) is not None:
                raise error

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until told to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        except TimeoutError:
            return


async def _wait(joins: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(joins)
