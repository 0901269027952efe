"""`order_by`: which of several agents comes first, such as `skills.fr DESC, tier`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signalling.domain.routing.grammar import BadExpression, read
from signalling.domain.routing.terms import Name, Truth

MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Ordering:
    """Names in order of weight, each ascending or descending."""

    names: tuple[tuple[Name, bool], ...]

    @classmethod
    def parse(cls, text: str, *, field: str | None = None) -> Ordering:
        """Read names with ASC or DESC behind them and commas between; raises `BadExpression`."""
        names, position = [], 1
        for part in text.split(","):
            names.append(_read(part, position, field))
            position += len(part) + 1
        if len(names) > MOST_NAMES:
            raise BadExpression(f"at most {MOST_NAMES} names order agents.", 1, field)
        return cls(tuple(names))

    def __str__(self) -> str:
        return ", ".join(f"{name} DESC" if falls else f"{name}" for name, falls in self.names)

    def key(self, agent: Mapping[str, Any], task: Mapping[str, Any]) -> tuple[Any, ...]:
        """Sorts agents: numbers, then texts, then whoever has neither."""
        return tuple(_rank(name.lookup()(agent, task), falls) for name, falls in self.names)


def _read(part: str, position: int, field: str | None) -> tuple[Name, bool]:
    words = part.split()
    falls = len(words) > 1 and words[-1].upper() == "DESC"
    named = len(words) > 1 and words[-1].upper() in ("ASC", "DESC")
    text = part.rstrip()[: -len(words[-1])] if named else part
    try:
        condition = read(text)
    except BadExpression as error:
        raise BadExpression(error.problem, position + error.position - 1, field) from error
    if not isinstance(condition, Truth) or not isinstance(condition.operand, Name):
        raise BadExpression("a name is expected, and ASC or DESC.", position, field)
    return condition.operand, falls


def _rank(value: object, falls: bool) -> tuple[int, Any]:
    """Numbers come before texts either way, and what is missing comes last."""
    if isinstance(value, int | float):
        return 0, -value if falls else value
    if isinstance(value, str):
        return 1, (*(-ord(letter) for letter in value), 1) if falls else value
    return 2, 0
