"""docs/rfc.md says what the tests say."""

from __future__ import annotations

import pytest

from scripts.conformance import PAGE, claims, page

pytestmark = pytest.mark.unit


def test_the_table_of_sections_is_made_of_the_tests() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python scripts/conformance.py"


def test_the_sections_that_calls_depend_on_are_shown() -> None:
    shown = {(rfc, section[:2]) for rfc, section, _ in claims()}
    for chapter in ((9, 1), (10, 3), (12, 1), (12, 2), (13, 2), (13, 3), (15, 1), (17, 1), (17, 2)):
        assert ("3261", chapter) in shown
    for rfc in ("3262", "3264", "3581", "4028", "4475", "4733", "5407", "6026", "7616"):
        assert any(each == rfc for each, _ in shown), rfc
