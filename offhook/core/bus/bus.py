"""The bus port: a request with a typed reply, and topics that many may hear."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, overload

from offhook.core.contracts.media import MediaCommand, MediaNews, MediaReply
from offhook.core.contracts.processes import ProcessCommand, ProcessNews, ProcessReply

#: All that crosses the bus. Whoever asks a node or a topic knows of which kind it is.
Command = MediaCommand | ProcessCommand
Reply = MediaReply | ProcessReply
News = MediaNews | ProcessNews

#: Serves the commands of one node; an `OffhookError` raised here is raised again at the caller.
Handler = (
    Callable[[MediaCommand], Awaitable[MediaReply]]
    | Callable[[ProcessCommand], Awaitable[ProcessReply]]
)
#: Hears what is published on a topic; called in order, one at a time for each publisher.
Listener = Callable[[MediaNews], Awaitable[None]] | Callable[[ProcessNews], Awaitable[None]]


class Registration(Protocol):
    """What `serve` and `subscribe` return: close it to stop."""

    async def close(self) -> None:
        """Stop serving or listening; calls under way are finished first."""
        ...


class Bus(Protocol):
    """Four methods, twice built: in this process, and over Redis."""

    @overload
    async def request(
        self, node: str, command: MediaCommand, within: float = 5.0
    ) -> MediaReply: ...

    @overload
    async def request(
        self, node: str, command: ProcessCommand, within: float = 5.0
    ) -> ProcessReply: ...

    async def request(self, node: str, command: Command, within: float = 5.0) -> Reply:
        """Ask `node` and wait for its reply; raise `BusTimeout` after `within` seconds, or the
        error that the node answered with."""
        ...

    async def serve(self, node: str, handler: Handler) -> Registration:
        """Answer the commands sent to `node`."""
        ...

    async def publish(self, topic: str, news: News) -> None:
        """Tell all who listen on `topic`; nobody listening is no error."""
        ...

    async def subscribe(
        self, topic: str, listener: Listener, *, alone: bool = False
    ) -> Registration:
        """Hear everything published on `topic` from now on, in order per publisher; `alone`:
        nobody else listens, so that what was heard need not be kept."""
        ...

    async def close(self) -> None:
        """Let go of the link; requests under way end with `Unavailable`."""
        ...
