"""What a session asks for: work to be routed, a room for the call, facts to be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from offhook.core.contracts.media import Hearing


@dataclass(frozen=True, slots=True)
class Route:
    """Tell the router this event."""

    event: Any


@dataclass(frozen=True, slots=True)
class Record:
    """Log a fact about the session."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Make the room of the call, unless it is there, and say who hears whom in it."""

    room: str
    hearing: Mapping[str, Hearing]


@dataclass(frozen=True, slots=True)
class Hear:
    """Say anew who hears whom."""

    room: str
    hearing: Mapping[str, Hearing]


@dataclass(frozen=True, slots=True)
class Expel:
    """Take somebody out of the room who is no party of the call any more."""

    room: str
    identity: str


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """The call is over."""

    room: str


@dataclass(frozen=True, slots=True)
class Mail:
    """Write to the visitor that they are called (`ringing`), or will be (`booked`). `number` counts
    the letters of a session. What is not sent by `until` is not sent at all; the link in it is good
    until `link_until`."""

    kind: str
    number: int
    until: int
    link_until: int


Effect = Route | Record | OpenRoom | Hear | Expel | CloseRoom | Mail
