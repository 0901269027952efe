"""What a parent and a peer's child process say to each other: one JSON object per line.

The parent's first line is `Start`, which is answered with `Ready`; every later command carries an
`id`, which its reply repeats. The child tells `Gone` when it is out of the room by itself.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from media.tracks.report import Sight, Sound
from offhook.core.contracts.media import TrackKind, TrackSource
from offhook.core.errors import OffhookError

# --- what the parent says ------------------------------------------------------------------------


class ToneWish(Struct, frozen=True, kw_only=True, tag="tone"):
    """Publish a sine as the microphone: `hz`, at `level` dBov."""

    hz: float
    level: float = -20.0


class PictureWish(Struct, frozen=True, kw_only=True, tag="picture"):
    """Publish the moving test picture `number` as the camera."""

    number: int
    width: int = 320
    height: int = 240
    fps: int = 15


class ProbeWish(Struct, frozen=True, kw_only=True, tag="probe"):
    """A probe: what it publishes, and whether it listens to the others."""

    tone: ToneWish | None = None
    picture: PictureWish | None = None
    listens: bool = True


#: What a child process can be.
PeerWish = ProbeWish


class Start(Struct, frozen=True, kw_only=True):
    """Join the room that `token` is for at `url`, as this peer. Answer: `Ready` or `Refused`."""

    url: str
    token: str
    peer: PeerWish
    verify_tls: bool = True


class Command(Struct, frozen=True, kw_only=True, tag_field="do"):
    """Something to do while in the room; the parent's end fills the `id`."""

    id: int = 0


class Listen(Command, frozen=True, kw_only=True, tag="listen"):
    """Listen and watch for some seconds (at most 30). Reply: `Heard`."""

    seconds: float


class SetMuted(Command, frozen=True, kw_only=True, tag="mute"):
    """Mute or unmute a track of its own. Reply: `Done`."""

    source: TrackSource
    muted: bool


class Publish(Command, frozen=True, kw_only=True, tag="publish"):
    """Publish one more track, while in the room. Reply: `Done`."""

    wish: ToneWish | PictureWish


class Unpublish(Command, frozen=True, kw_only=True, tag="unpublish"):
    """End a track of its own. Reply: `Done`."""

    source: TrackSource


class Stop(Command, frozen=True, kw_only=True, tag="stop"):
    """Leave the room and end the process. Reply: `Done`."""


AnyCommand = Listen | SetMuted | Publish | Unpublish | Stop

# --- what the child says -------------------------------------------------------------------------


class Told(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Everything a child tells; `id` is that of the command, 0 for `Start` and for news."""

    id: int = 0


class Ready(Told, frozen=True, kw_only=True, tag="ready"):
    """In the room, and everything asked for is published."""

    participant: str
    hidden: bool
    tracks: dict[TrackSource, str]


class Done(Told, frozen=True, kw_only=True, tag="done"):
    """It is so now."""


class HeardTrack(Struct, frozen=True, kw_only=True):
    """One track of somebody else, as it arrived; `sound` of an audio track, `sight` of a video."""

    track: str
    participant: str
    identity: str
    source: TrackSource | None
    kind: TrackKind
    sound: Sound | None = None
    sight: Sight | None = None


class Heard(Told, frozen=True, kw_only=True, tag="heard"):
    """What was heard and seen in the last `seconds`, one entry per track that is offered to us.

    `cpu` is the CPU time of the whole peer in that time, in seconds; `people` are the identities
    that are in the room, as far as this peer may know.
    """

    seconds: float
    cpu: float
    people: tuple[str, ...]
    tracks: tuple[HeardTrack, ...]

    def sound(self, identity: str) -> Sound | None:
        """The microphone of this participant; None while it is not offered to us."""
        return next((t.sound for t in self._of(identity) if t.source == "microphone"), None)

    def sight(self, identity: str) -> Sight | None:
        """The camera of this participant; None while it is not offered to us."""
        return next((t.sight for t in self._of(identity) if t.source == "camera"), None)

    def tones(self) -> list[float]:
        """The loudest frequency of every sounding track, rounded to hertz and sorted."""
        sounds = [track.sound for track in self.tracks if track.sound is not None]
        return sorted(round(sound.hz) for sound in sounds if sound.hz is not None)

    def _of(self, identity: str) -> list[HeardTrack]:
        return [track for track in self.tracks if track.identity == identity]


class Refused(Told, frozen=True, kw_only=True, tag="refused"):
    """It was not done; the fields are those of `OffhookError`."""

    status: int
    code: str
    detail: str
    field: str | None = None


class Gone(Told, frozen=True, kw_only=True, tag="gone"):
    """Out of the room without having been asked: the server's reason, or what broke."""

    reason: str
    detail: str = ""


AnyTold = Ready | Done | Heard | Refused | Gone

_TOLD: msgspec.json.Decoder[AnyTold] = msgspec.json.Decoder(AnyTold)
_COMMAND: msgspec.json.Decoder[AnyCommand] = msgspec.json.Decoder(AnyCommand)
_START = msgspec.json.Decoder(Start)


def line(message: Struct) -> bytes:
    """A message as it goes through the pipe."""
    return msgspec.json.encode(message) + b"\n"


def read_told(data: bytes) -> AnyTold:
    """Decode a line of a child; raise msgspec.DecodeError."""
    return _TOLD.decode(data)


def read_command(data: bytes) -> AnyCommand:
    """Decode a line of the parent; raise msgspec.DecodeError."""
    return _COMMAND.decode(data)


def read_start(data: bytes) -> Start:
    """Decode the first line of the parent; raise msgspec.DecodeError."""
    return _START.decode(data)


def refused(id: int, error: OffhookError) -> Refused:
    """An error as it goes through the pipe."""
    return Refused(
        id=id,
        status=type(error).status,
        code=error.code,
        detail=error.detail,
        field=error.field,
    )
