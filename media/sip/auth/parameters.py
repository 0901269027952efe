"""Schemes with `name=value` lists, as authentication headers carry them (RFC 3261 25.1).

One header may hold several challenges, and commas stand between parameters, between challenges
and inside quotes; so the text is read from left to right, never split.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from offhook.core.errors import MalformedInput

#: Characters of one header, parameters of one challenge and challenges of one header.
MAX_LENGTH, MAX_PARAMETERS, MAX_SCHEMES = 4096, 32, 16

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = r'"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x1f\x7f])*)"'
#: A value that should have been quoted is taken when it has no comma, quote or blank.
_BARE = r'[^\s",;\x00-\x1f\x7f=][^\s",\x00-\x1f\x7f]*'
_PARAMETER = re.compile(rf"({_WORD})[ \t]*=[ \t]*(?:{_QUOTED}|({_BARE}))[ \t]*(?=,|\Z)")
_SCHEME = re.compile(rf"({_WORD})(?=[ \t,]|\Z)[ \t]*(?:[\-._~+/0-9A-Za-z]+=*[ \t]*(?=,|\Z))?")
_BETWEEN = re.compile(r"[ \t,]*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class BadDigest(MalformedInput):
    """An authentication header cannot be read; a request that carries it is answered 400."""

    code = "bad_digest"
    sip_status = 400


def parse(text: str) -> list[tuple[str, dict[str, str]]]:
    """The schemes of one header value with their parameters, names in lower case, quotes removed.

    A scheme's token68 (`Negotiate abc==`) is passed over. Raises `BadDigest`.
    """
    if len(text) > MAX_LENGTH:
        raise BadDigest("The authentication header is too long.")
    out: list[tuple[str, dict[str, str]]] = []
    text = text.replace("\r\n", " ")
    at = _after(text, 0)
    while at < len(text):
        if found := _PARAMETER.match(text, at):
            _keep(out, found)
        elif found := _SCHEME.match(text, at):
            out.append((found[1], {}))
        else:
            raise BadDigest("The authentication header cannot be read.", position=at + 1)
        if len(out) > MAX_SCHEMES:
            raise BadDigest("The authentication header has too many challenges.")
        at = _after(text, found.end())
    return out


def _after(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _keep(out: list[tuple[str, dict[str, str]]], found: re.Match[str]) -> None:
    if not out:
        raise BadDigest("The authentication header does not begin with its scheme.")
    values, name = out[-1][1], found[1].lower()
    if name in values or len(values) >= MAX_PARAMETERS:
        raise BadDigest(f"The authentication header has {name} twice, or too many parameters.")
    values[name] = found[3] if found[2] is None else _ESCAPED.sub(r"\1", found[2])


def quoted(value: str) -> str:
    """A quoted string (RFC 3261 25.1). Raises `BadDigest` for what no header can carry."""
    if _UNWRITABLE.search(value):
        raise BadDigest("A control character cannot be written in a header.")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(scheme: str, values: Iterable[tuple[str, str | None]]) -> str:
    """A header value; values are written as given, those that are None are left out."""
    return f"{scheme} " + ", ".join(
        f"{name}={value}" for name, value in values if value is not None
    )
