"""deploy/Dockerfile without an engine: its pages build from exactly what it copies."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.build.compose import ROOT, instructions

pytestmark = pytest.mark.integration

DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def stage(name: str) -> list[tuple[str, str]]:
    """The instructions of one stage."""
    steps: list[tuple[str, str]] = []
    inside = False
    for word, rest in instructions(DOCKERFILE):
        if word == "FROM":
            inside = rest.endswith(f" AS {name}")
        elif inside:
            steps.append((word, rest))
    return steps


def lay_out(steps: list[tuple[str, str]], root: Path) -> Path:
    """Copy what the stage copies under `root`; return its working folder."""
    working = PurePosixPath("/")
    for word, rest in steps:
        if word == "WORKDIR":
            working = PurePosixPath(rest)
        elif word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                put(ROOT / source, root / (working / target).relative_to("/"))
    return root / working.relative_to("/")


def put(source: Path, target: Path) -> None:
    """As COPY does: a folder's content into the target, a file into the target folder."""
    if source.is_dir():
        left_out = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def test_the_pages_build_from_what_the_image_copies(tmp_path: Path) -> None:
    steps = stage("pages")
    web = lay_out(steps, tmp_path)
    (web / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    build = next(rest for word, rest in reversed(steps) if word == "RUN")
    path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(build.split(), cwd=web, env={**os.environ, "PATH": path}, check=True)
    copied = next(rest for _, rest in stage("packages") if "--from=pages" in rest).split()[1]
    assert (tmp_path / copied.lstrip("/") / "index.html").is_file()


def test_the_web_toolchain_is_installed_as_make_installs_it() -> None:
    runs = [rest for word, rest in stage("pages") if word == "RUN"]
    assert runs[0].startswith("npm ci --ignore-scripts")


def test_packages_are_checked_by_hash_and_not_compiled() -> None:
    installs = [rest for word, rest in stage("packages") if "pip install" in rest]
    assert all("--no-index" in line or "--require-hashes" in line for line in installs)
    assert "--only-binary=:all:" in installs[0]
