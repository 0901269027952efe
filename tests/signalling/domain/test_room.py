"""The room machine: coming in, being in, and the ends a room can take."""

from __future__ import annotations

import pytest

from offhook.core.errors import Conflict, Forbidden, NotFound
from offhook.core.machine import Tick, UnexpectedEvent
from signalling.domain.effects import (
    CloseMedia,
    EnterMedia,
    ExitMedia,
    ForgetChat,
    KeepChat,
    MuteMedia,
    Record,
)
from signalling.domain.events import (
    ChatSaid,
    Closed,
    Left,
    LegConnected,
    MediaMoved,
    Profile,
    ProfileChanged,
    Published,
    Settings,
    SettingsChanged,
    SocketLost,
    TrackMuted,
)
from signalling.domain.room import Room, State
from signalling.domain.track import Track
from signalling.domain.views import FileView
from tests.signalling.domain.meeting import Meeting, dismissals, types

pytestmark = pytest.mark.unit

MICROPHONE = Track("TR1", "0", "microphone", muted=False)
CAMERA = Track("TR2", "1", "camera", muted=False)


def test_the_first_arrival_starts_the_meeting_and_is_let_into_media() -> None:
    meeting = Meeting()
    assert meeting.arrives("ada") == [Record("room_started", seq=1), EnterMedia("ada")]
    assert meeting.room.state is State.OPEN


