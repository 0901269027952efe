"""Media by media: what was sent as a tone is heard as that tone, whatever the network does."""

from __future__ import annotations

import numpy as np
import pytest

from media.rtp.comfort import NoiseShape
from media.rtp.g711 import PCMA, PCMU
from media.rtp.playout import Playout
from media.tracks.level import dbov
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from offhook.core.clock import Micros
from tests.media.rtp.line import (
    MS,
    START,
    Ear,
    Network,
    arrivals,
    hear_tone,
    lowest_level,
    packet,
    steepest,
    tone_payload,
)

pytestmark = pytest.mark.unit

#: The steepest step of a tone of 440 Hz at -20 dBov, through µ-law, is 1610.
STEEP = 2600


@pytest.mark.parametrize(
    "network",
    [
        Network(),
        Network(jitter=15),
        Network(jitter=40, twice=0.1),
        Network(loss=0.02),
        Network(loss=0.05, jitter=30),
        Network(loss=0.10, jitter=60, seed=5),
    ],
    ids=repr,
)
def test_a_tone_stays_continuous_and_at_its_frequency(network: Network) -> None:
    ear, heard = hear_tone(network)
    settled = heard[8000:]
    strongest, *others = peaks(settled, 8000, limit=3)
    assert abs(strongest.hz - 440) < 0.5
    assert strongest.level > -21
    assert all(other.level < strongest.level - 15 for other in others)
    assert lowest_level(settled) > 700
    assert steepest(settled) < STEEP
    assert ear.playout.buffer.counts.discarded == 0


def test_three_lost_in_a_row_fade_and_come_back_without_a_click() -> None:
    ear = Ear()
    came = arrivals(Network(), 200, lambda n: None if n in (100, 101, 102) else tone_payload(n))
    heard = ear.listen(came, 200)
    assert steepest(heard[4000:]) < STEEP
    assert ear.playout.played.concealed == 3
    assert lowest_level(heard[8000:]) < 1500


def test_when_all_stops_the_voice_fades_to_a_faint_noise_and_no_digital_silence() -> None:
    ear = Ear()
    came = arrivals(Network(), 100, tone_payload)
    heard = ear.listen(came, 150)
    rest = heard[106 * 160 :]
    assert -80 < dbov(rest) < -55
    assert steepest(heard[4000:]) < STEEP


@pytest.mark.parametrize("stall", [100, 150, 300, 500, 2000])
def test_after_a_stall_sound_comes_back_without_a_click(stall: int) -> None:
    begin, end = START + 2000 * MS, START + (2000 + stall) * MS
    came = [
        (end if begin <= at < end else at, one)
        for at, one in arrivals(Network(), 400, tone_payload)
    ]
    ear = Ear()
    heard = ear.listen(came, 400)
    assert steepest(heard[4000:]) < STEEP
    assert lowest_level(heard[-8000:]) > 2500
    assert max(ear.depths[-50:]) <= 140 * MS


@pytest.mark.parametrize("advances", [True, False])
def test_a_sender_may_fall_silent_with_or_without_its_clock(advances: bool) -> None:
    came = arrivals(Network(), 300, tone_payload)
    for place, (at, one) in enumerate(came[100:], 100):
        one.timestamp = one.timestamp + 8000 * advances & 0xFFFFFFFF
        came[place] = (at + 1000 * MS, one)
    ear = Ear()
    heard = ear.listen(came, 345)
    assert ear.playout.buffer.counts.lost == ear.playout.buffer.counts.discarded == 0
    assert lowest_level(heard[-8000:]) > 2500
    assert steepest(heard[4000:]) < STEEP


@pytest.mark.parametrize("drift", [-200, 200])
def test_ten_minutes_of_two_clocks_apart_keep_the_buffer_in_bounds(drift: float) -> None:
    network = Network(drift=drift, jitter=8, seed=6)
    ear, heard = hear_tone(network, seconds=600)
    depths = ear.depths[100 : -int(600 * 50 * 0.001)]
    assert max(depths) <= 100 * MS
    played = ear.playout.played
    assert played.concealed < 20
    assert played.shortened >= 8 if drift > 0 else played.lengthened + played.concealed >= 4
    assert steepest(heard[8000 : -8000 * 2]) < STEEP
    assert abs(peaks(heard[8000:800_000], 8000)[0].hz - 440) < 0.5
    measured = ear.playout.buffer.delays.drift
    assert measured is not None
    assert abs(measured - drift) < 20


def test_the_buffer_shrinks_in_silence_when_the_network_is_calm_again() -> None:
    silence = PCMU.encode(np.zeros(160, np.int16))
    rough = arrivals(Network(jitter=100, seed=9), 300, lambda number: silence)
    calm = arrivals(Network(), 900, lambda number: silence)
    ear = Ear()
    ear.listen([*rough, *(one for one in calm if one[0] >= START + 6_000 * MS + 100 * MS)], 890)
    assert max(ear.depths[200:300]) >= 60 * MS
    assert max(ear.depths[-50:]) <= 45 * MS


def test_noise_is_heard_as_the_sender_says_while_it_pauses() -> None:
    """Comfort noise of -50 dBov (RFC 3389 3.1)."""
    playout = Playout(PCMU)
    noise = packet(0, bytes(NoiseShape(50)))
    playout.push_noise(noise, Micros(START))
    heard = np.concatenate([playout.pull(Micros(START + n * 20 * MS)) for n in range(100)])
    assert abs(dbov(heard) + 50) < 1.5
    assert playout.played.concealed == 0


def test_a_coloured_noise_has_its_colour() -> None:
    """A first reflection coefficient makes low noise of white noise (RFC 3389 3.2)."""
    playout = Playout(PCMU)
    playout.push_noise(packet(0, bytes(NoiseShape(40, (-0.9,)))), Micros(START))
    heard = np.concatenate([playout.pull(Micros(START + n * 20 * MS)) for n in range(100)])
    power = np.abs(np.fft.rfft(heard.astype(np.float64))) ** 2
    assert power[: power.size // 4].sum() > 8 * power[power.size // 4 :].sum()


def test_a_sender_may_change_the_law_from_one_packet_to_the_next() -> None:
    playout = Playout(PCMU, {8: PCMA})
    ear = Ear(playout)
    came = arrivals(Network(), 100, lambda n: tone_payload(n, codec=PCMA if n % 2 else PCMU))
    for at, (_, one) in enumerate(came):
        one.payload_type = 8 if at % 2 else 0
    heard = ear.listen(came, 100)
    assert steepest(heard[1600:]) < STEEP


@pytest.mark.parametrize("size", [80, 240, 480])
def test_other_packet_times_are_cut_to_frames(size: int) -> None:
    ear = Ear()
    came = []
    for number in range(16_000 // size):
        samples = sine(440, -20, size * number, size, 8000)
        one = packet(number, PCMU.encode(samples), ticks=size)
        came.append((START + (number + 1) * size * 125, one))
    heard = ear.listen(came, 100)
    assert abs(peaks(heard[3200:14_000], 8000)[0].hz - 440) < 0.5
    assert steepest(heard[3200:14_000]) < STEEP
    assert ear.playout.buffer.counts.lost == 0
