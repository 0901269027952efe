"""Sends one event to one endpoint: its envelope as JSON, signed with every secret in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec

from offhook.core.clock import Clock, isoformat
from offhook.core.contracts.events import Envelope
from offhook.core.webhooks.fetch import Fetch, Outcome
from offhook.core.webhooks.signature import headers
from offhook.core.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be sent, and where to."""

    webhook: Webhook
    envelope: Envelope
    number: int


class Sender(Protocol):
    """Carries a parcel; an `Outcome` says what became of it."""

    async def send(self, parcel: Parcel) -> Outcome:
        """Send it once; raises nothing for what goes wrong on the way."""
        ...


class HttpSender:
    """Posts to the endpoint's URL. `agent` is the User-Agent."""

    def __init__(self, fetch: Fetch, clock: Clock, agent: str) -> None:
        self._fetch = fetch
        self._clock = clock
        self._agent = agent

    async def send(self, parcel: Parcel) -> Outcome:
        """One POST."""
        body, now = payload(parcel.envelope), self._clock.now()
        signed = headers(parcel.webhook.signing(now), parcel.envelope.id, now, body)
        about = {
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "Offhook-Attempt": str(parcel.number),
        }
        return await self._fetch.post(parcel.webhook.url, body, {**about, **signed})


def payload(envelope: Envelope) -> bytes:
    """The body of every attempt, the same bytes each time."""
    told = msgspec.structs.asdict(envelope)
    return msgspec.json.encode({**told, "time": isoformat(envelope.time)})
