"""The one exception tree: the class says whose fault it is, `code` names it for programs."""

from __future__ import annotations

from typing import ClassVar


class OffhookError(Exception):
    """Anything this product refuses or cannot do, in words a person can act on.

    `code` is stable and machine-readable; `field` names the offending input and `position` the
    character in it, from 1; `retryable` says whether the same request may succeed later without a
    change.
    """

    status: ClassVar[int] = 500
    code: str = "internal"
    retryable: bool = False

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        field: str | None = None,
        position: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.field = field
        self.position = position
        self.retry_after = retry_after


class InvalidInput(OffhookError):
    """The request is understood and wrong; nothing was changed."""

    status = 422
    code = "invalid"


class MalformedInput(InvalidInput):
    """The request cannot even be read."""

    status = 400
    code = "malformed"


class TooLarge(InvalidInput):
    """A body, field or message is over its limit."""

    status = 413
    code = "too_large"


class UnsupportedMedia(InvalidInput):
    """The body is not of a type that is taken here, by its own account or by what it holds."""

    status = 415
    code = "unsupported_media_type"


class Unauthenticated(OffhookError):
    """Nobody we know: the credentials are missing, expired or forged."""

    status = 401
    code = "unauthenticated"


class Forbidden(OffhookError):
    """We know you, and you may not do this."""

    status = 403
    code = "forbidden"


class NotFound(OffhookError):
    """There is no such thing in your account."""

    status = 404
    code = "not_found"


class Conflict(OffhookError):
    """The state of things does not allow it now."""

    status = 409
    code = "conflict"


class PreconditionFailed(Conflict):
    """The object changed since you read it (If-Match)."""

    status = 412
    code = "precondition_failed"


class PreconditionRequired(OffhookError):
    """The request must say which version of the object it is for (If-Match, RFC 6585)."""

    status = 428
    code = "precondition_required"


class RateLimited(OffhookError):
    """Too many requests; try again after `retry_after` seconds."""

    status = 429
    code = "rate_limited"
    retryable = True


class Unavailable(OffhookError):
    """A part of the server is away or slow; the same request may succeed later."""

    status = 503
    code = "unavailable"
    retryable = True


class BusTimeout(Unavailable):
    """A service did not answer in time."""

    status = 504
    code = "timeout"


class Misconfigured(OffhookError):
    """The operator's settings cannot work; the text says what to change."""

    code = "misconfigured"


#: Every class by the HTTP status it carries; a reply that crossed the bus is raised again from it.
BY_STATUS: dict[int, type[OffhookError]] = {
    error.status: error
    for error in (
        OffhookError,
        InvalidInput,
        MalformedInput,
        TooLarge,
        UnsupportedMedia,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        PreconditionFailed,
        PreconditionRequired,
        RateLimited,
        Unavailable,
        BusTimeout,
    )
}
