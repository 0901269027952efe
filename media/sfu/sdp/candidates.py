"""Host candidates of one UDP port and the same TCP port, passive (RFC 8445, 6544)."""

from __future__ import annotations

from collections.abc import Sequence


def host_candidates(addresses: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """The candidate values for our announced (address, port) pairs: all UDP, then all TCP."""
    udp = [
        f"{index + 1} 1 udp {_priority(126, 65535 - index)} {address} {port} typ host"
        for index, (address, port) in enumerate(addresses)
    ]
    tcp = [
        f"{len(addresses) + index + 1} 1 tcp {_priority(90, 65535 - index)} {address} {port}"
        " typ host tcptype passive"
        for index, (address, port) in enumerate(addresses)
    ]
    return (*udp, *tcp)


def _priority(type_preference: int, local_preference: int) -> int:
    return type_preference << 24 | local_preference << 8 | 255
