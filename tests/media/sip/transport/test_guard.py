"""Who is read at all (RFC 3261 26.3.2.4)."""

from __future__ import annotations

import random

import pytest

from media.sip.transport.guard import Bounds, Guard
from offhook.core.clock import SECOND, Micros

pytestmark = pytest.mark.unit

CALL = b"INVITE sip:ada@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n"
EVE, ADA, TRUNK = "192.0.2.66", "192.0.2.1", "198.51.100.7"
NOW = Micros(1_800_000_000 * SECOND)


def test_an_ordinary_message_is_read() -> None:
    guard = Guard()
    assert guard.admits(CALL, ADA, NOW)
    assert not guard.dropped


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 60, b"\x16\x03\x01" + b"x" * 60, b"hello", b"1" * 60]
)
def test_what_is_no_sip_is_not_read(data: bytes) -> None:
    guard = Guard()
    assert not guard.admits(data, EVE, NOW)
    assert guard.dropped == {"form": 1}


def test_a_scanner_is_not_read() -> None:
    guard = Guard()
    assert not guard.admits(CALL + b"User-Agent: friendly-scanner\r\n", EVE, NOW)
    assert guard.dropped == {"scanner": 1}


def test_who_floods_is_slowed_and_others_are_not() -> None:
    guard = Guard(Bounds(rate=10, burst=20))
    assert sum(guard.admits(CALL, EVE, NOW) for _ in range(200)) == 20
    assert guard.admits(CALL, ADA, NOW)
    assert sum(guard.admits(CALL, EVE, Micros(NOW + SECOND)) for _ in range(200)) == 10


def test_who_goes_on_is_not_listened_to_for_a_while() -> None:
    guard = Guard(Bounds(rate=10, burst=10, patience=50, ban=60))
    for _ in range(100):
        guard.admits(CALL, EVE, NOW)
    assert guard.banned(EVE, NOW)
    assert guard.dropped == {"flood": 50, "banned": 40}
    assert not guard.admits(CALL, EVE, Micros(NOW + 59 * SECOND))
    assert guard.admits(CALL, EVE, Micros(NOW + 60 * SECOND))


def test_wrong_passwords_count_for_more() -> None:
    guard = Guard(Bounds(patience=100))
    for _ in range(10):
        guard.fault(EVE, NOW, 10)
    assert guard.banned(EVE, NOW)


def test_a_trunk_is_never_too_much() -> None:
    guard = Guard(Bounds(rate=1, burst=1, patience=1), {TRUNK})
    assert all(guard.admits(CALL, TRUNK, NOW) for _ in range(1_000))
    guard.fault(TRUNK, NOW)
    assert not guard.banned(TRUNK, NOW)
    assert not guard.admits(b"\0" * 50, TRUNK, NOW)


def test_many_addresses_take_no_more_room_than_is_meant_for_them() -> None:
    guard = Guard(Bounds(rate=1, burst=1, patience=3, remembered=100))
    luck = random.Random(5)
    for number in range(5_000):
        guard.admits(CALL, f"10.0.{luck.randrange(40)}.{number % 250}", NOW)
    assert len(guard._rates) <= 100
    assert len(guard._faults) <= 100
    assert len(guard._banned) <= 100
