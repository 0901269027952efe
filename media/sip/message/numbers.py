"""Numbers in headers: hops and seconds, however long their digits are (RFC 3261 20)."""

from __future__ import annotations

import re

from media.sip.message.bad import BadMessage

#: The longest time that is expressed: the largest of 32 bits (RFC 3261 20.19).
MOST_SECONDS = (1 << 32) - 1
#: The most hops a request may be said to have left (RFC 3261 20.22).
MOST_HOPS = 255
#: Where no hops are said (RFC 3261 8.1.1.6).
USUAL_HOPS = 70

_DIGITS = re.compile(r"[0-9]++")
#: Digits after which a number is above any bound here; more are not converted.
_ENOUGH = 12


def _number(digits: str, most: int) -> int:
    significant = digits.lstrip("0")
    return most if len(significant) > _ENOUGH else min(int(significant or "0"), most)


def delta_seconds(text: str | None) -> int | None:
    """The seconds that a value starts with, at most 2**32 - 1; None when it starts otherwise."""
    found = _DIGITS.match(text.lstrip(" \t")) if text else None
    return None if found is None else _number(found[0], MOST_SECONDS)


def hops(text: str | None) -> int:
    """What Max-Forwards says, at most 255; 70 when it is missing. Raises BadMessage."""
    if text is None:
        return USUAL_HOPS
    if _DIGITS.fullmatch(text) is None:
        raise BadMessage(400, "Malformed Max-Forwards")
    return _number(text, MOST_HOPS)
