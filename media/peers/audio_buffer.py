"""A jitter buffer of fixed depth for sound: a lost packet costs exactly that packet.

The buffer of aiortc 1.16 wants four frames without a hole before it gives one, so every hole also
throws away the good packets before it: 5 % of loss on the wire became 33 % in the ear.
"""

from __future__ import annotations

from aiortc.jitterbuffer import JitterFrame
from aiortc.rtp import RtpPacket

#: A packet this far behind is a sender that began anew, not a late one.
_RESTART = 500
_HALF = 0x8000


class AudioBuffer:
    """Holds `depth` packets back, in order; one packet in, at most one frame out."""

    def __init__(self, depth: int = 4) -> None:
        self._depth = depth
        self._held: dict[int, RtpPacket] = {}
        self._last: int | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Take a packet; return, as aiortc wants it, (no keyframe is needed, the oldest frame)."""
        number = packet.sequence_number
        if self._last is not None:
            ahead = (number - self._last) & 0xFFFF
            if ahead >= _HALF and 0x10000 - ahead > _RESTART:
                self._held.clear()
                self._last = None
            elif ahead == 0 or ahead >= _HALF:
                return False, None
        self._held[number] = packet
        if len(self._held) <= self._depth:
            return False, None
        return False, self._oldest(number)

    def _oldest(self, newest: int) -> JitterFrame:
        base = newest - _HALF // 2 if self._last is None else self._last
        number = min(self._held, key=lambda each: (each - base) & 0xFFFF)
        packet = self._held.pop(number)
        self._last = number
        return JitterFrame(data=packet._data, timestamp=packet.timestamp)  # type: ignore[attr-defined]
