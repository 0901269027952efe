"""An endpoint: where an account wants to be told what happened, and of what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput
from offhook.core.ids import AccountId, WebhookId
from offhook.core.webhooks.signature import encode_secret

#: The type of the event with which somebody tries an endpoint; it goes to that endpoint only.
TEST = "webhook.test"
ALL = "*"
#: An event's type, or the beginning of one and a star.
FILTER = r"^(\*|[a-z][a-z0-9_.]{0,62}\*?)$"
_FILTER = re.compile(r"(\*|[a-z][a-z0-9_.]{0,62}\*?)\Z")
SECRET_BYTES = 32
#: At most so many secrets sign at a time.
_SECRETS = 3

#: Why an endpoint gets nothing: somebody said so, or it answered 410 Gone.
DisabledReason = Literal["requested", "gone"]
#: Why an attempt brought no answer.
Failure = Literal[
    "address_refused",
    "address_unknown",
    "connection_failed",
    "tls_failed",
    "timed_out",
    "bad_answer",
    "internal",
]


@dataclass(frozen=True, slots=True)
class Secret:
    """`text` is `whsec_…`; it signs `until` then, or for as long as it is the newest."""

    text: str
    until: Micros | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """`secrets`: the newest first. `cursor`: the position in the event log up to which its
    deliveries are made. `revision` grows with each change that somebody asked for."""

    id: WebhookId
    account: AccountId
    url: str
    description: str
    events: tuple[str, ...]
    secrets: tuple[Secret, ...]
    disabled: DisabledReason | None
    created_at: Micros
    updated_at: Micros
    revision: int
    cursor: int

    @property
    def enabled(self) -> bool:
        """Whether it is sent anything."""
        return self.disabled is None

    def wants(self, type: str) -> bool:
        """Whether it is told of events of this type."""
        return wants(self.events, type)

    def signing(self, now: Micros) -> list[str]:
        """The secrets that sign now, the newest first."""
        return [s.text for s in self.secrets if s.until is None or s.until > now]

    def rotated(self, key: bytes, until: Micros) -> Webhook:
        """With a new secret; the one before signs too until then, and older ones as they did."""
        before = [
            replace(s, until=until if s.until is None else min(s.until, until))
            for s in self.secrets
        ]
        return replace(self, secrets=(Secret(encode_secret(key)), *before)[:_SECRETS])


def wants(filters: Sequence[str], type: str) -> bool:
    """Whether one of the filters takes this type of event. A trial is nobody's wish."""
    if type == TEST:
        return False
    return any(
        type.startswith(each[:-1]) if each.endswith("*") else type == each for each in filters
    )


def event_filters(given: Sequence[str], field: str = "events") -> tuple[str, ...]:
    """Filters as they are kept: each once; raise `InvalidInput` when one can match nothing."""
    for each in given:
        if not _FILTER.match(each):
            raise InvalidInput(
                f"{each!r} is no type of event; write room_started, room_* or *.", field=field
            )
    if not given:
        raise InvalidInput("Name at least one type of event, or *.", field=field)
    return tuple(dict.fromkeys(given))
