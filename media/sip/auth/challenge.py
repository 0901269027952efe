"""A challenge: what a server asks for in WWW-Authenticate or Proxy-Authenticate (RFC 7616 3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from media.sip.auth import parameters
from media.sip.auth.algorithms import Algorithm
from media.sip.auth.digest import QOPS
from media.sip.auth.parameters import BadDigest, quoted


@dataclass(frozen=True, slots=True)
class Challenge:
    """One digest challenge. `qops` is empty when the server knows none (RFC 2069)."""

    realm: str
    nonce: str
    algorithm: Algorithm = Algorithm.MD5
    qops: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False
    domain: str | None = None

    @classmethod
    def parse(cls, text: str) -> list[Challenge]:
        """The challenges of one header value that can be answered: digests of known algorithms.

        Raises `BadDigest` when the header cannot be read or a digest lacks its realm or nonce.
        """
        read = [
            cls._read(values)
            for scheme, values in parameters.parse(text)
            if scheme.lower() == "digest"
        ]
        return [challenge for challenge in read if challenge is not None]

    @classmethod
    def parse_all(cls, texts: Iterable[str]) -> list[Challenge]:
        """The challenges of several headers; a header that cannot be read hides no other."""
        out: list[Challenge] = []
        for text in texts:
            try:
                out += cls.parse(text)
            except BadDigest:
                continue
        return out

    @classmethod
    def _read(cls, values: Mapping[str, str]) -> Challenge | None:
        if "realm" not in values or not values.get("nonce"):
            raise BadDigest("A digest challenge has a realm and a nonce.")
        algorithm = Algorithm.named(values.get("algorithm", "MD5"))
        offered = [word.strip().lower() for word in values.get("qop", "").split(",")]
        qops = tuple(qop for qop in offered if qop in QOPS)
        if algorithm is None or (any(offered) and not qops):
            return None
        return cls(
            realm=values["realm"],
            nonce=values["nonce"],
            algorithm=algorithm,
            qops=tuple(dict.fromkeys(qops)),
            opaque=values.get("opaque"),
            stale=values.get("stale", "").lower() == "true",
            domain=values.get("domain"),
        )

    def __str__(self) -> str:
        """The header value."""
        return parameters.write(
            "Digest",
            (
                ("realm", quoted(self.realm)),
                ("domain", None if self.domain is None else quoted(self.domain)),
                ("nonce", quoted(self.nonce)),
                ("opaque", None if self.opaque is None else quoted(self.opaque)),
                ("stale", "true" if self.stale else None),
                ("algorithm", self.algorithm.value),
                ("qop", quoted(",".join(self.qops)) if self.qops else None),
            ),
        )
