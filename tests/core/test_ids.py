"""Ids: 34 characters, typed by two letters, sortable by birth."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.ids import PREFIXES, CountingIds, RandomIds, is_id

pytestmark = pytest.mark.unit

prefixes = st.sampled_from(sorted(PREFIXES))


@given(prefixes)
def test_an_id_is_its_prefix_and_a_uuid_of_version_7(prefix: str) -> None:
    made = RandomIds().new(prefix)
    assert len(made) == 34
    assert is_id(made, prefix)
    parsed = uuid.UUID(made[2:])
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert abs((parsed.int >> 80) / 1000 - time.time()) < 60


@given(prefixes, st.integers(0, 2**45), st.integers(1, 2**40))
def test_a_later_id_sorts_behind_an_earlier_one(prefix: str, first: int, later: int) -> None:
    ids = RandomIds()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: first * 1_000_000)
        early = ids.new(prefix)
        patch.setattr(time, "time_ns", lambda: (first + later) * 1_000_000)
        late = ids.new(prefix)
    assert early < late


def test_ids_do_not_repeat() -> None:
    ids = RandomIds()
    assert len({ids.new("RM") for _ in range(10_000)}) == 10_000


def test_ids_of_one_moment_sort_in_the_order_they_were_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = RandomIds()
    moments = iter([7_000_000_000, 7_000_000_000, 6_000_000_000, 7_000_000_001])
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    made = [ids.new("AG") for _ in range(4)]
    assert made == sorted(set(made))


def test_foretellable_ids_have_the_shape_of_real_ones() -> None:
    ids = CountingIds()
    first, second = ids.new("RM"), ids.new("PA")
    assert is_id(first, "RM")
    assert is_id(second, "PA")
    assert first[2:] < second[2:]


@given(st.text(max_size=40))
def test_only_an_id_has_the_shape_of_one(text: str) -> None:
    assert not is_id(text, "RM") or (text.startswith("RM") and len(text) == 34)


@pytest.mark.parametrize("text", ["", "RM", "RM" + "0" * 31, "RM" + "G" * 32, "PA" + "0" * 32])
def test_what_is_no_room_id_is_told_apart(text: str) -> None:
    assert not is_id(text, "RM")
