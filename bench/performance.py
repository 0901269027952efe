"""Makes docs/performance.md from bench/results: every promise beside what was measured of it.

Run: python -m bench.performance
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.report import RESULTS, Figure, Report, number

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"

#: The order in which a reader wants them; others follow by name.
_FIRST = ("forwarding", "forwarding_delay", "datapath", "fanout", "joins", "footprint")

_HEAD = """\
# Performance

What the server costs and how fast it is, as measured by `make bench` and `make soak`. This page \
is made from `bench/results` by `python -m bench.performance`; do not edit it.

Read ratios before absolute figures: what a packet costs depends on the machine, but peers that \
are compared were measured in turn in one run. CPU is the time of the server process with all its \
threads; clients are other processes on the same machine, and share its cores. A promise that is \
not kept stands here as missed."""


def results(folder: Path = RESULTS) -> list[Report]:
    """All results, the most asked for first."""
    found = [msgspec.json.decode(path.read_bytes(), type=Report) for path in folder.glob("*.json")]
    return sorted(found, key=_order)


def _order(report: Report) -> tuple[int, str]:
    place = _FIRST.index(report.name) if report.name in _FIRST else len(_FIRST)
    return place, report.name


def page(reports: Sequence[Report]) -> str:
    """The whole document."""
    parts = [_HEAD, "## Promises", _promises(reports)]
    for report in reports:
        parts += [f"## {report.title}", _figures(report.figures)]
        if report.notes:
            parts.append("\n".join(f"- {note}" for note in report.notes))
        parts.append(report.measured)
    return "\n\n".join(parts) + "\n"


def _promises(reports: Sequence[Report]) -> str:
    rows = [
        f"| {report.title}: {figure.name} | {figure.promise} {figure.unit} | {_value(figure)} | "
        f"{'kept' if figure.holds else '**missed**'} |"
        for report in reports
        for figure in report.figures
        if figure.promise
    ]
    return "\n".join(["| what | promised | measured | |", "|---|---|---|---|", *rows])


def _figures(figures: Sequence[Figure]) -> str:
    rows = [f"| {figure.name} | {_value(figure)} |" for figure in figures]
    return "\n".join(["| what | measured |", "|---|---|", *rows])


def _value(figure: Figure) -> str:
    return f"{number(figure.value)} {figure.unit}".rstrip()


def write(path: Path = PAGE) -> None:
    """Write the document from the results as they are now."""
    path.write_text(page(results()), encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{PAGE.name} is up to date.\n")
