"""The two SRTP sessions of one leg, from the keys that DTLS exported (RFC 3711, 5764, 7714)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pylibsrtp import Error, Policy, Session
from pylibsrtp._binding import ffi, lib

from media.sfu.datapath.plans import SrtpMaterial

SrtpError = Error
_WINDOW = 1024
#: What libsrtp may add to a packet (SRTP_MAX_TRAILER_LEN).
_TRAILER = 144


@dataclass(frozen=True, slots=True)
class Profile:
    """One SRTP protection profile: its registered name, libsrtp number and sizes in bytes."""

    name: str
    policy: int
    key: int
    salt: int

    @property
    def exported(self) -> int:
        """How many bytes DTLS must export for it."""
        return 2 * (self.key + self.salt)


#: Best first; of those a browser offers, the first one in this order is taken.
PROFILES = (
    Profile("SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile("SRTP_AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    Profile("SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)


def profile(name: str) -> Profile:
    """The profile of this name; raise KeyError when we do not speak it."""
    found = next((p for p in PROFILES if p.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def mirrored(keys: SrtpMaterial) -> SrtpMaterial:
    """The same keys as the other end has them: what was the client's is the server's."""
    chosen, material = profile(keys.profile), keys.material
    key, salt = chosen.key, chosen.salt
    both, salts = material[: 2 * key], material[2 * key : chosen.exported]
    return SrtpMaterial(keys.profile, both[key:] + both[:key] + salts[salt:] + salts[:salt])


def _protector(session: Session) -> Callable[[bytes], bytes]:
    """What `session.protect` does, at half the cost beside the encryption: it is most of a packet.

    It reaches into pylibsrtp, whose version the lock file names; tests hold both to the same.
    """
    handle, place, buffer = session._srtp[0], session._cdata, session._buffer
    writable = memoryview(buffer)
    size = ffi.new("int *")
    most = len(place) - _TRAILER
    encrypt = lib.srtp_protect

    def protect(packet: bytes) -> bytes:
        length = len(packet)
        if length > most:
            raise ValueError("packet is too long")
        size[0] = length
        writable[:length] = packet
        status = encrypt(handle, place, size)
        if status:
            raise Error(f"libsrtp refuses a packet with status {status}")
        protected: bytes = buffer[: size[0]]
        return protected

    return protect


class Srtp:
    """Protects what we send with the server's key, unprotects with the client's."""

    __slots__ = ("_sessions", "protect", "protect_rtcp", "unprotect", "unprotect_rtcp")

    def __init__(self, keys: SrtpMaterial) -> None:
        chosen = profile(keys.profile)
        key, salt, material = chosen.key, chosen.salt, keys.material
        client = material[:key] + material[2 * key : 2 * key + salt]
        server = material[key : 2 * key] + material[2 * key + salt : chosen.exported]
        inbound = Policy(client, Policy.SSRC_ANY_INBOUND, srtp_profile=chosen.policy)
        outbound = Policy(server, Policy.SSRC_ANY_OUTBOUND, srtp_profile=chosen.policy)
        inbound.window_size = outbound.window_size = _WINDOW
        outbound.allow_repeat_tx = True
        self._sessions = (Session(inbound), Session(outbound))
        self.unprotect: Callable[[bytes], bytes] = self._sessions[0].unprotect
        self.unprotect_rtcp: Callable[[bytes], bytes] = self._sessions[0].unprotect_rtcp
        self.protect: Callable[[bytes], bytes] = _protector(self._sessions[1])
        self.protect_rtcp: Callable[[bytes], bytes] = self._sessions[1].protect_rtcp
