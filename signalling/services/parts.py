"""What all use cases of signalling share, made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from offhook.core.bus.bus import Bus
from offhook.core.clock import Clock
from offhook.core.ids import Ids
from offhook.core.processes import Processes
from offhook.core.seal import Sealer
from offhook.core.store.outbox import Relay
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from signalling.domain.participant import Patience
from signalling.services.audience import Audience
from signalling.services.border import Border
from signalling.services.directory import MediaDirectory
from signalling.services.figures import Figures
from signalling.services.file_keeping import FileKeeping
from signalling.services.post import Post
from signalling.services.presence import Presence
from signalling.settings import SignallingSettings
from signalling.stores.keeping import Keeping


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Handed to every service by its constructor."""

    store: Store
    bus: Bus
    clock: Clock
    ids: Ids
    sealer: Sealer
    tasks: Tasks
    figures: Figures
    settings: SignallingSettings
    kept: Keeping
    relay: Relay
    post: Post
    audience: Audience
    processes: Processes
    border: Border
    directory: MediaDirectory
    presence: Presence
    file_keeping: FileKeeping
    random: Callable[[int], bytes] = os.urandom

    @property
    def patience(self) -> Patience:
        """How long rooms wait for whom."""
        return Patience(
            join=self.settings.join_timeout,
            resume=self.settings.resume_window,
            media=self.settings.media_timeout,
            empty=self.settings.empty_timeout,
            departure=self.settings.departure_timeout,
        )
