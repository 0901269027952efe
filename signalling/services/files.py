"""Files in the chat of a room: announced over the socket, brought and fetched over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    OffhookError,
    TooLarge,
    UnsupportedMedia,
)
from offhook.core.ids import AccountId
from offhook.core.shelf.shelf import Draft
from signalling.domain.files.inspection import Inspection
from signalling.domain.files.kinds import KINDS, kind_of
from signalling.domain.files.limits import FileLimits, Usage
from signalling.domain.files.naming import clean_name
from signalling.domain.participant import Participant
from signalling.domain.views import FileRules, FileView
from signalling.services.file_tickets import FileTicket, FileTickets
from signalling.services.inside import Place, inside, require_granted
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms
from signalling.services.tokens import Tokens
from signalling.stores.files import ChatFile

#: Seconds to bring a file, then to say it in the chat, and that a link to it is good for.
_TO_BRING, _TO_SAY, _LINK = 600, 600, 60
#: Where both are done.
_URL = "/v1/files/{id}"


@dataclass(frozen=True, slots=True)
class Pass:
    """Where something may be brought or fetched, by whom holds the ticket, and until when."""

    file: FileView
    url: str
    ticket: str
    until: Micros


class Files:
    """What participants do with files. Whichever process is asked, all must see the same shelf."""

    def __init__(self, parts: Parts, rooms: Rooms, tokens: Tokens) -> None:
        self._parts = parts
        self._rooms = rooms
        self._uploads = FileTickets(tokens, "upload")
        self._downloads = FileTickets(tokens, "download")
        self._turn = asyncio.Lock()
        settings = parts.settings
        self.limits = FileLimits(
            size=settings.max_file_size,
            mine=Usage(
                settings.files_of_participant,
                settings.file_bytes_of_participant,
                settings.files_coming,
            ),
            all=Usage(settings.files_of_room, settings.max_room_files_size),
        )

    @property
    def rules(self) -> FileRules | None:
        """What clients should know before they ask; None when no files are sent here."""
        if not self.limits.size:
            return None
        types = {kind.type: list(kind.extensions) for kind in KINDS}
        return FileRules(max_size=self.limits.size, types=types)

    # --- over the socket ---------------------------------------------------------------------

    async def expect(self, place: Place, name: str, type: str, size: int) -> Pass:
        """Announce a file of one's own; raises what the limits refuse with, and
        `UnsupportedMedia`."""
        owner, participant = inside(self._rooms, place)
        require_granted(owner, participant, "data.send")
        self.limits.require_size(size)
        kind = kind_of(type)
        now = self._parts.clock.now()
        until = Micros(now + _TO_BRING * SECOND)
        file = ChatFile(
            id=self._parts.ids.new("FI"),
            account=owner.account,
            room=owner.room.id,
            participant=participant.id,
            contact=participant.contact,
            name=clean_name(name, kind),
            type=kind.type,
            size=size,
            expires_at=until,
        )
        files = self._parts.kept.files
        async with self._turn:  # of two at once, both count
            await self._parts.store.write(lambda c: files.expect(c, file, self.limits, now))
        return await self._pass(self._uploads, file, participant.id, until)

    async def link(self, place: Place, id: str) -> Pass:
        """Where a file of the room can be fetched for a minute; raises `NotFound`
        (`file_not_found`)."""
        owner, participant = inside(self._rooms, place)
        file = await self._said(FileTicket(owner.account, id, participant.id))
        if file.room != owner.room.id:
            raise _gone()
        until = Micros(self._parts.clock.now() + _LINK * SECOND)
        return await self._pass(self._downloads, file, participant.id, until)

    async def sendable(self, owner: RoomOwner, participant: Participant, id: str) -> FileView:
        """A file of the participant's that is there and was not said yet.

        Raises `NotFound` (`file_not_found`), `Conflict` (`file_not_there`, `file_sent`).
        """
        file = await self._find(FileTicket(owner.account, id, participant.id))
        if file.room != owner.room.id or file.participant != participant.id:
            raise _gone()
        if not file.kept:
            raise Conflict("The file is not there yet.", code="file_not_there", field="file")
        if file.chat is not None:
            raise Conflict("The file was sent already.", code="file_sent", field="file")
        return file.view

    # --- over HTTP ---------------------------------------------------------------------------

    async def take(
        self,
        id: str,
        given: str | None,
        declared: str,
        length: int | None,
        pieces: AsyncIterator[bytes],
    ) -> FileView:
        """Keep a file that was announced. When this returns its bytes and its row are on disk.

        One that is refused is forgotten, and does not count any longer.
        """
        ticket = await self._uploads.open(given, id)
        file = await self._find(ticket)
        if file.kept:
            raise Conflict("The file is there already.", code="file_exists")
        try:
            return await self._take(file, declared, length, pieces)
        except OffhookError as error:
            self._parts.figures.files.labels(error.code).inc()
            if error.code != "file_exists":
                files = self._parts.kept.files
                await self._parts.store.write(lambda c: files.drop(c, file.account, file.id))
            raise

    async def _take(
        self, file: ChatFile, declared: str, length: int | None, pieces: AsyncIterator[bytes]
    ) -> FileView:
        if kind_of(declared, "Content-Type").type != file.type:
            raise UnsupportedMedia(
                "The file was announced as another type.", code="file_type_mismatch"
            )
        if length is not None and length > file.size:
            raise _too_large()
        shelf = self._parts.file_keeping.shelf
        async with shelf.writing(file.place) as draft:
            await _fill(draft, file, pieces)
            await draft.keep()
        if not await self._keep(file):
            await shelf.delete([file.place])
            raise _gone()
        self._parts.figures.files.labels("ok").inc()
        self._parts.figures.file_bytes.inc(file.size)
        return file.view

    async def _keep(self, file: ChatFile) -> bool:
        files, now = self._parts.kept.files, self._parts.clock.now()
        until = Micros(now + _TO_SAY * SECOND)
        return await self._parts.store.write(
            lambda c: files.keep(c, file.account, file.id, until, now)
        )

    @asynccontextmanager
    async def opened(
        self, id: str, given: str | None
    ) -> AsyncIterator[tuple[FileView, AsyncIterator[bytes]]]:
        """A file and its bytes, for who was given a link and is still in the room."""
        file = await self._said(await self._downloads.open(given, id))
        async with self._parts.file_keeping.shelf.reading(file.place) as pieces:
            yield file.view, pieces

    # --- both --------------------------------------------------------------------------------

    async def _find(self, ticket: FileTicket) -> ChatFile:
        """The file of a ticket whose bearer is in its room; raise `NotFound`."""
        files, now = self._parts.kept.files, self._parts.clock.now()
        found = await self._parts.store.read(
            lambda c: files.get(c, ticket.account, ticket.file, ticket.participant, now)
        )
        if found is None:
            raise _gone()
        return found

    async def _said(self, ticket: FileTicket) -> ChatFile:
        file = await self._find(ticket)
        if file.chat is None:
            raise _gone()
        return file

    async def _pass(
        self, tickets: FileTickets, file: ChatFile, participant: str, until: Micros
    ) -> Pass:
        account = AccountId(file.account)
        ticket = await tickets.make(FileTicket(account, file.id, participant), until)
        return Pass(file.view, _URL.format(id=file.id), ticket, until)


async def _fill(draft: Draft, file: ChatFile, pieces: AsyncIterator[bytes]) -> None:
    """Write what comes, looking at it: exactly as long as announced, and of its type."""
    inspection = Inspection(kind_of(file.type))
    async for piece in pieces:
        inspection.feed(piece)
        if inspection.size > file.size:
            raise _too_large()
        await draft.write(piece)
    if inspection.size < file.size:
        raise InvalidInput("The file is shorter than announced.", code="file_incomplete")
    await draft.look(inspection.finish)


def _too_large() -> TooLarge:
    return TooLarge("The file is larger than announced.", code="file_too_large")


def _gone() -> NotFound:
    return NotFound("There is no such file in the room.", code="file_not_found")
