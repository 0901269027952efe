"""The arithmetic of digest authentication: A1, A2 and the response (RFC 7616 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from media.sip.auth.algorithms import Algorithm

AUTH, AUTH_INT = "auth", "auth-int"
#: Best first, for a client that has no reason to protect bodies (RFC 7616 3.4.3).
QOPS = (AUTH, AUTH_INT)


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request a digest covers: the method, the Request-URI and the body."""

    method: str
    uri: str
    body: bytes = b""


class Signed(Protocol):
    """The values that a response is computed from, beside the request and the password."""

    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def nonce(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def qop(self) -> str: ...
    @property
    def cnonce(self) -> str: ...
    @property
    def nc(self) -> str: ...


def user_hash(algorithm: Algorithm, username: str, realm: str, password: str) -> str:
    """H(username:realm:password), which a server may keep in place of the password."""
    return algorithm.hash(f"{username}:{realm}:{password}")


def response(secret: str, signed: Signed, method: str, body: bytes = b"") -> str:
    """The `response`: `secret` is the `user_hash` of the algorithm (RFC 7616 3.4.1)."""
    algorithm = signed.algorithm
    a1 = secret
    if algorithm.is_session:
        a1 = algorithm.hash(f"{secret}:{signed.nonce}:{signed.cnonce}")
    a2 = f"{method}:{signed.uri}"
    if signed.qop == AUTH_INT:
        a2 += f":{algorithm.hash(body)}"
    middle = [signed.nc, signed.cnonce, signed.qop] if signed.qop else []
    return algorithm.hash(":".join([a1, signed.nonce, *middle, algorithm.hash(a2)]))
