"""The rooms of calls: made when an agent answers, closed when the call is over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from offhook.core.contracts.grants import VideoGrant
from offhook.core.contracts.media import Hearing
from offhook.core.contracts.processes import Noted, OrderRoom
from offhook.core.errors import Conflict, NotFound
from offhook.core.ids import AccountId
from signalling.domain.events import Settings
from signalling.domain.showing.shared import Token
from signalling.domain.tokens import Claims
from signalling.services.border import Border
from signalling.services.elsewhere import Elsewhere
from signalling.services.people import People
from signalling.services.rooms import Rooms
from signalling.services.tokens import Tokens, sign_for

#: Who may be in a call: visitor, agents, and those who listen.
_MOST = 12
#: Seconds for which an empty room of a call is kept, and a token for it is good.
_KEPT, _TOKEN_LASTS = 120, 4 * 3600


class CallRooms:
    """Rooms like all others, but that only invited parties enter them, and that they hear each
    other as the session says. One that another process looks after is ordered there; raises
    `Unavailable` while it is moving."""

    def __init__(self, rooms: Rooms, people: People, tokens: Tokens, border: Border) -> None:
        self._rooms = rooms
        self._people = people
        self._tokens = tokens
        self._border = border
        border.answer(OrderRoom, self._ordered)

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
        await self._order(OrderRoom(account=account, room=room, hearing=dict(hearing)))

    async def expel(self, account: AccountId, room: str, identity: str) -> None:
        """Send somebody away, if they are there."""
        await self._order(OrderRoom(account=account, room=room, expel=identity))

    async def close(self, account: AccountId, room: str) -> None:
        """The call is over."""
        await self._order(OrderRoom(account=account, room=room, close=True))

    async def _order(self, wanted: OrderRoom) -> None:
        """Here, or where the room is."""
        try:
            await self._obey(wanted)
        except Elsewhere as elsewhere:
            await self._border.ask(elsewhere.node, wanted)

    async def _ordered(self, wanted: OrderRoom) -> Noted:
        """Another process has the desk."""
        await self._obey(wanted)
        return Noted()

    async def _obey(self, wanted: OrderRoom) -> None:
        account, room = AccountId(wanted.account), wanted.room
        if wanted.hearing is not None:
            await self._people.decide_hearing(account, room, wanted.hearing)
        if wanted.expel is not None:
            with suppress(NotFound):
                await self._people.remove(account, room, wanted.expel)
        if wanted.close:
            await self._rooms.delete(account, room, None)

    async def token(self, account: AccountId) -> Token:
        """What signs tokens for rooms of this account's calls."""
        key = await self._tokens.internal_key(account)

        def sign(room: str, identity: str, name: str) -> str:
            video = VideoGrant(room_join=True, room=room)
            claims = Claims(sub=identity, name=name, video=video)
            return sign_for(key, claims, self._tokens.now(), _TOKEN_LASTS)

        return sign
