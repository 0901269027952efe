"""Measurements are written with what was promised, and a broken promise is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import report, run

pytestmark = pytest.mark.unit


@pytest.fixture
def page() -> report.Report:
    return report.begin("join", "From the click on Join to the first remote frame")


def test_a_kept_promise_ends_well(page: report.Report, tmp_path: Path) -> None:
    page.figure("p95", 812, "ms", at_most=1500)
    assert page.write(tmp_path) == 0


def test_a_broken_promise_fails_and_is_marked(page: report.Report, tmp_path: Path) -> None:
    page.figure("forwarded", 900, "packets/s", at_least=1000)
    assert page.write(tmp_path) == 1
    assert "**at least 1,000: broken**" in (tmp_path / "join.md").read_text(encoding="utf-8")


def test_a_figure_without_a_promise_holds(page: report.Report) -> None:
    page.figure("idle memory", 90, "MB")
    assert page.holds


def test_the_result_carries_the_machine(page: report.Report, tmp_path: Path) -> None:
    page.write(tmp_path)
    written = json.loads((tmp_path / "join.json").read_text(encoding="utf-8"))
    assert written["machine"]["cores"] >= 1
    assert "aiortc" in written["machine"]["libraries"]


def test_the_result_tells_how_fast_the_machine_was(page: report.Report, tmp_path: Path) -> None:
    page.pause()
    page.write(tmp_path)
    assert len(page.yardstick) == 3
    assert "Yardstick" in (tmp_path / "join.md").read_text(encoding="utf-8")


def test_reports_do_not_share_their_figures(page: report.Report) -> None:
    page.figure("p95", 812, "ms")
    assert report.begin("other", "Another").figures == []


@pytest.mark.parametrize(("percent", "expected"), [(50, 3), (95, 5), (0, 1), (100, 5)])
def test_a_percentile_is_one_of_the_samples(percent: float, expected: float) -> None:
    assert report.percentile([5, 3, 1, 4, 2], percent) == expected


def test_peers_take_turns_at_going_first() -> None:
    assert list(report.alternate(["ours", "theirs"], 3)) == [
        *("ours", "theirs"),
        *("theirs", "ours"),
        *("ours", "theirs"),
    ]


def test_measurements_are_the_modules_with_a_main(tmp_path: Path) -> None:
    for name in ("join", "soak_join"):
        (tmp_path / f"{name}.py").write_text("def main() -> int:\n    return 0\n", encoding="utf-8")
    (tmp_path / "helper.py").write_text("LIMIT = 1\n", encoding="utf-8")
    assert run.measurements(tmp_path) == ["join"]
    assert run.measurements(tmp_path, soak=True) == ["soak_join"]


def test_a_measurement_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["absent"]) == 2
    assert "no measurement 'absent'" in capsys.readouterr().err
