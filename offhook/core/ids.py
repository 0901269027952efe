"""Typed ids: two letters and a UUIDv7 in lower-case hex, 34 characters, sortable by birth."""

from __future__ import annotations

import os
import re
import time
from typing import NewType, Protocol

AccountId = NewType("AccountId", str)
ApiKeyId = NewType("ApiKeyId", str)
ConfiguredId = NewType("ConfiguredId", str)
ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
DeliveryId = NewType("DeliveryId", str)
EventId = NewType("EventId", str)
FileId = NewType("FileId", str)
MessageId = NewType("MessageId", str)
NodeId = NewType("NodeId", str)
ParticipantId = NewType("ParticipantId", str)
RoomId = NewType("RoomId", str)
SignInId = NewType("SignInId", str)
TrackId = NewType("TrackId", str)
UserId = NewType("UserId", str)
WebhookId = NewType("WebhookId", str)

#: What each prefix names. Two letters, as in Twilio's SIDs; never reused for another meaning.
PREFIXES = {
    "AC": "account",
    "AG": "agent",
    "AK": "API key",
    "AV": "activity",
    "BN": "ban",
    "CA": "call",
    "CH": "chat message",
    "CT": "contact",
    "CV": "conversation",
    "DS": "disposition",
    "EV": "event",
    "FI": "file",
    "IM": "import",
    "LE": "leg",
    "ME": "message",
    "ND": "node",
    "PA": "participant",
    "QU": "queue",
    "RE": "recording",
    "RM": "room",
    "RP": "reply",
    "RS": "reservation",
    "SE": "session",
    "SI": "sign-in",
    "ST": "site",
    "TA": "task",
    "TR": "track",
    "US": "user",
    "WD": "webhook delivery",
    "WF": "workflow",
    "WH": "webhook",
}

_SHAPE = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")


class Ids(Protocol):
    """Makes new ids; given to whoever needs one, so that tests can foretell them."""

    def new(self, prefix: str) -> str:
        """A fresh id that begins with `prefix`, one of `PREFIXES`."""
        ...


class RandomIds:
    """UUIDv7 (RFC 9562): milliseconds, then 12 bits of their fraction (section 6.2, method 3), then
    62 random bits."""

    def __init__(self) -> None:
        self._last = 0

    def new(self, prefix: str) -> str:
        """A fresh id that sorts after all that were made here before, and after those that other
        processes made in earlier milliseconds."""
        ticks = time.time_ns() * 4096 // 1_000_000
        self._last = ticks = max(ticks, self._last + 1)
        random = int.from_bytes(os.urandom(8)) >> 2
        value = ticks >> 12 << 80 | 0x7 << 76 | (ticks & 0xFFF) << 64 | 0x2 << 62 | random
        return f"{prefix}{value:032x}"


class CountingIds:
    """Foretellable ids for tests: `RM000…001`, `RM000…002`."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        """The next number, in the shape of an id."""
        self._count += 1
        return f"{prefix}{self._count:032x}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the shape of an id with this prefix."""
    return text.startswith(prefix) and _SHAPE.match(text) is not None
