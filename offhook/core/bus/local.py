"""The bus within one process: queues and tasks, with the manners of the one over Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context

import structlog

from offhook.core.bus.bus import Handler, Listener, Registration
from offhook.core.bus.problem import BusProblem
from offhook.core.contracts.media import MediaCommand, MediaNews, MediaReply
from offhook.core.errors import BusTimeout, Unavailable
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class LocalBus:
    """Joins the parts of one process."""

    def __init__(self) -> None:
        self._tasks = Tasks()
        self._nodes: dict[str, _Serving] = {}
        self._listening: dict[str, list[_Listening]] = {}
        self._asked: set[asyncio.Future[MediaReply]] = set()
        self._closed = False

    async def request(self, node: str, command: MediaCommand, within: float = 5.0) -> MediaReply:
        """Have the node's handler answer; it goes on when the caller has given up."""
        serving = self._nodes.get(node)
        if self._closed or serving is None:
            raise Unavailable(f"nobody serves {node}", code="no_such_node")
        reply: asyncio.Future[MediaReply] = asyncio.get_running_loop().create_future()
        self._asked.add(reply)
        serving.begin(command, reply)
        try:
            async with asyncio.timeout(within):
                return await reply
        except TimeoutError:
            raise BusTimeout(f"{node} did not answer within {within:g} s") from None
        finally:
            self._asked.discard(reply)

    async def serve(self, node: str, handler: Handler) -> Registration:
        """Answer the commands sent to `node`, each in a task of its own."""
        if node in self._nodes:
            raise ValueError(f"{node} is served already")
        serving = _Serving(node, handler, self._tasks, lambda: self._nodes.pop(node, None))
        self._nodes[node] = serving
        return serving

    async def publish(self, topic: str, news: MediaNews) -> None:
        """Hand the news to every listener's queue."""
        for listening in self._listening.get(topic, ()):
            listening.news.put_nowait(news)

    async def subscribe(self, topic: str, listener: Listener) -> Registration:
        """Hear the topic, one at a time."""
        listening = _Listening(topic, listener, self._tasks, self._forget)
        self._listening.setdefault(topic, []).append(listening)
        return listening

    async def close(self) -> None:
        """Fail the requests under way and stop all that serve and listen."""
        self._closed = True
        for reply in self._asked:
            if not reply.done():
                reply.set_exception(Unavailable("the bus is closed", code="bus_closed"))
        self._nodes.clear()
        self._listening.clear()
        await self._tasks.close()

    def _forget(self, listening: _Listening) -> None:
        if listening in self._listening.get(listening.topic, ()):
            self._listening[listening.topic].remove(listening)


class _Serving:
    """One node that answers."""

    def __init__(
        self, node: str, handler: Handler, tasks: Tasks, forget: Callable[[], object]
    ) -> None:
        self._node = node
        self._handler = handler
        self._tasks = tasks
        self._forget = forget
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, command: MediaCommand, reply: asyncio.Future[MediaReply]) -> None:
        task = self._tasks.spawn(self._answer(command, reply), f"{self._node} answers")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, command: MediaCommand, reply: asyncio.Future[MediaReply]) -> None:
        try:
            answer = await self._handler(command)
        except Exception as error:
            problem = BusProblem.of(error, self._node)
            if not reply.done():
                reply.set_exception(problem.error())
        else:
            if not reply.done():
                reply.set_result(answer)

    async def close(self) -> None:
        self._forget()
        others = self._under_way - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)


class _Listening:
    """One listener with a queue of its own, so that a slow one delays nobody else."""

    def __init__(
        self,
        topic: str,
        listener: Listener,
        tasks: Tasks,
        forget: Callable[[_Listening], None],
    ) -> None:
        self.topic = topic
        self.news: asyncio.Queue[MediaNews | None] = asyncio.Queue()
        self._listener = listener
        self._forget = forget
        self._task = tasks.spawn(self._hear(), f"{topic} listener", context=Context())

    async def _hear(self) -> None:
        while (news := await self.news.get()) is not None:
            try:
                await self._listener(news)
            except Exception:
                log.exception("listener failed", topic=self.topic, news=type(news).__name__)

    async def close(self) -> None:
        self._forget(self)
        self.news.put_nowait(None)
        if self._task is not asyncio.current_task():
            await asyncio.wait({self._task})
