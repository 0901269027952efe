"""The one owner of a machine: a mailbox, one timer, a commit, and then the effects in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Generic, NamedTuple, TypeVar

import structlog

from offhook.core.clock import Clock, Micros, Timer
from offhook.core.errors import OffhookError, Unavailable
from offhook.core.machine import Machine, Tick
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

M = TypeVar("M", bound=Machine)
#: Stores one transition: the machine as it is now, the event that moved it, its effects.
Commit = Callable[[M, Any, list[Any]], Awaitable[None]]
Perform = Callable[[Any], Awaitable[None]]

#: Ends the queue of effects.
_END = object()
_TICK = Tick()


class _Letter(NamedTuple):
    """One event in the mailbox, with the caller who waits for it, if any."""

    event: object
    caller: asyncio.Future[list[Any]] | None = None
    due: Micros | None = None


class Driver(Generic[M]):
    """Feeds one machine one event at a time, stores each transition, then carries out its effects.

    The effects of one machine are performed one after another, beside the mailbox: a slow effect
    delays later effects and never the next event. An effect reports back by `post`; one that fails
    is logged. `commit` must not `ask` this driver. When `commit` fails, the machine in memory is
    no longer true: the driver stops, its callers fail, and `on_lost` lets the owner load it again.
    """

    def __init__(
        self,
        machine: M,
        clock: Clock,
        tasks: Tasks,
        *,
        commit: Commit[M] | None = None,
        perform: Perform,
        tick: object = _TICK,
        on_lost: Callable[[], None] | None = None,
        name: str = "",
    ) -> None:
        self.machine = machine
        self.name = name or type(machine).__name__
        self._clock = clock
        self._commit = commit
        self._perform = perform
        self._tick = tick
        self._on_lost = on_lost
        self._mailbox: asyncio.Queue[_Letter | None] = asyncio.Queue()
        self._effects: asyncio.Queue[Any] = asyncio.Queue()
        self._timer: Timer | None = None
        self._rings_at: Micros | None = None
        self._stopped = False
        self._open = 0
        self._settled = asyncio.Event()
        self._settled.set()
        self._reader = tasks.spawn(self._read(), f"{self.name} mailbox", context=Context())
        self._doer = tasks.spawn(self._do(), f"{self.name} effects", context=Context())
        self._arm()

    @property
    def stopped(self) -> bool:
        """Whether it takes no more events: closed, or lost by a commit that failed."""
        return self._stopped

    def post(self, event: object) -> None:
        """Leave an event from the world; never waits. One that is unexpected is only logged."""
        if self._stopped:
            log.info("driver is closed to event", driver=self.name, event_type=_name(event))
        else:
            self._drop(_Letter(event))

    async def ask(self, event: object) -> list[Any]:
        """Hand in an event and return its effects once the transition is stored.

        Raises `UnexpectedEvent` or whatever the machine refuses with; what `commit` raised; and
        `Unavailable` when the driver has stopped. The effects are performed all the same.
        """
        if self._stopped:
            raise self._away()
        caller: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._drop(_Letter(event, caller))
        return await caller

    async def settle(self) -> None:
        """Wait until all that was handed in is stored and its effects, and theirs, are done."""
        await self._settled.wait()

    async def close(self) -> None:
        """Take no more events, finish those that wait and their effects, and stop the timer.

        An effect may close its own driver; what comes after it is then finished beside it.
        """
        if not self._stopped:
            self._stop()
        await asyncio.wait({self._reader, self._doer} - {asyncio.current_task()})

    def _drop(self, letter: _Letter) -> None:
        self._open += 1
        self._settled.clear()
        self._mailbox.put_nowait(letter)

    def _done_one(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._settled.set()

    async def _read(self) -> None:
        letter: _Letter | None = None
        try:
            while (letter := await self._mailbox.get()) is not None:
                await self._take(letter)
                self._done_one()
        except Exception as error:
            self._lose(letter, error)
        finally:
            self._abandon(letter)

    async def _take(self, letter: _Letter) -> None:
        """One event: decide, store, then let the effects begin."""
        if letter.due is not None and letter.due != self.machine.deadline:
            return
        try:
            effects = self.machine.handle(letter.event, self._clock.now())
        except OffhookError as refusal:
            self._refuse(letter, refusal)
            return
        if self._commit is not None:
            await self._commit(self.machine, letter.event, effects)
        self._open += len(effects)
        for effect in effects:
            self._effects.put_nowait(effect)
        self._arm()
        if letter.caller is not None and not letter.caller.done():
            letter.caller.set_result(effects)

    def _refuse(self, letter: _Letter, refusal: OffhookError) -> None:
        if letter.caller is None:
            log.warning(
                "machine passes over event",
                driver=self.name,
                state=self.machine.state.name,
                event_type=_name(letter.event),
                code=refusal.code,
            )
        else:
            _fail(letter, refusal)

    def _lose(self, letter: _Letter | None, error: Exception) -> None:
        """The machine in memory may differ from the stored one: nobody may use it any more."""
        log.error("driver lost its machine", driver=self.name, exc_info=error)
        if letter is not None:
            _fail(letter, error if isinstance(error, OffhookError) else self._away())
        self._stop()
        if self._on_lost is not None:
            self._on_lost()

    def _abandon(self, letter: _Letter | None) -> None:
        """The mailbox will not be read again: let the effects end and fail those who wait."""
        self._stop()
        self._effects.put_nowait(_END)
        unread = [] if letter is None else [letter]
        while not self._mailbox.empty():
            if (late := self._mailbox.get_nowait()) is not None:
                unread.append(late)
        for each in unread:
            _fail(each, self._away())
            self._done_one()

    async def _do(self) -> None:
        """Carry out effects in order until the mailbox has ended."""
        try:
            while (effect := await self._effects.get()) is not _END:
                try:
                    await self._perform(effect)
                except Exception:
                    log.exception("effect failed", driver=self.name, effect=_name(effect))
                self._done_one()
        finally:
            self._settled.set()

    def _stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._disarm()
            self._mailbox.put_nowait(None)

    def _arm(self) -> None:
        """Have the timer ring at the machine's deadline; each deadline rings once."""
        deadline = self.machine.deadline
        if deadline != self._rings_at and not self._stopped:
            self._disarm()
            if deadline is not None:
                self._rings_at = deadline
                self._timer = self._clock.call_at(deadline, self._ring)

    def _disarm(self) -> None:
        self._rings_at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        due = self._rings_at
        if due is None:
            return
        if self._clock.now() < due:  # an event loop may count in whole milliseconds
            self._timer = self._clock.call_at(due, self._ring)
        else:
            self._drop(_Letter(self._tick, due=due))

    def _away(self) -> Unavailable:
        return Unavailable(f"{self.name} has stopped", code="stopped")


def _fail(letter: _Letter, error: OffhookError) -> None:
    if letter.caller is not None and not letter.caller.done():
        letter.caller.set_exception(error)


def _name(message: object) -> str:
    return type(message).__name__
