"""Who asks: a token that an API key signed, or an API key itself."""

from __future__ import annotations

import base64
import binascii

from offhook.core.errors import Unauthenticated
from offhook.core.policy import Principal
from signalling.services.services import Services


async def authenticate(services: Services, header: str | None) -> Principal:
    """The principal of an Authorization header: `Bearer <token>` or `Basic <key:secret>`.

    Raises `Unauthenticated`: `token_missing`, `token_invalid`, `token_expired`, `bad_credentials`.
    """
    scheme, _, value = (header or "").strip().partition(" ")
    match scheme.lower():
        case "":
            raise Unauthenticated("An Authorization header is needed.", code="token_missing")
        case "bearer":
            return (await services.tokens.verify(value.strip())).principal
        case "basic":
            return await services.keys.check(*_basic(value.strip()))
        case _:
            raise Unauthenticated("Use Bearer or Basic.", code="bad_credentials")


def bearer_token(header: str | None) -> str | None:
    """The token of an Authorization header, not checked yet; None without one.

    Raises `Unauthenticated` (`bad_credentials`) for another scheme.
    """
    scheme, _, value = (header or "").strip().partition(" ")
    if scheme.lower() not in {"", "bearer"}:
        raise Unauthenticated("Use Bearer with a join token.", code="bad_credentials")
    return value.strip() or None


def _basic(value: str) -> tuple[str, str]:
    """The two halves of RFC 7617 credentials."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Unauthenticated("These are no Basic credentials.", code="bad_credentials") from error
    key, _, secret = text.partition(":")
    return key, secret
