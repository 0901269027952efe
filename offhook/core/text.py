"""The catalogue of words for people: one JSON file for each language, shared with the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import msgspec

#: A sentence, or one for each plural category of CLDR, chosen by the value `count`.
Entry = str | dict[str, str]

_FOLDER = Path(__file__).parent / "words"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SOURCE = "en"


def _one(n: int) -> str:
    return "one" if n == 1 else "other"


def _one_or_million(n: int) -> str:
    return "one" if n == 1 else _million(n)


def _zero_or_one_or_million(n: int) -> str:
    return "one" if n in (0, 1) else _million(n)


def _million(n: int) -> str:
    return "many" if n and n % 1_000_000 == 0 else "other"


def _arabic(n: int) -> str:
    named = {0: "zero", 1: "one", 2: "two"}
    if n in named:
        return named[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


#: CLDR's cardinal rules for whole numbers, and the categories that each language tells apart.
PLURALS: dict[str, tuple[Callable[[int], str], frozenset[str]]] = {
    "ar": (_arabic, frozenset({"zero", "one", "two", "few", "many", "other"})),
    "de": (_one, frozenset({"one", "other"})),
    "en": (_one, frozenset({"one", "other"})),
    "es": (_one_or_million, frozenset({"one", "many", "other"})),
    "fr": (_zero_or_one_or_million, frozenset({"one", "many", "other"})),
    "hi": (lambda n: "one" if n in (0, 1) else "other", frozenset({"one", "other"})),
    "it": (_one_or_million, frozenset({"one", "many", "other"})),
}


class Catalogue:
    """The words of every language that has a file."""

    def __init__(self, words: Mapping[str, Mapping[str, Entry]]) -> None:
        self._words = words

    @classmethod
    def load(cls, folder: Path = _FOLDER) -> Self:
        """Read `<language>.json` of a folder; raises `msgspec.ValidationError` on a bad file."""
        decoder = msgspec.json.Decoder(dict[str, str | dict[str, str]])
        files = sorted(folder.glob("*.json"))
        return cls({file.stem: decoder.decode(file.read_bytes()) for file in files})

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are, by their codes."""
        return tuple(self._words)

    def entries(self, language: str) -> Mapping[str, Entry]:
        """All words of one language."""
        return self._words[language]

    def say(self, key: str, language: str, **values: object) -> str:
        """The sentence in this language or, where it lacks it, in English.

        Raises KeyError for a key that English lacks too, and for a placeholder without a value.
        """
        known = self.nearest(language)
        if key not in self._words[known]:
            known = _SOURCE
        entry = self._words[known][key]
        if not isinstance(entry, str):
            entry = _plural(entry, known, values["count"])
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), entry)

    def nearest(self, language: str) -> str:
        """The language itself, its base (`ar` for `ar-EG`), or English."""
        base = language.lower().partition("-")[0]
        return base if base in self._words else _SOURCE

    def choose(self, accept_language: str) -> str:
        """The best language for an Accept-Language header (RFC 9110 section 12.5.4)."""
        ranges = [_range(part) for part in accept_language.split(",")]
        for language, weight in sorted(ranges, key=lambda each: -each[1]):
            base = language.partition("-")[0]
            if weight > 0 and base in self._words:
                return base
        return _SOURCE


def _plural(forms: Mapping[str, str], language: str, count: object) -> str:
    if not isinstance(count, int):
        raise TypeError(f"count is a whole number, not {count!r}")
    category = PLURALS[language][0](count)
    return forms.get(category, forms["other"])


def _range(part: str) -> tuple[str, float]:
    language, _, parameter = part.strip().lower().partition(";")
    name, _, weight = parameter.strip().partition("=")
    try:
        return language.strip(), float(weight) if name == "q" else 1.0
    except ValueError:
        return language.strip(), 0.0
