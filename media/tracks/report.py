"""What was heard and seen, as data, to be told across processes."""

from __future__ import annotations

from msgspec import Struct


class Sound(Struct, frozen=True, kw_only=True):
    """A piece of sound, as it arrived.

    `seconds` is how much sound there was, `missing` how much of it is absent between the frames,
    by their presentation times, in `gaps` holes. `level` is in dBov, -127 when nothing came;
    `hz` is the loudest sine above -60 dBov.
    """

    frames: int
    seconds: float
    level: float
    hz: float | None
    gaps: int
    missing: float

    def is_tone(self, hz: float, *, within: float = 2.0) -> bool:
        """Whether its loudest frequency is `hz`."""
        return self.hz is not None and abs(self.hz - hz) <= within

    def is_silent(self) -> bool:
        """Whether nothing came, or nothing that can be heard."""
        return self.level < -60.0


class Sight(Struct, frozen=True, kw_only=True):
    """A piece of video, as it was decoded.

    `moved` counts the frames that differ from the one before. `recognised` counts the frames that
    are test picture `picture`; `skipped` is how many of its frames are absent between the `first`
    and the `last` counter.
    """

    frames: int
    width: int
    height: int
    moved: int
    recognised: int
    picture: int | None
    first: int | None
    last: int | None
    skipped: int

    def shows(self, picture: int) -> bool:
        """Whether most of what was decoded is the test picture of this number."""
        return self.picture == picture and self.recognised * 2 > self.frames
