"""Numbered lines between processes: what one tells another is counted, so a loss is noticed."""

from __future__ import annotations

from collections.abc import Iterable

from offhook.core.contracts.processes import Counted, ProcessNews


class Lines:
    """The numbers of one process: how much it told each other one, and heard of each."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}
        self._heard: dict[str, int] = {}

    def next(self, node: str) -> int:
        """The number of what is told to this process now."""
        number = self._told[node] = self._told.get(node, 0) + 1
        return number

    def told(self) -> Iterable[tuple[str, int]]:
        """Whom we have told how much."""
        return list(self._told.items())

    def whole(self, news: ProcessNews) -> bool:
        """Take in a number; False when something before it, or all after it, was lost."""
        before = self._heard.get(news.sender, 0)
        self._heard[news.sender] = news.number
        expected = before if isinstance(news, Counted) else before + 1
        return news.number == expected

    def cut(self, node: str) -> None:
        """The process is dead, or takes us for dead: count anew."""
        self._told.pop(node, None)
        self._heard.pop(node, None)

    def begin_again(self) -> None:
        """Count anew what we hear of everybody."""
        self._heard.clear()
