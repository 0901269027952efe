"""The files of a meeting's chat, as rows; their names are sealed with the key of who sent them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from offhook.core.clock import Micros
from offhook.core.ids import AccountId
from offhook.core.seal import Sealer
from offhook.core.store.tables import contacts
from signalling.domain.files.limits import FileLimits, Usage
from signalling.domain.views import ChatMessage, FileView
from signalling.stores.tables import chat_files, participants

_MINE = chat_files.c.account_id == bindparam("account")
_OF_ROOM = chat_files.c.room_id == bindparam("room")
_THIS = chat_files.c.file_id == bindparam("id")
_KEY = select(contacts.c.sealed_key).where(
    contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("contact")
)
#: What was not said in the chat counts for a while only.
_IN_FORCE = or_(chat_files.c.expires_at.is_(None), chat_files.c.expires_at > bindparam("now"))
_COMING = case((chat_files.c.kept, 0), else_=1)
_USAGE = select(
    func.count(),
    func.coalesce(func.sum(chat_files.c.size), 0),
    func.coalesce(func.sum(_COMING), 0),
).where(_MINE, _OF_ROOM, _IN_FORCE)
_MY_USAGE = _USAGE.where(chat_files.c.contact_id == bindparam("contact"))
_INSERT = insert(chat_files)
#: With who sent it, and only where whoever asks is still in its room.
_asking = participants.alias("asking")
_GET = (
    select(chat_files, contacts.c.sealed_key)
    .join(contacts, contacts.c.contact_id == chat_files.c.contact_id)
    .join(
        _asking,
        and_(
            _asking.c.room_id == chat_files.c.room_id,
            _asking.c.participant_id == bindparam("asking"),
            _asking.c.left_at.is_(None),
        ),
    )
    .where(_MINE, _THIS, _IN_FORCE)
)
_KEEP = update(chat_files).where(
    _MINE, _THIS, chat_files.c.kept.is_(False), chat_files.c.expires_at > bindparam("now")
)
_SAID = update(chat_files).where(
    _MINE, _OF_ROOM, _THIS, chat_files.c.kept == true(), chat_files.c.chat_id.is_(None)
)
_DROP = delete(chat_files).where(_MINE, _THIS, chat_files.c.chat_id.is_(None))
_FORGET = delete(chat_files).where(_MINE, _OF_ROOM)
_PRUNE = delete(chat_files).where(chat_files.c.expires_at <= bindparam("now"))
_KNOWN = select(chat_files.c.file_id).where(
    chat_files.c.file_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class ChatFile:
    """One file. `kept`: its bytes are on the shelf; `chat`: the line it was said with; it counts
    until `expires_at`, for good once that is None."""

    id: str
    account: AccountId
    room: str
    participant: str
    contact: str
    name: str
    type: str
    size: int
    expires_at: Micros | None
    kept: bool = False
    chat: str | None = None

    @property
    def view(self) -> FileView:
        """What everybody in the room may know of it."""
        return FileView(id=self.id, name=self.name, size=self.size, type=self.type)

    @property
    def place(self) -> str:
        """Its name on the shelf."""
        return f"{self.room}/{self.id}"


class ChatFiles:
    """The table `chat_files`; a meeting's files are deleted when it ends."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def expect(
        self, connection: Connection, file: ChatFile, limits: FileLimits, now: Micros
    ) -> None:
        """Keep a place for a file that is announced; raises what the limits refuse with."""
        asked = {"account": file.account, "room": file.room, "now": now}
        mine = Usage(*connection.execute(_MY_USAGE, asked | {"contact": file.contact}).one())
        limits.require_place(file.size, mine, Usage(*connection.execute(_USAGE, asked).one()))
        key = connection.execute(
            _KEY, {"account": file.account, "contact": file.contact}
        ).scalar_one()
        row = {
            "file_id": file.id,
            "account_id": file.account,
            "room_id": file.room,
            "participant_id": file.participant,
            "contact_id": file.contact,
            "name_sealed": self._sealer.seal_for(key, file.name),
            "type": file.type,
            "size": file.size,
            "kept": False,
            "expires_at": file.expires_at,
        }
        connection.execute(_INSERT, row)

    def get(
        self, connection: Connection, account: AccountId, id: str, asking: str, now: Micros
    ) -> ChatFile | None:
        """A file of the room that the participant `asking` is in; None when there is none, or its
        sender was erased."""
        asked = {"account": account, "id": id, "asking": asking, "now": now}
        row = connection.execute(_GET, asked).one_or_none()
        return None if row is None or row.sealed_key is None else self._file(row)

    def keep(
        self, connection: Connection, account: AccountId, id: str, until: Micros, now: Micros
    ) -> bool:
        """Its bytes are on the shelf; False when it is not expected, or not any longer."""
        asked = {"account": account, "id": id, "now": now, "kept": True, "expires_at": until}
        return connection.execute(_KEEP, asked).rowcount == 1

    def said(
        self, connection: Connection, account: AccountId, room: str, message: ChatMessage
    ) -> None:
        """It goes with a line of the chat, and stays as long as that does."""
        if message.file is not None:
            asked = {"account": account, "room": room, "id": message.file.id}
            connection.execute(_SAID, asked | {"chat_id": message.sid, "expires_at": None})

    def drop(self, connection: Connection, account: AccountId, id: str) -> None:
        """It does not come; nothing of what was said is dropped."""
        connection.execute(_DROP, {"account": account, "id": id})

    def forget(self, connection: Connection, account: AccountId, room: str) -> None:
        """Delete all of a room."""
        connection.execute(_FORGET, {"account": account, "room": room})

    def prune(self, connection: Connection, now: Micros) -> int:
        """Delete what did not come, or was not said, in time; how many those were."""
        return connection.execute(_PRUNE, {"now": now}).rowcount

    def known(self, connection: Connection, ids: Sequence[str]) -> set[str]:
        """Which of these there are."""
        return set(connection.execute(_KNOWN, {"ids": list(ids)}).scalars())

    def _file(self, row: Any) -> ChatFile:
        return ChatFile(
            id=row.file_id,
            account=row.account_id,
            room=row.room_id,
            participant=row.participant_id,
            contact=row.contact_id,
            name=self._sealer.open_for(row.sealed_key, row.name_sealed),
            type=row.type,
            size=row.size,
            expires_at=row.expires_at,
            kept=row.kept,
            chat=row.chat_id,
        )
