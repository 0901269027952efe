"""Read a session description (RFC 8866 5, 9).

Attributes that nobody knows are kept; a type letter that nobody knows spoils the whole, as the RFC
has it. Lines that say nothing to a telephone (u= e= p= r= z= and the retired k=) are passed over.
Lines may end in LF alone, and s= and t= may be missing, because such phones exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from media.sip.sdp.description import Attribute, Description, Media
from media.sip.sdp.errors import BadDescription
from media.sip.sdp.values import Connection, Origin

#: Bytes and lines of a description, its m-lines, the formats of one, characters of one line.
MAX_BYTES, MAX_LINES, MAX_MEDIA, MAX_FORMATS, MAX_LINE = 65_535, 1_000, 32, 128, 4_096

_WORD = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
_MEDIA = re.compile(
    rf"({_WORD}) +([0-9]{{1,5}})(?:/([1-9][0-9]{{0,4}}))? +({_WORD}(?:/{_WORD}){{0,7}})"
    rf"((?: +{_WORD})*) *\Z"
)
_NAME = re.compile(rf"{_WORD}\Z")
_TIMES = re.compile(r"[0-9]{1,20} +[0-9]{1,20} *\Z")
_SESSION, _SECTION, _ONCE = frozenset("vosiuepcbtrzka"), frozenset("micbka"), frozenset("voscium")

#: A line: its letter and its value.
_Line = tuple[str, str]


def parse(data: bytes | str) -> Description:
    """The description; raises `BadDescription` when it cannot be read."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise BadDescription("The description is too long.")
    session, *sections = _sections(list(_lines(text)))
    if len(sections) > MAX_MEDIA:
        raise BadDescription("The description has too many m-lines.")
    _check(session, _SESSION)
    if session[0] != ("v", "0"):
        raise BadDescription("A description begins with v=0.")
    times = tuple(_time(value) for value in _all(session, "t"))
    return Description(
        origin=Origin.parse(_one(session, "o") or ""),
        media=tuple(_media(section) for section in sections),
        connection=_connection(session),
        name=_one(session, "s") or "-",
        title=_one(session, "i"),
        bandwidths=_all(session, "b"),
        times=times or ("0 0",),
        attributes=_attributes(session),
    )


def _lines(text: str) -> Iterator[_Line]:
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise BadDescription("The description has too many lines.")
    while lines and not lines[-1].strip("\r"):
        lines.pop()
    for line in lines:
        line = line.removesuffix("\r")
        if line[1:2] != "=" or len(line) > MAX_LINE or "\0" in line or "\r" in line:
            raise BadDescription("A line is not of the form x=value.")
        yield line[0], line[2:]


def _sections(lines: Sequence[_Line]) -> list[list[_Line]]:
    """The session's lines, then those of each m-line."""
    out: list[list[_Line]] = [[]]
    for line in lines:
        if line[0] == "m":
            out.append([])
        out[-1].append(line)
    if not out[0]:
        raise BadDescription("A description begins with v=0.")
    return out


def _check(lines: Sequence[_Line], known: frozenset[str]) -> None:
    """Every letter is known here, and those that stand once do. Of c= under an m-line the first
    counts, as several are for groups only."""
    seen: set[str] = set()
    for letter, _ in lines:
        if letter not in known:
            raise BadDescription(f"A line {letter}= is not known here.")
        if letter in seen and letter in _ONCE and (letter, known) != ("c", _SECTION):
            raise BadDescription(f"There are two lines {letter}=.")
        seen.add(letter)


def _all(lines: Sequence[_Line], letter: str) -> tuple[str, ...]:
    return tuple(value for found, value in lines if found == letter)


def _one(lines: Sequence[_Line], letter: str) -> str | None:
    return next(iter(_all(lines, letter)), None)


def _connection(lines: Sequence[_Line]) -> Connection | None:
    value = _one(lines, "c")
    return None if value is None else Connection.parse(value)


def _time(value: str) -> str:
    if not _TIMES.match(value):
        raise BadDescription("A t= line has two numbers.")
    return " ".join(value.split())


def _attributes(lines: Sequence[_Line]) -> tuple[Attribute, ...]:
    return tuple(_attribute(value) for value in _all(lines, "a"))


def _attribute(text: str) -> Attribute:
    name, colon, value = text.partition(":")
    if not _NAME.match(name):
        raise BadDescription("An a= line has no name.")
    return name, value if colon else None


def _media(lines: Sequence[_Line]) -> Media:
    _check(lines, _SECTION)
    found = _MEDIA.match(lines[0][1])
    if found is None or int(found[2]) > 65_535:
        raise BadDescription("An m-line cannot be read.")
    port, formats = int(found[2]), tuple(found[5].split())
    if len(formats) > MAX_FORMATS or (port and not formats):
        raise BadDescription("An m-line has no formats, or too many.")
    return Media(
        kind=found[1],
        port=port,
        protocol=found[4],
        formats=formats or ("0",),
        attributes=_attributes(lines),
        connection=_connection(lines),
        ports=int(found[3] or 1),
        title=_one(lines, "i"),
        bandwidths=_all(lines, "b"),
    )
