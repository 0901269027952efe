"""How much a message may hold: what an attacker can make us keep and compare is bounded here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one message: bytes of it all and of its head, header lines and the characters of
    one, values of Via."""

    message: int = 65_536
    head: int = 32_768
    lines: int = 256
    line: int = 8_192
    vias: int = 70


LIMITS = Limits()
