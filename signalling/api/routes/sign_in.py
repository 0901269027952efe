"""/v1/sign-in: how people come, with a login and a password, and get a cookie."""

from __future__ import annotations

from typing import get_args

from offhook.core.clock import isoformat
from offhook.core.errors import Unauthenticated
from offhook.core.policy import Permission, allowed
from signalling.api import resources
from signalling.api.auth import visitor_of
from signalling.api.cookies import Browser
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.services.sign_ins import Knock
from signalling.stores.users import SignIn

_OVER = Refusal(401, "sign_in_over", "The sign-in has ended, or there is none.")
_CSRF = Refusal(403, "csrf", "Another site's page asks.")
_TRIES = Refusal(429, "too_many_tries", "Too many tries; Retry-After says how long to wait.")


async def _begin(ask: Ask) -> Answer:
    browser = ask.browser
    if browser.ours is not None:
        browser.require_ours()
    asked: resources.SignInCreate = ask.body
    begun = await ask.services.sign_ins.begin(
        Knock(
            main=ask.services.main,
            account=asked.account,
            login=asked.login,
            password=asked.password,
            address=ask.address,
            user_agent=browser.user_agent,
        )
    )
    await _end_before(ask, browser)
    return _answer(begun.sign_in, browser.keep(begun.token))


async def _look(ask: Ask) -> Answer:
    return _answer(await _current(ask))


async def _change_password(ask: Ask) -> Answer:
    asked: resources.PasswordChange = ask.body
    begun = await ask.services.sign_ins.change_password(
        await _current(ask),
        asked.password,
        asked.new_password,
        address=ask.address,
        user_agent=ask.browser.user_agent,
    )
    return _answer(begun.sign_in, ask.browser.keep(begun.token))


async def _end(ask: Ask) -> Answer:
    await ask.services.sign_ins.end(await _current(ask))
    return Answer(headers={"Set-Cookie": ask.browser.drop()})


async def _current(ask: Ask) -> SignIn:
    return await ask.services.sign_ins.recognise(ask.browser.token or "")


async def _end_before(ask: Ask, browser: Browser) -> None:
    """Whoever signs in anew leaves nothing open behind."""
    if browser.token is None:
        return
    try:
        before = await ask.services.sign_ins.recognise(browser.token)
    except Unauthenticated:
        return
    await ask.services.sign_ins.end(before)


def _answer(found: SignIn, cookie: str | None = None) -> Answer:
    user, who = found.user, visitor_of(found)
    permissions: tuple[Permission, ...] = get_args(Permission)
    body = resources.SignedIn(
        user=user.id,
        login=user.login,
        name=user.name,
        role=user.role,
        must_change=user.must_change,
        permissions=[each for each in permissions if allowed(who, each)],
        signed_in_at=isoformat(found.created_at),
        expires_at=isoformat(found.expires_at),
    )
    return Answer(body, headers={} if cookie is None else {"Set-Cookie": cookie})


ROUTES = (
    Route(
        method="POST",
        path="/v1/sign-in",
        id="signIn",
        tag="Sign-in",
        summary="Sign in with login and password; the answer sets the cookie",
        handler=_begin,
        body=resources.SignInCreate,
        reply=resources.SignedIn,
        refusals=(
            Refusal(401, "bad_login", "The login or the password is wrong."),
            Refusal(403, "login_disabled", "The login is disabled."),
            _CSRF,
            _TRIES,
        ),
        limited="address",
    ),
    Route(
        method="GET",
        path="/v1/sign-in",
        id="getSignIn",
        tag="Sign-in",
        summary="Look at who is signed in, and what they may do",
        handler=_look,
        permission="sign_in.own",
        reply=resources.SignedIn,
        refusals=(_OVER,),
    ),
    Route(
        method="DELETE",
        path="/v1/sign-in",
        id="signOut",
        tag="Sign-in",
        summary="Sign out",
        handler=_end,
        permission="sign_in.own",
        status=204,
        refusals=(_OVER, _CSRF),
    ),
    Route(
        method="POST",
        path="/v1/sign-in/password",
        id="changePassword",
        tag="Sign-in",
        summary="Change one's own password; all other sign-ins end",
        handler=_change_password,
        permission="sign_in.own",
        body=resources.PasswordChange,
        reply=resources.SignedIn,
        refusals=(
            _OVER,
            _CSRF,
            Refusal(422, "wrong_password", "The present password is wrong."),
            Refusal(422, "password_too_short", "The new one has fewer than ten characters."),
            Refusal(422, "password_too_simple", "The new one is too easy to guess."),
            Refusal(422, "password_unchanged", "The new one is the old one."),
            _TRIES,
        ),
    ),
)
