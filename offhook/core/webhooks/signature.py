"""Signatures as Standard Webhooks has them: `v1,` and the HMAC-SHA256 of `id.timestamp.body`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput, Unauthenticated

ID_HEADER = "webhook-id"
TIME_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
PREFIX = "whsec_"
_VERSION = "v1"
#: Seconds that the sender's clock may differ from the receiver's.
TOLERANCE = 300
_SECONDS = re.compile(r"\d{1,12}\Z", re.ASCII)


class BadSignature(Unauthenticated):
    """A webhook that we did not sign, or too long ago."""

    code = "bad_signature"


def encode_secret(key: bytes) -> str:
    """A secret as people keep it: `whsec_` and its bytes in base64."""
    return PREFIX + base64.b64encode(key).decode()


def decode_secret(secret: str) -> bytes:
    """The bytes of a secret; raise `InvalidInput` when it is none."""
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("A webhook's secret is whsec_ and base64.", field="secret") from error


def sign(secret: str, id: str, seconds: int, body: bytes) -> str:
    """One signature: `v1,<base64>`; `seconds` is the time of sending since 1970."""
    signed = f"{id}.{seconds}.".encode() + body
    digest = hmac.new(decode_secret(secret), signed, hashlib.sha256).digest()
    return f"{_VERSION},{base64.b64encode(digest).decode()}"


def headers(secrets: Iterable[str], id: str, now: Micros, body: bytes) -> dict[str, str]:
    """The three headers, with a signature for each secret that is in force."""
    seconds = now // SECOND
    return {
        ID_HEADER: id,
        TIME_HEADER: str(seconds),
        SIGNATURE_HEADER: " ".join(sign(secret, id, seconds, body) for secret in secrets),
    }


def verify(
    secrets: Iterable[str],
    given: Mapping[str, str],
    body: bytes,
    now: Micros,
    tolerance: int = TOLERANCE,
) -> None:
    """Raise `BadSignature` unless one of the signatures in the headers `given` was made with one of
    these secrets, not more than `tolerance` seconds from `now`. All are compared, in constant time.
    """
    id, time = given.get(ID_HEADER, ""), given.get(TIME_HEADER, "")
    signatures = given.get(SIGNATURE_HEADER, "").split()
    if not id or not signatures or not _SECONDS.match(time):
        raise BadSignature("The webhook's headers are missing.", code="signature_missing")
    if not id.isascii() or not all(signature.isascii() for signature in signatures):
        raise BadSignature("The webhook's headers cannot be read.")
    if abs(now // SECOND - int(time)) > tolerance:
        raise BadSignature("The webhook was signed too long ago.", code="signature_expired")
    expected = [sign(secret, id, int(time), body).encode() for secret in secrets]
    told = [signature.encode() for signature in signatures]
    if not any([hmac.compare_digest(a, b) for a in expected for b in told]):  # noqa: C419  each
        raise BadSignature("The webhook's signature is wrong.")
