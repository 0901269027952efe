"""Writes the result of one measurement to bench/results, as JSON to compare and Markdown to read.

page = report.begin("join", "From the click on Join to the first remote frame")
page.figure("p95 over 20 joins", 812.0, "ms", at_most=1500)
page.write()
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from bench import machine
from bench.yardstick import yardstick
from offhook.core.clock import SystemClock, isoformat

RESULTS = Path(__file__).parent / "results"

T = TypeVar("T")


class Figure(Struct, frozen=True, omit_defaults=True):
    """One measured number, and what was promised of it."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept; a figure without one always holds."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def promise(self) -> str:
        """The promise in words, empty when there is none."""
        if self.at_most is not None:
            return f"at most {number(self.at_most)}"
        return f"at least {number(self.at_least)}" if self.at_least is not None else ""


class Report(Struct):
    """A measurement under way: begun before it, written after it."""

    name: str
    title: str
    when: str
    machine: machine.Machine
    figures: list[Figure] = []
    notes: list[str] = []
    #: Milliseconds for the same piece of Python: before, between rounds, after.
    yardstick: list[float] = []

    def figure(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Add one number with its unit and, when something was promised, the limit."""
        self.figures.append(Figure(name, value, unit, at_most, at_least))

    def note(self, text: str) -> None:
        """Add a sentence on how it was measured or how to read it."""
        self.notes.append(text)

    def pause(self) -> None:
        """Note how fast the machine is between two rounds."""
        self.yardstick.append(round(yardstick(), 1))

    @property
    def measured(self) -> str:
        """When, on what machine, and how fast that was meanwhile, if anybody looked."""
        moments = " / ".join(f"{moment:.1f}" for moment in self.yardstick)
        steady = f" Yardstick (the same piece of Python each time): {moments} ms."
        return f"Measured {self.when} on {self.machine}{steady if moments else ''}"

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        return all(figure.holds for figure in self.figures)

    def write(self, folder: Path = RESULTS) -> int:
        """Write <name>.json and <name>.md, print the table; return 1 when a promise is broken."""
        self.pause()
        folder.mkdir(parents=True, exist_ok=True)
        text = markdown(self)
        encoded = msgspec.json.format(msgspec.json.encode(self), indent=2)
        (folder / f"{self.name}.json").write_bytes(encoded + b"\n")
        (folder / f"{self.name}.md").write_text(text, encoding="utf-8")
        sys.stdout.write(text)
        return 0 if self.holds else 1


def begin(name: str, title: str) -> Report:
    """Take the machine's facts, before the measurement itself makes it busy."""
    made = Report(name, title, isoformat(SystemClock().now())[:10], machine.facts())
    made.pause()
    return made


def markdown(report: Report) -> str:
    """The report as a page."""
    rows = [
        f"| {figure.name} | {number(figure.value)} {figure.unit} | {_verdict(figure)} |"
        for figure in report.figures
    ]
    notes = [f"- {note}" for note in report.notes]
    parts = [
        f"# {report.title}",
        "\n".join(["| what | measured | promised |", "|---|---|---|", *rows]),
        *(["\n".join(notes)] if notes else []),
        report.measured,
    ]
    return "\n\n".join(parts) + "\n"


def alternate(peers: Sequence[T], rounds: int) -> Iterator[T]:
    """Each peer once a round, the order turned every round: a drift of the machine hits all."""
    for turn in range(rounds):
        yield from peers if turn % 2 == 0 else reversed(peers)


def percentile(samples: Iterable[float], percent: float) -> float:
    """The smallest sample that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(samples)
    rank = math.ceil(len(ordered) * percent / 100)
    return ordered[max(rank, 1) - 1]


def _verdict(figure: Figure) -> str:
    if not figure.promise:
        return ""
    return figure.promise if figure.holds else f"**{figure.promise}: broken**"


def number(value: float | None) -> str:
    """A number with as many digits as mean something."""
    return "" if value is None else f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
