"""What every clone may rely on: pinned versions, small files, and no trace of one machine."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NPM_LOCK = ROOT / "web" / "package-lock.json"
_MEGABYTE = 1_000_000
#: `.dat` are messages of RFC 4475 to the byte.
_BINARY = {".png", ".ico", ".wav", ".woff2", ".dat"}
_REGISTRIES = ("files.pythonhosted", "pypi.", "registry.npmjs", "registry.yarnpkg", "crates.io")
#: Folders of somebody's machine; /tmp and the like are fine as such, a file in them is not.
_MACHINE_PATHS = re.compile(r"(?<![\w.$}:])/(?:work|root|home/\w+)/[\w.-]+|/tmp/[\w-]+/\w")


def tracked() -> Iterator[Path]:
    """The files that a clone of this commit has."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


def texts() -> Iterator[tuple[str, str]]:
    """The tracked files that are text, by name."""
    for path in tracked():
        if path.suffix not in _BINARY:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_file_pins_each_package_by_version_and_hash(lock: Path) -> None:
    requirements = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.-]+==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_file_names_no_download_address(lock: Path) -> None:
    assert not re.search(r"://|--index|--find-links", lock.read_text(encoding="utf-8"))


def test_the_tests_run_on_the_versions_that_the_server_runs_on() -> None:
    run, dev = (_pins(ROOT / "requirements" / f"{name}.txt") for name in ("run", "dev"))
    assert run.items() <= dev.items()


def test_every_declared_dependency_is_locked() -> None:
    assert _dependencies() <= _pins(ROOT / "requirements" / "dev.txt").keys()


def test_the_npm_lock_names_no_download_address() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_the_npm_lock_has_every_platform_of_its_packages() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    wanted = {
        name for package in packages.values() for name in package.get("optionalDependencies", ())
    }
    locked = {path.rpartition("node_modules/")[2] for path in packages}
    assert wanted <= locked


def test_no_file_is_larger_than_a_megabyte() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > _MEGABYTE] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [(name, match[0]) for name, text in texts() for match in _MACHINE_PATHS.finditer(text)]
    assert found == []


def test_no_file_names_the_host_of_a_package_registry() -> None:
    ours = str(Path(__file__).relative_to(ROOT))
    found = [name for name, text in texts() if name != ours and any(h in text for h in _REGISTRIES)]
    assert found == []


def test_every_file_ends_with_one_newline() -> None:
    assert [name for name, text in texts() if text and not re.search(r"[^\n]\n\Z", text)] == []


def _pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def _dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return {re.split(r"[=<>;\[ ]", requirement)[0].lower() for requirement in named}
