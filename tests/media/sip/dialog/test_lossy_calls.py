"""Whole calls over a network that loses up to 30 %: each ends once at both ends (RFC 5407)."""

from __future__ import annotations

import pytest

from media.sip.dialog.usage import Over, Party
from tests.media.sip.dialog.lossy_calls import Calls, Leg

pytestmark = pytest.mark.model

LOSSES = [0, 5, 10, 15, 20, 25, 30]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("percent", LOSSES)
def test_every_call_ends_once_at_both_ends_and_nothing_is_left(percent: int, seed: int) -> None:
    """RFC 3261 13, 15: CANCEL, BYE and answers cross as they like."""
    calls = Calls(percent / 100, seed)
    calls.plays(20)
    assert len(calls.ada.legs) == 20
    for agent in (calls.ada, calls.ben):
        assert (len(agent.layer), agent.layer.half_open, agent.layer.deadline) == (0, 0, None)
        for leg in agent.legs.values():
            assert_over(leg)
            assert percent > 10 or leg.overs[0].by is not Party.NETWORK


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("percent", LOSSES)
def test_every_call_that_is_left_alone_comes_about_as_its_callee_wants(
    percent: int, seed: int
) -> None:
    """RFC 3261 13.3.1.4, 17: loss delays a call and does not change it."""
    calls = Calls(percent / 100, seed)
    calls.plays(20)
    patient = {name: leg for name, leg in calls.ada.legs.items() if "patient" in name}
    assert patient
    for name, leg in patient.items():
        wanted = name.startswith("yes")
        assert (leg.established, calls.ben.legs[name].established) == (wanted, wanted)
        if not wanted:
            assert leg.overs == [Over(486, Party.THEM)]


def assert_over(leg: Leg) -> None:
    """The call has ended, once, and waits for nothing."""
    assert len(leg.overs) == 1
    assert leg.established <= 1
    assert leg.call.settled
