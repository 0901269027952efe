"""Digits in the bodies of SIP INFO: `application/dtmf-relay` and `application/dtmf`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from media.rtp.delay import MS
from media.rtp.dtmf import DIGITS, DURATION
from offhook.core.errors import MalformedInput, UnsupportedMedia

RELAY = "application/dtmf-relay"
PLAIN = "application/dtmf"
#: Milliseconds that are believed; a longer one is cut.
_LONGEST = 10_000
_LINE = re.compile(r"\s*([A-Za-z]+)\s*=\s*([^\s]+)\s*")
#: Digits by what some phones write: event codes above 9, and words.
_ALIASES = {
    "10": "*",
    "11": "#",
    "12": "A",
    "13": "B",
    "14": "C",
    "15": "D",
    "16": "F",
    "STAR": "*",
    "POUND": "#",
    "FLASH": "F",
    "!": "F",
}


@dataclass(frozen=True, slots=True)
class InfoDigit:
    """One digit and how long it sounds, in microseconds."""

    digit: str
    duration: int = DURATION

    @classmethod
    def parse(cls, content_type: str, body: bytes) -> InfoDigit:
        """Read a body.

        Raises `UnsupportedMedia` for a type that carries no digits, `MalformedInput` for a body
        without one.
        """
        text = body[:200].decode("ascii", "replace")
        match content_type.partition(";")[0].strip().lower():
            case "application/dtmf-relay":
                return cls._relay(text)
            case "application/dtmf":
                return cls(_digit(text.partition("=")[2] or text))
        raise UnsupportedMedia(f"digits come as {RELAY} or {PLAIN}", field="Content-Type")

    @classmethod
    def _relay(cls, text: str) -> InfoDigit:
        found = {}
        for line in text.splitlines():
            match = _LINE.fullmatch(line)
            if match:
                found[match[1].lower()] = match[2]
        digit = _digit(found.get("signal", ""))
        return cls(digit, _duration(found.get("duration", "")))

    def body(self, content_type: str = RELAY) -> bytes:
        """Write the body of this type."""
        if content_type == PLAIN:
            return self.digit.encode()
        return f"Signal={self.digit}\r\nDuration={self.duration // MS}\r\n".encode()


def _digit(text: str) -> str:
    name = text.strip().upper()
    digit = _ALIASES.get(name, name)
    if len(digit) != 1 or digit not in DIGITS:
        raise MalformedInput(
            f"there is no digit in the body; there are {DIGITS}",
            code="invalid_digits",
            field="Signal",
        )
    return digit


def _duration(text: str) -> int:
    if not text:
        return DURATION
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise MalformedInput("the duration is a number of milliseconds", field="Duration")
    return min(int(text), _LONGEST) * MS or DURATION
