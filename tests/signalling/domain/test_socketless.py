"""Participants who came by HTTP alone: only their media show that they are still there."""

from __future__ import annotations

from typing import Any

import pytest

from offhook.core.clock import SECOND
from offhook.core.machine import Tick
from signalling.domain.effects import Effect, EnterMedia
from signalling.domain.events import (
    LegConnected,
    LegLost,
    MediaDoubted,
    MediaEntered,
    MediaMoved,
)
from signalling.domain.participant import State
from tests.signalling.domain.meeting import Meeting, dismissals, types

pytestmark = pytest.mark.unit


class Broadcast(Meeting):
    """A meeting to which an encoder comes."""

    def encoder(self, id: str = "PA1", **video: Any) -> list[Effect]:
        """It asks for a place without a socket, and media let it in."""
        return [*self.arrives(id, socket=False, **video), *self.happens(MediaEntered(id))]

    @property
    def state(self) -> State:
        """Where the encoder stands."""
        return self.room.participants["PA1"].state

    def waits(self) -> list[Effect]:
        """Let its patience run out."""
        assert self.room.deadline is not None
        return self.happens(Tick(), (self.room.deadline - self.now) / SECOND)


@pytest.fixture
def meeting() -> Broadcast:
    """An encoder that is in, without media yet."""
    meeting = Broadcast()
    meeting.encoder()
    return meeting


def test_it_is_announced_when_media_let_it_in() -> None:
    assert types(Broadcast().encoder()) == ["room_started", "participant_joined"]


def test_it_stays_while_its_media_are_there(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    assert meeting.room.deadline is None
    assert meeting.state is State.ACTIVE


def test_it_is_out_when_its_media_never_come(meeting: Broadcast) -> None:
    assert ("PA1", "media_failure") in dismissals(meeting.waits())


def test_it_is_out_when_its_media_stay_away(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    assert not dismissals(meeting.happens(LegLost("PA1", "publish"), after=100))
    assert dismissals(meeting.waits()) == [("PA1", "media_failure")]


def test_it_has_left_when_it_closes_its_media(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    gone = meeting.happens(LegLost("PA1", "publish", goodbye=True))
    assert dismissals(gone) == [("PA1", "client_initiated")]


def test_it_is_waited_for_when_its_media_move(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    meeting.happens(MediaMoved())
    assert dismissals(meeting.waits()) == [("PA1", "media_failure")]


def test_after_a_restart_media_are_asked_and_nobody_is_told(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    assert meeting.happens(MediaDoubted("PA1")) == [EnterMedia("PA1")]
    assert meeting.happens(LegConnected("PA1", "publish"), after=1) == []
    assert meeting.room.deadline is None


def test_after_a_restart_it_is_out_when_media_do_not_know_it(meeting: Broadcast) -> None:
    meeting.happens(LegConnected("PA1", "publish"))
    meeting.happens(MediaDoubted("PA1"))
    assert dismissals(meeting.waits()) == [("PA1", "media_failure")]


def test_it_moderates_nothing_and_whoever_comes_next_does(meeting: Broadcast) -> None:
    assert not meeting.room.participants["PA1"].grants.room_admin
    meeting.joins("PA2")
    assert meeting.room.participants["PA2"].grants.room_admin
