"""One participant's presence in a room, from the first word with the media node to the goodbye."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal

import msgspec

from offhook.core.clock import SECOND, Micros, isoformat
from offhook.core.contracts.events import (
    DisconnectReason,
    ParticipantView,
)
from offhook.core.contracts.media import Direction
from offhook.core.machine import Machine, Tick, earliest, on
from signalling.domain.effects import (
    Dismiss,
    Effect,
    EnterMedia,
    ExitMedia,
    MuteMedia,
    Record,
    TellGrants,
    WithdrawMedia,
)
from signalling.domain.events import (
    GrantsChanged,
    Left,
    LegConnected,
    LegLost,
    MediaDoubted,
    MediaEntered,
    MediaMoved,
    MediaRefused,
    Profile,
    ProfileChanged,
    Published,
    Resumed,
    SocketLost,
    TrackMuted,
)
from signalling.domain.granting import changed as changed_grants
from signalling.domain.track import Track
from signalling.domain.views import Grants


class State(Enum):
    """Where a participant stands."""

    JOINING = "joining"
    JOINED = "joined"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds, to wait for whom."""

    join: int = 10
    resume: int = 20
    media: int = 30
    empty: int = 300
    departure: int = 20


_Answer = tuple[State, list[Effect]]


class Participant(Machine):
    """The presence of one identity in one room; its room feeds it.

    While its socket is away, or its media after they were there, it is waited for; then it is out.
    One without a socket was never `connected`, and is waited for from the start until its media are
    there; when it closes them itself it has left.
    """

    def __init__(
        self,
        *,
        id: str,
        identity: str,
        contact: str,
        profile: Profile,
        grants: Grants,
        patience: Patience,
        now: Micros,
        socket: bool = True,
    ) -> None:
        self.state: State = State.JOINING
        self.id = id
        self.identity = identity
        self.contact = contact
        self.profile = profile
        self.grants = grants
        self.patience = patience
        self.joined_at = now
        self.left_at: Micros | None = None
        self.reason: DisconnectReason | None = None
        self.tracks: dict[str, Track] = {}
        self.legs: frozenset[Direction] = frozenset()
        self.connected = socket
        self.join_by: Micros | None = Micros(now + patience.join * SECOND)
        self.resume_by: Micros | None = None
        self.media_by: Micros | None = None
        self._rearm()

    def restore(
        self,
        *,
        state: State,
        tracks: dict[str, Track],
        legs: frozenset[Direction],
        connected: bool,
        waits: tuple[Micros | None, Micros | None, Micros | None],
        left: tuple[Micros | None, DisconnectReason | None],
    ) -> None:
        """Be as stored; `waits` are the deadlines for joining, resuming and media."""
        self.state, self.tracks, self.legs, self.connected = state, tracks, legs, connected
        self.join_by, self.resume_by, self.media_by = waits
        self.left_at, self.reason = left
        self._rearm()

    @property
    def live(self) -> bool:
        """Whether it still holds its place."""
        return self.state is not State.DISCONNECTED

    @property
    def announced(self) -> bool:
        """Whether the others have been told of it."""
        return self.state in {State.JOINED, State.ACTIVE}

    @property
    def socketless(self) -> bool:
        """Whether it came by HTTP alone: whose socket is away is waited for, this one's is not."""
        return self.live and not self.connected and self.resume_by is None

    def handle(self, event: object, now: Micros) -> list[Effect]:
        """As every machine; the deadline follows what is waited for."""
        effects = super().handle(event, now)
        self._rearm()
        return effects

    @on(MediaEntered, State.JOINING, to=State.JOINED)
    def _joined(self, event: MediaEntered, now: Micros) -> list[Effect]:
        self.join_by = None
        if self.socketless:
            self._wait_for_media(now)
        return [self._record("participant_joined", State.JOINED)]

    @on(MediaEntered, State.JOINED, State.ACTIVE)
    def _entered_again(self, event: MediaEntered, now: Micros) -> list[Effect]:
        return []

    @on(MediaRefused, State.JOINING, to=State.DISCONNECTED)
    def _refused(self, event: MediaRefused, now: Micros) -> list[Effect]:
        return self._out("join_failure", now)

    @on(MediaRefused, State.JOINED, State.ACTIVE)
    def _refused_later(self, event: MediaRefused, now: Micros) -> list[Effect]:
        self._wait_for_media(now)
        return []

    @on(MediaDoubted, State.JOINED, State.ACTIVE)
    def _doubted(self, event: MediaDoubted, now: Micros) -> list[Effect]:
        self._wait_for_media(now)
        return [EnterMedia(self.id)]

    @on(MediaDoubted, State.JOINING)
    def _doubted_early(self, event: MediaDoubted, now: Micros) -> list[Effect]:
        return []

    @on(SocketLost, State.JOINING, State.JOINED, State.ACTIVE)
    def _lost(self, event: SocketLost, now: Micros) -> list[Effect]:
        self.connected = False
        self.resume_by = self.resume_by or Micros(now + self.patience.resume * SECOND)
        return []

    @on(Resumed, State.JOINING, State.JOINED, State.ACTIVE)
    def _back(self, event: Resumed, now: Micros) -> list[Effect]:
        self.connected = True
        self.resume_by = None
        return []

    @on(LegConnected, State.JOINED, State.ACTIVE, to=State.ACTIVE)
    def _leg_up(self, event: LegConnected, now: Micros) -> list[Effect]:
        self.legs |= {event.direction}
        self.media_by = None
        if self.state is State.ACTIVE:
            return []
        return [self._record("participant_updated", State.ACTIVE)]

    @on(LegLost, State.ACTIVE, to=(State.ACTIVE, State.JOINED, State.DISCONNECTED))
    def _leg_down(self, event: LegLost, now: Micros) -> _Answer:
        self.legs -= {event.direction}
        if self.legs:
            return State.ACTIVE, []
        if event.goodbye and self.socketless:
            return State.DISCONNECTED, self._out("client_initiated", now)
        if event.goodbye:
            return State.JOINED, [self._record("participant_updated", State.JOINED)]
        return State.JOINED, self._without_media(now)

    @on(LegLost, State.JOINED)
    def _leg_never_up(self, event: LegLost, now: Micros) -> list[Effect]:
        return []

    @on(MediaMoved, State.ACTIVE, to=State.JOINED)
    def _moved(self, event: MediaMoved, now: Micros) -> list[Effect]:
        self.legs = frozenset()
        return self._without_media(now)

    @on(MediaMoved, State.JOINING, State.JOINED)
    def _moved_early(self, event: MediaMoved, now: Micros) -> list[Effect]:
        return []

    @on(Published, State.JOINED, State.ACTIVE)
    def _published(self, event: Published, now: Micros) -> list[Effect]:
        allowed = [track for track in event.tracks if self._may_send(track)]
        before, after = self.tracks, {track.sid: track for track in allowed}
        self.tracks = after
        gone = [self._track_record("track_unpublished", sid) for sid in before if sid not in after]
        new = [
            self._record_of("track_published", track=msgspec.to_builtins(track.view()))
            for sid, track in after.items()
            if sid not in before
        ]
        changed = [
            self._track_record(_mute_fact(track.muted), sid)
            for sid, track in after.items()
            if sid in before and before[sid].muted != track.muted
        ]
        late = tuple(track.sid for track in event.tracks if track.sid not in after)
        return [*gone, *new, *changed, *([WithdrawMedia(self.id, late)] if late else [])]

    @on(TrackMuted, State.JOINED, State.ACTIVE)
    def _muted(self, event: TrackMuted, now: Micros) -> list[Effect]:
        track = self.tracks.get(event.track)
        if track is None or track.muted == event.muted:
            return []
        self.tracks = {**self.tracks, track.sid: replace(track, muted=event.muted)}
        by = {} if event.by is None else {"by": event.by or None}
        return [
            self._record_of(_mute_fact(event.muted), track=track.sid, **by),
            MuteMedia(self.id, track.sid, event.muted),
        ]

    @on(GrantsChanged, State.JOINING, State.JOINED, State.ACTIVE)
    def _regranted(self, event: GrantsChanged, now: Micros) -> list[Effect]:
        before, grants = self.grants, changed_grants(self.grants, event.change)
        if grants == before:
            return []
        self.grants = grants
        effects = self._withdraw_what_is_forbidden()
        if self.announced:
            effects.append(self._record("participant_updated", self.state))
        effects.append(TellGrants(self.id))
        if grants.can_subscribe != before.can_subscribe:
            effects.append(EnterMedia(self.id))
        return effects

    def _withdraw_what_is_forbidden(self) -> list[Effect]:
        ended = tuple(sid for sid, track in self.tracks.items() if not self._may_send(track))
        if not ended:
            return []
        self.tracks = {sid: track for sid, track in self.tracks.items() if sid not in ended}
        facts: list[Effect] = [self._track_record("track_unpublished", sid) for sid in ended]
        return [*facts, WithdrawMedia(self.id, ended)]

    def _may_send(self, track: Track) -> bool:
        return self.grants.can_publish and track.source in self.grants.can_publish_sources

    @on(ProfileChanged, State.JOINED, State.ACTIVE)
    def _renamed(self, event: ProfileChanged, now: Micros) -> list[Effect]:
        if event.profile == self.profile:
            return []
        self.profile = event.profile
        return [self._record("participant_updated", self.state)]

    @on(Left, State.JOINING, State.JOINED, State.ACTIVE, to=State.DISCONNECTED)
    def _left(self, event: Left, now: Micros) -> list[Effect]:
        return self._out(event.reason, now)

    @on(Tick, State.JOINING, to=(State.JOINING, State.DISCONNECTED))
    @on(Tick, State.JOINED, to=(State.JOINED, State.DISCONNECTED))
    @on(Tick, State.ACTIVE, to=(State.ACTIVE, State.DISCONNECTED))
    def _waited(self, event: Tick, now: Micros) -> _Answer:
        waits: tuple[tuple[Micros | None, DisconnectReason], ...] = (
            (self.join_by, "join_failure"),
            (self.resume_by, "connection_timeout"),
            (self.media_by, "media_failure"),
        )
        for due, reason in waits:
            if due is not None and due <= now:
                return State.DISCONNECTED, self._out(reason, now)
        return self.state, []

    def _out(self, reason: DisconnectReason, now: Micros) -> list[Effect]:
        announced = self.announced
        self.left_at, self.reason = now, reason
        self.connected = False
        self.tracks, self.legs = {}, frozenset()
        self.join_by = self.resume_by = self.media_by = None
        effects: list[Effect] = []
        if announced:
            gone = {"participant": self.id, "identity": self.identity, "reason": reason}
            effects.append(self._fact("participant_left", gone, gone))
        return [*effects, ExitMedia(self.id), Dismiss(self.id, reason)]

    def _wait_for_media(self, now: Micros) -> None:
        self.media_by = self.media_by or Micros(now + self.patience.media * SECOND)

    def _without_media(self, now: Micros) -> list[Effect]:
        self.media_by = Micros(now + self.patience.media * SECOND)
        return [self._record("participant_updated", State.JOINED)]

    def _rearm(self) -> None:
        self.deadline = earliest(self.join_by, self.resume_by, self.media_by)

    def view(self, state: State | None = None) -> ParticipantView:
        """What everybody in the room may know of it."""
        return ParticipantView(
            sid=self.id,
            identity=self.identity,
            name=self.profile.name,
            state=(state or self.state).value,
            joined_at=isoformat(self.joined_at),
            metadata=self.profile.metadata,
            attributes=dict(self.profile.attributes),
            can_publish=self.grants.can_publish,
            can_publish_sources=tuple(self.grants.can_publish_sources),
            moderator=self.grants.room_admin,
            tracks=tuple(track.view() for track in self.tracks.values()),
        )

    def _record(self, type: str, state: State) -> Record:
        view: dict[str, Any] = msgspec.to_builtins(self.view(state))
        kept = {key: value for key, value in view.items() if key not in PERSONAL}
        return self._fact(
            type, {"participant": view}, {"participant": {**kept, "contact": self.contact}}
        )

    def _track_record(self, type: str, sid: str) -> Record:
        return self._record_of(type, track=sid)

    def _record_of(self, type: str, **about: Any) -> Record:
        data = {"participant": self.id, **about}
        return self._fact(type, data, data)

    def _fact(self, type: str, data: dict[str, Any], logged: dict[str, Any]) -> Record:
        hidden = self.grants.hidden
        logged = {**logged, "hidden": True} if hidden else logged
        return Record(type, data, logged, about=self.id, hidden=hidden)


#: Fields of a `ParticipantView` that are personal data: kept sealed, never in the event log.
PERSONAL = frozenset({"name", "metadata", "attributes"})


def personal(profile: Profile) -> dict[str, Any]:
    """The personal fields of a `ParticipantView`."""
    return {
        "name": profile.name,
        "metadata": profile.metadata,
        "attributes": dict(profile.attributes),
    }


def _mute_fact(muted: bool) -> Literal["track_muted", "track_unmuted"]:
    return "track_muted" if muted else "track_unmuted"
