"""Binding: a UDP and a TCP socket with one port number, on one address of this machine."""

from __future__ import annotations

import errno
import ipaddress
import socket

from offhook.core.errors import Misconfigured

_TRIES = 20


def pair(address: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on the same port; port 0 takes any that is free for both.

    Raises `Misconfigured` when the address is not one of ours or the port is busy.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        raise Misconfigured(
            f"{address} is no IP address; media listens on addresses of this machine"
        ) from None
    if ip.is_unspecified:
        raise Misconfigured(
            f"media cannot listen on {address}: replies would leave with the wrong address. "
            "Name the address that browsers reach, or several with commas between."
        )
    family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
    for attempt in range(1 if port else _TRIES):
        try:
            return _pair(family, str(ip), port)
        except OSError as error:
            if port or attempt == _TRIES - 1 or error.errno != errno.EADDRINUSE:
                raise _explained(error, str(ip), port) from error
    raise AssertionError


def _pair(
    family: socket.AddressFamily, address: str, port: int
) -> tuple[socket.socket, socket.socket]:
    udp = socket.socket(family, socket.SOCK_DGRAM)
    tcp = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            for sock in (udp, tcp):
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        udp.bind((address, port))
        tcp.bind((address, udp.getsockname()[1]))
        tcp.setblocking(False)
    except OSError:
        udp.close()
        tcp.close()
        raise
    return udp, tcp


def _explained(error: OSError, address: str, port: int) -> Misconfigured:
    if error.errno == errno.EADDRINUSE:
        return Misconfigured(
            f"port {port} of {address} (UDP and TCP, for media) is busy: stop the other program, "
            "or set media_port to another port",
            code="port_busy",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return Misconfigured(
            f"{address} is no address of this machine: set media_host to one that `ip addr` lists"
        )
    if error.errno == errno.EACCES:
        return Misconfigured(f"port {port} of {address} needs root: set media_port above 1023")
    return Misconfigured(f"cannot listen on {address} port {port}: {error}")
