"""Remembers the replies to requests that carried an Idempotency-Key."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.ids import AccountId
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import idempotency_keys as keys

#: How long a reply is remembered.
KEPT = 24 * 3600 * SECOND
#: After this long a request that never ended is taken to be dead, and may be tried again.
ABANDONED = 60 * SECOND

_MINE = (keys.c.account_id == bindparam("account"), keys.c.key == bindparam("id"))
_FIND = Prepared(select(keys).where(*_MINE))
_CLAIM = Prepared(insert(keys))
_FORGET = Prepared(delete(keys).where(*_MINE))
_FORGET_UNANSWERED = Prepared(delete(keys).where(*_MINE, keys.c.status.is_(None)))
_ANSWER = Prepared(update(keys).where(*_MINE))
_PRUNE = delete(keys).where(keys.c.created_at < bindparam("before"))


class StoredReply(Struct, frozen=True, kw_only=True):
    """A reply to give again: the HTTP status, the body's bytes, and headers worth repeating."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def remembered(
    connection: Connection, account: AccountId, key: str, request_hash: bytes
) -> StoredReply | None:
    """The reply that this key got before, if it has been answered.

    `request_hash` is the SHA-256 of method, path and body. Raises `Conflict`: code
    `idempotency_key_reused` when the key was used for another request, `idempotency_in_progress`
    when the first request has not ended.
    """
    row = _FIND.one_or_none(connection, {"account": account, "id": key})
    return None if row is None else _reply(row, request_hash)


def claim(
    connection: Connection, account: AccountId, key: str, request_hash: bytes, now: Micros
) -> StoredReply | None:
    """Take the key for a request that begins now, or tell the reply that it got before.

    None: it is yours; end it by `remember` or `release`. Raises as `remembered`. Old replies, and
    requests that died without an answer, are forgotten here.
    """
    row = _FIND.one_or_none(connection, {"account": account, "id": key})
    if row is not None:
        age = now - row.created_at
        if age < (ABANDONED if row.status is None else KEPT):
            return _reply(row, request_hash)
        _FORGET.run(connection, {"account": account, "id": key})
    _CLAIM.run(connection, _row(account, key, request_hash, now))
    return None


def remember(
    connection: Connection,
    account: AccountId,
    key: str,
    request_hash: bytes,
    reply: StoredReply,
    now: Micros,
) -> None:
    """Keep the reply to a request, in the transaction of what it did."""
    told = {"status": reply.status, "body": reply.body, "headers": dict(reply.headers)}
    if _ANSWER.run(connection, {"account": account, "id": key, **told}) == 0:
        _CLAIM.run(connection, _row(account, key, request_hash, now) | told)


def release(connection: Connection, account: AccountId, key: str) -> None:
    """Give a claimed key back: the request failed and may be tried again."""
    _FORGET_UNANSWERED.run(connection, {"account": account, "id": key})


def prune(connection: Connection, now: Micros) -> int:
    """Forget all replies that are older than `KEPT`; return how many."""
    return connection.execute(_PRUNE, {"before": now - KEPT}).rowcount


def _row(account: AccountId, key: str, request_hash: bytes, now: Micros) -> dict[str, Any]:
    return {
        "account_id": account,
        "key": key,
        "request_hash": request_hash,
        "status": None,
        "body": None,
        "headers": None,
        "created_at": now,
    }


def _reply(row: Any, request_hash: bytes) -> StoredReply:
    if row.request_hash != request_hash:
        raise Conflict(
            "this Idempotency-Key was used for another request",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    if row.status is None:
        raise Conflict(
            "the first request with this Idempotency-Key has not ended",
            code="idempotency_in_progress",
            field="Idempotency-Key",
            retry_after=1,
        )
    return StoredReply(status=row.status, body=row.body, headers=row.headers or {})
