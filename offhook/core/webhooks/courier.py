"""The courier: takes every event from the log to the endpoints that want it, at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId, WebhookId
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from offhook.core.webhooks.endpoint import Endpoint, Means
from offhook.core.webhooks.figures import DeliveryFigures
from offhook.core.webhooks.sender import Sender
from offhook.core.webhooks.stores.ledger import Ledger

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Deliveries that are under way at a time.
AT_ONCE = 32


def _alone() -> bool:
    return True


class Courier:
    """Keeps an owner for each endpoint that is enabled.

    `jitter` draws from 0 to 1. Where several processes share the store, one of them sends: `held`
    says whether it is this one (call `changed` when it becomes so), and `look_every` is how late,
    in seconds, it may notice what others wrote. Alone, it sleeps until it is woken or a delivery's
    time has come.
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
        held: Callable[[], bool] = _alone,
        look_every: float | None = None,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._held = held
        self._look_every = look_every
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
            held=held,
        )
        self._endpoints: dict[WebhookId, Endpoint] = {}
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        figures.oldest.set_function(self.oldest_age)

    def start(self) -> None:
        """Go on where the last run stopped."""
        self._woken.set()
        self._tasks.spawn(self._watch(), "webhook courier")

    def wake(self, account: AccountId) -> None:
        """Something was committed to this account's log, or to its deliveries."""
        for endpoint in self._endpoints.values():
            if endpoint.account == account:
                endpoint.wake()

    def changed(self) -> None:
        """An endpoint was made, enabled or deleted, or this process is to send from now on."""
        self._woken.set()

    def rewound(self, webhook: str) -> None:
        """An endpoint's cursor was moved back."""
        endpoint = self._endpoints.get(WebhookId(webhook))
        if endpoint is not None:
            endpoint.rewind()

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
        if self._timer is not None:
            self._timer.cancel()
        for endpoint in self._endpoints.values():
            endpoint.stop()
        await self._tasks.close()
        self._endpoints.clear()

    async def _watch(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._appoint()
            except OffhookError as error:
                log.error("webhooks cannot be read", code=error.code)
                self._look_in(1.0)

    async def _appoint(self) -> None:
        """Have an owner for each endpoint that is to be sent something, and wake it."""
        found = await self._store.read(self._ledger.webhooks.enabled)
        wanted = dict(found) if self._held() else {}
        for id, account in wanted.items():
            if id in self._endpoints:
                self._endpoints[id].wake()
            else:
                self._endpoints[id] = Endpoint(self._means, id, account, self._forget)
        for id in self._endpoints.keys() - wanted.keys():
            self._endpoints.pop(id).stop()
        if self._look_every is not None:
            self._look_in(self._look_every)

    def _forget(self, id: WebhookId) -> None:
        self._endpoints.pop(id, None)

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        at = Micros(self._clock.now() + round(seconds * SECOND))
        self._timer = self._clock.call_at(at, self._woken.set)
