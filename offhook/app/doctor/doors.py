"""The doors: ports, the certificate, and whether browsers can come in by the given address."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import ipaddress
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from cryptography import x509

from offhook.app.config import Config
from offhook.app.doctor.findings import Finding, fail, note, ok, warn
from offhook.app.tls import ServerTls
from offhook.core.errors import Misconfigured

_PATIENCE = aiohttp.ClientTimeout(total=5)
#: Days before the end of a certificate at which to worry.
_SOON = 14
#: Seconds that our clock and the address's may differ.
_SKEW = 5


async def ports(config: Config) -> list[Finding]:
    """Whether the ports are free, or held by an Offhook that runs already."""
    running = await _is_offhook(config)
    found: list[Finding] = []
    wanted = [("http", config.host, config.port, socket.SOCK_STREAM, "--port")]
    for host in config.media_hosts:
        for kind, name in ((socket.SOCK_DGRAM, "media udp"), (socket.SOCK_STREAM, "media tcp")):
            wanted.append((name, host, config.media_port, kind, "--media-port"))
    for name, host, port, kind, option in wanted:
        problem = _bind_problem(host, port, kind)
        where = f"{name} {port} on {host}"
        if problem is None:
            found.append(ok("ports", f"{where} is free"))
        elif running and problem.errno in {98, 48}:
            found.append(ok("ports", f"{where} is in use by the Offhook that is running"))
        elif problem.errno in {98, 48}:
            who = "-lunp" if kind is socket.SOCK_DGRAM else "-ltnp"
            found.append(
                fail(
                    "ports",
                    f"{where} is taken by another program",
                    f"`ss {who} 'sport = :{port}'` shows it; stop it or choose {option}",
                )
            )
        else:
            found.append(
                fail("ports", f"{where}: {problem.strerror}", "`hostname -I` lists the addresses")
            )
    return found


async def certificate(config: Config) -> list[Finding]:
    """Whether the certificate can be used, names the address, and lasts."""
    if not config.tls_cert:
        return []
    try:
        ServerTls(Path(config.tls_cert), Path(config.tls_key))
        data = await asyncio.to_thread(Path(config.tls_cert).read_bytes)
        known = x509.load_pem_x509_certificate(data)
    except (Misconfigured, ValueError, OSError) as error:
        text = error.detail if isinstance(error, Misconfigured) else str(error)
        return [fail("certificate", text, "set `tls_cert` and `tls_key` to a pair of PEM files")]
    days = (known.not_valid_after_utc - datetime.now(UTC)).days
    host = urlsplit(config.url).hostname or ""
    if days < 0:
        return [fail("certificate", f"it ended {-days} days ago", "renew it")]
    found = ok("certificate", f"good for {days} days")
    if days < _SOON:
        found = warn("certificate", f"it ends in {days} days", "renew it; no restart is needed")
    if not _names(known, host):
        return [
            found,
            fail(
                "certificate",
                f"it does not name {host}",
                "get one for the host of `public_url`, or correct `public_url`",
            ),
        ]
    return [found]


async def address(config: Config) -> list[Finding]:
    """Whether browsers that open the address get a microphone, and reach media."""
    parts = urlsplit(config.url)
    host = parts.hostname or ""
    found: list[Finding] = []
    if parts.scheme != "https" and not _is_loopback(host) and host != "localhost":
        found.append(
            fail(
                "address",
                f"{config.url} is not https: browsers give it no microphone or camera",
                "use `serve --lan` to try, `tls_cert` and `tls_key`, or a proxy with TLS and "
                "`public_url`",
            )
        )
    elif _is_loopback(host) or host == "localhost":
        advice = "`serve --lan` opens it to your network, `public_url` and TLS to everybody"
        found.append(note("address", f"{config.url} is for this machine only", advice))
    else:
        found.append(ok("address", f"browsers open {config.url}"))
    return [*found, *media_address(config), *await _reached(config, host)]


def media_address(config: Config) -> list[Finding]:
    """Whether the addresses told to browsers can be reached by those who open the page."""
    host = urlsplit(config.url).hostname or ""
    told = [config.advertise_ip] if config.advertise_ip else list(config.media_hosts)
    if not _is_loopback(host) and host != "localhost" and all(map(_is_loopback, told)):
        return [
            fail(
                "address",
                f"media are offered on {', '.join(told)} only, which no other machine reaches",
                "set `media_host` to an address of this machine (`hostname -I`), and "
                "`advertise_ip` to the public one when it is behind NAT",
            )
        ]
    outside = _public(host)
    if outside and not any(map(_public, told)):
        return [
            warn(
                "address",
                f"{host} is public, but media are offered on {', '.join(told)}",
                "set `advertise_ip` to the public address, and forward UDP and TCP "
                f"{config.media_port} to this machine",
            )
        ]
    return [ok("address", f"media are offered on {', '.join(told)}")]


async def _reached(config: Config, host: str) -> list[Finding]:
    """What the public address answers; our own clock is compared with its."""
    if not config.public_url or _is_loopback(host):
        return []
    url = f"{config.url}/healthz"
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.get(url) as reply,
        ):
            status, date = reply.status, reply.headers.get("Date")
    except aiohttp.ClientConnectorCertificateError as error:
        return [
            warn(
                "address",
                f"{config.url}: its certificate is not trusted here ({error.certificate_error})",
                "browsers will warn too, unless they know its issuer",
            )
        ]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = str(error) or type(error).__name__
        advice = "start the server, and look at DNS, firewall and proxy in this order"
        return [warn("address", f"{url} does not answer: {reason}", advice)]
    if status != 200:
        advice = "the proxy must pass every path, and upgrades to WebSocket, to Offhook"
        return [fail("address", f"{url} answers {status}", advice)]
    found = [ok("address", f"{config.url} answers")]
    if date and (theirs := email.utils.parsedate_to_datetime(date)):
        apart = abs(theirs.timestamp() - time.time())
        if apart > _SKEW:
            found.append(
                warn(
                    "clock",
                    f"it differs by {apart:.0f} s from the machine in front",
                    "synchronise both: tokens are judged by the clock",
                )
            )
    return found


async def _is_offhook(config: Config) -> bool:
    scheme = "https" if config.tls_cert else "http"
    host = "127.0.0.1" if config.host in {"0.0.0.0", ""} else config.host  # noqa: S104
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{config.port}/healthz"
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE) as session,
            session.get(url, ssl=False) as reply,
        ):
            return "status" in await reply.json()
    return False


def _bind_problem(host: str, port: int, kind: socket.SocketKind) -> OSError | None:
    try:
        for family, _, _, _, where in socket.getaddrinfo(host, port, type=kind):
            with socket.socket(family, kind) as sock:
                if kind is socket.SOCK_STREAM:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(where)
    except OSError as error:
        return error
    return None


def _names(known: x509.Certificate, host: str) -> bool:
    return any(_matches(name, host) for name in _all_names(known))


def _all_names(known: x509.Certificate) -> Iterator[str]:
    with contextlib.suppress(x509.ExtensionNotFound):
        names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        yield from names.get_values_for_type(x509.DNSName)
        yield from map(str, names.get_values_for_type(x509.IPAddress))


def _matches(name: str, host: str) -> bool:
    """A wildcard stands for one label (RFC 6125)."""
    if name.startswith("*."):
        return host.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == host.lower()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".lan", ".internal", ".localhost"))
