"""Requests and responses (RFC 3261 7): a start line, header fields, a body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from media.sip.message.bad import BadMessage
from media.sip.message.grammar import split_list
from media.sip.message.headers import Headers
from media.sip.message.numbers import delta_seconds, hops
from media.sip.message.status import reason_of
from media.sip.message.values import CSeq, NameAddr, Via, parse_contact

_T = TypeVar("_T")
#: Values that were read, each beside the text that it was read from.
_Cache = dict[str, tuple[str, Any]]


class _Message:
    """What requests and responses share. Typed values are read once for each text of a header;
    they raise BadMessage (400) when the header is missing or malformed."""

    __slots__ = ()
    headers: Headers
    body: bytes
    _cache: _Cache

    def start_line(self) -> str:
        """The first line, without its end."""
        raise NotImplementedError

    @property
    def via(self) -> Via:
        """The topmost value of Via."""
        return self._read("Via", self.headers.get("Via"), _top_via)

    @property
    def vias(self) -> list[Via]:
        """All values of Via, the last hop first."""
        return [Via.parse(text) for text in self.headers.values("Via")]

    @property
    def from_(self) -> NameAddr:
        """Who sent the request, with the tag of its side."""
        return self._read("From", self.headers.get("From"), _from)

    @property
    def to(self) -> NameAddr:
        """Whom the request is for, with the tag of that side once there is one."""
        return self._read("To", self.headers.get("To"), _to)

    @property
    def cseq(self) -> CSeq:
        """The number and the method of the request."""
        return self._read("CSeq", self.headers.get("CSeq"), CSeq.parse)

    @property
    def call_id(self) -> str:
        """The id of the call: compared as it is, with case."""
        return self._read("Call-ID", self.headers.get("Call-ID"), _call_id)

    @property
    def contacts(self) -> list[NameAddr]:
        """All values of Contact; the wildcard has the URI `*`."""
        return self._read("Contact", ",".join(self.headers.all("Contact")), _contacts)

    @property
    def expires(self) -> int | None:
        """The seconds that Expires says; None when it says none (RFC 3261 20.19)."""
        return delta_seconds(self.headers.get("Expires"))

    def encode(self) -> bytes:
        """The message as it goes on the wire. Content-Length is that of the body; what came from
        the wire and was not changed goes out byte for byte as it came."""
        start, headers = self.start_line(), self.headers
        if "\r" in start or "\n" in start:
            raise ValueError("the start line would break")
        if not _says(headers.all("Content-Length"), len(self.body)):
            headers = headers.copy()
            headers.put("Content-Length", str(len(self.body)))
        lines = [start, *[line[3] for line in headers.lines], "", ""]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + self.body

    def _read(self, name: str, text: str | None, parse: Callable[[str], _T]) -> _T:
        if text is None:
            raise BadMessage(400, f"Missing {name}")
        known = self._cache.get(name)
        if known is not None and (known[0] is text or known[0] == text):
            return cast(_T, known[1])
        value = parse(text)
        self._cache[name] = (text, value)
        return value


@dataclass(slots=True)
class Request(_Message):
    """A request. `uri` is text of any scheme."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    _cache: _Cache = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def max_forwards(self) -> int:
        """How many more hops the request may make: 0 to 255 (RFC 3261 20.22)."""
        return hops(self.headers.get("Max-Forwards"))

    def start_line(self) -> str:
        """The request line."""
        return f"{self.method} {self.uri} SIP/2.0"

    def respond(self, status: int, reason: str = "", *, to_tag: str = "") -> Response:
        """A response to this request, without a body (RFC 3261 8.2.6).

        Via, From, To, Call-ID and CSeq are copied; `to_tag` is put on To when that has none and
        the response is not a 100, which copies Timestamp instead.
        """
        copied = _COPIED | {"timestamp"} if status == 100 else _COPIED
        lines = [line for line in self.headers.lines if line[0] in copied]
        response = Response(status, reason or reason_of(status), Headers.of_lines(lines))
        if to_tag and status > 100:
            _put_tag(response, to_tag)
        return response


@dataclass(slots=True)
class Response(_Message):
    """A response; `status` is from 100 to 699."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    _cache: _Cache = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def retry_after(self) -> int | None:
        """The seconds to wait before another try; None when nothing is said (RFC 3261 20.33)."""
        return delta_seconds(self.headers.get("Retry-After"))

    def start_line(self) -> str:
        """The status line."""
        return f"SIP/2.0 {self.status} {self.reason}"


def refusal(message: Request | Response, status: int, reason: str) -> BadMessage:
    """What to raise for a message: with the request when an answer would find its way."""
    if isinstance(message, Response) or message.method == "ACK":
        return BadMessage(status, reason)
    text = message.headers.get("Via") or ""
    try:
        _ = message.via
    except BadMessage:
        sender = Via.sender(text)
        if sender is None:
            return BadMessage(status, reason)
        message._cache["Via"] = (text, sender)
    return BadMessage(status, reason, message)


_COPIED = frozenset({"via", "from", "to", "call-id", "cseq"})


def _put_tag(response: Response, tag: str) -> None:
    """Tag To; one that cannot be read goes back as it came."""
    try:
        to = response.to
    except BadMessage:
        return
    if not to.tag:
        response.headers.put("To", f"{response.headers.get('To')};tag={tag}")


def _says(lengths: list[str], length: int) -> bool:
    return len(lengths) == 1 and lengths[0].isdecimal() and int(lengths[0]) == length


def _top_via(text: str) -> Via:
    first = split_list(text)
    return Via.parse(first[0] if first else "")


def _from(text: str) -> NameAddr:
    return NameAddr.parse(text, "From")


def _to(text: str) -> NameAddr:
    return NameAddr.parse(text, "To")


def _call_id(text: str) -> str:
    if not text or " " in text or "\t" in text:
        raise BadMessage(400, "Malformed Call-ID")
    return text


def _contacts(text: str) -> list[NameAddr]:
    return [parse_contact(item) for item in split_list(text)]
