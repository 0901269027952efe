"""What an account sets up for its contact centre: made, read, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from offhook.core.clock import SECOND, Micros
from offhook.core.ids import AccountId, ConfiguredId
from offhook.core.webhooks.webhook import Secret
from offhook.core.zones import time_zone
from signalling.domain.configured import site
from signalling.domain.configured.agent import AGENT
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.planning import next_change, to_plans, to_profile
from signalling.domain.configured.site import SITE, SiteSettings
from signalling.domain.routing.agent import Profile
from signalling.domain.routing.plans import Plans
from signalling.services.parts import Parts
from signalling.stores.configured import Configured
from signalling.stores.configuring import Remember
from signalling.stores.keeping import forget

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

S = TypeVar("S", bound=Struct)
_KEY_BYTES = 15
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Planned:
    """What an account has set up, as the router takes it. `bodies`: the objects by id; `keys`: of
    sites the public keys; `again_at`: when a queue opens or closes, and the plans are others."""

    version: int
    bodies: Mapping[str, Struct]
    keys: Mapping[str, str]
    plans: Plans
    profiles: Sequence[Profile]
    again_at: Micros | None


class Configuration:
    """Every method raises `NotFound` (`site_not_found` and its like) for what the account does not
    have, and `InvalidInput` with the field that is wrong. `on_change` is called with the account
    after each change."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._units = parts.kept.configuring
        self.on_change: list[Callable[[AccountId], None]] = []

    async def create(
        self, account: AccountId, kind: Kind[S], body: S, remember: Remember = forget
    ) -> Configured[S]:
        """A new object; the identity secret of a site is shown now and never again. Raises
        `Conflict` (codes such as `queue_exists`, `too_many_queues`)."""
        new = self.draw(account, kind, body)
        made = await self._parts.store.write(lambda c: self._units.create(c, kind, new, remember))
        self._changed(account, kind, made.id, "created")
        return made

    def draw(self, account: AccountId, kind: Kind[S], body: S) -> Configured[S]:
        """An object that is not kept yet."""
        now, parts = self._parts.clock.now(), self._parts
        is_site = kind.noun == SITE.noun
        return Configured(
            id=ConfiguredId(parts.ids.new(kind.prefix)),
            account=account,
            name="",
            body=body,
            created_at=now,
            updated_at=now,
            key=site.public_key(parts.random(_KEY_BYTES)) if is_site else None,
            secrets=(Secret(self._draw_secret()),) if is_site else (),
        )

    async def page(
        self, account: AccountId, kind: Kind[S], after: str, limit: int
    ) -> list[Configured[S]]:
        """The account's objects of a kind, oldest first, those behind the id `after`."""
        return await self._parts.store.read(
            lambda c: self._units.page(c, account, kind, after, limit)
        )

    async def get(self, account: AccountId, kind: Kind[S], id: str) -> Configured[S]:
        """One object."""
        return await self._parts.store.read(lambda c: self._units.get(c, account, kind, id))

    async def update(
        self,
        account: AccountId,
        kind: Kind[S],
        id: str,
        given: Mapping[str, Any],
        revision: int | None,
    ) -> Configured[S]:
        """Give some fields other values. Raises as `create`, and `PreconditionFailed` when
        `revision` is not the present one."""
        return await self._change(
            account,
            kind,
            id,
            lambda found: replace(found, body=kind.changed(found.body, dict(given))),
            revision,
        )

    async def delete(
        self, account: AccountId, kind: Kind[Any], id: str, revision: int | None
    ) -> None:
        """Delete an object; raises `Conflict` (`in_use`) while others name it."""
        now = self._parts.clock.now()
        await self._parts.store.write(
            lambda c: self._units.delete(c, account, kind, id, revision, now)
        )
        self._changed(account, kind, id, "deleted")

    async def rotate_secret(
        self, account: AccountId, id: str, overlap: int, remember: Remember = forget
    ) -> Configured[SiteSettings]:
        """A new identity secret for a site, shown now and never again; what is signed with the one
        before is believed for `overlap` seconds more."""
        text = self._draw_secret()
        until = Micros(self._parts.clock.now() + overlap * SECOND)
        return await self._change(
            account, SITE, id, lambda found: found.rotated(text, until), None, remember
        )

    async def site_of_key(self, key: str) -> Configured[SiteSettings] | None:
        """The site with this public key, of whatever account."""
        return await self._parts.store.read(lambda c: self._units.by_key(c, SITE, key))

    async def key_for(self, account: AccountId, origin: str) -> str | None:
        """The key of the first site of an account that pages of this origin may show."""
        for found in await self.page(account, SITE, "", SITE.most):
            if origin in found.body.allowed_origins:
                return found.key
        return None

    async def planned(self, account: AccountId) -> Planned:
        """What the router is to work with now."""
        units, now = self._units, self._parts.clock.now()
        version, found = await self._parts.store.read(
            lambda c: (units.version(c, account), units.all(c, account))
        )
        bodies: dict[str, Struct] = {each.id: each.body for _, each in found}
        return Planned(
            version=version,
            bodies=bodies,
            keys={each.id: each.key for _, each in found if each.key is not None},
            plans=to_plans(bodies, now, time_zone),
            profiles=[
                to_profile(each.id, each.user.name, each.body)
                for kind, each in found
                if kind.noun == AGENT.noun and each.user and each.user.disabled_at is None
            ],
            again_at=next_change(bodies, now, time_zone),
        )

    async def version(self, account: AccountId) -> int:
        """How often the account's objects were changed."""
        return await self._parts.store.read(lambda c: self._units.version(c, account))

    async def _change(
        self,
        account: AccountId,
        kind: Kind[S],
        id: str,
        change: Callable[[Configured[S]], Configured[S]],
        revision: int | None,
        remember: Remember = forget,
    ) -> Configured[S]:
        now = self._parts.clock.now()
        changed = await self._parts.store.write(
            lambda c: self._units.change(c, account, kind, id, change, revision, now, remember)
        )
        self._changed(account, kind, id, "updated")
        return changed

    def _changed(self, account: AccountId, kind: Kind[Any], id: str, what: str) -> None:
        log.info("configuration changed", account=account, kind=kind.noun, id=id, what=what)
        self._parts.post.wake(account)
        for hear in self.on_change:
            hear(account)

    def _draw_secret(self) -> str:
        return site.identity_secret(self._parts.random(_SECRET_BYTES))
