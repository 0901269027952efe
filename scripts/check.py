"""Runs the static checks and the web's unit tests, as many at once as there are cores.

Run: python scripts/check.py [name…]. Says one line a check; of one that fails, its output too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
BIN = ROOT / ".venv" / "bin"
WEB_BIN = WEB / "node_modules" / ".bin"


@dataclass(frozen=True)
class Check:
    """One tool with its arguments, and the folder it runs in."""

    name: str
    command: Sequence[str | Path]
    at: Path = ROOT


#: The slowest first, so that the short ones fill the gaps.
CHECKS = (
    Check("mypy", (BIN / "mypy",)),
    Check("vitest", (WEB_BIN / "vitest", "run"), WEB),
    Check("import contracts", (BIN / "lint-imports",)),
    Check("generated files", (BIN / "python", "-m", "offhook.app.generate", "--check")),
    Check("tsc", (WEB_BIN / "tsc", "--noEmit"), WEB),
    Check("biome", (WEB_BIN / "biome", "check", "--error-on-warnings"), WEB),
    Check("ruff", (BIN / "ruff", "check")),
    Check("ruff format", (BIN / "ruff", "format", "--check")),
)


@dataclass(frozen=True)
class Outcome:
    """How one check went."""

    check: Check
    passed: bool
    seconds: float
    output: str


def run(check: Check) -> Outcome:
    """Run one check to its end."""
    began = time.monotonic()
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '/usr/bin:/bin')}"
    done = subprocess.run(
        [str(part) for part in check.command],
        cwd=check.at,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(check, done.returncode == 0, time.monotonic() - began, done.stdout)


def report(outcome: Outcome) -> str:
    """One line, followed by the output when the check failed."""
    mark = "ok    " if outcome.passed else "FAILED"
    line = f"  {mark} {outcome.check.name} ({outcome.seconds:.1f} s)\n"
    return line if outcome.passed else f"{line}\n{outcome.output.rstrip()}\n\n"


def main(names: Sequence[str]) -> int:
    """Run the checks of these names, or all; return 1 when any failed."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        known = ", ".join(check.name for check in CHECKS)
        sys.stderr.write(f"There is no check {unknown.pop()!r}; there are {known}.\n")
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    all_passed = True
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for job in as_completed([pool.submit(run, check) for check in chosen]):
            outcome = job.result()
            all_passed &= outcome.passed
            sys.stdout.write(report(outcome))
            sys.stdout.flush()
    return 0 if all_passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
