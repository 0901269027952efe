"""What a load test found, and the table that says so. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from media.load.histogram import Histogram

#: Loss that a network has by itself: above what was asked for and this, a test has failed.
TOLERATED = 0.01
#: A generator that is later than this, in microseconds, measures itself.
_BUSY = 20_000


@dataclass(frozen=True, slots=True)
class Results:
    """Counts of packets are those of all participants together; times are microseconds."""

    planned: int
    joined: int
    join_times: Histogram
    failures: Counter[str] = field(default_factory=Counter)
    #: One sentence for each code of a failure.
    reasons: dict[str, str] = field(default_factory=dict)
    #: Why participants who had joined were out before the end.
    ended: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    expected: int = 0
    received: int = 0
    repaired: int = 0
    #: By publishers, because the server asked for them again.
    resent: int = 0
    withheld: int = 0
    octets: int = 0
    dropped: int = 0
    seconds: float = 0.0
    delays: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)
    #: Share that was to be lost without repair.
    expected_loss: float = 0.0
    #: Whether each is in a room with nobody else.
    alone: bool = False

    @property
    def lost(self) -> int:
        """Packets that never came, not even by repair."""
        return max(0, self.expected - self.received)

    @property
    def loss(self) -> float:
        """Their share of those that were sent to us."""
        return self.lost / self.expected if self.expected else 0.0

    @property
    def complaints(self) -> list[str]:
        """Why the test failed; empty when it did not."""
        out = [
            f"{count} of {self.planned} joins failed with {code}: {self.reasons.get(code, '')}"
            for code, count in self.failures.most_common()
        ]
        out += [
            f"{count} of {self.joined} were out before the end: {reason}"
            for reason, count in self.ended.most_common()
        ]
        if self.loss > self.expected_loss + TOLERATED:
            limit = 100 * (self.expected_loss + TOLERATED)
            out.append(f"{100 * self.loss:.2f} % of the packets were lost, more than {limit:.2f} %")
        if self.joined == self.planned and not self.alone and not self.received:
            out.append("nobody received a packet")
        return out


def table(results: Results) -> str:
    """The figures, one in a line."""
    rows = [*_joins(results), *_packets(results), *_times(results)]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def progress(now: Results, before: Results) -> str:
    """How it goes, in a line; `before` is how it stood a while ago."""
    passed = max(now.seconds - before.seconds, 1e-3)
    received = (now.received - before.received) / passed
    delay = now.delays.percentile(50)
    parts = [f"{now.seconds:.0f} s", f"{now.joined} of {now.planned} joined"]
    if now.failures:
        parts.append(f"{now.failures.total()} failed")
    parts += [f"{received:,.0f} packets/s", f"{100 * now.loss:.2f} % lost"]
    if delay is not None:
        parts.append(f"delay {delay / 1000:.1f} ms")
    return "  ".join(parts)


def _joins(results: Results) -> list[tuple[str, str]]:
    times = results.join_times
    rows = [("joined", f"{results.joined} of {results.planned}")]
    rows += [(f"  failed: {code}", f"{n}") for code, n in results.failures.most_common()]
    rows += [(f"  out early: {reason}", f"{n}") for reason, n in results.ended.most_common()]
    rows.append(("join time p50 / p95", _milliseconds(times, 50, 95)))
    return rows


def _packets(results: Results) -> list[tuple[str, str]]:
    lost = f"{results.lost:,} ({100 * results.loss:.2f} %)"
    rows = [
        ("packets sent", f"{results.sent:,}"),
        ("packets received", f"{results.received:,} of {results.expected:,}"),
        ("packets lost", lost),
        ("packets repaired", f"{results.repaired:,}"),
    ]
    if results.resent:
        rows.append(("packets sent again to the server", f"{results.resent:,}"))
    if results.withheld:
        rows.append(("packets held back by the server", f"{results.withheld:,}"))
    if results.dropped:
        rows.append(("datagrams dropped on purpose", f"{results.dropped:,}"))
    return rows


def _times(results: Results) -> list[tuple[str, str]]:
    rate = 8 * results.octets / results.seconds / 1e6 if results.seconds else 0.0
    rows = [
        ("delay p50 / p99", _milliseconds(results.delays, 50, 99)),
        ("received", f"{rate:,.2f} Mbit/s over {results.seconds:.1f} s"),
    ]
    late = results.late.percentile(99)
    if late is not None and late > _BUSY:
        rows.append(("this load test itself was late by, p99", f"{late / 1000:.0f} ms"))
    return rows


def _milliseconds(times: Histogram, low: float, high: float) -> str:
    found = times.percentile(low), times.percentile(high)
    if found[0] is None or found[1] is None:
        return "-"
    return f"{found[0] / 1000:.1f} / {found[1] / 1000:.1f} ms"
