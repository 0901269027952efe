"""Whatever is decided, wished, published, answered or restarted: nothing is followed that its
subscriber may not have, and everything is that it may have and wants."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from media.figures import MediaFigures
from media.node import MediaNode, MediaSettings
from media.sfu import sdp
from media.sfu.bounds import LEGS_PER_SECOND
from media.sfu.room import Room
from offhook.core.clock import ManualClock
from offhook.core.contracts.media import (
    MUSIC,
    Hearing,
    MediaNews,
    PublishedTrack,
    SubscribeOffer,
    TrackWish,
)
from offhook.core.telemetry import Metrics
from tests.media.sfu.browser import audio_line
from tests.media.sfu.clip import make_clip
from tests.media.sfu.wire import Wire

pytestmark = pytest.mark.model

PEOPLE = ("ann", "cat", "dan")
_people = st.sampled_from(PEOPLE)
_hearings = st.none() | st.builds(
    Hearing,
    publishers=st.none() | st.lists(_people, unique=True).map(tuple),
    music=st.booleans(),
)


class Deciding(RuleBasedStateMachine):
    """Ann, Cat and Dan speak, Ben receives; the machine knows what was decided about him last."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.news: list[MediaNews] = []
        self.speaking: set[str] = set()
        self.unwanted: set[str] = set()
        self.hearing: Hearing | None = None
        self.order = 0
        self.ben = 1
        self.wires = {who: Wire() for who in (*PEOPLE, "ben")}
        self.loop.run_until_complete(self._begin())

    async def _begin(self) -> None:
        self.node = MediaNode(
            "ND1",
            self.clock,
            random.Random(1),
            MediaSettings(),
            self.news.append,
            MediaFigures(Metrics()),
            make_clip,
        )
        self.room = Room(self.node, "RM1")
        for who in PEOPLE:
            self.room.enter(who, subscribes=False, hidden=False, identity=who)
        self.room.enter(self.name, subscribes=True, hidden=False, identity="ben")

    def teardown(self) -> None:
        """Everybody leaves."""

        async def close() -> None:
            self.room.close()
            await self.node.close()

        self.loop.run_until_complete(close())
        self.loop.close()

    @property
    def name(self) -> str:
        """Under which id Ben is there now."""
        return f"ben-{self.ben}"

    def run(self, work: Callable[[], object]) -> None:
        """Do it on the loop, and let what it set off happen too; Ben answers every offer."""

        async def whole() -> None:
            work()
            for _ in range(3):
                await asyncio.sleep(0)
                self._answer()

        self.loop.run_until_complete(whole())

    def _answer(self) -> None:
        offers = [news for news in self.news if isinstance(news, SubscribeOffer)]
        mine = [offer for offer in offers if offer.participant == self.name]
        if mine:
            media = tuple(
                sdp.Media(
                    line.kind,
                    line.mid,
                    "recvonly" if line.sends else "inactive",
                    codecs=line.codecs,
                    formats=line.formats,
                    extensions=line.extensions,
                )
                for line in sdp.parse(mine[-1].sdp).media
            )
            said = sdp.write(sdp.Description(media, self.wires["ben"].transport("active")))
            self.room.participant(self.name).subscribing.answer(mine[-1].version, said)

    # what happens

    @rule(who=_people, speaks=st.booleans())
    def publish(self, who: str, speaks: bool) -> None:
        """Somebody begins or ends to speak."""
        track = PublishedTrack(mid="0", track=f"TR-{who}", source="microphone")
        line = audio_line("0")
        text = sdp.write(sdp.Description((line,), self.wires[who].transport("actpass")))
        self.run(lambda: self.room.publish(who, text, (track,) if speaks else ()))
        (self.speaking.add if speaks else self.speaking.discard)(who)
        if not speaks:
            self.unwanted.discard(who)

    @rule(hearing=_hearings, late=st.integers(-2, 2))
    def decide(self, hearing: Hearing | None, late: int) -> None:
        """It is decided whom Ben hears, perhaps too late."""
        order = max(0, self.order + late)
        self.run(lambda: self.room.hear(self.name, hearing, order))
        self._decided(hearing, order)

    @rule(hearing=_hearings)
    def enter_again(self, hearing: Hearing | None) -> None:
        """Signalling lets Ben in once more."""
        self.run(
            lambda: self.room.enter(
                self.name,
                subscribes=True,
                hidden=False,
                identity="ben",
                hearing=hearing,
                order=self.order,
            )
        )
        self._decided(hearing, self.order)

    @rule(hearing=_hearings)
    def come_back(self, hearing: Hearing | None) -> None:
        """Ben comes under a new id."""
        self.room.exit(self.name)
        self.ben += 1
        self.wires["ben"] = Wire()
        self.unwanted.clear()
        self.hearing, self.order = None, 0
        self.enter_again(hearing)

    def _decided(self, hearing: Hearing | None, order: int) -> None:
        if order >= self.order:
            self.hearing, self.order = hearing, order

    @rule(who=_people, wanted=st.booleans(), enabled=st.booleans())
    def wish(self, who: str, wanted: bool, enabled: bool) -> None:
        """Ben wants to receive somebody, or does not."""
        wish = TrackWish(track=f"TR-{who}", subscribed=wanted, enabled=enabled)
        self.run(lambda: self.room.wish(self.name, [wish, TrackWish(track=MUSIC)]))
        if who in self.speaking:
            (self.unwanted.discard if wanted and enabled else self.unwanted.add)(who)

    @rule(fresh=st.booleans())
    def restart(self, fresh: bool) -> None:
        """Ben's connection is made anew."""
        self.clock.advance(1 / LEGS_PER_SECOND)
        self.run(lambda: self.room.participant(self.name).subscribing.restart(fresh=fresh))

    # what holds

    @invariant()
    def only_what_is_permitted_is_followed_and_all_of_it(self) -> None:
        """What the datapath was asked to follow is what Ben may have and wants."""
        subscriptions = self.room.participant(self.name).subscribing.subscriptions
        followed = {
            track: s.asked[1]
            for track, s in subscriptions.items()
            if s.number is not None and s.asked is not None and s.asked[0] == s.number
        }
        heard = {track for track, rid in followed.items() if rid is not None}
        decided = self.hearing or Hearing()
        expected = {
            f"TR-{who}" for who in self.speaking - self.unwanted if decided.lets_through(who)
        }
        if decided.music:
            expected.add(MUSIC)
            assert followed[MUSIC] == "opus"
        assert heard == expected


Deciding.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestDeciding = Deciding.TestCase
