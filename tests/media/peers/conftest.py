"""aiortc as it is, and aiortc put right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from media.peers.aiortc_fixes import FIXES, Fix, apply


@pytest.fixture
def fixed() -> Iterator[None]:
    """Every fix is in for the length of a test."""
    with apply(loopback=True):
        yield


@pytest.fixture
def loopback_only() -> Iterator[None]:
    """The libraries' own code, but for the addresses: tests have no other network."""
    with ExitStack() as undo:
        fix("loopback").install(undo)
        yield


def fix(name: str) -> Fix:
    """The fix of this name."""
    return next(each for each in FIXES if each.name == name)
