"""Whatever is published, wished, answered late or restarted: one offer is pending at a time, and
once all is answered the browser has what it should have."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from media.figures import MediaFigures
from media.node import MediaNode, MediaSettings
from media.sfu import sdp
from media.sfu.bounds import LEGS_PER_SECOND
from media.sfu.room import Room
from offhook.core.clock import ManualClock
from offhook.core.contracts.media import (
    MediaNews,
    PublishedTrack,
    SubscribeOffer,
    TrackWish,
)
from offhook.core.telemetry import Metrics
from tests.media.sfu.browser import audio_line, video_line
from tests.media.sfu.wire import Wire

pytestmark = pytest.mark.model

TRACKS = ("TR1", "TR2", "TR3", "TR4")
_tracks = st.sampled_from(TRACKS)


class Negotiation(RuleBasedStateMachine):
    """Ann publishes up to four tracks, Ben receives them."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.news: list[MediaNews] = []
        self.answered: set[int] = set()
        self.live: dict[str, str] = {}
        self.unwished: set[str] = set()
        self.lines: list[sdp.Media] = []
        self.wire = Wire()
        self.room = self.loop.run_until_complete(self._room())

    def teardown(self) -> None:
        """Everybody leaves, and nothing remains."""
        self.loop.run_until_complete(self._close())
        self.loop.close()

    async def _room(self) -> Room:
        self.node = MediaNode(
            "ND1",
            self.clock,
            random.Random(1),
            MediaSettings(),
            self.news.append,
            MediaFigures(Metrics()),
        )
        room = Room(self.node, "RM1")
        room.enter("ann", subscribes=False, hidden=False)
        room.enter("ben", subscribes=True, hidden=False)
        return room

    async def _close(self) -> None:
        self.room.close()
        await self.node.close()
        sizes = self.node.datapath.sizes()
        assert (sizes.legs, sizes.tracks, sizes.subscriptions) == (0, 0, 0)

    def run(self, work: Callable[[], object]) -> None:
        """Do it on the loop, and let what it set off happen too."""

        async def whole() -> None:
            work()
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        self.loop.run_until_complete(whole())

    @property
    def offers(self) -> list[SubscribeOffer]:
        """All offers so far."""
        return [news for news in self.news if isinstance(news, SubscribeOffer)]

    # what happens

    def _offer(self) -> None:
        tracks = tuple(
            PublishedTrack(mid=mid, track=track, source="microphone" if track < "TR3" else "camera")
            for track, mid in self.live.items()
        )
        text = sdp.write(sdp.Description(tuple(self.lines), self.wire.transport("actpass")))
        self.run(lambda: self.room.publish("ann", text, tracks))

    @rule(track=_tracks)
    def publish(self, track: str) -> None:
        """Ann adds a track on a new m-line."""
        if track not in self.live:
            mid = str(len(self.lines))
            self.lines.append(audio_line(mid) if track < "TR3" else video_line(mid))
            self.live[track] = mid
            self._offer()

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def unpublish(self, data: st.DataObject) -> None:
        """Ann ends a track; its m-line rests."""
        track = data.draw(st.sampled_from(sorted(self.live)))
        mid = self.live.pop(track)
        self.unwished.discard(track)
        self.lines = [
            replace(line, direction="inactive") if line.mid == mid else line for line in self.lines
        ]
        self._offer()

    @rule(track=_tracks, wanted=st.booleans())
    def wish(self, track: str, wanted: bool) -> None:
        """Ben wants a track, or does not."""
        self.run(lambda: self.room.wish("ben", [TrackWish(track=track, subscribed=wanted)]))
        if track in self.live:
            (self.unwished.discard if wanted else self.unwished.add)(track)

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Ben answers some offer, the latest or an old one."""
        offer = data.draw(st.sampled_from(self.offers))
        self._answer(offer)

    def _answer(self, offer: SubscribeOffer) -> None:
        description = sdp.parse(offer.sdp)
        media = tuple(
            replace(
                line,
                direction="recvonly" if line.sends else "inactive",
                msid=None,
                ssrcs=(),
                groups=(),
            )
            for line in description.media
        )
        text = sdp.write(sdp.Description(media, self.wire.transport("active")))
        person = self.room.participant("ben")
        self.run(lambda: person.subscribing.answer(offer.version, text))
        self.answered.add(offer.version)

    @rule(fresh=st.booleans())
    def restart(self, fresh: bool) -> None:
        """Ben's connection needs new names, or is a new one; not more often than he may."""
        self.clock.advance(1 / LEGS_PER_SECOND)
        self.run(lambda: self.room.participant("ben").subscribing.restart(fresh=fresh))

    # what holds

    @invariant()
    def versions_count_up(self) -> None:
        """Each offer has the next number."""
        assert [offer.version for offer in self.offers] == list(range(1, len(self.offers) + 1))

    @invariant()
    def offers_name_each_line_once(self) -> None:
        """Two tracks never share an m-line, and a line sends exactly when it has a track."""
        for offer in self.offers[-1:]:
            mids = [track.mid for track in offer.tracks]
            assert len(set(mids)) == len(mids)
            sending = {m.mid for m in sdp.parse(offer.sdp).media if m.sends}
            assert sending == set(mids)

    @invariant()
    def all_answered_means_all_received(self) -> None:
        """When the last offer is answered, Ben has what is live and wished for, and no more."""
        if self.offers and len(self.offers) not in self.answered:
            return
        running = {
            track
            for track, subscription in self.room.participant(
                "ben"
            ).subscribing.subscriptions.items()
            if subscription.number is not None
        }
        assert running == self.live.keys() - self.unwished


Negotiation.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestNegotiation = Negotiation.TestCase
