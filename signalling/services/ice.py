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
    username = f"{now // SECOND + _LASTS}:{who}"
    digest = hmac.digest(settings.turn_secret.encode(), username.encode(), hashlib.sha1)
    return [
        IceServer(
            urls=list(settings.turn_urls),
            username=username,
            credential=base64.b64encode(digest).decode(),
        )
    ]
