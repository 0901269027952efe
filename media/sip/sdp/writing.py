"""The audio m-lines that we write, in offers and in answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from media.rtp.sdes import Crypto, Suite
from media.sip.sdp.description import Attribute, Description, Media
from media.sip.sdp.fitting import Fit
from media.sip.sdp.formats import Format, Key
from media.sip.sdp.terms import AVP, SAVP, Mux, Srtp, Terms
from media.sip.sdp.values import Direction

#: Numbers that formats without one of their own get (RFC 3551 3).
DYNAMIC = range(96, 128)
#: Payload types that look like RTCP on a shared port (RFC 5761 4).
_LIKE_RTCP = range(64, 96)


@dataclass(slots=True)
class Memory:
    """What an m-line has used, and must not change: numbers of codecs (RFC 3264 8.3.2), keys."""

    numbers: dict[Key, int] = field(default_factory=dict)
    keys: dict[Suite, bytes] = field(default_factory=dict, repr=False)

    def copy(self) -> Memory:
        """The same for another dialog of the same call."""
        return Memory(dict(self.numbers), dict(self.keys))

    def learn(self, formats: Iterable[Format]) -> None:
        """These numbers mean these codecs from now on."""
        self.numbers |= {f.key: f.payload_type for f in formats}

    def numbered(self, formats: Iterable[Format]) -> tuple[Format, ...]:
        """The formats with the numbers they had before, or else with free ones."""
        return tuple(self._number(f) for f in formats)

    def _number(self, wanted: Format) -> Format:
        number = self.numbers.get(wanted.key)
        if number is None:
            used = set(self.numbers.values())
            candidates = (wanted.payload_type, *DYNAMIC)
            number = next(n for n in candidates if n not in used)
            self.numbers[wanted.key] = number
        return replace(wanted, payload_type=number)

    def key(self, suite: Suite, random_bytes: Callable[[int], bytes]) -> bytes:
        """Our key for a suite: made once, so that a description that changes nothing is equal."""
        if suite not in self.keys:
            self.keys[suite] = random_bytes(suite.size)
        return self.keys[suite]


def offered(
    terms: Terms, memory: Memory, random_bytes: Callable[[int], bytes], protocol: str | None
) -> Media:
    """Our audio m-line in an offer; `protocol` is that of the encrypted line so far, which a new
    offer keeps (RFC 3264 5, 8.3)."""
    used = SAVP if terms.srtp is Srtp.REQUIRED else AVP
    if protocol is not None and terms.srtp is not Srtp.OFF:
        used = protocol
    suites = () if terms.srtp is Srtp.OFF else terms.suites
    keys = (Crypto(n, s, memory.key(s, random_bytes)) for n, s in enumerate(suites, 1))
    return _media(
        terms,
        used,
        memory.numbered(terms.formats),
        keys=tuple(keys),
        mux=terms.mux is Mux.OFFER,
        direction=terms.direction,
    )


def answered(
    offer: Description,
    media: Media,
    found: Fit,
    terms: Terms,
    memory: Memory,
    random_bytes: Callable[[int], bytes],
) -> Media:
    """Our audio m-line in an answer: within what the offer allows (RFC 3264 6.1)."""
    memory.learn(found.formats)
    keys: tuple[Crypto, ...] = ()
    if found.crypto is not None:
        suite = found.crypto.suite
        keys = (Crypto(found.crypto.tag, suite, memory.key(suite, random_bytes)),)
    like_rtcp = any(f.payload_type in _LIKE_RTCP for f in found.formats)
    asked = ptime_of(media)
    return _media(
        replace(terms, ptime=asked if asked in terms.ptimes else terms.ptime),
        media.protocol,
        found.formats,
        keys=keys,
        mux=terms.mux is not Mux.OFF and media.has("rtcp-mux") and not like_rtcp,
        direction=terms.direction & offer.direction_of(media).reversed,
    )


def ptime_of(media: Media) -> int | None:
    """The packet time its writer wants to be sent, in milliseconds (RFC 8866 6.4)."""
    return milliseconds(media.value("ptime"))


def milliseconds(text: str | None) -> int | None:
    """A number of milliseconds; None when it is none."""
    word = (text or "").strip()
    return int(word) if word.isascii() and word.isdigit() and 0 < len(word) <= 5 else None


def _media(
    terms: Terms,
    protocol: str,
    formats: tuple[Format, ...],
    *,
    keys: tuple[Crypto, ...],
    mux: bool,
    direction: Direction,
) -> Media:
    numbers = tuple(str(f.payload_type) for f in formats)
    attributes = tuple(_attributes(terms, formats, keys, mux=mux))
    last: Attribute = (direction.value, None)
    return Media("audio", terms.port, protocol, numbers, (*attributes, last))


def _attributes(
    terms: Terms, formats: Iterable[Format], keys: Iterable[Crypto], *, mux: bool
) -> Iterator[Attribute]:
    for one in formats:
        yield from one.attributes()
    yield "ptime", str(terms.ptime)
    if terms.max_ptime is not None:
        yield "maxptime", str(terms.max_ptime)
    yield from (("crypto", str(key)) for key in keys)
    if terms.rtcp_port not in (None, terms.port + 1):
        yield "rtcp", str(terms.rtcp_port)
    if mux:
        yield "rtcp-mux", None
