"""WHIP and WHEP: places in rooms that are taken, kept and given up by HTTP alone (RFC 9725)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec
import structlog

from offhook.core.contracts import media
from offhook.core.contracts.media import Direction
from offhook.core.errors import InvalidInput, NotFound, OffhookError, TooLarge, Unavailable
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from offhook.core.policy import Permission, require
from signalling.domain import names, tokens
from signalling.domain.events import Left
from signalling.domain.ice_fragment import IceFragment
from signalling.domain.participant import Participant
from signalling.domain.sources import assign_sources
from signalling.domain.views import Grants, IceServer
from signalling.services.conversation import SDP_LIMIT, Conversation, Wanted
from signalling.services.ice import ice_servers
from signalling.services.joining import Joining
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms
from signalling.services.tokens import Bearer, PlaceTokens, Tokens

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Kind = Literal["whip", "whep"]
KINDS: tuple[Kind, ...] = ("whip", "whep")
#: The attribute that tells the others how somebody came.
VIA = "offhook.via"

_DIRECTIONS: dict[Kind, Direction] = {"whip": "publish", "whep": "subscribe"}
_PERMISSIONS: dict[Kind, Permission] = {"whip": "tracks.publish", "whep": "tracks.subscribe"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has begun: its secret name, our answer, and the tag of its ICE session."""

    room: str
    session: str
    sdp: str
    tag: str
    ice_servers: list[IceServer]


@dataclass(frozen=True, slots=True)
class _Place:
    room: str
    participant: str


