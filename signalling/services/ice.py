"""The ICE servers told to a client: TURN with credentials that last an hour."""

from __future__ import annotations

import base64
import hashlib
import hmac

from offhook.core.clock import SECOND, Micros
from signalling.domain.views import IceServer
from signalling.settings import SignallingSettings

_LASTS = 3600


def ice_servers(settings: SignallingSettings, who: str, now: Micros) -> list[IceServer]:
    """As coturn's `use-auth-secret` wants it: the user is its expiry, the password its HMAC."""
    if not settings.turn_urls:
        return []
    username, credential = credentials(settings.turn_secret, who, now)
    return [IceServer(urls=list(settings.turn_urls), username=username, credential=credential)]


def credentials(secret: str, who: str, now: Micros) -> tuple[str, str]:
    """User name and password that last an hour (draft-uberti-behave-turn-rest)."""
    username = f"{now // SECOND + _LASTS}:{who}"
    digest = hmac.digest(secret.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(digest).decode()
