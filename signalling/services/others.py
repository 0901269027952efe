"""Asks other signalling processes, and does not wait for the dead."""

from __future__ import annotations

import asyncio

from offhook.core.bus.bus import Bus
from offhook.core.contracts.processes import ProcessCommand, ProcessReply
from offhook.core.errors import OffhookError, Unavailable
from offhook.core.processes import Processes
from offhook.core.tasks import Tasks

#: Seconds that another process gets for a command; a join waits for the media node.
_PATIENCE = 10.0


class Others:
    """The processes that share our store, as somebody to ask."""

    def __init__(self, bus: Bus, processes: Processes, tasks: Tasks) -> None:
        self.bus = bus
        self.processes = processes
        self._tasks = tasks

    async def ask(self, node: str, command: ProcessCommand) -> ProcessReply:
        """Ask a process; raise what it answers with, and `Unavailable` (`owner_lost`) as soon as
        it is dead: what became of the command is not known then."""
        asked = self._tasks.spawn(self._outcome(node, command), f"ask {node}")
        death = self._tasks.spawn(self.processes.death(node).wait(), f"death of {node}")
        try:
            await asyncio.wait({asked, death}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise Unavailable("The room's process is gone.", code="owner_lost", retry_after=1)
            outcome = asked.result()
        finally:
            asked.cancel()
            death.cancel()
        if isinstance(outcome, OffhookError):
            raise outcome
        return outcome

    async def _outcome(self, node: str, command: ProcessCommand) -> ProcessReply | OffhookError:
        try:
            return await self.bus.request(node, command, _PATIENCE)
        except OffhookError as error:
            return error
