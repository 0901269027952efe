#!/usr/bin/env python3
"""Exits with 0 when one of our processes answers: `healthy http://…/healthz` or `healthy tcp://…`."""

from __future__ import annotations

import contextlib
import http.client
import socket
import sys
from urllib.parse import urlsplit

_PATIENCE = 3.0


def answers(url: str) -> bool:
    """Whether an HTTP address answers with 200, or a TCP address takes a connection."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    if parts.scheme == "tcp":
        socket.create_connection((host, port), _PATIENCE).close()
        return True
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=_PATIENCE)) as door:
        door.request("GET", parts.path)
        return door.getresponse().status == http.HTTPStatus.OK


def main(urls: list[str]) -> int:
    """Return 0 when all answer, else 1 with the reason."""
    for url in urls:
        try:
            if not answers(url):
                sys.stderr.write(f"{url}: it says that it is not well\n")
                return 1
        except (OSError, http.client.HTTPException) as error:
            sys.stderr.write(f"{url}: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
