"""Contacts are found by the beginnings of words, however they are spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalling.domain.contacts.card import Card
from signalling.domain.contacts.searching import Search, beginnings, words, words_of

pytestmark = pytest.mark.unit

ZOE = Card(
    name="Zoë Ångström-Müller",
    company="3M France",
    emails=["zoe.m@mail.example"],
    phones=["+33612345678"],
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "zo",
            "ZOË",
            "zoe a",
            "angst",
            "mull zoe",
            "3m",
            "fran",
            "zoe.m@mail",
            "mail.example",
            "",
        ),
        *("+33 6 12", "06 12 34", "0033 6 12 34 56 78", "612345678", "(06) 12-34.56"),
    ],
)
def test_she_is_found(text: str) -> None:
    assert Search.parse(text).fits(ZOE)


@pytest.mark.parametrize("text", ["oe", "z", "zoe s", "zoe smith", "+44 6 12", "345678", "müllers"])
def test_she_is_not_found(text: str) -> None:
    assert not Search.parse(text).fits(ZOE)


def test_words_of_other_scripts_stay_whole() -> None:
    assert words_of("हिन्दी शर्मा") == ["हिन्दी", "शर्मा"]
    assert words_of("محمّد") == words_of("محمد")
    assert words_of("李小龙") == ["李小龙"]


@given(st.text(max_size=40), st.text(max_size=12))
def test_whoever_fits_is_in_the_index(name: str, text: str) -> None:
    card, search = Card(name=name), Search.parse(text)
    if search.fits(card):
        assert set(search.asked) <= beginnings(words(card))


def test_what_the_index_tells_needs_no_second_look() -> None:
    assert Search.parse("zo ang").told_by_index
    assert not Search.parse("zo angst").told_by_index
