"""Every test that docs/pains.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

_ROOT = Path(__file__).parents[2]
_PYTHON = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_WEB = re.compile(r"`(web/[\w/.-]+\.test\.ts)`: \*([^*]+)\*")


def test_every_pain_has_a_test_that_exists() -> None:
    table = (_ROOT / "docs" / "pains.md").read_text(encoding="utf-8")
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for row in rows:
        named = [(file, f"def {test}(") for file, test in _PYTHON.findall(row)]
        named += [(file, f'test("{test}"') for file, test in _WEB.findall(row)]
        assert named, row
        for file, test in named:
            assert test in (_ROOT / file).read_text(encoding="utf-8"), f"{file}: {test}"
