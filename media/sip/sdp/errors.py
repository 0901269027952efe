"""Why a description is refused, with the SIP status and warning that say so (RFC 3261 20.43)."""

from __future__ import annotations

from enum import IntEnum

from offhook.core.errors import MalformedInput


class Warned(IntEnum):
    """Warning codes of a 488 (RFC 3261 20.43, 27.2)."""

    NETWORK_PROTOCOL = 300
    ADDRESS_FORMAT = 301
    TRANSPORT_PROTOCOL = 302
    MEDIA_TYPE = 304
    MEDIA_FORMAT = 305
    MULTICAST = 330
    OTHER = 399


class BadDescription(MalformedInput):
    """A description that cannot be relied on; a request that carries it is answered 400."""

    code = "bad_description"
    sip_status = 400


class NotAcceptable(BadDescription):
    """A description that is well-formed and that we cannot take: 488 with a Warning."""

    code = "not_acceptable_here"
    sip_status = 488

    def __init__(self, detail: str, warning: Warned) -> None:
        super().__init__(detail)
        self.warning = warning
