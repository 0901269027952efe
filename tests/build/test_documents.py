"""What the documents tell is so: their links, paths, settings and commands are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from offhook.app import config

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: What begins like this is a path of the repository; the rest in backticks may be anything.
_ROOTS = "offhook|signalling|media|messaging|web|tests|bench|docs|deploy|scripts|requirements"
_PATH = re.compile(rf"`((?:{_ROOTS})/[\w./-]*)`")


def each(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Iterator[tuple[Path, str]]:
    """What the pattern's group finds in the documents, with the document."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        yield from ((document, found) for found in re.findall(pattern, text, flags))


def test_links_lead_somewhere() -> None:
    links = [(at, link) for at, link in each(r"\]\(([^)#]+)[^)]*\)") if "://" not in link]
    assert links
    assert [(at.name, link) for at, link in links if not (at.parent / link).exists()] == []


def test_paths_are_there() -> None:
    paths = list(each(_PATH.pattern))
    assert paths
    assert [(at.name, path) for at, path in paths if not (ROOT / path).exists()] == []


def test_settings_are_declared_and_valid(tmp_path: Path) -> None:
    blocks = list(each(r"^```toml\n(.*?)^```", re.M | re.S))
    assert blocks
    for at, block in blocks:
        file = tmp_path / f"{at.stem}.toml"
        file.write_text(block, encoding="utf-8")
        config.load({}, file=file, environment={})


def test_variables_are_settings() -> None:
    known = {f"OFFHOOK_{name.upper()}" for name in config.Config.__struct_fields__}
    told = {name for _, name in each(r"\b(OFFHOOK_[A-Z_]+)\b")}
    assert told <= known | {"OFFHOOK_CONFIG", "OFFHOOK_API_KEY", "OFFHOOK_API_SECRET"}
