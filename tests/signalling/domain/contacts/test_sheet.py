"""Tables as programs write them: RFC 4180, and what is met besides."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.errors import InvalidInput
from signalling.domain.contacts import sheet
from signalling.domain.contacts.card import Card
from signalling.domain.contacts.exporting import harmless, table
from signalling.domain.contacts.sheet import Delimiter, Sheet

pytestmark = pytest.mark.unit

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def read(text: str | bytes, delimiter: Delimiter | None = None) -> Sheet:
    return sheet.read(text if isinstance(text, bytes) else text.encode(), delimiter)


def cells(text: str | bytes, delimiter: Delimiter | None = None) -> list[tuple[str, ...]]:
    return [row.cells for row in read(text, delimiter).rows]


def refused(text: str | bytes) -> str:
    with pytest.raises(InvalidInput) as error:
        read(text)
    return error.value.code


def test_quotes_hold_delimiters_lines_and_quotes() -> None:
    found = read('name,notes\r\n"Ada, ""Countess""","two\r\nlines"\r\nBob,5" disk\r\n')
    assert found.heads == ("name", "notes")
    assert [row.cells for row in found.rows] == [
        ('Ada, "Countess"', "two\r\nlines"),
        ("Bob", '5" disk'),
    ]
    assert [row.line for row in found.rows] == [2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_heads(delimiter: Delimiter) -> None:
    text = f'name{delimiter}"a,b;c\td"{delimiter}e\nAda{delimiter}x{delimiter}y'
    assert read(text).delimiter == delimiter
    assert cells(text) == [("Ada", "x", "y")]


def test_what_excel_says_of_its_delimiter_counts() -> None:
    found = read("sep=;\r\na,b;c\r\n1;2\r\n")
    assert (found.heads, found.rows[0].cells, found.rows[0].line) == (("a,b", "c"), ("1", "2"), 3)


def test_the_encoding_is_found_and_told() -> None:
    utf8 = read("\ufeffname\nZoë")
    assert (utf8.encoding, utf8.heads, utf8.rows[0].cells) == ("utf-8", ("name",), ("Zoë",))
    latin = read("name\nZoë €".encode("windows-1252"))
    assert (latin.encoding, latin.rows[0].cells) == ("windows-1252", ("Zoë €",))


def test_empty_lines_are_passed_over_and_the_last_needs_no_end() -> None:
    assert cells("\n\na,b\n\n1,2\n,\n \n3,4") == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_csv"),
        (" \n,,\n", "empty_csv"),
        ('a,b\n"1,2\n', "bad_csv"),
        ('a,b\n"1"x,2\n', "bad_csv"),
        ("a\n\0", "bad_encoding"),
        ("a\nb".encode("utf-16"), "bad_encoding"),
        (b"a\n\x81\xff", "bad_encoding"),
        ("a" + "," * sheet.MOST_COLUMNS, "too_many_columns"),
        ("a\n" + "b" * (sheet.LONGEST_CELL + 1), "cell_too_long"),
        ("a\n" + "b\n" * (sheet.MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_what_is_no_table_is_refused(text: str | bytes, code: str) -> None:
    assert refused(text) == code


def test_as_many_rows_as_are_allowed_are_read() -> None:
    assert len(read("a\n" + "b\n" * sheet.MOST_ROWS).rows) == sheet.MOST_ROWS


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_pythons_csv_writes_is_read_as_it_was(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    kept = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert cells(written.getvalue(), ",") == kept


@given(CELLS, CELLS)
def test_what_is_exported_is_read_as_it_was(name: str, notes: str) -> None:
    found = read(table([Card(name=name, notes=notes, attributes={"tier": "gold"})]).encode())
    assert found.heads == (
        "name",
        "company",
        "email",
        "phone",
        "language",
        "notes",
        "attributes.tier",
    )
    assert found.rows[0].cells == (harmless(name), "", "", "", "", harmless(notes), "gold")


@pytest.mark.parametrize("cell", ["=1+2", "+33612345678", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"x{cell}") == f"x{cell}"
