"""Raised for a message that cannot be taken, with the status that says why (RFC 3261 21.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from media.sip.message.message import Request


class BadMessage(ValueError):
    """A message breaks the grammar, a limit, or a rule that we depend on.

    `status` and `reason` are for the status line of the answer. `request` is what can be answered
    so, as far as it could be read; None when silence is right: for responses, for ACK, and for
    what does not say where an answer would go.
    """

    def __init__(self, status: int, reason: str, request: Request | None = None) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.request = request
