"""Taking a place in a room, keeping it when the socket is lost, and giving it up."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import msgspec
import structlog

from offhook.core.clock import SECOND
from offhook.core.contracts.events import DisconnectReason
from offhook.core.errors import Conflict, NotFound, OffhookError, Unavailable
from offhook.core.ids import AccountId, ContactId
from offhook.core.machine import UnexpectedEvent
from offhook.core.policy import require
from signalling.domain import names, tokens
from signalling.domain.access import Door, makes, require_admitted
from signalling.domain.events import Access, Arrived, Left, Profile, Resumed, SocketLost
from signalling.domain.participant import Participant
from signalling.domain.views import Fact, Grants, IceServer, Snapshot
from signalling.services.audience import Seat
from signalling.services.history import History
from signalling.services.ice import ice_servers
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms
from signalling.services.tokens import Bearer, ResumeTokens, Tokens

T = TypeVar("T")
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that was taken: what the client needs to begin."""

    seat: Seat
    participant: str
    resume_token: str
    grants: Grants
    ice_servers: list[IceServer]
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Return:
    """A place that was kept: what the client needs to go on."""

    seat: Seat
    participant: str
    resume_token: str
    media: Literal["kept", "lost"]
    grants: Grants
    snapshot: Snapshot
    missed: list[Fact]


