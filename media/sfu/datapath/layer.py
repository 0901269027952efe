"""One incoming stream: a simulcast layer, or the only stream of a track."""

from __future__ import annotations

from typing import Protocol

from media.sfu.datapath.gaps import Gaps
from media.sfu.datapath.reception import Rate, Reception, Unwrap
from media.sfu.datapath.rtcp import Report, SenderReport
from media.sfu.datapath.sender_clock import SenderClock, micros_of, middle
from media.sfu.datapath.shared import History, SharedPacket
from offhook.core.clock import SECOND

_SHORTEST_SILENCE = SECOND
_LONGEST_SILENCE = 10 * SECOND
#: Until a layer has had two frames.
_UNKNOWN_SILENCE = 3 * SECOND
#: So many of its own frames must be missing before a layer counts as silent.
_FRAMES_OF_SILENCE = 5


class Follower(Protocol):
    """A subscription, as the stream it follows knows it."""

    def aim(self) -> None:
        """Wait for a keyframe of the layer that is wanted."""
        ...

    def leave_layers(self) -> None:
        """Send nothing for now."""
        ...

    def switch(self, layer: Layer, packet: SharedPacket) -> None:
        """Begin to follow `layer` with this keyframe."""
        ...

    def forward(self, packet: SharedPacket) -> None:
        """Send one packet on."""
        ...


class Layer:
    """Its numbers, its repair, and who follows it."""

    __slots__ = (
        "_frame_at",
        "_frame_interval",
        "_last_sr",
        "active",
        "clock",
        "clock_rate",
        "duplicates",
        "followers",
        "format",
        "gaps",
        "history",
        "keyframe_requests",
        "keyframe_timestamp",
        "keyframe_wanted",
        "keyframes",
        "last_packet",
        "rate",
        "reception",
        "repaired",
        "rid",
        "rtx_ssrc",
        "size",
        "ssrc",
        "unwrap",
        "waiting",
    )

    def __init__(self, rid: str, clock_rate: int) -> None:
        self.rid = rid
        self.clock_rate = clock_rate
        self.ssrc: int | None = None
        self.rtx_ssrc: int | None = None
        self.format = ""
        self.unwrap = Unwrap()
        self.reception = Reception(clock_rate)
        self.gaps = Gaps()
        self.rate = Rate()
        self.history = History()
        self.clock: SenderClock | None = None
        self._last_sr = 0
        self.size: tuple[int, int] | None = None
        self.active = False
        self.last_packet = 0
        self._frame_at: int | None = None
        self._frame_interval = 0
        self.followers: list[Follower] = []
        self.waiting: list[Follower] = []
        self.keyframe_wanted = False
        self.keyframe_timestamp = -1
        self.keyframes = self.keyframe_requests = self.repaired = self.duplicates = 0

    def bind(self, ssrc: int) -> None:
        """Its packets come with this SSRC; when it had another one, all numbers begin anew."""
        if self.ssrc is not None and self.ssrc != ssrc:
            self.unwrap.anew()
            self.reception = Reception(self.clock_rate)
            self.gaps.clear()
            self.clock = None
            self._last_sr = 0
        self.ssrc = ssrc

    def note_frame(self, now: int) -> None:
        """A frame has ended: learn how often this layer has one."""
        if self._frame_at is not None:
            interval = min(now - self._frame_at, _LONGEST_SILENCE)
            before = self._frame_interval or interval
            self._frame_interval = before + (interval - before) // 8
        self._frame_at = now

    def silent(self, now: int) -> bool:
        """Whether nothing came for several of its own frames: a still screen has slow ones."""
        allowed = _FRAMES_OF_SILENCE * self._frame_interval or _UNKNOWN_SILENCE
        allowed = max(_SHORTEST_SILENCE, min(_LONGEST_SILENCE, allowed))
        return now - self.last_packet > allowed

    def on_sender_report(self, report: SenderReport, now: int) -> None:
        """Take the publisher's clocks."""
        self.clock = SenderClock(micros_of(report.ntp), report.rtp, now)
        self._last_sr = middle(report.ntp)

    def report(self, now: int) -> Report:
        """The next report block about this layer."""
        delay = (now - self.clock.heard << 16) // SECOND if self.clock else 0
        extended = self.unwrap.extended & 0xFFFFFFFF
        return self.reception.report(
            self.ssrc or 0, extended, self._last_sr, min(delay, 0xFFFFFFFF)
        )

    def rest(self) -> None:
        """Nothing comes for now: keep only what is needed to go on."""
        self.active = False
        self.keyframe_wanted = False
        self.gaps.clear()
        self.history.clear()
