"""Visitors, agents, rooms and the clock: what the desk promises holds at any time."""

from __future__ import annotations

import json

import pytest

from offhook.core.clock import Micros
from offhook.core.errors import OffhookError
from signalling.domain.desk import Effect, NewSession, over
from signalling.domain.sessions.session import Session
from tests.signalling.domain.routing.anything import compared
from tests.signalling.domain.sessions.anyone import Anyone

pytestmark = pytest.mark.model

#: Events of one seed, and the seeds: 100,000 in all.
EVENTS, SEEDS = 5_000, range(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_thousand_events_with_restarts_break_nothing(seed: int) -> None:
    anyone = Anyone(seed)
    for count in range(EVENTS):
        anyone.step()
        if count % 500 == 499:
            anyone.restart()
    anyone.finish()
    assert anyone.talked > EVENTS // 200, "hardly anybody talked"
    assert anyone.refused < EVENTS * 2 // 3


@pytest.mark.parametrize("seed", range(4))
def test_each_single_event_leaves_everything_in_order(seed: int) -> None:
    anyone = Anyone(seed + 1000, check_each=1)
    for _ in range(800):
        anyone.step()


@pytest.mark.parametrize("seed", range(4))
def test_a_restart_at_any_point_goes_on_exactly_as_without(seed: int) -> None:
    anyone = Anyone(seed + 2000, check_each=0)
    fed: list[tuple[object, Micros, list[Effect]]] = []
    feed = anyone.feed

    def noting(event: object) -> list[Effect]:
        copy = event
        if isinstance(event, NewSession):
            again = Session.restored(json.loads(json.dumps(event.session.snapshot())))
            again.customer = event.session.customer
            copy = NewSession(again, event.event)
        effects = feed(event)
        fed.append((copy, anyone.now, effects))
        return effects

    anyone.feed = noting  # type: ignore[method-assign]
    twin = anyone.restarted()
    for count in range(500):
        if count % 20 == 0:
            twin = anyone.restarted()
        anyone.step()
        event, now, effects = fed[-1]
        try:
            assert twin.handle(event, now) == effects
        except OffhookError:
            assert effects == []
        for session in list(twin.touched.sessions.values()):
            if over(session):
                twin.forget(session.id)
        if count % 5 == 0:
            assert compared(twin.router) == compared(anyone.desk.router)
            assert twin.sessions.keys() == anyone.desk.sessions.keys()
            for id, session in twin.sessions.items():
                assert session.snapshot() == anyone.desk.sessions[id].snapshot()
