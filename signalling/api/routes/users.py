"""/v1/users and /v1/account: who has a login, and what holds for all of them."""

from __future__ import annotations

from typing import Any

from msgspec import UnsetType

from offhook.core.clock import Micros, isoformat
from offhook.core.errors import Forbidden, PreconditionFailed
from offhook.core.policy import EVERYTHING, TABLE, Role
from signalling.api import resources as common
from signalling.api import shapes as common_shapes
from signalling.api import user_resources as resources
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.domain.signing_in import UserRole
from signalling.services.accounts import AccountRecord
from signalling.services.users import Changes, OneTime
from signalling.stores.users import User

_NONE = Refusal(404, "user_not_found", "The account has no such person.")
_TAKEN = Refusal(409, "login_taken", "Somebody has this login.")
_MANY = Refusal(409, "too_many_users", "The account has 10,000 people already.")
_LAST = Refusal(409, "last_admin", "Nobody else could administer the account.")
_CHANGED = Refusal(412, "precondition_failed", "The login was changed since its ETag was read.")
_BEYOND = Refusal(403, "not_allowed", "The role may do what the key that asks may not.")


def _require_role(ask: Ask, *roles: UserRole) -> None:
    """Raise `Forbidden` when somebody would get, or lose, more than the one who asks may do."""
    has = frozenset[str]() if ask.principal is None else ask.principal.scopes
    if EVERYTHING not in has and any(TABLE[Role(role)].keys() - has for role in roles):
        raise Forbidden(
            "A key decides only about roles that may do no more than the key.",
            code="not_allowed",
            field="role",
        )


def _fields(user: User, now: Micros) -> dict[str, Any]:
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled_at is not None,
        "must_change": user.as_of(now).must_change,
        "password_at": isoformat(user.password_at),
        "created_at": isoformat(user.created_at),
    }


def _etag(user: User) -> str:
    return f'"{user.id[-12:]}.{user.revision}"'


def _now(ask: Ask) -> Micros:
    return ask.services.parts.clock.now()


def _answer(user: User, now: Micros) -> Answer:
    return Answer(resources.User(**_fields(user, now)), headers={"ETag": _etag(user)})


def _with_password(user: User, given: OneTime, now: Micros) -> Answer:
    body = resources.NewUser(**_fields(user, now), password=given.password)
    return Answer(body, headers={"ETag": _etag(user)})


async def _list(ask: Ask) -> Answer:
    limit, now = ask.query.limit, _now(ask)
    found = await ask.services.users.page(ask.account, ask.query.after, limit + 1)
    items, after = common_shapes.paged(
        found, limit, lambda user: resources.User(**_fields(user, now)), lambda user: user.id
    )
    return Answer(resources.UserPage(items=items, next=after))


async def _create(ask: Ask) -> Answer:
    asked: resources.UserCreate = ask.body
    now = _now(ask)
    _require_role(ask, asked.role)
    made = await ask.services.users.create(
        ask.account,
        asked.login,
        asked.name,
        asked.role,
        lambda c, user, given: ask.remember(CREATE, c, _with_password(user, given, now)),
    )
    return _with_password(*made, now)


async def _get(ask: Ask) -> Answer:
    return _answer(await ask.services.users.get(ask.account, ask.path["id"]), _now(ask))


async def _update(ask: Ask) -> Answer:
    asked: resources.UserPatch = ask.body
    found = await _expected(ask)
    wanted = found.role if isinstance(asked.role, UnsetType) else asked.role
    _require_role(ask, found.role, wanted)
    changes = Changes(
        name=None if isinstance(asked.name, UnsetType) else asked.name,
        role=wanted,
        disabled=None if isinstance(asked.disabled, UnsetType) else asked.disabled,
    )
    changed = await ask.services.users.update(ask.account, found.id, changes, found.revision)
    return _answer(changed, _now(ask))


async def _reset(ask: Ask) -> Answer:
    now = _now(ask)
    _require_role(ask, (await ask.services.users.get(ask.account, ask.path["id"])).role)
    given = await ask.services.users.reset(
        ask.account,
        ask.path["id"],
        lambda c, user, one: ask.remember(RESET, c, _with_password(user, one, now)),
    )
    return _with_password(*given, now)


async def _expected(ask: Ask) -> User:
    """Who is meant, as If-Match says."""
    found = await ask.services.users.get(ask.account, ask.path["id"])
    if ask.if_match is not None and _etag(found) not in ask.if_match:
        raise PreconditionFailed("The login was changed since you read it.", field="If-Match")
    return found


def _account(found: AccountRecord) -> Answer:
    return Answer(
        resources.Account(id=found.id, name=found.name, password_days=found.password_days)
    )


async def _look(ask: Ask) -> Answer:
    return _account(await ask.services.accounts.get(ask.account))


async def _set(ask: Ask) -> Answer:
    days = ask.body.password_days
    accounts = ask.services.accounts
    if isinstance(days, UnsetType):
        return _account(await accounts.get(ask.account))
    return _account(await accounts.set_password_days(ask.account, days))


CREATE = Route(
    method="POST",
    path="/v1/users",
    id="createUser",
    tag="Users",
    summary="Give somebody a login; the one-time password is shown once",
    handler=_create,
    permission="users.write",
    body=resources.UserCreate,
    reply=resources.NewUser,
    status=201,
    refusals=(_TAKEN, _MANY, _BEYOND),
    creates=True,
    etag=True,
)
RESET = Route(
    method="POST",
    path="/v1/users/{id}/one-time-password",
    id="resetUserPassword",
    tag="Users",
    summary="Give somebody another one-time password, shown once; their sign-ins end",
    handler=_reset,
    permission="users.write",
    reply=resources.NewUser,
    refusals=(_NONE, _BEYOND),
    creates=True,
    etag=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/users",
        id="listUsers",
        tag="Users",
        summary="List the people with a login",
        handler=_list,
        permission="users.read",
        query=common.PageQuery,
        reply=resources.UserPage,
    ),
    CREATE,
    Route(
        method="GET",
        path="/v1/users/{id}",
        id="getUser",
        tag="Users",
        summary="Look at somebody with a login",
        handler=_get,
        permission="users.read",
        reply=resources.User,
        refusals=(_NONE,),
        etag=True,
    ),
    Route(
        method="PATCH",
        path="/v1/users/{id}",
        id="updateUser",
        tag="Users",
        summary="Change somebody's name or role, or disable the login",
        handler=_update,
        permission="users.write",
        body=resources.UserPatch,
        reply=resources.User,
        refusals=(_NONE, _LAST, _CHANGED, _BEYOND),
        etag=True,
        if_match=True,
    ),
    RESET,
    Route(
        method="GET",
        path="/v1/account",
        id="getAccount",
        tag="Account",
        summary="Look at the account and its settings",
        handler=_look,
        permission="account.read",
        reply=resources.Account,
    ),
    Route(
        method="PATCH",
        path="/v1/account",
        id="updateAccount",
        tag="Account",
        summary="Set how long passwords last",
        handler=_set,
        permission="account.write",
        body=resources.AccountPatch,
        reply=resources.Account,
    ),
)
