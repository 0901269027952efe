"""A call that we place, and its races (RFC 3261 13.2, 15; RFC 5407)."""

from __future__ import annotations

import pytest
from hypothesis import given, note, seed
from hypothesis import strategies as st

from media.sip.dialog.outgoing import (
    Accepted,
    Outgoing,
    Progressed,
    Refused,
    SendAck,
    SendCancel,
    State,
)
from media.sip.dialog.usage import (
    AnswerBye,
    ByeCame,
    ByeDone,
    DialogLost,
    Established,
    HungUp,
    Over,
    Party,
    SendBye,
)
from offhook.core.clock import Micros

pytestmark = pytest.mark.unit

NOW = Micros(0)
BY_US, BY_THEM = Over(200, Party.US), Over(200, Party.THEM)


def play(*events: object) -> tuple[Outgoing, list[list[object]]]:
    """What a call does about each event."""
    call = Outgoing()
    return call, [call.handle(event, NOW) for event in events]


def last(*events: object) -> list[object]:
    """What a call does about the last of these events."""
    return play(*events)[1][-1]


def test_a_call_is_answered_and_we_hang_up() -> None:
    """RFC 3261 13.2.2.4, 15.1.1."""
    call, done = play(Progressed("b"), Accepted("b"), HungUp(), ByeDone("b"))
    assert done == [[], [SendAck("b"), Established("b")], [SendBye("b"), BY_US], []]
    assert call.settled


def test_a_call_is_answered_and_they_hang_up() -> None:
    """RFC 3261 15.1.2."""
    call, done = play(Accepted("b"), ByeCame("b"))
    assert done[-1] == [AnswerBye(200, "b"), BY_THEM]
    assert call.settled


@pytest.mark.parametrize("status", [302, 404, 408, 486, 503, 603])
def test_a_refusal_ends_the_call(status: int) -> None:
    """RFC 3261 13.2.2.3."""
    assert last(Progressed("b"), Refused(status)) == [Over(status, Party.THEM)]


def test_a_call_that_is_taken_back_ends_with_487() -> None:
    """RFC 3261 9.1."""
    call, done = play(Progressed("b"), HungUp(), HungUp(), Refused(487))
    assert done[1:] == [[SendCancel()], [], [Over(487, Party.US)]]
    assert call.settled


def test_a_cancel_without_any_answer_ends_the_call_as_well() -> None:
    """RFC 3261 9.1: 64*T1 later."""
    assert last(HungUp(), Refused(408, Party.NETWORK)) == [Over(487, Party.US)]


def test_a_2xx_that_crosses_the_cancel_is_acknowledged_and_hung_up() -> None:
    """RFC 5407 3.1.2."""
    effects = last(Progressed("b"), HungUp(), Accepted("b"))
    assert effects == [SendAck("b"), SendBye("b"), Over(487, Party.US)]


def test_copies_of_that_2xx_get_their_ack_and_no_second_bye() -> None:
    """RFC 3261 13.2.2.4."""
    assert last(HungUp(), Accepted("b"), Accepted("b")) == [SendAck("b")]
    assert last(HungUp(), Accepted("b"), ByeDone("b"), Accepted("b")) == [SendAck("b")]


def test_a_2xx_after_we_have_given_up_is_acknowledged_and_hung_up() -> None:
    """RFC 3261 13.2.2.4: the call is over for its user, not for the other end."""
    call, done = play(Refused(408, Party.NETWORK), Accepted("b"))
    assert done == [[Over(408, Party.NETWORK)], [SendAck("b"), SendBye("b")]]
    assert not call.settled


def test_every_copy_of_the_2xx_is_acknowledged_also_when_we_have_hung_up() -> None:
    """RFC 3261 13.2.2.4."""
    assert last(Accepted("b"), Accepted("b")) == [SendAck("b")]
    assert last(Accepted("b"), HungUp(), Accepted("b")) == [SendAck("b")]


def test_a_second_fork_that_answers_is_hung_up() -> None:
    """RFC 3261 13.2.2.4."""
    call, done = play(Progressed("b"), Progressed("c"), Accepted("b"), Accepted("c"))
    assert done[-1] == [SendAck("c"), SendBye("c")]
    assert (call.state, call.fork) == (State.TALKING, "b")


