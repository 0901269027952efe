"""What a check found, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Level = Literal["ok", "note", "warn", "fail"]


class Finding(Struct, frozen=True):
    """One line. `advice` says what to do about it; what is well needs none."""

    level: Level
    about: str
    text: str
    advice: str = ""


def ok(about: str, text: str) -> Finding:
    """It is well."""
    return Finding("ok", about, text)


def note(about: str, text: str, advice: str = "") -> Finding:
    """It is well, and good to know."""
    return Finding("note", about, text, advice)


def warn(about: str, text: str, advice: str) -> Finding:
    """It works, and may not for long or not for everybody."""
    return Finding("warn", about, text, advice)


def fail(about: str, text: str, advice: str) -> Finding:
    """It does not work."""
    return Finding("fail", about, text, advice)


def shown(findings: Sequence[Finding]) -> str:
    """The lines as people read them, and the sum at the end."""
    lines: list[str] = []
    for found in findings:
        lines.append(f"  {found.level:<4}  {found.about:<12}  {found.text}")
        if found.advice:
            lines.append(f"        {'':<12}  → {found.advice}")
    return "\n".join([*lines, "", f"  {_sum(findings)}"])


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(found.level == "fail" for found in findings)
    doubtful = sum(found.level == "warn" for found in findings)
    if wrong:
        return f"{wrong} of {len(findings)} checks failed; begin with the first."
    if doubtful:
        return f"It will run; {doubtful} of {len(findings)} checks ask for a look."
    return f"All {len(findings)} checks are well."
