"""The transaction layer: which transaction a message belongs to, and one deadline for all."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.message import Request, Response
from media.sip.transaction.client import Client
from media.sip.transaction.client_invite import ClientInvite
from media.sip.transaction.effects import (
    Acknowledged,
    Effect,
    Ended,
    Ignored,
    Requested,
    Responded,
    SendFailed,
    ToUser,
)
from media.sip.transaction.hop import Hop, answer_hop, stamp
from media.sip.transaction.keys import Key, canceled_keys, client_key, has_cookie, server_keys
from media.sip.transaction.server import Server
from media.sip.transaction.server_invite import ServerInvite
from media.sip.transaction.stateless import Stateless
from media.sip.transaction.table import Table
from media.sip.transaction.timers import Timers
from media.sip.transaction.transaction import (
    Acked,
    Repeated,
    SendCancel,
    Transaction,
    Unwanted,
    answer,
)
from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput, NotFound, Unavailable
from offhook.core.machine import Tick


class NoTransaction(NotFound):
    """The transaction is over, or there never was one by this name."""

    code = "no_transaction"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the layer takes on before it refuses what is new.

    `transactions` counts all of both sides, also those that only linger; `half_open` the INVITEs
    of others that wait for their answer or for the ACK of a refusal. What belongs to a dialog, and
    CANCEL, may go an eighth over the first: whoever is in a call can still hang up.
    """

    transactions: int = 20_000
    half_open: int = 1_000
    #: Seconds after which who was refused may come again (Retry-After).
    retry_after: int = 5


