"""Waiting at the router is what queueing theory says of it; `bench/soak_routing.py` says it better.

The seed is fixed, so that the outcome is the same each time; the bounds are wide, because waits of
neighbours depend on each other.
"""

from __future__ import annotations

import pytest

from tests.signalling.domain.routing.erlang import Simulation, erlang_c

pytestmark = pytest.mark.model


def test_the_formula_is_that_of_the_tables() -> None:
    probability, wait = erlang_c(10, 8)
    assert probability == pytest.approx(0.4092, abs=1e-4)
    assert wait == pytest.approx(0.4092 * 180 / 2, abs=0.01)


@pytest.mark.parametrize(("agents", "utilisation"), [(10, 0.8), (2, 0.5)])
def test_waits_are_those_of_erlang_c(agents: int, utilisation: float) -> None:
    waits = Simulation(7, agents=agents, utilisation=utilisation).run(8_000)
    probability, wait = erlang_c(agents, agents * utilisation)
    assert waits.probability == pytest.approx(probability, rel=0.10)
    assert waits.mean == pytest.approx(wait, rel=0.15)
