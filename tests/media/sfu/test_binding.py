"""Which leg an address belongs to: the one whose browser asked last."""

from __future__ import annotations

import socket

import pytest

from media.sfu.datapath.plans import LegNumber, Path
from media.sfu.datapath.python import PythonDatapath
from media.sfu.timers import Timers
from offhook.core.clock import SystemClock
from tests.media.sfu.plane import Facts
from tests.media.sfu.wait import eventually

pytestmark = pytest.mark.integration


class Handshakes(Facts):
    """Notes which leg each DTLS datagram was handed to."""

    def __init__(self) -> None:
        super().__init__()
        self.legs: list[LegNumber] = []

    def on_dtls(self, leg: LegNumber, path: Path, data: bytes) -> None:
        """Note it."""
        self.legs.append(leg)


async def test_an_address_that_another_leg_took_comes_back_with_the_next_check() -> None:
    clock, heard = SystemClock(), Handshakes()
    datapath = PythonDatapath(clock, Timers(clock), heard)
    (port,) = await datapath.open(("127.0.0.1",), 0)
    victim, thief = LegNumber(1), LegNumber(2)
    datapath.add_leg(victim)
    datapath.add_leg(thief)
    with socket.socket(type=socket.SOCK_DGRAM) as browser:
        browser.bind(("127.0.0.1", 0))
        path = Path("udp", 0, "127.0.0.1", browser.getsockname()[1])
        datapath.bind(victim, path)
        datapath.bind(thief, path)
        datapath.bind(victim, path)
        datapath.remove_leg(thief)
        browser.sendto(bytes([22]) + bytes(20), ("127.0.0.1", port))
        await eventually(lambda: heard.legs == [victim])
    await datapath.close()
