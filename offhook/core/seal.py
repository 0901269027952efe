"""Seals secrets and personal data: AES-256-GCM under the master key, and a key for each contact."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offhook.core.errors import OffhookError

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_CONTACT_KEY = b"contact-key"
_CONTACT_TEXT = b"contact-text"
_DIGESTS = b"digests"


class SealBroken(OffhookError):
    """What was stored cannot be opened: another master key, another context, or changed bytes."""

    code = "seal_broken"


class Sealer:
    """Seals under one master key of 32 bytes.

    A sealed value is a version byte, a random nonce of 12 bytes, the ciphertext and its tag of 16
    bytes (RFC 5116). `context` says what the value is; it is not stored and must be given again.
    """

    def __init__(self, master_key: bytes, random: Callable[[int], bytes] = os.urandom) -> None:
        if len(master_key) != _KEY_BYTES:
            raise ValueError(f"the master key has {len(master_key)} bytes, not {_KEY_BYTES}")
        self._master = AESGCM(master_key)
        self._digests = hmac.digest(master_key, _DIGESTS, "sha256")
        self._random = random

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal bytes under the master key."""
        return self._seal(self._master, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The bytes that `seal` was given; raises `SealBroken`."""
        return _open(self._master, sealed, context)

    def digest(self, text: str) -> bytes:
        """32 bytes that are the same for the same text, by which what is sealed can be found;
        without the master key nobody can tell which text they are of, nor try texts (RFC 2104)."""
        return hmac.digest(self._digests, text.encode(), "sha256")

    def new_contact_key(self) -> bytes:
        """A fresh key for one contact, wrapped; whoever deletes it has erased the contact."""
        return self.seal(self._random(_KEY_BYTES), _CONTACT_KEY)

    def seal_for(self, wrapped_key: bytes, text: str) -> bytes:
        """Seal a text under a contact's key; raises `SealBroken` when the key does not open."""
        return self._seal(self._contact(wrapped_key), text.encode(), _CONTACT_TEXT)

    def open_for(self, wrapped_key: bytes, sealed: bytes) -> str:
        """The text that `seal_for` was given; raises `SealBroken`."""
        return _open(self._contact(wrapped_key), sealed, _CONTACT_TEXT).decode()

    def _contact(self, wrapped_key: bytes) -> AESGCM:
        return AESGCM(self.open(wrapped_key, _CONTACT_KEY))

    def _seal(self, key: AESGCM, plain: bytes, context: bytes) -> bytes:
        nonce = self._random(_NONCE_BYTES)
        return _VERSION + nonce + key.encrypt(nonce, plain, context)


def _open(key: AESGCM, sealed: bytes, context: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise SealBroken("the sealed value has an unknown version")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return key.decrypt(nonce, ciphertext, context)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the sealed value does not open with this key") from error
