"""One m-line of a publisher: its layers, and the track it carries for now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from media.sfu.datapath.context import Context
from media.sfu.datapath.keyframes import starts_keyframe
from media.sfu.datapath.layer import Layer
from media.sfu.datapath.plans import LinePlan
from media.sfu.datapath.port import LayerFact
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.shared import SharedPacket
from media.sfu.datapath.sizes import frame_size
from media.sfu.datapath.track import Track
from offhook.core.clock import SECOND, Micros

_CHECK = SECOND // 2
#: Layers that one m-line may have had under different names.
_MOST_LAYERS = 16


class Origin(Protocol):
    """A publisher, as its m-lines know it."""

    @property
    def level_id(self) -> int:
        """The number of the audio level's header extension; 0 when there is none."""
        ...

    @property
    def forwarded(self) -> dict[int, int]:
        """Header extensions that are passed on: the publisher's number, and ours."""
        ...

    def request_keyframes(self, ssrcs: list[int]) -> None:
        """Send one picture loss indication for each of these streams."""
        ...


class Line:
    """It outlives tracks: browsers name the mid of an SSRC only once, so bindings are kept."""

    def __init__(self, plan: LinePlan, publisher: Origin, context: Context) -> None:
        self.mid = plan.mid
        self.kind = plan.kind
        self.track: Track | None = None
        self.layers = {rid: Layer(rid, plan.clock_rate) for rid in plan.rids}
        self.formats = _media_formats(plan)
        self._clock_rate = plan.clock_rate
        self._publisher = publisher
        self._context = context
        self._heard = False
        #: Several layers, and nobody looks after their silence yet.
        self._unwatched = len(self.layers) > 1

    def update(self, plan: LinePlan, track: Track | None) -> None:
        """Take a later negotiation of the same m-line."""
        self.formats = _media_formats(plan)
        for rid in plan.rids:
            if rid not in self.layers and len(self.layers) < _MOST_LAYERS:
                self.layers[rid] = Layer(rid, plan.clock_rate)
                self._unwatched = True
        self.carry(track)

    def carry(self, track: Track | None) -> None:
        """Carry another track, or rest."""
        if track is self.track:
            return
        if self.track is not None and self.track.line is self:
            self.track.detach()
        self.track = track
        for layer in self.layers.values():
            layer.rest()
        if track is not None:
            if track.line is not None:
                track.line.carry(None)
            track.attach(self)

    def take(self, layer: Layer, packet: RtpPacket, index: int, now: int) -> None:
        """Hand one packet, new to us, to those who follow its layer."""
        layer.last_packet = now
        self._heard = True
        if packet.marker:
            layer.note_frame(now)
        track = self.track
        if track is None or track.muted:
            return
        form = self.formats.get(packet.payload_type)
        if form is None:
            return
        keyframe = track.kind == "video" and starts_keyframe(form, packet.payload)
        if keyframe:
            # Here it is: whoever begins to wait for it now need not ask.
            layer.keyframe_wanted = True
        if not layer.active:
            self._activate(layer, form)
        if self._unwatched:
            self._unwatched = False
            self._context.timers.after(_CHECK, self._check)
        if keyframe:
            self._note_keyframe(layer, packet, form)
        elif track.kind == "audio":
            self._note_level(track, packet)
        if layer.followers or layer.waiting:
            self._forward(track, layer, packet, index, form, now)
        if keyframe:
            layer.keyframe_wanted = False

    def _note_level(self, track: Track, packet: RtpPacket) -> None:
        level = packet.extensions.get(self._publisher.level_id)
        if level:
            track.note_level(level[0] & 0x7F, packet.timestamp, self._clock_rate)

    def _forward(
        self, track: Track, layer: Layer, packet: RtpPacket, index: int, form: str, now: int
    ) -> None:
        shared = SharedPacket(packet, index, form, self._publisher.forwarded, now)
        if track.kind == "video":
            layer.history.add(shared)
        if layer.waiting:
            if shared.keyframe:
                for subscription in layer.waiting.copy():
                    subscription.switch(layer, shared)
            else:
                track.want_keyframe(layer, now)
        for subscription in layer.followers:
            subscription.forward(shared)

    def _note_keyframe(self, layer: Layer, packet: RtpPacket, form: str) -> None:
        """A keyframe has begun; one of its packets tells the size."""
        if packet.timestamp != layer.keyframe_timestamp:
            layer.keyframe_timestamp = packet.timestamp
            layer.keyframes += 1
        size = frame_size(form, packet.payload)
        if size is not None and size != layer.size:
            layer.size = size
            self._tell(layer)

    def request_keyframes(self, layers: Sequence[Layer]) -> None:
        """Send one picture loss indication for each of these layers."""
        for layer in layers:
            layer.keyframe_requests += 1
        self._publisher.request_keyframes([layer.ssrc or 0 for layer in layers])

    def awaited(self) -> None:
        """Sound comes when it comes."""

    # silence

    def _activate(self, layer: Layer, form: str) -> None:
        layer.active = True
        layer.format = form
        self._tell(layer)

    def _check(self, now: Micros) -> None:
        """Find layers that fell silent while others go on; if none goes on, nothing is wrong."""
        heard, self._heard = self._heard, False
        if not heard:
            self._unwatched = True
            return
        self._context.timers.after(_CHECK, self._check)
        active = [layer for layer in self.layers.values() if layer.active]
        silent = [layer for layer in active if layer.silent(now)]
        if len(silent) < len(active):
            for layer in silent:
                layer.rest()
                self._tell(layer)

    def _tell(self, layer: Layer) -> None:
        if self.track is None:
            return
        width, height = layer.size or (None, None)
        self._context.watcher.on_layer(
            LayerFact(self.track.number, layer.rid, layer.active, width, height)
        )

    def close(self) -> None:
        """The m-line is gone for good."""
        self.carry(None)


def _media_formats(plan: LinePlan) -> dict[int, str]:
    """Without rtx: a retransmission comes on an SSRC of its own, and is unwrapped before."""
    return {payload_type: form for payload_type, form in plan.formats if form != "rtx"}
