"""A call that comes to us, and its races (RFC 3261 13.3, 15; RFC 5407)."""

from __future__ import annotations

import pytest
from hypothesis import given, note, seed
from hypothesis import strategies as st

from media.sip.dialog.incoming import (
    Accept,
    AckCame,
    AnswerInvite,
    CancelCame,
    Effect,
    Incoming,
    Reject,
    RepeatAnswer,
    State,
    Unanswered,
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
from media.sip.transaction import Timers
from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick, UnexpectedEvent

pytestmark = pytest.mark.unit

NOW = Micros(0)
BY_US, BY_THEM = Over(200, Party.US), Over(200, Party.THEM)
REPEATS = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]


def play(*events: object) -> tuple[Incoming, list[list[Effect]]]:
    """What a call does about each event."""
    call = Incoming(Timers())
    return call, [call.handle(event, NOW) for event in events]


def waits(call: Incoming) -> list[tuple[float, Effect]]:
    """What a call does by itself, and when, in seconds."""
    done: list[tuple[float, Effect]] = []
    while (at := call.deadline) is not None:
        done += [(at / SECOND, effect) for effect in call.handle(Tick(), at)]
    return done


def test_a_call_is_taken_and_they_hang_up() -> None:
    """RFC 3261 13.3.1.4, 15.1.2."""
    call, done = play(Accept(), AckCame(), ByeCame())
    assert done == [[AnswerInvite(200)], [Established()], [AnswerBye(200), BY_THEM]]
    assert call.settled


def test_a_call_is_taken_and_we_hang_up() -> None:
    """RFC 3261 15.1.1."""
    call, done = play(Accept(), AckCame(), HungUp(), ByeDone())
    assert done[2:] == [[SendBye(), BY_US], []]
    assert call.settled


def test_the_2xx_is_repeated_until_its_ack() -> None:
    """RFC 3261 13.3.1.4."""
    call, _ = play(Accept())
    first = call.deadline
    assert first is not None
    assert call.handle(Tick(), first) == [RepeatAnswer()]
    assert call.handle(AckCame(), first) == [Established()]
    assert waits(call) == []


def test_a_call_whose_ack_never_comes_is_hung_up() -> None:
    """RFC 3261 13.3.1.4."""
    call, _ = play(Accept())
    *repeats, bye, over = waits(call)
    assert [at for at, _ in repeats] == REPEATS
    assert (bye, over) == ((32, SendBye()), (32, Over(408, Party.NETWORK)))


@pytest.mark.parametrize("status", [302, 404, 486, 603])
def test_a_call_is_refused(status: int) -> None:
    """RFC 3261 13.3.1.3."""
    _, done = play(Reject(status))
    assert done == [[AnswerInvite(status), Over(status, Party.US)]]


def test_hanging_up_on_a_ringing_call_declines_it() -> None:
    """RFC 3261 21.6.2."""
    assert play(HungUp())[1] == [[AnswerInvite(603), Over(603, Party.US)]]


def test_a_caller_that_gives_up_gets_487() -> None:
    """RFC 3261 9.2."""
    assert play(CancelCame())[1] == [[AnswerInvite(487), Over(487, Party.THEM)]]


def test_a_cancel_that_crosses_our_2xx_changes_nothing() -> None:
    """RFC 5407 3.1.2: the caller acknowledges and hangs up."""
    _, done = play(Accept(), CancelCame(), AckCame(), ByeCame())
    assert done[1:] == [[], [Established()], [AnswerBye(200), BY_THEM]]


def test_a_bye_in_the_early_dialog_ends_the_invite_with_487() -> None:
    """RFC 3261 15.1.2."""
    _, done = play(ByeCame())
    assert done == [[AnswerBye(200), AnswerInvite(487), Over(487, Party.THEM)]]


def test_a_bye_that_overtakes_the_ack_ends_the_call_and_the_copies() -> None:
    """RFC 5407 3.1.6."""
    call, done = play(Accept(), ByeCame())
    assert done[1:] == [[AnswerBye(200), BY_THEM]]
    assert (waits(call), call.settled) == ([], True)
    assert call.handle(AckCame(), NOW) == []


