"""The bus within one process: queues and tasks, with the manners of the one over Redis."""

from __future__ import annotations

import asyncio
from typing import overload

from offhook.core.bus.bus import Command, Handler, Listener, News, Registration, Reply
from offhook.core.bus.parts import Listening, Serving
from offhook.core.bus.problem import BusProblem
from offhook.core.contracts.media import MediaCommand, MediaReply
from offhook.core.contracts.processes import ProcessCommand, ProcessReply
from offhook.core.errors import BusTimeout, Unavailable
from offhook.core.tasks import Tasks


class LocalBus:
    """Joins the parts of one process."""

    def __init__(self) -> None:
        self._tasks = Tasks()
        self._nodes: dict[str, Serving] = {}
        self._listening: dict[str, list[Listening]] = {}
        self._asked: set[asyncio.Future[Reply]] = set()
        self._closed = False

    @overload
    async def request(
        self, node: str, command: MediaCommand, within: float = 5.0
    ) -> MediaReply: ...

    @overload
    async def request(
        self, node: str, command: ProcessCommand, within: float = 5.0
    ) -> ProcessReply: ...

    async def request(self, node: str, command: Command, within: float = 5.0) -> Reply:
        """Have the node's handler answer; it goes on when the caller has given up."""
        self._check()
        serving = self._nodes.get(node)
        if serving is None:
            raise Unavailable(f"nobody serves {node}", code="no_such_node")
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        async def answer(result: Reply | BusProblem) -> None:
            if reply.done():
                return
            if isinstance(result, BusProblem):
                reply.set_exception(result.error())
            else:
                reply.set_result(result)

        self._asked.add(reply)
        serving.begin(command, answer)
        try:
            async with asyncio.timeout(within):
                return await reply
        except TimeoutError:
            raise BusTimeout(f"{node} did not answer within {within:g} s") from None
        finally:
            self._asked.discard(reply)

    async def serve(self, node: str, handler: Handler) -> Registration:
        """Answer the commands sent to `node`."""
        self._check()
        if node in self._nodes:
            raise ValueError(f"{node} is served already")

        async def stop() -> None:
            self._nodes.pop(node, None)

        self._nodes[node] = Serving(node, handler, self._tasks, stop)
        return self._nodes[node]

    async def publish(self, topic: str, news: News) -> None:
        """Put the news into every listener's queue."""
        self._check()
        for listening in self._listening.get(topic, ()):
            listening.tell(news)

    async def subscribe(
        self, topic: str, listener: Listener, *, alone: bool = False
    ) -> Registration:
        """Hear the topic, one at a time."""
        self._check()
        everybody = self._listening.setdefault(topic, [])

        async def stop() -> None:
            if listening in everybody:
                everybody.remove(listening)

        listening = Listening(topic, listener, self._tasks, stop)
        everybody.append(listening)
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

    def _check(self) -> None:
        if self._closed:
            raise Unavailable("the bus is closed", code="bus_closed")
