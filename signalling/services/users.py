"""People with a login: made and changed, and given one-time passwords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog

from offhook.core.clock import Micros
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


def _forget(connection: object, made: User, given: OneTime) -> None:
    """Keeps nothing more."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of somebody; None: it stays."""

    name: str | None = None
    role: UserRole | None = None
    disabled: bool | None = None

    def of(self, user: User, now: Micros) -> User:
        """The person as they shall be; raises `InvalidInput`."""
        disabled_at = user.disabled_at
        if self.disabled is not None:
            disabled_at = (disabled_at or now) if self.disabled else None
        return replace(
            user,
            name=user.name if self.name is None else names.display_name(self.name),
            role=self.role or user.role,
            disabled_at=disabled_at,
        )


class Users:
    """Makes people, and gives them passwords. `on_change` is called with the account when somebody
    is otherwise than before."""

    def __init__(self, parts: Parts, passwords: Passwords) -> None:
        self._parts = parts
        self._stored = parts.kept.users
        self._units = parts.kept.staffing
        self._passwords = passwords
        self.on_change: list[Callable[[AccountId], None]] = []

    async def first_admin(self, account: AccountId) -> OneTime | None:
        """In an account that nobody administers make an admin; None when somebody does."""
        store = self._parts.store
        if await store.read(lambda c: self._stored.admins(c, account)):
            return None
        given = self._one_time(FIRST_LOGIN)
        user = await self._draw(account, given, _FIRST_NAME, "admin")

        if not await store.write(lambda c: self._stored.insert_first(c, user)):
            return None
        log.info("first admin made", account=account, user=user.id)
        return given

    async def create(
        self,
        account: AccountId,
        login: str,
        name: str,
        role: UserRole,
        remember: Callable[[Any, User, OneTime], None] = _forget,
    ) -> tuple[User, OneTime]:
        """Somebody new, with a one-time password; raise `Conflict` (`login_taken`)."""
        user, given = await self.draw(account, login, name, role)
        await self._parts.store.write(
            lambda c: self._units.create(c, user, lambda c, made: remember(c, made, given))
        )
        self._parts.post.wake(account)
        log.info("login made", account=account, user=user.id, role=role)
        return user, given

    async def draw(
        self, account: AccountId, login: str, name: str, role: UserRole
    ) -> tuple[User, OneTime]:
        """Somebody with a one-time password who is not kept yet."""
        given = self._one_time(signing_in.login_name(login))
        return await self._draw(account, given, names.display_name(name), role), given

    async def page(self, account: AccountId, after: str, limit: int) -> list[User]:
        """The people of an account, oldest first, those behind the id `after`."""
        return await self._parts.store.read(lambda c: self._stored.page(c, account, after, limit))

    async def get(self, account: AccountId, id: str) -> User:
        """One person; raise `NotFound` (`user_not_found`)."""
        return await self._parts.store.read(lambda c: self._units.get(c, account, id))

    async def update(
        self, account: AccountId, id: str, changes: Changes, revision: int | None
    ) -> User:
        """Change somebody. Raises `NotFound`, `PreconditionFailed`, and `Conflict` (`last_admin`)
        when nobody could administer the account any more."""
        now = self._parts.clock.now()
        changed = await self._parts.store.write(
            lambda c: self._units.change(
                c, account, id, lambda user: changes.of(user, now), revision, now
            )
        )
        self._parts.post.wake(account)
        for hear in self.on_change:
            hear(account)
        log.info("login changed", account=account, user=id, role=changed.role)
        return changed

    async def reset(
        self, account: AccountId, id: str, remember: Callable[[Any, User, OneTime], None] = _forget
    ) -> tuple[User, OneTime]:
        """Another one-time password for somebody, whose sign-ins end; raise `NotFound`."""
        given = self._one_time((await self.get(account, id)).login)
        hashed = await self._passwords.hash(given.password)
        now = self._parts.clock.now()
        user = await self._parts.store.write(
            lambda c: self._units.new_one_time(
                c, account, id, hashed, now, lambda c, made: remember(c, made, given)
            )
        )
        self._parts.post.wake(account)
        log.info("password reset", account=account, user=id)
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
