"""Whether an Offhook server answers at an address, before many clients try."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import aiohttp

from offhook.core.errors import InvalidInput, Unavailable

#: Seconds.
_PATIENCE = 5.0


async def reach(url: str, *, verify_tls: bool = True) -> None:
    """Raise `InvalidInput` for what is no address of a server, `Unavailable` when none answers."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"`{url}` is no address; write http://127.0.0.1:8080.", field="url")
    patience = aiohttp.ClientTimeout(_PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.get(f"{url}/status.json", ssl=verify_tls) as reply,
        ):
            found = reply.status
    except aiohttp.ClientConnectorCertificateError as error:
        raise Unavailable(
            f"The certificate of {url} is not to be trusted: {error.certificate_error}. "
            "With --insecure any is taken.",
            code="bad_certificate",
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(
            f"No server answers at {url}: {_why(error)}. Is it running?", code="unreachable"
        ) from error
    if found != 200:
        raise Unavailable(
            f"What answers at {url} is no Offhook server: /status.json is {found} there.",
            code="unreachable",
        )


def _why(error: Exception) -> str:
    """The system's word for it, without the words around it."""
    if isinstance(error, TimeoutError):
        return f"nothing was heard in {_PATIENCE:.0f} s"
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno) if error.errno > 0 else error.strerror or str(error)
    return str(error)
