"""The room that is asked for is owned by another process: the doors carry the request there."""

from __future__ import annotations

from offhook.core.errors import Unavailable


class Elsewhere(Unavailable):
    """Raised by use cases about rooms of another process; nothing was done."""

    code = "elsewhere"

    def __init__(self, node: str) -> None:
        super().__init__("The room is looked after by another process.", retry_after=1)
        self.node = node


def may_be_asked_again(error: Unavailable) -> bool:
    """Whether the room may have another owner now: the process that was asked does not own it
    either, nobody answers for it, or it died."""
    return error.code in {Elsewhere.code, "no_such_node", "owner_lost"}


def nothing_was_done(error: Unavailable) -> bool:
    """Whether the process that was asked certainly did nothing."""
    return error.code in {Elsewhere.code, "no_such_node"}


def moving() -> Unavailable:
    """What a caller is told whose request found no owner at the second try either."""
    return Unavailable(
        "The room is moving to another process; try again.", code="room_moving", retry_after=1
    )
