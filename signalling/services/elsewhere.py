"""What is asked for is owned by another process: the doors carry the request there."""

from __future__ import annotations

from typing import ClassVar

from offhook.core.errors import Unavailable


class Elsewhere(Unavailable):
    """Raised by use cases about what another process owns; nothing was done."""

    code = "elsewhere"
    what: ClassVar[str] = "The room"
    moving_code: ClassVar[str] = "room_moving"

    def __init__(self, node: str) -> None:
        super().__init__(f"{self.what} is looked after by another process.", retry_after=1)
        self.node = node

    def moving(self) -> Unavailable:
        """What a caller is told whose request found no owner at the second try either."""
        return Unavailable(
            f"{self.what} is moving to another process; try again.",
            code=self.moving_code,
            retry_after=1,
        )


class DeskElsewhere(Elsewhere):
    """Another process has the desk of the account."""

    what = "The contact centre"
    moving_code = "desk_elsewhere"


def may_be_asked_again(error: Unavailable) -> bool:
    """Whether there may be another owner now: the process that was asked is not the owner either,
    nobody answers for it, or it died."""
    return error.code in {Elsewhere.code, "no_such_node", "owner_lost"}


def nothing_was_done(error: Unavailable) -> bool:
    """Whether the process that was asked certainly did nothing."""
    return error.code in {Elsewhere.code, "no_such_node"}
