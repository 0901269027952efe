"""What a load test is asked to do, and what it says it found."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from media.load.histogram import Histogram
from media.load.impairment import Impairment
from media.load.plan import Plan
from media.load.results import Results, progress, table
from media.load.sources import Profile
from offhook.core.errors import InvalidInput
from tests.media.load.luck import luck

pytestmark = pytest.mark.unit


def test_every_room_has_one_before_any_has_two_and_names_are_unique() -> None:
    plan = Plan(rooms=2, publishers=2, subscribers=1, room_prefix="big")
    seats = plan.seats(publishing=True)
    assert [(seat.room, seat.identity) for seat in seats] == [
        ("big-1", "sender-1"),
        ("big-2", "sender-1"),
        ("big-1", "sender-2"),
        ("big-2", "sender-2"),
    ]
    assert [seat.identity for seat in plan.seats(publishing=False)] == ["viewer-1"] * 2
    assert plan.participants == 6


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("rooms", {"rooms": 0}),
        ("rooms", {"rooms": 500, "publishers": 5}),
        ("publishers", {"publishers": 0}),
        ("subscribers", {"subscribers": -1}),
        ("duration", {"seconds": 3601}),
        ("duration", {"seconds": 0}),
        ("loss", {"loss": 0.5}),
        ("ramp", {"ramp": 0.0}),
        ("packets-per-second", {"profile": Profile(packets_per_second=1e6)}),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Plan(**changes).check()
    assert refused.value.field == field
    assert field in refused.value.detail


def test_without_repair_both_ends_lose_their_share() -> None:
    Plan(loss=0.05).check()
    assert Plan(loss=0.05).expected_loss == pytest.approx(0.0975)


def test_a_share_of_the_datagrams_is_dropped() -> None:
    impairment = Impairment(0.25, luck())
    dropped = sum(impairment(b"x") for _ in range(4000))
    assert dropped == impairment.dropped
    assert dropped == pytest.approx(1000, rel=0.15)
    assert not any(Impairment(0, luck())(b"x") for _ in range(100))


# results


def found(**changes: Any) -> Results:
    """A test that went well, but for these."""
    times = Histogram()
    times.add(80_000)
    usual: dict[str, Any] = {"planned": 4, "joined": 4, "join_times": times, "sent": 1000}
    return Results(**(usual | {"expected": 1000, "received": 1000, "seconds": 10.0} | changes))


def test_a_test_that_went_well_has_no_complaints() -> None:
    assert found().complaints == []
    assert found(received=991).complaints == []


def test_more_loss_than_was_asked_for_is_a_complaint() -> None:
    assert "2.00 %" in found(received=980).complaints[0]
    assert found(received=980, expected_loss=0.02).complaints == []


def test_a_failed_join_is_a_complaint_with_its_code_and_words() -> None:
    results = found(joined=3, failures=Counter(room_full=1), reasons={"room_full": "It is full."})
    assert results.complaints == ["1 of 4 joins failed with room_full: It is full."]


def test_who_was_out_early_is_a_complaint() -> None:
    assert "socket_lost" in found(ended=Counter(socket_lost=1)).complaints[0]


def test_silence_is_a_complaint() -> None:
    assert found(expected=0, received=0).complaints == ["nobody received a packet"]
    assert found(expected=0, received=0, alone=True).complaints == []
    assert found(expected=0, received=0, joined=3).complaints == []


def test_the_table_tells_all_there_is() -> None:
    text = table(found(repaired=7, octets=1_000_000, withheld=3, dropped=5, resent=2))
    for words in ("4 of 4", "80.9 / 80.9 ms", "1,000 of 1,000", "0.80 Mbit/s", "held back"):
        assert words in text
    assert "-" in table(found(join_times=Histogram()))


def test_a_generator_that_cannot_keep_up_says_so() -> None:
    late = Histogram()
    late.add(300_000)
    assert "itself was late" in table(found(late=late))
    assert "itself was late" not in table(found())


def test_progress_is_one_line_with_the_rate_since_the_last() -> None:
    line = progress(found(seconds=2.0, received=600), found(seconds=1.0, received=100))
    assert "2 s  4 of 4 joined  500 packets/s" in line
    assert "\n" not in line
