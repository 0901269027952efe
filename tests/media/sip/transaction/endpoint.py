"""An endpoint for tests: a transaction layer, a time that tests move, and what was done when."""

from __future__ import annotations

from typing import TypeVar

from media.sip.message import Headers, Request, Response, parse
from media.sip.transaction import (
    Effect,
    Ended,
    Hop,
    Key,
    Layer,
    Limits,
    Requested,
    Responded,
    Send,
    Timers,
    ToUser,
)
from offhook.core.clock import SECOND, Micros

UDP = Hop("UDP", "192.0.2.7", 5060)
TCP = Hop("TCP", "192.0.2.7", 40000, connection=3)

_E = TypeVar("_E")


def request(method: str, *, branch: str = "z9hG4bK1", to_tag: str = "", **more: str) -> Request:
    """A request of Ada's for Ben; `more` replaces `via`, `call_id`, `from_tag`, `cseq`, `uri`."""
    headers = Headers()
    via = more.get("via", f"SIP/2.0/UDP 192.0.2.7;branch={branch}")
    headers.add("Via", via)
    headers.add("Max-Forwards", "70")
    headers.add("From", f"<sip:ada@example.com>;tag={more.get('from_tag', 'a')}")
    headers.add("To", "<sip:ben@example.org>" + (f";tag={to_tag}" if to_tag else ""))
    headers.add("Call-ID", more.get("call_id", "call-1"))
    headers.add("CSeq", f"{more.get('cseq', '1')} {method}")
    headers.add("Contact", "<sip:ada@192.0.2.7>")
    return Request(method, more.get("uri", "sip:ben@example.org"), headers)


class Endpoint:
    """One layer and its time, in seconds from the start."""

    def __init__(self, *, timers: Timers | None = None, limits: Limits | None = None) -> None:
        self.layer = Layer(secret=b"tests", timers=timers, limits=limits)
        self.now = Micros(0)
        #: What it has done, and when.
        self.done: list[tuple[float, Effect]] = []

    def runs(self, seconds: float) -> list[tuple[float, Effect]]:
        """Let time pass, waking the layer whenever it asks for it; what happened then."""
        before, end = len(self.done), Micros(self.now + round(seconds * SECOND))
        while (due := self.layer.deadline) is not None and due <= end:
            self.now = max(self.now, due)
            self._does(self.layer.tick(self.now))
        self.now = end
        return self.done[before:]

    def gets(self, message: Request | Response, source: Hop = UDP) -> list[Effect]:
        """A message comes, as from the wire."""
        return self._does(self.layer.receive(parse(message.encode()), source, self.now))

    def asks(self, message: Request, to: Hop = UDP) -> Key:
        """Its user sends a request."""
        key, effects = self.layer.request(message, to, self.now)
        self._does(effects)
        return key

    def answers(self, asked: Requested, status: int, key: Key) -> list[Effect]:
        """Its user answers."""
        response = asked.request.respond(status, to_tag=asked.to_tag)
        return self._does(self.layer.respond(key, response, self.now))

    def served(self, message: Request, source: Hop = UDP) -> tuple[Key, Requested]:
        """A request comes for the first time and reaches the user."""
        told = told_of(Requested, self.gets(message, source))
        key = next(e.key for _, e in self.done[::-1] if isinstance(e, ToUser))
        assert key is not None
        return key, told[0]

    def cancels(self, key: Key) -> list[Effect]:
        """Its user takes an INVITE back."""
        return self._does(self.layer.cancel(key, self.now))

    def fails(self, key: Key) -> list[Effect]:
        """The transport could not send."""
        return self._does(self.layer.send_failed(key, "unreachable", self.now))

    def _does(self, effects: list[Effect]) -> list[Effect]:
        self.done += [(self.now / SECOND, effect) for effect in effects]
        return effects


def told_of(kind: type[_E], effects: list[Effect]) -> list[_E]:
    """The events of one kind that the user was told."""
    return [e.event for e in effects if isinstance(e, ToUser) and isinstance(e.event, kind)]


def told(effects: list[Effect]) -> list[str]:
    """What the user was told: the status of responses, the names of other events."""
    events = [effect.event for effect in effects if isinstance(effect, ToUser)]
    return [
        str(event.response.status) if isinstance(event, Responded) else type(event).__name__
        for event in events
    ]


def sent(effects: list[Effect]) -> list[str]:
    """What went out: the methods of requests, the status of responses."""
    return [_name(effect.data) for effect in effects if isinstance(effect, Send)]


def sent_at(done: list[tuple[float, Effect]], name: str) -> list[float]:
    """When messages of this name went out, in seconds."""
    return [at for at, effect in done if isinstance(effect, Send) and _name(effect.data) == name]


def ended_at(done: list[tuple[float, Effect]]) -> list[float]:
    """When transactions ended, in seconds."""
    return [at for at, effect in done if isinstance(effect, Ended)]


def messages(effects: list[Effect]) -> list[Request | Response]:
    """What went out, as the other side reads it."""
    return [parse(effect.data) for effect in effects if isinstance(effect, Send)]


def only(effects: list[Effect]) -> list[Effect]:
    """All that was done but for the ends."""
    return [effect for effect in effects if not isinstance(effect, Ended)]


def _name(data: bytes) -> str:
    message = parse(data)
    return message.method if isinstance(message, Request) else str(message.status)
