"""The way down: what feedback shows, the budget that follows from it, who gets what of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.budget import LOWEST, Budget, Request, allocate, demand
from media.sfu.datapath.delivery import DeliveryMeter
from media.sfu.datapath.port import Delivery
from media.sfu.datapath.rtcp import TransportFeedback
from media.sfu.layers import LayerView, Wish
from offhook.core.clock import SECOND

pytestmark = pytest.mark.unit

KBIT = 1000
RATES = {"q": 150 * KBIT, "h": 500 * KBIT, "f": 2500 * KBIT}
Path = Callable[[int], int | None]


def camera(track: str, current: str | None = None, width: int | None = None) -> Request:
    """A video in three layers."""
    views = [LayerView(r, True, n, n, RATES[r]) for r, n in (("q", 320), ("h", 640), ("f", 1280))]
    return Request(track, tuple(views), Wish(width=width), current)


def single(track: str, rate: int) -> Request:
    """A video without layers."""
    return Request(track, (LayerView("", True, 640, 480, rate),), Wish())


# what feedback shows


def deliver(path: Path, count: int, *, spacing: int = 10_000) -> list[Delivery]:
    """Packets of 1000 bytes leave, one each `spacing`, and arrive as `path` says of their place;
    feedback comes for ten at a time."""
    meter, out = DeliveryMeter(), []
    start = 1_000 * SECOND
    for first in range(0, count, 10):
        for number in range(first, first + 10):
            meter.note(number & 0xFFFF, 1000, start + number * spacing)
        arrivals: list[int | None] = []
        for number in range(first, first + 10):
            delay = path(number)
            arrivals.append(None if delay is None else number * spacing + delay)
        now = start + (first + 10) * spacing
        delivery = meter.on_feedback(TransportFeedback(first & 0xFFFF, 77, tuple(arrivals)), now)
        out += [delivery] if delivery else []
    return out


def test_a_clean_path_delivers_what_was_sent() -> None:
    windows = deliver(lambda _: 20_000, 500)
    assert len(windows) >= 8
    for window in windows[1:]:
        assert window.bitrate == pytest.approx(800 * KBIT, rel=0.02)
        assert (window.loss, window.queueing) == (0, 0)


def test_loss_is_a_share_of_what_was_sent() -> None:
    windows = deliver(lambda n: None if n % 5 == 0 else 20_000, 500)
    assert all(window.loss == pytest.approx(0.2) for window in windows)


def test_a_queue_shows_as_growing_delay() -> None:
    windows = deliver(lambda n: 20_000 + max(0, n - 200) * 2_000, 500)
    assert windows[1].queueing == 0
    assert windows[-1].queueing > 400_000


def test_a_machine_that_stutters_is_no_queue() -> None:
    windows = deliver(lambda n: 20_000 + (300_000 if n % 40 < 30 else 0), 500)
    assert all(window.queueing == 0 for window in windows)


def test_a_longer_route_is_a_queue_only_for_a_while() -> None:
    windows = deliver(lambda n: 20_000 if n < 200 else 150_000, 5000)
    assert max(window.queueing for window in windows) == 130_000
    assert windows[-1].queueing == 0


def test_feedback_about_what_was_never_sent_shows_nothing() -> None:
    meter = DeliveryMeter()
    for step in range(1, 30):
        feedback = TransportFeedback(step * 10, 1, (1000, None, 2000))
        assert meter.on_feedback(feedback, step * 100_000) is None


# the budget

CALM = Delivery(bitrate=2000 * KBIT, loss=0.0, queueing=0)
LOSSY = Delivery(bitrate=1000 * KBIT, loss=0.3, queueing=0)
SLOW = Delivery(bitrate=1000 * KBIT, loss=0.0, queueing=400_000)
DEMAND = 3000 * KBIT


def run(budget: Budget, windows: Sequence[Delivery], start: int = 0) -> int:
    """Half-second windows one after the other; when they end."""
    now = start
    for window in windows:
        now += SECOND // 2
        budget.take(window, DEMAND, now)
    return now


def test_nothing_is_limited_on_a_good_path() -> None:
    budget = Budget()
    run(budget, [CALM] * 20)
    assert budget.limit is None


def test_a_bad_moment_is_a_gust() -> None:
    budget = Budget()
    run(budget, [CALM, LOSSY, LOSSY, CALM, SLOW, SLOW, CALM])
    assert budget.limit is None


@pytest.mark.parametrize("bad", [LOSSY, SLOW])
def test_congestion_limits_to_less_than_what_arrived(bad: Delivery) -> None:
    budget = Budget()
    run(budget, [bad] * 3)
    assert budget.limit == 850 * KBIT


def test_the_budget_grows_after_a_pause_until_there_is_none() -> None:
    budget = Budget()
    now = run(budget, [LOSSY] * 3)
    now = run(budget, [CALM] * 7, now)
    assert budget.limit == 850 * KBIT
    now = run(budget, [CALM] * 12, now)
    assert budget.limit is not None
    assert budget.limit > 1300 * KBIT
    run(budget, [CALM] * 40, now)
    assert budget.limit is None


def test_each_failed_growth_waits_longer_for_the_next() -> None:
    budget, pauses, now = Budget(), [], 0
    for _ in range(4):
        now = run(budget, [LOSSY] * 3, now)
        limit, began = budget.limit, now
        while budget.limit == limit:
            now = run(budget, [CALM], now)
        pauses.append(now - began)
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * pauses[0]


def test_there_is_always_a_little() -> None:
    budget = Budget()
    run(budget, [Delivery(0, 1.0, 0)] * 10)
    assert budget.limit == LOWEST


# who gets what


def test_without_a_limit_everybody_gets_what_they_wish() -> None:
    chosen = allocate([camera("a"), camera("b", width=300), single("c", 10**7)], None)
    assert chosen == {"a": "f", "b": "q", "c": ""}


def test_all_get_a_little_before_any_gets_more() -> None:
    requests = [camera("a"), camera("b"), camera("c")]
    assert allocate(requests, 500 * KBIT) == {"a": "q", "b": "q", "c": "q"}
    assert allocate(requests, 900 * KBIT) == {"a": "h", "b": "q", "c": "q"}
    assert allocate(requests, 3000 * KBIT) == {"a": "f", "b": "q", "c": "q"}


def test_what_does_not_fit_is_paused_the_least_important_first() -> None:
    requests = [single("a", 400 * KBIT), camera("b"), single("c", 400 * KBIT)]
    assert allocate(requests, 600 * KBIT) == {"a": "", "b": "q", "c": None}
    assert allocate(requests, 100 * KBIT) == {"a": None, "b": None, "c": None}


def test_a_layer_that_is_shown_is_kept_when_it_is_hardly_too_much() -> None:
    assert allocate([camera("a", current="h")], 450 * KBIT) == {"a": "h"}
    assert allocate([camera("a", current="q")], 450 * KBIT) == {"a": "q"}


def test_what_is_not_alive_costs_nothing() -> None:
    resting = tuple(LayerView(r, False, None, None, 0) for r in "qhf")
    assert allocate([Request("a", resting, Wish())], 100) == {"a": None}
    assert demand([Request("a", resting, Wish())]) == 0


@given(
    st.lists(st.tuples(st.sampled_from((None, "q", "h", "f")), st.integers(50, 3000)), max_size=8),
    st.integers(0, 9000),
)
def test_the_limit_is_kept_but_for_what_is_kept_on_screen(
    people: list[tuple[str | None, int]], limit: int
) -> None:
    requests = [
        camera(str(n), current=current) if n % 2 else single(str(n), rate * KBIT)
        for n, (current, rate) in enumerate(people)
    ]
    chosen = allocate(requests, limit * KBIT)
    spent = sum(request.cost(chosen[request.track]) for request in requests)
    assert spent <= limit * KBIT * 1.15 + 1
    assert chosen.keys() == {request.track for request in requests}
