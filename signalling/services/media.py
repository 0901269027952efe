"""One room's dealings with its media node: where it is pinned, and what is asked of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import msgspec
import structlog
from msgspec import Struct

from offhook.core.contracts import media
from offhook.core.contracts.media import MediaCommand, MediaReply
from offhook.core.errors import Conflict, NotFound, Unavailable
from offhook.core.ids import AccountId
from offhook.core.store.outbox import OutboxItem
from signalling.domain.effects import (
    CloseMedia,
    ExitMedia,
    HearMedia,
    MuteMedia,
    WithdrawMedia,
)
from signalling.domain.participant import Participant
from signalling.domain.room import Room
from signalling.domain.views import Reconnect, SubscribeOffer
from signalling.services.parts import Parts
from signalling.stores.rooms import Pin

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: How often a node that is not alive is asked before what it should do counts as done.
_TRIES = 5


class Errand(Struct, frozen=True, kw_only=True):
    """What the outbox holds: a command and the node that must get it."""

    node: str
    command: MediaCommand


class RoomMedia:
    """Speaks for one room. The epoch of the pin goes with every command."""

    def __init__(self, parts: Parts, room: Room, pin: Pin | None) -> None:
        self._parts = parts
        self._machine = room
        self._account = AccountId(room.account)
        self._room = room.id
        self._epoch = room.epoch
        self._pin = pin
        self._pinning = asyncio.Lock()
        self._leaving = False
        self._publishing = 0
        self._held: dict[str, media.SubscribeOffer] = {}

    def is_at(self, node: str) -> bool:
        """Whether the room is pinned to this node."""
        return self._pin is not None and self._pin.node == node

    def unwelcome(self) -> bool:
        """Whether the room's node wants to be left and another could take it."""
        directory = self._parts.directory
        return self._pin is not None and directory.draining(self._pin.node) and directory.any()

    def leave_node(self) -> None:
        """Pin the room anew with the next command."""
        self._leaving = True

    def stranded(self) -> bool:
        """Whether the room's node is gone and another could take it."""
        directory = self._parts.directory
        return self._pin is not None and directory.gone(self._pin.node) and directory.any()

    async def enter(self, participant: Participant) -> bool:
        """Let somebody in; return whether its connections were there already."""
        pin = await self._pinned()
        try:
            return await self._enter(pin, participant)
        except Unavailable as error:
            if error.code != "no_such_node":
                raise
            self._parts.directory.lost(pin.node)
            return await self._enter(await self._pinned(), participant)

    async def _enter(self, pin: Pin, participant: Participant) -> bool:
        command = media.Enter(
            room=self._room,
            epoch=pin.epoch,
            account=self._account,
            participant=participant.id,
            identity=participant.identity,
            subscribe=participant.grants.can_subscribe and not participant.socketless,
            hidden=participant.grants.hidden,
            hearing=self._machine.standing.hearing.get(participant.identity),
            order=self._machine.version,
        )
        reply = await self._request(pin.node, command)
        return isinstance(reply, media.Entered) and reply.kept

    async def ask(
        self, participant: Participant, make: Callable[[int], MediaCommand]
    ) -> MediaReply:
        """Ask for something about a participant who is in.

        A node that does not know it has started anew: the participant is let in again, told to
        rebuild its connections, and `Unavailable` (`media_moved`) is raised.
        """
        pin = await self._pinned()
        try:
            return await self._request(pin.node, make(pin.epoch))
        except NotFound as error:
            if await self.enter(participant):
                raise
            await self.tell_to_reconnect(participant)
            raise Unavailable(
                "The media server has started anew; connect again.", code="media_moved"
            ) from error

    async def _request(self, node: str, command: MediaCommand) -> MediaReply:
        async with self._parts.directory.while_there(node):
            return await self._parts.bus.request(node, command)

    async def tell_to_reconnect(self, participant: Participant) -> None:
        """Have a client rebuild both connections."""
        seat = self._parts.audience.of_participant(participant.id)
        if seat is not None:
            await self._parts.audience.notice([seat], "reconnect", Reconnect())

    # --- what must arrive --------------------------------------------------------------------

    def errand(
        self, effect: ExitMedia | CloseMedia | MuteMedia | WithdrawMedia | HearMedia
    ) -> tuple[str, bytes] | None:
        """An effect as key and payload for the outbox; None while the room is on no node."""
        pin = self._pin
        if pin is None:
            return None
        command: MediaCommand
        match effect:
            case ExitMedia(participant):
                command = media.Exit(room=self._room, epoch=pin.epoch, participant=participant)
            case MuteMedia(participant, track, muted):
                command = media.Mute(
                    room=self._room,
                    epoch=pin.epoch,
                    participant=participant,
                    track=track,
                    muted=muted,
                )
            case WithdrawMedia(participant, tracks):
                command = media.Withdraw(
                    room=self._room, epoch=pin.epoch, participant=participant, tracks=tracks
                )
            case HearMedia(participant, hearing):
                command = media.Hear(
                    room=self._room,
                    epoch=pin.epoch,
                    participant=participant,
                    hearing=hearing,
                    order=self._machine.version,
                )
            case CloseMedia():
                command = media.CloseRoom(room=self._room, epoch=pin.epoch)
        return self._errand(pin, command)

    def _errand(self, pin: Pin, command: MediaCommand) -> tuple[str, bytes]:
        return f"{self._room}@{pin.node}", msgspec.json.encode(
            Errand(node=pin.node, command=command)
        )

    # --- the pin -----------------------------------------------------------------------------

    async def _pinned(self) -> Pin:
        async with self._pinning:
            pin = self._pin
            if pin is None or self._parts.directory.gone(pin.node) or self._leaving:
                pin = self._pin = await self._pin_anew(pin)
                self._leaving = False
            return pin

    async def _pin_anew(self, old: Pin | None) -> Pin:
        """Choose a node; what is left of the room on the old one is closed when it comes back."""
        parts, account, room = self._parts, self._account, self._room
        new = Pin(parts.directory.choose(), 1 if old is None else old.epoch + 1)
        now = parts.clock.now()

        close = None
        if old is not None and old.node != new.node:
            close = self._errand(old, media.CloseRoom(room=room, epoch=old.epoch))
        await parts.store.write(
            lambda c: parts.kept.move(c, account, room, self._epoch, new, close, now)
        )
        if old is not None:
            parts.figures.media_moves.inc()
            log.warning("room is pinned anew", room=room, node=new.node, before=old.node)
            parts.relay.wake()
        return new

    # --- offers to subscribers ---------------------------------------------------------------

    @contextlib.contextmanager
    def publishing(self) -> Iterator[None]:
        """While a publish offer is under way, its tracks may be offered before they are facts."""
        self._publishing += 1
        try:
            yield
        finally:
            self._publishing -= 1

    async def offer(self, news: media.SubscribeOffer, known: frozenset[str]) -> None:
        """Pass an offer on, but not before its tracks are known to be there."""
        known |= {media.MUSIC}
        if self._publishing and any(track.track not in known for track in news.tracks):
            self._held[news.participant] = news
            return
        self._held.pop(news.participant, None)
        seat = self._parts.audience.of_participant(news.participant)
        if seat is not None:
            message = SubscribeOffer(
                version=news.version, sdp=news.sdp, tracks=list(news.tracks), fresh=news.fresh
            )
            await self._parts.audience.notice([seat], "offer", message)

    async def offer_held(self, known: frozenset[str]) -> None:
        """Pass on what waited for tracks to become facts."""
        for news in list(self._held.values()):
            await self.offer(news, known)


class Errands:
    """Carries out what the outbox holds for media nodes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def carry(self, item: OutboxItem) -> None:
        """Ask the node; what it does not know any more, or took with it, is done."""
        errand = msgspec.json.decode(item.payload, type=Errand)
        try:
            await self._parts.bus.request(errand.node, errand.command)
        except Unavailable as error:
            if not self._is_over(errand.node, error, item.attempts):
                raise
            log.info("media node took its room with it", node=errand.node, key=item.key)
        except (NotFound, Conflict) as error:
            log.info("media node has nothing to do", node=errand.node, code=error.code)

    def _is_over(self, node: str, error: Unavailable, attempts: int) -> bool:
        """Whether the node is given up and took its legs with it."""
        directory = self._parts.directory
        if directory.left(node):
            return True
        return directory.gone(node) and (error.code == "no_such_node" or attempts >= _TRIES)
