"""What a waiting person is told: the position in the queue and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.clock import SECOND

#: The longest wait that is named, in seconds; after that it is "more than".
LONGEST = 30 * 60
#: Of so many tasks a queue remembers how long they took; the older count less and less.
MEMORY = 20
#: Waits are named in steps: up to so many seconds, in steps of so many.
_STEPS = ((120, 30), (600, 60), (LONGEST, 300))


@dataclass(frozen=True, slots=True)
class Wait:
    """A position from 1, and a wait in seconds; with `more`, the wait is longer than that.

    `seconds` is None when nobody is there who could take it, so that nothing can be said.
    """

    position: int
    seconds: int | None
    more: bool = False


def estimate(position: int, handling: float, agents: int) -> Wait:
    """Position times the average handling time in seconds, shared by those who could take it."""
    if agents <= 0:
        return Wait(position, None)
    seconds = position * handling / agents
    if seconds > LONGEST:
        return Wait(position, LONGEST, more=True)
    return Wait(position, _rounded(seconds))


def announced(told: Wait | None, wait: Wait) -> Wait | None:
    """What to say after `told` was said: only what is better, in place or in time."""
    if told is None:
        return wait
    sooner = _length(wait) < _length(told)
    if wait.position >= told.position and not sooner:
        return None
    if _length(wait) > _length(told):
        return Wait(wait.position, told.seconds, told.more)
    return wait if wait.position <= told.position else Wait(told.position, wait.seconds, wait.more)


def rolling(average: float | None, took: int) -> float:
    """The average handling time in seconds after one more task took so many microseconds."""
    seconds = took / SECOND
    return seconds if average is None else average + (seconds - average) / MEMORY


def _rounded(seconds: float) -> int:
    step = next(step for limit, step in _STEPS if seconds <= limit)
    return max(step, -(-round(seconds) // step) * step)


def _length(wait: Wait) -> float:
    if wait.seconds is None:
        return float("inf")
    return wait.seconds + (1 if wait.more else 0)
