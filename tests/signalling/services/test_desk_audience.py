"""What pages of a contact centre are told, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from msgspec import Raw, Struct

from offhook.core.clock import ManualClock
from offhook.core.tasks import Tasks
from signalling.domain.desk import Changed
from signalling.services.desk_audience import DeskAudience

pytestmark = pytest.mark.unit

VISITORS = [f"visitor {number}" for number in range(12)]
NOBODY: frozenset[str] = frozenset()


class View(Struct, frozen=True):
    """What a page is shown here."""

    seq: int
    whose: str
    news: str


class Pages:
    """What is shown, and the sockets that are told; `seen` has whose page was looked at."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.tasks = Tasks()
        self.news = "nothing"
        self.seen: list[str] = []
        self.begun = asyncio.Event()
        self.told: list[tuple[str, str]] = []
        self.audience = DeskAudience(self.clock, self.tasks, self)
        self.audience.attend(self)
        for visitor in VISITORS:
            self.audience.seat_visitor(visitor, f"of {visitor}")

    def show_visit(self, session: str) -> Struct | None:
        self.seen.append(session)
        self.begun.set()
        return View(seq=len(self.seen), whose=session, news=self.news)

    def show_desk(self, agent: str) -> Struct | None:
        return self.show_visit(agent)

    def show_live(self) -> Struct:
        return View(seq=len(self.seen), whose="all", news=self.news)

    def refresh(self) -> None:
        self.seen.clear()

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        assert isinstance(message, View)
        self.told += [(socket, message.news) for socket in sockets]

    async def close(self, socket: str) -> None:
        raise AssertionError(socket)

    def alive(self, socket: str) -> bool:
        return True

    async def change(self, news: str, *sessions: str) -> None:
        """Something happens that concerns these."""
        self.news = news
        await self.audience.changed(Changed(frozenset(sessions), NOBODY))

    async def settle(self) -> None:
        """Until nothing more is to be told at this moment."""
        for _ in range(len(VISITORS)):
            await asyncio.sleep(0)


async def test_those_whom_it_concerns_are_told_at_once_and_the_others_soon() -> None:
    pages = Pages()
    await pages.change("a call", VISITORS[3])
    assert pages.told == [(f"of {VISITORS[3]}", "a call")]
    pages.clock.advance(0.5)
    await pages.settle()
    assert {socket for socket, _ in pages.told} == {f"of {visitor}" for visitor in VISITORS}
    assert len(pages.told) == len(VISITORS)


async def test_others_get_their_turn_while_many_are_told() -> None:
    pages = Pages()
    await pages.change("a call")
    pages.clock.advance(0.5)
    counts = []
    while len(pages.seen) < len(VISITORS):
        await asyncio.sleep(0)
        counts.append(len(pages.seen))
    assert max(after - before for before, after in zip([0, *counts], counts, strict=False)) <= 5


async def test_who_leaves_or_is_told_meanwhile_is_not_told_what_is_old() -> None:
    pages = Pages()
    await pages.change("old")
    pages.clock.advance(0.5)
    await pages.begun.wait()
    last, gone = VISITORS[-1], VISITORS[-2]
    pages.audience.leave_visitor(gone, f"of {gone}")
    await pages.change("new", last)
    await pages.settle()
    assert [news for socket, news in pages.told if socket == f"of {last}"] == ["new"]
    assert f"of {gone}" not in {socket for socket, _ in pages.told}


async def test_what_happens_while_many_are_told_is_told_to_all_again() -> None:
    pages = Pages()
    await pages.change("old")
    pages.clock.advance(0.5)
    await pages.begun.wait()
    await pages.change("new")
    await pages.settle()
    pages.clock.advance(0.5)
    await pages.settle()
    for visitor in VISITORS:
        assert [news for socket, news in pages.told if socket == f"of {visitor}"][-1] == "new"


async def test_of_many_pages_each_sweep_leaves_more_time() -> None:
    pages = Pages()
    for number in range(1_000):
        pages.audience.seat_agent(f"agent {number}", f"of agent {number}")
    await pages.change("a call")
    pages.clock.advance(1)
    await pages.settle()
    assert not pages.seen
    pages.clock.advance(2)
    await pages.settle()
    assert pages.seen


async def test_nothing_is_told_after_the_end() -> None:
    pages = Pages()
    await pages.change("a call")
    pages.audience.close()
    pages.clock.advance(1)
    await pages.settle()
    assert pages.told == []
