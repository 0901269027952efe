"""Which a=crypto lines of an m-line can be used, and which are used (RFC 4568)."""

from __future__ import annotations

from collections.abc import Sequence

from media.rtp.sdes import SUITES, BadCrypto, Crypto, Suite
from media.sip.sdp.description import Media

AES_80, AES_32 = (
    next(suite for suite in SUITES if suite.name == name)
    for name in ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
)


def cryptos(media: Media) -> list[Crypto]:
    """The lines of an m-line that can be used, in its order."""
    found = (_usable(value) for value in media.values("crypto"))
    return [crypto for crypto in found if crypto is not None]


def _usable(value: str) -> Crypto | None:
    """The line, unless it cannot be read or has a parameter that may not be overlooked: each but
    WSH, which is advice, and those marked as optional (RFC 4568 6.3, 6.3.7)."""
    if not all(word.startswith(("WSH=", "-")) for word in value.split()[3:]):
        return None
    try:
        return Crypto.parse(value)
    except BadCrypto:
        return None


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
