"""How a participant gets the tracks of others, whoever made the offer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from media.sfu.leg import Leg
from media.sfu.publication import Publication
from media.sfu.subscription import Subscription


class Receiving(Protocol):
    """Told of every track that begins, changes or ends in the room."""

    leg: Leg | None
    subscriptions: dict[str, Subscription]

    def add(self, publications: Iterable[Publication]) -> None:
        """These tracks are there now."""
        ...

    def remove(self, publication: Publication, *, ended: bool = True) -> None:
        """This track has ended; it is still known to the datapath."""
        ...

    def renew(self, publication: Publication) -> None:
        """The track's codec is another one now."""
        ...

    def choose(self, publication: Publication | None = None) -> None:
        """Follow the layers that suit now."""
        ...

    def reconsider(self) -> None:
        """Whom they may hear and see has changed."""
        ...

    def close(self) -> None:
        """Close the leg and forget everything."""
        ...
