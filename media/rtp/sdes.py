"""SRTP with keys in the session description: `a=crypto` (RFC 4568, 7714), and its two sessions."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pylibsrtp import Error, Policy, Session

SrtpError = Error
_WINDOW = 1024
_KEY = re.compile(
    r"inline:([A-Za-z0-9+/]+={0,2})(?:\|(2\^)?(\d{1,15}))?(?:\|(\d{1,10}):(\d{1,3}))?"
)


class BadCrypto(ValueError):
    """An `a=crypto` that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One crypto suite: its name in SDP, libsrtp's number, bytes of key, salt and RTP tag."""

    name: str
    policy: int
    key: int
    salt: int
    tag: int

    @property
    def size(self) -> int:
        """Bytes of key and salt together."""
        return self.key + self.salt


#: Best first; of those offered the first one in this order is taken.
SUITES = (
    Suite("AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12, 0),
    Suite("AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12, 0),
    Suite("AES_CM_128_HMAC_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14, 10),
    Suite("AES_CM_128_HMAC_SHA1_32", Policy.SRTP_PROFILE_AES128_CM_SHA1_32, 16, 14, 4),
)
_BY_NAME = {suite.name: suite for suite in SUITES}
#: What switches off a part of the protection: refused (RFC 4568, 6.3).
_WEAKENING = ("UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP")


@dataclass(frozen=True, slots=True)
class Crypto:
    """One `a=crypto`: whoever writes it protects what it sends with this key."""

    tag: int
    suite: Suite
    material: bytes
    mki_length: int = 0

    @classmethod
    def parse(cls, value: str) -> Crypto:
        """Read the value of the attribute (RFC 4568, 9.1); raise `BadCrypto`."""
        words = value.split()
        if len(words) < 3 or not words[0].isascii() or not words[0].isdigit():
            raise BadCrypto("a crypto attribute has a tag, a suite and a key")
        if len(words[0]) > 9:
            raise BadCrypto("the tag has more than nine digits")
        suite = _BY_NAME.get(words[1])
        if suite is None:
            raise BadCrypto(f"the suite {words[1]} is not spoken here")
        if any(word.partition("=")[0] in (*_WEAKENING, "FEC_KEY") for word in words[3:]):
            raise BadCrypto("a session parameter asks for less protection")
        match = _KEY.fullmatch(words[2])
        if match is None:
            raise BadCrypto("the key is not one inline key; several are not spoken here")
        mki = int(match[5] or 0)
        if match[5] and not 1 <= mki <= 128:
            raise BadCrypto("the length of a master key identifier lies between 1 and 128")
        return cls(int(words[0]), suite, _material(match[1], suite), mki)

    @classmethod
    def make(cls, tag: int, suite: Suite, random_bytes: Callable[[int], bytes]) -> Crypto:
        """A fresh key."""
        return cls(tag, suite, random_bytes(suite.size))

    def __str__(self) -> str:
        key = base64.b64encode(self.material).decode()
        mki = f"|1:{self.mki_length}" if self.mki_length else ""
        return f"{self.tag} {self.suite.name} inline:{key}{mki}"

    def __repr__(self) -> str:
        """Without the key, which no log may hold."""
        return f"Crypto({self.tag} {self.suite.name})"


def _material(text: str, suite: Suite) -> bytes:
    try:
        material = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadCrypto("the key is no base64") from None
    if len(material) != suite.size:
        raise BadCrypto(f"a key of {suite.name} has {suite.size} bytes, not {len(material)}")
    return material


def offer(random_bytes: Callable[[int], bytes], suites: Sequence[Suite] = SUITES) -> list[Crypto]:
    """An attribute with its own key for each suite, best first."""
    return [Crypto.make(tag, suite, random_bytes) for tag, suite in enumerate(suites, 1)]


def choose(values: Sequence[str]) -> Crypto | None:
    """The best of the offered attributes that can be used; an answer repeats its tag."""
    usable = []
    for value in values:
        try:
            usable.append(Crypto.parse(value))
        except BadCrypto:
            continue
    return min(usable, key=lambda crypto: SUITES.index(crypto.suite), default=None)


class SdesSession:
    """Protects with our key, unprotects with theirs; RTP and RTCP. Errors are `SrtpError`.

    A new key after a re-INVITE is a new session: rollover counters begin anew (RFC 4568, 7.1.4).
    """

    __slots__ = ("_inbound", "_mki", "_outbound", "_tag", "protect", "protect_rtcp")

    def __init__(self, ours: Crypto, theirs: Crypto) -> None:
        if ours.suite != theirs.suite:
            raise BadCrypto("both ends must use one suite")
        inbound = Policy(theirs.material, Policy.SSRC_ANY_INBOUND, 0, theirs.suite.policy)
        outbound = Policy(ours.material, Policy.SSRC_ANY_OUTBOUND, 0, ours.suite.policy)
        inbound.window_size = outbound.window_size = _WINDOW
        self._inbound, self._outbound = Session(inbound), Session(outbound)
        self._mki, self._tag = theirs.mki_length, theirs.suite.tag
        self.protect: Callable[[bytes], bytes] = self._outbound.protect
        self.protect_rtcp: Callable[[bytes], bytes] = self._outbound.protect_rtcp

    def unprotect(self, data: bytes) -> bytes:
        """The RTP packet; raise `SrtpError` when it is forged, repeated or cut."""
        plain: bytes = self._inbound.unprotect(_without_mki(data, self._mki, self._tag))
        return plain

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """The RTCP packet; its tag has 80 bits with both forms of SHA-1 (RFC 4568, 6.2.2)."""
        tag = 10 if self._tag else 0
        plain: bytes = self._inbound.unprotect_rtcp(_without_mki(data, self._mki, tag))
        return plain


def _without_mki(data: bytes, length: int, tag: int) -> bytes:
    """The packet without its master key identifier, which stands before the tag (RFC 3711, 3.1)."""
    if not length or len(data) <= length + tag:
        return data
    end = len(data) - tag
    return data[: end - length] + data[end:]
