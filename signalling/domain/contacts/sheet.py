"""A table of text that somebody exported elsewhere: RFC 4180, and what programs make of it.

Between cells stands `,`, `;` or a tab, lines end with CR, LF or both, and a cell in double quotes
may hold all of these, with `""` for a quote. The text is UTF-8, or else Windows-1252 (Latin-1).
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

from offhook.core.errors import InvalidInput, TooLarge

Encoding = Literal["utf-8", "windows-1252"]
Delimiter = Literal[",", ";", "\t"]

MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 64
LONGEST_CELL: Final = 8_192
_DELIMITERS: Final[tuple[Delimiter, ...]] = (",", ";", "\t")
_MARK: Final = "\ufeff"
#: What Excel writes before the heads to say which delimiter it used.
_SAYS_DELIMITER: Final = "sep="
_ENDS: Final = "\r\n"
#: Bytes that Windows-1252 leaves open.
_NO_LETTERS: Final = b"\x00\x81\x8d\x8f\x90\x9d"


class Row(Struct, frozen=True):
    """Cells of one row, and the line of the text that it begins in, from 1."""

    line: int
    cells: tuple[str, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """What was read: the heads of the columns, and the rows below that are not empty."""

    encoding: Encoding
    delimiter: Delimiter
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def read(data: bytes, delimiter: Delimiter | None = None) -> Sheet:
    """Read a table; without a delimiter it is found in the first line.

    Raises `InvalidInput` (codes `bad_csv`, `empty_csv`, `bad_encoding`) and `TooLarge`
    (`too_many_rows`, `too_many_columns`, `cell_too_long`); the text says in which line.
    """
    text, encoding = _decoded(data)
    text, said = _without_hint(text)
    used = delimiter or said or _found(text)
    found = _Reader(text, used).rows()
    if not found:
        raise InvalidInput("There is nothing in this file.", code="empty_csv")
    heads = tuple(cell.strip() for cell in found[0].cells)
    return Sheet(encoding=encoding, delimiter=used, heads=heads, rows=tuple(found[1:]))


def _decoded(data: bytes) -> tuple[str, Encoding]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput("The text is UTF-16; save it as UTF-8.", code="bad_encoding")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if any(byte in data for byte in _NO_LETTERS):
            raise InvalidInput(
                "The text is neither UTF-8 nor Windows-1252.", code="bad_encoding"
            ) from error
        return data.decode("windows-1252"), "windows-1252"
    if "\0" in text:
        raise InvalidInput("This is no text: it holds zero bytes.", code="bad_encoding")
    return text.removeprefix(_MARK), "utf-8"


def _without_hint(text: str) -> tuple[str, Delimiter | None]:
    """The text without Excel's first line, and the delimiter which that names."""
    first = text[:8].lower()
    for each in _DELIMITERS:
        hint = _SAYS_DELIMITER + each
        if first.startswith(hint) and text[len(hint) : len(hint) + 1] in ("\r", "\n", ""):
            return text[len(hint) :], each
    return text, None


def _found(text: str) -> Delimiter:
    """The delimiter that stands most often in the first line that is not empty, outside quotes."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for letter in text.lstrip():
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in _ENDS:
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    return max(_DELIMITERS, key=lambda each: counts[each])


class _Reader:
    """Goes through a text once, cell by cell."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._ends = re.compile(f"[{delimiter}\r\n]")
        self._at = 0
        self._line = 1

    def rows(self) -> list[Row]:
        """All rows that are not empty."""
        found: list[Row] = []
        while self._at < len(self._text):
            row = self._row()
            if any(cell.strip() for cell in row.cells):
                found.append(row)
            if len(found) > MOST_ROWS + 1:
                raise TooLarge(f"At most {MOST_ROWS} rows at a time.", code="too_many_rows")
        return found

    def _row(self) -> Row:
        line, cells = self._line, [self._cell()]
        while self._take(self._delimiter):
            if len(cells) == MOST_COLUMNS:
                raise TooLarge(
                    f"Line {line} has more than {MOST_COLUMNS} columns.",
                    code="too_many_columns",
                )
            cells.append(self._cell())
        self._end_line()
        return Row(line, tuple(cells))

    def _cell(self) -> str:
        line = self._line
        cell = self._quoted() if self._take('"') else self._plain()
        if len(cell) > LONGEST_CELL:
            raise TooLarge(
                f"A cell in line {line} has more than {LONGEST_CELL} characters.",
                code="cell_too_long",
            )
        return cell

    def _plain(self) -> str:
        """Up to the next delimiter or end; a quote inside is a letter as any other."""
        start, end = self._at, self._ends.search(self._text, self._at)
        self._at = len(self._text) if end is None else end.start()
        return self._text[start : self._at]

    def _quoted(self) -> str:
        """Up to the quote that ends it; two quotes are one."""
        line, pieces = self._line, []
        while True:
            end = self._text.find('"', self._at)
            if end < 0:
                raise InvalidInput(
                    f"The quote that begins in line {line} does not end.",
                    code="bad_csv",
                )
            pieces.append(self._text[self._at : end])
            self._at = end + 1
            if not self._take('"'):
                break
            pieces.append('"')
        whole = "".join(pieces)
        self._line += _lines(whole)
        self._leave_quotes()
        return whole

    def _leave_quotes(self) -> None:
        """Nothing but spaces stands between a closing quote and the next cell."""
        if self._plain().strip():
            raise InvalidInput(
                f"Text stands behind a closing quote in line {self._line}.",
                code="bad_csv",
            )

    def _end_line(self) -> None:
        if self._take("\r"):
            self._take("\n")
        else:
            self._take("\n")
        self._line += 1

    def _take(self, letter: str) -> bool:
        taken = self._text.startswith(letter, self._at)
        if taken:
            self._at += 1
        return taken


def _lines(text: str) -> int:
    """How many lines end in a text."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")
