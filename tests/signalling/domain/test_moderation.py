"""The room machine under moderators: mute, grants, bans, succession, warnings, and the end."""

from __future__ import annotations

from typing import Any

import pytest

from offhook.core.clock import Micros
from offhook.core.errors import Conflict, Forbidden, NotFound
from offhook.core.machine import Tick
from signalling.domain.effects import (
    DropBan,
    DropBans,
    KeepBan,
    MuteMedia,
    Record,
    TellGrants,
    Warn,
    WithdrawMedia,
)
from signalling.domain.events import (
    BanLifted,
    Banned,
    Closed,
    Ended,
    EverybodyMuted,
    GrantsChanged,
    Left,
    Published,
    Settings,
    SettingsChanged,
    SocketLost,
    TrackMuted,
)
from signalling.domain.granting import GrantsChange, changed
from signalling.domain.names import guest_identity, person_of
from signalling.domain.room import State
from signalling.domain.standing import Ban
from signalling.domain.track import Track
from tests.signalling.domain.meeting import Meeting, dismissals, grants, types

pytestmark = pytest.mark.unit

MICROPHONE = Track("TR1", "0", "microphone", muted=False)
CAMERA = Track("TR2", "1", "camera", muted=False)
GUEST = guest_identity(b"12345678", b"abcd")
SAME_BROWSER = guest_identity(b"12345678", b"wxyz")


def ban(person: str, **more: Any) -> Banned:
    return Banned(Ban(sid="BN1", person=person, at=Micros(1), **more))


def moderators(meeting: Meeting) -> set[str]:
    return {p.identity for p in meeting.room.present() if p.grants.room_admin}


def allows(id: str, *sources: str) -> GrantsChanged:
    return GrantsChanged(id, GrantsChange(can_publish_sources=list(sources)))  # type: ignore[arg-type]


# mute


def test_a_mute_by_a_moderator_says_who_did_it() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.joins("ben")
    meeting.happens(Published("ben", (MICROPHONE,)))
    record, mute = meeting.happens(TrackMuted("ben", "TR1", muted=True, by="ada"))
    assert isinstance(record, Record)
    assert record.data == {"participant": "ben", "track": "TR1", "by": "ada"}
    assert mute == MuteMedia("ben", "TR1", muted=True)


@pytest.mark.parametrize("by", ["", "watcher"])
def test_a_mute_by_a_program_or_by_who_is_hidden_names_nobody(by: str) -> None:
    meeting = Meeting()
    meeting.joins("ben")
    meeting.joins("watcher", hidden=True, room_admin=True)
    meeting.happens(Published("ben", (MICROPHONE,)))
    record = meeting.happens(TrackMuted("ben", "TR1", muted=True, by=by))[0]
    assert isinstance(record, Record)
    assert record.data["by"] is None


def test_muting_everybody_mutes_the_microphones_of_the_others_once() -> None:
    meeting = Meeting()
    for name in ("ada", "ben", "cleo"):
        meeting.joins(name)
        tracks = (
            Track(f"{name}-m", "0", "microphone", False),
            Track(f"{name}-c", "1", "camera", False),
        )
        meeting.happens(Published(name, tracks))
    effects = meeting.happens(EverybodyMuted(by="ada"))
    muted = [effect.track for effect in effects if isinstance(effect, MuteMedia)]
    assert muted == ["ben-m", "cleo-m"]
    assert meeting.happens(EverybodyMuted(by="ada")) == []


# grants


def test_a_source_that_is_forbidden_ends_at_once_and_can_not_come_back() -> None:
    meeting = Meeting()
    meeting.joins("ben")
    meeting.happens(Published("ben", (MICROPHONE, CAMERA)))
    effects = meeting.happens(allows("ben", "camera"))
    assert types(effects) == ["track_unpublished", "participant_updated"]
    assert WithdrawMedia("ben", ("TR1",)) in effects
    assert TellGrants("ben") in effects
    late = meeting.happens(Published("ben", (MICROPHONE, CAMERA)))
    assert late == [WithdrawMedia("ben", ("TR1",))]
    assert [track.sid for track in meeting.room.participants["ben"].view().tracks] == ["TR2"]


def test_without_any_source_nothing_may_be_published() -> None:
    nothing = changed(grants(), GrantsChange(can_publish_sources=[]))
    assert not nothing.can_publish
    assert changed(grants(), GrantsChange(can_publish=False)).can_publish_sources == []
    again = changed(nothing, GrantsChange(can_publish=True))
    assert again.can_publish_sources == grants().can_publish_sources


def test_what_was_forbidden_stays_so_after_coming_back_also_on_another_page_of_the_browser() -> (
    None
):
    meeting = Meeting()
    meeting.joins("ada")
    meeting.joins("ben", identity=GUEST)
    meeting.happens(allows("ben", "camera"))
    meeting.happens(Left("ben", "client_initiated"))
    meeting.joins("ben-again", identity=GUEST)
    meeting.joins("ben-too", identity=SAME_BROWSER)
    for id in ("ben-again", "ben-too"):
        assert meeting.room.participants[id].grants.can_publish_sources == ["camera"]


