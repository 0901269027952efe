"""Tasks: none dies unheard, and none outlives its owner."""

from __future__ import annotations

import asyncio
import contextvars

import pytest
from structlog.testing import capture_logs

from offhook.core.errors import Unavailable
from offhook.core.tasks import Tasks, cancel

pytestmark = pytest.mark.unit


async def wait_for_ever(started: asyncio.Event) -> None:
    started.set()
    await asyncio.Event().wait()


async def fail() -> None:
    raise OSError("out of paper")


async def test_all_tasks_end_with_their_owner() -> None:
    started = asyncio.Event()
    async with Tasks() as tasks:
        task = tasks.spawn(wait_for_ever(started), "waiter")
        await started.wait()
        assert len(tasks) == 1
    assert task.cancelled()
    assert len(tasks) == 0


async def test_a_death_is_logged_with_the_name() -> None:
    async with Tasks() as tasks:
        with capture_logs() as logs:
            await asyncio.wait({tasks.spawn(fail(), "printer")})
    assert [(line["event"], line["task"]) for line in logs] == [("task died", "printer")]


async def test_a_closed_owner_starts_nothing() -> None:
    tasks = Tasks()
    await tasks.close()
    with pytest.raises(Unavailable):
        tasks.spawn(fail(), "late")


async def test_a_task_may_close_its_owner() -> None:
    tasks, started = Tasks(), asyncio.Event()
    other = tasks.spawn(wait_for_ever(started), "waiter")
    await started.wait()
    await tasks.spawn(tasks.close(), "closer")
    assert other.cancelled()


async def test_a_cancellation_that_was_swallowed_is_repeated() -> None:
    started, swallowed = asyncio.Event(), 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await wait_for_ever(started)
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 2:
                    raise

    task = asyncio.ensure_future(stubborn())
    await started.wait()
    await cancel(task, patience=0.01)
    assert task.cancelled()
    assert swallowed == 2


async def test_a_task_with_a_context_of_its_own_does_not_see_its_starters() -> None:
    seen = contextvars.ContextVar("seen", default="nothing")

    async def look() -> str:
        return seen.get()

    seen.set("request")
    async with Tasks() as tasks:
        assert await tasks.spawn(look(), "heir") == "request"
        assert await tasks.spawn(look(), "stranger", context=contextvars.Context()) == "nothing"
