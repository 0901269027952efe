"""API keys: made, listed, revoked, and checked when somebody presents one."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import get_args

from offhook.core.errors import InvalidInput, NotFound, Unauthenticated
from offhook.core.ids import AccountId, ApiKeyId
from offhook.core.policy import EVERYTHING, Permission, Principal, Role
from signalling.domain import names
from signalling.services.parts import Parts
from signalling.services.tokens import Tokens
from signalling.stores.accounts import ApiKey
from signalling.stores.keeping import Remember, forget

#: What a key may be limited to.
SCOPES: tuple[str, ...] = (EVERYTHING, *get_args(Permission))
_SECRET_BYTES = 32


class ApiKeys:
    """The keys with which programs come, and sign tokens for people."""

    def __init__(self, parts: Parts, tokens: Tokens) -> None:
        self._parts = parts
        self._tokens = tokens

    async def create(
        self,
        account: AccountId,
        name: str,
        scopes: Sequence[str],
        remember: Remember[ApiKey] = forget,
    ) -> ApiKey:
        """A new key; its secret is shown now and never again."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown:
            raise InvalidInput(f"There is no scope {unknown[0]!r}.", field="scopes")
        key = self.draw(account, names.display_name(name), scopes)
        await self._parts.store.write(lambda c: self._parts.kept.create_key(c, key, remember))
        return key

    def draw(self, account: AccountId, name: str, scopes: Sequence[str]) -> ApiKey:
        """A key that is not kept yet."""
        parts = self._parts
        secret = base64.urlsafe_b64encode(parts.random(_SECRET_BYTES)).rstrip(b"=").decode()
        return ApiKey(
            id=ApiKeyId(parts.ids.new("AK")),
            account=account,
            name=name,
            scopes=frozenset(scopes),
            secret=secret,
            created_at=parts.clock.now(),
            last_used_at=None,
        )

    async def page(self, account: AccountId, after: str, limit: int) -> list[ApiKey]:
        """The account's keys, oldest first, those behind the id `after`."""
        return await self._parts.store.read(
            lambda c: self._parts.kept.api_keys.page(c, account, after, limit)
        )

    async def revoke(self, account: AccountId, id: str) -> None:
        """Revoke a key: its requests and the tokens it signed are refused from now on."""
        internal = await self._tokens.internal_key(account)
        now = self._parts.clock.now()
        if id == internal.id or not await self._parts.store.write(
            lambda c: self._parts.kept.api_keys.revoke(c, account, id, now)
        ):
            raise NotFound("There is no such API key.", code="api_key_not_found")

    async def check(self, id: str, secret: str) -> Principal:
        """The principal of a key presented with its secret; raise `Unauthenticated`."""
        key = await self._tokens.key(id)
        if key is None or not hmac.compare_digest(key.secret.encode(), secret.encode()):
            raise Unauthenticated("The API key or its secret is wrong.", code="bad_credentials")
        return Principal(key.account, Role.INTEGRATOR, key.id, key.scopes)
