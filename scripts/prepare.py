"""Makes what `make run` and `make test` need, each step only when what it is made from changed.

Run: python3 -S scripts/prepare.py run|test|lock. It uses the standard library alone. A step leaves
a stamp in .make/ with the hash of its inputs, and its full output in .make/<step>.log.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / ".make"
STATIC = ROOT / "offhook" / "app" / "static"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
#: The oldest Node that the web toolchain runs on.
NODE_FLOOR = 22

#: Plain Python that its authors publish as source alone.
PLAIN_SOURCES = ("forbiddenfruit",)

_NPM_CI = (
    *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"),
    *("--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=5000"),
)
_PIP = (
    *("-m", "pip", "--disable-pip-version-check", "--no-input", "install"),
    *("--quiet", "--progress-bar", "off", "--no-warn-script-location"),
)


class Failed(Exception):
    """A step did not succeed; the text says what to look at."""


@dataclass(frozen=True)
class Step:
    """One thing to make: from which files and facts, what shows that it is there, and how."""

    name: str
    says: str
    files: Sequence[Path]
    facts: Sequence[str]
    made: Sequence[Path]
    do: Callable[[Shell], None]

    def key(self) -> str:
        """The hash of everything that this step depends on."""
        digest = hashlib.sha256("\0".join(self.facts).encode())
        for path in sorted(self.files):
            digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def is_done(self, key: str) -> bool:
        """Whether the stamp carries this key and the result is still there."""
        stamp = STAMPS / self.name
        return stamp.is_file() and stamp.read_text() == key and all(_is_there(p) for p in self.made)


class Shell:
    """Runs commands at the root of the checkout, with their output in the log of one step."""

    def __init__(self, log: Path) -> None:
        self._log = log
        log.write_bytes(b"")

    def run(self, *command: str | Path, at: Path = ROOT) -> None:
        """Run one command; raise `Failed` with the end of its output when it fails."""
        with self._log.open("ab") as log:
            log.write(f"$ {' '.join(map(str, command))}\n".encode())
            log.flush()
            try:
                done = subprocess.run(
                    [str(part) for part in command],
                    cwd=at,
                    env=environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
            except OSError as error:
                raise Failed(f"cannot run {command[0]}: {error.strerror}") from error
        if done.returncode != 0:
            raise Failed(self._explained(str(command[0]), done.returncode))

    def _explained(self, program: str, status: int) -> str:
        said = self._log.read_text(errors="replace").splitlines()
        if len(said) > 30:
            said = [*said[:12], "...", *said[-18:]]
        lines = [f"    {line}" for line in said]
        name = Path(program).name
        return "\n".join([*lines, f"{name} exited with {status}; all of it: {_shown(self._log)}"])


def environment() -> dict[str, str]:
    """Ours, with the programs of the virtual environment first.

    Node trusts the machine's certificates too, where a company has added its own.
    """
    path = os.environ.get("PATH", "/usr/bin:/bin")
    trusted = {"NODE_EXTRA_CA_CERTS": str(CERTIFICATES)} if CERTIFICATES.is_file() else {}
    ours = {"PATH": f"{VENV / 'bin'}{os.pathsep}{path}", "VIRTUAL_ENV": str(VENV)}
    return {**trusted, **os.environ, **ours}


def venv() -> Step:
    """The virtual environment; made anew for another Python or in another place."""

    def do(shell: Shell) -> None:
        shutil.rmtree(VENV, ignore_errors=True)
        shell.run(interpreter(), "-m", "venv", VENV)

    facts = [sys.version, interpreter(), str(ROOT)]
    return Step("venv", "Virtual environment in .venv", [], facts, [PYTHON], do)


def interpreter() -> str:
    """The Python under all environments: the one that runs this, or what its own is made of."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def packages(name: str, says: str, *locks: str) -> Step:
    """The packages of some lock files, each checked against its hash, none compiled here.

    The lock of the build tool comes first: what has no wheel (`PLAIN_SOURCES`) is packed by it.
    """
    files = [ROOT / "requirements" / f"{lock}.txt" for lock in locks]

    def do(shell: Shell) -> None:
        wheels = ("--only-binary=:all:", f"--no-binary={','.join(PLAIN_SOURCES)}")
        for file in files:
            shell.run(
                *(PYTHON, *_PIP, "--require-hashes", "--no-build-isolation", "--use-pep517"),
                *wheels,
                "-r",
                file,
            )

    return Step(name, says, files, [_identity()], [PYTHON], do)


