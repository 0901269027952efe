"""The bus over Redis: streams of commands to nodes, replies to processes, news on topics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import overload

import msgspec
import structlog
from redis.asyncio.client import Pipeline

from offhook.core.bus import streams
from offhook.core.bus.bus import Command, Handler, Listener, News, Registration, Reply
from offhook.core.bus.parts import Listening, Serving
from offhook.core.bus.problem import BusProblem
from offhook.core.bus.streams import LOST, Fields, StreamReader, StreamWriter
from offhook.core.contracts.media import MediaCommand, MediaReply
from offhook.core.contracts.processes import ProcessCommand, ProcessReply
from offhook.core.errors import BusTimeout, MalformedInput, OffhookError, Unavailable
from offhook.core.ids import Ids, RandomIds
from offhook.core.tasks import Tasks, cancel

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_COMMAND = msgspec.json.Decoder(Command)
_REPLY = msgspec.json.Decoder(Reply | BusProblem)
_NEWS = msgspec.json.Decoder(News)
_encode = msgspec.json.encode

#: How often a node says that it serves, and for how long that holds, in seconds.
_PRESENT_EVERY = 2.0
_PRESENT_FOR = 6.0
_PRESENT_AGAIN = 0.2
#: Seconds after a loss of Redis in which a node may not yet have said again that it serves.
_SETTLING = 2.0
_ASK_AGAIN = 0.05

#: Adds a command only while the node is present. Keys: presence, commands.
_ASK = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local added = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*',
    'id', ARGV[2], 'to', ARGV[3], 'within', ARGV[4], 'body', ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[6])
return added
"""


