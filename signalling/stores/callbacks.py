"""Links and letters of callbacks, as rows, and the letters that must still go out."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from offhook.core.clock import SECOND, Micros
from offhook.core.ids import AccountId
from offhook.core.seal import Sealer
from offhook.core.store import late
from offhook.core.store.outbox import Outbox
from offhook.core.store.prepared import Prepared
from signalling.stores.callback_tables import callback_links, callback_mails

#: The outbox topic of letters.
MAIL = "mail"
#: What other processes are told when it is known what became of a letter (`Store.listen`).
CHANNEL = "callback_mails"
_CONTEXT = b"callback-mail"
#: How long it is known of a link that it was one, and of a letter what became of it.
_KEPT = 30 * 86_400 * SECOND

_LINK = Prepared(insert(callback_links))
_FIND = Prepared(select(callback_links).where(callback_links.c.digest == bindparam("which")))
_LETTER = Prepared(insert(callback_mails))
_ONE = (
    callback_mails.c.session_id == bindparam("which"),
    callback_mails.c.number == bindparam("nth"),
)
_OVER = Prepared(update(callback_mails).where(*_ONE, callback_mails.c.ended_at.is_(None)))
_STATE = Prepared(select(callback_mails.c.ended_at).where(*_ONE))
_TOLD = Prepared(update(callback_mails).where(*_ONE))
_UNTOLD = Prepared(
    select(callback_mails)
    .where(callback_mails.c.told == bindparam("no"), callback_mails.c.ended_at.is_not(None))
    .order_by(callback_mails.c.ended_at)
)


@dataclass(frozen=True, slots=True)
class Link:
    """Which session a link opens, and until when."""

    account: AccountId
    session: str
    expires_at: int


class Order(Struct, frozen=True):
    """A letter that must go out: the secret of its link, and the times by which it counts."""

    session: str
    number: int
    kind: str
    secret: str
    until: int
    link_until: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter; `reason` is empty when it was sent."""

    account: AccountId
    session: str
    number: int
    reason: str


class Callbacks:
    """The tables `callback_links` and `callback_mails`. Orders wait sealed in the outbox."""

    def __init__(self, sealer: Sealer, outbox: Outbox) -> None:
        self._sealer = sealer
        self._outbox = outbox

    # --- links ----------------------------------------------------------------------------------

    def put_link(self, connection: Connection, digest: bytes, link: Link, now: Micros) -> None:
        """Keep a link by the digest of its secret."""
        row = {"digest": digest, "account_id": link.account, "session_id": link.session}
        _LINK.run(connection, row | {"created_at": now, "expires_at": link.expires_at})

    def link(self, connection: Connection, digest: bytes) -> Link | None:
        """The link with this digest."""
        row = _FIND.one_or_none(connection, {"which": digest})
        return None if row is None else Link(row.account_id, row.session_id, row.expires_at)

    # --- letters --------------------------------------------------------------------------------

    def put_letter(
        self, connection: Connection, account: AccountId, order: Order, now: Micros
    ) -> None:
        """Keep a letter that must go out."""
        _LETTER.run(
            connection,
            {
                "session_id": order.session,
                "number": order.number,
                "account_id": account,
                "kind": order.kind,
                "state": "sending",
                "reason": "",
                "told": False,
                "accepted_at": now,
                "ended_at": None,
            },
        )
        payload = self._sealer.seal(msgspec.json.encode(order), _CONTEXT)
        key = f"{order.session} {order.number}"
        self._outbox.put(connection, account, MAIL, key, payload, now)

    def order(self, payload: bytes) -> Order:
        """A letter out of the outbox."""
        return msgspec.json.decode(self._sealer.open(payload, _CONTEXT), type=Order)

    def is_over(self, connection: Connection, order: Order) -> bool:
        """Whether it is known already what became of a letter."""
        row = _STATE.one_or_none(connection, {"which": order.session, "nth": order.number})
        return row is None or row.ended_at is not None

    def over(self, connection: Connection, order: Order, reason: str, now: Micros) -> None:
        """Note what became of a letter."""
        state = "failed" if reason else "sent"
        asked = {"which": order.session, "nth": order.number}
        _OVER.run(connection, asked | {"state": state, "reason": reason, "ended_at": now})
        late.tell(connection, CHANNEL)

    def untold(self, connection: Connection) -> list[Outcome]:
        """The letters of which their desks do not know yet what became of them."""
        return [
            Outcome(row.account_id, row.session_id, row.number, row.reason)
            for row in _UNTOLD.all(connection, {"no": False})
        ]

    def tell(self, connection: Connection, outcome: Outcome) -> None:
        """The desk knows."""
        asked = {"which": outcome.session, "nth": outcome.number}
        _TOLD.run(connection, asked | {"told": True})

    # --- tidying --------------------------------------------------------------------------------

    def prune(self, connection: Connection, now: Micros) -> None:
        """Forget what was over long ago."""
        before = now - _KEPT
        connection.execute(delete(callback_links).where(callback_links.c.expires_at < before))
        connection.execute(delete(callback_mails).where(callback_mails.c.ended_at < before))
