"""Pairs of UDP ports for phone legs: an even one for RTP, the next for RTCP (RFC 3550 11)."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass

from offhook.core.errors import Misconfigured, Unavailable

#: EF of RFC 3246, in the upper six bits: voice goes first where the network knows it.
_EXPEDITED = 46 << 2
_BUFFER = 256 << 10


class NoPorts(Unavailable):
    """All ports of the range are taken."""

    code = "no_rtp_ports"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sockets that are bound, not blocking; `port` is that of RTP."""

    rtp: socket.socket
    rtcp: socket.socket
    port: int

    def close(self) -> None:
        """Close both."""
        self.rtp.close()
        self.rtcp.close()


class PortRange:
    """The ports from `first` to `last`, both included.

    Pairs are given in turn from a random beginning (`luck` gives a number from 0 to 1), so that a
    port rests as long as possible before another call has it: late packets of the call before
    must not reach it, nor may an attacker know which comes next.
    """

    def __init__(self, first: int, last: int, luck: Callable[[], float]) -> None:
        self._first = first + first % 2
        self._count = (last - self._first + 1) // 2
        if self._count < 1 or first < 1024 or last > 65_535:
            raise Misconfigured(f"{first}-{last} has no pair of ports for RTP.")
        self._next = int(luck() * self._count) % self._count

    def open(self, host: str) -> Pair:
        """Bind the next pair that is free on an address; raises `NoPorts`."""
        for step in range(self._count):
            port = self._first + 2 * ((self._next + step) % self._count)
            pair = _bound(host, port)
            if pair is not None:
                self._next = (self._next + step + 1) % self._count
                return pair
        raise NoPorts("All RTP ports are taken; widen the range.")


def _bound(host: str, port: int) -> Pair | None:
    rtp = _socket(host, port)
    if rtp is None:
        return None
    rtcp = _socket(host, port + 1)
    if rtcp is None:
        rtp.close()
        return None
    return Pair(rtp, rtcp, port)


def _socket(host: str, port: int) -> socket.socket | None:
    wide = ":" in host
    sock = socket.socket(socket.AF_INET6 if wide else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        return None
    sock.setblocking(False)
    level, option = (
        (socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if wide else (socket.IPPROTO_IP, socket.IP_TOS)
    )
    for where, what, value in (
        (socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER),
        (level, option, _EXPEDITED),
    ):
        with contextlib.suppress(OSError):
            sock.setsockopt(where, what, value)
    return sock
