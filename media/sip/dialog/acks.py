"""The ACKs of our accepted INVITEs, sent again for each copy of a 2xx (RFC 3261 13.2.2.4)."""

from __future__ import annotations

from typing import NamedTuple

from media.sip.message import Response
from media.sip.transaction import Hop, Send
from media.sip.transaction.deadlines import Deadlines
from offhook.core.clock import Micros


class Accepted(NamedTuple):
    """What tells one 2xx and its copies from those of other forks and other INVITEs."""

    call_id: str
    local_tag: str
    remote_tag: str
    cseq: int

    @classmethod
    def of(cls, response: Response) -> Accepted:
        """The name of a 2xx that came for us."""
        return cls(response.call_id, response.from_.tag, response.to.tag, response.cseq.number)


class Acks:
    """Keeps the bytes of each ACK for as long as a copy of its 2xx may come: `patience`, 64*T1."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._kept: dict[Accepted, Send] = {}
        self._deadlines: Deadlines[Accepted] = Deadlines()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def deadline(self) -> Micros | None:
        """When to call `tick` next."""
        return self._deadlines.first

    def keep(self, response: Response, ack: bytes, to: Hop, now: Micros) -> Send:
        """Send the first ACK of a 2xx, and remember it."""
        name = Accepted.of(response)
        self._kept[name] = Send(ack, to)
        self._deadlines.put(name, Micros(now + self._patience))
        return self._kept[name]

    def again(self, response: Response) -> Send | None:
        """The same ACK for a copy of the 2xx; None when this is one that we have not taken yet."""
        return self._kept.get(Accepted.of(response))

    def tick(self, now: Micros) -> None:
        """Forget what can no longer be asked for."""
        for name in self._deadlines.due(now):
            del self._kept[name]
