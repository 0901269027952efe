"""The TLS of SIP connections (RFC 3261 26.3, RFC 5922)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

_LEAST = ssl.TLSVersion.TLSv1_2


@dataclass(frozen=True, slots=True)
class Tls:
    """What connections are made with; without `server` none are accepted."""

    client: ssl.SSLContext
    server: ssl.SSLContext | None = None


def server_context(cert: Path, key: Path, authorities: Path | None = None) -> ssl.SSLContext:
    """For connections that come; with `authorities` the peer must show a certificate of theirs.

    Raises OSError or ssl.SSLError when the files cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _LEAST
    context.load_cert_chain(cert, key)
    if authorities is not None:
        context.load_verify_locations(authorities)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(
    authorities: Path | None = None, *, cert: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """For connections that we open: the peer's certificate must be of the authorities, or of those
    that the system knows, and for its name. `cert` and `key` are what we show when asked."""
    context = ssl.create_default_context(cafile=None if authorities is None else str(authorities))
    context.minimum_version = _LEAST
    if cert is not None:
        context.load_cert_chain(cert, key)
    return context
