"""The participant machine: media come and go, sockets are lost and resumed."""

from __future__ import annotations

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick
from signalling.domain.effects import Dismiss, ExitMedia
from signalling.domain.events import (
    Left,
    LegConnected,
    LegLost,
    MediaEntered,
    MediaMoved,
    MediaRefused,
    Profile,
    Resumed,
    SocketLost,
)
from signalling.domain.participant import Participant, Patience, State
from signalling.domain.track import Track, assign_sids
from tests.signalling.domain.meeting import START, grants, types

pytestmark = pytest.mark.unit


def at(seconds: float) -> Micros:
    """So many seconds after the participant came."""
    return Micros(START + round(seconds * SECOND))


def joining() -> Participant:
    """Somebody who waits for media."""
    return Participant(
        id="PA1",
        identity="ada",
        contact="CT1",
        profile=Profile("Ada"),
        grants=grants(),
        patience=Patience(),
        now=START,
    )


def joined() -> Participant:
    """Somebody whom media let in."""
    participant = joining()
    participant.handle(MediaEntered("PA1"), at(0))
    return participant


def active() -> Participant:
    """Somebody with both connections."""
    participant = joined()
    participant.handle(LegConnected("PA1", "publish"), at(0))
    participant.handle(LegConnected("PA1", "subscribe"), at(0))
    return participant


def test_media_that_do_not_answer_within_ten_seconds_end_the_attempt_unannounced() -> None:
    participant = joining()
    assert participant.deadline == at(10)
    effects = participant.handle(Tick(), at(10))
    assert effects == [ExitMedia("PA1"), Dismiss("PA1", "join_failure")]


def test_media_that_refuse_end_the_attempt() -> None:
    participant = joining()
    participant.handle(MediaRefused("PA1"), at(1))
    assert participant.reason == "join_failure"


def test_the_first_connection_makes_a_participant_active_and_the_second_is_no_news() -> None:
    participant = joined()
    assert types(participant.handle(LegConnected("PA1", "publish"), at(1))) == [
        "participant_updated"
    ]
    assert participant.handle(LegConnected("PA1", "subscribe"), at(1)) == []
    assert participant.state is State.ACTIVE


def test_a_lost_socket_is_waited_for_twenty_seconds() -> None:
    participant = active()
    participant.handle(SocketLost("PA1"), at(60))
    assert participant.deadline == at(80)
    effects = participant.handle(Tick(), at(80))
    assert types(effects) == ["participant_left"]
    assert participant.reason == "connection_timeout"


def test_a_second_loss_does_not_prolong_the_wait() -> None:
    participant = active()
    participant.handle(SocketLost("PA1"), at(0))
    participant.handle(SocketLost("PA1"), at(15))
    assert participant.deadline == at(20)


def test_who_resumes_in_time_stays() -> None:
    participant = active()
    participant.handle(SocketLost("PA1"), at(0))
    participant.handle(Resumed("PA1"), at(19))
    assert participant.deadline is None
    assert participant.state is State.ACTIVE


def test_one_lost_connection_of_two_is_no_loss() -> None:
    participant = active()
    assert participant.handle(LegLost("PA1", "publish"), at(5)) == []
    assert participant.state is State.ACTIVE


def test_media_that_stay_away_for_thirty_seconds_end_it() -> None:
    participant = active()
    participant.handle(LegLost("PA1", "publish"), at(0))
    participant.handle(LegLost("PA1", "subscribe"), at(0))
    assert participant.state is State.JOINED
    participant.handle(Tick(), at(30))
    assert participant.reason == "media_failure"


def test_media_that_the_client_closed_itself_are_not_waited_for() -> None:
    participant = joined()
    participant.handle(LegConnected("PA1", "publish"), at(0))
    effects = participant.handle(LegLost("PA1", "publish", goodbye=True), at(1))
    assert types(effects) == ["participant_updated"]
    assert participant.deadline is None


def test_media_that_come_back_stop_the_wait() -> None:
    participant = active()
    participant.handle(MediaMoved(), at(0))
    participant.handle(LegConnected("PA1", "publish"), at(29))
    assert participant.deadline is None
    assert participant.state is State.ACTIVE


def test_a_deadline_that_moved_on_meanwhile_ends_nothing() -> None:
    participant = active()
    assert participant.handle(Tick(), at(100)) == []
    assert participant.live


@pytest.mark.parametrize("state", [s for s in State if s is not State.DISCONNECTED])
@pytest.mark.parametrize("event", [Left, SocketLost, Resumed, Tick, MediaMoved, MediaRefused])
def test_in_every_live_state_anyone_may_leave_be_lost_and_come_back(
    state: State, event: type
) -> None:
    assert Participant.expects(state, event)


def test_who_is_out_expects_nothing_more() -> None:
    assert not [event for (state, event) in Participant.table if state is State.DISCONNECTED]


def test_an_offer_keeps_the_ids_of_its_lines_and_gives_new_ones_to_new_sources() -> None:
    known = [Track("TR1", "0", "microphone", muted=False), Track("TR2", "1", "camera", muted=False)]
    tracks = assign_sids(known, [("0", "microphone", True), ("1", "screen_share", False)], ["TR3"])
    assert [(t.sid, t.mid, t.source, t.muted) for t in tracks] == [
        ("TR1", "0", "microphone", True),
        ("TR3", "1", "screen_share", False),
    ]
