"""What a transaction asks for: bytes to send, words for its user, its own end."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.message import Request, Response
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key


@dataclass(frozen=True, slots=True)
class Requested:
    """A request came for the first time; answer it with `Layer.respond`.

    `to_tag` is the tag to put on the answer unless the user has one of its own (RFC 3261 8.2.6.2).
    """

    request: Request
    source: Hop
    to_tag: str


@dataclass(frozen=True, slots=True)
class Responded:
    """A response came: each provisional one, each 2xx to an INVITE with its copies (a fork may
    bring several), any other final one once."""

    response: Response


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The ACK of a 2xx came; without a key when it is in a transaction of its own, as it should."""

    ack: Request
    source: Hop


@dataclass(frozen=True, slots=True)
class Canceled:
    """The client no longer wants its INVITE answered, and knows that we know: answer 487 (9.2)."""

    cancel: Request


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing came in time.

    For a client no final response: as if it were 408 (8.1.3.1). For a server no ACK to a refusal,
    or no answer by the user itself.
    """


@dataclass(frozen=True, slots=True)
class SendFailed:
    """The transport could not send. For a client as if it were 503 (8.1.3.1)."""

    reason: str = ""


UserEvent = Requested | Responded | Acknowledged | Canceled | TimedOut | SendFailed


@dataclass(frozen=True, slots=True)
class Send:
    """Put these bytes on the wire; report a failure to `Layer.send_failed` if there is a key."""

    data: bytes
    to: Hop
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class ToUser:
    """Tell the user of the transaction; without a key the message belongs to none, and is a 2xx
    to an INVITE or its ACK: the business of dialogs."""

    key: Key | None
    event: UserEvent


@dataclass(frozen=True, slots=True)
class Ended:
    """The transaction is gone; its key may be forgotten. Comes once for each, and last."""

    key: Key


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message was dropped; `reason` is one of a few words, to be counted by."""

    reason: str


Effect = Send | ToUser | Ended | Ignored