class HttpSessions:
    """Each session is a participant without a socket; whoever has its secret name may end it."""

    def __init__(
        self,
        parts: Parts,
        rooms: Rooms,
        joining: Joining,
        conversation: Conversation,
        tokens: Tokens,
    ) -> None:
        self._parts = parts
        self._rooms = rooms
        self._joining = joining
        self._conversation = conversation
        self._tokens = tokens
        self._names = {kind: PlaceTokens(tokens, kind) for kind in KINDS}

    # --- the beginning -----------------------------------------------------------------------

    async def servers(self, token: str | None) -> list[IceServer]:
        """The ICE servers for the bearer of a token, before there is a session."""
        bearer = await self._tokens.verify(token)
        return ice_servers(self._parts.settings, bearer.claims.sub, self._parts.clock.now())

    async def open(
        self,
        kind: Kind,
        token: str | None,
        room: str | None,
        sdp: str,
        publisher: str | None = None,
    ) -> Opened:
        """Answer an offer with a place in the room that the token names.

        A viewer sees the identity `publisher`, or whoever publishes. Nobody takes a place whose
        offer cannot be used: `InvalidInput` (`bad_sdp`).
        """
        bearer = await self._allowed(kind, token, room)
        if publisher is not None:
            names.identity(publisher, "participant")
        wanted = await self._wanted(kind, bearer, sdp)
        owner, participant = await self._joining.come_by_http(
            bearer, _only(kind, tokens.grants_of(bearer.video)), {VIA: kind}
        )
        try:
            if kind == "whip":
                place = _Place(owner.room.id, participant.id)
                answer, _ = await self._conversation.offer(place, sdp, wanted)
            else:
                answer = await self._watch(owner, participant, sdp, publisher)
            return await self._opened(kind, bearer, owner, participant, answer)
        except OffhookError:
            await self._leave(owner, participant.id, "join_failure")
            raise

    async def _allowed(self, kind: Kind, token: str | None, room: str | None) -> Bearer:
        bearer = await self._tokens.verify(token)
        name = tokens.room_of(bearer.claims)
        if room is not None:
            tokens.require_room(bearer.claims, room)
        require(bearer.principal, "rooms.join", room=name)
        require(bearer.principal, _PERMISSIONS[kind], room=name)
        return bearer

    async def _wanted(self, kind: Kind, bearer: Bearer, sdp: str) -> list[Wanted]:
        """What the offer is to carry, all of it allowed."""
        found = assign_sources(await self._lines(kind, sdp))
        if not found:
            going = "send" if kind == "whip" else "receive"
            raise InvalidInput(
                f"The offer has no m-line to {going} with a codec that is spoken here.",
                code="bad_sdp",
            )
        room = tokens.room_of(bearer.claims)
        for _, source in found if kind == "whip" else ():
            require(bearer.principal, "tracks.publish", room=room, source=source)
        return [Wanted(mid, source, False) for mid, source in found]

    async def _watch(
        self, owner: RoomOwner, who: Participant, sdp: str, publisher: str | None
    ) -> str:
        reply = await owner.media.ask(
            who,
            lambda epoch: media.Watch(
                room=owner.room.id,
                epoch=epoch,
                participant=who.id,
                sdp=sdp,
                publisher=publisher,
            ),
        )
        if not isinstance(reply, media.Answered):
            raise Unavailable("The media server gave no answer.", code="media_failed")
        return reply.sdp

    async def _lines(self, kind: Kind, sdp: str) -> tuple[media.OfferedLine, ...]:
        if len(sdp) > SDP_LIMIT:
            raise TooLarge("The description is too large.")
        node = self._parts.directory.choose()
        command = media.Describe(sdp=sdp, direction=_DIRECTIONS[kind])
        reply = await self._parts.bus.request(node, command)
        if not isinstance(reply, media.Described):
            raise Unavailable("The media server gave no answer.", code="media_failed")
        return reply.lines

    async def _opened(
        self, kind: Kind, bearer: Bearer, owner: RoomOwner, who: Participant, answer: str
    ) -> Opened:
        session = await self._names[kind].make(bearer.account, owner.room.id, who.id)
        ice = await self._update_ice(kind, owner, who, "", None)
        now = self._parts.clock.now()
        return Opened(
            room=owner.room.name,
            session=session,
            sdp=answer,
            tag=ice.ufrag,
            ice_servers=ice_servers(self._parts.settings, who.id, now),
        )

    # --- while it lasts ----------------------------------------------------------------------

    async def update(
        self, kind: Kind, session: str, fragment: IceFragment, known: tuple[str, ...] | None
    ) -> media.IceSession:
        """Take candidates or new ICE names of the client; `known` are the tags it believes in.

        Our end is lite and needs no candidates. Raises `PreconditionFailed` for an old tag.
        """
        owner, participant = await self._found(kind, session)
        return await self._update_ice(kind, owner, participant, fragment.ufrag, known)

    async def _update_ice(
        self,
        kind: Kind,
        owner: RoomOwner,
        who: Participant,
        ufrag: str,
        known: tuple[str, ...] | None,
    ) -> media.IceSession:
        reply = await owner.media.ask(
            who,
            lambda epoch: media.UpdateIce(
                room=owner.room.id,
                epoch=epoch,
                participant=who.id,
                direction=_DIRECTIONS[kind],
                ufrag=ufrag,
                known=known,
            ),
        )
        if not isinstance(reply, media.IceSession):
            raise Unavailable("The media server gave no answer.", code="media_failed")
        return reply

    async def _found(self, kind: Kind, session: str) -> tuple[RoomOwner, Participant]:
        account, room, participant = await self._open_name(kind, session)
        try:
            owner = await self._rooms.owner_by_id(account, room)
            return owner, owner.participant(participant)
        except NotFound as error:
            raise _no_session() from error

    async def _open_name(self, kind: Kind, session: str) -> tuple[AccountId, str, str]:
        try:
            return await self._names[kind].open(session)
        except OffhookError as error:
            raise _no_session() from error

    # --- the end -----------------------------------------------------------------------------

    async def close(self, kind: Kind, session: str) -> None:
        """Give the place up; raise `NotFound` (`session_not_found`) when that has been done."""
        owner, participant = await self._found(kind, session)
        if not await self._leave(owner, participant.id, "client_initiated"):
            raise _no_session()

    async def _leave(
        self,
        owner: RoomOwner,
        participant: str,
        reason: Literal["client_initiated", "join_failure"],
    ) -> bool:
        try:
            await owner.ask(Left(participant, reason))
        except (NotFound, UnexpectedEvent):
            log.debug("participant had left already", participant=participant)
            return False
        return True


def _only(kind: Kind, grants: Grants) -> Grants:
    """What a session of this kind can use of its token's grants: it sends, or it receives."""
    return msgspec.structs.replace(
        grants,
        can_publish=grants.can_publish and kind == "whip",
        can_publish_sources=grants.can_publish_sources if kind == "whip" else [],
        can_subscribe=grants.can_subscribe and kind == "whep",
        can_publish_data=False,
        can_update_own_metadata=False,
    )


def _no_session() -> NotFound:
    return NotFound("There is no such session, or it is over.", code="session_not_found")
