"""Digest authentication of SIP, as client and as server (RFC 3261 22, RFC 7616, RFC 8760). Pure."""

from media.sip.auth.algorithms import Algorithm
from media.sip.auth.challenge import Challenge
from media.sip.auth.client import Attempt, DigestClient, Login
from media.sip.auth.credentials import Credentials
from media.sip.auth.digest import Request
from media.sip.auth.nonces import Nonces, NonceState
from media.sip.auth.parameters import BadDigest
from media.sip.auth.replay import Replays
from media.sip.auth.secrets import Hashes, Password, Secret
from media.sip.auth.server import Accepted, DigestServer, Reason, Refused

#: Methods that are never challenged: they cannot be sent again (RFC 3261 22.1).
UNCHALLENGED = frozenset({"ACK", "CANCEL"})

__all__ = [
    "UNCHALLENGED",
    "Accepted",
    "Algorithm",
    "Attempt",
    "BadDigest",
    "Challenge",
    "Credentials",
    "DigestClient",
    "DigestServer",
    "Hashes",
    "Login",
    "NonceState",
    "Nonces",
    "Password",
    "Reason",
    "Refused",
    "Replays",
    "Request",
    "Secret",
]
