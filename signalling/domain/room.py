"""A room: who is in it, who may still come in, and when it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from offhook.core.clock import SECOND, Micros, isoformat
from offhook.core.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from offhook.core.machine import Tick, earliest, on
from signalling.domain.effects import CloseMedia, Effect, ForgetChat, KeepChat, Record, Warn
from signalling.domain.effects import EnterMedia as Enter
from signalling.domain.events import (
    Arrived,
    ChatSaid,
    Closed,
    Ended,
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
)
from signalling.domain.gathering import State as State
from signalling.domain.moderation import Moderated
from signalling.domain.participant import Participant, Patience
from signalling.domain.views import ChatMessage, FileView, RoomView

#: How many seconds before a meeting must end everybody is told.
WARNINGS = (300, 60)
#: Lines of chat that somebody who comes later still gets.
CHAT_KEPT = 200


_About = (
    MediaEntered
    | MediaRefused
    | MediaDoubted
    | SocketLost
    | Resumed
    | LegConnected
    | LegLost
    | Published
    | ProfileChanged
)
_Answer = tuple[State, list[Effect]]


class Room(Moderated):
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
        super().__init__(settings, patience)
        self.id = id
        self.account = account
        self.name = name
        self.created_at = now
        self.started_at: Micros | None = None
        self.empty_since: Micros | None = now
        self.finished_at: Micros | None = None
        self.met = False
        #: When it was last told that the meeting ends soon.
        self.warned_at: Micros | None = None
        self.chat: deque[ChatMessage] = deque(maxlen=CHAT_KEPT)
        self.seq = 0
        #: Counts the changes of its settings.
        self.revision = 1
        #: Counts its stored transitions.
        self.version = 0
        #: Counts the processes that have owned it.
        self.epoch = 0
        self._rearm()

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; facts get their `seq`, and the deadline follows everybody's."""
        self.touched.clear()
        effects = super().handle(event, now)
        effects += self._succession(now)
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
        by_link = self.settings.access == "link" and event.socket
        grants = self.standing.grants_for(event.identity, event.grants, by_link=by_link)
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
        """Refuse whom the room cannot take; who is in already comes back at any time, and who was
        in this meeting also while it is locked."""
        self.standing.require_welcome(event.identity, event.issued_at)
        before = self.by_identity(event.identity)
        if event.grants.hidden or (before is not None and not before.grants.hidden):
            return
        may_pass = event.grants.room_admin or self.standing.knows(event.identity)
        if self.settings.locked and not may_pass:
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
    @on(ProfileChanged, State.OPEN)
    def _to_participant(self, event: _About, now: Micros) -> list[Effect]:
        return self._feed(self._of(event.participant), event, now)

    @on(ChatSaid, State.OPEN)
    def _said(self, event: ChatSaid, now: Micros) -> list[Effect]:
        participant = self.participants.get(event.participant)
        if participant is None or not participant.announced:
            raise NotFound("The participant has left the room.", code="gone")
        self._require_unsaid(event.file)
        message = ChatMessage(
            sid=event.sid,
            participant=participant.id,
            identity=participant.identity,
            name=participant.profile.name,
            text=event.text,
            sent_at=isoformat(now),
            file=event.file,
        )
        self.chat.append(message)
        data = {"message": msgspec.to_builtins(message)}
        logged = {"message": _impersonal(message)}
        return [KeepChat(message), Record("chat_sent", data, logged, about=participant.id)]

    def _require_unsaid(self, file: FileView | None) -> None:
        """Raise `Conflict` (`file_sent`): a file goes with one line only."""
        if file is not None and any(line.file == file for line in self.chat):
            raise Conflict("The file was sent already.", code="file_sent", field="file")

    @on(SettingsChanged, State.IDLE, State.OPEN)
    def _set_up(self, event: SettingsChanged, now: Micros) -> list[Effect]:
        self._require_revision(event.revision)
        if event.settings == self.settings:
            return []
        if event.settings.max_duration != self.settings.max_duration:
            self.warned_at = None
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
        return [*effects, *self._over(), CloseMedia(), *self._bans_over()]

    @on(Ended, State.OPEN, to=(State.IDLE, State.FINISHED))
    def _ended(self, event: Ended, now: Micros) -> _Answer:
        return self._end(now)

    @on(Ended, State.IDLE)
    def _nothing_to_end(self, event: Ended, now: Micros) -> list[Effect]:
        return []

    @on(Tick, State.IDLE, to=(State.IDLE, State.FINISHED))
    def _nobody_came(self, event: Tick, now: Micros) -> _Answer:
        if not _due(self._empty_until(), now):
            return State.IDLE, []
        self.finished_at = now
        return State.FINISHED, [Record("room_finished"), *self._bans_over()]

    @on(Tick, State.OPEN, to=(State.OPEN, State.IDLE, State.FINISHED))
    def _waited(self, event: Tick, now: Micros) -> _Answer:
        effects: list[Effect] = []
        for participant in list(self.participants.values()):
            if _due(participant.deadline, now):
                effects += self._feed(participant, event, now)
        if not _due(self._open_until(), now):
            return State.OPEN, [*effects, *self._warn(now)]
        state, ending = self._end(now)
        return state, [*effects, *ending]

    def _end(self, now: Micros) -> _Answer:
        """The meeting is over; a lasting room waits for the next one."""
        effects = [*self._everybody_out("room_closed", now), *self._over()]
        if self.settings.departure_timeout is None:
            return State.IDLE, effects
        self.finished_at = now
        return State.FINISHED, [*effects, CloseMedia(), *self._bans_over()]

    def _over(self) -> list[Effect]:
        """A meeting ends: what was said in it is forgotten, and who had which part in it."""
        self.started_at = self.warned_at = None
        self.standing.forget_meeting()
        self.chat.clear()
        return [Record("room_finished"), ForgetChat()]

    def _warn(self, now: Micros) -> list[Effect]:
        """Say that the meeting ends soon, when it is time to."""
        ends_at = self.ends_at
        if ends_at is None or not _due(self._warn_at(), now):
            return []
        self.warned_at = now
        return [Warn(seconds=-((now - ends_at) // SECOND))]

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
        return earliest(departed, self.ends_at)

    def _warn_at(self) -> Micros | None:
        """When to say next that the meeting ends soon."""
        ends_at, since = self.ends_at, self.warned_at or self.started_at
        if ends_at is None or since is None:
            return None
        moments = (Micros(ends_at - seconds * SECOND) for seconds in WARNINGS)
        return next((at for at in moments if at > since), None)

    def _rearm(self) -> None:
        if self.state is State.IDLE:
            self.deadline = self._empty_until()
        elif self.state is State.OPEN:
            theirs = (participant.deadline for participant in self.participants.values())
            own = (self._open_until(), self._warn_at(), self._succession_at())
            self.deadline = earliest(*own, *theirs)
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

    @property
    def ends_at(self) -> Micros | None:
        """When the meeting must end; None when it may go on."""
        return _after(self.started_at, self.settings.max_duration)

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
            ends_at=None if self.ends_at is None else isoformat(self.ends_at),
        )

    def _require_revision(self, seen: int | None) -> None:
        if seen is not None and seen != self.revision:
            raise PreconditionFailed("The room was changed since you read it.", field="If-Match")

    def _taken(self) -> int:
        return sum(not participant.grants.hidden for participant in self.participants.values())


#: Fields of a `ChatMessage` that are personal data: kept sealed, never in the event log. So is the
#: name of its file.
CHAT_PERSONAL = frozenset({"name", "text"})


def _impersonal(message: ChatMessage) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(message)
    file = data.pop("file")
    bare = {key: value for key, value in data.items() if key not in CHAT_PERSONAL}
    return bare if file is None else bare | {"file": {**file, "name": ""}}


def _after(start: Micros | None, seconds: int | None) -> Micros | None:
    return None if start is None or seconds is None else Micros(start + seconds * SECOND)


def _due(at: Micros | None, now: Micros) -> bool:
    return at is not None and at <= now
