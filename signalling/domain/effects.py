"""What the room machine asks for: facts to record, media to change, people to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from offhook.core.contracts.events import DisconnectReason
from offhook.core.contracts.media import Hearing
from signalling.domain.standing import Ban
from signalling.domain.views import ChatMessage


@dataclass(frozen=True, slots=True)
class Record:
    """Log a fact and tell it to everybody in the room.

    `data` is what clients see; `logged` is the same without personal data, for the event log.
    `about` is the participant it is about, and `hidden` whether others may not know of it. The
    room gives each its `seq`.
    """

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    logged: dict[str, Any] = field(default_factory=dict)
    about: str | None = None
    hidden: bool = False
    seq: int = 0


@dataclass(frozen=True, slots=True)
class EnterMedia:
    """Let the participant into the room's media; report `MediaEntered` or `MediaRefused`."""

    participant: str


@dataclass(frozen=True, slots=True)
class ExitMedia:
    """Close the participant's legs; must reach the media node even after a crash."""

    participant: str


@dataclass(frozen=True, slots=True)
class CloseMedia:
    """Close all legs of the room; must reach the media node even after a crash."""


@dataclass(frozen=True, slots=True)
class MuteMedia:
    """Stop or resume forwarding a track; must reach the media node even after a crash."""

    participant: str
    track: str
    muted: bool


@dataclass(frozen=True, slots=True)
class WithdrawMedia:
    """End tracks that may be sent no longer; must reach the media node even after a crash."""

    participant: str
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HearMedia:
    """Decide whom the participant receives; must reach the media node even after a crash."""

    participant: str
    hearing: Hearing | None


@dataclass(frozen=True, slots=True)
class TellGrants:
    """Keep what the participant may do now, and tell its client."""

    participant: str


@dataclass(frozen=True, slots=True)
class KeepBan:
    """Keep a ban, and tell the moderators."""

    ban: Ban


@dataclass(frozen=True, slots=True)
class DropBan:
    """Forget a ban, and tell the moderators."""

    ban: Ban


@dataclass(frozen=True, slots=True)
class DropBans:
    """The room is no more: forget its bans but for the permanent ones."""


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell everybody that the meeting ends soon."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Tell the participant's client that it is out, and why, and close its socket."""

    participant: str
    reason: DisconnectReason


@dataclass(frozen=True, slots=True)
class KeepChat:
    """Keep a line of the chat while the meeting lasts."""

    message: ChatMessage


@dataclass(frozen=True, slots=True)
class ForgetChat:
    """Delete the chat: the meeting is over."""


Effect = (
    Record
    | EnterMedia
    | ExitMedia
    | CloseMedia
    | MuteMedia
    | WithdrawMedia
    | HearMedia
    | TellGrants
    | KeepBan
    | DropBan
    | DropBans
    | Warn
    | Dismiss
    | KeepChat
    | ForgetChat
)
