"""Redis streams: reading one for ever, and adding to them in order, through losses of the link."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Fields = Mapping[bytes, bytes]
#: What may go wrong with the link.
LOST = (RedisError, OSError)

#: Entries that a stream keeps, about; a reader that falls further behind misses some.
KEPT = 10_000
#: News that waits for a lost link to come back; beyond it the oldest is dropped.
WAITING = 10_000

#: Seconds after which a stream that nobody writes to is forgotten.
KEPT_FOR = 24 * 3600
#: Bytes that a stream's only reader has read before it has Redis forget them.
_FORGET_AFTER = 1024 * 1024

#: Seconds after which a silent Redis is taken to be lost.
PATIENCE = 5.0

_BLOCK_MS = 1_000
_BATCH = 256
_FIRST = b"0-0"


def connect(url: str) -> Redis:
    """A client that never sends a command twice by itself.

    Its own timeouts are off, because they may swallow a cancellation: whoever calls it does so
    within `asyncio.timeout(PATIENCE)`.
    """
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=None,
        socket_connect_timeout=2.0,
    )


def delay(failures: int) -> float:
    """Seconds before the next try: 0.1, 0.2, 0.4, 0.8, and then one second each."""
    return float(min(0.1 * (1 << min(failures - 1, 10)), 1.0))


async def last_id(redis: Redis, stream: str) -> bytes:
    """The id of the newest entry that a stream ever had; raises what `LOST` names."""
    try:
        async with asyncio.timeout(PATIENCE):
            about = await redis.xinfo_stream(stream)
    except ResponseError:  # there is no such stream yet
        return _FIRST
    return bytes(about["last-generated-id"])


def _nothing() -> None:
    """Done when nobody wants to know."""


class StreamReader:
    """Reads one stream from the entry behind `after`, over and over.

    `alone`: nobody else reads it, and what was read is forgotten.
    """

    def __init__(
        self,
        redis: Redis,
        stream: str,
        after: bytes,
        hear: Callable[[bytes, Fields], None],
        *,
        on_lost: Callable[[], None] = _nothing,
        on_found: Callable[[], None] = _nothing,
        alone: bool = False,
    ) -> None:
        self._redis = redis
        self._stream = stream
        self._after = after
        self._hear = hear
        self._on_lost = on_lost
        self._on_found = on_found
        self._alone = alone
        self._unforgotten = 0

    async def run(self) -> None:
        """Hand every entry to `hear`, in order; a lost link is found again."""
        failures = 0
        while True:
            try:
                if failures:
                    await self._find_place()
                await self._forget_what_was_read()
                entries = await self._read()
            except LOST as error:
                failures += 1
                self._lost(failures, error)
                await asyncio.sleep(delay(failures))
                continue
            if failures:
                log.info("bus found redis again", stream=self._stream)
                failures = 0
                self._on_found()
            for entry, fields in entries:
                self._after = entry
                self._unforgotten += sum(map(len, fields.values()))
                self._tell(entry, fields)

    async def _forget_what_was_read(self) -> None:
        if self._alone and self._unforgotten > _FORGET_AFTER:
            self._unforgotten = 0
            async with asyncio.timeout(PATIENCE):
                await self._redis.xtrim(self._stream, minid=self._after, approximate=False)

    def _tell(self, entry: bytes, fields: Fields) -> None:
        """Hand over one entry; a stranger's, which lacks what ours have, stops nothing."""
        try:
            self._hear(entry, fields)
        except Exception:
            log.exception("bus passes over entry", stream=self._stream, entry=entry.decode())

    async def _read(self) -> list[tuple[bytes, Fields]]:
        async with asyncio.timeout(PATIENCE):
            answer: Any = await self._redis.xread({self._stream: self._after}, _BATCH, _BLOCK_MS)
        return list(answer[0][1]) if answer else []

    async def _find_place(self) -> None:
        """A Redis that lost its memory may count from an earlier time."""
        if _order(await last_id(self._redis, self._stream)) < _order(self._after):
            self._after = _FIRST

    def _lost(self, failures: int, error: Exception) -> None:
        if failures == 1:
            log.warning("bus lost redis", stream=self._stream, error=str(error))
            self._on_lost()


class _Entry(NamedTuple):
    stream: str
    number: int
    body: bytes


class StreamWriter:
    """Adds entries in order without making anybody wait; keeps them while the link is lost.

    An entry whose acknowledgement was lost is added again: each carries who wrote it (`by`) and
    its number, by which a reader passes over the second.
    """

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._name = name
        self._waiting: deque[_Entry] = deque()
        self._added = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._count = 0

    def add(self, stream: str, body: bytes) -> None:
        """Queue one entry."""
        if len(self._waiting) >= WAITING:
            dropped = self._waiting.popleft()
            log.error("bus dropped news", stream=dropped.stream)
        self._count += 1
        self._waiting.append(_Entry(stream, self._count, body))
        self._idle.clear()
        self._added.set()

    async def flush(self, within: float) -> None:
        """Wait until all is with Redis, or until it takes too long."""
        try:
            async with asyncio.timeout(within):
                await self._idle.wait()
        except TimeoutError:
            log.warning("bus could not send all news", waiting=len(self._waiting))

    async def run(self) -> None:
        """Send what waits, a batch at a time."""
        failures = 0
        while True:
            await self._added.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            while batch:
                try:
                    await self._send(batch)
                    batch, failures = [], 0
                except LOST as error:
                    failures += 1
                    if failures == 1:
                        log.warning("bus cannot publish", error=str(error))
                    await asyncio.sleep(delay(failures))
            if not self._waiting:
                self._added.clear()
                self._idle.set()

    async def _send(self, batch: list[_Entry]) -> None:
        async with asyncio.timeout(PATIENCE), self._redis.pipeline(transaction=False) as pipe:
            for stream, number, body in batch:
                pipe.xadd(stream, {"by": self._name, "n": number, "body": body}, maxlen=KEPT)
            for stream in {entry.stream for entry in batch}:
                pipe.expire(stream, KEPT_FOR)
            await pipe.execute()


def _order(entry: bytes) -> tuple[int, int]:
    time, _, number = entry.partition(b"-")
    return int(time), int(number)