def test_what_a_moderator_gave_is_forgotten_with_the_meeting() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.happens(allows("ada", "camera"))
    meeting.happens(Ended())
    meeting.joins("ada-again", identity="ada")
    assert "microphone" in meeting.room.participants["ada-again"].grants.can_publish_sources


def test_a_change_that_changes_nothing_is_told_to_nobody() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    assert meeting.happens(GrantsChanged("ada", GrantsChange(can_subscribe=True))) == []


# who moderates


def test_a_moderator_makes_another_one() -> None:
    meeting = Meeting(access="link")
    meeting.joins("ada")
    meeting.joins("ben")
    effects = meeting.happens(GrantsChanged("ben", GrantsChange(room_admin=True)))
    assert types(effects) == ["participant_updated"]
    assert moderators(meeting) == {"ada", "ben"}
    meeting.happens(Left("ben", "client_initiated"))
    meeting.joins("ben-again", identity="ben")
    assert moderators(meeting) == {"ada", "ben"}


def test_the_longest_present_moderates_when_the_only_moderator_stays_away() -> None:
    meeting = Meeting(access="link")
    for name in ("ada", "ben", "cleo"):
        meeting.joins(name)
    meeting.happens(Left("ada", "client_initiated"))
    assert moderators(meeting) == set()
    effects = meeting.happens(Tick(), after=20)
    assert types(effects) == ["participant_updated"]
    assert TellGrants("ben") in effects
    assert moderators(meeting) == {"ben"}


def test_somebody_whose_socket_is_away_does_not_take_over() -> None:
    meeting = Meeting(access="link")
    for name in ("ada", "ben", "cleo"):
        meeting.joins(name)
    meeting.happens(Left("ada", "client_initiated"))
    meeting.happens(SocketLost("ben"), after=5)
    meeting.happens(Tick(), after=15)
    assert moderators(meeting) == {"cleo"}


def test_in_a_room_by_token_nobody_is_made_moderator() -> None:
    meeting = Meeting(access="token")
    meeting.joins("ada", room_admin=True)
    meeting.joins("ben")
    meeting.happens(Left("ada", "client_initiated"))
    meeting.happens(Tick(), after=60)
    assert moderators(meeting) == set()


def test_the_last_moderator_of_a_room_by_link_cannot_stop_moderating() -> None:
    meeting = Meeting(access="link")
    meeting.joins("ada")
    meeting.joins("ben")
    with pytest.raises(Conflict) as refusal:
        meeting.happens(GrantsChanged("ada", GrantsChange(room_admin=False)))
    assert refusal.value.code == "last_moderator"
    meeting.happens(GrantsChanged("ben", GrantsChange(room_admin=True)))
    meeting.happens(GrantsChanged("ada", GrantsChange(room_admin=False)))
    assert moderators(meeting) == {"ben"}


def test_who_was_removed_comes_back_without_moderating() -> None:
    meeting = Meeting(access="link")
    meeting.joins("ada")
    meeting.joins("ben")
    meeting.happens(GrantsChanged("ben", GrantsChange(room_admin=True)))
    meeting.happens(Left("ada", "participant_removed"))
    meeting.now = Micros(meeting.now + 1)
    meeting.joins("ada-again", identity="ada")
    assert moderators(meeting) == {"ben"}


# out, and not back in


def test_the_token_of_who_was_removed_does_not_open_again_but_a_new_one_does() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    before = meeting.now
    meeting.joins("ben")
    meeting.happens(Left("ben", "participant_removed"), after=1)
    with pytest.raises(Forbidden) as refusal:
        meeting.arrives("ben-again", identity="ben", issued_at=before)
    assert refusal.value.code == "removed"
    meeting.now = Micros(meeting.now + 1)
    meeting.joins("ben-invited", identity="ben", issued_at=meeting.now)
    assert meeting.inside == {"ada", "ben"}


def test_who_is_banned_is_out_and_stays_out() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.joins("ben")
    effects = meeting.happens(ban("ben"))
    assert dismissals(effects) == [("ben", "participant_banned")]
    assert isinstance(effects[0], KeepBan)
    with pytest.raises(Forbidden) as refusal:
        meeting.arrives("ben-again", identity="ben", room_admin=True)
    assert refusal.value.code == "banned"


def test_a_ban_is_logged_but_shown_to_nobody_in_the_room() -> None:
    meeting = Meeting()
    record = meeting.happens(ban("ben", by="ada"))[1]
    assert isinstance(record, Record)
    assert (record.type, record.data, record.hidden) == ("participant_banned", {}, True)
    assert record.logged["identity"] == "ben"


