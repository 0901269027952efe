"""Typed values of the headers that every message has: Via, name and address, CSeq (RFC 3261 20)."""

from __future__ import annotations

import re

from msgspec import Struct, field
from msgspec.structs import replace

from media.sip.message.bad import BadMessage
from media.sip.message.grammar import (
    QUOTED,
    WORD,
    Params,
    parse_params,
    quote,
    readable,
    unquote,
    write_params,
)
from media.sip.message.numbers import delta_seconds
from media.sip.message.uri import HOST, SipUri, read_host, read_port, write_host

#: What a branch starts with that is unique for its transaction (RFC 3261 8.1.1.7).
MAGIC_COOKIE = "z9hG4bK"
#: CSeq numbers are below this (RFC 3261 8.1.1.5).
CSEQ_END = 1 << 31

_VIA = re.compile(
    rf"[ \t]*+({WORD}++)[ \t]*+/[ \t]*+({WORD}++)[ \t]*+/[ \t]*+({WORD}++)[ \t]++"
    rf"({HOST})(?:[ \t]*+:[ \t]*+([0-9]{{1,5}}))?"
)
_URI = r'[A-Za-z][A-Za-z0-9+.\-]*+:[^<>\s"]++'
_BRACKETED = re.compile(rf'[ \t]*+({QUOTED}|[^"<>,;:\\]*+)[ \t]*+<({_URI})>', re.DOTALL)
_BARE = re.compile(r"[ \t]*+([A-Za-z][A-Za-z0-9+.\-]*+:[^\s<>\",;?]++)")
_CSEQ = re.compile(rf"[ \t]*+([0-9]{{1,20}})[ \t]++({WORD}++)[ \t]*+")


class Via(Struct, frozen=True):
    """Where a response goes, and which transaction it is of (RFC 3261 20.42)."""

    transport: str
    host: str
    port: int | None = None
    params: Params = field(default_factory=dict)
    protocol: str = "SIP/2.0"

    @classmethod
    def parse(cls, text: str) -> Via:
        """Read one value; raises BadMessage."""
        found = _VIA.match(text)
        if found is None:
            raise BadMessage(400, "Malformed Via")
        name, version, transport, host, port = found.groups()
        params = parse_params(text[found.end() :], "Via")
        protocol = f"{name}/{version}"
        return cls(transport.upper(), read_host(host), read_port(port), params, protocol)

    @classmethod
    def sender(cls, text: str) -> Via | None:
        """Of a malformed value what an answer needs: the transport, the host and the port."""
        found = _VIA.match(text)
        try:
            return None if found is None else cls.parse(found[0])
        except BadMessage:
            return None

    @property
    def branch(self) -> str:
        """The id of the transaction; empty when there is none (RFC 2543)."""
        return self.params.get("branch") or ""

    @property
    def has_cookie(self) -> bool:
        """Whether the branch alone tells the transaction (RFC 3261 8.1.1.7). It does not when it
        is the cookie and nothing more, nor of elements older than RFC 3261."""
        branch = self.branch
        return len(branch) > len(MAGIC_COOKIE) and branch[:7].lower() == MAGIC_COOKIE.lower()

    @property
    def received(self) -> str | None:
        """The address that the request came from, when it is not `host`."""
        value = self.params.get("received")
        return value.strip("[]") if value else None

    @property
    def rport(self) -> int | None:
        """The port that the request came from (RFC 3581)."""
        value = self.params.get("rport") or ""
        return int(value) if value.isascii() and value.isdigit() and int(value) < 65536 else None

    @property
    def wants_rport(self) -> bool:
        """Whether the response is to go to the port that the request came from (RFC 3581 3)."""
        return "rport" in self.params

    def seen_from(self, address: str, port: int) -> Via:
        """This value with where the request came from noted (RFC 3261 18.2.1, RFC 3581 4)."""
        params = dict(self.params)
        if self.wants_rport:
            params["rport"] = str(port)
        if self.wants_rport or address != self.host:
            params["received"] = address
        return replace(self, params=params)

    def __str__(self) -> str:
        where = write_host(self.host, self.port)
        return f"{self.protocol}/{self.transport} {where}{write_params(self.params)}"


class NameAddr(Struct, frozen=True):
    """A name for people, an address, and parameters: From, To, Contact, Route (RFC 3261 20.10).

    `display` is text for people; `uri` is of any scheme, `*` for the wildcard of Contact.
    """

    display: str
    uri: str
    params: Params = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, where: str = "Address") -> NameAddr:
        """Read one value; raises BadMessage. `where` names the header in what is raised."""
        found = _BRACKETED.match(text)
        if found is not None:
            display, uri = found[1], found[2]
            if display:
                display = readable(unquote(display.rstrip(" \t")))
        else:
            found = _BARE.match(text)
            if found is None:
                raise BadMessage(400, f"Malformed {where}")
            display, uri = "", found[1]
        return cls(display, uri, parse_params(text[found.end() :], where))

    @property
    def tag(self) -> str:
        """The tag of a dialog's end; empty when there is none."""
        return self.params.get("tag") or ""

    @property
    def expires(self) -> int | None:
        """The seconds that a contact is for; None when it does not say (RFC 3261 10.2.1.1)."""
        return delta_seconds(self.params.get("expires"))

    @property
    def sip(self) -> SipUri:
        """The address as a SIP URI; raises BadMessage."""
        return SipUri.parse(self.uri)

    def tagged(self, tag: str) -> NameAddr:
        """The same with this tag."""
        return replace(self, params={**self.params, "tag": tag})

    def __str__(self) -> str:
        if self.uri == "*":
            return "*"
        name = f"{quote(self.display)} " if self.display else ""
        return f"{name}<{self.uri}>{write_params(self.params)}"


#: The contact that stands for all of a registration (RFC 3261 10.2.2).
WILDCARD = NameAddr("", "*")


class CSeq(Struct, frozen=True):
    """The place of a request in its dialog, and its method (RFC 3261 20.16)."""

    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> CSeq:
        """Read the value; raises BadMessage."""
        found = _CSEQ.fullmatch(text)
        if found is None:
            raise BadMessage(400, "Malformed CSeq")
        number = int(found[1])
        if number >= CSEQ_END:
            raise BadMessage(400, "CSeq Out Of Range")
        return cls(number, found[2])

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def parse_contact(text: str) -> NameAddr:
    """One value of Contact, which may be the wildcard."""
    return WILDCARD if text.strip(" \t") == "*" else NameAddr.parse(text, "Contact")
