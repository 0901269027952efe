"""The chat of a meeting, as rows; each line is sealed with the key of who said it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from offhook.core.ids import AccountId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import contacts
from signalling.domain.room import CHAT_KEPT
from signalling.domain.views import ChatMessage, FileView
from signalling.stores.participants import ERASED
from signalling.stores.tables import chat_files, chat_messages, participants

_KEY = Prepared(
    select(contacts.c.sealed_key).where(
        contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("id")
    )
)
_SAY = Prepared(insert(chat_messages))
_CHAT = (
    select(
        chat_messages,
        participants.c.identity,
        participants.c.name_sealed,
        contacts.c.sealed_key,
        chat_files.c.file_id,
        chat_files.c.name_sealed.label("file_sealed"),
        chat_files.c.type,
        chat_files.c.size,
    )
    .join(participants, participants.c.participant_id == chat_messages.c.participant_id)
    .join(contacts, contacts.c.contact_id == participants.c.contact_id)
    .outerjoin(chat_files, chat_files.c.chat_id == chat_messages.c.chat_id)
    .where(chat_messages.c.account_id == bindparam("account"))
)
_CHAT_OF = Prepared(
    _CHAT.where(chat_messages.c.room_id == bindparam("room"))
    .order_by(chat_messages.c.sent_at.desc(), chat_messages.c.chat_id.desc())
    .limit(CHAT_KEPT)
)
_CHAT_BY_IDS = _CHAT.where(chat_messages.c.chat_id.in_(bindparam("ids", expanding=True)))
_FORGET = delete(chat_messages).where(
    chat_messages.c.account_id == bindparam("account"),
    chat_messages.c.room_id == bindparam("room"),
)


class Chat:
    """The table `chat_messages`; a meeting's lines are deleted when it ends."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def say(
        self,
        connection: Connection,
        account: AccountId,
        room: str,
        contact: str,
        message: ChatMessage,
    ) -> None:
        """Keep a line."""
        key = _KEY.scalar_one(connection, {"account": account, "id": contact})
        row = {
            "chat_id": message.sid,
            "account_id": account,
            "room_id": room,
            "participant_id": message.participant,
            "text_sealed": self._sealer.seal_for(key, message.text),
            "sent_at": message.sent_at,
        }
        _SAY.run(connection, row)

    def of_room(self, connection: Connection, account: AccountId, room: str) -> list[ChatMessage]:
        """The last lines of a meeting, oldest first."""
        rows = _CHAT_OF.all(connection, {"account": account, "room": room})
        return [self._message(row) for row in reversed(rows)]

    def by_ids(
        self, connection: Connection, account: AccountId, ids: Sequence[str]
    ) -> list[ChatMessage]:
        """Lines by their ids; those that were deleted are missing."""
        rows = connection.execute(_CHAT_BY_IDS, {"account": account, "ids": list(ids)})
        return [self._message(row) for row in rows]

    def forget(self, connection: Connection, account: AccountId, room: str) -> None:
        """Delete all lines of a room."""
        connection.execute(_FORGET, {"account": account, "room": room})

    def _message(self, row: Any) -> ChatMessage:
        key = row.sealed_key
        return ChatMessage(
            sid=row.chat_id,
            participant=row.participant_id,
            identity=row.identity,
            name=ERASED if key is None else self._sealer.open_for(key, row.name_sealed),
            text=ERASED if key is None else self._sealer.open_for(key, row.text_sealed),
            sent_at=row.sent_at,
            file=None if row.file_id is None else self._file(row),
        )

    def _file(self, row: Any) -> FileView:
        key = row.sealed_key
        return FileView(
            id=row.file_id,
            name=ERASED if key is None else self._sealer.open_for(key, row.file_sealed),
            size=row.size,
            type=row.type,
        )
