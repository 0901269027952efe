"""Tokens: who bears one, and new ones signed with a key of the account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import msgspec

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.grants import VideoGrant
from offhook.core.errors import NotFound, OffhookError, Unauthenticated
from offhook.core.ids import AccountId, is_id
from offhook.core.policy import Principal, allowed
from signalling.domain import tokens
from signalling.domain.tokens import Claims
from signalling.services.parts import Parts
from signalling.stores.accounts import ApiKey

#: A longer token is none.
_LONGEST = 16 * 1024
#: Seconds that pass before it is noted again that a key is in use.
_NOTE_USE_EVERY = 60
_ALGORITHM = "HS256"
#: Seconds that a renewed token lasts at least; a shorter one could not be renewed in time.
_SHORTEST = 60
#: Times are checked by our own clock; everything else by msgspec.
_ONLY_SIGNATURE: Any = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it is, checked. `expired` only when that was asked to be overlooked."""

    token: str
    claims: Claims
    principal: Principal
    expired: bool = False

    @property
    def account(self) -> AccountId:
        """The account whose key signed it."""
        return self.principal.account

    @property
    def video(self) -> VideoGrant:
        """What it grants of rooms."""
        return self.principal.video

    @property
    def issued_at(self) -> Micros | None:
        """When it was issued, if it says so."""
        seconds = self.claims.nbf if self.claims.iat is None else self.claims.iat
        return None if seconds is None else Micros(round(seconds * SECOND))

    def moderates(self, room: str) -> bool:
        """Whether it makes its bearer a moderator, which the key that signed it must be allowed."""
        ask = self.principal
        return allowed(ask, "participants.moderate", room=room) and allowed(
            ask, "rooms.admin", room=room
        )

    @property
    def guest(self) -> bool:
        """Whether the server issued it itself to somebody who came by link."""
        return self.claims.kind == tokens.GUEST


class _Issued(msgspec.Struct):
    """What a token says of itself before it is checked."""

    iss: str = ""


class Tokens:
    """Checks and signs tokens (RFC 7519, HS256)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._internal: dict[AccountId, ApiKey] = {}

    async def verify(self, token: str | None, *, overlook_expiry: bool = False) -> Bearer:
        """Who bears this token; raise `Unauthenticated` with `token_missing`, `token_invalid`,
        `token_expired` or `token_not_yet_valid`."""
        if not token:
            raise Unauthenticated("A token is needed.", code="token_missing")
        key = await self.key(_issuer(token))
        if key is None:
            raise _invalid()
        claims = tokens.parse(_payload(token, key))
        expired = False
        try:
            tokens.check_times(claims, self._parts.clock.now())
        except Unauthenticated as error:
            if not overlook_expiry or error.code != "token_expired":
                raise
            expired = True
        principal = Principal.of_token(
            key.account,
            claims.sub,
            key.scopes,
            video=claims.video,
            sip=claims.sip,
            desk=claims.desk,
        )
        return Bearer(token, claims, principal, expired)

    async def key(self, id: str) -> ApiKey | None:
        """A key that is in force; that it was used is noted once a minute."""
        parts = self._parts
        if not is_id(id, "AK"):
            return None
        key = await parts.store.read(lambda c: parts.kept.api_keys.by_id(c, id))
        now = parts.clock.now()
        if key and now - (key.last_used_at or 0) > _NOTE_USE_EVERY * SECOND:
            parts.tasks.spawn(self._note_use(key.account, id, now), f"{id} was used")
        return key

    async def _note_use(self, account: AccountId, id: str, now: Micros) -> None:
        keys = self._parts.kept.api_keys
        await self._parts.store.write(lambda c: keys.used(c, account, id, now))

    async def issue(self, account: AccountId, claims: Claims, seconds: int) -> str:
        """Sign a token with the account's own key; its `iss`, `nbf` and `exp` are set here."""
        return sign_for(await self.internal_key(account), claims, self.now(), seconds)

    def now(self) -> Micros:
        """By which clock tokens are issued."""
        return self._parts.clock.now()

    async def refreshed(self, token: str | None) -> str | None:
        """The same grants for as long again, when less than half of a token's time is left.

        The key that signed it signs anew: its scopes and its revocation go on to bind.
        """
        try:
            bearer = await self.verify(token)
        except OffhookError:
            return None
        instant = self._parts.clock.now()
        claims, now = bearer.claims, instant / SECOND
        lasts = claims.exp - (claims.nbf if claims.nbf is not None else now)
        if claims.exp - now > lasts / 2:
            return None
        key = await self.key(claims.iss)
        if key is None:
            return None
        start = int(now)
        end = start + int(max(_SHORTEST, min(lasts, tokens.DEFAULT_TTL)))
        fresh = msgspec.structs.replace(claims, iat=_seconds(instant), nbf=start, exp=end)
        return sign(fresh, key.secret)

    async def internal_key(self, account: AccountId) -> ApiKey:
        """The key with which the server signs for this account itself."""
        if account not in self._internal:
            parts = self._parts
            key = await parts.store.read(lambda c: parts.kept.internal_key(c, account))
            if key is None:
                raise NotFound("The account has no key of its own.", code="account_not_found")
            self._internal[account] = key
        return self._internal[account]


