"""What a server-side peer costs: Opus echoed, sent or listened to, by aiortc as it is and by aiortc
with our fixes, in turn in one run."""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame
from av.frame import Frame
from av.packet import Packet
from msgspec import Struct

from bench import report
from media.peers.aiortc_fixes import FIXES, apply, peer_connection
from media.peers.connection import PeerConnection
from media.tracks.listen import Listener
from media.tracks.tone import ToneTrack
from offhook.core.tasks import Tasks

PEERS = 8
SETTLE = 2.0
SECONDS = 5.0
ROUNDS = 4
LIMIT = 60.0

#: Counts one frame; returns how many there were before.
Tick = Callable[[], int]


class Work(NamedTuple):
    """What the peers do, and with which aiortc."""

    kind: str
    fixed: bool

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.kind}, {'with our fixes' if self.fixed else 'aiortc as it is'}"


ECHO, STOCK_ECHO = Work("echo", True), Work("echo", False)
WORKS = (STOCK_ECHO, ECHO, Work("send", False), Work("send", True), Work("listen", True))


class Cost(Struct, frozen=True):
    """CPU per frame of 20 ms that went through, in all and on the event loop, in microseconds; how
    late the loop was, in milliseconds."""

    cpu: float
    loop: float
    lag: float


class Counted(MediaStreamTrack):
    """Gives what another track gives, and counts it."""

    kind = "audio"

    def __init__(self, source: MediaStreamTrack, tick: Tick) -> None:
        super().__init__()
        self._source = source
        self._tick = tick

    async def recv(self) -> Frame | Packet[Any]:
        """The next frame of the source."""
        frame = await self._source.recv()
        self._tick()
        return frame


def serve(pipe: Connection, work: Work) -> None:
    """Be the peers that are measured."""
    asyncio.run(_serve(pipe, work))


def call(pipe: Connection, work: Work) -> None:
    """Be the other ends, which are not measured."""
    asyncio.run(_call(pipe, work))


async def _serve(pipe: Connection, work: Work) -> None:
    _install(fixed=work.fixed)
    offers = await asyncio.to_thread(pipe.recv)
    peers = [peer_connection() for _ in offers]
    frames = count()
    async with Tasks() as tasks:
        for peer in peers:
            _set_to_work(peer, work, lambda: next(frames), tasks)
        pipe.send([await peer.answer(offer) for peer, offer in zip(peers, offers, strict=True)])
        await asyncio.gather(*(_connected(peer) for peer in peers))
        await asyncio.sleep(SETTLE)
        pipe.send(await _measure(lambda: next(frames)))
        await asyncio.to_thread(pipe.recv)
        await asyncio.gather(*(peer.close() for peer in peers))


async def _call(pipe: Connection, work: Work) -> None:
    _install(fixed=True)
    peers = [peer_connection() for _ in range(PEERS)]
    for number, peer in enumerate(peers):
        if work.kind == "send":
            peer.addTransceiver("audio", direction="recvonly")
        else:
            peer.addTrack(ToneTrack(300 + 50 * number))
    pipe.send([await peer.offer() for peer in peers])
    answers = await asyncio.to_thread(pipe.recv)
    for peer, answer in zip(peers, answers, strict=True):
        await peer.accept(answer)
    await asyncio.to_thread(pipe.recv)
    await asyncio.gather(*(peer.close() for peer in peers))


def _install(*, fixed: bool) -> None:
    if fixed:
        apply(loopback=True)
    else:
        next(fix for fix in FIXES if fix.name == "loopback").install(ExitStack())


def _set_to_work(peer: PeerConnection, work: Work, tick: Tick, tasks: Tasks) -> None:
    def heard(track: MediaStreamTrack) -> None:
        if work.kind == "echo":
            peer.addTrack(Counted(track, tick))
        else:
            tasks.spawn(_listen(Counted(track, tick)), "listen")

    if work.kind == "send":
        peer.addTrack(Counted(ToneTrack(440), tick))
    else:
        peer.on("track", heard)


async def _listen(track: MediaStreamTrack) -> None:
    listener = Listener()
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        if isinstance(frame, AudioFrame):
            listener.feed(frame)


async def _connected(peer: PeerConnection) -> None:
    changed = asyncio.Event()
    peer.on("connectionstatechange", changed.set)
    while peer.connectionState != "connected":
        changed.clear()
        await changed.wait()


async def _measure(tick: Tick) -> Cost:
    lags: list[float] = []
    first = tick()
    cpu, loop, began = time.process_time(), time.thread_time(), time.monotonic()
    while time.monotonic() - began < SECONDS:
        due = time.monotonic() + 0.01
        await asyncio.sleep(0.01)
        lags.append(time.monotonic() - due)
    cpu, loop = time.process_time() - cpu, time.thread_time() - loop
    frames = tick() - first
    return Cost(1e6 * cpu / frames, 1e6 * loop / frames, 1000 * report.percentile(lags, 99))


def measure(work: Work) -> Cost:
    """One process of peers and one of their other ends."""
    spawn = mp.get_context("spawn")
    server, server_end = spawn.Pipe()
    caller, caller_end = spawn.Pipe()
    processes = [
        spawn.Process(target=serve, args=(server_end, work), daemon=True),
        spawn.Process(target=call, args=(caller_end, work), daemon=True),
    ]
    for process in processes:
        process.start()
    try:
        server.send(_received(caller))
        caller.send(_received(server))
        cost: Cost = _received(server)
        for end in (server, caller):
            end.send("stop")
    finally:
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
    return cost


def _received(pipe: Connection) -> Any:
    if not pipe.poll(LIMIT):
        raise TimeoutError("the other process said nothing")
    return pipe.recv()


def main() -> int:
    """Measure in turn and write bench/results/peers."""
    page = report.begin("peers", "What a server-side peer costs")
    costs: defaultdict[Work, list[Cost]] = defaultdict(list)
    for work in report.alternate(WORKS, ROUNDS):
        costs[work].append(measure(work))
    cpu = {work: statistics.median(cost.cpu for cost in costs[work]) for work in WORKS}
    for work in WORKS:
        loop = statistics.median(cost.loop for cost in costs[work])
        page.figure(f"{work}: per frame of 20 ms", cpu[work], "µs CPU")
        page.figure(f"{work}: of it on the event loop", loop, "µs CPU")
        page.figure(f"{work}: one core carries", 20_000 / cpu[work], "peers")
    for work in (STOCK_ECHO, ECHO):
        lag = statistics.median(cost.lag for cost in costs[work])
        page.figure(f"{work}: event loop late by, p99", lag, "ms")
    ratio = cpu[ECHO] / cpu[STOCK_ECHO]
    page.figure("echo, with our fixes against as it is", ratio, "x", at_most=0.7)
    page.note(
        f"{PEERS} peers in one process, {ROUNDS} rounds in turn of {SECONDS:.0f} s, medians;"
        " CPU of the peers' process only, the other ends are another process."
    )
    return page.write()


if __name__ == "__main__":
    sys.exit(main())
