"""Who comes into the rooms of calls and who leaves them, told to the desks whose calls they are."""

from __future__ import annotations

from collections.abc import Callable

from offhook.core.ids import AccountId, is_id
from signalling.domain.effects import Record

_PREFIX = "call-"
#: Hears that somebody came into the room of a session's call, or left it.
OnPresence = Callable[[AccountId, str], None]


def session_of(room: str) -> str | None:
    """The session whose call a room of this name is for."""
    id = room.removeprefix(_PREFIX)
    return id if room.startswith(_PREFIX) and is_id(id, "SE") else None


class Presence:
    """Tells desks that those in the rooms of their calls are others."""

    def __init__(self) -> None:
        self._hear: OnPresence | None = None

    def attend(self, hear: OnPresence) -> None:
        """Say who hears it."""
        self._hear = hear

    def tell(self, account: AccountId, room: str, record: Record) -> None:
        """A fact about a room; those about other rooms, and other facts, are passed over."""
        session = session_of(room)
        if session is None or self._hear is None:
            return
        if record.type in {"participant_joined", "participant_left"}:
            self._hear(account, session)
