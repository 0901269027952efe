"""Clients of an Offhook server in the forwarding benchmark: real signalling, counting legs."""

from __future__ import annotations

from collections.abc import Callable

from bench.forwarding_load import Bursts, Load, Sink
from media.load.connection import Connection, Means
from media.load.participant import LightParticipant, Measures
from media.load.sources import Pictures, Profile, Source
from media.peers.protocol import SubscribeOffer
from media.peers.room_socket import RoomSocket
from media.sfu import sdp
from offhook.core.tasks import Tasks


class Person(LightParticipant):
    """A participant whose receiving legs only count."""

    def __init__(
        self,
        door: tuple[str, str],
        means: Means,
        tasks: Tasks,
        load: Load,
        *,
        publishes: bool,
        feedback: bool,
    ) -> None:
        profile = Profile(load.kind == "audio", load.kind == "video", load.packets_per_second)
        super().__init__(
            RoomSocket(*door), means, tasks, Measures(), profile if publishes else None
        )
        self._load = load
        self._feedback = feedback
        self.sink: Sink | None = None

    @property
    def _flows(self) -> bool:
        return self._out is None or self._out.up

    @property
    def streams(self) -> int:
        """How many streams are heard."""
        return self.sink.streams if self.sink is not None else 0

    def _sources(
        self, profile: Profile, lines: list[sdp.Media], answered: sdp.Description
    ) -> list[Source]:
        return [
            Bursts(source.stream, self._load) if isinstance(source, Pictures) else source
            for source in super()._sources(profile, lines, answered)
        ]

    async def _answer(self, offer: SubscribeOffer) -> None:
        self._offered = sdp.parse(offer.sdp)
        await super()._answer(offer)

    def _connect(self, up: Callable[[], None]) -> Connection:
        if self._profile is not None and self._out is None:
            return super()._connect(up)
        self.sink = Sink(self._means, feedback=self._feedback, heard=self._changed.set)
        self.sink.expect(self._offered)
        self.sink.on_up = self._changed.set
        self.sink.on_down = self._end
        return self.sink
