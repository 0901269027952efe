"""The courier: takes every event from the log to the endpoints that want it, at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId, WebhookId
from offhook.core.store import events
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from offhook.core.webhooks.endpoint import Endpoint, Means
from offhook.core.webhooks.figures import DeliveryFigures
from offhook.core.webhooks.sender import Sender
from offhook.core.webhooks.stores.ledger import Ledger
from offhook.core.webhooks.stores.requests import CHANNEL

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Deliveries that are under way at a time.
AT_ONCE = 32
#: How soon an endpoint is taken over from a process that died.
_LOOK_EVERY = 2 * SECOND


class Courier:
    """Keeps an owner for each endpoint that is enabled and that no other process has.

    `jitter` draws from 0 to 1. It sleeps until it is woken, by its own process or by another's
    commit, or until a delivery's time has come.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        sender: Sender,
        clock: Clock,
        figures: DeliveryFigures,
        *,
        jitter: Callable[[], float],
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._tasks = Tasks()
        self._means = Means(
            store=store,
            ledger=ledger,
            sender=sender,
            clock=clock,
            tasks=self._tasks,
            figures=figures,
            slots=asyncio.Semaphore(at_once),
            jitter=jitter,
        )
        self._endpoints: dict[WebhookId, Endpoint] = {}
        self._woken = asyncio.Event()
        self._looking = True
        self._timer: Timer | None = None
        self._listening: list[Callable[[], None]] = []
        figures.oldest.set_function(self.oldest_age)

    def start(self) -> None:
        """Go on where the last run stopped."""
        self._listening = [
            self._store.listen(events.CHANNEL, self._wake_all),
            self._store.listen(CHANNEL, self._changed_elsewhere),
        ]
        self._woken.set()
        self._tasks.spawn(self._watch(), "webhook courier")

    def wake(self, account: AccountId) -> None:
        """Something was committed to this account's log, or to its deliveries."""
        for endpoint in self._endpoints.values():
            if endpoint.account == account:
                endpoint.wake()

    def changed(self) -> None:
        """An endpoint was made, enabled or deleted."""
        self._woken.set()

    def rewound(self, webhook: str) -> None:
        """An endpoint's cursor was moved back."""
        endpoint = self._endpoints.get(WebhookId(webhook))
        if endpoint is not None:
            endpoint.rewind()

    @property
    def resting(self) -> bool:
        """Whether nothing is under way: what is left waits for its time."""
        endpoints = self._endpoints.values()
        return not (self._looking or self._woken.is_set()) and all(e.resting for e in endpoints)

    def oldest_age(self) -> float:
        """Seconds since the oldest delivery that has not ended was due first; 0 without one."""
        times = [e.oldest for e in self._endpoints.values() if e.oldest is not None]
        return (self._clock.now() - min(times)) / SECOND if times else 0.0

    async def prune(self) -> int:
        """Forget what was kept long enough, a little at a time; how many deliveries."""
        total = 0
        while gone := await self._store.write(lambda c: self._ledger.prune(c, self._clock.now())):
            total += gone
        return total

    async def close(self) -> None:
        """Stop; what is under way is given up and sent again by whoever comes next."""
        for unlisten in self._listening:
            unlisten()
        if self._timer is not None:
            self._timer.cancel()
        for endpoint in self._endpoints.values():
            endpoint.stop()
        await self._tasks.close()
        for endpoint in self._endpoints.values():
            await self._store.release(endpoint.claim)
        self._endpoints.clear()

    def _wake_all(self) -> None:
        for endpoint in self._endpoints.values():
            endpoint.wake()

    def _changed_elsewhere(self) -> None:
        """Somebody asked another process for a change, a replay or a rewind."""
        for endpoint in self._endpoints.values():
            endpoint.rewind()
        self._woken.set()

    async def _watch(self) -> None:
        while True:
            self._looking = False
            await self._woken.wait()
            self._woken.clear()
            self._looking = True
            try:
                await self._appoint()
            except OffhookError as error:
                log.error("webhooks cannot be read", code=error.code)
                self._look_later()

    async def _appoint(self) -> None:
        """Have an owner for each endpoint that is to be sent something, and wake it."""
        wanted = dict(await self._store.read(self._ledger.webhooks.enabled))
        for id, endpoint in list(self._endpoints.items()):
            if endpoint.done or id not in wanted:
                endpoint.stop()
                del self._endpoints[id]
                await self._store.release(endpoint.claim)
        for id, account in wanted.items():
            if id in self._endpoints:
                self._endpoints[id].wake()
            else:
                await self._own(id, account)
        if len(self._endpoints) < len(wanted):
            self._look_later()

    async def _own(self, id: WebhookId, account: AccountId) -> None:
        claim = await self._store.claim(f"webhook {id}")
        if claim is not None:
            idle = self._woken.set
            self._endpoints[id] = Endpoint(self._means, id, account, claim, idle)

    def _look_later(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = Micros(self._clock.now() + _LOOK_EVERY)
        self._timer = self._clock.call_at(at, self._woken.set)
