"""The words of the pages in one language, to find things on a page by what it says."""

from __future__ import annotations

from offhook.core.text import Catalogue


class Words:
    """Says a key in one language, as the pages do."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._catalogue = Catalogue.load()

    def __call__(self, key: str, **values: object) -> str:
        return self._catalogue.say(key, self._language, **values)