def test_who_hangs_up_before_the_ack_waits_for_it_to_say_so() -> None:
    """The callee sends no BYE before the ACK (RFC 3261 15)."""
    call, done = play(Accept(), HungUp(), AckCame())
    assert done[1:] == [[BY_US], [SendBye()]]
    assert not call.settled


def test_who_hangs_up_before_an_ack_that_never_comes_says_so_when_the_waiting_ends() -> None:
    """RFC 3261 15: or until the server transaction times out."""
    call, _ = play(Accept(), HungUp())
    *repeats, bye = waits(call)
    assert ([at for at, _ in repeats], bye) == (REPEATS, (32, SendBye()))


def test_a_bye_that_comes_while_ours_waits_makes_it_needless() -> None:
    """RFC 5407 3.2.1."""
    call, done = play(Accept(), HungUp(), ByeCame(), AckCame())
    assert done[2:] == [[AnswerBye(200)], []]
    assert (waits(call), call.settled) == ([], True)


def test_two_byes_that_cross_are_both_answered() -> None:
    """RFC 5407 3.2.1."""
    call, done = play(Accept(), AckCame(), HungUp(), ByeCame(), ByeDone(), ByeCame())
    assert done[3:] == [[AnswerBye(200)], [], [AnswerBye(481)]]
    assert call.settled


def test_a_bye_of_a_call_that_was_refused_gets_481() -> None:
    """RFC 3261 15.1.2."""
    assert play(Reject(486), ByeCame())[1][-1] == [AnswerBye(481)]


def test_copies_of_the_ack_are_taken_silently() -> None:
    """RFC 3261 13.3.1.4."""
    assert play(Accept(), AckCame(), AckCame())[1][-1] == []


def test_a_caller_that_has_forgotten_the_call_ends_it() -> None:
    """RFC 3261 12.2.1.2."""
    _, done = play(Accept(), AckCame(), DialogLost(status=408))
    assert done[-1] == [SendBye(), Over(408, Party.NETWORK)]


def test_a_call_that_nobody_took_in_time_is_over() -> None:
    """As Timer C has it (RFC 3261 16.6)."""
    assert play(Unanswered())[1] == [[Over(408, Party.NETWORK)]]


@pytest.mark.parametrize("event", [Accept(), Reject(486)])
def test_a_call_is_answered_only_once(event: object) -> None:
    """RFC 3261 13.3.1.3, 13.3.1.4."""
    for first in (Accept(), Reject(404), CancelCame()):
        call, _ = play(first)
        with pytest.raises(UnexpectedEvent):
            call.handle(event, NOW)


_ANY = [CancelCame(), AckCame(), Unanswered(), HungUp(), ByeCame(), ByeDone(), DialogLost(), Tick()]
_EVENTS = st.lists(st.sampled_from(_ANY), max_size=8)


@seed(20261121)
@given(before=_EVENTS, after=_EVENTS)
def test_whatever_happens_in_any_order_the_call_ends_once_and_nothing_is_left(
    before: list[object], after: list[object]
) -> None:
    """One end, at most one BYE of ours, an answer to every BYE, no timer that goes on."""
    note(f"{before}, then accepted, then {after}")
    call, done = play(*before)
    taken = [Accept()] if call.state is State.RINGING else []
    events = [*taken, *after, HungUp()]
    done += [call.handle(event, NOW) for event in events]
    for event, effects in zip([*before, *events], done, strict=True):
        answers = sum(isinstance(effect, AnswerBye) for effect in effects)
        assert answers == isinstance(event, ByeCame)
    flat = [effect for effects in done for effect in effects]
    flat += [effect for _, effect in waits(call)]
    assert sum(isinstance(effect, Over) for effect in flat) == 1
    assert sum(isinstance(effect, AnswerInvite) for effect in flat) <= 1
    assert flat.count(SendBye()) <= 1
    call.handle(ByeDone(), NOW)
    assert call.settled
