"""The door of the page /r/<room>: who knocks gets a token, or is told how to get in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offhook.core.clock import Micros
from offhook.core.errors import Unauthenticated
from offhook.core.ids import AccountId
from offhook.core.policy import require
from signalling.domain import names, tokens
from signalling.domain.access import Door, makes, require_admitted
from signalling.domain.events import Access
from signalling.domain.room import Room
from signalling.domain.tokens import Claims
from signalling.domain.views import Grants
from signalling.services.guests import Guests
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms
from signalling.services.tokens import Bearer, Tokens


@dataclass(frozen=True, slots=True)
class Admitted:
    """A token for the socket, and what the page shows before joining. `cookie`: what tells this
    browser from others from now on, when it must be set."""

    token: str
    identity: str
    name: str | None
    room: str
    title: str
    present: list[tuple[str, str]]
    grants: Grants
    cookie: str | None = None


class Admissions:
    """Answers those who knock."""

    def __init__(self, parts: Parts, rooms: Rooms, tokens: Tokens) -> None:
        self._parts = parts
        self._rooms = rooms
        self._tokens = tokens
        self._guests = Guests(parts, tokens)

    async def knock(
        self, main: AccountId, name: str, token: str | None, cookie: str | None = None
    ) -> Admitted:
        """Let somebody in, under the identity of their token when they have one.

        Raises `Forbidden` (`not_invited`, `wrong_room`, `room_locked`, `banned`, `removed`),
        `Unauthenticated` (`token_expired`, `token_invalid`), `NotFound` (`room_not_found`),
        `Conflict` (`room_full`).
        """
        names.room_name(name, "room")
        bearer = await self._bearer(name, token)
        account = main if bearer is None else bearer.account
        owner = await self._rooms.opened(
            account, name, lambda access: self._may_make(bearer, access)
        )
        identity, fresh = await self._identity(account, name, bearer, cookie)
        owner.room.standing.require_welcome(identity, self._issued_at(bearer))
        require_admitted(self._door(bearer, owner.room, identity))
        return replace(await self._admit(account, owner.room, bearer, identity), cookie=fresh)

    async def _identity(
        self, account: AccountId, room: str, bearer: Bearer | None, cookie: str | None
    ) -> tuple[str, str | None]:
        """Who knocks, and the cookie that their browser is to get."""
        if bearer is not None:
            return tokens.identity_of(bearer.claims), None
        browser, fresh = await self._guests.known(account, cookie), None
        if browser is None:
            browser, fresh = await self._guests.cookie(account)
        return await self._guests.identity(account, room, browser), fresh

    def _issued_at(self, bearer: Bearer | None) -> Micros | None:
        """When the token is from with which they would join: guests get a new one now."""
        return self._parts.clock.now() if bearer is None or bearer.guest else bearer.issued_at

    async def _bearer(self, room: str, token: str | None) -> Bearer | None:
        """Who knocks; a guest whose token has expired is somebody new."""
        if token is None:
            return None
        bearer = await self._tokens.verify(token, overlook_expiry=True)
        tokens.require_room(bearer.claims, room)
        require(bearer.principal, "rooms.join", room=room)
        if not bearer.expired:
            return bearer
        if bearer.guest:
            return None
        raise Unauthenticated("The invitation has expired.", code="token_expired")

    def _may_make(self, bearer: Bearer | None, access: Access | None) -> Access | None:
        invited = bearer is not None and not bearer.guest
        return makes(Door(any_name_opens=self._parts.settings.demo, access=access, invited=invited))

    def _door(self, bearer: Bearer | None, room: Room, identity: str) -> Door:
        before = room.by_identity(identity)
        return Door(
            any_name_opens=self._parts.settings.demo,
            access=room.settings.access,
            locked=room.settings.locked,
            full=room.full,
            invited=bearer is not None and not bearer.guest,
            inside=before is not None and not before.grants.hidden,
            known=room.standing.knows(identity),
            admin=bearer is not None and bearer.moderates(room.name),
        )

    async def _admit(
        self, account: AccountId, room: Room, bearer: Bearer | None, identity: str
    ) -> Admitted:
        if bearer is None or bearer.guest:
            video = tokens.guest_grant(room.name)
            claims = Claims(sub=identity, kind=tokens.GUEST, video=video)
            token = await self._tokens.issue(account, claims, tokens.DEFAULT_TTL)
        else:
            video, token = bearer.video, bearer.token
        return Admitted(
            token=token,
            identity=identity,
            name=(bearer.claims.name or None) if bearer else None,
            room=room.name,
            title=room.view().title,
            present=[(p.identity, p.profile.name) for p in room.present()],
            grants=tokens.grants_of(video),
        )
