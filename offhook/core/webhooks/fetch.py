"""Requests that the server makes by itself: only to addresses it may, and never for long."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from offhook.core.clock import SECOND, Clock
from offhook.core.webhooks.addresses import AllowedAddresses, Refused, Target, Unknown
from offhook.core.webhooks.webhook import Failure

#: Seconds for everything: finding the address, connecting, sending, and the answer.
TIMEOUT = 10.0
#: Bytes that are kept of an answer.
KEPT = 4096
_LOOKUP = 5.0
#: At most so many addresses of a name are tried, one after another.
_ADDRESSES = 3
#: Seconds that a connection is kept for the next request; Node's servers keep theirs for five.
_KEEP_ALIVE = 4.0
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

#: Finds the addresses of a host; raises `OSError` when there are none.
Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request: a `status`, or else an `error`. `took`: microseconds; `excerpt`:
    the beginning of the answer; `retry_after`: seconds that the receiver asked for."""

    took: int
    status: int | None = None
    error: Failure | None = None
    excerpt: str = ""
    retry_after: int | None = None


class Fetch:
    """Posts to checked addresses. The name is looked up once, and the connection goes to the very
    address that was checked; redirects are not followed, certificates are verified.

    Use it as an async context manager. `trust`: another TLS context than the system's.
    """

    def __init__(
        self,
        allowed: AllowedAddresses,
        clock: Clock,
        *,
        resolve: Resolve | None = None,
        timeout: float = TIMEOUT,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._clock = clock
        self._resolve = resolve or resolve_by_system
        self._timeout = timeout
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Begin, on the running event loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                keepalive_timeout=_KEEP_ALIVE,
                ssl=True if self._trust is None else self._trust,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        )

    async def close(self) -> None:
        """Close the connections that are kept."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def check(self, url: str) -> Target:
        """Raise `InvalidInput` unless the URL may be sent to: `Refused` for an address that is not
        public, `Unknown` for a name without one."""
        target = Target.parse(url)
        await self._addresses(target)
        return target

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Send a body; never raises for what the receiver, or the way there, does wrong."""
        began = self._clock.now()
        answer = Outcome(took=0)
        try:
            async with asyncio.timeout(self._timeout):
                target = Target.parse(url)
                answer = await self._try(target, await self._addresses(target), body, headers)
        except Refused:
            answer = Outcome(took=0, error="address_refused")
        except Unknown:
            answer = Outcome(took=0, error="address_unknown")
        except TimeoutError:
            answer = Outcome(took=0, error="timed_out")
        except aiohttp.ClientSSLError:
            answer = Outcome(took=0, error="tls_failed")
        except (aiohttp.ClientConnectionError, OSError):
            answer = Outcome(took=0, error="connection_failed")
        except (aiohttp.ClientError, ValueError):
            answer = Outcome(took=0, error="bad_answer")
        return _timed(answer, self._clock.now() - began)

    async def _addresses(self, target: Target) -> list[str]:
        """The addresses of the target, when all of them may be sent to."""
        try:
            async with asyncio.timeout(_LOOKUP):
                found = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise Unknown(
                f"{target.host} has no address that can be found.", field="url"
            ) from error
        if not found:
            raise Unknown(f"{target.host} has no address that can be found.", field="url")
        self._allowed.check(target, found)
        return found

    async def _try(
        self, target: Target, addresses: list[str], body: bytes, headers: Mapping[str, str]
    ) -> Outcome:
        """Send to the first address that takes the connection."""
        *earlier, last = addresses[:_ADDRESSES]
        for address in earlier:
            try:
                return await self._send(target, address, body, headers)
            except aiohttp.ClientSSLError:
                raise
            except aiohttp.ClientConnectorError:
                continue
        return await self._send(target, last, body, headers)

    async def _send(
        self, target: Target, address: str, body: bytes, headers: Mapping[str, str]
    ) -> Outcome:
        if self._session is None:
            raise RuntimeError("the fetch is not open")
        written = URL(target.url, encoded=True)
        async with self._session.post(
            written.with_host(address),
            data=body,
            headers={**headers, "Host": written.host_port_subcomponent or target.host},
            allow_redirects=False,
            server_hostname=target.host if target.scheme == "https" else None,
        ) as answer:
            return Outcome(
                took=0,
                status=answer.status,
                excerpt=await _beginning(answer),
                retry_after=self._retry_after(answer.headers.get("Retry-After", "")),
            )

    def _retry_after(self, text: str) -> int | None:
        """The header in seconds from now (RFC 9110, section 10.2.3)."""
        text = text.strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        now = datetime.fromtimestamp(self._clock.now() / SECOND, UTC)
        return max(0, round((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()))


async def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses that the operating system finds, which reads `2130706433` as it does."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def _beginning(answer: aiohttp.ClientResponse) -> str:
    """As much of the body as is kept; the connection is given up when there is more, or when the
    rest does not come: the status has been told already."""
    kept = b""
    try:
        async with asyncio.timeout(1.0):
            while len(kept) < KEPT and (part := await answer.content.read(KEPT - len(kept))):
                kept += part
    except (TimeoutError, aiohttp.ClientError):
        answer.close()
    if not answer.content.at_eof():
        answer.close()
    return _CONTROL.sub("\ufffd", kept.decode(errors="replace"))


def _timed(outcome: Outcome, took: int) -> Outcome:
    return Outcome(took, outcome.status, outcome.error, outcome.excerpt, outcome.retry_after)
