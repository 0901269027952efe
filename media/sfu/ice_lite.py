"""ICE-lite of one leg: it answers checks and learns where to send (RFC 8445, 7675)."""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass

from aioice import stun

from media.sfu.datapath.plans import Path
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

    def handle(self, request: stun.Message, path: Path, now: int) -> bytes | None:
        """Answer one binding request, or None when it is not for us; may move `path`."""
        known = self._authenticate(request)
        if known is None:
            return None
        if "ICE-CONTROLLED" in request.attributes:
            return _reply(request, known, stun.Class.ERROR, {"ERROR-CODE": (487, "Role Conflict")})
        self.last_check = now
        if known == self.credentials:
            self.previous = None
        if "USE-CANDIDATE" in request.attributes or self.path is None:
            self.path = path
        address: dict[str, object] = {"XOR-MAPPED-ADDRESS": (path.address, path.port)}
        return _reply(request, known, stun.Class.RESPONSE, address)

    def lose(self, path: Path) -> None:
        """A TCP connection has ended; wait for a check by another way."""
        if self.path == path:
            self.path = None

    def _authenticate(self, request: stun.Message) -> Credentials | None:
        name = named(request)
        for candidate in (self.credentials, self.previous):
            if candidate and hmac.compare_digest(candidate.ufrag.encode(), name.encode()):
                key = candidate.password.encode()
                return candidate if request.check_message_integrity(key) else None
        return None


def read(data: bytes) -> stun.Message | None:
    """A binding request, or None for anything else."""
    try:
        message = stun.parse_message(data)
    except (ValueError, struct.error, IndexError):
        return None
    if message.message_class != stun.Class.REQUEST or message.message_method != stun.Method.BINDING:
        return None
    return message


def named(request: stun.Message) -> str:
    """The user fragment that a request asks for: ours stands first in USERNAME."""
    name: str = request.attributes.get("USERNAME", "")
    return name.partition(":")[0]


def _reply(
    request: stun.Message,
    credentials: Credentials,
    message_class: stun.Class,
    attributes: dict[str, object],
) -> bytes:
    reply = stun.Message(request.message_method, message_class, request.transaction_id, attributes)
    reply.add_message_integrity(credentials.password.encode())
    reply.add_fingerprint()
    return bytes(reply)
