"""Signing in, as rules: what a password must be, how tries are slowed, how long a sign-in lasts."""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import InvalidInput, RateLimited
from signalling.domain import names

#: What somebody with a login may be.
UserRole = Literal["admin", "supervisor", "agent"]

#: A sign-in ends after so long without a request, and after so long in any case.
IDLE: Final = 12 * 3600 * SECOND
LASTS: Final = 7 * 86400 * SECOND
#: It is noted again that a sign-in is in use when so much has passed.
NOTE_USE_EVERY: Final = 60 * SECOND

PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 200
USER_AGENT_MOST: Final = 200

#: Tries that failed are forgotten when so long nobody tried.
FORGET_AFTER: Final = 3600 * SECOND
_LONGEST_WAIT = 900 * SECOND
_DAY = 86400 * SECOND


@dataclass(frozen=True, slots=True)
class Tries:
    """How often in a row signing in failed, and when it was tried last."""

    failed: int
    last_at: Micros


NO_TRIES: Final = Tries(0, Micros(0))


@dataclass(frozen=True, slots=True)
class Slowing:
    """`free` tries cost nothing; then one waits 1 s, 2 s, 4 s … up to a quarter of an hour."""

    free: int

    def wait(self, tries: Tries, now: Micros) -> int:
        """Microseconds until the next try is looked at."""
        beyond = tries.failed - self.free
        if beyond < 0 or now - tries.last_at > FORGET_AFTER:
            return 0
        delay = min(SECOND << min(beyond, 20), _LONGEST_WAIT)
        return max(0, tries.last_at + delay - now)

    def counted(self, tries: Tries, now: Micros) -> Tries:
        """The tries with one more, which has failed until it is known to be right."""
        known = 0 if now - tries.last_at > FORGET_AFTER else tries.failed
        return Tries(known + 1, now)


#: Of one login, whether it exists or not; and of one address, from which a whole office may come.
OF_LOGIN: Final = Slowing(free=5)
OF_ADDRESS: Final = Slowing(free=30)


def too_many(wait: int) -> RateLimited:
    """What somebody is told who must wait so many microseconds."""
    return RateLimited(
        "Too many tries to sign in; wait before the next one.",
        code="too_many_tries",
        retry_after=round(wait / SECOND, 3),
    )


def login_name(text: str, field: str = "login") -> str:
    """A login as it is kept: an identity in small letters; raise `InvalidInput`."""
    return names.identity(unicodedata.normalize("NFC", text.strip()).casefold(), field)


def same_login(text: str) -> str:
    """What logins that are written differently have in common, whatever was written."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def password_bytes(text: str) -> bytes:
    """A password as it is hashed, however the keyboard composed its letters."""
    return unicodedata.normalize("NFC", text).encode(errors="surrogatepass")


def new_password(text: str, login: str, old: str, field: str = "new_password") -> str:
    """A password that may be taken; raise `InvalidInput` with what is wrong in its code."""
    if len(text) < PASSWORD_LEAST:
        raise InvalidInput(
            f"A password has at least {PASSWORD_LEAST} characters.",
            code="password_too_short",
            field=field,
        )
    if len(text) > PASSWORD_MOST:
        raise InvalidInput(
            f"A password has at most {PASSWORD_MOST} characters.", code="too_large", field=field
        )
    if same_login(text) == login or len(set(text)) < 4:
        raise InvalidInput(
            "This password is too easy to guess.", code="password_too_simple", field=field
        )
    if password_bytes(text) == password_bytes(old):
        raise InvalidInput(
            "The new password is the old one.", code="password_unchanged", field=field
        )
    return text


def is_old(password_at: Micros, days: int | None, now: Micros) -> bool:
    """Whether a password has lasted for the days that the account allows; None: they all last."""
    return days is not None and now - password_at >= days * _DAY


def one_time_password(random: bytes) -> str:
    """A password that is easily read aloud and typed, of ten random bytes."""
    text = base64.b32encode(random).decode().rstrip("=").lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
