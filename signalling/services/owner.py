"""The owner of one room: feeds its machine, stores each step, and does what the room asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, assert_never

import structlog

from offhook.core.clock import Micros, isoformat
from offhook.core.contracts.events import DisconnectReason
from offhook.core.driver import Driver
from offhook.core.errors import NotFound, OffhookError, Unavailable
from offhook.core.ids import AccountId, ContactId
from signalling.domain.effects import (
    CloseMedia,
    Dismiss,
    DropBan,
    DropBans,
    Effect,
    EnterMedia,
    ExitMedia,
    ForgetChat,
    HearMedia,
    KeepBan,
    KeepChat,
    MuteMedia,
    Record,
    TellGrants,
    Warn,
    WithdrawMedia,
)
from signalling.domain.events import (
    Arrived,
    LegConnected,
    MediaEntered,
    MediaMoved,
    MediaRefused,
)
from signalling.domain.participant import Participant
from signalling.domain.participant import State as Presence
from signalling.domain.room import Room, State
from signalling.domain.views import (
    BansChanged,
    BanView,
    EndingSoon,
    Left,
    PermissionsChanged,
    Snapshot,
    SpeakersChanged,
)
from signalling.services.media import RoomMedia
from signalling.services.parts import Parts
from signalling.services.speakers import Speaking
from signalling.stores.keeping import StoredRoom, Transition

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: After which ends a client may come back by itself.
_COME_BACK: frozenset[DisconnectReason] = frozenset(
    {"media_failure", "join_failure", "server_shutdown"}
)


#: What a media node must be told, though everything die on the way.
_ERRANDS = ExitMedia | CloseMedia | MuteMedia | WithdrawMedia | HearMedia


class RoomOwner:
    """One task's worth of a room. `on_end` is called when the room needs no owner any more,
    `on_lost` when the machine in memory is no longer true."""

    def __init__(
        self,
        parts: Parts,
        stored: StoredRoom,
        *,
        on_end: Callable[[RoomOwner], None],
        on_lost: Callable[[RoomOwner], None],
    ) -> None:
        self._parts = parts
        self.room: Room = stored.room
        self.account = AccountId(stored.room.account)
        self.media = RoomMedia(parts, stored.room, stored.pin)
        self.speaking = Speaking(stored.room)
        self._on_end = on_end
        self._on_lost = on_lost
        self._newcomers: dict[str, asyncio.Future[None]] = {}
        self._new_contacts: dict[str, ContactId] = {}
        self._told_at: dict[int, Micros] = {}
        self._unstored: dict[str, Participant] = {}
        self._rowless: set[str] = set()
        self._stored_deadline = stored.room.deadline
        self._storing: asyncio.Future[None] | None = None
        self._moving = False
        self.driver = self._drive()

    def _drive(self) -> Driver[Room]:
        return Driver(
            self.room,
            self._parts.clock,
            self._parts.tasks,
            commit=self._commit,
            perform=self._perform,
            on_lost=self._give_up,
            name=f"room {self.room.id}",
        )

    def _give_up(self) -> None:
        """A commit failed: whoever waits to come in is told, and the room is loaded again."""
        for entered in self._newcomers.values():
            if not entered.done():
                entered.set_exception(
                    Unavailable("The room is being loaded again.", code="stale_room")
                )
                entered.exception()
        self._on_lost(self)

    # --- events in ---------------------------------------------------------------------------

    async def ask(self, event: object) -> None:
        """Hand in an event and wait until it is stored; raises what the room refuses with."""
        await self.driver.ask(event)

    def post(self, event: object) -> None:
        """Hand in an event from the world."""
        self.driver.post(event)

    def participant(self, id: str) -> Participant:
        """Somebody who has a place; raise `NotFound` (`gone`) when they do not."""
        found = self.room.participants.get(id)
        if found is None:
            raise NotFound("The participant has left the room.", code="gone")
        return found

    def expect(self, participant: str, new_contact: ContactId | None) -> asyncio.Future[None]:
        """A future that is done when the newcomer is in, or fails with why it is not."""
        entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._newcomers[participant] = entered
        if new_contact is not None:
            self._new_contacts[participant] = new_contact
        return entered

    def forget(self, participant: str) -> None:
        """Nobody waits for this newcomer any more."""
        self._newcomers.pop(participant, None)
        if participant not in self._unstored:
            self._new_contacts.pop(participant, None)

    async def stored(self) -> None:
        """Wait until the machine as it is now is stored; raise `Unavailable` when it cannot be."""
        if self._storing is not None:
            await asyncio.shield(self._storing)
        if self.driver.stopped and self.room.state is not State.FINISHED:
            raise Unavailable("The room is being loaded again.", code="stale_room")

    def move_media(self) -> None:
        """Have the room pinned anew when its node is gone and another could take it."""
        if self._may_move and self.media.stranded():
            self._moving = True
            self.post(MediaMoved())

    def leave_node(self) -> None:
        """Have the room pinned anew because its node wants to be left."""
        if self.unwelcome:
            self._moving = True
            self.media.leave_node()
            self.post(MediaMoved())

    @property
    def unwelcome(self) -> bool:
        """Whether the room's node wants to be left, and the room can."""
        return self._may_move and self.media.unwelcome()

    @property
    def _may_move(self) -> bool:
        """Whether there is somebody whose media would move, and they do not already."""
        room = self.room
        return room.state is State.OPEN and bool(room.participants) and not self._moving

    # --- questions ---------------------------------------------------------------------------

    @property
    def resting(self) -> bool:
        """Whether the room is over, or waits for nothing but somebody to come."""
        room = self.room
        return room.state is State.FINISHED or (room.state is State.IDLE and room.deadline is None)

    @property
    def tracks(self) -> frozenset[str]:
        """The ids of everything that is published."""
        people = self.room.participants.values()
        return frozenset(sid for participant in people for sid in participant.tracks)

    def bans(self) -> list[BanView]:
        """Who may not come in."""
        return [
            BanView(
                sid=ban.sid,
                identity=ban.person,
                name=ban.name,
                permanent=ban.permanent,
                by=ban.by,
                at=isoformat(ban.at),
            )
            for ban in self.room.standing.bans.values()
        ]

    def snapshot(self, participant: str) -> Snapshot:
        """What this participant must know to draw the room, as of now."""
        room = self.room
        others = [p for p in room.present() if p.id != participant]
        me = room.participants[participant]
        self.speaking.forget(participant)
        return Snapshot(
            seq=room.seq,
            room=room.view(),
            participants=[p.view() for p in (*others, me)],
            chat=list(room.chat),
            speakers=list(self.speaking.heard_by(participant)),
        )

    # --- storing -----------------------------------------------------------------------------

    async def _commit(self, room: Room, event: object, effects: list[Effect]) -> None:
        self._unstored |= room.touched
        if isinstance(event, Arrived):
            self._rowless.add(event.participant)
        if not self._matters(event, effects):
            return
        self._storing = asyncio.get_running_loop().create_future()
        now = self._parts.clock.now()
        room.version += 1
        step = Transition(
            room,
            event,
            effects,
            list(self._unstored.values()),
            {new: self._new_contacts.pop(new, None) for new in self._rowless},
            self._errands(effects),
            now,
        )
        self._unstored, self._rowless = {}, set()
        try:
            await self._parts.store.write(lambda c: self._parts.kept.transition(c, step))
        finally:
            self._storing.set_result(None)
            self._storing = None
        self._stored_deadline = room.deadline
        logged = {e.seq: now for e in effects if isinstance(e, Record)}
        if logged:
            self._told_at |= logged
            self._parts.post.wake(self.account)
        self._answer_newcomers(room)
        if self.resting:
            self._on_end(self)

    def _matters(self, event: object, effects: list[Effect]) -> bool:
        """Whether a step is stored at once, or goes with the next one because nobody is told of it.

        Whoever asks for a place has no answer before media have let them in: until then there is
        nothing to lose. A further connection that moves no deadline is told again by its node
        after a restart.
        """
        match event:
            case Arrived():
                return any(not isinstance(effect, EnterMedia) for effect in effects)
            case LegConnected():
                return bool(effects) or self.room.deadline != self._stored_deadline
            case _:
                return True

    def _errands(self, effects: list[Effect]) -> list[tuple[str, bytes]]:
        wanted = (self.media.errand(effect) for effect in effects if isinstance(effect, _ERRANDS))
        return [errand for errand in wanted if errand is not None]

    def _answer_newcomers(self, room: Room) -> None:
        for participant in room.touched.values():
            entered = self._newcomers.get(participant.id)
            if entered is None or entered.done():
                continue
            if participant.state is Presence.DISCONNECTED:
                entered.set_exception(
                    Unavailable("The media server did not let you in.", code="join_failure")
                )
            elif participant.state is not Presence.JOINING:
                entered.set_result(None)

    # --- effects -----------------------------------------------------------------------------

    async def _perform(self, effect: Effect) -> None:
        match effect:
            case Record(seq=seq):
                at = self._told_at.pop(seq, self._parts.clock.now())
                await self._parts.audience.fact(self.room.id, effect, at)
                self._parts.presence.tell(self.account, self.room.name, effect)
            case EnterMedia(participant):
                self._parts.tasks.spawn(self._enter(participant), f"{participant} enters media")
            case ExitMedia() | CloseMedia() | MuteMedia() | WithdrawMedia():
                self._parts.relay.wake()
            case HearMedia(participant):
                self._parts.relay.wake()
                await self.tell_speakers(participant)
            case Dismiss(participant, reason):
                await self._dismiss(participant, reason)
            case TellGrants(participant):
                await self._tell_grants(participant)
            case KeepBan() | DropBan():
                await self._tell_bans()
            case Warn(seconds):
                await self._warn(seconds)
            case ForgetChat():
                keeping, room = self._parts.file_keeping, self.room.id
                self._parts.tasks.spawn(keeping.sweep(room), f"files of {room} are deleted")
            case KeepChat() | DropBans():
                pass
            case _:
                assert_never(effect)

    async def _enter(self, id: str) -> None:
        participant = self.room.participants.get(id)
        if participant is None:
            return
        again = participant.announced
        try:
            kept = await self.media.enter(participant)
        except OffhookError as error:
            log.warning("media did not let in", participant=id, code=error.code)
            entered = self._newcomers.get(id)
            if entered is not None and not entered.done():
                entered.set_exception(error)
            self.post(MediaRefused(id))
        else:
            self.post(MediaEntered(id))
            if again and not kept:
                await self.media.tell_to_reconnect(participant)
        finally:
            self._moving = False

    async def _tell_grants(self, id: str) -> None:
        participant = self.room.participants.get(id)
        seat = self._parts.audience.of_participant(id)
        if participant is not None and seat is not None:
            message = PermissionsChanged(grants=participant.grants)
            await self._parts.audience.notice([seat], "permissions_changed", message)

    async def tell_speakers(self, only: str | None = None) -> None:
        """Tell everybody, or one of them, who speaks of those whom they hear."""
        seats = {seat.participant: seat for seat in self._parts.audience.in_room(self.room.id)}
        if only is not None:
            self.speaking.forget(only)
        listeners = [who for who in seats if only in {None, who}]
        for speakers, whom in self.speaking.news(listeners).items():
            message = SpeakersChanged(speakers=list(speakers))
            await self._parts.audience.notice(
                [seats[who] for who in whom], "speakers_changed", message
            )

    async def _tell_bans(self) -> None:
        """Moderators hear of all bans at once."""
        people = self.room.participants
        seats = [
            seat
            for seat in self._parts.audience.in_room(self.room.id)
            if seat.participant in people and people[seat.participant].grants.room_admin
        ]
        await self._parts.audience.notice(seats, "bans_changed", BansChanged(bans=self.bans()))

    async def _warn(self, seconds: int) -> None:
        ends_at = self.room.ends_at
        if ends_at is not None:
            seats = list(self._parts.audience.in_room(self.room.id))
            message = EndingSoon(seconds=seconds, ends_at=isoformat(ends_at))
            await self._parts.audience.notice(seats, "ending_soon", message)

    async def _dismiss(self, participant: str, reason: DisconnectReason) -> None:
        self.speaking.forget(participant)
        seat = self._parts.audience.unseat(participant)
        if seat is None or reason == "client_initiated":
            return
        action: Literal["disconnect", "reconnect"] = (
            "reconnect" if reason in _COME_BACK else "disconnect"
        )
        await self._parts.audience.dismiss(seat, Left(reason=reason, action=action))

    # --- the end -----------------------------------------------------------------------------

    async def close(self) -> bool:
        """Finish what is under way and stop. False: somebody came meanwhile, and it goes on."""
        await self.driver.close()
        if self.room.state is State.FINISHED or not self.room.participants:
            return True
        self.driver = self._drive()
        return False

    async def stop(self) -> None:
        """Stop for good; the room stays as it is stored."""
        await self.driver.close()
