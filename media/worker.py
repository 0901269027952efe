"""Obeys signalling's commands for the rooms of this node, and tells it what happens there."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from typing import assert_never

import structlog

from media.figures import MediaFigures
from media.node import MediaNode, MediaSettings
from media.sfu.describing import describe
from media.sfu.ice_session import update_ice
from media.sfu.music import MakeClip, make_clip
from media.sfu.room import Room
from offhook.core.bus.bus import Bus, Registration
from offhook.core.clock import SECOND, Clock, Micros
from offhook.core.contracts.media import (
    MEDIA_TOPIC,
    Answered,
    AnswerSubscribe,
    CloseRoom,
    Describe,
    Done,
    Enter,
    Entered,
    Exit,
    Hear,
    Inspect,
    Inspection,
    MediaCommand,
    MediaNews,
    MediaReply,
    Mute,
    NodeAlive,
    NodeGone,
    Publish,
    RestartSubscribe,
    UpdateIce,
    Watch,
    Wish,
    Withdraw,
)
from offhook.core.errors import Conflict, NotFound, OffhookError
from offhook.core.tasks import Tasks
from offhook.core.telemetry import Metrics

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

ALIVE_INTERVAL = SECOND // 2
#: Seconds in which another node must be heard of that could take our rooms.
_HEARKEN = 1.6
#: Epochs of rooms that are gone are remembered so far back.
_EPOCHS = 10_000
#: News that waits for a bus that is away; beyond it, the node is of no use to signalling.
_MOST_NEWS = 10_000


class MediaWorker:
    """One media node on the bus. `start` and `close` frame its life."""

    def __init__(
        self,
        *,
        bus: Bus,
        node: str,
        clock: Clock,
        settings: MediaSettings,
        randomness: random.Random,
        metrics: Metrics | None = None,
        make_clip: MakeClip = make_clip,
    ) -> None:
        self._bus = bus
        self._name = node
        self._tasks = Tasks()
        self._news: asyncio.Queue[MediaNews] = asyncio.Queue(_MOST_NEWS)
        self.node = MediaNode(
            node,
            clock,
            randomness,
            settings,
            self._tell,
            MediaFigures(metrics or Metrics()),
            make_clip,
        )
        self.rooms: dict[str, Room] = {}
        self._epochs: OrderedDict[str, int] = OrderedDict()
        self._registration: Registration | None = None
        self._draining = False
        self._empty = asyncio.Event()

    # life

    async def start(self) -> None:
        """Open the port, serve commands, say that we are alive."""
        await self.node.open()
        self._tasks.spawn(self._publish_news(), "media news")
        self._registration = await self._bus.serve(self._name, self.handle)
        self._say_alive(self.node.timers.now())

    async def drain(self, limit: float) -> None:
        """Want to be left: our rooms go to other nodes, one after another. Wait until they have, at
        most `limit` seconds, and not at all when there is no other node."""
        if not self.rooms:
            return
        self._draining = True
        self._tell(self._alive())
        try:
            async with asyncio.timeout(limit):
                if await self._is_alone():
                    log.info("media node has nobody to hand its rooms to", node=self._name)
                    return
                await self._empty.wait()
        except (TimeoutError, OffhookError) as error:
            log.warning("media node could not hand over all", rooms=len(self.rooms), why=str(error))

    async def _is_alone(self) -> bool:
        heard = asyncio.Event()

        async def hear(news: MediaNews) -> None:
            if isinstance(news, NodeAlive) and news.node != self._name and not news.draining:
                heard.set()

        listening = await self._bus.subscribe(MEDIA_TOPIC, hear)
        try:
            async with asyncio.timeout(_HEARKEN):
                await heard.wait()
        except TimeoutError:
            return True
        finally:
            await listening.close()
        return False

    async def close(self) -> None:
        """Take no more commands, close all rooms, say goodbye, close the port."""
        if self._registration is not None:
            await self._registration.close()
            self._registration = None
        for name in list(self.rooms):
            self._close_room(name)
        await self._tasks.close()
        await self._flush()
        await self.node.close()

    def _alive(self) -> NodeAlive:
        return NodeAlive(
            node=self._name,
            legs=self.node.legs,
            rooms=len(self.rooms),
            draining=self._draining,
        )

    def _say_alive(self, now: Micros) -> None:
        self._tell(self._alive())
        datapath = self.node.datapath
        self.node.figures.count(
            len(self.rooms), datapath.sizes(), datapath.totals(), datapath.take_delays()
        )
        self.node.timers.at(now + ALIVE_INTERVAL, self._say_alive)

    # news

    def _tell(self, news: MediaNews) -> None:
        try:
            self._news.put_nowait(news)
        except asyncio.QueueFull:
            log.error("news dropped: the bus takes none", kind=type(news).__name__)

    async def _publish_news(self) -> None:
        while True:
            news = await self._news.get()
            try:
                await self._bus.publish(MEDIA_TOPIC, news)
            except OffhookError as error:
                log.warning("news lost", kind=type(news).__name__, error=error.detail)

    async def _flush(self) -> None:
        """The last news, and our goodbye."""
        self._tell(NodeGone(node=self._name))
        while not self._news.empty():
            try:
                await self._bus.publish(MEDIA_TOPIC, self._news.get_nowait())
            except OffhookError as error:
                log.warning("goodbye lost", error=error.detail)
                return

    # commands

    async def handle(self, command: MediaCommand) -> MediaReply:
        """Carry out one command.

        Raises `Conflict` (`stale_epoch`), `NotFound` (`unknown_participant`, `unknown_track`,
        `unknown_leg`), `InvalidInput` (`bad_sdp`, `wrong_kind`), `PreconditionFailed`,
        `RateLimited` (`too_many_connecting`, `too_many_connections`).
        """
        if isinstance(command, Describe):
            return describe(command.sdp, command.direction, self.node.policy)
        self._check_epoch(command)
        match command:
            case Enter():
                return self._enter(command)
            case Exit():
                self._exit(command)
                return Done()
            case CloseRoom():
                self._close_room(command.room)
                return Done()
            case Inspect():
                return self._inspect(command)
            case _:
                return self._in_room(self._room(command.room), command)

    def _in_room(
        self,
        room: Room,
        command: Publish
        | AnswerSubscribe
        | RestartSubscribe
        | Mute
        | Withdraw
        | Wish
        | Hear
        | Watch
        | UpdateIce,
    ) -> MediaReply:
        match command:
            case Publish(participant=name):
                return Answered(sdp=room.publish(name, command.sdp, command.tracks))
            case Watch(participant=name):
                return Answered(sdp=room.watch(name, command.sdp, command.publisher))
            case UpdateIce(participant=name):
                end = room.participant(name).end(command.direction)
                return update_ice(end, command.ufrag, command.known)
            case AnswerSubscribe(participant=name):
                room.participant(name).subscribing.answer(command.version, command.sdp)
            case RestartSubscribe(participant=name):
                room.participant(name).subscribing.restart(fresh=command.fresh)
            case Mute(participant=name):
                room.mute(name, command.track, command.muted)
            case Withdraw(participant=name):
                room.withdraw(name, command.tracks)
            case Wish(participant=name):
                room.wish(name, command.tracks)
            case Hear(participant=name):
                room.hear(name, command.hearing, command.order)
            case _:
                assert_never(command)
        return Done()

    def _check_epoch(self, command: MediaCommand) -> None:
        known = self._epochs.get(command.room, 0)
        if command.epoch < known:
            raise Conflict("the room was pinned anew since", code="stale_epoch", field="epoch")
        self._epochs[command.room] = command.epoch
        self._epochs.move_to_end(command.room)
        if len(self._epochs) > _EPOCHS:
            self._epochs.popitem(last=False)

    def _room(self, name: str) -> Room:
        room = self.rooms.get(name)
        if room is None:
            raise NotFound("this participant is not in the room", code="unknown_participant")
        return room

    def _enter(self, command: Enter) -> Entered:
        room = self.rooms.get(command.room) or Room(self.node, command.room, command.account)
        self.rooms[command.room] = room
        self._empty.clear()
        try:
            kept = room.enter(
                command.participant,
                subscribes=command.subscribe,
                hidden=command.hidden,
                identity=command.identity,
                hearing=command.hearing,
                order=command.order,
            )
        finally:
            if not room.participants:
                self._close_room(command.room)
        return Entered(kept=kept)

    def _exit(self, command: Exit) -> None:
        room = self.rooms.get(command.room)
        if room is not None:
            room.exit(command.participant)
            if not room.participants:
                self._close_room(command.room)

    def _close_room(self, name: str) -> None:
        room = self.rooms.pop(name, None)
        if room is not None:
            room.close()
        if not self.rooms:
            self._empty.set()

    def _inspect(self, command: Inspect) -> Inspection:
        room = self.rooms.get(command.room)
        if room is None:
            return Inspection(legs=(), tracks=(), subscriptions=())
        return room.inspect()
