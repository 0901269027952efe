"""One deadline for many, against the plainest way to keep one."""

from __future__ import annotations

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from media.sip.transaction.deadlines import Deadlines
from offhook.core.clock import Micros

pytestmark = pytest.mark.unit

_CHANGES = st.lists(
    st.tuples(st.sampled_from("abcde"), st.one_of(st.none(), st.integers(0, 50))), max_size=60
)


@seed(20261121)
@given(_CHANGES)
def test_each_is_woken_once_at_its_last_time_in_order(
    changes: list[tuple[str, int | None]],
) -> None:
    deadlines: Deadlines[str] = Deadlines()
    plain: dict[str, int] = {}
    for key, at in changes:
        deadlines.put(key, None if at is None else Micros(at))
        plain.pop(key, None)
        if at is not None:
            plain[key] = at
    woken = [(now, key) for now in range(51) for key in deadlines.due(Micros(now))]
    assert sorted(woken) == sorted((at, key) for key, at in plain.items())
    assert (len(deadlines), deadlines.first) == (0, None)


def test_the_first_deadline_is_never_later_than_anything_due() -> None:
    deadlines: Deadlines[str] = Deadlines()
    deadlines.put("a", Micros(10))
    deadlines.put("b", Micros(5))
    assert deadlines.first == 5
    deadlines.remove("b")
    assert deadlines.first == 10


def test_what_ended_is_swept_out_of_the_heap() -> None:
    """A hundred thousand short transactions leave nothing behind that waits for its time."""
    deadlines: Deadlines[int] = Deadlines()
    for number in range(1000):
        deadlines.put(number, Micros(10**9))
        deadlines.remove(number)
    assert len(deadlines._heap) < 100
