"""Ten minutes of fuzzing for each parser, guided by coverage, two at a time.

Findings are told in base64. With --keep, the shortest of what was interesting stays in the corpus
of the tests.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import re
import sys
import tempfile
from pathlib import Path

from bench import report
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

SECONDS = 600
#: One that libFuzzer chooses.
_SEED = "0"
#: Bytes of interesting inputs that are kept for each target, and the longest one.
_KEPT, _LONGEST = 12_000, 1_500


async def fuzz(target: Target, seconds: int, folder: Path, turn: asyncio.Semaphore) -> int:
    """How many inputs it was given; what came of it is in the folder."""
    async with turn:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.fuzz.engine", target.name, str(seconds), str(folder), _SEED),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    counted = re.search(rb"stat::number_of_executed_units: +(\d+)", said)
    return int(counted[1]) if counted else 0


def _interesting(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "corpus").iterdir()]


def _found(folder: Path) -> list[str]:
    return [
        f"{folder.name}: {path.name} {base64.b64encode(path.read_bytes()).decode()}"
        for path in folder.iterdir()
        if path.is_file()
    ]


def _shortest(inputs: list[bytes], target: Target) -> list[bytes]:
    """The shortest that were found, as far as there is room."""
    kept: list[bytes] = []
    room = _KEPT
    for data in sorted(set(inputs) - set(target.seeds), key=len):
        room -= len(data)
        if room < 0 or len(data) > _LONGEST:
            break
        kept.append(data)
    return kept


async def fuzz_all(seconds: int, folder: Path) -> list[int]:
    """Fuzz all targets, two at a time; how many inputs each was given."""
    two = asyncio.Semaphore(2)
    return await asyncio.gather(
        *(fuzz(target, seconds, folder / target.name, two) for target in TARGETS.values())
    )


def soak(page: report.Report, seconds: int, *, keep: bool) -> None:
    """Fuzz all; a finding breaks the promise."""
    findings: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = asyncio.run(fuzz_all(seconds, folder))
        for target, inputs in zip(TARGETS.values(), counts, strict=True):
            interesting = _interesting(folder / target.name)
            page.figure(f"{target.name}: inputs", inputs, "", at_least=1)
            page.figure(f"{target.name}: interesting", len(interesting), "")
            findings += _found(folder / target.name)
            if keep:
                target.keep(_shortest(interesting, target))
    page.figure("findings", len(findings), "", at_most=0)
    for finding in findings:
        page.note(finding)


def main() -> int:
    """Fuzz, print, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for each parser")
    parser.add_argument("--keep", action="store_true", help="keep what was interesting")
    given = parser.parse_args()
    page = report.begin("soak_fuzz", "Parsers under coverage-guided fuzzing")
    page.note(f"{given.seconds} seconds each, two at a time, by libFuzzer (atheris).")
    soak(page, given.seconds, keep=given.keep)
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
