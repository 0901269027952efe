"""One SIP endpoint: its doors and its transactions, driven by a clock (RFC 3261 17, 18)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from media.sip.message import BadMessage, Request, Response
from media.sip.message.parse import Message
from media.sip.transaction.effects import (
    Acknowledged,
    Effect,
    Ended,
    Ignored,
    Requested,
    Responded,
    Send,
    ToUser,
    UserEvent,
)
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key, Side
from media.sip.transaction.layer import Layer, Limits, NoTransaction
from media.sip.transaction.timers import Timers
from media.sip.transport.guard import Guard
from media.sip.transport.stream import StreamLimits
from media.sip.transport.tls import Tls
from media.sip.transport.transports import Listen, Transports
from offhook.core.clock import Clock, Timer
from offhook.core.errors import Conflict

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Tell = Callable[[UserEvent], None]
_Place = tuple[str, str, int]


class User(Protocol):
    """Who answers requests. Nothing here may wait."""

    def requested(self, key: Key, asked: Requested) -> None:
        """A request came for the first time; answer it with `Endpoint.respond`."""
        ...

    def told(self, key: Key, event: UserEvent) -> None:
        """Something came of a request that was asked: its ACK, its CANCEL, silence."""
        ...

    def stray(self, event: Responded | Acknowledged) -> None:
        """A 2xx to an INVITE, or its ACK, that belongs to a dialog and to no transaction."""
        ...


class Endpoint:
    """Asks and answers. `attend` who answers, `open` the doors, `close` at the end.

    Every event is told in the order in which it came about; what a user does in response is done
    after what it responds to.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        secret: bytes,
        guard: Guard | None = None,
        tls: Tls | None = None,
        timers: Timers | None = None,
        limits: Limits | None = None,
        stream_limits: StreamLimits | None = None,
    ) -> None:
        self._clock = clock
        self._layer = Layer(secret=secret, timers=timers, limits=limits)
        self.transports = Transports(self, clock, guard=guard, tls=tls, limits=stream_limits)
        self.doors: list[Listen] = []
        #: How often what came was dropped, by reason.
        self.ignored: dict[str, int] = {}
        self._user: User | None = None
        self._tells: dict[Key, Tell] = {}
        #: Requests of ours that nobody has answered at all, by where they went.
        self._unanswered: dict[_Place, set[Key]] = {}
        self._places: dict[Key, _Place] = {}
        self._todo: deque[Effect] = deque()
        self._busy = False
        self._timer: Timer | None = None

    def __len__(self) -> int:
        """How many transactions there are, with those that only linger."""
        return len(self._layer)

    def attend(self, user: User) -> None:
        """Say who answers."""
        self._user = user

    async def open(self, doors: Sequence[Listen]) -> None:
        """Listen; raises `SipPortTaken`."""
        self.doors = await self.transports.open(doors)

    async def close(self) -> None:
        """Close all doors and forget all transactions."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self.transports.close()

    # --- asking and answering -------------------------------------------------------------------

    def request(self, request: Request, to: Hop, tell: Tell) -> Key:
        """Send a request in a transaction of its own; `tell` hears what comes of it.

        Raises what `Layer.request` raises.
        """
        key, effects = self._layer.request(request, to, self._clock.now())
        place = _place(to)
        self._tells[key], self._places[key] = tell, place
        self._unanswered.setdefault(place, set()).add(key)
        self._carry_out(effects)
        return key

    def cancel(self, key: Key) -> None:
        """Take back an INVITE of ours; when it is over already, nothing is to be done."""
        try:
            self._carry_out(self._layer.cancel(key, self._clock.now()))
        except NoTransaction:
            return

    def respond(self, key: Key, response: Response) -> bool:
        """Answer a request; False when its transaction is over, or answered by somebody else."""
        try:
            effects = self._layer.respond(key, response, self._clock.now())
        except (NoTransaction, Conflict):
            return False
        self._carry_out(effects)
        return True

    def send(self, data: bytes, to: Hop) -> None:
        """Send without a transaction: the ACK of a 2xx, and a 2xx again."""
        self._carry_out([Send(data, to)])

    # --- what comes (Receiver) ------------------------------------------------------------------

    def received(self, message: Message, source: Hop) -> None:
        """To its transaction."""
        try:
            effects = self._layer.receive(message, source, self._clock.now())
        except BadMessage as bad:
            self.malformed(bad, source)
            return
        self._carry_out(effects)

    def malformed(self, bad: BadMessage, source: Hop) -> None:
        """Answer what can be answered."""
        if bad.request is None:
            self._ignore("malformed")
            return
        self._carry_out(self._layer.refuse(bad.request, source, bad.status, bad.reason))

    def unreachable(self, hop: Hop) -> None:
        """Give up what was sent there and not answered by anybody."""
        for key in list(self._unanswered.get(_place(hop), ())):
            self._failed(key, "unreachable")

    # --- the machines ---------------------------------------------------------------------------

    def _failed(self, key: Key, reason: str) -> None:
        self._carry_out(self._layer.send_failed(key, reason, self._clock.now()))

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        self._todo.extend(effects)
        if self._busy:
            return
        self._busy = True
        try:
            while self._todo:
                self._do(self._todo.popleft())
        finally:
            self._busy = False
        self._wait()

    def _do(self, effect: Effect) -> None:
        match effect:
            case Send():
                self._send(effect)
            case ToUser():
                self._tell(effect.key, effect.event)
            case Ended():
                self._tells.pop(effect.key, None)
                self._answered(effect.key)
            case Ignored():
                self._ignore(effect.reason)

    def _send(self, sending: Send) -> None:
        key = sending.key

        def failed(reason: str) -> None:
            log.info("sip not sent", transport=sending.to.transport, reason=reason)
            if key is not None:
                self._failed(key, reason)

        self.transports.send(sending.data, sending.to, failed)

    def _tell(self, key: Key | None, event: UserEvent) -> None:
        """Tell a user; what goes wrong there is answered, and harms nobody else."""
        try:
            if key is not None and key.side is Side.CLIENT:
                self._answered(key)
                if tell := self._tells.get(key):
                    tell(event)
            elif self._user is not None:
                self._tell_user(self._user, key, event)
        except Exception:
            log.exception("sip user failed", told=type(event).__name__)
            if key is not None and isinstance(event, Requested):
                self.respond(key, event.request.respond(500, to_tag=event.to_tag))

    def _tell_user(self, user: User, key: Key | None, event: UserEvent) -> None:
        if key is None:
            if isinstance(event, Responded | Acknowledged):
                user.stray(event)
        elif isinstance(event, Requested):
            user.requested(key, event)
        else:
            user.told(key, event)

    def _answered(self, key: Key) -> None:
        place = self._places.pop(key, None)
        if place is not None:
            keys = self._unanswered[place]
            keys.discard(key)
            if not keys:
                del self._unanswered[place]

    def _ignore(self, reason: str) -> None:
        self.ignored[reason] = self.ignored.get(reason, 0) + 1

    def _wait(self) -> None:
        """Be woken when the next machine is due."""
        at = self._layer.deadline
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if at is None else self._clock.call_at(at, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._carry_out(self._layer.tick(self._clock.now()))


def _place(hop: Hop) -> _Place:
    return hop.transport, hop.host, hop.port
