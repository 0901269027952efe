"""What is fuzzed: a function of bytes that may raise its declared errors, and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Target:
    """One parser. `make` gives the function, with what it needs made once; `modules` are guided
    by, and `seeds` what it reads in earnest."""

    name: str
    make: Callable[[], Callable[[bytes], object]]
    allowed: tuple[type[Exception], ...]
    seeds: Sequence[bytes]
    longest: int = 2048

    @property
    def path(self) -> Path:
        """Where its interesting inputs are kept: one in base64 on each line."""
        return CORPUS / f"{self.name}.txt"

    def corpus(self) -> list[bytes]:
        """The seeds, and what was found interesting before."""
        kept = self.path.read_text(encoding="ascii").split("\n") if self.path.exists() else []
        return [*self.seeds, *(base64.b64decode(line) for line in kept if line)]

    def keep(self, inputs: Sequence[bytes]) -> None:
        """Write the interesting inputs anew, shortest first."""
        lines = {base64.b64encode(data).decode() for data in inputs} - {""}
        text = "".join(f"{line}\n" for line in sorted(lines, key=lambda line: (len(line), line)))
        CORPUS.mkdir(exist_ok=True)
        self.path.write_text(text, encoding="ascii")


def guarded(target: Target) -> Callable[[bytes], None]:
    """The target as a function that raises only what it may not."""
    run = target.make()

    def once(data: bytes) -> None:
        try:
            run(data)
        except target.allowed:
            return

    return once
