"""How an error crosses the bus: as its problem, raised again on the other side."""

from __future__ import annotations

import structlog
from msgspec import Struct

from offhook.core.errors import BY_STATUS, OffhookError

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class BusProblem(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="problem"):
    """An error that a node answered with."""

    status: int
    code: str
    detail: str
    field: str | None = None
    position: int | None = None
    retry_after: float | None = None

    @classmethod
    def of(cls, error: Exception, node: str) -> BusProblem:
        """The problem of an error; what is no `OffhookError` is logged here and kept to itself."""
        if not isinstance(error, OffhookError):
            log.error("node failed on command", node=node, exc_info=error)
            error = OffhookError("the node failed; its log says why")
        return cls(
            status=error.status,
            code=error.code,
            detail=error.detail,
            field=error.field,
            position=error.position,
            retry_after=error.retry_after,
        )

    def error(self) -> OffhookError:
        """The error to raise at the caller, of the class that its status names."""
        kind = BY_STATUS.get(self.status, OffhookError)
        return kind(
            self.detail,
            code=self.code,
            field=self.field,
            position=self.position,
            retry_after=self.retry_after,
        )
