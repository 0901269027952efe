"""Audio formats: payload types, codecs, telephone events, comfort noise (RFC 3551, 4733, 7587)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from media.sip.sdp.description import Attribute, Media
from media.sip.sdp.errors import BadDescription

#: What tells formats apart: the name in lower case, the RTP clock, the channels.
Key = tuple[str, int, int]

_MAPPING = re.compile(r"([0-9]{1,3}) +([^\s/]{1,64})/([0-9]{1,6})(?:/([0-9]{1,3}))? *\Z")
_EVENTS = re.compile(r" *[0-9]{1,3}(?:-[0-9]{1,3})?(?: *, *[0-9]{1,3}(?:-[0-9]{1,3})?)* *\Z")
#: Lists of formats that are remembered: phones of one kind have the same in all their calls.
LISTS = 64
#: The digits, * and #, A to D (RFC 4733 3.2).
DTMF = frozenset(range(16))


@dataclass(frozen=True, slots=True)
class Format:
    """One payload type with its codec. `parameters` is the rest of the fmtp line."""

    payload_type: int
    name: str
    clock_rate: int = 8000
    channels: int = 1
    parameters: str = ""

    @property
    def key(self) -> Key:
        """Formats with the same key are the same codec; names know no case (RFC 4855 3)."""
        return self.name.lower(), self.clock_rate, self.channels

    @property
    def sample_rate(self) -> int:
        """Samples a second of the sound itself: G.722 samples at 16 kHz while its RTP clock runs
        at 8 kHz, by an old mistake that cannot be mended (RFC 3551 4.5.2)."""
        return 16_000 if self.key == G722.key else self.clock_rate

    @property
    def is_event(self) -> bool:
        """Whether it carries digits and not sound (RFC 4733)."""
        return self.name.lower() == "telephone-event"

    @property
    def is_noise(self) -> bool:
        """Whether it carries comfort noise (RFC 3389)."""
        return self.name.lower() == "cn"

    @property
    def is_voice(self) -> bool:
        """Whether a call can be held with it."""
        return not self.is_event and not self.is_noise

    @property
    def events(self) -> frozenset[int]:
        """The events its writer takes: 0 to 15 unless it says otherwise (RFC 4733 2.4.1)."""
        return events(self.parameters) if self.is_event else frozenset()

    def attributes(self) -> Iterator[Attribute]:
        """Its rtpmap line, which static types have too, and its fmtp line."""
        channels = f"/{self.channels}" if self.channels > 1 else ""
        yield "rtpmap", f"{self.payload_type} {self.name}/{self.clock_rate}{channels}"
        if self.parameters:
            yield "fmtp", f"{self.payload_type} {self.parameters}"


PCMU = Format(0, "PCMU")
PCMA = Format(8, "PCMA")
G722 = Format(9, "G722")
CN = Format(13, "CN")
#: Whatever is sent, RTP says 48000/2 (RFC 7587 4.1, 7).
OPUS = Format(96, "opus", 48_000, 2, "useinbandfec=1")
TELEPHONE_EVENT = Format(101, "telephone-event", parameters="0-16")
#: Events beside Opus run on its clock (RFC 4733 2.1).
TELEPHONE_EVENT_48000 = Format(102, "telephone-event", 48_000, parameters="0-16")

#: Payload types that need no rtpmap line (RFC 3551 6).
STATIC = {
    f.payload_type: f
    for f in (
        PCMU,
        Format(3, "GSM"),
        Format(4, "G723"),
        Format(5, "DVI4"),
        Format(6, "DVI4", 16_000),
        Format(7, "LPC"),
        PCMA,
        G722,
        Format(10, "L16", 44_100, 2),
        Format(11, "L16", 44_100),
        Format(12, "QCELP"),
        CN,
        Format(15, "G728"),
        Format(18, "G729"),
    )
}


def formats_of(media: Media) -> tuple[Format, ...]:
    """The formats of an RTP m-line in its order; numbers that nothing explains are passed over."""
    lines = (tuple(media.values(name)) for name in ("rtpmap", "fmtp"))
    return _formats(media.formats, *lines)


@lru_cache(LISTS)
def _formats(
    words: tuple[str, ...], mappings: tuple[str, ...], parameter_lines: tuple[str, ...]
) -> tuple[Format, ...]:
    """The formats by the words of the m-line, its rtpmap and its fmtp values."""
    mapped = dict(_mapping(value) for value in mappings)
    parameters = dict(_split(value) for value in parameter_lines)
    found: list[Format] = []
    for word in dict.fromkeys(words):
        number = _payload_type(word)
        known = mapped.get(number) or STATIC.get(number)
        if known is not None:
            text = parameters.get(word, "")
            found.append(Format(number, known.name, known.clock_rate, known.channels, text))
    return tuple(found)


def _payload_type(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 3 and int(word) < 128):
        raise BadDescription("A format of an RTP m-line is a number below 128.")
    return int(word)


def _mapping(value: str) -> tuple[int, Format]:
    found = _MAPPING.match(value)
    if found is None or not int(found[3]) or found[4] == "0":
        raise BadDescription("An rtpmap line cannot be read.")
    number = _payload_type(found[1])
    return number, Format(number, found[2], int(found[3]), int(found[4] or 1))


def _split(value: str) -> tuple[str, str]:
    word, _, text = value.partition(" ")
    return word, text.strip()


def events(text: str) -> frozenset[int]:
    """The events of an fmtp line such as `0-15,66`; what cannot be read is 0 to 15."""
    if not _EVENTS.match(text):
        return DTMF
    out: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        out.update(range(int(first), min(int(last or first), 255) + 1))
    return frozenset(out)


def ranges(numbers: Iterable[int]) -> str:
    """Events as an fmtp line has them: `0-15,66`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
