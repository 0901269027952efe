"""How fast the machine is at this moment: a virtual one shares its cores with strangers."""

from __future__ import annotations

import time

_STEPS, _TRIES = 300_000, 7


def yardstick() -> float:
    """Milliseconds of processor time for a fixed piece of Python, the median of a few tries.

    Figures of two days, or of two minutes, are compared beside theirs: on a virtual machine the
    same work has cost up to twice as much from one minute to the next.
    """
    return sorted(_once() for _ in range(_TRIES))[_TRIES // 2]


def _once() -> float:
    began, total = time.process_time(), 0
    for step in range(_STEPS):
        total += step * step % 7
    return 1000 * (time.process_time() - began)
