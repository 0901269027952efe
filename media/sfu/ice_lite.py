"""ICE-lite of one leg: it answers checks and learns where to send (RFC 8445, 7675)."""

from __future__ import annotations

from dataclasses import dataclass

from media.sfu.datapath.plans import Path
from media.sfu.stun import ROLE_CONFLICT, UNKNOWN_ATTRIBUTE, BindingRequest
from offhook.core.clock import SECOND

#: A browser that has not asked for so long does not want our packets any more (RFC 7675).
CONSENT = 30 * SECOND


@dataclass(frozen=True, slots=True)
class Credentials:
    """Our user fragment and password."""

    ufrag: str
    password: str


@dataclass(slots=True)
class IceLite:
    """Controlled and lite: never asks, only answers. `path` is where to send."""

    credentials: Credentials
    previous: Credentials | None = None
    path: Path | None = None
    last_check: int | None = None

    def restart(self, credentials: Credentials) -> None:
        """Take new credentials; the old ones still answer until the new ones are used."""
        self.previous, self.credentials = self.credentials, credentials

    def handle(self, request: BindingRequest, path: Path, now: int) -> bytes | None:
        """Answer one binding request, or None when it is not for us; may move `path`."""
        known = self._authenticate(request)
        if known is None:
            return None
        key = known.password.encode()
        if request.unknown:
            return request.error(key, *UNKNOWN_ATTRIBUTE, request.unknown)
        if request.controlled:
            return request.error(key, *ROLE_CONFLICT)
        self.last_check = now
        if known == self.credentials:
            self.previous = None
        if request.nominates or self.path is None:
            self.path = path
        return request.success(key, path.address, path.port)

    def lose(self, path: Path) -> None:
        """A TCP connection has ended; wait for a check by another way."""
        if self.path == path:
            self.path = None

    def _authenticate(self, request: BindingRequest) -> Credentials | None:
        for candidate in (self.credentials, self.previous):
            if candidate is not None and candidate.ufrag == request.ufrag:
                return candidate if request.signed_with(candidate.password.encode()) else None
        return None
