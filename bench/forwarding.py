"""CPU of the whole server per forwarded packet, beside Debian's Janus under the same load.

`offhook serve` as it is deployed, with signalling, retransmission, reports; Janus 1.1.2's video
room in both its ways to run; in turn in one run, clients in processes of their own.

Run: python -m bench.forwarding [--rounds N] [--seconds N] [scenario…]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from bench import janus, report
from bench.forwarding_clients import Clients, Errand
from bench.forwarding_load import PROFILE, Counted, Load
from bench.server import measured_server
from media.load.plan import Seat
from tests.support.server import COMMAND

ROUNDS = 3
SECONDS = 5.0
_SETTLE = 1.5
#: Of what was sent so much must arrive, or the round counts for nothing.
_ARRIVED = 0.999
_TRIES = 3
PROMISE = 1.2

SCENARIOS = {
    "1 to 50, video": Load(1, 50, "video", 400.0, 4),
    "10 by 10, video": Load(10, 0, "video", 200.0, 4, mutual=True),
    "1 to 50, audio": Load(1, 50, "audio", 50.0),
}


class Peer(NamedTuple):
    """A server to measure, in one of its ways to run."""

    name: str
    event_loops: int | None = None
    feedback: bool = False
    #: Something else takes half of its event loop.
    busy: bool = False


OURS = Peer("Offhook")
OURS_WITH_FEEDBACK = Peer("Offhook, subscribers report every arrival", feedback=True)
JANUS = Peer("Janus, its default", 0)
JANUS_ONE_LOOP = Peer("Janus, event_loops=1", 1)
PEERS = (OURS, JANUS_ONE_LOOP, JANUS, OURS_WITH_FEEDBACK)


class Sample(NamedTuple):
    """One round."""

    cpu: float
    busy: float
    delays: list[int]


class Lossy(Exception):
    """Too little arrived: the clients or the machine could not follow."""


class Running(NamedTuple):
    """A server with the clients that are in."""

    pid: int
    clients: list[Clients]


def threads_cpu(pid: int) -> float:
    """Processor seconds of all threads of a process that live."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


async def measure(peer: Peer, load: Load, seconds: float) -> Sample:
    """One round: start the server, have all join, count; raise `Lossy` when packets are missing."""
    world = _offhook(peer, load) if peer.event_loops is None else _janus(peer, load)
    async with world as (pid, clients):
        await asyncio.sleep(_SETTLE)
        await asyncio.gather(*(each.mark() for each in clients))
        cpu = threads_cpu(pid)
        await asyncio.sleep(seconds)
        cpu = threads_cpu(pid) - cpu
        counts = await asyncio.gather(*(each.counted() for each in clients))
    received = sum(count.received for count in counts)
    _check(counts, load, seconds)
    delays = [delay for count in counts for delay in count.delays]
    return Sample(1e6 * cpu / received, cpu / seconds, delays)


def _check(counts: list[Counted], load: Load, seconds: float) -> None:
    received = sum(count.received for count in counts)
    expected = sum(count.expected for count in counts)
    if received < _ARRIVED * expected or received < 0.98 * load.out * seconds:
        raise Lossy(f"{received} of {expected} arrived; {load.out * seconds:.0f} are sent")
    profiles = {profile for count in counts for profile in count.profiles}
    if profiles != {PROFILE}:
        raise Lossy(f"the legs use {profiles}")


@contextlib.asynccontextmanager
async def _with(*errands: Errand) -> AsyncIterator[list[Clients]]:
    """Processes one after the other, each told the feeds of the one before it."""
    clients: list[Clients] = []
    feeds: list[int] = []
    try:
        for errand in errands:
            given = errand if not feeds else _fed(errand, feeds)
            clients.append(Clients(given))
            feeds = await clients[-1].ready() or feeds
        yield clients
    finally:
        for client in reversed(clients):
            await client.close()


def _fed(errand: Errand, feeds: list[int]) -> Errand:
    return Errand(
        errand.server, errand.url, errand.load, errand.publishes, errand.subscribes, feeds=feeds
    )


@contextlib.asynccontextmanager
async def _offhook(peer: Peer, load: Load) -> AsyncIterator[Running]:
    async with measured_server(module="bench.busy" if peer.busy else COMMAND) as server:
        roles = ((True, load.publishers), (False, load.subscribers))
        errands = []
        for publishes, number in roles:
            seats = [Seat("bench", f"{publishes}-{n}", publishes) for n in range(number)]
            if not seats:
                continue
            tokens = await server.tokens(seats)
            errands.append(
                Errand(
                    "offhook",
                    server.url,
                    load,
                    publishes,
                    load.mutual or not publishes,
                    tokens=[tokens[seat] for seat in seats],
                    feedback=peer.feedback,
                )
            )
        async with _with(*errands) as clients:
            yield Running(server.pid, clients)


@contextlib.asynccontextmanager
async def _janus(peer: Peer, load: Load) -> AsyncIterator[Running]:
    async with janus.janus_server(event_loops=peer.event_loops or 0) as server:
        errands = [Errand("janus", server.url, load, True, load.mutual)]
        if load.subscribers:
            errands.append(Errand("janus", server.url, load, False, True))
        async with _with(*errands) as clients:
            yield Running(server.pid, clients)


async def tried(peer: Peer, load: Load, seconds: float) -> Sample:
    """One round that counts; a round that lost packets is made again."""
    for left in reversed(range(_TRIES)):
        try:
            return await measure(peer, load, seconds)
        except Lossy as error:
            sys.stderr.write(f"{peer.name}: round refused, {error}\n")
            if not left:
                raise
    raise AssertionError


def measure_all(page: report.Report, names: list[str], rounds: int, seconds: float) -> None:
    """All peers in turn, scenario by scenario."""
    for name in names:
        load = SCENARIOS[name]
        samples: defaultdict[Peer, list[Sample]] = defaultdict(list)
        for peer in report.alternate(PEERS, rounds):
            sample = asyncio.run(tried(peer, load, seconds))
            samples[peer].append(sample)
            sys.stderr.write(f"{name}: {peer.name}: {sample.cpu:.2f} µs, {sample.busy:.0%}\n")
        write(page, name, samples)


def write(page: report.Report, name: str, samples: dict[Peer, list[Sample]]) -> None:
    """The figures of one scenario."""
    cpu = {peer: statistics.median(s.cpu for s in samples[peer]) for peer in samples}
    for peer, cost in cpu.items():
        page.figure(f"{name}: {peer.name}", cost, "µs CPU")
    best = min(cpu[JANUS], cpu[JANUS_ONE_LOOP])
    for peer in (OURS, OURS_WITH_FEEDBACK):
        ratio = cpu[peer] / best
        page.figure(f"{name}: {peer.name}, to Janus's better way", ratio, "x", at_most=PROMISE)
    for peer in samples:
        each = ", ".join(f"{sample.cpu:.2f}" for sample in samples[peer])
        page.note(f"{name}, {peer.name}, all rounds: {each} µs.")


def arguments(given: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench.forwarding")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("scenarios", nargs="*", choices=[*SCENARIOS, []])
    return parser.parse_args(given)


def main() -> int:
    """Measure, print, write the page."""
    asked = arguments(sys.argv[1:])
    if not janus.installed():
        sys.stderr.write(f"Janus is missing; to install it: {janus.INSTALL}\n")
        return 1
    page = report.begin("forwarding", "CPU of the server per forwarded packet, beside Janus")
    measure_all(page, asked.scenarios or list(SCENARIOS), asked.rounds, asked.seconds)
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
