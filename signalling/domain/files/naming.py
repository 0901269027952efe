"""The names of files: what a person called one, made safe to show and to save anywhere."""

from __future__ import annotations

import re
import unicodedata

from signalling.domain.files.kinds import FileKind

#: Letters of a name, and its bytes in UTF-8: what every file system takes.
LONGEST, LONGEST_BYTES = 120, 240
#: What a name is when nothing is left of it.
NAMELESS = "file"

#: They join letters of Indic and Arabic scripts, and of emoji; they do not turn text round.
_JOINERS = frozenset("\u200c\u200d")
#: What a name neither begins nor ends with.
_EDGES = " .\u200c\u200d"
_SEPARATORS = re.compile(r"[/\\]")
_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f]')
_SPACES = re.compile(r"\s+")
#: Names that are devices on Windows, whatever follows their first dot.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)")


def clean_name(text: str, kind: FileKind) -> str:
    """The name without folders, control characters and marks that turn the direction of text, not
    too long, and with an extension of its kind.

    A cleaned name is its own cleaned name.
    """
    last = _SEPARATORS.split(_legible(text))[-1]
    name = _trimmed(_RESERVED.sub("_", last)) or NAMELESS
    stem, extension = _parted(name, kind)
    if _DEVICES.match(f"{stem}."):
        stem = f"_{stem}"
    return f"{_shortened(stem, len(extension) + 1)}.{extension}"


def _legible(text: str) -> str:
    """Only what is seen: other kinds of space are spaces, and what is invisible is left out."""
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", "".join(map(_seen, composed)))


def _seen(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] == "Z":
        return " "
    if category[0] == "C" and letter not in _JOINERS:
        return " " if letter in "\t\n\r" else ""
    return letter


def _trimmed(name: str) -> str:
    return _SPACES.sub(" ", name).strip(_EDGES)


def _parted(name: str, kind: FileKind) -> tuple[str, str]:
    """The name without its extension, when that is one of the kind, and the extension."""
    stem, dot, extension = name.rpartition(".")
    if dot and extension.lower() in kind.extensions:
        return _trimmed(stem) or NAMELESS, extension.lower()
    return name, kind.extensions[0]


def _shortened(stem: str, beside: int) -> str:
    """What of a stem fits in with so many letters beside it."""
    short = stem[: LONGEST - beside].encode()[: LONGEST_BYTES - beside].decode(errors="ignore")
    return _trimmed(short) or NAMELESS
