"""A room under any order of events keeps its promises."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offhook.core.errors import OffhookError
from offhook.core.machine import Tick
from signalling.domain.effects import CloseMedia, Dismiss, Effect, ExitMedia, Record
from signalling.domain.events import (
    BanLifted,
    Banned,
    ChatSaid,
    Closed,
    Ended,
    EverybodyMuted,
    GrantsChanged,
    Left,
    LegConnected,
    LegLost,
    MediaDoubted,
    MediaEntered,
    MediaMoved,
    MediaRefused,
    Published,
    Resumed,
    Settings,
    SettingsChanged,
    SocketLost,
    TrackMuted,
)
from signalling.domain.granting import GrantsChange
from signalling.domain.room import State
from signalling.domain.standing import Ban
from signalling.domain.track import Track
from tests.signalling.domain.meeting import Meeting

pytestmark = pytest.mark.model

_IDENTITIES = st.sampled_from(["ada", "ben", "cleo", "dora"])
_DIRECTIONS = st.sampled_from(["publish", "subscribe"])
_SECONDS = st.floats(0, 40)
_TRACKS = st.lists(
    st.sampled_from(["microphone", "camera", "screen_share"]), unique=True, max_size=3
)


class RoomModel(RuleBasedStateMachine):
    """Feeds anything at any time to a room of at most three."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = Meeting(max_participants=3, empty_timeout=300, departure_timeout=20)
        self.arrived: list[str] = []
        self.sent_away: Counter[str] = Counter()
        self.exited: Counter[str] = Counter()
        self.last_seq = 0
        self.largest = 3

    def _feed(self, event: object, after: float = 0) -> None:
        state, deadline = self.meeting.room.state, self.meeting.room.deadline
        try:
            self._check(self.meeting.happens(event, after))
        except OffhookError:
            assert (self.meeting.room.state, self.meeting.room.deadline) == (state, deadline)

    def _check(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Record):
                assert effect.seq == self.last_seq + 1
                self.last_seq = effect.seq
            elif isinstance(effect, Dismiss):
                self.sent_away[effect.participant] += 1
            elif isinstance(effect, ExitMedia):
                self.exited[effect.participant] += 1
            elif isinstance(effect, CloseMedia):
                assert self.meeting.room.state is State.FINISHED

    def _somebody(self, number: int) -> str:
        return self.arrived[number % len(self.arrived)] if self.arrived else "nobody"

    @rule(identity=_IDENTITIES, hidden=st.booleans(), admin=st.booleans(), socket=st.booleans())
    def arrive(self, identity: str, hidden: bool, admin: bool, socket: bool) -> None:
        id = f"PA{len(self.arrived)}"
        self.arrived.append(id)
        try:
            effects = self.meeting.arrives(
                id, identity=identity, hidden=hidden, room_admin=admin, socket=socket
            )
        except OffhookError:
            self.arrived.pop()
        else:
            self._check(effects)

    @rule(number=st.integers(0, 20), entered=st.booleans())
    def media_answer(self, number: int, entered: bool) -> None:
        id = self._somebody(number)
        self._feed(MediaEntered(id) if entered else MediaRefused(id))

    @rule(number=st.integers(0, 20), lost=st.booleans(), after=_SECONDS)
    def socket(self, number: int, lost: bool, after: float) -> None:
        id = self._somebody(number)
        self._feed(SocketLost(id) if lost else Resumed(id), after)

    @rule(number=st.integers(0, 20))
    def doubt_media(self, number: int) -> None:
        self._feed(MediaDoubted(self._somebody(number)))

    @rule(number=st.integers(0, 20), direction=_DIRECTIONS, up=st.booleans())
    def leg(self, number: int, direction: str, up: bool) -> None:
        kind = LegConnected if up else LegLost
        self._feed(kind(self._somebody(number), direction))  # type: ignore[arg-type]

    @rule(number=st.integers(0, 20), sources=_TRACKS, muted=st.booleans())
    def publish(self, number: int, sources: list[str], muted: bool) -> None:
        id = self._somebody(number)
        tracks = tuple(Track(f"{id}{s}", s, s, muted) for s in sources)  # type: ignore[arg-type]
        self._feed(Published(id, tracks))

    @rule(number=st.integers(0, 20), sources=_TRACKS, admin=st.sampled_from([None, True, False]))
    def permit(self, number: int, sources: list[str], admin: bool | None) -> None:
        change = GrantsChange(can_publish_sources=sources, room_admin=admin)  # type: ignore[arg-type]
        self._feed(GrantsChanged(self._somebody(number), change))

    @rule(number=st.integers(0, 20))
    def remove(self, number: int) -> None:
        self._feed(Left(self._somebody(number), "participant_removed"))

    @rule(identity=_IDENTITIES, lifted=st.booleans())
    def ban(self, identity: str, lifted: bool) -> None:
        ban = Ban(sid="BN1", person=identity, at=self.meeting.now)
        self._feed(BanLifted(identity) if lifted else Banned(ban))

    @rule(number=st.integers(0, 20))
    def mute_all(self, number: int) -> None:
        self._feed(EverybodyMuted(by=self._somebody(number)))

    @rule(sure=st.integers(0, 9))
    def end(self, sure: int) -> None:
        if sure == 0:
            self._feed(Ended())

    @rule(number=st.integers(0, 20), muted=st.booleans())
    def mute(self, number: int, muted: bool) -> None:
        id = self._somebody(number)
        self._feed(TrackMuted(id, f"{id}microphone", muted))

    @rule(number=st.integers(0, 20))
    def say(self, number: int) -> None:
        self._feed(ChatSaid(self._somebody(number), "CH1", "hello"))

    @rule(number=st.integers(0, 20))
    def leave(self, number: int) -> None:
        self._feed(Left(self._somebody(number), "client_initiated"))

    @rule(locked=st.booleans(), lasting=st.booleans(), duration=st.sampled_from([None, 60, 400]))
    def set_up(self, locked: bool, lasting: bool, duration: int | None) -> None:
        departure = None if lasting else 20
        settings = Settings(
            max_participants=3,
            departure_timeout=departure,
            locked=locked,
            max_duration=duration,
        )
        self._feed(SettingsChanged(settings))

    @rule()
    def media_moved(self) -> None:
        self._feed(MediaMoved())

    @rule(after=_SECONDS)
    def tick(self, after: float) -> None:
        self._feed(Tick(), after)

    @rule(sure=st.integers(0, 9))
    def close(self, sure: int) -> None:
        if sure == 0:
            self._feed(Closed())

    @invariant()
    def no_identity_has_two_places(self) -> None:
        identities = [p.identity for p in self.meeting.room.participants.values()]
        assert len(identities) == len(set(identities))

    @invariant()
    def there_are_never_more_than_allowed(self) -> None:
        room = self.meeting.room
        assert sum(not p.grants.hidden for p in room.participants.values()) <= self.largest

    @invariant()
    def nobody_sends_what_they_may_not(self) -> None:
        for person in self.meeting.room.participants.values():
            allowed = person.grants.can_publish_sources if person.grants.can_publish else []
            assert person.grants.can_publish == bool(person.grants.can_publish_sources)
            assert all(track.source in allowed for track in person.tracks.values())

    @invariant()
    def nobody_who_is_banned_is_in(self) -> None:
        room = self.meeting.room
        assert not any(room.standing.banned(p.identity) for p in room.participants.values())

    @invariant()
    def somebody_moderates_or_soon_will(self) -> None:
        room = self.meeting.room
        people = [p for p in room.present() if p.connected]
        moderated = any(
            p.grants.room_admin and not p.grants.hidden for p in room.participants.values()
        )
        if people and not moderated:
            assert room.deadline is not None
            assert room.unmoderated_since is not None

    @invariant()
    def a_meeting_that_is_over_is_forgotten(self) -> None:
        room = self.meeting.room
        if room.state is not State.OPEN:
            assert not room.standing.granted
            assert room.standing.founder is None

    @invariant()
    def nobody_without_socket_and_media_is_waited_for_without_end(self) -> None:
        for participant in self.meeting.room.participants.values():
            if participant.socketless and not participant.legs:
                assert participant.deadline is not None

    @invariant()
    def only_an_open_room_has_people_in_it(self) -> None:
        room = self.meeting.room
        assert room.state is State.OPEN or not room.participants
        assert all(participant.live for participant in room.participants.values())

    @invariant()
    def whoever_is_out_was_told_once_and_closed_in_media_once(self) -> None:
        out = set(self.arrived) - set(self.meeting.room.participants)
        assert self.sent_away == Counter(out)
        assert self.exited == Counter(out)

    @invariant()
    def whatever_is_waited_for_has_a_deadline(self) -> None:
        room = self.meeting.room
        if room.state is State.FINISHED:
            assert room.deadline is None
        if room.state is State.OPEN and not room.participants:
            assert room.deadline is not None
        for participant in room.participants.values():
            if not participant.connected:
                assert room.deadline is not None

    @invariant()
    def a_meeting_that_is_over_has_no_chat(self) -> None:
        if self.meeting.room.state is not State.OPEN:
            assert not self.meeting.room.chat


TestRoomModel = RoomModel.TestCase
TestRoomModel.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
