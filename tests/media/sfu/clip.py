"""A very short clip: its payloads tell the form they are in, 1 for Opus, 2 for PCMU."""

from __future__ import annotations

from media.sfu.datapath.plans import Clip, Form

CLIP = Clip(
    20_000,
    (
        Form("opus", 48_000, tuple(bytes((1, n)) for n in range(5))),
        Form("pcmu", 8_000, tuple(bytes((2, n)) for n in range(5))),
    ),
)


async def make_clip() -> Clip:
    """It is made at once."""
    return CLIP
