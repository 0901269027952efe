"""CPU of the datapath per forwarded packet: one publisher, 1 to 50 subscribers, real SRTP and UDP.

A process of its own sends VP8 in bursts of four 1200-byte packets; the datapath authenticates,
parses, keeps, renumbers, encrypts and sends them to sockets that nobody reads.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import random
import socket
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from struct import pack

import uvloop

from bench import report
from media.sfu.datapath import rtp
from media.sfu.datapath.plans import (
    LegNumber,
    LinePlan,
    Path,
    PublishPlan,
    SrtpMaterial,
    SubscriptionNumber,
    SubscriptionPlan,
    TrackNumber,
)
from media.sfu.datapath.port import Delivery, LayerFact, LevelFact
from media.sfu.datapath.python import PythonDatapath
from media.sfu.datapath.srtp import PROFILES, Srtp, mirrored
from media.sfu.timers import Timers
from offhook.core.clock import SystemClock

#: Subscribers, packets a second: one camera at its best, then a busy room. At low load every
#: packet finds cold caches and a sleeping core, which is most of what it costs.
LOADS = ((1, 400), (10, 400), (50, 400), (50, 1200))
ROUNDS = 3
SECONDS = 6.0
BURST = 4
#: In the busy room; Janus 1.1.2 needs 11 to 21 µs for the same on the same machine.
PROMISE = 10.0
_PROFILE = PROFILES[0]
_PUBLISHER, _TRACK = LegNumber(1), TrackNumber(1)


class Nobody:
    """A watcher that takes no interest."""

    def on_stun(self, path: Path, data: bytes, *, known: bool) -> None:
        """Pass over it."""

    def on_dtls(self, leg: LegNumber, path: Path, data: bytes) -> None:
        """Pass over it."""

    def on_flood(self, leg: LegNumber) -> None:
        """Pass over it."""

    def on_path_lost(self, leg: LegNumber, path: Path) -> None:
        """Pass over it."""

    def on_layer(self, fact: LayerFact) -> None:
        """Pass over it."""

    def on_levels(self, facts: Sequence[LevelFact]) -> None:
        """Pass over them."""

    def on_delivery(self, leg: LegNumber, delivery: Delivery) -> None:
        """Pass over it."""


def packets(count: int) -> Iterator[bytes]:
    """VP8 frames of four packets, a keyframe first."""
    body = random.Random(1).randbytes(1150)
    for number in range(count):
        frame, part = divmod(number, BURST)
        start = 0x10 if part == 0 else 0
        picture = pack("!H", 0x8000 | frame & 0x7FFF)
        descriptor = bytes((0x80 | start, 0xE0)) + picture + bytes((frame & 255, 0))
        elements = {3: pack("!H", number & 0xFFFF), 4: b"1"}
        payload = descriptor + bytes((0 if frame == 0 else 1,)) + body
        marker = 0x80 if part == BURST - 1 else 0
        yield rtp.build(
            rtp.RtpPacket(96, marker, number & 0xFFFF, frame * 3000, 77, elements, payload)
        )


def send(source: socket.socket, port: int, material: bytes, rate: int) -> None:
    """Be the publisher: bursts in real time, from keys as the other end of them."""
    srtp = Srtp(mirrored(SrtpMaterial(_PROFILE.name, material)))
    ready = [srtp.protect(packet) for packet in packets(int(SECONDS * rate))]
    begin = time.monotonic()
    for number, packet in enumerate(ready):
        if number % BURST == 0:
            time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        source.sendto(packet, ("127.0.0.1", port))


async def measure(listeners: int, rate: int) -> tuple[float, int]:
    """Microseconds of CPU per forwarded packet, and how many were forwarded."""
    clock = SystemClock()
    timers = Timers(clock)
    datapath = PythonDatapath(clock, timers, Nobody())
    (port,) = await datapath.open(["127.0.0.1"], 0)
    material = random.Random(2).randbytes(_PROFILE.exported)
    with ExitStack() as sockets:
        source, *sinks = (sockets.enter_context(_socket()) for _ in range(listeners + 1))
        _publish(datapath, material, source.getsockname()[1])
        for number, sink in enumerate(sinks, 2):
            _subscribe(datapath, number, sink.getsockname()[1])
        child = mp.get_context("fork").Process(target=send, args=(source, port, material, rate))
        child.start()
        await asyncio.sleep(SECONDS / 3)
        before, cpu = _forwarded(datapath, listeners), time.process_time()
        await asyncio.sleep(SECONDS / 3)
        cpu = time.process_time() - cpu
        forwarded = _forwarded(datapath, listeners) - before
        await asyncio.to_thread(child.join)
    await datapath.close()
    timers.close()
    return 1e6 * cpu / max(1, forwarded), forwarded


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


def _leg(datapath: PythonDatapath, leg: LegNumber, material: bytes, port: int) -> None:
    path = Path("udp", 0, "127.0.0.1", port)
    datapath.add_leg(leg)
    datapath.bind(leg, path)
    datapath.route(leg, path)
    datapath.secure(leg, SrtpMaterial(_PROFILE.name, material))


def _publish(datapath: PythonDatapath, material: bytes, port: int) -> None:
    _leg(datapath, _PUBLISHER, material, port)
    datapath.add_track(_TRACK, "video")
    line = LinePlan("1", "video", _TRACK, 90000, ((96, "vp8"), (97, "rtx")))
    datapath.publish(_PUBLISHER, PublishPlan((line,), mid_id=4, transport_cc_id=3))


def _subscribe(datapath: PythonDatapath, number: int, port: int) -> None:
    leg, subscription = LegNumber(number), SubscriptionNumber(number)
    _leg(datapath, leg, random.Random(number).randbytes(_PROFILE.exported), port)
    formats = (("vp8", 96), ("rtx", 97))
    plan = SubscriptionPlan(leg, _TRACK, 1000 + number, 5000 + number, formats, 1, "bench")
    datapath.subscribe(subscription, plan)
    datapath.follow(subscription, "")


def _forwarded(datapath: PythonDatapath, listeners: int) -> int:
    numbers = range(2, listeners + 2)
    return sum(datapath.leg_counters(LegNumber(n)).packets_out for n in numbers)


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("datapath", "CPU per forwarded 1200-byte packet, in the Python datapath")
    samples: dict[tuple[int, int], list[float]] = {load: [] for load in LOADS}
    for listeners, rate in report.alternate(LOADS, ROUNDS):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            cost, forwarded = runner.run(measure(listeners, rate))
        if forwarded < 0.9 * rate * listeners * SECONDS / 3:
            sys.stderr.write(f"only {forwarded} packets were forwarded to {listeners}\n")
            return 1
        samples[listeners, rate].append(cost)
    for (listeners, rate), costs in samples.items():
        name = f"{listeners} subscribers, {rate} packets/s in, median"
        promise = PROMISE if (listeners, rate) == LOADS[-1] else None
        page.figure(name, statistics.median(costs), "µs", at_most=promise)
        page.note(f"{name[:-8]}, all rounds: {', '.join(f'{c:.1f}' for c in costs)} µs.")
    page.note("Receiving and authenticating the publisher's packet is part of every figure.")
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
