"""Free ports of the loopback, for servers that tests start."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port that is free now for TCP and for UDP on 127.0.0.1."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind(("127.0.0.1", 0))
            port: int = stream.getsockname()[1]
            try:
                datagram.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
