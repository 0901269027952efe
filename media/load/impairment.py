"""Loss on purpose: a share of the datagrams of one participant never arrive. Pure."""

from __future__ import annotations

from random import Random


class Impairment:
    """Decides for each datagram; `dropped` counts those that it lost."""

    def __init__(self, share: float, randomness: Random) -> None:
        self.dropped = 0
        self._share = share
        self._randomness = randomness

    def __call__(self, datagram: bytes) -> bool:
        """Whether to lose this one."""
        if not self._share or self._randomness.random() >= self._share:
            return False
        self.dropped += 1
        return True
