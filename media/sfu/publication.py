"""A published track, as control knows it: what it is, and which of its layers are alive."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from media.sfu.datapath.figures import LayerCounters
from media.sfu.datapath.plans import TrackNumber
from media.sfu.datapath.port import LayerFact, LevelFact
from media.sfu.layers import LayerView
from offhook.core.contracts.media import KIND_OF_SOURCE, TrackKind, TrackSource


class Audience(Protocol):
    """The room of a publication, as far as facts about it go."""

    def on_layers(self, publication: Publication) -> None:
        """A layer of it began, ended or changed."""
        ...

    def on_levels(self, levels: Sequence[tuple[Publication, LevelFact]]) -> None:
        """Its room's audio levels of one window."""
        ...


@dataclass(slots=True, eq=False)
class Publication:
    """Known by its track id through every new connection of its publisher.

    `forms`: it is a clip of the node's own, and these are its formats, the best first.
    """

    track: str
    participant: str
    source: TrackSource
    number: TrackNumber
    codec: str
    audience: Audience
    identity: str = ""
    mid: str = ""
    muted: bool = False
    forms: tuple[str, ...] = ()
    _layers: dict[str, LayerView] = field(default_factory=dict)

    @property
    def kind(self) -> TrackKind:
        """Audio or video."""
        return KIND_OF_SOURCE[self.source]

    def sound_for(self, formats: Container[str]) -> str:
        """The layer of its sound for who speaks these formats; of a clip each format is one."""
        return next((form for form in self.forms if form in formats), "")

    def expect(self, rids: Sequence[str]) -> None:
        """The layers that its m-line names; what was known of others is forgotten."""
        self._layers = {
            rid: self._layers.get(rid) or LayerView(rid, active=False, width=None, height=None)
            for rid in rids
        }

    def rest(self) -> None:
        """Nothing arrives any more: its connection is gone."""
        self.expect(())

    def learn(self, fact: LayerFact) -> None:
        """Take what the datapath saw."""
        if fact.rid in self._layers:
            self._layers[fact.rid] = LayerView(fact.rid, fact.active, fact.width, fact.height)

    def views(self, counters: Sequence[LayerCounters] = ()) -> list[LayerView]:
        """Its layers, with the bit rates of `counters`."""
        rates = {counter.rid: counter.bitrate for counter in counters}
        return [
            LayerView(v.rid, v.active, v.width, v.height, rates.get(v.rid, 0))
            for v in self._layers.values()
        ]
