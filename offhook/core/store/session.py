"""A process' standing connection to PostgreSQL: words from other processes, and claims."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import socket
import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from offhook.core.store.claims import Claim, Claims, lock_number
from offhook.core.store.link import Outage
from offhook.core.store.postgres import CHANNEL, driver_of

_Question = tuple[str, int, "Future[bool]"]
_Listener = tuple[asyncio.AbstractEventLoop, Callable[[], None]]

#: Seconds between attempts to connect.
_PAUSE = 0.25


class Session:
    """Runs on a thread of its own from `start` to `close`.

    Claims are advisory locks of the connection: the server lets go of them when the process dies,
    and they are lost when the connection is. `own`: the server's processes that work for this
    one, whose words are not heard.
    """

    def __init__(self, engine: sqlalchemy.Engine, outage: Outage, own: Collection[int]) -> None:
        self._engine = engine
        self._outage = outage
        self._own = own
        self._claims = Claims()
        self._questions: SimpleQueue[_Question] = SimpleQueue()
        self._listeners: dict[str, list[_Listener]] = {}
        self._listening = threading.Lock()
        self._bell, self._rung = socket.socketpair()
        self._bell.setblocking(False)
        self._rung.setblocking(False)
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="store session", daemon=True)

    def start(self) -> None:
        """Begin to hear."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; all claims are lost. Blocks until then."""
        self._ended = True
        self._ring()
        self._thread.join()
        self._bell.close()
        self._rung.close()

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """See `Store.listen`."""
        listener = (asyncio.get_running_loop(), heard)
        with self._listening:
            self._listeners.setdefault(channel, []).append(listener)

        def end() -> None:
            with self._listening, contextlib.suppress(ValueError):
                self._listeners[channel].remove(listener)

        return end

    async def claim(self, name: str) -> Claim | None:
        """See `Store.claim`."""
        claim = self._claims.take(name)
        if claim is None:
            return None
        try:
            if await self._ask("pg_try_advisory_lock", name) and claim.held:
                return claim
        except BaseException:
            await self.release(claim)
            raise
        self._claims.give_back(claim)
        return None

    async def release(self, claim: Claim) -> None:
        """See `Store.release`."""
        if self._claims.give_back(claim):
            await self._ask("pg_advisory_unlock", claim.name)

    async def _ask(self, function: str, name: str) -> bool:
        """What the server answers; False while it is away."""
        future: Future[bool] = Future()
        if self._ended:
            return False
        self._questions.put((function, lock_number(name), future))
        self._ring()
        return await asyncio.shield(asyncio.wrap_future(future))

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b"!")

    def _run(self) -> None:
        while not self._ended:
            try:
                with self._engine.connect() as connection:
                    self._outage.is_over()
                    self._attend(driver_of(connection))
            except (DBAPIError, psycopg.Error) as error:
                self._outage.goes_on(error)
            self._claims.lose_all()
            self._answer(None)
            if not self._ended:
                self._outage.wait(_PAUSE)
        self._answer(None)

    def _attend(self, connection: psycopg.Connection[Any]) -> None:
        """Hear and ask until the end, or until the connection is lost."""
        words: list[str] = []
        connection.add_notify_handler(
            lambda heard: None if heard.pid in self._own else words.append(heard.payload)
        )
        connection.execute(f"LISTEN {CHANNEL}")
        self._tell(list(self._listeners))
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._rung, selectors.EVENT_READ)
            while not self._ended:
                selector.select()
                self._answer(connection)
                _hear(connection, self._own, words)
                self._tell(words)
                words.clear()
        connection.execute("SELECT pg_advisory_unlock_all()")

    def _answer(self, connection: psycopg.Connection[Any] | None) -> None:
        """Ask what was handed in; without a connection, answer no."""
        with contextlib.suppress(BlockingIOError):
            self._rung.recv(4096)
        while True:
            try:
                function, number, future = self._questions.get_nowait()
            except Empty:
                return
            try:
                future.set_result(connection is not None and _asked(connection, function, number))
            except psycopg.Error:
                future.set_result(False)
                raise

    def _tell(self, channels: Iterable[str]) -> None:
        """Call those who listen, each on its own event loop."""
        with self._listening:
            called = [one for channel in channels for one in self._listeners.get(channel, ())]
        for loop, heard in called:
            with contextlib.suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(heard)


def _asked(connection: psycopg.Connection[Any], function: str, number: int) -> bool:
    row = connection.execute(f"SELECT {function}({number})").fetchone()
    return row is not None and bool(row[0])


def _hear(connection: psycopg.Connection[Any], own: Collection[int], words: list[str]) -> None:
    """Take in what the server sent by itself; raises when the connection is lost."""
    connection.pgconn.consume_input()
    while (heard := connection.pgconn.notifies()) is not None:
        if heard.be_pid not in own:
            words.append(heard.extra.decode())
