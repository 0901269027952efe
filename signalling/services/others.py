"""Asks other signalling processes, and does not wait for the dead."""

from __future__ import annotations

from offhook.core.bus.bus import Bus
from offhook.core.contracts.processes import ProcessCommand, ProcessReply
from offhook.core.errors import Unavailable
from offhook.core.lifelines import Severed
from offhook.core.processes import Processes

#: Seconds that another process gets for a command; a join waits for the media node.
_PATIENCE = 10.0


class Others:
    """The processes that share our store, as somebody to ask."""

    def __init__(self, bus: Bus, processes: Processes) -> None:
        self.bus = bus
        self.processes = processes

    async def ask(self, node: str, command: ProcessCommand) -> ProcessReply:
        """Ask a process; raise what it answers with, and `Unavailable` (`owner_lost`) as soon as
        it is dead: what became of the command is not known then."""
        try:
            async with self.processes.while_there(node):
                return await self.bus.request(node, command, _PATIENCE)
        except Severed as error:
            raise Unavailable(
                "The process that looked after it is gone.", code="owner_lost", retry_after=1
            ) from error
