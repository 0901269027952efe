"""Phone legs on real sockets: a tone is found at the other end, digits and payloads too."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from media.rtp.dtmf_receiver import DigitPressed
from media.rtp.g711 import PCMU
from media.rtp.leg import RtpLeg
from media.rtp.outgoing import Origin
from media.rtp.pacer import Pacer
from media.rtp.plan import Event, MediaTimedOut, PayloadHeard, PeerLeft, Plan
from media.rtp.ports import NoPorts, PortRange
from media.rtp.session import RtpSession
from media.tracks.level import Samples
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from offhook.core.clock import ManualClock
from offhook.core.errors import Misconfigured
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

V4 = "127.0.0.1"
PLAN = Plan(PCMU, 0, event_type=101)


class Caller:
    """Somebody with a tone, who notes what is heard."""

    def __init__(self, hertz: float, ports: PortRange, clock: ManualClock, pacer: Pacer) -> None:
        self.hertz, self.number = hertz, 0
        self.frames: list[Samples] = []
        self.events: list[Event] = []
        origin = Origin(round(hertz), 65_530, 12_345)
        session = RtpSession(PLAN, origin, "caller", clock.now(), lambda: 0.5)
        self.leg = RtpLeg(ports.open(V4), session, self, clock, pacer)

    def speak(self) -> Samples | None:
        self.number += 1
        return sine(self.hertz, -20, 160 * self.number, 160, 8000)

    def hear(self, frame: Samples) -> None:
        self.frames.append(frame)

    def told(self, event: Event) -> None:
        self.events.append(event)


class Pair:
    """Two callers who are connected, and the time between them."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.pacer = Pacer(self.clock)
        ports = PortRange(20_000, 24_999, random.Random(7).random)
        self.ann = Caller(440, ports, self.clock, self.pacer)
        self.bob = Caller(1000, ports, self.clock, self.pacer)
        self.connect()

    def connect(self) -> None:
        now = self.clock.now()
        self.ann.leg.session.expect((V4, self.bob.leg.port), now)
        self.bob.leg.session.expect((V4, self.ann.leg.port), now)

    async def run(self, milliseconds: int) -> None:
        """Time goes by, and what is sent arrives."""
        for _ in range(milliseconds // 2):
            self.clock.advance(0.002)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    def change(self, plan: Plan) -> None:
        for each in (self.ann, self.bob):
            each.leg.session.change(plan, self.clock.now())

    def close(self) -> None:
        for each in (self.ann, self.bob):
            each.leg.close()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    """Two who talk."""
    made = Pair()
    yield made
    made.close()


async def test_each_hears_the_others_tone(pair: Pair) -> None:
    await pair.run(1_000)
    for here, there in ((pair.ann, pair.bob), (pair.bob, pair.ann)):
        heard = np.concatenate(here.frames[20:]).reshape(-1)
        assert peaks(heard, 8000)[0].hz == pytest.approx(there.hertz, abs=5)
        assert here.leg.session.statistics().lost == 0


async def test_digits_arrive_once(pair: Pair) -> None:
    await pair.run(200)
    pair.ann.leg.session.dial("42#")
    await pair.run(1_500)
    digits = [event.digit for event in pair.bob.events if isinstance(event, DigitPressed)]
    assert digits == ["4", "2", "#"]


async def test_payloads_pass_untouched(pair: Pair) -> None:
    pair.change(replace(PLAN, untouched=True))
    for number in range(10):
        pair.ann.leg.send_payload(bytes([number]) * 160, marker=number == 0)
        await pair.run(20)
    heard = [event for event in pair.bob.events if isinstance(event, PayloadHeard)]
    assert [event.payload for event in heard] == [bytes([number]) * 160 for number in range(10)]
    assert [event.marker for event in heard] == [True] + [False] * 9
    assert not pair.bob.frames


async def test_both_learn_how_it_is_at_the_other_end(pair: Pair) -> None:
    await pair.run(12_000)
    assert pair.ann.leg.session.statistics().round_trip is not None
    assert pair.ann.leg.session.statistics().remote_loss == 0


async def test_who_hangs_up_says_goodbye(pair: Pair) -> None:
    await pair.run(200)
    pair.ann.leg.close()
    pair.ann.leg.close()
    await pair.run(20)
    assert [event for event in pair.bob.events if isinstance(event, PeerLeft)] == [PeerLeft()]


async def test_silence_is_told_once(pair: Pair) -> None:
    await pair.run(200)
    pair.ann.leg.close()
    await pair.run(40_000)
    assert [event for event in pair.bob.events if isinstance(event, MediaTimedOut)] == [
        MediaTimedOut()
    ]


async def test_ports_are_given_back() -> None:
    first = free_port()
    first += first % 2
    ports = PortRange(first, first + 1, lambda: 0.0)
    pair = ports.open(V4)
    assert pair.port == first
    with pytest.raises(NoPorts):
        ports.open(V4)
    pair.close()
    ports.open(V4).close()


def test_ports_go_round() -> None:
    ports = PortRange(23_000, 23_999, lambda: 0.5)
    pairs = [ports.open(V4) for _ in range(3)]
    numbers = [pair.port for pair in pairs]
    for pair in pairs:
        pair.close()
    again = ports.open(V4)
    again.close()
    assert sorted({*numbers, again.port}) == [*sorted(numbers), again.port]
    assert all(number % 2 == 0 for number in numbers)


@pytest.mark.parametrize(("first", "last"), [(21_001, 21_001), (80, 90), (65_000, 70_000)])
def test_a_range_without_a_pair_is_refused(first: int, last: int) -> None:
    with pytest.raises(Misconfigured, match="no pair of ports"):
        PortRange(first, last, lambda: 0.0)