def test_facts_are_numbered_without_a_gap() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.joins("ben")
    meeting.happens(Left("ada", "client_initiated"))
    numbers = [e.seq for e in meeting.effects if isinstance(e, Record)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert meeting.room.seq == len(numbers)


def test_the_same_identity_takes_over_without_taking_a_second_place() -> None:
    meeting = Meeting(max_participants=1)
    meeting.joins("ada-1", identity="ada")
    effects = meeting.joins("ada-2", identity="ada")
    assert dismissals(effects) == [("ada-1", "duplicate_identity")]
    assert types(effects) == ["participant_left", "participant_joined"]
    assert list(meeting.room.participants) == ["ada-2"]


def test_a_full_room_refuses_and_changes_nothing() -> None:
    meeting = Meeting(max_participants=2)
    meeting.joins("ada")
    meeting.arrives("ben")
    with pytest.raises(Conflict) as refusal:
        meeting.arrives("cleo")
    assert refusal.value.code == "room_full"
    assert meeting.inside == {"ada", "ben"}


def test_a_locked_room_lets_in_only_moderators_and_those_who_are_inside() -> None:
    meeting = Meeting(locked=False)
    meeting.joins("ada")
    meeting.happens(SettingsChanged(Settings(locked=True)))
    with pytest.raises(Forbidden) as refusal:
        meeting.arrives("ben")
    assert refusal.value.code == "room_locked"
    meeting.joins("ada-again", identity="ada")
    meeting.joins("chair", room_admin=True)
    assert meeting.inside == {"ada", "chair"}


def test_the_first_arrival_of_a_link_room_moderates_also_after_coming_back() -> None:
    meeting = Meeting(access="link")
    meeting.joins("ada")
    meeting.joins("ben")
    meeting.happens(Left("ada", "client_initiated"))
    meeting.joins("ada-again", identity="ada")
    moderators = {p.identity for p in meeting.room.present() if p.grants.room_admin}
    assert moderators == {"ada"}


def test_a_room_by_token_has_only_the_moderators_its_tokens_name() -> None:
    meeting = Meeting(access="token")
    meeting.joins("ada")
    assert not meeting.room.participants["ada"].grants.room_admin


def test_hidden_participants_take_no_place_and_are_told_to_nobody() -> None:
    meeting = Meeting(max_participants=1)
    meeting.joins("watcher", hidden=True)
    meeting.joins("ada")
    assert [p.id for p in meeting.room.present()] == ["ada"]
    about_watcher = [e for e in meeting.effects if isinstance(e, Record) and e.about == "watcher"]
    assert [record.hidden for record in about_watcher] == [True]


def test_a_room_that_nobody_entered_ends_after_its_empty_timeout() -> None:
    meeting = Meeting(empty_timeout=300)
    assert meeting.happens(Tick(), after=299) == []
    assert meeting.happens(Tick(), after=1) == [Record("room_finished", seq=1)]
    assert meeting.room.state is State.FINISHED


def test_a_room_by_link_ends_twenty_seconds_after_the_last_one_left() -> None:
    meeting = Meeting(departure_timeout=20)
    meeting.joins("ada")
    meeting.happens(Left("ada", "client_initiated"), after=60)
    assert meeting.happens(Tick(), after=19.9) == []
    effects = meeting.happens(Tick(), after=0.1)
    assert effects == [Record("room_finished", seq=4), ForgetChat(), CloseMedia()]
    assert meeting.room.state is State.FINISHED


def test_a_return_within_the_departure_timeout_keeps_the_meeting() -> None:
    meeting = Meeting(departure_timeout=20)
    meeting.joins("ada")
    meeting.happens(Left("ada", "client_initiated"))
    meeting.joins("ben")
    meeting.happens(Tick(), after=30)
    assert meeting.room.state is State.OPEN


def test_a_lasting_room_forgets_the_meeting_and_waits_for_the_next() -> None:
    meeting = Meeting(departure_timeout=None)
    meeting.joins("ada")
    meeting.happens(ChatSaid("ada", "CH1", "hello"))
    meeting.happens(Left("ada", "client_initiated"))
    effects = meeting.happens(Tick(), after=20)
    assert ForgetChat() in effects
    assert not meeting.room.chat
    assert meeting.room.state is State.IDLE
    assert meeting.room.deadline is None
    assert types(meeting.arrives("ben")) == ["room_started"]
    assert meeting.room.participants["ben"].grants.room_admin


def test_a_meeting_ends_for_everybody_at_its_longest_duration() -> None:
    meeting = Meeting(max_duration=3600)
    meeting.joins("ada")
    effects = meeting.happens(Tick(), after=3600)
    assert dismissals(effects) == [("ada", "room_closed")]
    assert not meeting.inside


def test_deleting_a_room_sends_everybody_away_and_closes_media() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.arrives("ben")
    effects = meeting.happens(Closed())
    assert dismissals(effects) == [("ada", "room_deleted"), ("ben", "room_deleted")]
    assert types(effects) == ["participant_left", "room_finished"]
    assert effects[-1] == CloseMedia()
    assert meeting.room.state is State.FINISHED
    assert meeting.room.deadline is None


def test_publishing_compares_the_whole_list_with_what_was_there() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.happens(Published("ada", (MICROPHONE, CAMERA)))
    muted = Track("TR1", "0", "microphone", muted=True)
    effects = meeting.happens(Published("ada", (muted,)))
    assert types(effects) == ["track_unpublished", "track_muted"]
    assert [t.sid for t in meeting.room.participants["ada"].view().tracks] == ["TR1"]


def test_muting_is_a_fact_once_and_reaches_media() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.happens(Published("ada", (MICROPHONE,)))
    effects = meeting.happens(TrackMuted("ada", "TR1", muted=True))
    assert types(effects) == ["track_muted"]
    assert effects[-1] == MuteMedia("ada", "TR1", muted=True)
    assert meeting.happens(TrackMuted("ada", "TR1", muted=True)) == []


def test_chat_is_kept_for_those_who_come_later_and_logged_without_its_words() -> None:
    meeting = Meeting()
    meeting.joins("ada", name="Ada Lovelace")
    keep, record = meeting.happens(ChatSaid("ada", "CH1", "hello"))
    assert isinstance(keep, KeepChat)
    assert isinstance(record, Record)
    assert keep.message.text == record.data["message"]["text"] == "hello"
    assert "text" not in record.logged["message"]
    assert "name" not in record.logged["message"]


def test_a_file_goes_with_a_line_of_its_own_and_is_logged_without_its_name() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    file = FileView(id="FI1", name="diagnosis.pdf", size=9, type="application/pdf")
    keep, record = meeting.happens(ChatSaid("ada", "CH1", "", file))
    assert isinstance(keep, KeepChat)
    assert isinstance(record, Record)
    assert keep.message.file == file
    assert record.data["message"]["file"]["name"] == "diagnosis.pdf"
    assert record.logged["message"]["file"] == {**record.data["message"]["file"], "name": ""}
    with pytest.raises(Conflict) as caught:
        meeting.happens(ChatSaid("ada", "CH2", "again", file))
    assert caught.value.code == "file_sent"


def test_logged_facts_about_people_carry_their_contact_and_no_name() -> None:
    meeting = Meeting()
    record = meeting.joins("ada", name="Ada Lovelace")[-1]
    assert isinstance(record, Record)
    assert record.data["participant"]["name"] == "Ada Lovelace"
    assert record.logged["participant"]["contact"] == "CT1"
    assert "Lovelace" not in str(record.logged)


def test_a_changed_profile_is_told() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    assert types(meeting.happens(ProfileChanged("ada", Profile("Ada")))) == ["participant_updated"]
    assert meeting.happens(ProfileChanged("ada", Profile("Ada"))) == []


def test_a_moved_room_lets_everybody_into_media_again() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.happens(LegConnected("ada", "publish"))
    effects = meeting.happens(MediaMoved())
    assert types(effects) == ["participant_updated"]
    assert EnterMedia("ada") in effects


def test_news_of_somebody_who_left_is_refused() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    meeting.happens(Left("ada", "client_initiated"))
    with pytest.raises(NotFound):
        meeting.happens(SocketLost("ada"))


def test_a_finished_room_takes_nothing() -> None:
    meeting = Meeting()
    meeting.happens(Closed())
    with pytest.raises(UnexpectedEvent):
        meeting.arrives("ada")


def test_the_one_who_leaves_exits_media_and_is_told_why() -> None:
    meeting = Meeting()
    meeting.joins("ada")
    effects = meeting.happens(Left("ada", "participant_removed"))
    assert ExitMedia("ada") in effects
    assert dismissals(effects) == [("ada", "participant_removed")]


@pytest.mark.parametrize("state", [s for s in State if s is not State.FINISHED])
def test_a_live_room_may_be_closed_at_any_time(state: State) -> None:
    assert Room.expects(state, Closed)


def test_anybody_may_leave_whenever_a_meeting_is_on() -> None:
    assert Room.expects(State.OPEN, Left)


def test_a_finished_room_expects_no_event_at_all() -> None:
    assert not [event for (state, event) in Room.table if state is State.FINISHED]
