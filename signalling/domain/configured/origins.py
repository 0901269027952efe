"""Origins of web pages, exact and written in one way, as browsers compare them (RFC 6454)."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from offhook.core.errors import InvalidInput

_PORTS: Final = {"https": 443, "http": 80}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")


def origin(text: str, field: str) -> str:
    """`https://shop.example` or `http://localhost:8090`: scheme, host, and port unless it is the
    usual one. Raises `InvalidInput` (code `bad_origin`); plain http is for loopback only."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _bad("This is no origin; write https://shop.example.", field) from error
    if parts.scheme not in _PORTS or not host:
        raise _bad("This is no origin; write https://shop.example.", field)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise _bad("An origin ends with the host or port.", field)
    if "*" in host:
        raise _bad("An origin is exact; name each host.", field)
    shown, loopback = _host(host, field)
    if parts.scheme == "http" and not loopback:
        raise _bad("Pages must come by https, except from this machine.", field)
    usual = port in {None, _PORTS[parts.scheme]}
    return f"{parts.scheme}://{shown}" + ("" if usual else f":{port}")


def _host(host: str, field: str) -> tuple[str, bool]:
    """The host as browsers write it, and whether it is this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = _name(host, field)
        return name, name == "localhost" or name.endswith(".localhost")
    shown = f"[{address}]" if address.version == 6 else str(address)
    return shown, address.is_loopback


def _name(host: str, field: str) -> str:
    try:
        name = host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise _bad("This is no host name.", field) from error
    if not all(_LABEL.match(label) for label in name.split(".")):
        raise _bad("This is no host name.", field)
    return name


def _bad(problem: str, field: str) -> InvalidInput:
    return InvalidInput(problem, code="bad_origin", field=field)
