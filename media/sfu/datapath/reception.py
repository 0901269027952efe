"""What arrives on one stream: unwrapped numbers, receiver reports, bit rate (RFC 3550, A)."""

from __future__ import annotations

from media.sfu.datapath.rtcp import Report
from media.sfu.datapath.rtp import signed16
from offhook.core.clock import SECOND

MAX_DROPOUT = 3000
MAX_MISORDER = 1000
_BUCKET = SECOND // 10


class Unwrap:
    """Sequence numbers made long: they never wrap, and a sender that restarts goes on from here."""

    __slots__ = ("_anew", "_bad", "_sequence", "highest")

    def __init__(self) -> None:
        self.highest = -1
        self._sequence = 0
        self._bad: int | None = None
        self._anew = False

    def anew(self) -> None:
        """Another stream goes on here: its first number follows our highest index."""
        self._anew = self.highest >= 0

    def take(self, sequence: int) -> int | None:
        """The index of a packet that came; None when its number cannot be believed yet."""
        if self.highest < 0:
            self.highest = self._sequence = sequence
            return sequence
        step = signed16(sequence - self._sequence)
        if self._anew or step > MAX_DROPOUT or step < -MAX_MISORDER:
            if not self._anew and sequence != self._bad:
                self._bad = sequence + 1 & 0xFFFF
                return None
            step, self._anew = 1, False
        if step <= 0:
            return self.highest + step
        self._bad = None
        self.highest += step
        self._sequence = sequence
        return self.highest

    def index(self, sequence: int) -> int:
        """The index of a number that was named, not received."""
        return self.highest + signed16(sequence - self._sequence)

    def sequence(self, index: int) -> int:
        """The number on the wire of an index near the highest."""
        return self._sequence + index - self.highest & 0xFFFF

    @property
    def extended(self) -> int:
        """Cycles and highest sequence number, as a receiver report wants them."""
        return self.highest & ~0xFFFF | self._sequence


class Reception:
    """The numbers of a receiver report for one SSRC."""

    __slots__ = (
        "_base",
        "_clock_rate",
        "_expected_prior",
        "_highest",
        "_jitter",
        "_received_prior",
        "_transit",
        "received",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._base = -1
        self._highest = -1
        self.received = 0
        self._expected_prior = self._received_prior = 0
        self._transit: int | None = None
        self._jitter = 0

    def add(self, index: int, timestamp: int, now: int) -> None:
        """Count a packet; its jitter is kept in sixteenths of a clock tick."""
        self.count(index)
        transit = now * self._clock_rate // SECOND - timestamp & 0xFFFFFFFF
        if self._transit is not None:
            change = transit - self._transit & 0xFFFFFFFF
            change = min(change, 0x100000000 - change)
            if change < self._clock_rate * 10:
                self._jitter += change - (self._jitter + 8 >> 4)
        self._transit = transit

    def count(self, index: int) -> None:
        """Count a packet whose timestamp is no measure of jitter, such as that of a digit."""
        if self._base < 0:
            self._base = index
        if index > self._highest:
            self._highest = index
        self.received += 1

    @property
    def jitter(self) -> int:
        """Interarrival jitter in clock ticks (RFC 3550, A.8)."""
        return self._jitter >> 4

    @property
    def expected(self) -> int:
        """How many packets were sent, as far as we can tell."""
        return 0 if self._base < 0 else self._highest - self._base + 1

    @property
    def lost(self) -> int:
        """How many did not come; negative when some came twice."""
        return self.expected - self.received

    def report(self, ssrc: int, extended: int, last_sr: int, delay: int) -> Report:
        """Make the next report block; its fraction is of the time since the last one."""
        interval = self.expected - self._expected_prior
        got = self.received - self._received_prior
        self._expected_prior, self._received_prior = self.expected, self.received
        fraction = max(0, min(255, ((interval - got) << 8) // interval)) if interval > 0 else 0
        return Report(ssrc, fraction, self.lost, extended, self.jitter, last_sr, delay)


class Rate:
    """Bits per second over the last second, in ten buckets."""

    __slots__ = ("_at", "_buckets")

    def __init__(self) -> None:
        self._buckets = [0] * 10
        self._at = 0

    def add(self, size: int, now: int) -> None:
        """Count `size` bytes."""
        at = now // _BUCKET
        if at != self._at:
            self._roll(at)
        self._buckets[at % 10] += size

    def bits(self, now: int) -> int:
        """The rate now."""
        self._roll(now // _BUCKET)
        return 8 * sum(self._buckets)

    def _roll(self, at: int) -> None:
        if at - self._at >= 10:
            self._buckets = [0] * 10
        else:
            for index in range(self._at + 1, at + 1):
                self._buckets[index % 10] = 0
        self._at = max(at, self._at)