def test_the_bye_of_another_fork_does_not_end_the_call() -> None:
    """RFC 3261 12."""
    call, done = play(Accepted("b"), Accepted("c"), ByeCame("c"))
    assert done[-1] == [AnswerBye(200, "c")]
    assert call.state is State.TALKING


def test_two_byes_that_cross_are_both_answered() -> None:
    """RFC 5407 3.2.1."""
    call, done = play(Accepted("b"), HungUp(), ByeCame("b"), ByeDone("b"))
    assert done[2:] == [[AnswerBye(200, "b")], []]
    assert call.settled


def test_a_bye_that_overtakes_the_2xx_leaves_only_an_ack_to_be_sent() -> None:
    """The network may turn them round (RFC 3261 15)."""
    call, done = play(Progressed("b"), ByeCame("b"), Accepted("b"), Accepted("b"))
    assert done[1:] == [[AnswerBye(200, "b")], [SendAck("b"), BY_THEM], [SendAck("b")]]
    assert call.settled


@pytest.mark.parametrize(
    "events",
    [(ByeCame("x"),), (Accepted("b"), ByeCame("x")), (Accepted("b"), ByeCame("b"), ByeCame("b"))],
    ids=["calling", "talking", "over"],
)
def test_a_bye_of_no_dialog_gets_481(events: tuple[object, ...]) -> None:
    """RFC 3261 15.1.2."""
    effects = last(*events)
    assert [e.status for e in effects if isinstance(e, AnswerBye)] == [481]


@pytest.mark.parametrize("status", [408, 481])
def test_a_partner_that_has_forgotten_the_call_ends_it(status: int) -> None:
    """RFC 3261 12.2.1.2."""
    effects = last(Accepted("b"), DialogLost("b", status))
    assert effects == [SendBye("b"), Over(status, Party.NETWORK)]
    assert last(Accepted("b"), DialogLost("x")) == []


_FORKS = st.sampled_from("bc")
_EVENTS = st.lists(
    st.one_of(
        st.builds(Progressed, _FORKS),
        st.builds(Accepted, _FORKS),
        st.builds(Refused, st.sampled_from([404, 487, 503])),
        st.builds(HungUp),
        st.builds(ByeCame, _FORKS),
        st.builds(ByeDone, _FORKS),
        st.builds(DialogLost, _FORKS),
    ),
    max_size=14,
)


@seed(20261121)
@given(_EVENTS)
def test_whatever_happens_in_any_order_the_call_ends_once_and_nobody_is_left_waiting(
    events: list[object],
) -> None:
    """Every 2xx has its ACK, every dialog at most one BYE of ours, and every BYE an answer."""
    note(f"events {events}")
    call, done = play(*events, HungUp(), Refused(408))
    for event, effects in zip(events, done, strict=False):
        assert (SendAck("b") in effects) is (event == Accepted("b"))
        assert any(isinstance(e, AnswerBye) for e in effects) is isinstance(event, ByeCame)
    flat = [effect for effects in done for effect in effects]
    assert sum(isinstance(effect, Over) for effect in flat) == 1
    assert sum(isinstance(effect, Established) for effect in flat) <= 1
    assert all(flat.count(SendBye(fork)) <= 1 for fork in "bc")
    for fork in "bc":
        call.handle(ByeDone(fork), NOW)
    assert call.settled


@seed(20261121)
@given(_EVENTS)
def test_nobody_who_answered_is_left_off_the_hook(events: list[object]) -> None:
    """Who accepted and did not hang up itself gets our BYE, sooner or later."""
    call, done = play(*events, HungUp(), Refused(408))
    flat = [effect for effects in done for effect in effects]
    accepted = {event.fork for event in events if isinstance(event, Accepted)}
    ended = {event.fork for event in events if isinstance(event, ByeCame | ByeDone)}
    for fork in accepted - ended:
        assert SendBye(fork) in flat
    assert call.state is State.OVER