class Layer:
    """All transactions of one endpoint.

    Feed it what was parsed (`receive`), what its users want (`request`, `respond`, `cancel`), what
    could not be sent (`send_failed`) and the time (`tick`, at `deadline`); carry out the effects
    that come back, in their order. `secret` makes the tags of its own answers hard to guess.
    """

    def __init__(
        self, *, secret: bytes, timers: Timers | None = None, limits: Limits | None = None
    ) -> None:
        self.timers = timers or Timers()
        self.limits = limits or Limits()
        self._stateless = Stateless(secret)
        self._table = Table()

    def __len__(self) -> int:
        """How many transactions there are, with those that only linger."""
        return len(self._table)

    @property
    def half_open(self) -> int:
        """How many INVITEs of others wait for an answer, or for the ACK of a refusal."""
        return self._table.half_open

    @property
    def deadline(self) -> Micros | None:
        """When to call `tick` next."""
        return self._table.deadlines.first

    def receive(self, message: Request | Response, source: Hop, now: Micros) -> list[Effect]:
        """Take what came from the wire, as `parse` has checked it; for what that refuses there
        is `refuse`."""
        if isinstance(message, Response):
            return self._response(message, now)
        return self._request(message, source, now)

    def request(self, request: Request, to: Hop, now: Micros) -> tuple[Key, list[Effect]]:
        """Send a request in a transaction of its own; its answers come under the key.

        Its topmost Via is made already, with a branch that nobody has used. Raises `InvalidInput`
        when it is not or when this is an ACK, `Unavailable` when there is no room.
        """
        if request.method == "ACK":
            raise InvalidInput("an ACK is sent without a transaction", field="method")
        if not has_cookie(request.via.branch):
            raise InvalidInput("the topmost Via needs a branch with the cookie", field="Via")
        if len(self._table) >= self.limits.transactions:
            raise Unavailable("there are too many SIP transactions", code="too_many_transactions")
        return self._begin(request, to, now)

    def respond(self, key: Key, response: Response, now: Micros) -> list[Effect]:
        """Answer the request of a server transaction; a 2xx to an INVITE also again and again.

        Raises `NoTransaction` when it has ended, a `Conflict` when it is answered already.
        """
        return self._feed(self._known(key), answer(response), now)

    def cancel(self, key: Key, now: Micros) -> list[Effect]:
        """Take back an INVITE: at once, or when the first provisional response has come (9.1).

        Afterwards it still ends with a final response, maybe a 2xx, or by timeout. Raises
        `NoTransaction` when it is over, `InvalidInput` when it is no INVITE of ours.
        """
        transaction = self._known(key)
        if not isinstance(transaction, ClientInvite):
            raise InvalidInput("only an INVITE of our own can be cancelled", field="method")
        return self._feed(transaction, Unwanted(), now)

    def send_failed(self, key: Key, reason: str, now: Micros) -> list[Effect]:
        """The transport could not send what came with this key (17.1.4, 17.2.4)."""
        transaction = self._table.get(key)
        return [] if transaction is None else self._feed(transaction, SendFailed(reason), now)

    def tick(self, now: Micros) -> list[Effect]:
        """Do all that is due."""
        effects: list[Effect] = []
        for key in self._table.deadlines.due(now):
            if (transaction := self._table.get(key)) is not None:
                effects += self._feed(transaction, Tick(), now)
        return effects

    def refuse(
        self, request: Request, source: Hop, status: int, reason: str = "", retry_after: int = 0
    ) -> list[Effect]:
        """Answer a request without a transaction, each of its copies alike (8.2.7)."""
        return self._stateless.refuse(request, source, status, reason, retry_after)

    def _response(self, response: Response, now: Micros) -> list[Effect]:
        """To its transaction (17.1.3); of the others only a 2xx to an INVITE is of any use."""
        key = client_key(response)
        transaction = self._table.get(key)
        if transaction is not None:
            return self._feed(transaction, answer(response), now)
        if key.method == "INVITE" and 200 <= response.status < 300:
            return [ToUser(None, Responded(response))]
        return [Ignored("stray response")]

    def _request(self, request: Request, source: Hop, now: Micros) -> list[Effect]:
        """To its transaction (17.2.3), or into a new one."""
        keys = tuple(server_keys(request))
        known = next((t for key in keys if (t := self._table.get(key)) is not None), None)
        if request.method == "ACK":
            return self._ack(request, known, source, now)
        if known is not None:
            return self._feed(known, Repeated(), now)
        if self._overloaded(request):
            return self.refuse(request, source, 503, retry_after=self.limits.retry_after)
        return self._new(keys[0], request, source, now)

    def _ack(
        self, ack: Request, invite: Transaction | None, source: Hop, now: Micros
    ) -> list[Effect]:
        """To the INVITE that it ends, or to the dialogs; not when we refused without a state."""
        if invite is not None:
            return self._feed(invite, Acked(ack, source), now)
        if self._stateless.refused(ack):
            return [Ignored("ack of a stateless refusal")]
        return [ToUser(None, Acknowledged(ack, source))]

    def _new(self, key: Key, request: Request, source: Hop, now: Micros) -> list[Effect]:
        """A request that came for the first time, at least by this path (8.2.2.2)."""
        merged = self._table.merged(request)
        stamp(request, source)
        transaction = self._serve(key, request, source, now)
        if request.method == "CANCEL":
            return self._canceled(transaction, request, now)
        tag = self._stateless.tag(key)
        if merged:
            return self._feed(transaction, answer(request.respond(482, to_tag=tag)), now)
        return [ToUser(key, Requested(request, source, tag))]

    def _serve(self, key: Key, request: Request, source: Hop, now: Micros) -> ServerInvite | Server:
        hop = answer_hop(request.via, source)
        transaction: ServerInvite | Server
        if request.method == "INVITE":
            tag = self._stateless.tag(key)
            transaction = ServerInvite(key, request, hop, tag, self.timers, now)
        else:
            transaction = Server(key, request, hop, self.timers, now)
        self._table.add(transaction, request)
        return transaction

    def _canceled(self, own: Transaction, cancel: Request, now: Micros) -> list[Effect]:
        """Answer a CANCEL, and tell the user of what it is about (9.2)."""
        found = (self._table.get(key) for key in canceled_keys(own.key))
        about = next((transaction for transaction in found if transaction is not None), None)
        tag = about.to_tag if isinstance(about, ServerInvite) else self._stateless.tag(own.key)
        status = 481 if about is None else 200
        effects = self._feed(own, answer(cancel.respond(status, to_tag=tag)), now)
        if isinstance(about, ServerInvite):
            effects += self._feed(about, Unwanted(cancel), now)
        return effects

    def _begin(self, request: Request, to: Hop, now: Micros) -> tuple[Key, list[Effect]]:
        key = client_key(request)
        if key in self._table:
            raise InvalidInput("this branch is used already", field="Via")
        kind = ClientInvite if request.method == "INVITE" else Client
        transaction = kind(key, request, to, self.timers, now)
        self._table.add(transaction)
        return key, transaction.begin()

    def _feed(self, transaction: Transaction, event: object, now: Micros) -> list[Effect]:
        """Give a machine its event and do what it asks of us."""
        effects: list[Effect] = []
        with self._table.changing(transaction):
            wishes = transaction.handle(event, now)
        for wish in wishes:
            if isinstance(wish, SendCancel):
                effects += self._begin(wish.cancel, transaction.hop, now)[1]
            else:
                effects.append(wish)
        return [*effects, Ended(transaction.key)] if transaction.ended else effects

    def _overloaded(self, request: Request) -> bool:
        """Whether this request is one too many."""
        limit = self.limits.transactions
        if request.method == "CANCEL" or request.to.tag:
            return len(self._table) >= limit + limit // 8
        if request.method == "INVITE" and self._table.half_open >= self.limits.half_open:
            return True
        return len(self._table) >= limit

    def _known(self, key: Key) -> Transaction:
        transaction = self._table.get(key)
        if transaction is None:
            raise NoTransaction(f"there is no {key.method} transaction by this name")
        return transaction
