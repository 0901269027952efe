"""Runs the measurements of this folder, one after the other, each in a process of its own.

Run: python -m bench.run [--soak] [name…]. A measurement is a module with a `main()` that returns
an exit code; one called soak_… belongs to `make soak`, the others to `make bench`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import performance

HERE = Path(__file__).parent
_SOAK = "soak_"


def measurements(folder: Path = HERE, *, soak: bool = False) -> list[str]:
    """The names of the modules that measure, in order."""
    return [
        path.stem
        for path in sorted(folder.glob("*.py"))
        if path.stem != Path(__file__).stem
        and path.stem.startswith(_SOAK) == soak
        and _has_main(path)
    ]


def _has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def main(arguments: Sequence[str]) -> int:
    """Run those that are named, or all; return 1 when any failed or broke a promise."""
    soak = "--soak" in arguments
    known = measurements(soak=soak)
    wanted = [argument for argument in arguments if argument != "--soak"]
    if unknown := sorted(set(wanted) - set(known)):
        sys.stderr.write(f"There is no measurement {unknown[0]!r}; there are {', '.join(known)}.\n")
        return 2
    broken = []
    for name in wanted or known:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            broken.append(name)
    performance.write()
    sys.stdout.write(f"\nBroken or failed: {', '.join(broken) or 'none'}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
