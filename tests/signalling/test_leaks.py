"""Coming and going leaves nothing behind."""

from __future__ import annotations

import asyncio
import threading

import psutil
import pytest

from tests.signalling.signalling import Signalling

pytestmark = pytest.mark.integration


def tasks_of_ours() -> set[str]:
    """The names of the tasks that our code keeps."""
    names = {task.get_name() for task in asyncio.all_tasks()}
    return {name for name in names if not name.startswith("Task-")}


async def test_a_hundred_joins_and_leaves_leave_nothing_behind(server: Signalling) -> None:
    await come_and_go(server)
    await at_rest(server)
    tasks, threads = tasks_of_ours(), threading.active_count()
    files = psutil.Process().num_fds()
    for _ in range(100):
        await come_and_go(server)
    await at_rest(server)
    assert tasks_of_ours() == tasks
    assert threading.active_count() == threads
    assert psutil.Process().num_fds() == files
    assert len(server.services.audience) == 0


async def come_and_go(server: Signalling) -> None:
    """Somebody joins, publishes and leaves."""
    ada = await server.joined("Ada", room="churn")
    await ada.offer("microphone")
    await ada.asks("leave")
    await ada.close()
    server.people.remove(ada)


async def at_rest(server: Signalling) -> None:
    """The only room that is awake waits for somebody to come back; media know of all goodbyes."""
    await server.settle()
    await server.media.empty()
    under_way = [t for t in asyncio.all_tasks() if t.get_name() == "outbox media"]
    if under_way:
        await asyncio.wait(under_way)
    (owner,) = server.services.rooms.awake()
    assert not owner.room.participants
