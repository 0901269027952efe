"""The outbox: what must be carried out after a commit, at least once, in order for each key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId
from offhook.core.store import late
from offhook.core.store.claims import Claim
from offhook.core.store.prepared import Prepared
from offhook.core.store.store import Store
from offhook.core.store.tables import outbox
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One thing to carry out. `attempts`: how often it was tried in vain."""

    position: int
    account: AccountId
    topic: str
    key: str
    payload: bytes
    attempts: int


#: What other processes are told when something was put into the outbox (`Store.listen`).
CHANNEL = "outbox"

Carry = Callable[[OutboxItem], Awaitable[None]]


class _Line(NamedTuple):
    """The items that go one after another."""

    topic: str
    account: str
    key: str

    @property
    def name(self) -> str:
        """What one process at a time claims."""
        return f"outbox {self.topic} {self.account} {self.key}"


_PUT = Prepared(insert(outbox))
_earlier = outbox.alias()
_first = ~exists().where(
    _earlier.c.topic == outbox.c.topic,
    _earlier.c.account_id == outbox.c.account_id,
    _earlier.c.key == outbox.c.key,
    _earlier.c.position < outbox.c.position,
)
_HEAD = Prepared(
    select(outbox)
    .where(
        outbox.c.topic == bindparam("topic"),
        outbox.c.account_id == bindparam("account"),
        outbox.c.key == bindparam("line"),
    )
    .order_by(outbox.c.position)
    .limit(1)
)
_DONE = Prepared(delete(outbox).where(outbox.c.position == bindparam("at")))
_LATER = update(outbox).where(outbox.c.position == bindparam("at"))
_WAITING = select(func.count()).select_from(outbox)


def _due_of(topics: Iterable[str]) -> Prepared:
    """Asks for the lines of these topics whose first item is due, behind a position."""
    return Prepared(
        select(outbox.c.topic, outbox.c.account_id, outbox.c.key, outbox.c.position)
        .where(
            or_(false(), *(outbox.c.topic == topic for topic in topics)),
            outbox.c.due_at <= bindparam("now"),
            outbox.c.position > bindparam("behind"),
            _first,
        )
        .order_by(outbox.c.position)
        .limit(bindparam("limit"))
    )


class Outbox:
    """Takes what must be carried out, in the caller's transaction."""

    def put(
        self,
        connection: Connection,
        account: AccountId,
        topic: str,
        key: str,
        payload: bytes,
        now: Micros,
    ) -> None:
        """Note one item; after the commit, `Relay.wake`. Items of one key stay in order."""
        _PUT.run(
            connection,
            {
                "account_id": account,
                "topic": topic,
                "key": key,
                "payload": payload,
                "created_at": now,
                "attempts": 0,
                "due_at": now,
            },
        )
        late.tell(connection, CHANNEL)

    def waiting(self, connection: Connection) -> int:
        """How many items have not been carried out."""
        return int(connection.execute(_WAITING).scalar_one())


def backoff(attempts: int) -> int:
    """Microseconds until the next try: 1 s, 2 s, 4 s … at most five minutes."""
    return min(1 << min(attempts - 1, 16), 300) * SECOND


class Relay:
    """Carries out the outbox: each item by the handler of its topic, at least once.

    Keys go side by side, the items of one key one after another; one that fails keeps its key
    waiting and is tried again later, for ever. The relays of several processes share the work:
    each key is in the hands of one at a time. `look_every` (seconds) is how late a retry may be
    noticed, or what a process that died had in its hands.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handlers: Mapping[str, Carry],
        *,
        at_once: int = 16,
        look_every: float = 1.0,
        delay: Callable[[int], int] = backoff,
    ) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._due = _due_of(handlers)
        self._at_once = at_once
        self._look_every = round(look_every * SECOND)
        self._delay = delay
        self._tasks = Tasks()
        self._busy: set[_Line] = set()
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._unlisten: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin with what was left by an earlier run."""
        self._unlisten = self._store.listen(CHANNEL, self._woken.set)
        self._woken.set()
        self._tasks.spawn(self._watch(), "outbox relay")

    def wake(self) -> None:
        """Look at the outbox now: something was committed."""
        self._woken.set()

    async def close(self) -> None:
        """Stop; what is under way is given up and tried again by the next run."""
        if self._unlisten is not None:
            self._unlisten()
        if self._timer is not None:
            self._timer.cancel()
        await self._tasks.close()

    async def _watch(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._begin_what_is_due()
            except OffhookError as error:
                log.error("outbox cannot be read", code=error.code, error=error.detail)
            self._look_later()

    def _look_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = Micros(self._clock.now() + self._look_every)
        self._timer = self._clock.call_at(at, self._woken.set)

    async def _begin_what_is_due(self) -> None:
        """Take lines in hand until enough are, or all that are due are in somebody's hands."""
        asked = {"now": self._clock.now(), "limit": 2 * self._at_once, "behind": 0}
        while len(self._busy) < self._at_once:
            rows = await self._store.read(lambda connection: self._due.all(connection, asked))
            for row in rows:
                await self._begin(_Line(*row[:3]))
            if len(rows) < asked["limit"]:
                return
            asked["behind"] = rows[-1].position

    async def _begin(self, line: _Line) -> None:
        if line in self._busy or len(self._busy) >= self._at_once:
            return
        claim = await self._store.claim(line.name)
        if claim is not None:
            self._busy.add(line)
            self._tasks.spawn(self._work_off(line, claim), f"outbox {line.topic}")

    async def _work_off(self, line: _Line, claim: Claim) -> None:
        """Carry out one key's items until there are none, or one fails."""
        try:
            try:
                while claim.held and (item := await self._head(line)):
                    if not await self._carry_out(item):
                        break
            finally:
                await self._store.release(claim)
                self._busy.discard(line)
            self._woken.set()
        except OffhookError as error:
            log.error("outbox cannot be kept", code=error.code, error=error.detail)

    async def _head(self, line: _Line) -> OutboxItem | None:
        """The first item, if its time has come; another process may have put it off meanwhile."""
        now = self._clock.now()
        return await self._store.read(lambda connection: _head(connection, line, now))

    async def _carry_out(self, item: OutboxItem) -> bool:
        try:
            await self._handlers[item.topic](item)
        except Exception as error:
            await self._put_off(item, error)
            return False
        await self._store.write(lambda connection: _done(connection, item))
        return True

    async def _put_off(self, item: OutboxItem, error: Exception) -> None:
        attempts = item.attempts + 1
        log.warning(
            "outbox item failed",
            topic=item.topic,
            key=item.key,
            attempts=attempts,
            error=str(error) or type(error).__name__,
        )
        due_at = self._clock.now() + self._delay(attempts)
        await self._store.write(lambda connection: _later(connection, item, attempts, due_at))


def _head(connection: Connection, line: _Line, now: Micros) -> OutboxItem | None:
    asked = {"topic": line.topic, "account": line.account, "line": line.key}
    row = _HEAD.one_or_none(connection, asked)
    if row is None or row.due_at > now:
        return None
    account = AccountId(row.account_id)
    return OutboxItem(row.position, account, row.topic, row.key, row.payload, row.attempts)


def _done(connection: Connection, item: OutboxItem) -> None:
    _DONE.run(connection, {"at": item.position})


def _later(connection: Connection, item: OutboxItem, attempts: int, due_at: int) -> None:
    connection.execute(_LATER, {"at": item.position, "attempts": attempts, "due_at": due_at})
