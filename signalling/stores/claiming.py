"""Which process wants something that only one has at a time, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.store.processes import GivenUp


@dataclass(frozen=True, slots=True)
class Claimant:
    """The process that wants it, and whom it may succeed."""

    node: str
    given_up: GivenUp


@dataclass(frozen=True, slots=True)
class Owned:
    """It is another process's, which is alive."""

    node: str
