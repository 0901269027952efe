"""Whole calls over a network that loses, doubles and reorders: layers, dialogs and both ends of
INVITE joined as a user agent joins them, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random

from media.sip.dialog import Dialog, Forks
from media.sip.dialog.acks import Acks
from media.sip.dialog.dialog import establishing
from media.sip.dialog.incoming import (
    Accept,
    AckCame,
    AnswerInvite,
    CancelCame,
    Incoming,
    Reject,
    RepeatAnswer,
    Unanswered,
)
from media.sip.dialog.incoming import State as InState
from media.sip.dialog.outgoing import Accepted, Outgoing, Progressed, Refused, SendAck, SendCancel
from media.sip.dialog.usage import (
    AnswerBye,
    ByeCame,
    ByeDone,
    Established,
    HungUp,
    Over,
    Party,
    SendBye,
)
from media.sip.message import Request, Response
from media.sip.transaction import (
    Acknowledged,
    Canceled,
    Hop,
    Key,
    Requested,
    Responded,
    TimedOut,
)
from offhook.core.clock import SECOND
from offhook.core.machine import Tick
from tests.media.sip.transaction.endpoint import request
from tests.media.sip.transaction.lossy import ADA, BEN, Network, Side, World


class Leg:
    """What one end remembers of one call."""

    def __init__(self, call: Incoming | Outgoing) -> None:
        self.call = call
        self.dialogs: dict[str, Dialog] = {}
        self.established = 0
        self.overs: list[Over] = []
        #: The INVITE's transaction, its last 2xx, and the BYE that waits for its answer.
        self.invite_key: Key | None = None
        self.invite: Requested | Request | None = None
        self.response: Response | None = None
        self.bye: tuple[Key, Requested] | None = None


class Agent(Side):
    """What both ends do alike: BYE in either direction, and keeping count."""

    def __init__(self, world: World, network: Network, here: Hop, there: Hop) -> None:
        super().__init__(world, network, here)
        self.there = there
        self.legs: dict[str, Leg] = {}
        self.branches = count()
        self.bye_keys: dict[Key, tuple[str, str]] = {}

    def via(self) -> str:
        return f"SIP/2.0/UDP {self.address.host};branch=z9hG4bK{next(self.branches)}"

    def happens(self, call_id: str, event: object) -> None:
        """Let a call take an event, and do what it asks for."""
        leg = self.legs[call_id]
        for effect in leg.call.handle(event, self.now):
            match effect:
                case SendBye(fork):
                    self.send_bye(call_id, leg.dialogs[fork], fork)
                case AnswerBye(status) if leg.bye is not None:
                    key, asked = leg.bye
                    self.act(self.layer.respond(key, asked.request.respond(status), self.now))
                case Established():
                    leg.established += 1
                case Over():
                    leg.overs.append(effect)
                case _:
                    self.carry_out(leg, effect)

    def send_bye(self, call_id: str, dialog: Dialog, fork: str) -> None:
        bye, _ = dialog.request("BYE", self.via())
        key, effects = self.layer.request(bye, self.there, self.now)
        self.bye_keys[key] = (call_id, fork)
        self.act(effects)

    def told(self, key: Key | None, event: object) -> None:
        if key in self.bye_keys and isinstance(event, Responded | TimedOut):
            call_id, fork = self.bye_keys[key]
            self.happens(call_id, ByeDone(fork))
        elif isinstance(event, Requested) and event.request.method == "BYE" and key is not None:
            self.bye_came(key, event)
        else:
            self.heard(key, event)

    def bye_came(self, key: Key, asked: Requested) -> None:
        leg = self.legs[asked.request.call_id]
        leg.bye = (key, asked)
        fork = asked.request.from_.tag if isinstance(leg.call, Outgoing) else ""
        leg.dialogs[fork].take(asked.request)
        self.happens(asked.request.call_id, ByeCame(fork))

    def carry_out(self, leg: Leg, effect: object) -> None:
        raise NotImplementedError

    def heard(self, key: Key | None, event: object) -> None:
        raise NotImplementedError


class Ada(Agent):
    """Places calls."""

    def __init__(self, world: World, network: Network) -> None:
        super().__init__(world, network, ADA, BEN)
        self.acks = Acks(32 * SECOND)
        self.forks: dict[str, Forks] = {}

    def place(self, call_id: str) -> None:
        invite = request("INVITE", via=self.via(), call_id=call_id)
        leg = self.legs[call_id] = Leg(Outgoing())
        self.forks[call_id] = Forks(invite, 32 * SECOND)
        leg.invite = invite
        leg.invite_key, effects = self.layer.request(invite, BEN, self.now)
        self.act(effects)

    def heard(self, key: Key | None, event: object) -> None:
        match event:
            case Responded(response) if response.cseq.method == "INVITE":
                self.answered(response)
            case TimedOut() if key is not None:
                for call_id, leg in self.legs.items():
                    if leg.invite_key == key:
                        self.happens(call_id, Refused(408, Party.NETWORK))

    def answered(self, response: Response) -> None:
        call_id, tag = response.call_id, response.to.tag
        if response.status >= 300:
            self.happens(call_id, Refused(response.status))
            return
        heard = self.forks[call_id].hear(response, self.now)
        if heard is None:
            return
        leg = self.legs[call_id]
        leg.dialogs[tag], leg.response = heard.dialog, response
        self.happens(call_id, Accepted(tag) if response.status >= 200 else Progressed(tag))

    def carry_out(self, leg: Leg, effect: object) -> None:
        match effect:
            case SendCancel() if leg.invite_key is not None:
                self.act(self.layer.cancel(leg.invite_key, self.now))
            case SendAck(fork) if leg.response is not None and isinstance(leg.invite, Request):
                send = self.acks.again(leg.response)
                if send is None:
                    ack, _ = leg.dialogs[fork].ack(leg.invite, self.via())
                    send = self.acks.keep(leg.response, ack.encode(), BEN, self.now)
                self.act([send])


class Ben(Agent):
    """Takes calls: accepts or refuses after a while, and hangs up after another."""

    def __init__(self, world: World, network: Network, random: Random) -> None:
        super().__init__(world, network, BEN, ADA)
        self.random = random

    def heard(self, key: Key | None, event: object) -> None:
        match event:
            case Requested(asking) if key is not None:
                self.ring(key, event, asking.call_id)
            case Acknowledged(ack):
                self.happens(ack.call_id, AckCame())
            case Canceled(cancel):
                self.happens(cancel.call_id, CancelCame())
            case TimedOut() if key is not None:
                for call_id, leg in self.legs.items():
                    if leg.invite_key == key:
                        self.happens(call_id, Unanswered())

    def ring(self, key: Key, asked: Requested, call_id: str) -> None:
        leg = self.legs[call_id] = Leg(Incoming(self.layer.timers))
        leg.invite_key, leg.invite = key, asked
        leg.dialogs[""] = Dialog.of_request(asked.request, asked.to_tag)
        self.respond(leg, 180)
        decision = Accept() if call_id.startswith("yes") else Reject(486)
        self.world.later(self.random.choice((0, 0.2, 2, 5)), self.decide(call_id, decision))

    def decide(self, call_id: str, decision: object) -> Callable[[], None]:
        def now() -> None:
            if self.legs[call_id].call.state is InState.RINGING:
                self.happens(call_id, decision)
                self.watch(call_id)

        return now

    def watch(self, call_id: str) -> None:
        """Wake the call whenever it asks for it."""
        call = self.legs[call_id].call
        if call.deadline is not None:
            wait = (call.deadline - self.world.now) / SECOND
            self.world.later(wait, lambda: self.wake(call_id))

    def wake(self, call_id: str) -> None:
        self.happens(call_id, Tick())
        self.watch(call_id)

    def carry_out(self, leg: Leg, effect: object) -> None:
        match effect:
            case AnswerInvite(status):
                self.respond(leg, status)
            case RepeatAnswer() if leg.invite_key is not None and leg.response is not None:
                self.act(self.layer.respond(leg.invite_key, leg.response, self.now))

    def respond(self, leg: Leg, status: int) -> None:
        assert isinstance(leg.invite, Requested)
        assert leg.invite_key is not None
        asked = leg.invite
        leg.response = establishing(asked.request, status, asked.to_tag, "<sip:ben@192.0.2.9>")
        self.act(self.layer.respond(leg.invite_key, leg.response, self.now))


class Calls:
    """Ada calls Ben again and again; either may hang up at any time, and everybody does at last."""

    def __init__(self, loss: float, seed: int) -> None:
        self.random = Random(seed)
        self.world = World()
        network = Network(self.world, self.random, loss)
        self.ada = Ada(self.world, network)
        self.ben = Ben(self.world, network, self.random)

    def plays(self, calls: int) -> None:
        """So many calls, each to its end, and all that lingers. Calls whose id begins with `yes`
        are accepted; those with `patient` in it are left alone for two minutes."""
        for number in range(calls):
            answer = self.random.choice(("yes", "yes", "no"))
            mood = self.random.choice(("patient", "hasty"))
            self.begin(f"{answer}-{mood}-{number}", patient=mood == "patient")
        while self.world.step((self.ada, self.ben)):
            pass

    def begin(self, call_id: str, *, patient: bool) -> None:
        start = self.random.uniform(0, 10)
        self.world.later(start, lambda: self.ada.place(call_id))
        hasty = self.random.choice(((self.ada,), (self.ben,), (self.ada, self.ben)))
        for agent in (self.ada, self.ben):
            soon = self.random.choice((0.05, 0.2, 0.5, 1, 3, 6, 20))
            until = 120 if patient or agent not in hasty else soon
            self.world.later(start + until, self.hang_up(agent, call_id))
            self.world.later(start + 200, self.hang_up(agent, call_id))

    def hang_up(self, agent: Agent, call_id: str) -> Callable[[], None]:
        return lambda: agent.happens(call_id, HungUp()) if call_id in agent.legs else None
