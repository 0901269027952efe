"""A network of its own for a browser: a namespace whose one cable to the server can be pulled.

Needs root and iproute2, as the continuous integration has.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.browser import CHROMIUM

SERVER_ADDRESS = "10.78.0.1"
_BROWSER_ADDRESS = "10.78.0.2"


class Network:
    """One cable between this machine and a namespace."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._near, self._far = f"{name}a", f"{name}b"

    async def lay(self) -> None:
        """Make the namespace and the cable."""
        await run("ip", "netns", "add", self.name)
        await run("ip", "link", "add", self._near, "type", "veth", "peer", "name", self._far)
        await run("ip", "link", "set", self._far, "netns", self.name)
        await run("ip", "addr", "add", f"{SERVER_ADDRESS}/24", "dev", self._near)
        await run("ip", "link", "set", self._near, "up")
        inside = ("ip", "-n", self.name)
        await run(*inside, "addr", "add", f"{_BROWSER_ADDRESS}/24", "dev", self._far)
        await run(*inside, "link", "set", "lo", "up")
        await run(*inside, "link", "set", self._far, "up")
        await run(*inside, "route", "add", "default", "via", SERVER_ADDRESS)

    async def pull(self) -> None:
        """Pull the cable: nothing passes, and nobody is told."""
        await run("ip", "link", "set", self._near, "down")

    async def plug(self) -> None:
        """Plug it in again."""
        await run("ip", "link", "set", self._near, "up")

    async def remove(self) -> None:
        """Take the namespace away; the cable goes with it."""
        await run("ip", "link", "del", self._near)
        await run("ip", "netns", "del", self.name)

    def chromium(self, folder: Path) -> Path:
        """A program that is Chromium inside the namespace."""
        return wrapped(self.name, folder)


@contextlib.asynccontextmanager
async def network(name: str = "offhook") -> AsyncIterator[Network]:
    """A namespace with a cable, for as long as the block lasts."""
    if os.geteuid() != 0:
        raise AssertionError("This test makes a network namespace: run it as root.")
    made = Network(name)
    await made.lay()
    try:
        yield made
    finally:
        await made.remove()


def wrapped(namespace: str, folder: Path) -> Path:
    """A program that is Chromium inside a namespace."""
    path = folder / f"chromium-{namespace}"
    path.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {CHROMIUM} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


async def run(*command: str) -> None:
    """Run a command, which must succeed."""
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, complaint = await process.communicate()
    if process.returncode:
        raise AssertionError(f"{' '.join(command)}: {complaint.decode().strip()}")
