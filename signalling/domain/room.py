"""A room: who is in it, who may still come in, and when it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

import msgspec

from offhook.core.clock import SECOND, Micros, isoformat
from offhook.core.contracts.events import DisconnectReason
from offhook.core.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from offhook.core.machine import Machine, Tick, earliest, on
from signalling.domain.effects import CloseMedia, Effect, ForgetChat, KeepChat, Record
from signalling.domain.effects import EnterMedia as Enter
from signalling.domain.events import (
    Arrived,
    ChatSaid,
    Closed,
    Left,
    LegConnected,
    LegLost,
    MediaDoubted,
    MediaEntered,
    MediaMoved,
    MediaRefused,
    ProfileChanged,
    Published,
    Resumed,
    Settings,
    SettingsChanged,
    SocketLost,
    TrackMuted,
)
from signalling.domain.participant import Participant, Patience
from signalling.domain.views import ChatMessage, RoomView

#: Lines of chat that somebody who comes later still gets.
CHAT_KEPT = 200


class State(Enum):
    """Where a room stands: nobody is meeting in it, a meeting is on, or it is no more."""

    IDLE = "idle"
    OPEN = "open"
    FINISHED = "finished"


_About = (
    MediaEntered
    | MediaRefused
    | MediaDoubted
    | SocketLost
    | Resumed
    | LegConnected
    | LegLost
    | Published
    | TrackMuted
    | ProfileChanged
    | Left
)
_Answer = tuple[State, list[Effect]]


class Room(Machine):
    """One room and everybody who has a place in it; its facts are numbered here, without a gap.

    In a room that opens by link the first arrival of a meeting that has a socket moderates it, also
    after coming back. Hidden participants take no place and keep no meeting alive.
    """

    def __init__(
        self,
        *,
        id: str,
        account: str,
        name: str,
        settings: Settings,
        patience: Patience,
        now: Micros,
    ) -> None:
        self.state: State = State.IDLE
        self.id = id
        self.account = account
        self.name = name
        self.settings = settings
        self.patience = patience
        self.created_at = now
        self.started_at: Micros | None = None
        self.empty_since: Micros | None = now
        self.finished_at: Micros | None = None
        self.met = False
        self.founder: str | None = None
        self.participants: dict[str, Participant] = {}
        self.chat: deque[ChatMessage] = deque(maxlen=CHAT_KEPT)
        self.seq = 0
        #: Counts the changes of its settings.
        self.revision = 1
        #: Counts its stored transitions.
        self.version = 0
        #: Those whom the last event changed, also when they are out now.
        self.touched: dict[str, Participant] = {}
        self._rearm()

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; facts get their `seq`, and the deadline follows everybody's."""
        self.touched.clear()
        effects = super().handle(event, now)
        self._note_emptiness(now)
        self._rearm()
        return [self._numbered(effect) for effect in effects]

    def restore(self, people: Iterable[Participant], chat: Iterable[ChatMessage], seq: int) -> None:
        """Take in those who were here when the room was stored, and the number of its last fact."""
        self.participants = {participant.id: participant for participant in people}
        self.chat.extend(chat)
        self.seq = seq
        self._rearm()

    # --- coming in ---------------------------------------------------------------------------

    @on(Arrived, State.IDLE, to=State.OPEN)
    def _first(self, event: Arrived, now: Micros) -> list[Effect]:
        self._require_place(event)
        self.started_at, self.met = now, True
        return [Record("room_started"), *self._take_place(event, now)]

    @on(Arrived, State.OPEN)
    def _next(self, event: Arrived, now: Micros) -> list[Effect]:
        self._require_place(event)
        before = self.by_identity(event.identity)
        out = [] if before is None else self._out(before, "duplicate_identity", now)
        return [*out, *self._take_place(event, now)]

    def _take_place(self, event: Arrived, now: Micros) -> list[Effect]:
        grants = event.grants
        if self.settings.access == "link" and event.socket and not grants.hidden:
            self.founder = self.founder or event.identity
            if self.founder == event.identity:
                grants = msgspec.structs.replace(grants, room_admin=True)
        participant = Participant(
            id=event.participant,
            identity=event.identity,
            contact=event.contact,
            profile=event.profile,
            grants=grants,
            patience=self.patience,
            now=now,
            socket=event.socket,
        )
        self.participants[participant.id] = participant
        self.touched[participant.id] = participant
        return [Enter(participant.id)]

    def _require_place(self, event: Arrived) -> None:
        """Refuse whom the room cannot take; who is in already comes back at any time."""
        before = self.by_identity(event.identity)
        if event.grants.hidden or (before is not None and not before.grants.hidden):
            return
        if self.settings.locked and not event.grants.room_admin:
            raise Forbidden("The room is locked; ask somebody inside.", code="room_locked")
        if self.full:
            raise Conflict("The room is full.", code="room_full")

    # --- being in ----------------------------------------------------------------------------

    @on(MediaEntered, State.OPEN)
    @on(MediaRefused, State.OPEN)
    @on(MediaDoubted, State.OPEN)
    @on(SocketLost, State.OPEN)
    @on(Resumed, State.OPEN)
    @on(LegConnected, State.OPEN)
    @on(LegLost, State.OPEN)
    @on(Published, State.OPEN)
    @on(TrackMuted, State.OPEN)
    @on(ProfileChanged, State.OPEN)
    @on(Left, State.OPEN)
    def _to_participant(self, event: _About, now: Micros) -> list[Effect]:
        participant = self.participants.get(event.participant)
        if participant is None:
            raise NotFound("The participant has left the room.", code="gone")
        return self._feed(participant, event, now)

    @on(ChatSaid, State.OPEN)
    def _said(self, event: ChatSaid, now: Micros) -> list[Effect]:
        participant = self.participants.get(event.participant)
        if participant is None or not participant.announced:
            raise NotFound("The participant has left the room.", code="gone")
        message = ChatMessage(
            sid=event.sid,
            participant=participant.id,
            identity=participant.identity,
            name=participant.profile.name,
            text=event.text,
            sent_at=isoformat(now),
        )
        self.chat.append(message)
        data = {"message": msgspec.to_builtins(message)}
        logged = {"message": {k: v for k, v in data["message"].items() if k not in CHAT_PERSONAL}}
        return [KeepChat(message), Record("chat_sent", data, logged, about=participant.id)]

    @on(SettingsChanged, State.IDLE, State.OPEN)
    def _set_up(self, event: SettingsChanged, now: Micros) -> list[Effect]:
        self._require_revision(event.revision)
        if event.settings == self.settings:
            return []
        self.settings = event.settings
        self.revision += 1
        data = {"room": msgspec.to_builtins(self.view())}
        return [Record("room_updated", data, data)]

    @on(MediaMoved, State.OPEN)
    def _moved(self, event: MediaMoved, now: Micros) -> list[Effect]:
        effects: list[Effect] = []
        for participant in list(self.participants.values()):
            effects += self._feed(participant, event, now)
            effects.append(Enter(participant.id))
        return effects

    # --- the end -----------------------------------------------------------------------------

    @on(Closed, State.IDLE, State.OPEN, to=State.FINISHED)
    def _closed(self, event: Closed, now: Micros) -> list[Effect]:
        self._require_revision(event.revision)
        self.finished_at = now
        effects: list[Effect] = self._everybody_out("room_deleted", now)
        return [*effects, *self._over(), CloseMedia()]

    @on(Tick, State.IDLE, to=(State.IDLE, State.FINISHED))
    def _nobody_came(self, event: Tick, now: Micros) -> _Answer:
        if not _due(self._empty_until(), now):
            return State.IDLE, []
        self.finished_at = now
        return State.FINISHED, [Record("room_finished")]

    @on(Tick, State.OPEN, to=(State.OPEN, State.IDLE, State.FINISHED))
    def _waited(self, event: Tick, now: Micros) -> _Answer:
        effects: list[Effect] = []
        for participant in list(self.participants.values()):
            if _due(participant.deadline, now):
                effects += self._feed(participant, event, now)
        if not _due(self._open_until(), now):
            return State.OPEN, effects
        effects += [*self._everybody_out("room_closed", now), *self._over()]
        if self.settings.departure_timeout is None:
            return State.IDLE, effects
        self.finished_at = now
        return State.FINISHED, [*effects, CloseMedia()]

    def _over(self) -> list[Effect]:
        """A meeting ends: what was said in it is forgotten."""
        self.started_at = self.founder = None
        self.chat.clear()
        return [Record("room_finished"), ForgetChat()]

    def _everybody_out(self, reason: DisconnectReason, now: Micros) -> list[Effect]:
        effects: list[Effect] = []
        for participant in list(self.participants.values()):
            effects += self._out(participant, reason, now)
        return effects

    def _out(self, participant: Participant, reason: DisconnectReason, now: Micros) -> list[Effect]:
        return self._feed(participant, Left(participant.id, reason), now)

    def _feed(self, participant: Participant, event: object, now: Micros) -> list[Effect]:
        effects = participant.handle(event, now)
        self.touched[participant.id] = participant
        if not participant.live:
            del self.participants[participant.id]
        return effects

    # --- timers ------------------------------------------------------------------------------

    def _note_emptiness(self, now: Micros) -> None:
        if self._taken():
            self.empty_since = None
        elif self.empty_since is None:
            self.empty_since = now

    def _empty_until(self) -> Micros | None:
        """When an idle room ends: only while nobody has ever met in it."""
        if self.met:
            return None
        return _after(self.created_at, self.settings.empty_timeout)

    def _open_until(self) -> Micros | None:
        """When the meeting ends by itself."""
        wait = self.settings.departure_timeout
        departed = _after(self.empty_since, self.patience.departure if wait is None else wait)
        return earliest(departed, _after(self.started_at, self.settings.max_duration))

    def _rearm(self) -> None:
        if self.state is State.IDLE:
            self.deadline = self._empty_until()
        elif self.state is State.OPEN:
            theirs = (participant.deadline for participant in self.participants.values())
            self.deadline = earliest(self._open_until(), *theirs)
        else:
            self.deadline = None

    def _numbered(self, effect: Effect) -> Effect:
        if not isinstance(effect, Record):
            return effect
        self.seq += 1
        return replace(effect, seq=self.seq)

    # --- questions ---------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether all places are taken."""
        return self._taken() >= self.settings.max_participants

    def by_identity(self, identity: str) -> Participant | None:
        """Who holds a place under this identity."""
        found = (p for p in self.participants.values() if p.identity == identity)
        return next(found, None)

    def present(self, *, hidden: bool = False) -> Iterable[Participant]:
        """Those whom the others have been told of; with `hidden`, the hidden too."""
        return (
            participant
            for participant in self.participants.values()
            if participant.announced and (hidden or not participant.grants.hidden)
        )

    def view(self) -> RoomView:
        """The room, as everybody in it may know it."""
        return RoomView(
            sid=self.id,
            name=self.name,
            title=self.settings.title or self.name,
            created_at=isoformat(self.created_at),
            locked=self.settings.locked,
            max_participants=self.settings.max_participants,
            metadata=self.settings.metadata,
        )

    def _require_revision(self, seen: int | None) -> None:
        if seen is not None and seen != self.revision:
            raise PreconditionFailed("The room was changed since you read it.", field="If-Match")

    def _taken(self) -> int:
        return sum(not participant.grants.hidden for participant in self.participants.values())


#: Fields of a `ChatMessage` that are personal data: kept sealed, never in the event log.
CHAT_PERSONAL = frozenset({"name", "text"})


def _after(start: Micros | None, seconds: int | None) -> Micros | None:
    return None if start is None or seconds is None else Micros(start + seconds * SECOND)


def _due(at: Micros | None, now: Micros) -> bool:
    return at is not None and at <= now
