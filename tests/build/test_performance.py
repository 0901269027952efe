"""docs/performance.md says what bench/results say, also of promises that are missed."""

from __future__ import annotations

import pytest

from bench import performance, report

pytestmark = pytest.mark.unit


def test_the_page_is_made_from_the_results_as_they_are() -> None:
    made = performance.page(performance.results())
    assert performance.PAGE.read_text(encoding="utf-8") == made, (
        "run `python -m bench.performance` and commit docs/performance.md"
    )


def test_a_missed_promise_stands_beside_its_figure() -> None:
    result = report.begin("forwarding", "Forwarding")
    result.figure("to the peer", 1.5, "x", at_most=1.2)
    result.figure("idle", 80, "MB", at_most=180)
    written = performance.page([result])
    assert "| Forwarding: to the peer | at most 1.2 x | 1.5 x | **missed** |" in written
    assert "| Forwarding: idle | at most 180 MB | 80 MB | kept |" in written
