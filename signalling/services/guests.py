"""Guests who come by link: their browsers are told apart by a cookie that we signed, so that who
is banned does not come straight back as somebody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from offhook.core.ids import AccountId
from signalling.domain.names import guest_identity
from signalling.services.parts import Parts
from signalling.services.tokens import Tokens

_SHAPE = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})\Z")


class Guests:
    """A cookie is `<32 hex digits>.<signature>`; only we can make one."""

    def __init__(self, parts: Parts, tokens: Tokens) -> None:
        self._parts = parts
        self._tokens = tokens

    async def known(self, account: AccountId, cookie: str | None) -> str | None:
        """The browser of a cookie; None when the cookie is not one of ours."""
        found = _SHAPE.match(cookie or "")
        if found is None:
            return None
        signature = await self._digest(account, b"guest", found[1])
        return found[1] if hmac.compare_digest(_text(signature), found[2]) else None

    async def cookie(self, account: AccountId) -> tuple[str, str]:
        """A browser that was not here before, and its cookie."""
        browser = self._parts.random(16).hex()
        return browser, f"{browser}.{_text(await self._digest(account, b'guest', browser))}"

    async def identity(self, account: AccountId, room: str, browser: str) -> str:
        """A new identity for a page of this browser; all that it gets in one room have the first
        part in common, and those of other rooms do not."""
        digest = await self._digest(account, b"guest of a room", f"{browser}\n{room}")
        return guest_identity(digest[:8], self._parts.random(4))

    async def _digest(self, account: AccountId, purpose: bytes, text: str) -> bytes:
        key = await self._tokens.internal_key(account)
        secret = hmac.digest(key.secret.encode(), purpose, hashlib.sha256)
        return hmac.digest(secret, text.encode(), hashlib.sha256)


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
