"""Nonces of our server: a time and some salt with a MAC, so that none has to be remembered.

(RFC 7616 3.3 recommends a time stamp and a keyed hash; 5.5 a short life.)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from enum import Enum, auto

from offhook.core.clock import SECOND, Micros

_TIME, _SALT, _MAC = 8, 6, 16
_LENGTH = (_TIME + _SALT + _MAC) * 4 // 3
#: Seconds that a nonce is taken after it was given.
LIFETIME = 300


class NonceState(Enum):
    """What a nonce that came back is worth."""

    FRESH = auto()
    EXPIRED = auto()
    FOREIGN = auto()


class Nonces:
    """Gives and reads nonces under one secret of at least 16 random bytes."""

    def __init__(self, secret: bytes, lifetime: int = LIFETIME * SECOND) -> None:
        if len(secret) < 16:
            raise ValueError("the secret of nonces has at least 16 bytes")
        self._secret = secret
        self.lifetime = lifetime

    def issue(self, now: Micros, salt: bytes) -> str:
        """A nonce for one challenge; `salt` is six random bytes, so that no two are alike."""
        head = now.to_bytes(_TIME) + salt[:_SALT].ljust(_SALT, b"\0")
        return base64.urlsafe_b64encode(head + self._mac(b"nonce", head)).decode()

    def state(self, nonce: str, now: Micros) -> NonceState:
        """Whether it is ours and of late. A time that is yet to come is no time of ours."""
        at = self.issued_at(nonce)
        if at is None or at > now:
            return NonceState.FOREIGN
        return NonceState.FRESH if now < at + self.lifetime else NonceState.EXPIRED

    def issued_at(self, nonce: str) -> Micros | None:
        """When we gave it; None when we did not."""
        if len(nonce) != _LENGTH:
            return None
        try:
            data = base64.b64decode(nonce.encode("ascii"), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        head, mac = data[:-_MAC], data[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(b"nonce", head)):
            return None
        return Micros(int.from_bytes(head[:_TIME]))

    def opaque(self, realm: str) -> str:
        """The text that clients give back unchanged; the same for everybody in a realm."""
        return self._mac(b"opaque", realm.encode("utf-8", "surrogatepass")).hex()

    def _mac(self, purpose: bytes, data: bytes) -> bytes:
        return hmac.new(self._secret, purpose + b"\0" + data, hashlib.sha256).digest()[:_MAC]
