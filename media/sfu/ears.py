"""Whom one participant receives: what was decided for it, which no wish of its own changes."""

from __future__ import annotations

from media.sfu.publication import Publication
from offhook.core.contracts.media import Hearing


class Ears:
    """`hearing` is None while nobody has decided anything: then everybody is received."""

    def __init__(self) -> None:
        self.hearing: Hearing | None = None
        self._order = 0

    def take(self, hearing: Hearing | None, order: int) -> bool:
        """Take a decision; False when it changes nothing, or is older than the last."""
        if order < self._order:
            return False
        self._order = order
        before, self.hearing = self.hearing, hearing
        return hearing != before

    def permit(self, publication: Publication) -> bool:
        """Whether anything of this track may be sent to it."""
        if publication.forms:
            return self.hearing is not None and self.hearing.music
        return self.hearing is None or self.hearing.lets_through(publication.identity)