class Joining:
    """Seats sockets in rooms."""

    def __init__(
        self,
        parts: Parts,
        rooms: Rooms,
        tokens: Tokens,
        resume_tokens: ResumeTokens,
        history: History,
    ) -> None:
        self._parts = parts
        self._rooms = rooms
        self._tokens = tokens
        self._resume_tokens = resume_tokens
        self._history = history

    async def join(self, socket: str, token: str | None, name: str | None) -> Entry:
        """Take the place that the token gives; who held it under the same identity is out.

        When this returns, the seat waits for `Audience.open`.
        """
        return await self._counted(self._join(socket, token, name))

    async def come_by_http(
        self, bearer: Bearer, grants: Grants, marks: Mapping[str, str]
    ) -> tuple[RoomOwner, Participant]:
        """Take the place that the token gives for who has no socket; `marks` are attributes that
        tell the others so."""
        return await self._counted(self._come_by_http(bearer, grants, marks))

    async def _counted(self, joining: Awaitable[T]) -> T:
        started = self._parts.clock.now()
        figures = self._parts.figures
        try:
            joined = await joining
        except OffhookError as error:
            figures.joins.labels(error.code).inc()
            raise
        figures.joins.labels("ok").inc()
        figures.join_seconds.observe((self._parts.clock.now() - started) / SECOND)
        return joined

    async def _join(self, socket: str, token: str | None, name: str | None) -> Entry:
        bearer = await self._tokens.verify(token)
        profile = _profile(bearer, name)
        grants = tokens.grants_of(bearer.video)
        owner, participant = await self._arrive(bearer, profile, grants, socket)
        resume_token = await self._resume_tokens.make(bearer.account, owner.room.id, participant)
        return self._entry(owner, participant, resume_token)

    async def _come_by_http(
        self, bearer: Bearer, grants: Grants, marks: Mapping[str, str]
    ) -> tuple[RoomOwner, Participant]:
        profile = tokens.profile_of(bearer.claims)
        attributes = tuple(sorted({**dict(profile.attributes), **marks}.items()))
        profile = replace(profile, attributes=attributes)
        owner, participant = await self._arrive(bearer, profile, grants, None)
        return owner, owner.participant(participant)

    async def _arrive(
        self, bearer: Bearer, profile: Profile, grants: Grants, socket: str | None
    ) -> tuple[RoomOwner, str]:
        """Have the room that the token names take the newcomer in; return it and their new id."""
        room = tokens.room_of(bearer.claims)
        require(bearer.principal, "rooms.join", room=room)
        identity = tokens.identity_of(bearer.claims)
        contact, is_new = await self._contact(bearer.account, identity)
        arrived = Arrived(
            participant=self._parts.ids.new("PA"),
            identity=identity,
            contact=contact,
            profile=profile,
            grants=_bounded(bearer, room, grants),
            socket=socket is not None,
            issued_at=bearer.issued_at,
        )
        owner = await self._taken_in(bearer, room, arrived, socket, contact if is_new else None)
        return owner, arrived.participant

    async def _taken_in(
        self,
        bearer: Bearer,
        room: str,
        arrived: Arrived,
        socket: str | None,
        contact: ContactId | None,
    ) -> RoomOwner:
        """Hand the newcomer to the room, and wait until media have let them in."""
        while True:
            owner = await self._opened(bearer, room)
            entered = owner.expect(arrived.participant, contact)
            if socket is not None:
                self._sit(Seat(socket, arrived.participant, bearer.account, owner.room.id))
            try:
                await owner.ask(arrived)
                await entered
            except UnexpectedEvent:
                self._parts.audience.unseat(arrived.participant)
                log.info("room ended while somebody came", room=owner.room.id)
            except OffhookError:
                self._parts.audience.unseat(arrived.participant)
                raise
            else:
                return owner
            finally:
                owner.forget(arrived.participant)

    def _sit(self, seat: Seat) -> None:
        if not self._parts.audience.alive(seat.socket):
            raise Unavailable("The socket has closed meanwhile.", code="socket_closed")
        self._parts.audience.seat(seat)

    async def _opened(self, bearer: Bearer, room: str) -> RoomOwner:
        """The room's owner; the room is made when the bearer may open it by its name alone."""

        def may_make(access: Access | None) -> Access | None:
            door = Door(
                any_name_opens=self._parts.settings.demo,
                access=access,
                invited=not bearer.guest,
                admin=bearer.moderates(room),
            )
            if access is None:
                return makes(door)
            require_admitted(door)
            return None

        return await self._rooms.opened(bearer.account, room, may_make)

    async def _contact(self, account: AccountId, identity: str) -> tuple[ContactId, bool]:
        parts = self._parts
        known = await parts.store.read(
            lambda c: parts.kept.participants.contact_of(c, account, identity)
        )
        return (known, False) if known else (ContactId(parts.ids.new("CT")), True)

    def _entry(self, owner: RoomOwner, participant: str, resume_token: str) -> Entry:
        """Everything as of this moment; facts from here on reach the seat."""
        present = owner.participant(participant)
        seat = self._parts.audience.of_participant(participant)
        if seat is None:
            raise NotFound("The participant has left the room.", code="gone")
        snapshot = owner.snapshot(participant)
        seat.after, seat.promised = snapshot.seq, True
        return Entry(
            seat=seat,
            participant=participant,
            resume_token=resume_token,
            grants=present.grants,
            ice_servers=ice_servers(self._parts.settings, participant, self._parts.clock.now()),
            snapshot=snapshot,
        )

    # --- coming back -------------------------------------------------------------------------

    async def resume(self, socket: str, resume_token: str, last_seq: int) -> Return:
        """Go on in a place that was kept; raise `NotFound` (`gone`) when it was given up.

        When this returns, the seat waits for `Audience.open`.
        """
        try:
            found = await self._resume(socket, resume_token, last_seq)
        except OffhookError as error:
            self._parts.figures.resumes.labels(error.code).inc()
            raise
        self._parts.figures.resumes.labels("ok").inc()
        return found

    async def _resume(self, socket: str, resume_token: str, last_seq: int) -> Return:
        account, room, participant = await self._resume_tokens.open(resume_token)
        try:
            owner = await self._rooms.owner_by_id(account, room)
        except NotFound as error:
            raise NotFound("The room is over; join again.", code="gone") from error
        owner.participant(participant)
        seat = Seat(socket, participant, account, room, promised=True)
        await self._take_seat_back(owner, seat)
        try:
            return await self._go_on(owner, seat, resume_token, last_seq)
        except OffhookError:
            if self._parts.audience.of_socket(socket) is seat:
                self.lost(socket)
            raise

    async def _go_on(
        self, owner: RoomOwner, seat: Seat, resume_token: str, last_seq: int
    ) -> Return:
        participant = seat.participant
        kept = await owner.media.enter(owner.participant(participant))
        owner.participant(participant)
        self._require_seated(seat)
        snapshot = owner.snapshot(participant)
        seat.after = snapshot.seq
        await owner.stored()
        missed = await self._history.missed(
            seat.account, seat.room, participant, last_seq, snapshot.seq
        )
        self._require_seated(seat)
        return Return(
            seat=seat,
            participant=participant,
            resume_token=resume_token,
            media="kept" if kept else "lost",
            grants=owner.participant(participant).grants,
            snapshot=snapshot,
            missed=missed,
        )

    async def _take_seat_back(self, owner: RoomOwner, seat: Seat) -> None:
        before = self._parts.audience.of_participant(seat.participant)
        self._sit(seat)
        if before is not None and before.socket != seat.socket:
            await self._parts.audience.close(before.socket)
        try:
            await owner.ask(Resumed(seat.participant))
        except (NotFound, UnexpectedEvent) as error:
            self._parts.audience.unseat(seat.participant)
            raise NotFound("The place was given up; join again.", code="gone") from error

    def _require_seated(self, seat: Seat) -> None:
        """Raise `Conflict` (`taken_over`) when another socket has the place by now."""
        if self._parts.audience.of_socket(seat.socket) is not seat:
            raise Conflict("The place was taken by another socket.", code="taken_over")

    # --- going -------------------------------------------------------------------------------

    async def leave(self, socket: str) -> None:
        """Give the place up now."""
        seat = self._parts.audience.of_socket(socket)
        owner = None if seat is None else self._rooms.by_id(seat.room)
        if seat is not None and owner is not None:
            try:
                await owner.ask(Left(seat.participant, "client_initiated"))
            except (NotFound, UnexpectedEvent):
                log.debug("participant had left already", participant=seat.participant)

    async def dismiss(self, socket: str, reason: DisconnectReason) -> bool:
        """Take the place of a socket away, telling it why; False when it has none."""
        seat = self._parts.audience.of_socket(socket)
        owner = None if seat is None else self._rooms.by_id(seat.room)
        if seat is None or owner is None:
            return False
        try:
            await owner.ask(Left(seat.participant, reason))
        except (NotFound, UnexpectedEvent):
            return False
        return True

    def lost(self, socket: str) -> None:
        """The socket closed without a goodbye: the place is kept for a while, or given up when
        the client never learned that it has it."""
        seat = self._parts.audience.of_socket(socket)
        if seat is None:
            return
        self._parts.audience.unseat(seat.participant)
        owner = self._rooms.by_id(seat.room)
        if owner is not None:
            owner.post(
                SocketLost(seat.participant)
                if seat.promised
                else Left(seat.participant, "connection_timeout")
            )


def _bounded(bearer: Bearer, room: str, grants: Grants) -> Grants:
    """The grants without what the key behind the token may not give."""
    admin = grants.room_admin and bearer.moderates(room)
    return msgspec.structs.replace(grants, room_admin=admin)


def _profile(bearer: Bearer, name: str | None) -> Profile:
    """The token's, with the name that the person typed when the token has none."""
    profile = tokens.profile_of(bearer.claims)
    if profile.name or name is None:
        return profile
    return replace(profile, name=names.display_name(name))
