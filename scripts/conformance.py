"""Writes docs/rfc.md: which test shows which section of which RFC, from the tests' own words.

Run: python scripts/conformance.py. A test names its sections in its docstring, as in
`(RFC 3261 17.1.1.2, 17.1.1.3; RFC 6026 7.1)`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rfc.md"
FOLDERS = ("tests/media/sip", "tests/media/rtp")

_SECTION = r"\d+(?:\.\d+)*"
_NAMED = re.compile(
    rf"RFC (\d+)(?:,)?(?: (?:sections? )?({_SECTION}(?:(?:, | and )(?:section )?{_SECTION})*))?"
)
_NUMBERS = re.compile(_SECTION)
_TITLES = {
    "2069": "Digest, as it was first",
    "2543": "SIP, as it was before",
    "2617": "Digest, as it was before",
    "2833": "Telephone events, as they were first",
    "3261": "SIP",
    "3262": "Reliable provisional responses",
    "3264": "Offer and answer",
    "3311": "UPDATE",
    "3327": "Path",
    "3389": "Comfort noise",
    "3515": "REFER",
    "3550": "RTP and RTCP",
    "3551": "Audio profiles",
    "3581": "rport",
    "3605": "RTCP ports in SDP",
    "3711": "SRTP",
    "3966": "tel addresses",
    "4028": "Session timers",
    "4320": "Answers that come too late",
    "4475": "Torture messages",
    "4566": "SDP, as it was before",
    "4568": "Keys of SRTP in SDP",
    "4733": "Telephone events",
    "5118": "Torture messages with IPv6",
    "5407": "Races",
    "5626": "Connections that clients open",
    "5761": "RTP and RTCP on one port",
    "5954": "How IPv6 addresses are written",
    "6026": "2xx of INVITE in transactions",
    "6141": "Failed re-INVITEs",
    "6157": "IPv4 and IPv6 in SIP",
    "6337": "Offer and answer in SIP",
    "6716": "Opus",
    "7235": "Authentication in HTTP",
    "7587": "Opus in RTP",
    "7616": "Digest",
    "7714": "AES-GCM for SRTP",
    "8760": "SHA-256 for SIP",
    "8866": "SDP",
}

Claim = tuple[str, tuple[int, ...], str]


def claims(root: Path = ROOT) -> Iterator[Claim]:
    """RFC, section, and the test that shows it."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("test_*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            where = path.relative_to(root).as_posix()
            yield from _claims_of(module, where)
            for each in module.body:
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from _claims_of(each, f"{where}::{each.name}")


def _claims_of(
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef, where: str
) -> Iterator[Claim]:
    for found in _NAMED.finditer(" ".join((ast.get_docstring(node) or "").split())):
        for section in _NUMBERS.findall(found[2] or "") or [""]:
            yield found[1], tuple(int(part) for part in section.split(".") if part), where


def page(root: Path = ROOT) -> str:
    """The whole of docs/rfc.md."""
    by_rfc: dict[str, dict[tuple[int, ...], list[str]]] = {}
    for rfc, section, where in claims(root):
        tests = by_rfc.setdefault(rfc, {}).setdefault(section, [])
        if where not in tests:
            tests.append(where)
    lines = [
        "# Which test shows which section",
        "",
        "Made by `scripts/conformance.py` from the docstrings of the tests of SIP and RTP; a file",
        "without a test's name is about the section as a whole.",
    ]
    for rfc in sorted(by_rfc, key=int):
        title = f": {_TITLES[rfc]}" if rfc in _TITLES else ""
        lines += ["", f"## RFC {rfc}{title}", "", "| section | shown by |", "|---|---|"]
        for section, tests in sorted(by_rfc[rfc].items()):
            shown = "<br>".join(f"`{_short(test)}`" for test in tests)
            lines.append(f"| {'.'.join(map(str, section)) or 'as a whole'} | {shown} |")
    return "\n".join(lines) + "\n"


def _short(where: str) -> str:
    return where.removeprefix("tests/media/")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
