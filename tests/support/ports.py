"""Free ports, for servers that tests start."""

from __future__ import annotations

import socket


def free_port(address: str = "127.0.0.1") -> int:
    """A port that is free now for TCP and for UDP on an address of this machine."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind((address, 0))
            port: int = stream.getsockname()[1]
            try:
                datagram.bind((address, port))
            except OSError:
                continue
            return port
