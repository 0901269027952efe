"""What there is on a server, to compare before and after: memory, files, threads, tasks, legs."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass

import aiohttp

from bench import report
from bench.server import Measured

_COUNTED = ("participants", "media_legs", "media_tracks", "media_subscriptions", "sockets", "tasks")
#: A file more or less: the connection that asks, and one of the store's.
_SPARE_FILES = 2
#: The loop's executor starts its threads when they are first needed, and keeps them: so many.
_SPARE_THREADS = min(32, (os.cpu_count() or 1) + 4)
_LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Remains:
    """At one moment; `counts` by their name among the figures."""

    counts: dict[str, float]
    files: int
    threads: int
    memory: float

    def nothing_beside(self, before: Remains) -> bool:
        """Whether it is no more than before, but for memory."""
        return (
            all(self.counts[name] <= before.counts[name] for name in _COUNTED)
            and self.files <= before.files + _SPARE_FILES
            and self.threads <= before.threads + _SPARE_THREADS
        )


async def remains(server: Measured) -> Remains:
    """What there is now."""
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/metrics") as reply:
        text = await reply.text()
    told = {name: float(value) for name, value in re.findall(r"^offhook_(\w+) (\S+)$", text, re.M)}
    counts = {name: told[name] for name in _COUNTED}
    return Remains(counts, server.open_files(), server.threads(), server.memory())


async def settled(server: Measured, before: Remains, within: float) -> Remains:
    """What is left once it is no more than before, or when that takes too long."""
    end = asyncio.get_running_loop().time() + within
    while True:
        now = await remains(server)
        if now.nothing_beside(before) or asyncio.get_running_loop().time() > end:
            return now
        await asyncio.sleep(_LOOK_EVERY)


def compare(page: report.Report, before: Remains, after: Remains, growth: float) -> None:
    """Write the differences; memory may have grown by so many per cent, the rest not at all."""
    page.figure("memory before", before.memory, "MB")
    page.figure("memory after", after.memory, "MB")
    grown = 100 * (after.memory - before.memory) / before.memory
    page.figure("growth of memory", grown, "%", at_most=growth)
    for name in _COUNTED:
        more = after.counts[name] - before.counts[name]
        page.figure(f"{name.replace('_', ' ')} left behind", more, "", at_most=0)
    page.figure("files left behind", after.files - before.files, "", at_most=_SPARE_FILES)
    more = after.threads - before.threads
    page.figure("threads left behind", more, "", at_most=_SPARE_THREADS)
