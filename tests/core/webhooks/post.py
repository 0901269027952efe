"""Webhooks over a store, with a receiver in memory and a clock that a test moves."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from offhook.core.clock import ManualClock, Micros
from offhook.core.contracts.events import Envelope
from offhook.core.ids import AccountId, RandomIds, WebhookId
from offhook.core.seal import Sealer
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from offhook.core.telemetry import Metrics
from offhook.core.webhooks.courier import Courier
from offhook.core.webhooks.fetch import Outcome
from offhook.core.webhooks.figures import DeliveryFigures
from offhook.core.webhooks.sender import Parcel
from offhook.core.webhooks.signature import encode_secret
from offhook.core.webhooks.stores.deliveries import DeliveryRecord
from offhook.core.webhooks.stores.ledger import Ledger
from offhook.core.webhooks.stores.requests import Requests
from offhook.core.webhooks.webhook import Failure, Secret, Webhook
from tests.support.stores import MAIN, make_accounts, open_store

#: Seconds for what takes one on an idle machine.
_PATIENCE = 120
#: What a receiver does with a parcel: its answer's status, or why there is none.
Manner = Callable[[Parcel], int | Failure]


class Receiver:
    """A sender whose parcels arrive here; `manner` says what becomes of each."""

    def __init__(self) -> None:
        self.tried: list[Parcel] = []
        self.taken: list[tuple[WebhookId, Envelope]] = []
        self.manner: Manner = lambda parcel: 200
        self.gates: dict[str, asyncio.Event] = {}
        self.retry_after: int | None = None
        self.under_way = self.most_under_way = 0

    async def send(self, parcel: Parcel) -> Outcome:
        """Take the parcel, or not."""
        self.tried.append(parcel)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if (gate := self.gates.get(parcel.envelope.subject)) is not None:
                await gate.wait()
            became = self.manner(parcel)
        finally:
            self.under_way -= 1
        if isinstance(became, str):
            return Outcome(took=1, error=became)
        if became < 300:
            self.taken.append((parcel.webhook.id, parcel.envelope))
        return Outcome(took=1, status=became, excerpt="so", retry_after=self.retry_after)

    def seqs(self, subject: str, webhook: str | None = None) -> list[int]:
        """The numbers of what arrived about a subject, in the order it came."""
        return [
            envelope.seq
            for id, envelope in self.taken
            if envelope.subject == subject and webhook in (None, id)
        ]


class Post:
    """A log, its webhooks and their courier."""

    def __init__(self, store: Store, clock: ManualClock | None = None) -> None:
        self.store = store
        self.clock = clock or ManualClock()
        self.receiver = Receiver()
        self.metrics = Metrics()
        ids = RandomIds()
        self.ids = ids
        self.log = EventLog(ids)
        self.ledger = Ledger(Sealer(bytes(32)), self.log, ids)
        self.requests = Requests(self.ledger)
        self.courier = self.new_courier()

    def new_courier(self, store: Store | None = None) -> Courier:
        """A courier over the same store, perhaps as another process has it, to the same
        receiver."""
        return Courier(
            store or self.store,
            self.ledger,
            self.receiver,
            self.clock,
            DeliveryFigures(self.metrics),
            jitter=lambda: 0.5,
        )

    async def register(
        self, *events: str, account: AccountId = MAIN, url: str = "https://example.com/hook"
    ) -> Webhook:
        """A new webhook for these events, or for all."""
        now = self.clock.now()
        new = Webhook(
            id=WebhookId(self.ids.new("WH")),
            account=account,
            url=url,
            description="",
            events=events or ("*",),
            secrets=(Secret(encode_secret(b"k" * 32)),),
            disabled=None,
            created_at=now,
            updated_at=now,
            revision=1,
            cursor=0,
        )
        made = await self.store.write(lambda c: self.requests.create(c, new))
        self.courier.changed()
        return made

    async def happen(
        self, subject: str, *types: str, account: AccountId = MAIN, wake: bool = True
    ) -> None:
        """Log events about a subject, and tell the courier."""
        new = [NewEvent(type, {"about": subject}) for type in types]
        now = self.clock.now()
        await self.store.write(lambda c: self.log.append(c, account, subject, new, now))
        if wake:
            self.courier.wake(account)

    async def change(self, webhook: Webhook, **values: object) -> Webhook:
        """Change a webhook as somebody might."""
        made = await self.store.write(
            lambda c: self.requests.change(
                c,
                webhook.account,
                webhook.id,
                lambda found: replace(found, **values),  # type: ignore[arg-type]
                None,
                self.clock.now(),
            )
        )
        self.courier.changed()
        return made

    async def deliveries(self, webhook: Webhook, state: str = "") -> list[DeliveryRecord]:
        """The log of deliveries, oldest first."""
        page = partial(
            self.requests.deliveries,
            account=webhook.account,
            id=webhook.id,
            state=state,
            before="",
            limit=100_000,
        )
        found = await self.store.read(page)
        return sorted(found, key=lambda record: (record.created_at, record.seq))

    async def replay(self, record: DeliveryRecord) -> None:
        """Send a delivery again."""
        now = self.clock.now()
        await self.store.write(
            lambda c: self.requests.replay(c, record.account, record.webhook, record.id, now)
        )
        self.courier.wake(record.account)

    async def tries(self, count: int) -> None:
        """Wait until so many attempts were made."""
        await self.until(lambda: len(self.receiver.tried) >= count)

    async def until(self, done: Callable[[], bool], *, advancing: float = 0) -> None:
        """Wait until something is so; the clock stands still or moves on by seconds meanwhile."""
        async with asyncio.timeout(_PATIENCE):
            for turn in itertools.count():
                if done():
                    return
                if advancing and turn % 5 == 4:
                    self.clock.advance(advancing)
                await self.store.read(lambda connection: None)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        async with asyncio.timeout(_PATIENCE):
            quiet = 0
            while quiet < 3:
                await self.store.read(lambda connection: None)
                quiet = quiet + 1 if self.courier.resting else 0

    async def restart(self) -> None:
        """The courier ends in the middle of things, and another one comes."""
        await self.courier.close()
        self.courier = self.new_courier()
        self.courier.start()

    def figure(self, name: str, labels: dict[str, str] | None = None) -> float:
        """What Prometheus would read."""
        return self.metrics.registry.get_sample_value(f"offhook_{name}", labels) or 0.0


@asynccontextmanager
async def posting(place: Place, *, start: bool = True) -> AsyncIterator[Post]:
    """A post office over a fresh store with two accounts."""
    async with open_store(place) as store:
        await store.write(make_accounts)
        post = Post(store)
        if start:
            post.courier.start()
        try:
            yield post
        finally:
            for gate in post.receiver.gates.values():
                gate.set()
            await post.courier.close()


def dead_until(clock: ManualClock, at: Micros) -> Manner:
    """Nobody answers until a time."""
    return lambda parcel: 200 if clock.now() >= at else "connection_failed"


def in_order(seqs: Sequence[int]) -> bool:
    """Whether first arrivals are in order without a gap; repeats are allowed."""
    first = list(dict.fromkeys(seqs))
    return first == list(range(first[0], first[0] + len(first))) if first else True
