"""What a server-side peer costs: Opus received, decoded, encoded and sent, aiortc as it is beside
aiortc with our fixes, in turn in one run."""

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
from typing import Any

from aiortc.mediastreams import MediaStreamTrack
from av.frame import Frame
from av.packet import Packet
from msgspec import Struct

from bench import report
from media.peers.aiortc_fixes import FIXES, apply, peer_connection
from media.peers.connection import PeerConnection
from media.tracks.tone import ToneTrack

PEERS = 8
SETTLE = 2.0
SECONDS = 5.0
ROUNDS = 4
LIMIT = 60.0
#: Counts one frame; returns how many there were before.
Tick = Callable[[], int]

STOCK, FIXED = "aiortc as it is", "with our fixes"


class Cost(Struct, frozen=True):
    """CPU per frame of 20 ms that went through, in all and on the event loop, in microseconds; how
    late the loop was, in milliseconds."""

    cpu: float
    loop: float
    lag: float


class Echo(MediaStreamTrack):
    """Gives back what a remote track brings, and counts it."""

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


def serve(pipe: Connection, variant: str) -> None:
    """Be the echo peers: answer offers, and send back what is heard."""
    asyncio.run(_serve(pipe, variant))


def call(pipe: Connection) -> None:
    """Be the other end: send a tone to every echo peer, and take what comes back."""
    asyncio.run(_call(pipe))


async def _serve(pipe: Connection, variant: str) -> None:
    _install(stock=variant == STOCK)
    offers = await asyncio.to_thread(pipe.recv)
    peers = [peer_connection() for _ in offers]
    frames = count()
    for peer in peers:
        peer.on("track", _echo(peer, lambda: next(frames)))
    pipe.send([await peer.answer(offer) for peer, offer in zip(peers, offers, strict=True)])
    await asyncio.gather(*(_connected(peer) for peer in peers))
    await asyncio.sleep(SETTLE)
    pipe.send(await _measure(lambda: next(frames)))
    await asyncio.to_thread(pipe.recv)
    await asyncio.gather(*(peer.close() for peer in peers))


async def _call(pipe: Connection) -> None:
    _install(stock=False)
    peers = [peer_connection() for _ in range(PEERS)]
    for number, peer in enumerate(peers):
        peer.addTrack(ToneTrack(300 + 50 * number))
    pipe.send([await peer.offer() for peer in peers])
    answers = await asyncio.to_thread(pipe.recv)
    for peer, answer in zip(peers, answers, strict=True):
        await peer.accept(answer)
    await asyncio.to_thread(pipe.recv)
    await asyncio.gather(*(peer.close() for peer in peers))


def _install(*, stock: bool) -> None:
    if stock:
        next(fix for fix in FIXES if fix.name == "loopback").install(ExitStack())
    else:
        apply(loopback=True)


def _echo(peer: PeerConnection, tick: Tick) -> Callable[[MediaStreamTrack], None]:
    def heard(track: MediaStreamTrack) -> None:
        peer.addTrack(Echo(track, tick))

    return heard


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


def measure(variant: str) -> Cost:
    """One server and one caller, each in a process of its own."""
    spawn = mp.get_context("spawn")
    server, server_end = spawn.Pipe()
    caller, caller_end = spawn.Pipe()
    processes = [
        spawn.Process(target=serve, args=(server_end, variant), daemon=True),
        spawn.Process(target=call, args=(caller_end,), daemon=True),
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
    costs: defaultdict[str, list[Cost]] = defaultdict(list)
    for variant in report.alternate((STOCK, FIXED), ROUNDS):
        costs[variant].append(measure(variant))
    cpu = {name: statistics.median(cost.cpu for cost in found) for name, found in costs.items()}
    for name, found in costs.items():
        loop = statistics.median(cost.loop for cost in found)
        lag = statistics.median(cost.lag for cost in found)
        page.figure(f"Opus echo, {name}, per frame of 20 ms", cpu[name], "µs CPU")
        page.figure(f"the same, on the event loop alone, {name}", loop, "µs CPU")
        page.figure(f"peers that one core carries, {name}", 20_000 / cpu[name], "peers")
        page.figure(f"event loop late by, p99, {name}", lag, "ms")
    page.figure("with our fixes against as it is", cpu[FIXED] / cpu[STOCK], "x", at_most=0.6)
    page.note(
        f"{PEERS} peers in one process, {ROUNDS} rounds in turn of {SECONDS:.0f} s, medians;"
        " CPU of the peers' process only, the other ends are another process."
    )
    return page.write()


if __name__ == "__main__":
    sys.exit(main())
