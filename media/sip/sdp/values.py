"""Directions, addresses and origins: the small values of a session description (RFC 8866)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from media.sip.sdp.errors import BadDescription, NotAcceptable, Warned

_HOST = re.compile(r"[0-9A-Za-z_.-]{1,255}\Z")
_NUMBER = re.compile(r"[0-9]{1,32}\Z")
#: Addresses whose reading is remembered: gateways have the same in all their calls.
ADDRESSES = 256
_SUFFIX = re.compile(r"[0-9]{1,5}(?:/[0-9]{1,5})?\Z")


class Direction(Enum):
    """Which way media flow, as the writer of the description sees it (RFC 8866 6.7)."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @classmethod
    def of(cls, *, sends: bool, receives: bool) -> Direction:
        """The direction of somebody who does so."""
        if sends:
            return cls.SENDRECV if receives else cls.SENDONLY
        return cls.RECVONLY if receives else cls.INACTIVE

    @property
    def sends(self) -> bool:
        """Whether the writer sends."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        """Whether the writer receives."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @property
    def reversed(self) -> Direction:
        """The same, as the other side sees it."""
        return Direction.of(sends=self.receives, receives=self.sends)

    def __and__(self, other: Direction) -> Direction:
        """What both allow."""
        return Direction.of(
            sends=self.sends and other.sends, receives=self.receives and other.receives
        )


@lru_cache(ADDRESSES)
def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The number that an address writes; None when it is a name."""
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Connection:
    """An address as a c= line has it; `suffix` is the TTL and count of a multicast address."""

    address: str
    family: str = "IP4"
    suffix: str = ""

    @classmethod
    def of(cls, address: str) -> Connection:
        """The address with its family; a name counts as IPv4."""
        return cls(address, "IP6" if ":" in address else "IP4")

    @classmethod
    def parse(cls, text: str) -> Connection:
        """Read `IN IP4 192.0.2.1`. A network that is not the Internet is not acceptable."""
        words = text.split()
        if len(words) != 3:
            raise BadDescription("A connection has a network, a family and an address.")
        network, family, (address, _, suffix) = words[0], words[1], words[2].partition("/")
        if network.upper() != "IN" or family.upper() not in ("IP4", "IP6"):
            raise NotAcceptable("Only addresses of the Internet are known.", Warned.ADDRESS_FORMAT)
        found = cls(address, family.upper(), suffix)
        if not found._is_valid() or (suffix and not _SUFFIX.match(suffix)):
            raise BadDescription("A connection's address cannot be read.")
        return found

    def __str__(self) -> str:
        return f"IN {self.family} {self.address}" + (f"/{self.suffix}" if self.suffix else "")

    def _is_valid(self) -> bool:
        ip = _ip(self.address)
        if ip is None:
            return _HOST.match(self.address) is not None
        return ip.version == (6 if self.family == "IP6" else 4) and "%" not in self.address

    @property
    def is_multicast(self) -> bool:
        """Whether it is the address of a group."""
        ip = _ip(self.address)
        return ip is not None and ip.is_multicast

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing can be sent there: the hold of old (RFC 3264 8.4, RFC 6157 3.1)."""
        ip = _ip(self.address)
        if ip is not None:
            return ip.is_unspecified
        return self.address.lower().rstrip(".").endswith(".invalid")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a session, and how often its description has changed (RFC 8866 5.2)."""

    session_id: int
    version: int
    connection: Connection
    username: str = "-"

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Read the value of an o= line."""
        words = text.split()
        if len(words) != 6 or not all(_NUMBER.match(word) for word in words[1:3]):
            raise BadDescription("An o= line has a name, two numbers and an address.")
        return cls(int(words[1]), int(words[2]), Connection.parse(" ".join(words[3:])), words[0])

    def __str__(self) -> str:
        return f"{self.username} {self.session_id} {self.version} {self.connection}"
