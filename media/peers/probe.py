"""Probes: participants that prove media by media, one sends what another must find.

    async with ToneProbe(url, token, tone=440, picture=7), EarProbe(url, other) as ear:
        heard = await ear.until(lambda heard: 440 in heard.tones())

Each is a child process that joins over the public protocol. For operators:
`python -m media.peers.probe --url http://127.0.0.1:8080 --token - --tone 440 --listen 5`.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec
import structlog

from media.peers.child import Child
from media.peers.control import (
    Done,
    Gone,
    Heard,
    Listen,
    PictureWish,
    ProbeWish,
    Publish,
    Ready,
    SetMuted,
    Start,
    ToneWish,
    Unpublish,
)
from offhook.core.contracts.media import TrackSource
from offhook.core.errors import OffhookError, Unavailable


class Probe:
    """A participant that may send a tone and a picture, and may measure what it hears.

    As a context manager it is in the room, with everything published, when the block begins, and
    out of it at the end. `ready` tells its own ids.
    """

    def __init__(self, url: str, token: str, wish: ProbeWish, *, verify_tls: bool = True) -> None:
        self._child = Child(Start(url=url, token=token, peer=wish, verify_tls=verify_tls))
        self._ready: Ready | None = None

    @property
    def ready(self) -> Ready:
        """What the probe told on joining; raise `Unavailable` before that."""
        if self._ready is None:
            raise Unavailable("the probe has not joined")
        return self._ready

    @property
    def pid(self) -> int | None:
        """Its process."""
        return self._child.pid

    async def join(self) -> Ready:
        """Join and publish; raise what the server refuses with."""
        self._ready = await self._child.open()
        return self._ready

    async def listen(self, seconds: float) -> Heard:
        """Measure for so many seconds (at most 30)."""
        return await self._child.ask(Listen(seconds=seconds), Heard, limit=seconds + 15)

    async def until(
        self, right: Callable[[Heard], bool], *, within: float = 15.0, window: float = 0.5
    ) -> Heard:
        """Measure again and again until it is `right`; raise TimeoutError with the last one."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            heard = await self.listen(window)
            if right(heard):
                return heard
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"not within {within} s; at last: {heard}")

    async def publish(self, wish: ToneWish | PictureWish) -> None:
        """Send one more track."""
        await self._child.ask(Publish(wish=wish), Done)

    async def unpublish(self, source: TrackSource) -> None:
        """End a track."""
        await self._child.ask(Unpublish(source=source), Done)

    async def mute(self, source: TrackSource = "microphone", *, muted: bool = True) -> None:
        """Mute a track of its own, or unmute it."""
        await self._child.ask(SetMuted(source=source, muted=muted), Done)

    async def out(self) -> Gone:
        """Return when the probe was put out of the room, and why."""
        return await self._child.out()

    async def close(self) -> None:
        """Leave the room and end the process."""
        await self._child.close()

    async def __aenter__(self) -> Self:
        await self.join()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class ToneProbe(Probe):
    """Sends a tone of `tone` Hz at `level` dBov, and the test picture `picture`.

    It hears nothing, and costs the server nothing to be sent, unless it `listens`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        tone: float | None = 440.0,
        level: float = -20.0,
        picture: int | PictureWish | None = None,
        listens: bool = False,
        verify_tls: bool = True,
    ) -> None:
        wish = ProbeWish(
            tone=None if tone is None else ToneWish(hz=tone, level=level),
            picture=PictureWish(number=picture) if isinstance(picture, int) else picture,
            listens=listens,
        )
        super().__init__(url, token, wish, verify_tls=verify_tls)


class EarProbe(Probe):
    """Sends nothing; measures what it hears and sees of everybody."""

    def __init__(self, url: str, token: str, *, verify_tls: bool = True) -> None:
        super().__init__(url, token, ProbeWish(), verify_tls=verify_tls)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m media.peers.probe",
        description="Join a room, send a tone or a picture, and print what is heard as JSON.",
    )
    parser.add_argument("--url", required=True, help="the server, such as http://127.0.0.1:8080")
    parser.add_argument("--token", required=True, help="a room token; - reads it from the input")
    parser.add_argument("--tone", type=float, help="frequency of the tone to send, in Hz")
    parser.add_argument("--level", type=float, default=-20.0, help="its level in dBov")
    parser.add_argument("--picture", type=int, help="number of the test picture to send, 0-255")
    parser.add_argument(
        "--listen", type=float, default=5.0, help="seconds to measure, or to send (at most 30)"
    )
    parser.add_argument("--insecure", action="store_true", help="take any TLS certificate")
    options = parser.parse_args(given)
    if options.token == "-":  # noqa: S105
        options.token = sys.stdin.readline().strip()
    return options


async def _probe(options: argparse.Namespace) -> Heard:
    wish = ProbeWish(
        tone=None if options.tone is None else ToneWish(hz=options.tone, level=options.level),
        picture=None if options.picture is None else PictureWish(number=options.picture),
    )
    async with Probe(options.url, options.token, wish, verify_tls=not options.insecure) as probe:
        return await probe.listen(options.listen)


def main(given: Sequence[str] | None = None) -> int:
    """Run one probe; return 0, or 1 with the reason on standard error, where logs go too."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        heard = asyncio.run(_probe(_arguments(given)))
    except OffhookError as error:
        sys.stderr.write(f"{error.code}: {error.detail}\n")
        return 1
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(heard)).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
