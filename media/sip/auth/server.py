"""The server's side of digest: challenges, and says whose request it is (RFC 3261 22, RFC 8760).

Whoever is not accepted gets the same challenge, whether the user exists or not, and the same work
is done for both. `stale=true` is told only to those who know the password (RFC 7616 3.3).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from media.sip.auth.algorithms import Algorithm
from media.sip.auth.challenge import Challenge
from media.sip.auth.credentials import Credentials
from media.sip.auth.digest import QOPS, Request, response, user_hash
from media.sip.auth.nonces import Nonces, NonceState
from media.sip.auth.replay import Replays
from media.sip.auth.secrets import Secret
from offhook.core.clock import Micros


class Reason(Enum):
    """Why a request was not accepted; for our own books, never for the answer."""

    MISSING = auto()
    UNSUPPORTED = auto()
    OTHER_URI = auto()
    WRONG = auto()
    OLD_NONCE = auto()
    REPLAYED = auto()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request is this user's."""

    username: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Challenge it; `stale` goes into the challenge. `username` is as it was claimed."""

    reason: Reason
    stale: bool = False
    username: str = ""

    @property
    def failed(self) -> bool:
        """Whether somebody tried and was wrong: what a ban list counts."""
        return self.reason in (Reason.WRONG, Reason.OTHER_URI)


class DigestServer:
    """Guards one realm, as a user agent or registrar (401), or as a proxy (407).

    `secret_of` gives what proves a user, None for nobody; `new_salt` gives six random bytes.
    """

    def __init__(
        self,
        realm: str,
        secret_of: Callable[[str], Secret | None],
        nonces: Nonces,
        new_salt: Callable[[], bytes],
        *,
        algorithms: Sequence[Algorithm] = (Algorithm.SHA_256, Algorithm.MD5),
        qops: Sequence[str] = QOPS,
        without_qop: bool = True,
        proxy: bool = False,
        replays: Replays | None = None,
    ) -> None:
        self.realm = realm
        self.status = 407 if proxy else 401
        self.challenge_header = "Proxy-Authenticate" if proxy else "WWW-Authenticate"
        self.credentials_header = "Proxy-Authorization" if proxy else "Authorization"
        self._secret_of = secret_of
        self._nonces = nonces
        self._new_salt = new_salt
        self._algorithms = sorted(algorithms, key=lambda a: a.strength, reverse=True)
        self._qops = tuple(qops)
        self._taken_qops = {*qops, *([""] if without_qop else [])}
        self._replays = Replays() if replays is None else replays

    def challenges(self, now: Micros, stale: bool = False) -> list[tuple[str, str]]:
        """Name and value of the headers of a 401 or 407, the strongest first (RFC 8760 2.3)."""
        self._replays.forget(Micros(now - self._nonces.lifetime))
        nonce = self._nonces.issue(now, self._new_salt())
        opaque = self._nonces.opaque(self.realm)
        return [
            (
                self.challenge_header,
                str(Challenge(self.realm, nonce, algorithm, self._qops, opaque, stale)),
            )
            for algorithm in self._algorithms
        ]

    def check(self, texts: Sequence[str], request: Request, now: Micros) -> Accepted | Refused:
        """Judge a request by the values of its `credentials_header` lines.

        Raises `BadDigest` when one of them cannot be read: answer 400.
        """
        read = [Credentials.parse(text) for text in texts]
        shown = next((c for c in read if c is not None and c.realm == self.realm), None)
        if shown is None:
            return Refused(Reason.MISSING)
        if shown.algorithm not in self._algorithms or shown.qop not in self._taken_qops:
            return Refused(Reason.UNSUPPORTED, username=shown.username)
        if not self._proved(shown, request):
            return Refused(Reason.WRONG, username=shown.username)
        if not same_uri(shown.uri, request.uri):
            return Refused(Reason.OTHER_URI, username=shown.username)
        return self._fresh(shown, now)

    def _proved(self, shown: Credentials, request: Request) -> bool:
        """Whether the response is right; a hash is made and compared for nobody, too."""
        nobody = user_hash(shown.algorithm, shown.username, self.realm, shown.nonce)
        secret = self._secret_of(shown.username)
        known = secret and secret.user_hash(shown.algorithm, shown.username, self.realm)
        expected = response(known or nobody, shown, request.method, request.body)
        right = hmac.compare_digest(expected.encode(), shown.response.encode())
        return right and bool(known)

    def _fresh(self, shown: Credentials, now: Micros) -> Accepted | Refused:
        issued = self._nonces.issued_at(shown.nonce)
        ours = shown.opaque in (None, self._nonces.opaque(self.realm))
        is_fresh = self._nonces.state(shown.nonce, now) is NonceState.FRESH
        if issued is None or not ours or not is_fresh:
            return Refused(Reason.OLD_NONCE, stale=True, username=shown.username)
        if not self._replays.take(shown.nonce, issued, shown.count):
            return Refused(Reason.REPLAYED, stale=True, username=shown.username)
        return Accepted(shown.username)


_URI = re.compile(r"(?i:(sips?)):(?:([^@]*)@)?([^;?@]*)[^@]*\Z")
_PORTS = {"sip": ":5060", "sips": ":5061"}


def same_uri(shown: str, asked: str) -> bool:
    """Whether the `uri` of a digest means the Request-URI: parameters, which proxies touch, aside.

    Without this check whoever sees one digest could send it to another destination.
    """
    return shown == asked or _essence(shown) == _essence(asked)


def _essence(uri: str) -> tuple[str, ...]:
    found = _URI.match(uri)
    if found is None:
        return (uri,)
    scheme, user, host = found[1].lower(), found[2] or "", found[3].lower()
    return scheme, user, host.removesuffix(_PORTS[scheme])