def test_a_ban_of_a_guest_is_for_all_pages_of_that_browser() -> None:
    meeting = Meeting()
    meeting.joins("ben", identity=GUEST)
    meeting.joins("ben-too", identity=SAME_BROWSER)
    effects = meeting.happens(ban(person_of(GUEST)))
    assert {who for who, _ in dismissals(effects)} == {"ben", "ben-too"}
    with pytest.raises(Forbidden):
        meeting.arrives("third", identity=guest_identity(b"12345678", b"1234"))
    meeting.joins("cleo", identity=guest_identity(b"other-br", b"abcd"))


def test_an_identity_that_a_program_chose_is_banned_as_it_is() -> None:
    assert person_of("ada@example.com") == "ada@example.com"
    assert person_of("guest-1-2") == "guest-1-2"


def test_a_lifted_ban_lets_in_again() -> None:
    meeting = Meeting()
    meeting.happens(ban("ben"))
    effects = meeting.happens(BanLifted("ben"))
    assert isinstance(effects[0], DropBan)
    assert types(effects) == ["ban_lifted"]
    meeting.joins("ben")
    with pytest.raises(NotFound) as refusal:
        meeting.happens(BanLifted("ben"))
    assert refusal.value.code == "ban_not_found"


def test_bans_end_with_the_room_but_for_the_permanent() -> None:
    meeting = Meeting()
    meeting.happens(ban("ben"))
    assert meeting.happens(Closed())[-1] == DropBans()
    other = Meeting()
    other.happens(ban("ben", permanent=True))
    assert DropBans() not in other.happens(Closed())


def test_bans_outlast_a_meeting_of_a_lasting_room() -> None:
    meeting = Meeting(departure_timeout=None)
    meeting.joins("ada")
    meeting.happens(ban("ben"))
    meeting.happens(Ended())
    with pytest.raises(Forbidden):
        meeting.arrives("ben")


def test_who_was_in_the_meeting_comes_back_to_a_locked_room() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.joins("ben")
    meeting.joins("cleo")
    meeting.happens(SettingsChanged(Settings(locked=True)))
    meeting.happens(Left("ben", "client_initiated"))
    meeting.joins("ben-again", identity="ben")
    meeting.happens(Left("cleo", "participant_removed"))
    meeting.now = Micros(meeting.now + 1)
    for id, identity in (("cleo-again", "cleo"), ("dora", "dora")):
        with pytest.raises(Forbidden) as refusal:
            meeting.arrives(id, identity=identity)
        assert refusal.value.code == "room_locked"


# the end


@pytest.mark.parametrize(("departure", "state"), [(20, State.FINISHED), (None, State.IDLE)])
def test_ending_sends_everybody_away(departure: int | None, state: State) -> None:
    meeting = Meeting(departure_timeout=departure)
    meeting.joins("ada")
    meeting.joins("ben")
    effects = meeting.happens(Ended())
    assert dismissals(effects) == [("ada", "room_closed"), ("ben", "room_closed")]
    assert types(effects)[-1] == "room_finished"
    assert meeting.room.state is state


def test_ending_a_room_in_which_nobody_meets_changes_nothing() -> None:
    meeting = Meeting()
    assert meeting.happens(Ended()) == []
    assert meeting.room.state is State.IDLE


def test_five_minutes_and_one_minute_before_the_end_everybody_is_told() -> None:
    meeting = Meeting(max_duration=3600)
    meeting.joins("ada")
    assert meeting.room.deadline == meeting.now + 3300 * 1_000_000
    assert meeting.happens(Tick(), after=3300) == [Warn(seconds=300)]
    assert meeting.happens(Tick(), after=239) == []
    assert meeting.happens(Tick(), after=1) == [Warn(seconds=60)]
    assert dismissals(meeting.happens(Tick(), after=60)) == [("ada", "room_closed")]


def test_a_short_meeting_is_warned_of_what_is_left_to_warn_of() -> None:
    meeting = Meeting(max_duration=120)
    meeting.joins("ada")
    assert meeting.happens(Tick(), after=60) == [Warn(seconds=60)]


def test_a_duration_that_is_shortened_is_told_at_once() -> None:
    meeting = Meeting(max_duration=7200)
    meeting.joins("ada")
    meeting.happens(SettingsChanged(Settings(max_duration=3600)), after=3400)
    assert meeting.happens(Tick()) == [Warn(seconds=200)]
    assert meeting.room.view().ends_at is not None


def test_fewer_places_send_nobody_away() -> None:
    meeting = Meeting(max_participants=3)
    for name in ("ada", "ben", "cleo"):
        meeting.joins(name)
    meeting.happens(SettingsChanged(Settings(max_participants=1)))
    assert len(meeting.inside) == 3
    with pytest.raises(Conflict):
        meeting.arrives("dora")
