"""What carries events to webhooks: the ledger, the guarded fetch and the courier, made together."""

from __future__ import annotations

from collections.abc import Callable

from offhook.core.clock import Clock
from offhook.core.ids import AccountId, Ids
from offhook.core.seal import Sealer
from offhook.core.store.events import EventLog
from offhook.core.store.store import Store
from offhook.core.telemetry import Metrics
from offhook.core.webhooks.addresses import AllowedAddresses
from offhook.core.webhooks.courier import Courier
from offhook.core.webhooks.fetch import Fetch
from offhook.core.webhooks.figures import DeliveryFigures
from offhook.core.webhooks.sender import HttpSender
from offhook.core.webhooks.stores.ledger import Ledger
from signalling.settings import SignallingSettings


class Post:
    """Starts with the services and closes before the store."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        sealer: Sealer,
        metrics: Metrics,
        settings: SignallingSettings,
        log: EventLog,
        random: Callable[[int], bytes],
    ) -> None:
        sink = (settings.sink_url,) if settings.sink_url else ()
        allowed = AllowedAddresses((*settings.webhook_allowed_addresses, *sink))
        self.ledger = Ledger(sealer, log, ids)
        self.fetch = Fetch(allowed, clock)
        self.courier = Courier(
            store,
            self.ledger,
            HttpSender(self.fetch, clock, f"Offhook/{settings.version}"),
            clock,
            DeliveryFigures(metrics),
            jitter=lambda: int.from_bytes(random(4)) / 2**32,
        )

    def start(self) -> None:
        """Go on where the last run stopped."""
        self.fetch.open()
        self.courier.start()

    def wake(self, account: AccountId) -> None:
        """Something was committed to this account's event log."""
        self.courier.wake(account)

    async def close(self) -> None:
        """Stop; what is under way is sent again by the next run."""
        await self.courier.close()
        await self.fetch.close()