class _SignedIds:
    """Secrets that name something: `<account>.<id>….<signature>`; one made for another purpose is
    none. `prefixes` are those of the ids, the account's first."""

    def __init__(self, tokens: Tokens, purpose: str, prefixes: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._purpose = purpose.encode()
        self._prefixes = prefixes

    async def _make(self, account: AccountId, *ids: str) -> str:
        text = ".".join((account, *ids))
        return f"{text}.{await self._sign(account, text)}"

    async def _open(self, token: str) -> list[str]:
        """The ids; raise `Unauthenticated` (`token_invalid`)."""
        text, _, signature = token.rpartition(".")
        parts = text.split(".")
        if len(parts) != len(self._prefixes) or not all(map(is_id, parts, self._prefixes)):
            raise _invalid()
        try:
            expected = await self._sign(AccountId(parts[0]), text)
        except NotFound as error:
            raise _invalid() from error
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise _invalid()
        return parts

    async def _sign(self, account: AccountId, text: str) -> str:
        return self._signature(await self._tokens.internal_key(account), text)

    def _signed(self, key: ApiKey, text: str) -> str:
        return f"{text}.{self._signature(key, text)}"

    def _signature(self, key: ApiKey, text: str) -> str:
        secret = hmac.digest(key.secret.encode(), self._purpose, hashlib.sha256)
        digest = hmac.digest(secret, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class PlaceTokens(_SignedIds):
    """Secrets of participants."""

    def __init__(self, tokens: Tokens, purpose: str) -> None:
        super().__init__(tokens, purpose, ("AC", "RM", "PA"))

    async def make(self, account: AccountId, room: str, participant: str) -> str:
        """The secret of a participant."""
        return await self._make(account, room, participant)

    async def open(self, token: str) -> tuple[AccountId, str, str]:
        """Account, room and participant; raise `Unauthenticated` (`token_invalid`)."""
        account, room, participant = await self._open(token)
        return AccountId(account), room, participant


class VisitTokens(_SignedIds):
    """Secrets of visitors, with which any page of theirs is in the same contact again."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens, "visit", ("AC", "SE"))

    async def make(self, account: AccountId, session: str) -> str:
        """The secret of a session."""
        return await self._make(account, session)

    async def of(self, account: AccountId) -> Callable[[str], str]:
        """What makes the secrets of this account's sessions."""
        key = await self._tokens.internal_key(account)
        return lambda session: self._signed(key, f"{account}.{session}")

    async def open(self, token: str) -> tuple[AccountId, str]:
        """Account and session; raise `Unauthenticated` (`token_invalid`)."""
        account, session = await self._open(token)
        return AccountId(account), session


class ResumeTokens(PlaceTokens):
    """With which a client takes its place again on another socket."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens, "resume")


def sign(claims: Claims, secret: str) -> str:
    """The token of these claims."""
    return jwt.encode(msgspec.to_builtins(claims), secret, algorithm=_ALGORITHM)


def sign_for(key: ApiKey, claims: Claims, instant: Micros, seconds: int) -> str:
    """The token of these claims, signed with this key now and good for so long."""
    now = instant // SECOND
    full = msgspec.structs.replace(
        claims, iss=key.id, iat=_seconds(instant), nbf=now, exp=now + seconds
    )
    return sign(full, key.secret)


def _seconds(instant: Micros) -> float:
    """As a token tells time, to the millisecond; never later than it is."""
    return instant // 1000 / 1000


def _issuer(token: str) -> str:
    """The key that a token says it is signed with; nothing else of it may be believed yet."""
    if len(token) > _LONGEST:
        raise _invalid()
    _, _, rest = token.partition(".")
    payload, _, _ = rest.partition(".")
    try:
        padded = payload.encode() + b"=" * (-len(payload) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=_Issued).iss
    except (ValueError, RecursionError) as error:
        raise _invalid() from error


def _payload(token: str, key: ApiKey) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = jwt.decode(
            token, key.secret, algorithms=[_ALGORITHM], options=_ONLY_SIGNATURE
        )
    except jwt.InvalidTokenError as error:
        raise _invalid() from error
    if not all(math.isfinite(v) for v in payload.values() if isinstance(v, float)):
        raise _invalid()
    return payload


def _invalid() -> Unauthenticated:
    return Unauthenticated("The token is not one of ours.", code="token_invalid")
