"""Two endpoints and a network between them that loses, doubles and reorders, in virtual time."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random

from media.sip.message import Request, Response, parse
from media.sip.transaction import (
    Acknowledged,
    Canceled,
    Effect,
    Ended,
    Hop,
    Key,
    Layer,
    Requested,
    Responded,
    Send,
    TimedOut,
    ToUser,
)
from offhook.core.clock import SECOND, Micros
from tests.media.sip.transaction.endpoint import request

ADA, BEN = Hop("UDP", "192.0.2.7", 5060), Hop("UDP", "192.0.2.9", 5060)
METHODS = ("INVITE", "INVITE", "OPTIONS", "BYE", "MESSAGE", "REGISTER")


@dataclass
class World:
    """The time, and all that is to happen."""

    now: int = 0
    agenda: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    serial: count[int] = field(default_factory=count)

    def later(self, delay: float, happen: Callable[[], None]) -> None:
        """Have something happen in `delay` seconds."""
        at = self.now + round(delay * SECOND)
        heapq.heappush(self.agenda, (at, next(self.serial), happen))

    def step(self, sides: Sequence[Side]) -> bool:
        """Do whatever is next, a layer's deadline or something on the agenda; False at the end."""
        due = [(at, side) for side in sides if (at := side.layer.deadline) is not None]
        at, side = min(due, default=(None, None), key=lambda pair: pair[0])
        if at is not None and side is not None and (not self.agenda or at <= self.agenda[0][0]):
            self.now = max(self.now, at)
            side.act(side.layer.tick(side.now))
            return True
        if not self.agenda:
            return False
        self.now, _, happen = heapq.heappop(self.agenda)
        happen()
        return True


class Network:
    """Loses a share of what is sent, doubles some of the rest, and lets it overtake."""

    def __init__(self, world: World, random: Random, loss: float) -> None:
        self.world, self.random, self.loss = world, random, loss
        self.ends: dict[Hop, Callable[[bytes, Hop], None]] = {}

    def carry(self, data: bytes, source: Hop, to: Hop) -> None:
        """Bring a datagram over: never, once or twice."""
        for _ in range(2 if self.random.random() < 0.1 else 1):
            if self.random.random() >= self.loss:
                delay = self.random.uniform(0.001, 0.4)
                self.world.later(delay, lambda: self.ends[to](data, source))


