"""What happens to rooms and to those in them: the events of both machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from offhook.core.clock import Micros
from offhook.core.contracts.events import DisconnectReason
from offhook.core.contracts.media import Direction, Hearing
from signalling.domain.granting import GrantsChange
from signalling.domain.standing import Ban
from signalling.domain.track import Track
from signalling.domain.views import FileView, Grants

#: Who may enter: anybody who has the link, or only who has a token.
Access = Literal["link", "token"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a participant says of itself: personal data."""

    name: str = ""
    metadata: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What whoever makes a room may decide about it. Times are seconds; None is never.

    After `empty_timeout` a room that nobody entered is finished; `departure_timeout` after the last
    one left it is finished too, or stays to be used again when that is None.
    """

    title: str = ""
    access: Access = "link"
    metadata: str = ""
    max_participants: int = 100
    empty_timeout: int | None = None
    departure_timeout: int | None = None
    max_duration: int | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody with a valid token asks for a place; ids are given in. Without a `socket` they came
    by HTTP alone (WHIP, WHEP), and only their media show that they are still there. `issued_at`:
    when their token was, if it says so."""

    participant: str
    identity: str
    contact: str
    profile: Profile
    grants: Grants
    socket: bool = True
    issued_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class ChatSaid:
    """A participant said something to everybody, or sent them a file that is there."""

    participant: str
    sid: str
    text: str
    file: FileView | None = None


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Somebody who may wants the room set up so; `revision` is the one they saw, if they say."""

    settings: Settings
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Somebody who may deletes the room; `revision` is the one they saw, if they say."""

    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A moderator ends the meeting for everybody; a lasting room waits for the next one."""


@dataclass(frozen=True, slots=True)
class EverybodyMuted:
    """A moderator mutes the microphones of all the others; see `TrackMuted` for `by`."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class GrantsChanged:
    """A moderator lets a participant do more, or less."""

    participant: str
    change: GrantsChange


@dataclass(frozen=True, slots=True)
class Banned:
    """A moderator lets a person in no more; whoever is in as that person is out."""

    ban: Ban


@dataclass(frozen=True, slots=True)
class BanLifted:
    """A moderator lets a person in again."""

    person: str


@dataclass(frozen=True, slots=True)
class HearingChanged:
    """Somebody who may has decided who hears whom, by identity. None takes a decision back; those
    who are not named keep theirs, unless this is the `whole` of it."""

    hearing: Mapping[str, Hearing | None]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class MediaEntered:
    """The media node let the participant in."""

    participant: str


@dataclass(frozen=True, slots=True)
class MediaRefused:
    """The media node did not let the participant in, or did not answer."""

    participant: str


@dataclass(frozen=True, slots=True)
class SocketLost:
    """The participant's socket closed without a goodbye."""

    participant: str


@dataclass(frozen=True, slots=True)
class MediaDoubted:
    """Nobody knows whether the media of who has no socket are still there: signalling has started
    anew, and may have missed their end."""

    participant: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The participant is back on a new socket."""

    participant: str


@dataclass(frozen=True, slots=True)
class LegConnected:
    """One of the two media connections is up."""

    participant: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class LegLost:
    """One of the two media connections is gone; `goodbye` when the client closed it itself."""

    participant: str
    direction: Direction
    goodbye: bool = False


@dataclass(frozen=True, slots=True)
class MediaMoved:
    """The room's media went to another node: all legs are gone."""


@dataclass(frozen=True, slots=True)
class Published:
    """The media node took an offer with exactly these tracks."""

    participant: str
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """A track was muted or unmuted. `by` is None for its owner, the participant's id of a
    moderator, and empty for a program."""

    participant: str
    track: str
    muted: bool
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """The participant is called or described otherwise now."""

    participant: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Left:
    """The participant is out, and why."""

    participant: str
    reason: DisconnectReason
