"""Two layers over a network that loses up to 30 %: all ends, and nothing comes twice."""

from __future__ import annotations

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.media.sip.transaction.lossy import Lossy

pytestmark = pytest.mark.model

LOSSES = [0, 5, 10, 15, 20, 25, 30]


@pytest.mark.parametrize("percent", LOSSES)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_every_transaction_ends_and_every_request_reaches_the_user_once(
    percent: int, seed: int
) -> None:
    """RFC 3261 17: exactly once, over any network; nothing is left when all has lingered."""
    note(f"loss {percent} %, seed {seed}")
    play = Lossy(percent / 100, seed)
    play.plays(requests=25)
    assert_nothing_is_left(play)
    assert_each_came_once(play)
    assert_both_sides_agree(play)
    if percent == 0:
        assert all("timeout" not in outcomes for outcomes in play.ada.outcomes.values())


def assert_nothing_is_left(play: Lossy) -> None:
    """Every transaction has ended, once, and no timer is left."""
    for side in (play.ada, play.ben):
        assert (len(side.layer), side.layer.half_open, side.layer.deadline) == (0, 0, None)
        assert set(side.ended.values()) <= {1}
    assert play.ada.outcomes.keys() <= play.ada.ended.keys()
    assert {key for key, _ in play.ben.asked.values()} <= play.ben.ended.keys()


def assert_each_came_once(play: Lossy) -> None:
    """Whatever got through in any copy reached the user exactly once."""
    assert play.ben.reached.keys() == play.ben.carried
    assert set(play.ben.reached.values()) <= {1}


def assert_both_sides_agree(play: Lossy) -> None:
    """What the caller heard is what the callee said, and each request has one outcome."""
    for key, outcomes in play.ada.outcomes.items():
        assert len(outcomes) == 1
        call_id = f"call-{key.branch.removeprefix('z9hg4bk')}"
        if outcomes != ["timeout"]:
            assert outcomes == [str(play.ben.answered[call_id])]
