"""ICE names and candidates without the rest of a description: application/trickle-ice-sdpfrag.

RFC 8840, as RFC 9725 uses it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from offhook.core.errors import InvalidInput, TooLarge

MAX_CHARACTERS = 64 * 1024
MAX_CANDIDATES = 256

_UFRAG = re.compile(r"[0-9A-Za-z+/]{4,256}\Z")
_PASSWORD = re.compile(r"[0-9A-Za-z+/]{22,256}\Z")
_MID = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,64}\Z")
_MEDIA = re.compile(r"(?:audio|video|application) [0-9]{1,5} [!-~]{1,64}(?: [!-~]{1,32}){1,100}\Z")
_CANDIDATE = re.compile(r"[ -~]{1,1024}\Z")
#: What is said about one m-line when the other side named none.
_ANY_MEDIA = "audio 9 UDP/TLS/RTP/SAVPF 0"


@dataclass(frozen=True, slots=True)
class IceFragment:
    """What one end says of its ICE; `media` and `mid` are the m-line that stands for the bundle."""

    ufrag: str = ""
    password: str = ""
    candidates: tuple[str, ...] = ()
    ended: bool = False
    media: str = _ANY_MEDIA
    mid: str = "0"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a fragment; raise `InvalidInput` (`bad_sdp_fragment`). Unknown lines are nothing."""
        if len(text) > MAX_CHARACTERS:
            raise TooLarge("The fragment is too large.")
        names: dict[str, str] = {}
        candidates: list[str] = []
        for line in text.replace("\r\n", "\n").split("\n"):
            kind, _, value = line.partition("=")
            if line and len(kind) != 1:
                raise _bad("a line is not of the form x=value")
            if kind == "m":
                names.setdefault("m", _checked(_MEDIA, value, "m-line"))
            elif kind == "a":
                name, _, rest = value.partition(":")
                if name == "candidate":
                    candidates.append(_checked(_CANDIDATE, rest, "candidate"))
                else:
                    _note(names, name, rest)
        if len(candidates) > MAX_CANDIDATES:
            raise _bad("there are too many candidates")
        if ("ice-ufrag" in names) != ("ice-pwd" in names):
            raise _bad("a user fragment and a password come together")
        return cls(
            ufrag=names.get("ice-ufrag", ""),
            password=names.get("ice-pwd", ""),
            candidates=tuple(candidates),
            ended="end-of-candidates" in names,
            media=names.get("m", _ANY_MEDIA),
            mid=names.get("mid", "0"),
        )

    def __str__(self) -> str:
        lines = []
        if self.ufrag:
            lines = [f"a=ice-ufrag:{self.ufrag}", f"a=ice-pwd:{self.password}"]
        lines += [f"m={self.media}", f"a=mid:{self.mid}"]
        lines += [f"a=candidate:{candidate}" for candidate in self.candidates]
        if self.ended:
            lines.append("a=end-of-candidates")
        return "".join(f"{line}\r\n" for line in lines)


_SHAPES = {"ice-ufrag": _UFRAG, "ice-pwd": _PASSWORD, "mid": _MID}


def _note(names: dict[str, str], name: str, value: str) -> None:
    """Keep an attribute that matters: ICE names must be the same wherever they stand."""
    if name == "end-of-candidates":
        names[name] = ""
    elif name in _SHAPES:
        value = _checked(_SHAPES[name], value, name)
        if names.setdefault(name, value) != value and name != "mid":
            raise _bad(f"two lines of {name} differ")


def _checked(shape: re.Pattern[str], value: str, what: str) -> str:
    if shape.match(value) is None:
        raise _bad(f"a bad {what}")
    return value


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"The fragment cannot be read: {why}.", code="bad_sdp_fragment")
