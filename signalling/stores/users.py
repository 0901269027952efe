"""People with a login and their sign-ins, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from offhook.core.clock import Micros
from offhook.core.errors import Conflict
from offhook.core.ids import AccountId, ContactId, SignInId, UserId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import account_settings, contacts
from signalling.domain import signing_in
from signalling.domain.signing_in import (
    IDLE,
    UserRole,
)
from signalling.stores.participants import ERASED
from signalling.stores.tries import SignInTries
from signalling.stores.user_tables import sign_ins, users

_MINE = users.c.account_id == bindparam("account")
#: The account's setting of how many days a password lasts.
EXPIRY = "password_days"
_DAYS = account_settings.c.value.label("password_days")
_OF_DAYS = and_(
    account_settings.c.account_id == users.c.account_id, account_settings.c.name == EXPIRY
)
_WITH_KEY = (
    select(users, contacts.c.sealed_key, _DAYS)
    .join(contacts, contacts.c.contact_id == users.c.contact_id)
    .outerjoin(account_settings, _OF_DAYS)
)
_BY_LOGIN = _WITH_KEY.where(_MINE, users.c.login == bindparam("name"))
_BY_ID = _WITH_KEY.where(_MINE, users.c.user_id == bindparam("id"))
_BY_IDS = _WITH_KEY.where(_MINE, users.c.user_id.in_(bindparam("ids", expanding=True)))
_PAGE = (
    _WITH_KEY.where(_MINE, users.c.user_id > bindparam("after"))
    .order_by(users.c.user_id)
    .limit(bindparam("limit"))
)
_OTHER_ADMINS = (
    select(func.count())
    .select_from(users)
    .where(
        _MINE,
        users.c.role == "admin",
        users.c.disabled_at.is_(None),
        users.c.user_id != bindparam("id"),
    )
)
_COUNT = select(func.count()).select_from(users).where(_MINE)
_ADMINS = _COUNT.where(users.c.role == "admin")
_USER_INSERT = insert(users)
_CONTACT_INSERT = insert(contacts)
_NEW_PASSWORD = update(users).where(_MINE, users.c.user_id == bindparam("id"))

_SIGN_IN_INSERT = insert(sign_ins)
_BY_DIGEST = Prepared(
    select(
        users,
        contacts.c.sealed_key,
        _DAYS,
        sign_ins.c.sign_in_id,
        sign_ins.c.seen_at,
        sign_ins.c.expires_at,
        sign_ins.c.created_at.label("begun_at"),
    )
    .join(users, users.c.user_id == sign_ins.c.user_id)
    .join(contacts, contacts.c.contact_id == users.c.contact_id)
    .outerjoin(account_settings, _OF_DAYS)
    .where(sign_ins.c.digest == bindparam("digest"))
)
_OWN = sign_ins.c.account_id == bindparam("account")
_SEEN = Prepared(update(sign_ins).where(_OWN, sign_ins.c.sign_in_id == bindparam("id")))
_END = delete(sign_ins).where(_OWN, sign_ins.c.sign_in_id == bindparam("id"))
_END_ALL = delete(sign_ins).where(_OWN, sign_ins.c.user_id == bindparam("user"))
_PRUNE = delete(sign_ins).where(
    or_(sign_ins.c.expires_at <= bindparam("now"), sign_ins.c.seen_at <= bindparam("idle"))
)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a login. `revision` grows with each change of name, role or whether it is
    disabled; `password_days`: how long passwords of the account last."""

    id: UserId
    account: AccountId
    contact: ContactId
    login: str
    name: str
    role: UserRole
    password_hash: str
    must_change: bool
    created_at: Micros
    password_at: Micros
    disabled_at: Micros | None = None
    revision: int = 1
    password_days: int | None = None

    def as_of(self, now: Micros) -> User:
        """The same person, who must change a password that is too old."""
        old = signing_in.is_old(self.password_at, self.password_days, now)
        return replace(self, must_change=True) if old else self


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who is signed in."""

    id: SignInId
    user: User
    created_at: Micros
    seen_at: Micros
    expires_at: Micros


class Users:
    """The tables `users` and `sign_ins`; `tries` are those to sign in that failed."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self.tries = SignInTries()

    # --- people ------------------------------------------------------------------------------

    def count(self, connection: Connection, account: AccountId) -> int:
        """How many people of the account have a login."""
        return int(connection.execute(_COUNT, {"account": account}).scalar_one())

    def admins(self, connection: Connection, account: AccountId) -> int:
        """How many of them administer it, disabled or not."""
        return int(connection.execute(_ADMINS, {"account": account}).scalar_one())

    def insert_first(self, connection: Connection, user: User) -> bool:
        """Keep the first admin of an account; False when there is one already."""
        if self.admins(connection, user.account):
            return False
        self._insert(connection, user)
        return True

    def insert_new(self, connection: Connection, user: User) -> None:
        """Keep somebody new; raise `Conflict` (`login_taken`)."""
        if self.by_login(connection, user.account, user.login) is not None:
            raise Conflict("Somebody has this login.", code="login_taken", field="login")
        self._insert(connection, user)

    def _insert(self, connection: Connection, user: User) -> None:
        key = self._sealer.new_contact_key()
        contact = {
            "contact_id": user.contact,
            "account_id": user.account,
            "sealed_key": key,
            "created_at": user.created_at,
        }
        connection.execute(_CONTACT_INSERT, contact)
        row = {
            "user_id": user.id,
            "account_id": user.account,
            "contact_id": user.contact,
            "login": user.login,
            "name_sealed": self._sealer.seal_for(key, user.name),
            "role": user.role,
            "password_hash": user.password_hash,
            "must_change": user.must_change,
            "created_at": user.created_at,
            "password_at": user.password_at,
        }
        connection.execute(_USER_INSERT, row)

    def by_login(self, connection: Connection, account: AccountId, login: str) -> User | None:
        """The one with this login."""
        asked = {"account": account, "name": login}
        row = connection.execute(_BY_LOGIN, asked).one_or_none()
        return None if row is None else self._user(row)

    def by_id(self, connection: Connection, account: AccountId, id: str) -> User | None:
        """The one with this id."""
        row = connection.execute(_BY_ID, {"account": account, "id": id}).one_or_none()
        return None if row is None else self._user(row)

    def by_ids(
        self, connection: Connection, account: AccountId, ids: Sequence[str]
    ) -> dict[str, User]:
        """Those with these ids, by id."""
        rows = connection.execute(_BY_IDS, {"account": account, "ids": list(ids)})
        return {row.user_id: self._user(row) for row in rows}

    def page(
        self, connection: Connection, account: AccountId, after: str, limit: int
    ) -> list[User]:
        """The people of an account, oldest first, those behind the id `after`."""
        rows = connection.execute(_PAGE, {"account": account, "after": after, "limit": limit})
        return [self._user(row) for row in rows]

    def other_admins(self, connection: Connection, user: User) -> int:
        """How many others could administer the account."""
        asked = {"account": user.account, "id": user.id}
        return int(connection.execute(_OTHER_ADMINS, asked).scalar_one())

    def save(self, connection: Connection, user: User) -> None:
        """Keep somebody's name, role, and whether the login is disabled; the sign-ins of one who is
        disabled end."""
        row = {
            "name_sealed": self._name(connection, user),
            "role": user.role,
            "disabled_at": user.disabled_at,
            "revision": user.revision,
        }
        connection.execute(_NEW_PASSWORD, {"account": user.account, "id": user.id, **row})
        if user.disabled_at is not None:
            connection.execute(_END_ALL, {"account": user.account, "user": user.id})

    def _name(self, connection: Connection, user: User) -> bytes:
        """The name under the key of the contact."""
        asked = {"account": user.account, "id": user.id}
        row = connection.execute(_BY_ID, asked).one()
        sealed: bytes = row.name_sealed
        key = row.sealed_key
        return sealed if key is None else self._sealer.seal_for(key, user.name)

    def new_one_time(
        self, connection: Connection, account: AccountId, login: str, hashed: str, now: Micros
    ) -> bool:
        """Give somebody a password that must be changed; False when nobody has this login."""
        user = self.by_login(connection, account, login)
        if user is not None:
            self.give_one_time(connection, user, hashed, now)
        return user is not None

    def give_one_time(self, connection: Connection, user: User, hashed: str, now: Micros) -> User:
        """Give somebody a password that must be changed."""
        self._set_password(connection, user, hashed, must_change=True, now=now)
        return replace(user, password_hash=hashed, must_change=True, password_at=now)

    def change_password(
        self,
        connection: Connection,
        user: User,
        hashed: str,
        tried: tuple[bytes, bytes],
        now: Micros,
    ) -> User:
        """Give somebody the password they chose, and forget the tries it took."""
        self._set_password(connection, user, hashed, must_change=False, now=now)
        self.tries.give_back(connection, user.account, *tried)
        return replace(user, password_hash=hashed, must_change=False, password_at=now)

    def rehash(self, connection: Connection, user: User, hashed: str) -> None:
        """Keep a stronger hash of the same password."""
        asked = {"account": user.account, "id": user.id, "password_hash": hashed}
        connection.execute(_NEW_PASSWORD, asked)

    def _set_password(
        self, connection: Connection, user: User, hashed: str, *, must_change: bool, now: Micros
    ) -> None:
        """Another password; all sign-ins that the old one made end."""
        row = {"password_hash": hashed, "must_change": must_change, "password_at": now}
        connection.execute(_NEW_PASSWORD, {"account": user.account, "id": user.id, **row})
        connection.execute(_END_ALL, {"account": user.account, "user": user.id})

    # --- sign-ins ----------------------------------------------------------------------------

    def sign_in(self, connection: Connection, made: SignIn, digest: bytes, user_agent: str) -> None:
        """Keep a sign-in under the digest of its token."""
        row = {
            "sign_in_id": made.id,
            "account_id": made.user.account,
            "user_id": made.user.id,
            "digest": digest,
            "created_at": made.created_at,
            "seen_at": made.seen_at,
            "expires_at": made.expires_at,
            "user_agent": user_agent,
        }
        connection.execute(_SIGN_IN_INSERT, row)

    def by_digest(self, connection: Connection, digest: bytes) -> SignIn | None:
        """The sign-in whose token has this digest, over or not."""
        row = _BY_DIGEST.one_or_none(connection, {"digest": digest})
        if row is None:
            return None
        return SignIn(row.sign_in_id, self._user(row), row.begun_at, row.seen_at, row.expires_at)

    def seen(self, connection: Connection, account: AccountId, id: str, now: Micros) -> None:
        """Note that a sign-in is in use."""
        _SEEN.run(connection, {"account": account, "id": id, "seen_at": now})

    def end(self, connection: Connection, account: AccountId, id: str) -> None:
        """End a sign-in."""
        connection.execute(_END, {"account": account, "id": id})

    def prune(self, connection: Connection, now: Micros) -> None:
        """Forget sign-ins that are over, and tries that count no more."""
        connection.execute(_PRUNE, {"now": now, "idle": now - IDLE})
        self.tries.prune(connection, now)

    def _user(self, row: Any) -> User:
        key = row.sealed_key
        return User(
            id=row.user_id,
            account=row.account_id,
            contact=row.contact_id,
            login=row.login,
            name=ERASED if key is None else self._sealer.open_for(key, row.name_sealed),
            role=row.role,
            password_hash=row.password_hash,
            must_change=bool(row.must_change),
            created_at=row.created_at,
            password_at=row.password_at,
            disabled_at=row.disabled_at,
            revision=row.revision,
            password_days=row.password_days,
        )
