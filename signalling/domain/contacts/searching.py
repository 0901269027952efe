"""How contacts are found: by the beginnings of their names' words, companies, e-mails and phones.

What is searched are words: letters and digits without their accents, in one case. A phone is two of
them, the whole number and the national one. Of each word some beginnings are indexed; a search asks
the index for the longest of these that it has, and looks itself at what the index found.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from msgspec import Struct

from offhook.core.errors import InvalidInput
from offhook.core.numbers import Number
from signalling.domain.contacts.card import Card

#: Lengths of the beginnings that are indexed. Shorter words are indexed whole.
BEGINNINGS: Final = (2, 3, 4, 6)
#: Words of a search; those behind are passed over.
MOST_WORDS: Final = 8
#: Marks up to this combining class (nukta, virama) are of the word; those above are accents.
_IN_WORDS: Final = 9
#: Numbers as people write them, of at least three digits.
_DIALLED: Final = re.compile(r"\s*(\+|00)?[\s()./-]*(?:\d[\s()./-]*){3,20}\Z")


def words_of(text: str) -> list[str]:
    """The words of a text, in the one form that all of its spellings have in common."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in apart if unicodedata.combining(letter) <= _IN_WORDS)
    whole = unicodedata.normalize("NFKC", plain).casefold()
    return "".join(letter if _is_of_word(letter) else " " for letter in whole).split()


def _is_of_word(letter: str) -> bool:
    """Letters, digits, and the signs that some scripts write their vowels with."""
    return unicodedata.category(letter)[0] in "LNM"


def words(card: Card) -> frozenset[str]:
    """All words that a contact is found by."""
    return frozenset(_texts(card).union(*map(_numbers, card.phones)))


def _texts(card: Card) -> set[str]:
    """The words of what is written."""
    return {word for text in (card.name, card.company, *card.emails) for word in words_of(text)}


def _numbers(e164: str) -> set[str]:
    """A number with its country's code, and as it is dialled inside."""
    try:
        national = Number(e164).national
    except InvalidInput:
        national = ""
    return {each for each in (e164.lstrip("+"), national) if each}


def beginnings(found: frozenset[str]) -> frozenset[str]:
    """What is indexed of these words."""
    long = {word[:length] for word in found for length in BEGINNINGS if len(word) >= length}
    return frozenset(long | {word for word in found if len(word) < BEGINNINGS[0]})


class Search(Struct, frozen=True):
    """What somebody looks for: a contact fits who has, for each of these, a word that begins so."""

    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Search:
        """What is meant by what somebody wrote; without a word in it everybody fits."""
        if _DIALLED.match(text):
            digits = re.sub(r"\D", "", text)
            whole = text.strip().startswith("+")
            return cls((digits if whole else digits.lstrip("0") or digits,))
        return cls(tuple(dict.fromkeys(words_of(text)))[:MOST_WORDS])

    @property
    def asked(self) -> tuple[str, ...]:
        """What the index is asked for: for each word the longest beginning that it has. A single
        letter is asked for only when there is nothing else, and then means a whole word."""
        long = [word for word in self.words if len(word) >= BEGINNINGS[0]]
        return tuple(dict.fromkeys(_longest(word) for word in long or self.words))

    @property
    def told_by_index(self) -> bool:
        """Whether whoever the index finds is one that is looked for."""
        return self.words == self.asked

    def fits(self, card: Card) -> bool:
        """Whether a contact is one that is looked for."""
        has = words(card) if any(map(str.isdecimal, self.words)) else _texts(card)
        if all(len(word) < BEGINNINGS[0] for word in self.words):
            return has.issuperset(self.words)
        return all(any(each.startswith(word) for each in has) for word in self.words)


def _longest(word: str) -> str:
    fitting = [length for length in BEGINNINGS if length <= len(word)]
    return word[: max(fitting)] if fitting else word
