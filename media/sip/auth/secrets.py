"""What proves a user: a password, or the hashes that were made of it. Never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from media.sip.auth.algorithms import Algorithm
from media.sip.auth.digest import user_hash


class Secret(Protocol):
    """Gives the hash of a user's name, realm and password."""

    def user_hash(self, algorithm: Algorithm, username: str, realm: str) -> str | None:
        """H(username:realm:password) in hex; None when there is none of this algorithm."""
        ...


@dataclass(frozen=True, slots=True)
class Password:
    """A password as it is: any algorithm, any realm."""

    text: str = field(repr=False)

    def user_hash(self, algorithm: Algorithm, username: str, realm: str) -> str:
        """Hash it for this user and realm."""
        return user_hash(algorithm, username, realm, self.text)


@dataclass(frozen=True, slots=True)
class Hashes:
    """Hashes kept in place of a password, by algorithm without `-sess`; good for one realm."""

    realm: str
    by_algorithm: Mapping[Algorithm, str] = field(repr=False)

    def user_hash(self, algorithm: Algorithm, username: str, realm: str) -> str | None:
        """The kept hash."""
        return self.by_algorithm.get(algorithm.base) if realm == self.realm else None
