"""What a newcomer meets first: a missing piece is named with the command that brings it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
_TOOLS = ("sh", "dirname", "id", "env")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that stands for the PATH of a bare machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in _TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def put(folder: Path, name: str, script: str) -> None:
    """Install a program of a few lines of shell."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def run(script: Path, programs: Path, at: Path) -> subprocess.CompletedProcess[str]:
    """Run one of our scripts on the bare machine."""
    return subprocess.run(
        [script], cwd=at, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )


def test_a_machine_without_python_is_told_how_to_get_it(programs: Path, tmp_path: Path) -> None:
    said = run(SCRIPTS / "preflight", programs, tmp_path)
    assert said.returncode == 1
    assert "this machine has none" in said.stderr
    assert "apt-get install -y python3 python3-venv" in said.stderr


def test_a_python_that_is_too_old_is_named(programs: Path, tmp_path: Path) -> None:
    put(programs, "python3", '[ "$1" = --version ] && echo Python 3.9.2; exit 1')
    said = run(SCRIPTS / "preflight", programs, tmp_path)
    assert said.returncode == 1
    assert "needs Python 3.11 or newer; this machine has Python 3.9.2" in said.stderr


def test_a_python_without_venv_is_told_which_package_has_it(programs: Path, tmp_path: Path) -> None:
    put(programs, "python3", 'case "$*" in *venv*) exit 1 ;; esac; exit 0')
    said = run(SCRIPTS / "preflight", programs, tmp_path)
    assert said.returncode == 1
    assert "apt-get install -y python3-venv" in said.stderr


def test_a_newer_python_beside_an_old_one_is_found(programs: Path, tmp_path: Path) -> None:
    put(programs, "python3", "exit 1")
    put(programs, "python3.12", f'exec {sys.executable} "$@"')
    said = run(SCRIPTS / "preflight", programs, tmp_path)
    assert (said.returncode, said.stdout.strip()) == (0, str(programs / "python3.12"))


@pytest.fixture
def wanting(tmp_path: Path) -> Path:
    """A copy of apt-packages whose list has one program that is here and one that is not."""
    script = tmp_path / "apt-packages"
    shutil.copy(SCRIPTS / "apt-packages", script)
    lines = "# a comment\npresent /bin/sh it is here\nabsent /usr/bin/absent it is not\n"
    (tmp_path / "apt-packages.txt").write_text(lines, encoding="utf-8")
    return script


def test_without_root_the_packages_are_named_and_nothing_is_done(
    wanting: Path, programs: Path, tmp_path: Path
) -> None:
    (programs / "id").unlink()
    put(programs, "id", "echo 1000")
    put(programs, "apt-get", "echo it was called; exit 1")
    said = run(wanting, programs, tmp_path)
    assert said.returncode == 1
    assert "    apt-get install -y --no-install-recommends absent\n" in said.stderr
    assert "called" not in said.stdout + said.stderr


def test_a_machine_that_is_not_debian_is_told_what_is_missing(
    wanting: Path, programs: Path, tmp_path: Path
) -> None:
    said = run(wanting, programs, tmp_path)
    assert said.returncode == 1
    assert "these Debian packages, or their like here: absent" in said.stderr


def test_nothing_is_asked_for_when_all_is_there(
    wanting: Path, programs: Path, tmp_path: Path
) -> None:
    (tmp_path / "apt-packages.txt").write_text("present /bin/sh it is here\n", encoding="utf-8")
    said = run(wanting, programs, tmp_path)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_each_package_has_its_reason() -> None:
    for line in (SCRIPTS / "apt-packages.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert len(line.split(maxsplit=2)) == 3, line


def test_scripts_can_be_run() -> None:
    assert all(os.access(SCRIPTS / name, os.X_OK) for name in ("preflight", "apt-packages", "lock"))
