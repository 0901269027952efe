"""The hash algorithms of digest authentication and their strength (RFC 7616 3.3, RFC 8760 2.1)."""

from __future__ import annotations

import hashlib
from enum import Enum


class Algorithm(Enum):
    """One `algorithm` of a challenge; `-sess` binds the user's hash to one nonce."""

    MD5 = "MD5"
    MD5_SESS = "MD5-sess"
    SHA_256 = "SHA-256"
    SHA_256_SESS = "SHA-256-sess"
    SHA_512_256 = "SHA-512-256"
    SHA_512_256_SESS = "SHA-512-256-sess"

    @classmethod
    def named(cls, name: str) -> Algorithm | None:
        """The algorithm of this name, in whatever case; None when we do not have it."""
        return _BY_NAME.get(name.lower())

    @property
    def is_session(self) -> bool:
        """Whether the user's hash is bound to the nonce and the client's nonce."""
        return self.value.endswith("-sess")

    @property
    def base(self) -> Algorithm:
        """The same hash without `-sess`: what a stored hash of a password is made with."""
        return Algorithm(self.value.removesuffix("-sess"))

    @property
    def strength(self) -> int:
        """Greater is stronger; for choosing among several challenges."""
        return _STRENGTH.index(self)

    def hash(self, data: str | bytes) -> str:
        """H(data) in lower-case hex; text is hashed as UTF-8."""
        octets = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        return hashlib.new(_HASHES[self.base], octets, usedforsecurity=False).hexdigest()


_BY_NAME = {algorithm.value.lower(): algorithm for algorithm in Algorithm}
_HASHES = {
    Algorithm.MD5: "md5",
    Algorithm.SHA_256: "sha256",
    Algorithm.SHA_512_256: "sha512_256",
}
_STRENGTH = list(Algorithm)
