"""The rooms of calls: made when an agent answers, closed when the call is over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from offhook.core.contracts.grants import VideoGrant
from offhook.core.contracts.media import Hearing
from offhook.core.errors import Conflict, NotFound
from offhook.core.ids import AccountId
from signalling.domain.events import Settings
from signalling.domain.showing import Token
from signalling.domain.tokens import Claims
from signalling.services.people import People
from signalling.services.rooms import Rooms
from signalling.services.tokens import Tokens, sign_for

#: Who may be in a call: visitor, agents, and those who listen.
_MOST = 12
#: Seconds for which an empty room of a call is kept, and a token for it is good.
_KEPT, _TOKEN_LASTS = 120, 4 * 3600


class CallRooms:
    """Rooms like all others, but that only invited parties enter them, and that they hear each
    other as the session says."""

    def __init__(self, rooms: Rooms, people: People, tokens: Tokens) -> None:
        self._rooms = rooms
        self._people = people
        self._tokens = tokens

    async def open(self, account: AccountId, room: str, hearing: Mapping[str, Hearing]) -> None:
        """Make the room unless it is there, and say who hears whom in it."""
        settings = Settings(
            access="token",
            max_participants=_MOST,
            empty_timeout=_KEPT,
            departure_timeout=_KEPT,
        )
        with suppress(Conflict):  # it is there when the visitor waits in it for another agent
            await self._rooms.create(account, room, settings)
        await self.hear(account, room, hearing)

    async def hear(self, account: AccountId, room: str, hearing: Mapping[str, Hearing]) -> None:
        """Say anew who hears whom."""
        await self._people.decide_hearing(account, room, hearing)

    async def expel(self, account: AccountId, room: str, identity: str) -> None:
        """Send somebody away, if they are there."""
        try:
            await self._people.remove(account, room, identity)
        except NotFound:
            return

    async def close(self, account: AccountId, room: str) -> None:
        """The call is over."""
        await self._rooms.delete(account, room, None)

    async def token(self, account: AccountId) -> Token:
        """What signs tokens for rooms of this account's calls."""
        key = await self._tokens.internal_key(account)

        def sign(room: str, identity: str, name: str) -> str:
            video = VideoGrant(room_join=True, room=room)
            claims = Claims(sub=identity, name=name, video=video)
            return sign_for(key, claims, self._tokens.now(), _TOKEN_LASTS)

        return sign
