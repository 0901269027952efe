"""CPU per listener of the hold music: 100 who wait at one media node, real SRTP and UDP.

The clip is the real one, made by a child process as in a node. The last listener's socket keeps the
kernel's time of each packet's arrival: how late it was against a perfect beat of 20 ms.
"""

from __future__ import annotations

import asyncio
import random
import socket
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from struct import unpack

import uvloop

from bench import report
from bench.datapath import Nobody
from media.sfu.datapath.plans import (
    Clip,
    LegNumber,
    Path,
    SrtpMaterial,
    SubscriptionNumber,
    SubscriptionPlan,
    TrackNumber,
)
from media.sfu.datapath.python import PythonDatapath
from media.sfu.datapath.srtp import PROFILES
from media.sfu.music import make_clip
from media.sfu.timers import Timers
from offhook.core.clock import SystemClock

LISTENERS = (0, 1, 10, 100)
ROUNDS = 3
SECONDS = 5.0
#: Percent of a core for each of a hundred.
PROMISE = 0.1
#: Milliseconds: one packet, less than any jitter buffer holds.
LATENESS = 20.0
_STEP = 0.02
_PROFILE = PROFILES[0]
_TRACK = TrackNumber(1)
#: Linux's name for kernel times of reception in nanoseconds.
_TIMESTAMPS = 35


async def measure(clip: Clip, listeners: int) -> tuple[float, list[float]]:
    """Percent of a core, and how late each packet reached the last listener, in milliseconds."""
    clock = SystemClock()
    timers = Timers(clock)
    datapath = PythonDatapath(clock, timers, Nobody())
    await datapath.open(["127.0.0.1"], 0)
    datapath.add_track(_TRACK, "audio")
    datapath.play(_TRACK, clip)
    with ExitStack() as sockets:
        sinks = [sockets.enter_context(_sink()) for _ in range(listeners)]
        for number, sink in enumerate(sinks, 1):
            _listen(datapath, number, sink.getsockname()[1])
        await asyncio.sleep(0.5)
        began, cpu = time.monotonic(), time.process_time()
        await asyncio.sleep(SECONDS)
        cpu, elapsed = time.process_time() - cpu, time.monotonic() - began
        late = _lateness(_arrivals(sinks[-1])) if sinks else []
    await datapath.close()
    timers.close()
    return 100 * cpu / elapsed, late


def _sink() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
    sock.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    return sock


def _listen(datapath: PythonDatapath, number: int, port: int) -> None:
    leg, subscription = LegNumber(number), SubscriptionNumber(number)
    path = Path("udp", 0, "127.0.0.1", port)
    datapath.add_leg(leg)
    datapath.bind(leg, path)
    datapath.route(leg, path)
    material = random.Random(number).randbytes(_PROFILE.exported)
    datapath.secure(leg, SrtpMaterial(_PROFILE.name, material))
    plan = SubscriptionPlan(leg, _TRACK, 1000 + number, None, (("opus", 111),), 1, "bench")
    datapath.subscribe(subscription, plan)
    datapath.follow(subscription, "opus")


def _arrivals(sink: socket.socket) -> list[float]:
    """When each RTP packet came, in seconds."""
    times: list[float] = []
    while True:
        try:
            data, ancillary, _, _ = sink.recvmsg(2048, 64)
        except BlockingIOError:
            return times
        if data[1] & 0x7F == 111:
            seconds, nanoseconds = unpack("qq", ancillary[0][2])
            times.append(seconds + nanoseconds / 1e9)


def _lateness(times: Sequence[float]) -> list[float]:
    """Milliseconds behind a beat that the most punctual packet sets."""
    offsets = [at - number * _STEP for number, at in enumerate(times)]
    return [1000 * (offset - min(offsets)) for offset in offsets]


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("music", "CPU per listener of the hold music")
    began = time.monotonic()
    clip = asyncio.run(make_clip())
    page.figure("from the first hold to music that can be sent", time.monotonic() - began, "s")
    samples: dict[int, list[float]] = {listeners: [] for listeners in LISTENERS}
    late: dict[int, list[float]] = {listeners: [] for listeners in LISTENERS}
    for listeners in report.alternate(LISTENERS, ROUNDS):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            cost, lateness = runner.run(measure(clip, listeners))
        samples[listeners].append(cost)
        late[listeners] += lateness
        page.pause()
    _write(page, samples, late)
    size = sum(len(payload) for form in clip.forms for payload in form.payloads)
    page.figure("memory for the clip in its three forms", size / 1024, "KiB")
    return page.write()


def _write(
    page: report.Report, samples: dict[int, list[float]], late: dict[int, list[float]]
) -> None:
    most = max(LISTENERS)
    for listeners, costs in samples.items():
        median = statistics.median(costs)
        page.note(f"{listeners} listeners: {', '.join(f'{c:.2f}' for c in costs)} % of a core.")
        if listeners:
            limit = PROMISE if listeners == most else None
            name = f"per listener, of {listeners}, median of {ROUNDS}"
            page.figure(name, median / listeners, "% of a core", at_most=limit)
    p99 = report.percentile(late[most], 99)
    page.figure(f"lateness at the last of {most}, p99", p99, "ms", at_most=LATENESS)


if __name__ == "__main__":
    raise SystemExit(main())
