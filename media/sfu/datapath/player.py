"""A track that comes from here: an encoded clip over and over, at its pace, while it is followed.

The schedule is absolute, so a clip never drifts: packet `n` is due `n` steps after the player was
made, and its timestamp says so. One packet of a step is shared by all who follow that format.
"""

from __future__ import annotations

from media.sfu.datapath.layer import Layer
from media.sfu.datapath.plans import Clip, Form
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.sender_clock import SenderClock, micros_of, ntp_now
from media.sfu.datapath.shared import SharedPacket
from media.sfu.datapath.track import Track
from media.sfu.timers import Alarm, Timers
from offhook.core.clock import SECOND, Micros

#: After a stall so many packets are sent late; what was due before them is left out.
MOST_LATE = 5
#: The sender's clock is told anew so often, in packets.
_CLOCK_EVERY = 250
_EXTENSIONS: dict[int, bytes] = {}


class Player:
    """Carries one track. Its layers are named after the formats of its clip."""

    def __init__(self, clip: Clip, timers: Timers) -> None:
        self.layers = {form.format: Layer(form.format, form.clock_rate) for form in clip.forms}
        self._forms = [(form, self.layers[form.format]) for form in clip.forms]
        self._step = clip.step
        self._timers = timers
        self._origin = timers.now()
        self._next = 0
        self._sent = dict.fromkeys(self.layers, 0)
        self._alarm: Alarm | None = None
        self._track: Track | None = None

    # as the track knows it

    def carry(self, track: Track | None) -> None:
        """Carry a track, or fall silent for good."""
        before, self._track = self._track, track
        if before is not None and before.line is self:
            before.detach()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if track is not None:
            if track.line is not None:
                track.line.carry(None)
            track.attach(self)

    def request_keyframes(self, layers: object) -> None:
        """Sound begins with any packet."""

    def awaited(self) -> None:
        """Somebody begins to follow: play, if we do not."""
        if self._alarm is None:
            now = self._timers.now()
            self._next = max(self._next, -(-(now - self._origin) // self._step))
            self._arm()

    # the pace

    def _arm(self) -> None:
        self._alarm = self._timers.at(self._origin + self._next * self._step, self._play)

    def _play(self, now: Micros) -> None:
        """Send what is due, and rest when nobody listens any more."""
        self._alarm = None
        if not any(layer.followers or layer.waiting for layer in self.layers.values()):
            return
        due = (now - self._origin) // self._step
        self._next = max(self._next, due - MOST_LATE + 1)
        while self._next <= due:
            for form, layer in self._forms:
                if layer.followers or layer.waiting:
                    self._send(form, layer, self._next, now)
            self._next += 1
        self._arm()

    def _send(self, form: Form, layer: Layer, number: int, now: Micros) -> None:
        timestamp = number * self._step * form.clock_rate // SECOND & 0xFFFFFFFF
        payload = form.payloads[number % len(form.payloads)]
        index = self._sent[form.format] = self._sent[form.format] + 1
        packet = RtpPacket(0, 0, index & 0xFFFF, timestamp, 0, _EXTENSIONS, payload)
        if layer.clock is None or number % _CLOCK_EVERY == 0:
            played = self._origin + number * self._step
            layer.clock = SenderClock(micros_of(ntp_now(played)), timestamp, played)
        layer.active, layer.format, layer.last_packet = True, form.format, now
        layer.rate.add(len(payload), now)
        shared = SharedPacket(packet, index, form.format, {}, now)
        for subscription in layer.waiting.copy():
            subscription.switch(layer, shared)
        for subscription in layer.followers:
            subscription.forward(shared)