class Side:
    """A layer on the network, and how its user takes what it is told."""

    def __init__(self, world: World, network: Network, address: Hop) -> None:
        self.world, self.network, self.address = world, network, address
        self.layer = Layer(secret=address.host.encode())
        self.ended: Counter[Key] = Counter()
        network.ends[address] = self.arrive

    @property
    def now(self) -> Micros:
        return Micros(self.world.now)

    def arrive(self, data: bytes, source: Hop) -> None:
        self.act(self.layer.receive(parse(data), source, self.now))

    def act(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(data, to):
                    self.network.carry(data, self.address, to)
                case ToUser(key, event):
                    self.told(key, event)
                case Ended(key):
                    self.ended[key] += 1

    def told(self, key: Key | None, event: object) -> None:
        raise NotImplementedError


class Caller(Side):
    """Sends requests, acknowledges each 2xx, and gives up what takes too long."""

    def __init__(self, world: World, network: Network, random: Random) -> None:
        super().__init__(world, network, ADA)
        self.random = random
        #: What came of each request: statuses of final responses without copies, or a timeout.
        self.outcomes: dict[Key, list[str]] = {}

    def call(self, number: int) -> None:
        method = self.random.choice(METHODS)
        asking = request(method, branch=f"z9hG4bK{number}", call_id=f"call-{number}")
        key, effects = self.layer.request(asking, BEN, self.now)
        self.outcomes[key] = []
        self.act(effects)
        if method == "INVITE":
            patience = self.random.choice((0.1, 1.0, 3.0, 90.0))
            self.world.later(patience, lambda: self.give_up(key))

    def give_up(self, key: Key) -> None:
        if not self.outcomes[key]:
            self.act(self.layer.cancel(key, self.now))

    def told(self, key: Key | None, event: object) -> None:
        outcomes = self.outcomes.get(key, []) if key is not None else []
        match event:
            case Responded(response) if response.status >= 200:
                if str(response.status) not in outcomes:
                    outcomes.append(str(response.status))
                if response.cseq.method == "INVITE" and response.status < 300:
                    self.acknowledge(response)
            case TimedOut():
                outcomes.append("timeout")

    def acknowledge(self, response: Response) -> None:
        number = response.call_id.removeprefix("call-")
        ack = request(
            "ACK", branch=f"z9hG4bKack{number}", call_id=response.call_id, to_tag=response.to.tag
        )
        self.network.carry(ack.encode(), self.address, BEN)


class Callee(Side):
    """Answers after a while, and repeats each 2xx to an INVITE until its ACK comes (13.3.1.4)."""

    def __init__(self, world: World, network: Network, random: Random) -> None:
        super().__init__(world, network, BEN)
        self.random = random
        self.asked: dict[str, tuple[Key, Requested]] = {}
        #: How often each request reached the user, and which reached this side at all.
        self.reached: Counter[str] = Counter()
        self.carried: set[str] = set()
        self.answered: dict[str, int] = {}
        self.acknowledged: set[str] = set()

    def arrive(self, data: bytes, source: Hop) -> None:
        message = parse(data)
        if isinstance(message, Request) and message.method not in ("ACK", "CANCEL"):
            self.carried.add(message.call_id)
        super().arrive(data, source)

    def told(self, key: Key | None, event: object) -> None:
        match event:
            case Requested(asking, _, _) if key is not None:
                self.reached[asking.call_id] += 1
                self.asked[asking.call_id] = (key, event)
                self.serve(asking)
            case Canceled(cancel):
                self.answer(cancel.call_id, 487)
            case Acknowledged(ack):
                self.acknowledged.add(ack.call_id)

    def serve(self, asking: Request) -> None:
        """Ring, think, answer."""
        status = 200
        if asking.method == "INVITE":
            self.respond(asking.call_id, 180)
            status = self.random.choice((200, 486))
        delay = self.random.choice((0.0, 0.1, 1.0, 4.0))
        self.world.later(delay, lambda: self.answer(asking.call_id, status))

    def answer(self, call_id: str, status: int) -> None:
        """Once; whoever comes second is too late."""
        if call_id in self.answered:
            return
        self.answered[call_id] = status
        self.respond(call_id, status)
        if status == 200 and self.asked[call_id][0].method == "INVITE":
            self.repeat(call_id, 0.5, 0)

    def repeat(self, call_id: str, pause: float, waited: float) -> None:
        """The 2xx again, until 64*T1 have passed."""

        def again() -> None:
            if call_id not in self.acknowledged and waited + pause < 32:
                self.respond(call_id, 200)
                self.repeat(call_id, min(2 * pause, 4), waited + pause)

        self.world.later(pause, again)

    def respond(self, call_id: str, status: int) -> None:
        key, asked = self.asked[call_id]
        response = asked.request.respond(status, to_tag=asked.to_tag)
        self.act(self.layer.respond(key, response, self.now))


class Lossy:
    """A caller and a callee; `plays` to the end of everything."""

    def __init__(self, loss: float, seed: int) -> None:
        random = Random(seed)
        self.world = World()
        self.network = Network(self.world, random, loss)
        self.ada = Caller(self.world, self.network, random)
        self.ben = Callee(self.world, self.network, random)

    def plays(self, requests: int) -> None:
        """Let so many requests begin within ten seconds, and go on until nothing is left."""
        for number in range(requests):
            delay = self.network.random.uniform(0, 10)
            self.world.later(delay, partial(self.ada.call, number))
        while self.world.step((self.ada, self.ben)):
            pass
