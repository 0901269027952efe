"""A bad network for a browser: a namespace behind a pair of TUN devices that drop, delay and block.

The kernel of small machines has no `netem`, so the packets pass through this process. Needs root
and /dev/net/tun, as the continuous integration has.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import random
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.network import run, wrapped

_SET_INTERFACE, _TUN, _NO_PACKET_INFO = 0x400454CA, 0x0001, 0x1000
_UDP = 17
NEAR, FAR = "10.79.0.1", "10.79.0.2"


@dataclass
class Weather:
    """What happens to IPv4 packets. `loss` is the share of UDP packets that vanish, `delay`
    seconds each way. `only`: the (protocol, server's port) pairs that pass, None for all."""

    loss: float = 0.0
    delay: float = 0.0
    only: frozenset[tuple[str, int]] | None = None
    seed: int = 1
    passed: int = 0
    dropped: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def takes(self, packet: bytes, port: int) -> bool:
        """Whether a packet is swallowed; `port` is the server's end of it."""
        udp = packet[9] == _UDP
        name = "udp" if udp else "tcp"
        blocked = self.only is not None and (name, port) not in self.only
        if blocked or (udp and self.chance.random() < self.loss):
            self.dropped += 1
            return True
        self.passed += 1
        return False


class BadNetwork:
    """One link between this machine (`NEAR`) and a namespace (`FAR`)."""

    def __init__(self, name: str, weather: Weather) -> None:
        self.name = name
        self.weather = weather
        self._near_name, self._far_name = f"{name}a", f"{name}b"
        self._open: list[int] = []
        self._last: dict[int, float] = {}

    async def lay(self) -> None:
        """Make the namespace and the link."""
        near, far = self._tun(self._near_name), self._tun(self._far_name)
        inside = ("ip", "-n", self.name)
        await run("ip", "netns", "add", self.name)
        await run("ip", "link", "set", self._far_name, "netns", self.name)
        await run("ip", "addr", "add", NEAR, "peer", FAR, "dev", self._near_name)
        await run("ip", "link", "set", self._near_name, "up", "mtu", "1400")
        await run(*inside, "addr", "add", FAR, "peer", NEAR, "dev", self._far_name)
        await run(*inside, "link", "set", "lo", "up")
        await run(*inside, "link", "set", self._far_name, "up", "mtu", "1400")
        await run(*inside, "route", "add", "default", "via", NEAR)
        loop = asyncio.get_running_loop()
        # In a TCP or UDP header the source port comes first: the server's is it on the way out.
        loop.add_reader(near, self._pump, near, far, 0)
        loop.add_reader(far, self._pump, far, near, 2)

    async def remove(self) -> None:
        """Take it all away."""
        loop = asyncio.get_running_loop()
        for descriptor in self._open:
            loop.remove_reader(descriptor)
            os.close(descriptor)
        await run("ip", "netns", "del", self.name)

    def chromium(self, folder: Path) -> Path:
        """A program that is Chromium inside the namespace."""
        return wrapped(self.name, folder)

    def _tun(self, name: str) -> int:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        request = struct.pack("16sH", name.encode(), _TUN | _NO_PACKET_INFO)
        fcntl.ioctl(descriptor, _SET_INTERFACE, request)
        self._open.append(descriptor)
        self._last[descriptor] = 0.0
        return descriptor

    def _pump(self, source: int, target: int, port_at: int) -> None:
        while True:
            try:
                packet = os.read(source, 65536)
            except BlockingIOError:
                return
            if packet[0] >> 4 != 4:
                continue
            transport = (packet[0] & 0xF) * 4 + port_at
            port = int.from_bytes(packet[transport : transport + 2], "big")
            if not self.weather.takes(packet, port):
                self._pass(target, packet)

    def _pass(self, target: int, packet: bytes) -> None:
        """In order, as a link does."""
        loop = asyncio.get_running_loop()
        at = max(loop.time() + self.weather.delay, self._last[target])
        self._last[target] = at
        if self.weather.delay:
            loop.call_at(at, self._put, target, packet)
        else:
            self._put(target, packet)

    def _put(self, target: int, packet: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(target, packet)


@contextlib.asynccontextmanager
async def bad_network(weather: Weather, name: str = "offbad") -> AsyncIterator[BadNetwork]:
    """A namespace with bad weather, for as long as the block lasts."""
    if os.geteuid() != 0:
        raise AssertionError("This test makes a TUN device: run it as root.")
    made = BadNetwork(name, weather)
    await made.lay()
    try:
        yield made
    finally:
        await made.remove()
