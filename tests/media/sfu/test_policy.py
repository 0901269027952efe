"""Choices of control: layers by size, speakers by level, quality by loss and round trip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.layers import LayerView, Wish, choose
from media.sfu.quality import Meter, Sample, judge
from media.sfu.speakers import Speakers
from offhook.core.contracts.media import Quality

pytestmark = pytest.mark.unit


def views(active: str = "qhf") -> list[LayerView]:
    """Three layers as a browser sends them, listed largest first."""
    sizes = {"f": (1280, 720, 2_500_000), "h": (640, 360, 500_000), "q": (320, 180, 150_000)}
    return [LayerView(r, r in active, w, h, rate) for r, (w, h, rate) in sizes.items()]


# layers


@pytest.mark.parametrize(
    ("width", "rid"),
    [
        (None, "f"),
        (160, "q"),
        (320, "q"),
        (350, "q"),
        (400, "h"),
        (700, "h"),
        (720, "f"),
        (4000, "f"),
    ],
)
def test_the_smallest_layer_that_fills_the_wish_is_chosen(width: int | None, rid: str) -> None:
    assert choose(views(), Wish(width=width)) == rid


def test_an_upright_picture_is_judged_by_its_longer_side() -> None:
    upright = [LayerView(v.rid, True, v.height, v.width, v.bitrate) for v in views()]
    assert choose(upright, Wish(width=360, height=640)) == "h"


def test_a_layer_that_is_not_sent_is_replaced_by_the_next_smaller_one() -> None:
    assert choose(views("qh"), Wish()) == "h"
    assert choose(views("f"), Wish(width=320)) == "f"
    assert choose(views(""), Wish()) is None


def test_what_does_not_fit_the_budget_is_left_out() -> None:
    assert choose(views(), Wish(), 600_000) == "h"
    assert choose(views(), Wish(), 100) == "q"


def test_sizes_that_are_unknown_are_ordered_by_bit_rate() -> None:
    unknown = [LayerView(v.rid, True, None, None, v.bitrate) for v in views()]
    assert choose(unknown, Wish(width=100)) == "f"
    assert choose(unknown, Wish(), 600_000) == "h"


@given(
    st.sets(st.sampled_from("qhf")),
    st.none() | st.integers(1, 4000),
    st.none() | st.integers(0, 4_000_000),
)
def test_something_active_is_always_chosen_when_there_is_any(
    active: set[str], width: int | None, budget: int | None
) -> None:
    chosen = choose(views("".join(active)), Wish(width=width), budget)
    assert (chosen in active) if active else chosen is None


# speakers

LOUD, QUIET = (15, 1.0), (60, 0.0)


def test_who_is_loud_for_long_enough_is_a_speaker() -> None:
    speakers = Speakers()
    assert speakers.observe({"a": LOUD, "b": QUIET})
    assert [s.participant for s in speakers.current] == ["a"]
    assert 0 < speakers.current[0].level <= 1


def test_the_loudest_comes_first() -> None:
    speakers = Speakers()
    speakers.observe({"a": (30, 1.0), "b": (10, 1.0), "c": (20, 1.0)})
    assert [s.participant for s in speakers.current] == ["b", "c", "a"]


def test_a_cough_is_no_speech() -> None:
    speakers = Speakers()
    assert not speakers.observe({"a": (5, 0.3)})
    assert speakers.current == ()


def test_a_pause_for_breath_is_no_silence() -> None:
    speakers = Speakers()
    for _ in range(4):
        speakers.observe({"a": LOUD})
    speakers.observe({"a": QUIET})
    assert [s.participant for s in speakers.current] == ["a"]
    for _ in range(4):
        speakers.observe({})
    assert speakers.current == ()


def test_a_steady_voice_is_no_news() -> None:
    speakers = Speakers()
    for _ in range(6):
        speakers.observe({"a": LOUD})
    assert not speakers.observe({"a": LOUD})


def test_who_leaves_speaks_no_more() -> None:
    speakers = Speakers()
    speakers.observe({"a": LOUD})
    assert speakers.forget("a")
    assert not speakers.forget("a")


# quality


@pytest.mark.parametrize(
    ("loss", "round_trip", "heard", "quality"),
    [
        (0.0, None, True, "excellent"),
        (0.01, 0.1, True, "excellent"),
        (0.03, 0.1, True, "good"),
        (0.0, 0.4, True, "good"),
        (0.2, 0.1, True, "poor"),
        (0.0, 1.0, True, "poor"),
        (0.0, 0.1, False, "lost"),
    ],
)
def test_quality_is_judged_by_loss_and_round_trip(
    loss: float, round_trip: float | None, heard: bool, quality: Quality
) -> None:
    assert judge(Sample(loss, round_trip, heard)) == quality


def test_quality_falls_at_once_and_rises_step_by_step() -> None:
    meter, good, bad = Meter(), Sample(0.0, 0.05), Sample(0.5, 0.05)
    seen = []
    for sample in (good, bad, good, good, good):
        meter.take(sample)
        seen.append(meter.quality)
    assert seen == ["excellent", "poor", "good", "excellent", "excellent"]
    assert not meter.take(good)


def test_loss_is_counted_from_one_look_to_the_next() -> None:
    meter = Meter()
    assert meter.loss_since(1, 100, 5) == (100, 5)
    assert meter.loss_since(1, 150, 6) == (50, 1)
    meter.forget({2})
    assert meter.loss_since(1, 10, 0) == (10, 0)
