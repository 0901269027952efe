"""SIP and SIPS addresses (RFC 3261 19.1), and their equality."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote

from media.sip.message.bad import BadMessage
from media.sip.message.grammar import Params, write_params

_UNRESERVED = r"A-Za-z0-9\-_.!~*'()"
_ESCAPE = r"%[0-9A-Fa-f]{2}"
HOST = r"\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9](?:[A-Za-z0-9\-._]*[A-Za-z0-9])?\.?"
_SIP = re.compile(
    rf"(sips?):"
    rf"(?:((?:[{_UNRESERVED}&=+$,;?/]|{_ESCAPE})++)(?::((?:[{_UNRESERVED}&=+$,]|{_ESCAPE})*+))?@)?"
    rf"({HOST})(?::([0-9]{{1,5}}))?"
    rf"((?:;(?:[{_UNRESERVED}\[\]/:&+$=]|{_ESCAPE})++)*+)"
    rf"(?:\?((?:[{_UNRESERVED}\[\]/?:+$&=]|{_ESCAPE})++))?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+):")
#: What may stand in a user without an escape, beside letters and digits (RFC 3261 25.1).
_USER_SAFE = "-_.!~*'()&=+$,;?/"
#: An address with one of these matches none without it (RFC 3261 19.1.4).
_DECISIVE = frozenset({"user", "ttl", "method", "maddr", "transport"})


def scheme_of(uri: str) -> str:
    """The scheme in lower case; raises BadMessage when there is none."""
    found = _SCHEME.match(uri)
    if found is None:
        raise BadMessage(400, "Malformed URI")
    return found[1].lower()


def read_host(text: str) -> str:
    """A host as it is compared: in lower case, an IPv6 reference without its brackets."""
    if not text.startswith("["):
        return text
    try:
        IPv6Address(text[1:-1])
    except AddressValueError as error:
        raise BadMessage(400, "Malformed IPv6 Reference") from error
    return text[1:-1]


def write_host(host: str, port: int | None) -> str:
    """`host:port`, with the brackets that an IPv6 address needs."""
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def read_port(text: str | None) -> int | None:
    """A port from its digits."""
    if text is None:
        return None
    port = int(text)
    if port > 65535:
        raise BadMessage(400, "Port Out Of Range")
    return port


def same_host(host: str) -> str:
    """What two ways to write one host have in common (RFC 5954 4.2)."""
    return str(IPv6Address(host)) if ":" in host else host.lower()


@dataclass(frozen=True, slots=True, eq=False)
class SipUri:
    """A SIP or SIPS URI. Its parts are as they were written, escapes included; `host` is without
    the brackets of an IPv6 reference. `decoded_user` is the user without escapes."""

    host: str
    user: str | None = None
    password: str | None = None
    port: int | None = None
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "sip"

    @classmethod
    def parse(cls, text: str) -> SipUri:
        """Read the text; raises BadMessage: 416 for another scheme, otherwise 400."""
        found = _SIP.fullmatch(text)
        if found is None:
            other = scheme_of(text) not in {"sip", "sips"}
            raise BadMessage(416, "Unsupported URI Scheme") if other else _malformed()
        scheme, user, password, host, port, params, headers = found.groups()
        return cls(
            read_host(host),
            user,
            password,
            read_port(port),
            _params(params) if params else {},
            _headers(headers) if headers else {},
            scheme.lower(),
        )

    @classmethod
    def of(cls, user: str | None, host: str, port: int | None = None, **params: str) -> SipUri:
        """A SIP URI of a user in plain text, which is escaped where it must be."""
        escaped = None if user is None else quote(user, safe=_USER_SAFE)
        return cls(host, escaped, None, port, dict(params))

    @property
    def decoded_user(self) -> str:
        """The user without escapes; empty when there is none. It may hold any character."""
        return unquote(self.user or "", errors="replace")

    def __str__(self) -> str:
        secret = "" if self.password is None else f":{self.password}"
        user = "" if self.user is None else f"{self.user}{secret}@"
        headers = "&".join(f"{name}={value}" for name, value in self.headers.items())
        tail = f"?{headers}" if headers else ""
        where = write_host(self.host, self.port)
        return f"{self.scheme}:{user}{where}{write_params(self.params)}{tail}"

    def __eq__(self, other: object) -> bool:
        """RFC 3261 19.1.4. This is not transitive: a parameter that only one has is ignored."""
        if not isinstance(other, SipUri):
            return NotImplemented
        return (
            self._identity() == other._identity()
            and _same_params(self.params, other.params)
            and _comparable(self.headers) == _comparable(other.headers)
        )

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        user = None if self.user is None else _normal(self.user)
        password = None if self.password is None else _normal(self.password)
        return (self.scheme, user, password, same_host(self.host), self.port)


def _malformed() -> BadMessage:
    return BadMessage(400, "Malformed URI")


def _params(text: str) -> dict[str, str | None]:
    params: dict[str, str | None] = {}
    for piece in text[1:].split(";"):
        name, equals, value = piece.partition("=")
        name = name.lower()
        if not name or name in params or (equals and not value):
            raise _malformed()
        params[name] = value if equals else None
    return params


def _headers(text: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for piece in text.split("&"):
        name, equals, value = piece.partition("=")
        if not name or not equals:
            raise _malformed()
        headers[name] = value
    return headers


_RESERVED = ";/?:@&=+$,"
_HEX = re.compile(r"%([0-9A-Fa-f]{2})")


def _normal(text: str) -> str:
    """The text with only those escapes that mean something: of reserved characters."""
    return _HEX.sub(_unescape, text) if "%" in text else text


def _unescape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    keeps = character in _RESERVED or character == "%" or not " " < character < "\x7f"
    return found[0].upper() if keeps else character


def _comparable(pairs: Mapping[str, str | None]) -> dict[str, str | None]:
    return {
        _normal(name).lower(): None if value is None else _normal(value).lower()
        for name, value in pairs.items()
    }


def _same_params(left: Params, right: Params) -> bool:
    ours, theirs = _comparable(left), _comparable(right)
    both = ours.keys() & theirs.keys()
    only = (ours.keys() ^ theirs.keys()) & _DECISIVE
    return not only and all(ours[name] == theirs[name] for name in both)
