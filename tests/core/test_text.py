"""The words for people: complete in every language, and plurals by CLDR."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import offhook.core
from offhook.core.text import PLURALS, Catalogue, Entry

pytestmark = pytest.mark.unit

WORDS = Catalogue.load()
LANGUAGES = WORDS.languages


def placeholders(entry: Entry) -> set[str]:
    texts = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert set(WORDS.entries(language)) == set(WORDS.entries("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_values(language: str) -> None:
    for key, entry in WORDS.entries(language).items():
        assert placeholders(entry) | {"count"} == placeholders(WORDS.entries("en")[key]) | {
            "count"
        }, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_exactly_the_forms_of_its_language(language: str) -> None:
    categories = PLURALS[language][1]
    for key, entry in WORDS.entries(language).items():
        assert isinstance(entry, str) == isinstance(WORDS.entries("en")[key], str), key
        if not isinstance(entry, str):
            assert set(entry) == categories, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_has_stray_braces(language: str) -> None:
    for key, entry in WORDS.entries(language).items():
        for text in [entry] if isinstance(entry, str) else entry.values():
            assert text.strip() == text != "", key
            assert not set(re.sub(r"\{\w+\}", "", text)) & set("{}"), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language: str) -> None:
    path = Path(offhook.core.__file__).parent / "words" / f"{language}.json"
    pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))


def test_every_plural_rule_yields_only_categories_of_its_language() -> None:
    for language, (rule, categories) in PLURALS.items():
        numbers = [*range(1000), 1_000_000, 1_000_001, 2_000_000]
        assert {rule(number) for number in numbers} == categories, language


@pytest.mark.parametrize(
    ("count", "category"),
    [(0, "zero"), (1, "one"), (2, "two"), (3, "few"), (10, "few"), (11, "many"), (99, "many"),
     (100, "other"), (102, "other"), (103, "few"), (111, "many")],
)  # fmt: skip
def test_arabic_counts_in_six_ways(count: int, category: str) -> None:
    assert PLURALS["ar"][0](count) == category


def test_a_sentence_is_said_in_its_language_with_its_values() -> None:
    assert WORDS.say("room.joined", "en", name="Inès") == "Inès joined."
    assert WORDS.say("room.joined", "ar", name="Inès") == "انضم Inès."


def test_a_plural_is_chosen_by_the_count() -> None:
    assert WORDS.say("people.count", "en", count=1) == "1 person"
    assert WORDS.say("people.count", "en", count=3) == "3 people"
    assert WORDS.say("people.count", "ar", count=2) == "شخصان"


def test_a_value_is_not_taken_for_a_placeholder() -> None:
    assert WORDS.say("room.joined", "en", name="{count}") == "{count} joined."


def test_a_missing_key_or_value_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(KeyError):
        WORDS.say("no.such.key", "en")
    with pytest.raises(KeyError):
        WORDS.say("room.joined", "en")
    with pytest.raises(TypeError, match="whole number"):
        WORDS.say("people.count", "en", count="three")


def test_a_language_that_lacks_a_key_says_it_in_english() -> None:
    words = Catalogue({"en": {"hello": "Hello"}, "fr": {}})
    assert words.say("hello", "fr") == "Hello"
    assert words.say("hello", "xx") == "Hello"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("tlh, ar;q=0.5, en;q=0.7", "en"),
        ("en;q=0, ar", "ar"),
        ("*", "en"),
        ("ar;q=bad, en", "en"),
        ("AR", "ar"),
    ],
)
def test_the_language_follows_the_browsers_wish(header: str, language: str) -> None:
    assert WORDS.choose(header) == language
