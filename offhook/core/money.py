"""Money: whole millionths of a currency's unit, so that fractions of a cent add up exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

#: Millionths in one unit.
UNIT = 1_000_000

_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_TEXT = re.compile(r"(-?\d{1,12}(?:\.\d{1,6})?) ([A-Z]{3})\Z")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in micro-units of an ISO 4217 currency; only equal currencies add up."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.match(self.currency):
            raise ValueError(f"{self.currency!r} is no currency code")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0.0075 EUR`; raises ValueError."""
        found = _TEXT.match(text)
        if found is None:
            raise ValueError(f"{text!r} is no amount of money")
        return cls(int(Decimal(found[1]) * UNIT), found[2])

    def __str__(self) -> str:
        amount = f"{Decimal(self.micros) / UNIT:.6f}"
        whole, _, part = amount.partition(".")
        return f"{whole}.{part.rstrip('0').ljust(2, '0')} {self.currency}"

    def __add__(self, other: Money) -> Money:
        self._like(other)
        return Money(self.micros + other.micros, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._like(other)
        return Money(self.micros - other.micros, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.micros * count, self.currency)

    def _like(self, other: Money) -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
