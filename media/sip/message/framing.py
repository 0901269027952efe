"""Cuts a stream into messages (RFC 3261 18.3) and keep-alives (RFC 5626 3.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from media.sip.message.bad import BadMessage
from media.sip.message.checks import check
from media.sip.message.limits import LIMITS, Limits
from media.sip.message.message import Request, Response, refusal
from media.sip.message.parse import Message, body_length, read_head, read_start

_LINE = b"\r\n"
_END = b"\r\n\r\n"
#: What the first line of a message can begin with; a TLS hello or a binary protocol cannot.
_BEGINS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~")


class KeepAlive(Enum):
    """What crosses a flow so that it stays open."""

    PING = "ping"
    PONG = "pong"


#: What answers a ping.
PONG_BYTES = _LINE
#: What asks for a pong.
PING_BYTES = _END


@dataclass(slots=True)
class _Pending:
    """A message whose body is not all there; `bad` when it is refused already."""

    message: Message
    start: int
    end: int
    bad: BadMessage | None = None


class Framer:
    """One direction of one connection.

    `opened_by_us` tells whose keep-alives these are: who opened a flow pings, the other answers.
    Once `broken`, nobody knows where the next message starts: what is to be answered is answered,
    and the connection closed.
    """

    def __init__(self, *, opened_by_us: bool, limits: Limits = LIMITS) -> None:
        self.broken = False
        self._opened_by_us = opened_by_us
        self._limits = limits
        self._buffer = bytearray()
        self._searched = 0
        self._started = False
        self._pending: _Pending | None = None

    @property
    def waiting(self) -> int:
        """Bytes of a message that is not complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Request | Response | BadMessage | KeepAlive]:
        """What has become complete with these bytes, in order.

        A BadMessage here is of one message only, unless the framer is broken afterwards.
        """
        found: list[Request | Response | BadMessage | KeepAlive] = []
        if not self.broken:
            self._buffer += data
        while not self.broken:
            event = self._next()
            if event is None:
                break
            found.append(event)
        return found

    def _next(self) -> Request | Response | BadMessage | KeepAlive | None:
        if self._pending is None:
            alive = self._keep_alive()
            if alive is not None:
                return alive
            try:
                self._pending = self._head()
            except BadMessage as bad:
                return self._lose(bad)
        return None if self._pending is None else self._complete(self._pending)

    def _keep_alive(self) -> KeepAlive | None:
        """Take line ends between messages; those that are no keep-alive mean nothing (7.5)."""
        while self._buffer.startswith(_LINE):
            if self._opened_by_us:
                self._cut(len(_LINE))
                return KeepAlive.PONG
            if self._buffer.startswith(_END):
                self._cut(len(_END))
                return KeepAlive.PING
            if len(self._buffer) < len(_END) and _END.startswith(self._buffer):
                return None
            self._cut(len(_LINE))
        return None

    def _head(self) -> _Pending | None:
        """The next message up to its body, when that much is there."""
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            if not _END.startswith(self._buffer):
                self._check_start()
            self._searched = max(0, len(self._buffer) - len(_END) + 1)
            return None
        data = bytes(self._buffer[: end + len(_END)])
        try:
            message, start = read_head(data, self._limits)
        except BadMessage as bad:
            return self._refused(bad, len(data))
        return self._measured(message, start, None)

    def _check_start(self) -> None:
        """Do not wait for the end of what never was a message."""
        if self._buffer[0] not in _BEGINS:
            raise BadMessage(400, "Malformed Start Line")
        if not self._started:
            self._check_first_line()
        if len(self._buffer) >= self._limits.head + len(_END):
            raise BadMessage(513, "Message Too Large")

    def _check_first_line(self) -> None:
        longest = self._limits.line
        end = self._buffer.find(_LINE, 0, longest + len(_LINE))
        if end >= 0:
            read_start(self._buffer[:end].decode("utf-8", "surrogateescape"))
            self._started = True
        elif len(self._buffer) >= longest + len(_LINE):
            raise BadMessage(513, "Start Line Too Long")

    def _refused(self, bad: BadMessage, start: int) -> _Pending:
        """A refused head of which the length can be trusted does not end the connection."""
        if bad.request is None or bad.status == 513:
            raise bad
        return self._measured(bad.request, start, bad)

    def _measured(self, message: Message, start: int, bad: BadMessage | None) -> _Pending:
        length = body_length(message)
        if length is None:
            raise bad or refusal(message, 400, "Missing Content-Length")
        if start + length > self._limits.message:
            raise bad or refusal(message, 513, "Message Too Large")
        return _Pending(message, start, start + length, bad)

    def _complete(self, pending: _Pending) -> Request | Response | BadMessage | None:
        if len(self._buffer) < pending.end:
            return None
        pending.message.body = bytes(self._buffer[pending.start : pending.end])
        self._cut(pending.end)
        self._pending = None
        if pending.bad is not None:
            return pending.bad
        try:
            check(pending.message, self._limits)
        except BadMessage as bad:
            return bad
        return pending.message

    def _cut(self, length: int) -> None:
        del self._buffer[:length]
        self._searched, self._started = 0, False

    def _lose(self, bad: BadMessage) -> BadMessage:
        self.broken = True
        self._buffer.clear()
        return bad
