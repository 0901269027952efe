"""Who may open /r/<name>: the one rule of the page's door."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.errors import Conflict, Forbidden, NotFound
from signalling.domain.events import Access


@dataclass(frozen=True, slots=True)
class Door:
    """What is known when somebody knocks.

    `access`, `locked` and `full` are of the room that exists under the name, else `access` is None.
    `invited`: they hold a valid token of an API key for this room. `inside`: their identity has a
    place already. `known`: they were in this meeting and left it by themselves. `admin`: their
    token moderates.
    """

    any_name_opens: bool
    access: Access | None = None
    locked: bool = False
    full: bool = False
    invited: bool = False
    inside: bool = False
    known: bool = False
    admin: bool = False


def makes(door: Door) -> Access | None:
    """Which kind of room to make for who knocks; None: there is one.

    Raises `NotFound` (`room_not_found`) when there is none and none may be made.
    """
    if door.access is not None:
        return None
    if door.any_name_opens:
        return "link"
    if door.invited:
        return "token"
    raise NotFound("There is no such room.", code="room_not_found")


def require_admitted(door: Door) -> None:
    """Let them in, or raise `Forbidden` (`not_invited`, `room_locked`) or `Conflict` (`room_full`).

    Whoever has a place already comes back in at any time. Who is banned, or was sent away, the
    room itself refuses before.
    """
    if door.access == "token" and not door.invited:
        raise Forbidden("This room needs an invitation.", code="not_invited")
    if door.inside:
        return
    if door.locked and not door.admin and not door.known:
        raise Forbidden("The room is locked; ask somebody inside.", code="room_locked")
    if door.full:
        raise Conflict("The room is full.", code="room_full")
