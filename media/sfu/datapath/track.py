"""A published track inside the datapath: its m-line for now, its subscriptions, its keyframes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from media.sfu.datapath.context import Context
from media.sfu.datapath.layer import Follower, Layer
from media.sfu.datapath.plans import Kind, TrackNumber
from offhook.core.clock import SECOND, Micros

#: At most one keyframe request per track in this time: one request makes all layers begin anew.
KEYFRAME_INTERVAL = SECOND // 2
#: A layer that sent nothing for so long is not asked.
_RECENT = 2 * SECOND
_LONGEST_PACKET = 120_000
_USUAL_PACKET = 20_000


class Carrier(Protocol):
    """An m-line, as the track that it carries knows it."""

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers that come on it, by rid."""
        ...

    def carry(self, track: Track | None) -> None:
        """Carry another track, or rest."""
        ...

    def request_keyframes(self, layers: Sequence[Layer]) -> None:
        """Ask the publisher for a keyframe of each of these layers."""
        ...

    def awaited(self) -> None:
        """Somebody waits for a layer of sound to begin."""
        ...


class Track:
    """Lives as long as control wants, through mute, rest and a publisher's new connection."""

    def __init__(self, number: TrackNumber, kind: Kind, context: Context, *, muted: bool) -> None:
        self.number = number
        self.kind = kind
        self.muted = muted
        self.line: Carrier | None = None
        self.subscriptions: list[Follower] = []
        self._context = context
        self._asked_at = -KEYFRAME_INTERVAL
        self._retrying = False
        self._level_timestamp: int | None = None

    def layer(self, rid: str) -> Layer | None:
        """The layer of this rid, while an m-line carries the track."""
        return self.line.layers.get(rid) if self.line else None

    def attach(self, line: Carrier) -> None:
        """The track arrives on this m-line from now on."""
        if self.line is line:
            return
        self.line = line
        for subscription in self.subscriptions:
            subscription.aim()

    def detach(self) -> None:
        """The track's m-line has gone or rests; subscriptions wait for the next one."""
        self.line = None
        for subscription in self.subscriptions:
            subscription.leave_layers()

    def mute(self, muted: bool) -> None:
        """Forward nothing, or begin again: video with a keyframe."""
        if muted == self.muted:
            return
        self.muted = muted
        self._context.levels.forget(self.number)
        for subscription in self.subscriptions:
            subscription.leave_layers()
            if not muted:
                subscription.aim()

    def note_level(self, level: int, timestamp: int, clock_rate: int) -> None:
        """Take the level of one audio packet, dBov below zero."""
        duration = _USUAL_PACKET
        if self._level_timestamp is not None:
            step = (timestamp - self._level_timestamp & 0xFFFFFFFF) * SECOND // clock_rate
            duration = step if 0 < step <= _LONGEST_PACKET else _USUAL_PACKET
        self._level_timestamp = timestamp
        self._context.levels.note(self.number, level, duration)

    def want_keyframe(self, layer: Layer, now: int) -> None:
        """Ask the publisher for a keyframe now, or when the pause since the last one is over."""
        if self.kind == "audio":
            if self.line is not None:
                self.line.awaited()
        elif not layer.keyframe_wanted:
            layer.keyframe_wanted = True
            if not self._retrying:
                self._ask(Micros(now))

    def _ask(self, now: Micros) -> None:
        """Send one request for all layers that want one; try again as long as one does."""
        self._retrying = False
        line = self.line
        if line is None:
            return
        wanted = [layer for layer in line.layers.values() if layer.keyframe_wanted]
        for layer in wanted:
            if layer.ssrc is None or now - layer.last_packet > _RECENT:
                layer.keyframe_wanted = False
        wanted = [layer for layer in wanted if layer.keyframe_wanted]
        if not wanted:
            return
        due = self._asked_at + KEYFRAME_INTERVAL
        if now >= due:
            self._asked_at = now
            due = now + KEYFRAME_INTERVAL
            line.request_keyframes(wanted)
        self._retrying = True
        self._context.timers.at(due, self._ask)
