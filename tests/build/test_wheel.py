"""What `pip install .` puts in place is all that the program needs: the image is made by it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("offhook", "signalling", "media", "messaging")
BESIDE = ("pyproject.toml", "README.md")


def tracked(folders: Sequence[str]) -> list[str]:
    """The tracked files in these folders."""
    command = ["git", "ls-files", "-z", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel of the tracked sources and one built page."""
    source = tmp_path_factory.mktemp("source")
    for name in [*tracked(PACKAGES), *BESIDE]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    page = source / "offhook" / "app" / "static" / "assets" / "page.js"
    page.parent.mkdir(parents=True)
    page.write_text("//\n", encoding="utf-8")
    how = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", "wheels")
    subprocess.run([sys.executable, "-m", "pip", "wheel", *how, "."], cwd=source, check=True)
    (made,) = (source / "wheels").glob("offhook-*.whl")
    with zipfile.ZipFile(made) as archive:
        return set(archive.namelist())


def test_it_has_every_file_of_our_packages(wheel: set[str]) -> None:
    assert set(tracked(PACKAGES)) <= wheel


def test_it_has_the_pages(wheel: set[str]) -> None:
    assert "offhook/app/static/assets/page.js" in wheel


def test_it_has_nothing_else(wheel: set[str]) -> None:
    assert {name.partition("/")[0] for name in wheel if ".dist-info" not in name} == set(PACKAGES)
