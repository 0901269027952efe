"""A participant on the server's side: it joins a room as a browser does, over the public protocol.

It runs in a child process (`media/peers/run.py`), for aiortc decodes and encodes. What it sends
and what it does with what it hears is given by its owner.
"""

from __future__ import annotations

import asyncio

import structlog

from media.peers.protocol import (
    Fact,
    Joined,
    Left,
    Resumed,
    SubscribeOffer,
    TokenRefreshed,
    read,
)
from media.peers.publisher import Publisher
from media.peers.room_socket import LOST, News, RoomSocket
from media.peers.roster import Roster
from media.peers.subscriber import Sink, Subscriber
from offhook.core.errors import Conflict, NotFound, OffhookError, Unavailable
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_PUBLISH_LOST = "publish_lost"
_SUBSCRIBE_LOST = "subscribe_lost"
_PUBLISH_ANEW = "publish_anew"
_SUBSCRIBE_ANEW = "subscribe_anew"

#: Seconds before a lost connection is made again: at first, and at most.
_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
#: Seconds that saying goodbye may take.
_GOODBYE = 0.5


class Participant:
    """One place in one room. Without a `sink` it hears nothing and is sent nothing."""

    def __init__(self, socket: RoomSocket, tasks: Tasks, sink: Sink | None = None) -> None:
        self.roster = Roster()
        self.publisher = Publisher(socket, lambda: self._tell(_PUBLISH_LOST))
        self.subscriber = Subscriber(tasks, sink, lambda: self._tell(_SUBSCRIBE_LOST))
        self._socket = socket
        self._tasks = tasks
        self._resume_token = ""
        self._seated = False
        self._unanswered = False
        self._attempts = 0

    async def join(self) -> Joined:
        """Connect and take the place that the token gives."""
        await self._socket.open()
        return await self._join()

    async def run(self) -> Left:
        """Follow the room until we are out of it; return why."""
        while True:
            news = await self._socket.news.get()
            left = await self._take(news)
            if left is not None:
                return left

    async def close(self) -> None:
        """Leave the room and end everything."""
        try:
            async with asyncio.timeout(_GOODBYE):
                await self._socket.ask("leave", {}, type(None))
        except (OffhookError, TimeoutError):
            log.debug("peer left without a goodbye")
        await self.publisher.close()
        await self.subscriber.close()
        await self._socket.close()

    async def _join(self) -> Joined:
        joined = await self._socket.ask("join", {}, Joined)
        self._take_seat(joined)
        return joined

    def _take_seat(self, taken: Joined | Resumed) -> None:
        self._seated = True
        self._resume_token = taken.resume_token
        self.roster.load(taken.snapshot)

    async def _take(self, news: News) -> Left | None:
        match news.name:
            case "fact":
                self.roster.apply(read(news.data, Fact))
            case "offer":
                await self._answer(read(news.data, SubscribeOffer))
            case "refresh_token":
                self._socket.token = read(news.data, TokenRefreshed).token
            case "leave":
                return await self._put_out(read(news.data, Left))
            case _:
                return await self._recover(news)
        return None

    async def _answer(self, offer: SubscribeOffer) -> None:
        """Answer an offer; one that a newer offer has replaced needs no answer."""
        self._unanswered = True
        sdp = await self.subscriber.answer(offer)
        try:
            await self._socket.ask("answer", {"version": offer.version, "sdp": sdp}, type(None))
        except Conflict as error:
            log.debug("answer was late", version=offer.version, code=error.code)
        except Unavailable as error:
            log.warning("answer did not arrive", version=offer.version, code=error.code)
            return
        self._unanswered = False

    async def _put_out(self, left: Left) -> Left | None:
        if left.action == "disconnect":
            return left
        self._seated, self._resume_token = False, ""
        await self._socket.disconnect()
        return await self._recover(News(LOST))

    async def _recover(self, news: News) -> Left | None:
        """Mend what was lost, later again when that fails; return when we may not."""
        mend = {
            LOST: self._come_back,
            "reconnect": self._rebuild,
            _PUBLISH_LOST: self._mend_publishing,
            _SUBSCRIBE_LOST: self._mend_subscribing,
            _PUBLISH_ANEW: self._publish_anew,
            _SUBSCRIBE_ANEW: self._subscribe_anew,
        }.get(news.name)
        if mend is None:
            return None
        try:
            await mend()
        except OffhookError as error:
            if error.status < 500 and not error.retryable:
                return Left(reason=error.code, action="disconnect")
            log.info("peer cannot recover yet", what=news.name, code=error.code)
            self._attempts += 1
            self._tell(news.name)
        else:
            self._attempts = 0
        return None

    async def _come_back(self) -> None:
        """Make the socket again, and take up the old place or a new one."""
        if self._seated and self._socket.connected:
            return
        self._seated = False
        if not self._socket.connected:
            await self._socket.open()
        if self._resume_token:
            await self._resume()
        else:
            await self._join_again()

    async def _resume(self) -> None:
        request: dict[str, object] = {
            "resume_token": self._resume_token,
            "last_seq": self.roster.seq,
        }
        try:
            resumed = await self._socket.ask("resume", request, Resumed)
        except NotFound:
            await self._join_again()
            return
        self._take_seat(resumed)
        if resumed.media == "lost":
            await self._rebuild()
        elif self._unanswered:
            self._next(_SUBSCRIBE_ANEW)

    async def _join_again(self) -> None:
        """Take a new place; the server offers what there is to hear by itself."""
        await self.subscriber.close()
        await self._join()
        self._next(_PUBLISH_ANEW)

    async def _rebuild(self) -> None:
        """Make both connections anew, each tried until it succeeds."""
        self._next(_PUBLISH_ANEW)
        self._next(_SUBSCRIBE_ANEW)

    async def _mend_publishing(self) -> None:
        if not self.publisher.alive:
            await self._publish_anew()

    async def _mend_subscribing(self) -> None:
        if not self.subscriber.alive:
            await self._subscribe_anew()

    async def _publish_anew(self) -> None:
        self._expect_seat()
        await self.publisher.rebuild()

    async def _subscribe_anew(self) -> None:
        """Ask for an offer of a new connection: aiortc cannot restart ICE on the old one."""
        self._expect_seat()
        await self.subscriber.close()
        await self._socket.ask("restart_subscribe", {"fresh": True}, type(None))

    def _expect_seat(self) -> None:
        """Raise `Unavailable` while the socket is lost: first things first."""
        if not (self._seated and self._socket.connected):
            raise Unavailable("the place is not taken up again yet", code="not_joined")

    def _next(self, name: str) -> None:
        """Put news of our own in the queue."""
        self._socket.news.put_nowait(News(name))

    def _tell(self, name: str) -> None:
        """Put news of our own in the queue after a pause, a longer one after every failure."""
        self._tasks.spawn(self._tell_later(name), f"tell {name}")

    async def _tell_later(self, name: str) -> None:
        await asyncio.sleep(min(_PAUSE * 2**self._attempts, _LONGEST_PAUSE))
        self._next(name)