def program() -> Step:
    """Offhook itself, run from this checkout."""

    def do(shell: Shell) -> None:
        shell.run(PYTHON, *_PIP, "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")

    files = [ROOT / "pyproject.toml"]
    made = [VENV / "bin" / "offhook"]
    return Step("program", "Offhook", files, [_identity()], made, do)


def node() -> Step:
    """Node: the system's when it is new enough, else the pinned one from the package index."""
    found = system_node()
    lock = ROOT / "requirements" / "node.txt"
    if found:
        return Step("node", f"Node {found} of this machine", [], [found], [], lambda shell: None)
    step = packages("node", "Node, inside the virtual environment", "node")
    return Step("node", step.says, [lock], step.facts, [VENV / "bin" / "npm"], step.do)


def web_packages() -> Step:
    """What the web toolchain is made of, exactly as locked, running no install script."""
    web = ROOT / "web"

    def do(shell: Shell) -> None:
        shell.run(*_NPM_CI, at=web)

    files = [web / "package.json", web / "package-lock.json"]
    made = [web / "node_modules" / ".package-lock.json"]
    return Step("web-packages", "Web toolchain", files, [], made, do)


def web() -> Step:
    """The pages, as the server hands them out."""

    def do(shell: Shell) -> None:
        shell.run("npm", "run", "build", at=ROOT / "web")

    return Step("web", "Web pages", [*_web_sources()], [], [STATIC], do)


def system_node() -> str:
    """The version of this machine's Node when it can build the pages, else nothing."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if folder != str(VENV / "bin"))
    here, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not here or not npm:
        return ""
    said = subprocess.run([here, "--version"], capture_output=True, text=True, check=False)
    version = re.fullmatch(r"v(\d+)\.\S+", said.stdout.strip())
    return said.stdout.strip() if version and int(version[1]) >= NODE_FLOOR else ""


def _web_sources() -> Iterator[Path]:
    places = [ROOT / "web", ROOT / "offhook" / "core" / "words"]
    for place in places:
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(set(folders) - {"node_modules", "coverage"})
            yield from (Path(folder) / name for name in names)


def _identity() -> str:
    made = VENV / "pyvenv.cfg"
    return f"made at {made.stat().st_mtime_ns}" if made.is_file() else "not made"


def _is_there(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


#: What each goal needs, in order. Steps are made one after the other: each looks at the last.
GOALS: dict[str, list[Callable[[], Step]]] = {
    "run": [
        venv,
        lambda: packages("packages", "Packages, each checked by its hash", "build", "run"),
        program,
        node,
        web_packages,
        web,
    ],
    "test": [
        venv,
        lambda: packages("packages-dev", "Packages with the tools of the tests", "build", "dev"),
        program,
        node,
        web_packages,
        web,
    ],
    "lock": [venv, lambda: packages("packages-lock", "The tool that locks versions", "lock")],
}


def say(text: str) -> None:
    """Write to the person who waits, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep two runs in one checkout from making the same thing at the same time."""
    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Waiting for another make in this checkout ...\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(step: Step) -> None:
    """Make one step unless it is done; say so in one line with the time it took."""
    key = step.key()
    if step.is_done(key):
        return
    stamp = STAMPS / step.name
    stamp.unlink(missing_ok=True)
    say(f"  {step.says} ... ")
    began = time.monotonic()
    try:
        step.do(Shell(STAMPS / f"{step.name}.log"))
    except Failed:
        say("failed\n")
        raise
    absent = [path for path in step.made if not _is_there(path)]
    if absent:
        raise Failed(f"{step.name} left no {_shown(absent[0])}")
    stamp.write_text(key)
    say(f"{time.monotonic() - began:.1f} s\n")


def main(arguments: Iterable[str]) -> int:
    """Make one goal; return 1 with what went wrong when a step fails."""
    goal = next(iter(arguments), "")
    if goal not in GOALS:
        sys.stderr.write(f"usage: prepare.py {'|'.join(GOALS)}\n")
        return 2
    try:
        with alone():
            for step in GOALS[goal]:
                make(step())
    except (Failed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
