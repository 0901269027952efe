"""The demonstration's own receiver of webhooks: it checks each signature and shows what came."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import msgspec
import structlog
from msgspec import Struct

from offhook.core.clock import Micros
from offhook.core.errors import MalformedInput, NotFound, OffhookError
from offhook.core.ids import AccountId
from offhook.core.webhooks.signature import verify
from signalling.services.parts import Parts
from signalling.services.webhooks import Changes, Webhooks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: The setting of the account that names the sink's webhook.
_SETTING = "demo_sink"
_SHOWN = 50


class _Event(Struct, frozen=True):
    """What the sink reads of an event; it passes over the rest."""

    id: str
    type: str
    subject: str
    seq: int


class Received(Struct, frozen=True, kw_only=True):
    """One webhook that came in and was signed by us."""

    id: str
    type: str
    subject: str
    seq: int
    at: int


class Sink:
    """Shows the last of what came, to whoever may see the page: no data of events."""

    def __init__(self, parts: Parts, webhooks: Webhooks) -> None:
        self._parts = parts
        self._webhooks = webhooks
        self._account: AccountId | None = None
        self._id = ""
        self._received: deque[Received] = deque(maxlen=_SHOWN)

    @property
    def received(self) -> list[Received]:
        """What came, the newest first."""
        return list(reversed(self._received))

    async def start(self, account: AccountId) -> None:
        """Register the sink's webhook once for this account, and have it point here."""
        parts, url = self._parts, self._parts.settings.sink_url
        if not url:
            return
        accounts = parts.kept.accounts
        known = await parts.store.read(lambda c: accounts.setting(c, account, _SETTING))
        self._account = account
        try:
            self._id = str(known) if known else await self._register(account, url)
            found = await self._webhooks.get(account, self._id)
            if found.url != url:
                await self._webhooks.update(account, self._id, Changes(url=url), None)
        except NotFound:
            log.info("demo webhook was deleted", webhook=self._id)
        except OffhookError as error:
            log.warning("demo webhook not made", code=error.code)

    async def _register(self, account: AccountId, url: str) -> str:
        """Another process may have started at the same moment; then its webhook stays."""
        made = await self._webhooks.create(account, Changes(url=url, description="Demo sink"))
        now = self._parts.clock.now()
        accounts = self._parts.kept.accounts
        stays = await self._parts.store.write(
            lambda c: accounts.settle(c, account, _SETTING, made.id, now)
        )
        if stays != made.id:
            await self._webhooks.delete(account, made.id, None)
        return str(stays)

    async def take(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take in one webhook; raise `Unauthenticated` unless we signed it, and `NotFound` when
        there is no sink."""
        if self._account is None:
            raise NotFound("There is nothing here.")
        webhook = await self._webhooks.get(self._account, self._id)
        now: Micros = self._parts.clock.now()
        verify(webhook.signing(now), {k.lower(): v for k, v in headers.items()}, body, now)
        try:
            event = msgspec.json.decode(body, type=_Event)
        except msgspec.DecodeError as error:
            raise MalformedInput("This is no event.") from error
        self._received.append(
            Received(id=event.id, type=event.type, subject=event.subject, seq=event.seq, at=now)
        )
