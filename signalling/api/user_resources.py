"""What the REST API of people with a login takes and gives."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from signalling.api.resources import DisplayName, Timestamp
from signalling.domain.signing_in import UserRole

Days = Annotated[int, Meta(ge=1, le=3_650)]


class UserCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to give a login. Logins do not mind capitals."""

    login: Annotated[str, Meta(min_length=1, max_length=128)]
    name: DisplayName = ""
    role: UserRole


class UserPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of somebody; what is not given stays. The sign-ins of one who is disabled end
    at once."""

    name: DisplayName | UnsetType = UNSET
    role: UserRole | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class User(Struct, frozen=True, kw_only=True):
    """Somebody with a login. `must_change`: the password is a one-time one, or too old."""

    id: str
    login: str
    name: str
    role: UserRole
    disabled: bool
    must_change: bool
    password_at: Timestamp
    created_at: Timestamp


class NewUser(User, frozen=True, kw_only=True):
    """Somebody with a one-time password, which is shown this once."""

    password: str


class UserPage(Struct, frozen=True, kw_only=True):
    """People, oldest first; `next` as everywhere."""

    items: list[User]
    next: str | None


class AccountPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to set for the account. `password_days`: passwords must be changed after so many days;
    null: never."""

    password_days: Days | UnsetType | None = UNSET


class Account(Struct, frozen=True, kw_only=True):
    """The account that is asked for."""

    id: str
    name: str
    password_days: int | None
