"""What the parts of one datapath share: the timers, the watcher, the window of audio levels."""

from __future__ import annotations

from dataclasses import dataclass

from media.sfu.datapath.levels import LevelWindow
from media.sfu.datapath.port import Watcher
from media.sfu.timers import Timers


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every leg and track of one datapath."""

    timers: Timers
    watcher: Watcher
    levels: LevelWindow
