"""What a waiting person is told, and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.domain.routing.estimate import LONGEST, Wait, announced, estimate, rolling
from signalling.domain.routing.events import ActivityChosen
from tests.signalling.domain.routing.center import Center, queue

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("position", "handling", "agents", "wait"),
    [
        (1, 180, 2, Wait(1, 90)),
        (1, 5, 10, Wait(1, 30)),
        (2, 180, 1, Wait(2, 360)),
        (3, 185, 1, Wait(3, 600)),
        (4, 190, 1, Wait(4, 900)),
        (10, 180, 1, Wait(10, 1800)),
        (11, 180, 1, Wait(11, LONGEST, more=True)),
        (3, 180, 0, Wait(3, None)),
    ],
)
def test_position_times_handling_shared_by_the_agents(
    position: int, handling: float, agents: int, wait: Wait
) -> None:
    assert estimate(position, handling, agents) == wait


@pytest.mark.parametrize(
    ("told", "wait", "said"),
    [
        (None, Wait(3, 300), Wait(3, 300)),
        (Wait(3, 300), Wait(3, 300), None),
        (Wait(3, 300), Wait(2, 240), Wait(2, 240)),
        (Wait(3, 300), Wait(2, 600), Wait(2, 300)),
        (Wait(3, 300), Wait(4, 240), Wait(3, 240)),
        (Wait(3, 300), Wait(4, 600), None),
        (Wait(3, None), Wait(3, 60), Wait(3, 60)),
        (Wait(3, 60), Wait(2, None), Wait(2, 60)),
        (Wait(9, LONGEST, more=True), Wait(9, LONGEST), Wait(9, LONGEST)),
    ],
)
def test_only_what_is_better_is_announced(told: Wait | None, wait: Wait, said: Wait | None) -> None:
    assert announced(told, wait) == said


@given(st.lists(st.builds(Wait, st.integers(1, 9), st.sampled_from([None, 30, 60, 300]))))
def test_nobody_ever_hears_that_it_became_worse(waits: list[Wait]) -> None:
    told: Wait | None = None
    for wait in waits:
        said = announced(told, wait)
        if said is not None and told is not None:
            assert said != told
            assert said.position <= told.position
            assert (said.seconds or 10**6) <= (told.seconds or 10**6)
        told = said or told


def test_the_average_follows_what_tasks_take() -> None:
    average = rolling(None, 100_000_000)
    assert average == 100
    for _ in range(100):
        average = rolling(average, 200_000_000)
    assert 199 < average < 200


def test_a_waiting_task_knows_its_position_and_wait() -> None:
    center = Center(queue(expected_handling=120))
    for name in ("ann", "bob", "cy"):
        center.calls(name, after=1)
    assert center.router.wait("cy", center.now) == Wait(3, None)
    center.works("ada", capacity={})
    center.works("ben", capacity={})
    assert center.router.wait("cy", center.now) == Wait(3, 180)
    center.happens(ActivityChosen("ben", "break"))
    assert center.router.wait("cy", center.now) == Wait(3, 360)


def test_a_task_that_rings_is_where_it_will_be_again() -> None:
    center = Center()
    center.works("ada")
    center.calls("ann")
    center.calls("bob", after=1)
    assert center.router.wait("ann", center.now).position == 1


def test_the_wait_is_reckoned_from_what_tasks_took() -> None:
    center = Center()
    center.works("ada")
    center.calls("first")
    center.accepts("ada")
    center.hangs_up("ada", after=60)
    assert center.router.handling == {"support": 60}
    assert center.router.touched.queues == {"support": 60}
    center.calls("second")
    center.accepts("ada")
    center.calls("ann")
    assert center.router.wait("ann", center.now) == Wait(1, 60)
