"""Contacts as a table that spreadsheets open, and that can be taken in again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from signalling.domain.contacts.card import Card

#: What programs that open a table take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_HEADS: Final = ("name", "company", "email", "phone", "language", "notes")
#: Excel takes a table without it for one in the letters of its own country.
MARK: Final = "\ufeff"


def table(cards: Sequence[Card]) -> str:
    """The whole table: a column for each field and attribute, several addresses in one cell."""
    named = sorted({name for card in cards for name in card.attributes})
    heads = [*_HEADS, *(f"attributes.{name}" for name in named)]
    lines = [_line(heads), *(_line(_cells(card, named)) for card in cards)]
    return MARK + "".join(lines)


def _cells(card: Card, named: Sequence[str]) -> list[str]:
    return [
        card.name,
        card.company,
        "; ".join(card.emails),
        "; ".join(card.phones),
        card.language,
        card.notes,
        *(card.attributes.get(name, "") for name in named),
    ]


def _line(cells: Iterable[str]) -> str:
    return ",".join(_quoted(harmless(cell)) for cell in cells) + "\r\n"


def harmless(cell: str) -> str:
    """The cell, with a quote before it where a program would calculate with it (OWASP)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _quoted(cell: str) -> str:
    if any(letter in cell for letter in ',;"\r\n\t') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell
