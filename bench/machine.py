"""What machine a measurement was made on: figures mean nothing without it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

from msgspec import Struct

#: Libraries whose version changes what we measure.
LIBRARIES = (
    "aiohttp",
    "aiortc",
    "av",
    "cryptography",
    "msgspec",
    "numpy",
    "pylibsrtp",
    "pyopenssl",
    "python-socketio",
    "sqlalchemy",
    "uvloop",
)


class Machine(Struct, frozen=True):
    """The facts that go with every result; the load average is of the moment before measuring."""

    cpu: str
    cores: int
    memory_gib: float
    kernel: str
    python: str
    libraries: dict[str, str]
    load_average: tuple[float, float, float]
    commit: str

    def __str__(self) -> str:
        """A paragraph of Markdown."""
        libraries = ", ".join(f"{name} {version}" for name, version in self.libraries.items())
        load = " / ".join(f"{figure:.2f}" for figure in self.load_average)
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory_gib:.0f} GiB, Linux {self.kernel}, "
            f"Python {self.python}; {libraries}. Load average before: {load}. "
            f"Commit {self.commit}."
        )


def facts() -> Machine:
    """Look at this machine now."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        kernel=platform.release(),
        python=platform.python_version(),
        libraries={name: version for name in LIBRARIES if (version := _version(name))},
        load_average=os.getloadavg(),
        commit=_commit(),
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"
