"""Credentials: what a client shows in Authorization or Proxy-Authorization (RFC 7616 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from media.sip.auth import parameters
from media.sip.auth.algorithms import Algorithm
from media.sip.auth.digest import QOPS
from media.sip.auth.parameters import BadDigest, quoted

_HEX = re.compile(r"[0-9a-f]{32,64}\Z")
#: Lower case by the grammar; whoever writes upper case has hashed it so, too.
_COUNT = re.compile(r"[0-9A-Fa-f]{8}\Z")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One digest. Without `qop` there is neither `nc` nor `cnonce` (RFC 2069), save that a
    `-sess` algorithm always has a `cnonce`."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm = Algorithm.MD5
    qop: str = ""
    cnonce: str = ""
    nc: str = ""
    opaque: str | None = None

    @classmethod
    def parse(cls, text: str) -> Credentials | None:
        """The digest of one header value; None when it is of another scheme or algorithm.

        Raises `BadDigest` when it cannot be read, is not whole or has several.
        """
        found = parameters.parse(text)
        if len(found) != 1:
            raise BadDigest("An authorization header holds one set of credentials.")
        scheme, values = found[0]
        return cls._read(values) if scheme.lower() == "digest" else None

    @classmethod
    def _read(cls, values: Mapping[str, str]) -> Credentials | None:
        missing = [name for name in _NEEDED if name not in values]
        if missing:
            raise BadDigest(f"The credentials have no {missing[0]}.", field=missing[0])
        algorithm = Algorithm.named(values.get("algorithm", "MD5"))
        if algorithm is None:
            return None
        credentials = cls(
            username=values["username"],
            realm=values["realm"],
            nonce=values["nonce"],
            uri=values["uri"],
            response=values["response"].lower(),
            algorithm=algorithm,
            qop=values.get("qop", "").lower(),
            cnonce=values.get("cnonce", ""),
            nc=values.get("nc", ""),
            opaque=values.get("opaque"),
        )
        credentials._check()
        return credentials

    def _check(self) -> None:
        if not _HEX.match(self.response):
            raise BadDigest("The response is not a hash in hex.", field="response")
        if self.qop and (self.qop not in QOPS or not self.cnonce or not _COUNT.match(self.nc)):
            raise BadDigest("A qop comes with a cnonce and an nc of eight hex digits.", field="qop")
        if self.algorithm.is_session and not self.cnonce:
            raise BadDigest("A session algorithm comes with a cnonce.", field="cnonce")

    @property
    def count(self) -> int:
        """How often the nonce was used, by the client's word; 0 without qop."""
        return int(self.nc, 16) if self.qop else 0

    def __str__(self) -> str:
        """The header value; quoting as RFC 7616 3.4 wants it: not for qop, nc and algorithm."""
        return parameters.write(
            "Digest",
            (
                ("username", quoted(self.username)),
                ("realm", quoted(self.realm)),
                ("nonce", quoted(self.nonce)),
                ("uri", quoted(self.uri)),
                ("response", quoted(self.response)),
                ("algorithm", self.algorithm.value),
                ("cnonce", quoted(self.cnonce) if self.cnonce else None),
                ("opaque", None if self.opaque is None else quoted(self.opaque)),
                ("qop", self.qop or None),
                ("nc", self.nc or None),
            ),
        )


_NEEDED = ("username", "realm", "nonce", "uri", "response")
