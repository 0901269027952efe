"""Keys of SRTP in a=crypto lines (RFC 4568): read, written, never shown."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from media.sip.sdp.description import Media

#: Bytes of a master key with its salt; both suites have the same (RFC 4568 6.2).
KEY_LENGTH = 30

_LINE = re.compile(r"([1-9][0-9]{0,8}|0) +(\S+) +(\S+)((?: +\S+)*) *\Z")
_KEY = re.compile(r"(?i:inline):([A-Za-z0-9+/]+=*)(?:\|(2\^[0-9]{1,2}|[0-9]{1,15}))?\Z")


class Suite(Enum):
    """What SRTP encrypts and authenticates with."""

    AES_CM_128_HMAC_SHA1_80 = "AES_CM_128_HMAC_SHA1_80"
    AES_CM_128_HMAC_SHA1_32 = "AES_CM_128_HMAC_SHA1_32"


@dataclass(frozen=True, slots=True)
class Crypto:
    """One a=crypto line: the key its writer sends with. `lifetime` is in packets."""

    tag: int
    suite: Suite
    key: bytes = field(repr=False)
    lifetime: int | None = None

    @classmethod
    def parse(cls, value: str) -> Crypto | None:
        """Read the value of a line; None when it is not one that we can use.

        That is so for unknown suites, several keys or an MKI, and session parameters that change
        what is sent, which may not be overlooked (RFC 4568 6.3); WSH is mere advice.
        """
        found = _LINE.match(value)
        suite = _SUITES.get(found[2]) if found else None
        key = _KEY.match(found[3]) if found else None
        if found is None or suite is None or key is None:
            return None
        if not all(word.startswith(("WSH=", "-")) for word in found[4].split()):
            return None
        octets = _decoded(key[1])
        if octets is None:
            return None
        return cls(int(found[1]), suite, octets, _lifetime(key[2]))

    def __str__(self) -> str:
        """The value of the line, with the key: for the wire only."""
        text = f"{self.tag} {self.suite.value} inline:{base64.b64encode(self.key).decode()}"
        return text if self.lifetime is None else f"{text}|{self.lifetime}"


_SUITES = {suite.value: suite for suite in Suite}


def cryptos(media: Media) -> list[Crypto]:
    """The lines of an m-line that can be used, in its order."""
    found = (Crypto.parse(value) for value in media.values("crypto"))
    return [crypto for crypto in found if crypto is not None]


def choose(offered: Sequence[Crypto], suites: Sequence[Suite]) -> Crypto | None:
    """The first offered line whose suite we take (RFC 4568 5.1.2)."""
    return next((crypto for crypto in offered if crypto.suite in suites), None)


def paired(local: Media, remote: Media) -> tuple[Crypto, Crypto] | None:
    """The line that both sides have, by tag and suite: ours and theirs."""
    for ours in cryptos(local):
        for theirs in cryptos(remote):
            if (ours.tag, ours.suite) == (theirs.tag, theirs.suite):
                return ours, theirs
    return None


def _decoded(text: str) -> bytes | None:
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return octets if len(octets) == KEY_LENGTH else None


def _lifetime(text: str | None) -> int | None:
    if text is None:
        return None
    return 2 ** int(text[2:]) if text.startswith("2^") else int(text)
