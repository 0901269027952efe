"""People with a login: the first admin, and one-time passwords."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from offhook.core.errors import NotFound
from offhook.core.ids import AccountId, ContactId, UserId
from signalling.domain import names, signing_in
from signalling.domain.signing_in import UserRole
from signalling.services.parts import Parts
from signalling.services.passwords import Passwords
from signalling.stores.users import User

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

FIRST_LOGIN = "admin"
_FIRST_NAME = "Admin"
_RANDOM_BYTES = 10


@dataclass(frozen=True, slots=True)
class OneTime:
    """A login with a password that is told now and never again, and must be changed."""

    login: str
    password: str


class Users:
    """Makes people, and gives them passwords."""

    def __init__(self, parts: Parts, passwords: Passwords) -> None:
        self._parts = parts
        self._stored = parts.kept.users
        self._passwords = passwords

    async def first_admin(self, account: AccountId) -> OneTime | None:
        """In an account where nobody has a login make an admin; None when somebody has one."""
        store = self._parts.store
        if await store.read(lambda c: self._stored.count(c, account)):
            return None
        given = self._one_time(FIRST_LOGIN)
        user = await self._draw(account, given, _FIRST_NAME, "admin")

        if not await store.write(lambda c: self._stored.insert_first(c, user)):
            return None
        log.info("first admin made", account=account, user=user.id)
        return given

    async def create(
        self, account: AccountId, login: str, name: str, role: UserRole
    ) -> tuple[User, OneTime]:
        """Somebody new, with a one-time password; raise `Conflict` (`login_taken`)."""
        given = self._one_time(signing_in.login_name(login))
        user = await self._draw(account, given, names.display_name(name), role)
        await self._parts.store.write(lambda c: self._stored.insert_new(c, user))
        return user, given

    async def new_one_time(self, account: AccountId, login: str) -> OneTime:
        """Another one-time password for somebody, whose sign-ins end; raise `NotFound`
        (`user_not_found`)."""
        given = self._one_time(signing_in.same_login(login))
        hashed = await self._passwords.hash(given.password)
        now = self._parts.clock.now()

        if not await self._parts.store.write(
            lambda c: self._stored.new_one_time(c, account, given.login, hashed, now)
        ):
            raise NotFound(f"Nobody has the login `{given.login}`.", code="user_not_found")
        return given

    def _one_time(self, login: str) -> OneTime:
        return OneTime(login, signing_in.one_time_password(self._parts.random(_RANDOM_BYTES)))

    async def _draw(self, account: AccountId, given: OneTime, name: str, role: UserRole) -> User:
        """Somebody who is not kept yet."""
        ids, now = self._parts.ids, self._parts.clock.now()
        return User(
            id=UserId(ids.new("US")),
            account=account,
            contact=ContactId(ids.new("CT")),
            login=given.login,
            name=name,
            role=role,
            password_hash=await self._passwords.hash(given.password),
            must_change=True,
            created_at=now,
            password_at=now,
        )
