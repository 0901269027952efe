"""The owner of one endpoint: makes deliveries from the log, and works off its subjects' lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass

import structlog

from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.ids import AccountId, DeliveryId, WebhookId
from offhook.core.store.claims import Claim
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from offhook.core.webhooks.delivery import AddressRefused, Answered, Unreachable
from offhook.core.webhooks.fetch import Outcome
from offhook.core.webhooks.figures import DeliveryFigures
from offhook.core.webhooks.sender import Parcel, Sender
from offhook.core.webhooks.stores.deliveries import Attempt
from offhook.core.webhooks.stores.ledger import Ledger, Look, Settled

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Subjects of one endpoint that are sent side by side.
AT_ONCE = 8
#: The cursor in the store may be so many unwanted events behind; they are looked at again.
_SKIPPED = 1000
#: How long to wait when something could not be done.
_PATIENCE = SECOND


@dataclass(frozen=True, kw_only=True)
class Means:
    """What all endpoints of a courier work with. `jitter` draws from 0 to 1."""

    store: Store
    ledger: Ledger
    sender: Sender
    clock: Clock
    tasks: Tasks
    figures: DeliveryFigures
    slots: asyncio.Semaphore
    jitter: Callable[[], float]


class Endpoint:
    """Sleeps until it is woken, or until the next delivery's time has come. It works under a
    `claim`: no other process sends to this endpoint. `on_idle` is called when it is disabled or
    gone, or the claim is lost: then it is `done`."""

    def __init__(
        self,
        means: Means,
        id: WebhookId,
        account: AccountId,
        claim: Claim,
        on_idle: Callable[[], None],
    ) -> None:
        self.id = id
        self.account = account
        self.claim = claim
        self.done = False
        self.oldest: Micros | None = None
        self._means = means
        self._on_idle = on_idle
        self._seen = 0
        self._busy: set[str] = set()
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._rings_at: Micros | None = None
        self._looking = True
        self._woken.set()
        self._task = means.tasks.spawn(self._run(), f"webhook {id}", context=Context())

    @property
    def resting(self) -> bool:
        """Whether it waits to be woken, or for a delivery's time."""
        return not (self._looking or self._busy or self._woken.is_set())

    def wake(self) -> None:
        """Look at the log and the deliveries now."""
        self._woken.set()

    def rewind(self) -> None:
        """The cursor was moved back: look at the log again from there."""
        self._seen = 0
        self._woken.set()

    def stop(self) -> None:
        """Start nothing more; what is under way ends."""
        self._disarm()
        self._task.cancel()

    async def _run(self) -> None:
        going_on = True
        while going_on:
            self._looking = False
            await self._woken.wait()
            self._woken.clear()
            self._looking = True
            try:
                going_on = await self._step() or self._woken.is_set()
            except Exception as error:
                log.error("webhook cannot be worked on", webhook=self.id, exc_info=error)
                self._pause()
        self.done, self._looking = True, False
        self._disarm()
        self._on_idle()

    async def _step(self) -> bool:
        """One look, and what follows from it; False when there is nothing more to do ever."""
        means, now = self._means, self._means.clock.now()
        seen = self._seen
        look = await means.store.read(
            lambda c: means.ledger.look(c, self.id, seen, now, 2 * AT_ONCE)
        )
        if look is None or not self.claim.held:
            return False
        self.oldest = look.oldest
        if self._seen == seen:
            await self._follow(look, now)
        for id, subject in look.due:
            if subject not in self._busy and len(self._busy) < AT_ONCE:
                self._busy.add(subject)
                means.tasks.spawn(self._work_off(id, subject), f"webhook {self.id} line")
        self._arm(look.next_at)
        return True

    async def _follow(self, look: Look, now: Micros) -> None:
        """Make deliveries of what the log has for this endpoint."""
        ledger, store = self._means.ledger, self._means.store
        if look.owed:
            await store.write(lambda c: ledger.fan_out(c, self.id, now))
            self._woken.set()
            return
        self._seen = look.seen
        if look.seen - look.cursor > _SKIPPED:
            await store.write(lambda c: ledger.skip(c, self.id, look.cursor, look.seen))
        if look.more:
            self._woken.set()

    async def _work_off(self, id: DeliveryId, subject: str) -> None:
        """Send the deliveries of one subject, one after another, until one has to wait."""
        following: DeliveryId | None = id
        try:
            while following is not None:
                settled = await self._attempt(following)
                following = None if settled is None else settled.next
            self._woken.set()
        except Exception as error:
            log.error("webhook delivery cannot be kept", webhook=self.id, exc_info=error)
            self._pause()
        finally:
            self._busy.discard(subject)

    async def _attempt(self, id: DeliveryId) -> Settled | None:
        means = self._means
        async with means.slots:
            began = means.clock.now()
            parcel = await means.store.read(lambda c: means.ledger.take(c, self.id, id, began))
            if parcel is None or not self.claim.held:
                return None
            outcome = await self._send(parcel)
        event = _event(outcome, means.jitter())
        attempt = Attempt(
            parcel.number, began, outcome.took, outcome.status, outcome.error, outcome.excerpt
        )
        now = means.clock.now()
        settled = await means.store.write(
            lambda c: means.ledger.settle(c, self.id, id, event, attempt, now)
        )
        self._tell(parcel, id, outcome, settled)
        return settled

    async def _send(self, parcel: Parcel) -> Outcome:
        """Whatever goes wrong in the sender counts as an attempt, so that it is not made anew at
        once."""
        try:
            return await self._means.sender.send(parcel)
        except Exception:
            log.exception("webhook sender failed", webhook=self.id)
            return Outcome(took=0, error="internal")

    def _tell(
        self, parcel: Parcel, id: DeliveryId, outcome: Outcome, settled: Settled | None
    ) -> None:
        result = "gone" if settled is None else settled.state.value
        self._means.figures.attempts.labels(result).inc()
        self._means.figures.seconds.observe(outcome.took / SECOND)
        log.info(
            "webhook attempted",
            webhook=self.id,
            delivery=id,
            event_type=parcel.envelope.type,
            attempt=parcel.number,
            status=outcome.status,
            error=outcome.error,
            result=result,
        )
        if settled is not None and settled.disabled:
            log.warning("webhook disabled", webhook=self.id, reason="gone")

    def _pause(self) -> None:
        """Look again soon, when nothing else has it look before."""
        soon = Micros(self._means.clock.now() + _PATIENCE)
        if self._rings_at is None or self._rings_at > soon:
            self._arm(soon)

    def _arm(self, at: Micros | None) -> None:
        self._disarm()
        if at is not None:
            self._rings_at = at
            self._timer = self._means.clock.call_at(at, self._woken.set)

    def _disarm(self) -> None:
        self._rings_at = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _event(outcome: Outcome, jitter: float) -> Answered | Unreachable | AddressRefused:
    if outcome.status is not None:
        return Answered(outcome.status, jitter, outcome.retry_after)
    if outcome.error == "address_refused":
        return AddressRefused()
    return Unreachable(jitter)
