"""How long a packet takes from the publisher's process to the subscriber's, by its stamp.

At rest, and while something else takes half of the server's event loop; Janus beside it.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

from bench import janus, report
from bench.forwarding import JANUS_ONE_LOOP, ROUNDS, Peer, tried
from bench.forwarding_load import Load

SECONDS = 4.0
LOAD = Load(1, 10, "video", 400.0, 4)

IDLE = Peer("Offhook")
BUSY = Peer("Offhook, its event loop half busy", busy=True)


def main() -> int:
    """Measure in turn and write bench/results/forwarding_delay."""
    peers = [IDLE, BUSY]
    if janus.installed():
        peers.append(JANUS_ONE_LOOP)
    page = report.begin("forwarding_delay", "How long forwarding takes")
    delays: defaultdict[Peer, list[float]] = defaultdict(list)
    for peer in report.alternate(peers, ROUNDS):
        sample = asyncio.run(tried(peer, LOAD, SECONDS))
        delays[peer] += [delay / 1000 for delay in sample.delays]
        sys.stderr.write(f"{peer.name}: {len(sample.delays)} samples\n")
    for peer in peers:
        for percent in (50, 99):
            found = report.percentile(delays[peer], percent)
            page.figure(f"{peer.name}, p{percent}", found, "ms")
    page.note(
        f"{LOAD.publishers} publisher, {LOAD.subscribers} subscribers, "
        f"{LOAD.packets_per_second:.0f} packets/s in bursts of {LOAD.burst}; {ROUNDS} rounds in "
        f"turn of {SECONDS:.0f} s; one packet in fifty is timed, all rounds together."
    )
    page.note(
        "From the moment the publisher makes the packet until the subscriber's event loop has "
        "decrypted it: both clients' own waiting, on the same two cores, is part of it."
    )
    page.note("Half busy: a task on the server's loop computes 5 ms, then rests 5 ms, for ever.")
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
