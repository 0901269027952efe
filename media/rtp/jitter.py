"""The buffer in front of the ear: packets in any order in, what is due out, at the ear's pace.

It waits as long as the network's jitter asks for, between 20 and 120 ms. The consumer's calls are
the clock: each `pull` says what the next piece of sound is, never when.
"""

from __future__ import annotations

from collections.abc import Callable

from media.rtp.delay import MS, Delays
from media.rtp.due import Counts, Lost, Pause, Pulled, Sound, Starved
from media.sfu.datapath.reception import Unwrap
from media.sfu.datapath.rtp import RtpPacket
from offhook.core.clock import SECOND

LEAST, MOST = 20 * MS, 120 * MS
#: What is waited for before anything was measured.
_FIRST = 40 * MS
#: Added to the measured jitter: half a frame, for the consumer's own steps.
_MARGIN = 10 * MS
#: Timestamps that leap further than this begin another timeline.
_LEAP = 2
#: How many indices back a packet that was played is known to have come before.
_REMEMBERED = 512
#: More packets than this are never kept.
_CAPACITY = 256


class JitterBuffer:
    """Orders one stream by extended sequence number (RFC 3550, A.1) and says what is due."""

    def __init__(
        self,
        clock_rate: int,
        ticks: Callable[[RtpPacket], int],
        *,
        least: int = LEAST,
        most: int = MOST,
    ) -> None:
        self._clock_rate = clock_rate
        self._ticks_of = ticks
        self._least, self._most = least, most
        self.counts = Counts()
        self.delays = Delays(clock_rate)
        self._step = clock_rate // 50
        self._ssrc: int | None = None
        self._other: RtpPacket | None = None
        self._begin()

    def _begin(self) -> None:
        """Another stream, or the same from another place: nothing is known of it."""
        self._unwrap = Unwrap()
        self._waiting: dict[int, RtpPacket] = {}
        self._silent: set[int] = set()
        self._seen: set[int] = set()
        self._next: int | None = None
        self._due = self._borrowed = 0
        self._resting = True
        self.delays.clear()

    @property
    def target(self) -> int:
        """How long the fastest packet should wait, in microseconds."""
        spread = self.delays.spread
        wanted = _FIRST if spread is None else spread + _MARGIN
        return max(self._least, min(self._most, wanted))

    @property
    def ssrc(self) -> int | None:
        """The source that is heard."""
        return self._ssrc

    @property
    def depth(self) -> int:
        """Microseconds of sound that lie in it."""
        packets = len(self._waiting) - len(self._silent)
        return packets * self._step * SECOND // self._clock_rate

    # --- in ------------------------------------------------------------------------------------

    def push(self, packet: RtpPacket, now: int, *, silent: bool = False) -> None:
        """Take a packet; a `silent` one, a digit or comfort noise, only keeps its place."""
        if packet.ssrc != self._ssrc and not self._changes(packet, now):
            return
        index = self._unwrap.take(packet.sequence)
        if index is None:
            self.counts.discarded += 1
        elif index in self._seen:
            self.counts.duplicate += 1
        else:
            self._keep(packet, index, now, silent)

    def _changes(self, packet: RtpPacket, now: int) -> bool:
        """Whether this packet's source is now the one: the first is, another after two in order."""
        before, self._other = self._other, packet
        if self._ssrc is None:
            self._ssrc = packet.ssrc
            return True
        if before is None or before.ssrc != packet.ssrc:
            return False
        if packet.sequence != before.sequence + 1 & 0xFFFF:
            return False
        self._ssrc, self._other = packet.ssrc, None
        self.counts.resets += 1
        self._begin()
        self.push(before, now)
        return True

    def _keep(self, packet: RtpPacket, index: int, now: int, silent: bool) -> None:
        self.counts.received += 1
        self.counts.reordered += index < self._unwrap.highest
        self._remember(index)
        if not silent:
            self.delays.add(packet.timestamp, now)
        if self._next is not None and (
            index < self._next or (not silent and self._is_over(packet))
        ):
            self.counts.late += 1
            return
        if len(self._waiting) >= _CAPACITY:
            self._waiting.pop(min(self._waiting))
            self.counts.discarded += 1
        self._waiting[index] = packet
        if silent:
            self._silent.add(index)

    def _remember(self, index: int) -> None:
        self._seen.add(index)
        if len(self._seen) > 2 * _REMEMBERED:
            floor = self._unwrap.highest - _REMEMBERED
            self._seen = {kept for kept in self._seen if kept > floor}

    def _is_over(self, packet: RtpPacket) -> bool:
        """Whether its time has passed; a leap backwards is another timeline, not lateness."""
        behind = _signed32(self._due - packet.timestamp)
        return 0 < behind < _LEAP * self._clock_rate and not self._resting

    # --- out -----------------------------------------------------------------------------------

    def pull(self, now: int) -> Pulled:
        """What the next piece of sound is. Call it whenever the sound before has run out."""
        self._trim(now)
        while self._waiting:
            index = min(self._waiting)
            if index in self._silent:
                self._pass_over(index)
                continue
            return self._judge(index, self._waiting[index], now)
        if self._resting:
            return Pause()
        self._borrowed += self._step
        if self._borrowed * SECOND > self._most * self._clock_rate:
            self._borrowed, self._resting = 0, True
        return Starved()

    def _pass_over(self, index: int) -> None:
        """A place without sound: what follows is a pause until the next sound begins."""
        self._count_missing(index)
        del self._waiting[index]
        self._silent.discard(index)
        self._next = index + 1
        self._resting = True

    def _judge(self, index: int, packet: RtpPacket, now: int) -> Pulled:
        if self._next is None or self._resting:
            return self._take(index, packet) if self._is_due(packet, now) else Pause()
        gap = _signed32(packet.timestamp - self._due)
        if not -self._step < gap < _LEAP * self._clock_rate:
            return self._leap(index, packet)
        gap = self._repay(gap)
        if gap <= 0:
            return self._take(index, packet)
        if index == self._next:
            self._resting = True
            return self._judge(index, packet, now)
        ticks = min(gap, self._step)
        self._due += ticks
        return Lost(ticks)

    def _repay(self, gap: int) -> int:
        """What was concealed while starved covers what turned out to be missing."""
        if gap > 0:
            paid = min(gap, self._borrowed)
            self._due += paid
            self._borrowed -= paid
            return gap - paid
        return gap

    def _leap(self, index: int, packet: RtpPacket) -> Pulled:
        self.counts.resets += 1
        return self._take(index, packet)

    def _take(self, index: int, packet: RtpPacket) -> Pulled:
        self._count_missing(index)
        del self._waiting[index]
        self._next = index + 1
        ticks = self._ticks_of(packet)
        if ticks:
            self._step = ticks
        self._due = packet.timestamp + ticks & 0xFFFFFFFF
        self._borrowed = 0
        self._resting = False
        return Sound(packet, ticks)

    def _count_missing(self, index: int) -> None:
        if self._next is not None:
            self.counts.lost += max(0, index - self._next)

    def _is_due(self, packet: RtpPacket, now: int) -> bool:
        return self._waited(packet.timestamp, now) >= self.target

    # --- how long it waits ---------------------------------------------------------------------

    def _waited(self, timestamp: int, now: int) -> int:
        """How long the fastest packet of this timestamp would have waited by now."""
        return now - self.delays.moment(timestamp) - self.delays.fastest

    def excess(self, now: int) -> int:
        """Microseconds that what is due waits longer than it need; negative: too short.

        It is 0 while nothing is playing, and never above what lies in the buffer.
        """
        if self._resting or self._next is None:
            return 0
        return min(self._waited(self._due, now) - self.target, self.depth)

    def _trim(self, now: int) -> None:
        """After a stall all comes at once: of more than can be kept the oldest is not played."""
        while len(self._waiting) > 1 and self.depth > self._most + self.target:
            index = min(self._waiting)
            dropped = self._waiting.pop(index)
            self._silent.discard(index)
            self._count_missing(index)
            self.counts.discarded += 1
            self._next = index + 1
            self._due = dropped.timestamp + self._ticks_of(dropped) & 0xFFFFFFFF
            self._borrowed = 0


def _signed32(value: int) -> int:
    """The shortest signed distance of two timestamps, from their difference."""
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000