class RedisBus:
    """Joins processes that share a Redis.

    Requests under way end with `Unavailable` when Redis is lost; news waits for its return, in
    order and without repetition. `prefix` keeps installations apart.
    """

    def __init__(self, url: str, *, prefix: str = "offhook", ids: Ids | None = None) -> None:
        self._redis = streams.connect(url)
        self._prefix = prefix
        self._name = (ids or RandomIds()).new("ND")
        self._replies = f"{prefix}:replies:{self._name}"
        self._tasks = Tasks()
        self._writer = StreamWriter(self._redis, self._name)
        self._asked: dict[int, asyncio.Future[Reply]] = {}
        self._count = 0
        self._in_order = asyncio.Lock()
        self._started = False
        self._closed = False
        self._lost = False
        self._found_at: float | None = None

    @overload
    async def request(
        self, node: str, command: MediaCommand, within: float = 5.0
    ) -> MediaReply: ...

    @overload
    async def request(
        self, node: str, command: ProcessCommand, within: float = 5.0
    ) -> ProcessReply: ...

    async def request(self, node: str, command: Command, within: float = 5.0) -> Reply:
        """Add the command to the node's stream and wait for its reply."""
        self._start()
        self._count += 1
        number = self._count
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._asked[number] = reply
        try:
            async with asyncio.timeout(within):
                await self._ask(node, number, command, within)
                return await reply
        except TimeoutError:
            raise BusTimeout(f"{node} did not answer within {within:g} s") from None
        except LOST as error:
            raise _lost() from error
        finally:
            del self._asked[number]
            if not reply.cancel() and not reply.cancelled():
                reply.exception()  # seen, even when the link was lost before we came to wait

    async def serve(self, node: str, handler: Handler) -> Registration:
        """Answer the commands sent to `node` from now on; raises `Unavailable` without Redis."""
        self._start()
        presence, commands = self._keys(node)
        try:
            after = await streams.last_id(self._redis, commands)
            clock = _RedisClock()
            await self._say_present(presence, clock)
        except LOST as error:
            raise _lost() from error

        async def stop() -> None:
            await cancel(*tasks)
            await self._forget(presence)

        found = asyncio.Event()
        serving = Serving(node, handler, self._tasks, stop)
        reader = StreamReader(
            self._redis,
            commands,
            after,
            partial(self._begin, serving, clock),
            on_found=found.set,
            alone=True,
        )
        tasks = (
            self._tasks.spawn(reader.run(), f"{node} commands"),
            self._tasks.spawn(self._be_present(presence, clock, found), f"{node} presence"),
        )
        return serving

    async def publish(self, topic: str, news: News) -> None:
        """Queue the news for Redis; never waits for it."""
        self._start()
        self._writer.add(f"{self._prefix}:topic:{topic}", _encode(news))

    async def subscribe(
        self, topic: str, listener: Listener, *, alone: bool = False
    ) -> Registration:
        """Hear the topic from now on; raises `Unavailable` without Redis."""
        self._start()
        stream = f"{self._prefix}:topic:{topic}"
        await self._writer.flush(1.0)
        try:
            after = await streams.last_id(self._redis, stream)
        except LOST as error:
            raise _lost() from error

        async def stop() -> None:
            await cancel(task)

        listening = Listening(topic, listener, self._tasks, stop)
        hear = partial(_hear, listening, {})
        reader = StreamReader(self._redis, stream, after, hear, alone=alone)
        task = self._tasks.spawn(reader.run(), f"{topic} reader")
        return listening

    async def close(self) -> None:
        """Send the news that waits, for a second at most; fail requests; let go of Redis."""
        if self._closed:
            return
        await self._writer.flush(1.0)
        self._closed = True
        self._fail_all(_closed)
        await self._tasks.close()
        await self._forget(self._replies)
        await self._redis.aclose()

    def _start(self) -> None:
        """Begin to read replies and to send news; the first use does."""
        if self._closed:
            raise _closed()
        if not self._started:
            self._started = True
            reader = StreamReader(
                self._redis,
                self._replies,
                b"0-0",
                self._answered,
                on_lost=self._lose,
                on_found=self._find,
                alone=True,
            )
            self._tasks.spawn(reader.run(), "bus replies")
            self._tasks.spawn(self._writer.run(), "bus news")

    def _keys(self, node: str) -> tuple[str, str]:
        return f"{self._prefix}:{{{node}}}:present", f"{self._prefix}:{{{node}}}:commands"

    async def _ask(self, node: str, number: int, command: Command, within: float) -> None:
        presence, commands = self._keys(node)
        patience, body = round(within * 1000), _encode(command)
        asked = (streams.KEPT, number, self._replies, patience, body, streams.KEPT_FOR)
        while True:
            async with self._in_order:
                added = await self._redis.eval(_ASK, 2, presence, commands, *asked)
            if added:
                return
            if not self._settling():
                raise Unavailable(f"nobody serves {node}", code="no_such_node")
            await asyncio.sleep(_ASK_AGAIN)

    def _settling(self) -> bool:
        """Whether Redis may have forgotten so lately that nodes are missing which are there."""
        now = asyncio.get_running_loop().time()
        return self._lost or (self._found_at is not None and now - self._found_at < _SETTLING)

    def _lose(self) -> None:
        self._lost = True
        self._fail_all(_lost)

    def _find(self) -> None:
        self._lost = False
        self._found_at = asyncio.get_running_loop().time()

    def _begin(self, serving: Serving, clock: _RedisClock, entry: bytes, fields: Fields) -> None:
        """One command has come; one whose caller has given up is passed over."""
        if clock.age(entry) > int(fields[b"within"]):
            log.warning("node passes over late command", node=serving.node)
            return
        answer = partial(self._reply, fields[b"to"].decode(), fields[b"id"])
        try:
            command = _COMMAND.decode(fields[b"body"])
        except msgspec.DecodeError as error:
            problem = BusProblem.of(MalformedInput(f"unknown command: {error}"), serving.node)
            self._tasks.spawn(answer(problem), f"{serving.node} refuses")
        else:
            serving.begin(command, answer)

    async def _reply(self, to: str, number: bytes, reply: Reply | BusProblem) -> None:
        try:
            async with self._pipeline() as pipe:
                pipe.xadd(to, {"id": number, "body": _encode(reply)}, maxlen=streams.KEPT)
                pipe.expire(to, streams.KEPT_FOR)
                await pipe.execute()
        except LOST as error:
            log.warning("bus could not reply", error=str(error))

    def _answered(self, entry: bytes, fields: Fields) -> None:
        """A reply has come; one that nobody waits for any more is passed over."""
        reply = self._asked.get(int(fields[b"id"]))
        if reply is None or reply.done():
            return
        try:
            answer = _REPLY.decode(fields[b"body"])
        except msgspec.DecodeError as error:
            reply.set_exception(OffhookError(f"the node's reply cannot be read: {error}"))
            return
        if isinstance(answer, BusProblem):
            reply.set_exception(answer.error())
        else:
            reply.set_result(answer)

    async def _be_present(self, presence: str, clock: _RedisClock, found: asyncio.Event) -> None:
        """Say so again and again, and at once when Redis, which may have forgotten it, is back."""
        pause = _PRESENT_EVERY
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await found.wait()
            found.clear()
            try:
                await self._say_present(presence, clock)
                pause = _PRESENT_EVERY
            except LOST as error:
                pause = _PRESENT_AGAIN
                log.debug("node cannot say that it is present", error=str(error))

    async def _say_present(self, presence: str, clock: _RedisClock) -> None:
        async with self._pipeline() as pipe:
            pipe.set(presence, self._name, px=round(_PRESENT_FOR * 1000))
            pipe.time()
            _, (seconds, micros) = await pipe.execute()
        clock.set(int(seconds) * 1000 + int(micros) // 1000)

    async def _forget(self, key: str) -> None:
        try:
            async with asyncio.timeout(streams.PATIENCE):
                await self._redis.delete(key)
        except LOST as error:
            log.info("bus could not tidy up", key=key, error=str(error))

    @asynccontextmanager
    async def _pipeline(self) -> AsyncIterator[Pipeline]:
        async with (
            asyncio.timeout(streams.PATIENCE),
            self._redis.pipeline(transaction=False) as pipe,
        ):
            yield pipe

    def _fail_all(self, error: Callable[[], OffhookError]) -> None:
        for reply in self._asked.values():
            if not reply.done():
                reply.set_exception(error())


class _RedisClock:
    """Tells how old an entry is by the clock of Redis, whatever this machine's says."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def set(self, milliseconds: int) -> None:
        """What Redis says it is now."""
        self._ahead = milliseconds - asyncio.get_running_loop().time() * 1000

    def age(self, entry: bytes) -> float:
        """Milliseconds since an entry was added."""
        added = int(entry.partition(b"-")[0])
        return asyncio.get_running_loop().time() * 1000 + self._ahead - added


def _hear(listening: Listening, seen: dict[bytes, int], entry: bytes, fields: Fields) -> None:
    """One piece of news has come; what was heard already, or cannot be read, is passed over."""
    by, number = fields[b"by"], int(fields[b"n"])
    if number <= seen.get(by, 0):
        return
    seen[by] = number
    try:
        listening.tell(_NEWS.decode(fields[b"body"]))
    except msgspec.DecodeError as error:
        log.warning("listener passes over news", topic=listening.topic, error=str(error))


def _lost() -> Unavailable:
    return Unavailable("Redis is away", code="bus_lost")


def _closed() -> Unavailable:
    return Unavailable("the bus is closed", code="bus_closed")
