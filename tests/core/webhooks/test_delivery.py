"""A delivery: tried until it arrives, ever more rarely, and given up after a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick
from offhook.core.webhooks.delivery import (
    ENDED,
    MAX_RETRY_AFTER,
    OPEN,
    SCHEDULE,
    AddressRefused,
    Answered,
    Delivery,
    Disable,
    Held,
    Released,
    Replayed,
    Send,
    State,
    Unreachable,
)
from tests.support.machines import assert_accepts

pytestmark = pytest.mark.unit

NOW = Micros(1_800_000_000 * SECOND)
MIDDLE = 0.5


def delivery(*, tries: int = 0, deadline: Micros | None = NOW) -> Delivery:
    state = State.RETRYING if tries else State.PENDING
    return Delivery(state, tries=tries, opened_at=NOW, deadline=deadline)


def waits(machine: Delivery, now: int = NOW) -> float:
    assert machine.deadline is not None
    return (machine.deadline - now) / SECOND


def test_what_is_on_its_way_can_be_answered_missed_refused_held_and_replayed() -> None:
    outcomes = (Answered, Unreachable, AddressRefused)
    assert_accepts(Delivery, OPEN, Tick, Held, Released, Replayed, *outcomes)
    assert_accepts(Delivery, ENDED, Replayed)


def test_nothing_but_a_replay_leads_out_of_the_end() -> None:
    assert {event for (state, event) in Delivery.table if state in ENDED} == {Replayed}


def test_it_is_sent_when_its_time_has_come() -> None:
    machine = delivery()
    assert machine.handle(Tick(), NOW) == [Send()]
    assert machine.handle(Tick(), Micros(NOW - 1)) == []


def test_behind_an_earlier_one_it_is_not_sent() -> None:
    machine = delivery()
    machine.handle(Held(), NOW)
    assert machine.handle(Tick(), Micros(NOW + SECOND)) == []
    machine.handle(Released(), Micros(NOW + SECOND))
    assert machine.handle(Tick(), Micros(NOW + SECOND)) == [Send()]


def test_being_first_does_not_hurry_what_waits_to_be_tried_again() -> None:
    machine = delivery(deadline=Micros(NOW + 60 * SECOND))
    machine.handle(Released(), NOW)
    assert waits(machine) == 60


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_an_answer_of_success_ends_it(status: int) -> None:
    machine = delivery()
    assert machine.handle(Answered(status, MIDDLE), NOW) == []
    assert (machine.state, machine.deadline, machine.ended_at) == (State.DELIVERED, None, NOW)


@pytest.mark.parametrize("status", [100, 199, 301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_has_it_tried_again(status: int) -> None:
    machine = delivery()
    machine.handle(Answered(status, MIDDLE), NOW)
    assert (machine.state, waits(machine)) == (State.RETRYING, 5)


def test_gone_ends_it_and_disables_the_endpoint() -> None:
    machine = delivery()
    assert machine.handle(Answered(410, MIDDLE), NOW) == [Disable()]
    assert machine.state is State.FAILED


def test_a_refused_address_ends_it_at_once() -> None:
    machine = delivery()
    machine.handle(AddressRefused(), NOW)
    assert (machine.state, machine.ended_at) == (State.FAILED, NOW)


def test_attempts_become_rarer_and_end_after_more_than_a_day() -> None:
    machine, now, gaps = delivery(), NOW, []
    while machine.state in OPEN:
        machine.handle(Unreachable(MIDDLE), now)
        if machine.deadline is not None:
            gaps.append(waits(machine, now))
            now = machine.deadline
    assert tuple(gaps) == SCHEDULE
    assert 24 < (now - NOW) / SECOND / 3600 < 30
    assert (machine.state, machine.deadline) == (State.FAILED, None)


@given(tries=st.integers(0, len(SCHEDULE) - 1), jitter=st.floats(0, 1))
def test_jitter_moves_an_attempt_by_a_tenth_at_most(tries: int, jitter: float) -> None:
    machine = delivery(tries=tries)
    machine.handle(Unreachable(jitter), NOW)
    assert 0.9 * SCHEDULE[tries] <= waits(machine) <= 1.1 * SCHEDULE[tries]


def test_a_receiver_may_ask_for_more_time_but_not_for_ever() -> None:
    asked = {60: 60.0, 1: 5.0, 10**9: float(MAX_RETRY_AFTER)}
    for seconds, given_time in asked.items():
        machine = delivery()
        machine.handle(Answered(503, MIDDLE, retry_after=seconds), NOW)
        assert waits(machine) == given_time


def test_a_replay_begins_anew() -> None:
    machine = Delivery(State.FAILED, tries=8, opened_at=NOW, ended_at=NOW)
    later = Micros(NOW + SECOND)
    machine.handle(Replayed(), later)
    assert (machine.state, machine.tries, machine.opened_at) == (State.PENDING, 0, later)
    assert machine.deadline is machine.ended_at is None


def test_a_replay_of_what_waits_has_it_tried_now() -> None:
    machine = delivery(tries=4, deadline=Micros(NOW + 3600 * SECOND))
    machine.handle(Replayed(), NOW)
    assert (machine.state, machine.deadline, machine.tries) == (State.RETRYING, NOW, 0)
    held = delivery(tries=4, deadline=None)
    held.handle(Replayed(), NOW)
    assert held.deadline is None


events = st.one_of(
    st.builds(Answered, st.integers(100, 599), st.floats(0, 1), st.none() | st.integers(0, 10**6)),
    st.builds(Unreachable, st.floats(0, 1)),
    st.sampled_from([AddressRefused(), Held(), Released(), Replayed(), Tick()]),
)


@given(st.lists(events, max_size=40))
def test_whatever_happens_what_is_open_has_no_end_and_what_ended_has_no_deadline(
    happening: list[object],
) -> None:
    machine, now = delivery(), NOW
    for event in happening:
        now = Micros(now + SECOND)
        if Delivery.expects(machine.state, type(event)):
            machine.handle(event, now)
        assert (machine.state in ENDED) == (machine.ended_at is not None)
        assert machine.state in OPEN or machine.deadline is None
        assert machine.tries <= len(SCHEDULE) + 1
