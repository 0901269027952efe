"""The link that opens a callback on any device: its secret, and how it is written. Pure."""

from __future__ import annotations

import base64
import hashlib

#: Random bytes of a secret.
SECRET_BYTES = 24
#: A longer text is no secret.
LONGEST = 64


def secret_of(random: bytes) -> str:
    """The secret of a link, from these random bytes."""
    return base64.urlsafe_b64encode(random).decode().rstrip("=")


def digest_of(secret: str) -> bytes:
    """By which a link is known: of the secret itself nothing is kept."""
    return hashlib.sha256(secret.encode()).digest()


def path_of(key: str, secret: str) -> str:
    """Where a link leads, on the site with this key. Browsers keep what follows `#` to themselves,
    so that the secret stands in no log and in no Referer."""
    return f"/visit/{key}#callback={secret}"


def own_path(key: str, secret: str) -> str:
    """The visitor's own link, with the secret by which their pages go on with the contact."""
    return f"/visit/{key}#resume={secret}"
