"""Every error as a problem document (RFC 9457): the same body over HTTP and in a socket's ack."""

from __future__ import annotations

from http import HTTPStatus

import structlog

from offhook.core.errors import OffhookError
from signalling.api.messages import Problem

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_TYPE = "urn:offhook:problem:"


def problem_of(error: OffhookError, request_id: str | None = None) -> Problem:
    """What the caller is told of an error."""
    return Problem(
        type=_TYPE + error.code,
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        code=error.code,
        detail=error.detail,
        field=error.field,
        position=error.position,
        retryable=error.retryable,
        retry_after=error.retry_after,
        request_id=request_id,
    )


def unforeseen(error: Exception, request_id: str | None = None, **about: str) -> Problem:
    """What the caller is told of a fault of ours; what it was stands in the log only."""
    log.error("request failed", request_id=request_id, exc_info=error, **about)
    return problem_of(OffhookError("Something went wrong on the server."), request_id)
