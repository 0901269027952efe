"""Who asks: a token that an API key signed, an API key itself, or somebody who is signed in."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from offhook.core.errors import Forbidden, Unauthenticated
from offhook.core.policy import Permission, Principal
from signalling.api.cookies import Browser
from signalling.services.services import Services
from signalling.services.sign_ins import principal_of
from signalling.stores.users import SignIn

#: All that somebody may do who has yet to change a one-time password.
_TO_CHANGE: Permission = "sign_in.own"


async def authenticate(
    services: Services, header: str | None, browser: Browser, permission: Permission
) -> Principal:
    """The principal of an Authorization header, `Bearer <token>` or `Basic <key:secret>`, else of
    the browser's sign-in.

    Raises `Unauthenticated`: `token_missing`, `token_invalid`, `token_expired`, `bad_credentials`,
    `sign_in_over`; `Forbidden`: `csrf`, `password_change_needed`.
    """
    if header is None and browser.token is not None:
        return await _signed_in(services, browser, browser.token, permission)
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


async def _signed_in(
    services: Services, browser: Browser, token: str, permission: Permission
) -> Principal:
    found = await services.sign_ins.recognise(token)
    browser.require_ours()
    if found.user.must_change and permission != _TO_CHANGE:
        raise Forbidden("Change your one-time password first.", code="password_change_needed")
    return visitor_of(found)


def visitor_of(found: SignIn) -> Principal:
    """Who a signed-in person is; one with a one-time password can do little."""
    who = principal_of(found.user)
    return replace(who, scopes=frozenset({_TO_CHANGE})) if found.user.must_change else who


def _basic(value: str) -> tuple[str, str]:
    """The two halves of RFC 7617 credentials."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Unauthenticated("These are no Basic credentials.", code="bad_credentials") from error
    key, _, secret = text.partition(":")
    return key, secret
