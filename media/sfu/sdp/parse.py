"""Read the offers and answers of browsers (RFC 8866, 8829, 8843, 8853).

What a browser writes is echoed in our answers, so every token is held to its grammar here; the
only error that leaves this module is `SdpError`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from media.sfu.sdp.types import (
    Codec,
    Description,
    Direction,
    Media,
    RidDirection,
    SdpError,
    Transport,
)

MAX_CHARACTERS = 200_000
MAX_MEDIA = 200
MAX_FORMATS = 100
#: Simulcast layers of one m-line; browsers send three.
MAX_RIDS = 8
MAX_FEEDBACK = 10 * MAX_FORMATS
#: Characters of one value that is kept as it is, and digits of a number.
MAX_VALUE = 1024
MAX_DIGITS = 20
#: Lists of codecs that are remembered; browsers of one kind have the same four, in all rooms.
CODEC_LISTS = 32

#: Payload types that need no rtpmap line (RFC 3551).
_STATIC = {0: Codec(0, "PCMU", 8000), 8: Codec(8, "PCMA", 8000), 9: Codec(9, "G722", 8000)}

_TOKEN = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}\Z")
_RID = re.compile(r"[0-9A-Za-z_-]{1,32}\Z")
_ICE = re.compile(r"[0-9A-Za-z+/]{1,256}\Z")
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:){1,63}[0-9A-F]{2}\Z")
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
_SETUPS = ("actpass", "active", "passive", "holdconn")


class _Section(NamedTuple):
    """The session, or one m-line by its words, with the values of its `a=` lines by name."""

    words: list[str]
    attributes: dict[str, list[str]]

    def values(self, name: str) -> list[str]:
        return self.attributes.get(name, [])

    @property
    def live(self) -> bool:
        return self.words[1] != "0"


def parse(text: str) -> Description:
    """Read an offer or answer; raise `SdpError` when it cannot be relied on."""
    if len(text) > MAX_CHARACTERS:
        raise SdpError("the description is too long")
    session, *sections = _sections(text)
    if len(sections) > MAX_MEDIA:
        raise SdpError("too many m-lines")
    media = tuple(_media(section, index) for index, section in enumerate(sections))
    if len({m.mid for m in media}) != len(media):
        raise SdpError("two m-lines have one mid")
    session_id, version = _origin(text)
    return Description(media, _transport(session, sections), session_id, version)


def _sections(text: str) -> list[_Section]:
    lines = text.replace("\r\n", "\n").split("\n")
    if not text.startswith("v=0") or not "".join(lines).isprintable():
        raise SdpError("it does not begin with v=0, or is no text")
    attributes: dict[str, list[str]] = defaultdict(list)
    out = [_Section([], attributes)]
    for line in lines:
        kind = line[:2]
        if kind == "a=":
            name, _, value = line[2:].partition(":")
            attributes[name].append(value)
        elif kind == "m=":
            attributes = defaultdict(list)
            out.append(_Section(line[2:].split(), attributes))
            if len(out[-1].words) < 4:
                raise SdpError("an m-line is cut short")
        elif line and kind[1:] != "=":
            raise SdpError("a line is not of the form x=value")
    return out


def _origin(text: str) -> tuple[int, int]:
    match = re.search(r"^o=\S+ ([0-9]{1,20}) ([0-9]{1,20}) ", text, re.MULTILINE)
    if match is None:
        raise SdpError("no o= line")
    return int(match[1]), int(match[2])


def _transport(session: _Section, sections: Sequence[_Section]) -> Transport:
    """Media level wins over session level; the first live section speaks for the bundle."""
    named = (s for s in sections if s.live and s.values("ice-ufrag"))
    first = next(named, session)

    def one(name: str) -> list[str]:
        return first.values(name) or session.values(name)

    ufrag, password, prints = one("ice-ufrag"), one("ice-pwd"), one("fingerprint")
    if not (ufrag and password and prints):
        if any(section.live for section in sections):
            raise SdpError("no ICE credentials or fingerprint")
        return Transport("", "", (), "")
    setup = (one("setup") or ["actpass"])[0]
    if setup not in _SETUPS:
        raise SdpError("an unknown a=setup")
    return Transport(
        ufrag=_checked(_ICE, ufrag[0], "ice-ufrag"),
        password=_checked(_ICE, password[0], "ice-pwd"),
        fingerprints=tuple(_fingerprint(value) for value in prints),
        setup=setup,
        ice_lite="ice-lite" in session.attributes,
        candidates=tuple(_printable(c, "candidate") for c in one("candidate")),
    )


def _fingerprint(value: str) -> tuple[str, str]:
    algorithm, _, digest = value.strip().partition(" ")
    checked = _checked(_FINGERPRINT, digest.strip().upper(), "fingerprint")
    return _checked(_TOKEN, algorithm.lower(), "fingerprint"), checked


def _checked(shape: re.Pattern[str], value: str, what: str) -> str:
    if shape.match(value) is None:
        raise SdpError(f"a bad {what}")
    return value


def _printable(value: str, what: str) -> str:
    """All lines are printable: what is left to check is that it is ASCII, and not too long."""
    if len(value) > MAX_VALUE or not value.isascii():
        raise SdpError(f"a bad {what}")
    return value


def _number(value: str, what: str, below: int = 1 << 32) -> int:
    if len(value) > MAX_DIGITS or not (value.isascii() and value.isdigit()):
        raise SdpError(f"a bad {what}")
    number = int(value)
    if number >= below:
        raise SdpError(f"a bad {what}")
    return number


def _media(section: _Section, index: int) -> Media:
    kind, port, protocol, *formats = section.words
    if len(formats) > MAX_FORMATS:
        raise SdpError("an m-line has too many formats")
    rids, rid_direction = _simulcast(section)
    live = kind in ("audio", "video")
    return Media(
        kind=_checked(_TOKEN, kind, "m-line"),
        mid=_checked(_TOKEN, (section.values("mid") or [str(index)])[0], "mid"),
        direction=next((d for d in _DIRECTIONS if d in section.attributes), "sendrecv"),
        rejected=port == "0" and "bundle-only" not in section.attributes,
        codecs=_codecs_of(section, formats) if live else (),
        extensions=tuple(_extension(value) for value in section.values("extmap")),
        rids=rids,
        rid_direction=rid_direction,
        msid=_msid(section),
        ssrcs=tuple(dict.fromkeys(_ssrc(value) for value in section.values("ssrc"))),
        groups=tuple(_groups(section)),
        cname=_cname(section),
        protocol=_printable(protocol, "m-line"),
        formats=tuple(formats if live else (_checked(_TOKEN, f, "format") for f in formats)),
    )


def _simulcast(section: _Section) -> tuple[tuple[str, ...], RidDirection]:
    """The first rid of each layer; `~` marks a layer that starts paused (RFC 8853)."""
    directions: tuple[RidDirection, ...] = ("send", "recv")
    for direction in directions:
        for value in section.values("simulcast"):
            words = value.split()
            if direction in words[:-1]:
                layers = words[words.index(direction) + 1].split(";")
                names = (layer.split(",")[0].lstrip("~") for layer in layers if layer)
                rids = tuple(dict.fromkeys(_checked(_RID, name, "rid") for name in names))
                if len(rids) > MAX_RIDS:
                    raise SdpError("an m-line has too many simulcast layers")
                return rids, direction
    return (), "send"


def _extension(value: str) -> tuple[int, str]:
    """`9/sendonly URI attributes`: the number may carry a direction (RFC 8285)."""
    words = value.split()
    if len(words) < 2:
        raise SdpError("an extmap line is cut short")
    number = _number(words[0].partition("/")[0], "extmap", 256)
    return number, _printable(words[1], "extmap")


def _msid(section: _Section) -> tuple[str, str] | None:
    words = (section.values("msid") or [""])[0].split()
    if len(words) != 2:
        return None
    return _printable(words[0], "msid"), _printable(words[1], "msid")


def _ssrc(value: str) -> int:
    return _number(value.partition(" ")[0], "ssrc")


def _cname(section: _Section) -> str:
    values = (value.partition(" cname:")[2] for value in section.values("ssrc"))
    return _printable(next((value for value in values if value), ""), "cname")


def _groups(section: _Section) -> list[tuple[int, int]]:
    words = (value.split() for value in section.values("ssrc-group"))
    pairs = (w[1:] for w in words if len(w) == 3 and w[0] == "FID")
    return [(_number(a, "ssrc"), _number(b, "ssrc")) for a, b in pairs]


def _codecs_of(section: _Section, formats: list[str]) -> tuple[Codec, ...]:
    lines = (tuple(section.values(name)) for name in ("rtpmap", "fmtp", "rtcp-fb"))
    return _codecs(tuple(formats), *lines)


@lru_cache(CODEC_LISTS)
def _codecs(
    formats: tuple[str, ...],
    mappings: tuple[str, ...],
    parameters: tuple[str, ...],
    feedback: tuple[str, ...],
) -> tuple[Codec, ...]:
    """The codecs of an m-line, by its formats and its rtpmap, fmtp and rtcp-fb values."""
    maps = dict(value.partition(" ")[::2] for value in mappings)
    fmtp = dict(value.partition(" ")[::2] for value in parameters)
    kinds = _feedback(formats, feedback)
    found = (
        _codec(
            _number(number, "payload type", 128),
            maps.get(number),
            _printable(fmtp.get(number, ""), "fmtp"),
            tuple(kinds.get(number, ())),
        )
        for number in dict.fromkeys(formats)
    )
    return tuple(codec for codec in found if codec is not None)


def _codec(
    payload_type: int, mapping: str | None, parameters: str, feedback: tuple[str, ...]
) -> Codec | None:
    if mapping is None:
        known = _STATIC.get(payload_type)
        return known and replace(known, parameters=parameters, feedback=feedback)
    name, _, rest = mapping.strip().partition("/")
    rate, _, channels = rest.partition("/")
    clock_rate = _number(rate, "clock rate")
    if not clock_rate:
        raise SdpError("a clock rate of zero")
    count = _number(channels, "rtpmap", 256) if channels else 1
    name = _checked(_TOKEN, name, "rtpmap")
    return Codec(payload_type, name, clock_rate, count, parameters, feedback)


def _feedback(formats: tuple[str, ...], values: tuple[str, ...]) -> dict[str, list[str]]:
    if len(values) > MAX_FEEDBACK:
        raise SdpError("an m-line has too many feedback lines")
    out: dict[str, list[str]] = defaultdict(list)
    for value in values:
        target, _, what = value.partition(" ")
        kind = _printable(what.strip(), "rtcp-fb")
        for number in formats if target == "*" else (target,):
            out[number].append(kind)
    return out
