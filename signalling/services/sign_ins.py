"""Sign-ins of people: begun with a password, recognised by a random token, ended."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace

import structlog

from offhook.core.clock import Micros
from offhook.core.errors import Forbidden, InvalidInput, Unauthenticated
from offhook.core.ids import AccountId, SignInId
from offhook.core.policy import EVERYTHING, Principal, Role
from signalling.domain import signing_in
from signalling.services.parts import Parts
from signalling.services.passwords import Passwords
from signalling.stores.users import SignIn, User

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_TOKEN_BYTES = 32
#: A longer token is none.
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Begun:
    """A new sign-in with its token, which only the browser keeps."""

    token: str
    sign_in: SignIn


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody who wants to sign in; `main` is the account that the server's own pages are for."""

    main: AccountId
    account: str
    login: str
    password: str
    address: str
    user_agent: str


class SignIns:
    """Lets people in by login and password, and knows them again by their token."""

    def __init__(self, parts: Parts, passwords: Passwords) -> None:
        self._parts = parts
        self._stored = parts.kept.users
        self._passwords = passwords

    async def begin(self, knock: Knock) -> Begun:
        """Sign somebody in. Raises `Unauthenticated` (`bad_login`) after as long a time whether the
        login exists or not, `Forbidden` (`login_disabled`) to who knows the password of one that is
        disabled, and `RateLimited` (`too_many_tries`)."""
        account, name = await self._place(knock)
        who, where = _digest("login", name), _digest("address", knock.address)
        await self._count_try(account, who, where)
        user = await self._parts.store.read(lambda c: self._stored.by_login(c, account, name))
        known = None if user is None else user.password_hash
        fits = await self._passwords.matches(known, knock.password)
        if user is None or not fits:
            log.info("sign-in refused", account=account, address=knock.address)
            raise Unauthenticated("The login or the password is wrong.", code="bad_login")
        await self._parts.store.write(
            lambda c: self._stored.tries.give_back(c, account, who, where)
        )
        _require_enabled(user)
        await self._strengthen(user, knock.password)
        return await self._begin(user, knock.user_agent)

    async def _strengthen(self, user: User, password: str) -> None:
        """Keep a hash that costs what one costs today."""
        if self._passwords.costs_more_now(user.password_hash):
            hashed = await self._passwords.hash(password)
            await self._parts.store.write(lambda c: self._stored.rehash(c, user, hashed))

    async def _place(self, knock: Knock) -> tuple[AccountId, str]:
        """The account and the login there. Where there is no such account, a login of the main one
        that nobody can have: it is slowed and refused in the same way."""
        name = signing_in.same_login(knock.login)
        found = await self._parts.store.read(
            lambda c: self._parts.kept.accounts.by_name(c, knock.account)
        )
        return (knock.main, f"{knock.account}/{name}") if found is None else (found, name)

    async def recognise(self, token: str) -> SignIn:
        """Whose token this is; raise `Unauthenticated` (`sign_in_over`)."""
        if not token or len(token) > _LONGEST:
            raise _over()
        found = await self._parts.store.read(
            lambda c: self._stored.by_digest(c, _digest("token", token))
        )
        now = self._parts.clock.now()
        if found is None or now >= found.expires_at or now - found.seen_at >= signing_in.IDLE:
            raise _over()
        if now - found.seen_at > signing_in.NOTE_USE_EVERY:
            account = found.user.account
            await self._parts.store.write(lambda c: self._stored.seen(c, account, found.id, now))
        return replace(found, user=found.user.as_of(now))

    async def change_password(
        self, current: SignIn, old: str, new: str, *, address: str, user_agent: str
    ) -> Begun:
        """Give oneself another password: all sign-ins end, and a new one begins.

        Raises `InvalidInput` (`wrong_password`, `password_too_short` and its like) and
        `RateLimited` (`too_many_tries`).
        """
        user = current.user
        signing_in.new_password(new, user.login, old)
        who, where = _digest("login", user.login), _digest("address", address)
        await self._count_try(user.account, who, where)
        if not await self._passwords.matches(user.password_hash, old):
            raise InvalidInput(
                "The present password is wrong.", code="wrong_password", field="password"
            )
        hashed, now = await self._passwords.hash(new), self._parts.clock.now()
        changed = await self._parts.store.write(
            lambda c: self._stored.change_password(c, user, hashed, (who, where), now)
        )
        log.info("password changed", account=user.account, user=user.id)
        return await self._begin(changed, user_agent)

    async def end(self, current: SignIn) -> None:
        """Sign out."""
        account = current.user.account
        await self._parts.store.write(lambda c: self._stored.end(c, account, current.id))
        log.info("signed out", account=account, user=current.user.id, sign_in=current.id)

    async def _count_try(self, account: AccountId, who: bytes, where: bytes) -> None:
        """Count the try as failed before it is looked at, so that many at once count as many."""
        now = self._parts.clock.now()
        wait = await self._parts.store.write(
            lambda c: self._stored.tries.take(c, account, who, where, now)
        )
        if wait:
            raise signing_in.too_many(wait)

    async def _begin(self, user: User, user_agent: str) -> Begun:
        token = base64.urlsafe_b64encode(self._parts.random(_TOKEN_BYTES)).rstrip(b"=").decode()
        now = self._parts.clock.now()
        made = SignIn(
            id=SignInId(self._parts.ids.new("SI")),
            user=user.as_of(now),
            created_at=now,
            seen_at=now,
            expires_at=Micros(now + signing_in.LASTS),
        )
        excerpt = user_agent[: signing_in.USER_AGENT_MOST]
        digest = _digest("token", token)
        await self._parts.store.write(lambda c: self._stored.sign_in(c, made, digest, excerpt))
        log.info("signed in", account=user.account, user=user.id, sign_in=made.id)
        return Begun(token, made)


def principal_of(user: User) -> Principal:
    """Who a signed-in person is to the permission table."""
    return Principal(user.account, Role(user.role), user.id, frozenset({EVERYTHING}))


def _digest(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}:{text}".encode(errors="surrogatepass")).digest()


def _require_enabled(user: User) -> None:
    if user.disabled_at is not None:
        log.info("sign-in refused, login disabled", account=user.account, user=user.id)
        raise Forbidden("This login is disabled.", code="login_disabled")


def _over() -> Unauthenticated:
    return Unauthenticated("The sign-in is over; sign in again.", code="sign_in_over")
