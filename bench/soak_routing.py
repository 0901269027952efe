"""Routing for long: half a million calls against Erlang C, and a million events of any kind."""

from __future__ import annotations

import argparse
import sys
import time

from bench import report
from tests.signalling.domain.routing.anything import Anything
from tests.signalling.domain.routing.erlang import Simulation, erlang_c

AGENTS, UTILISATION, ARRIVALS = 10, 0.8, 500_000
EVENTS, EACH = 1_000_000, 50_000
SEED = 1


def simulate(page: report.Report, seed: int, arrivals: int) -> None:
    """Poisson arrivals, exponential talks, answers at once: the waits and those of Erlang C."""
    began = time.process_time()
    waits = Simulation(seed, agents=AGENTS, utilisation=UTILISATION).run(arrivals)
    spent = time.process_time() - began
    probability, wait = erlang_c(AGENTS, AGENTS * UTILISATION)
    page.figure("calls", waits.arrivals, "")
    page.figure("had to wait", 100 * waits.probability, "%")
    page.figure("had to wait, by Erlang C", 100 * probability, "%")
    off = 100 * abs(waits.probability / probability - 1)
    page.figure("probability of waiting, off by", off, "%", at_most=5)
    page.figure("average wait", waits.mean, "s")
    page.figure("average wait, by Erlang C", wait, "s")
    page.figure("average wait, off by", 100 * abs(waits.mean / wait - 1), "%", at_most=5)
    page.figure("CPU", spent, "s")


def play(page: report.Report, seed: int, events: int) -> None:
    """Anything at any time with restarts; what must hold is checked as it goes."""
    given = refused = fed = 0
    for number in range(seed, seed + max(1, events // EACH)):
        anything = Anything(number, check_each=20)
        for count in range(min(EACH, events)):
            anything.step()
            if count % 1000 == 999:
                anything.restart()
        anything.finish()
        given, refused = given + len(anything.given), refused + anything.refused
        fed += count + 1
        sys.stderr.write(f"seed {number}: {len(anything.given)} assigned\n")
    page.figure("events of any kind, nothing broken", fed, "")
    page.figure("of those refused", refused, "")
    page.figure("tasks given to agents", given, "")


def main() -> int:
    """Run both; an invariant that breaks ends it with the seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--arrivals", type=int, default=ARRIVALS)
    parser.add_argument("--events", type=int, default=EVENTS)
    options = parser.parse_args()
    page = report.begin("soak_routing", "Routing: half a million calls, a million events")
    simulate(page, options.seed, options.arrivals)
    play(page, options.seed, options.events)
    page.note(
        f"{AGENTS} agents, utilisation {UTILISATION}, Poisson arrivals, exponential talks, answers "
        f"at once, nothing wrapped up, nobody gives up. Seed {options.seed} for the calls, "
        f"{options.seed} and the following for the events."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
