"""How this server is: ready or not, and how much goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from offhook.core.contracts.media import NodeGone
from offhook.core.errors import OffhookError
from signalling.domain.room import State
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds that the store and the bus get to answer.
_PATIENCE = 2.0
#: A topic on which nobody listens.
_PROBE = "readiness"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is there."""

    store: bool
    bus: bool
    media: bool

    @property
    def ready(self) -> bool:
        """Whether all of it is."""
        return self.store and self.bus and self.media


class Status:
    """Answers for the parts."""

    def __init__(self, parts: Parts, rooms: Rooms) -> None:
        self._parts = parts
        self._rooms = rooms

    async def readiness(self) -> Readiness:
        """Try the store with a write and the bus with a message; media nodes tell themselves."""
        return Readiness(
            store=await self._store_takes_writes(),
            bus=await self._bus_carries(),
            media=self._parts.directory.any(),
        )

    def rooms(self) -> int:
        """Rooms in which a meeting is on."""
        return sum(owner.room.state is State.OPEN for owner in self._rooms.awake())

    def participants(self) -> int:
        """People who have a place, with a socket."""
        return len(self._parts.audience)

    async def _store_takes_writes(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._parts.store.write(lambda connection: None)
        except (OffhookError, TimeoutError) as error:
            log.warning("store takes no writes", error=str(error))
            return False
        return True

    async def _bus_carries(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._parts.bus.publish(_PROBE, NodeGone(node=_PROBE))
        except (OffhookError, TimeoutError) as error:
            log.warning("bus carries nothing", error=str(error))
            return False
        return True
