"""The header fields of a message: an ordered multimap that keeps text as it came (RFC 3261 7.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from media.sip.message.grammar import is_token, split_list

#: Compact forms: RFC 3261 7.3.3 and the IANA registry.
COMPACT = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "d": "Request-Disposition",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "j": "Reject-Contact",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "n": "Identity-Info",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
    "y": "Identity",
}
_COMMON = (
    "Accept Accept-Encoding Accept-Language Alert-Info Allow Authentication-Info Authorization "
    "Call-Info Content-Disposition Content-Language CSeq Date Diversion Error-Info Expires "
    "History-Info In-Reply-To Join Max-Forwards MIME-Version Min-Expires Min-SE Organization "
    "P-Asserted-Identity P-Preferred-Identity Path Priority Privacy Proxy-Authenticate "
    "Proxy-Authorization Proxy-Require RAck Reason Record-Route Replaces Reply-To Require "
    "Retry-After Route RSeq Server Service-Route Session-ID SIP-ETag SIP-If-Match "
    "Subscription-State Timestamp Unsupported User-Agent Warning WWW-Authenticate"
)


def _spellings() -> dict[str, str]:
    keys = {full: full.lower() for full in (*_COMMON.split(), *COMPACT.values())}
    keys |= {key: key for key in keys.values()}
    for short, full in COMPACT.items():
        keys[short] = keys[short.upper()] = full.lower()
    return keys


#: The key of a name by its spelling; what is not here is only put in lower case.
KEYS = _spellings()


def key_of(name: str) -> str:
    """What two spellings of one header's name have in common."""
    return KEYS.get(name) or KEYS.get(lower := name.lower(), lower)


#: One header line: the key that its name is compared by, its name and its value without folds and
#: the blanks around, and the line as it came. A tuple without names, for there are many.
Line = tuple[str, str, str, str]


def _line(name: str, value: str) -> Line:
    key = key_of(name)
    if key not in KEYS and not is_token(name):
        raise ValueError(f"{name!r} is not the name of a header")
    if "\r" in value or "\n" in value:
        raise ValueError(f"the value of {name!r} would break the line")
    return (key, name, value, f"{name}: {value}")


class Headers:
    """An ordered multimap; names are compared without case, compact forms are known."""

    __slots__ = ("lines",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self.lines = [_line(name, value) for name, value in fields]

    @classmethod
    def of_lines(cls, lines: list[Line]) -> Headers:
        """Headers of lines that were read; they are written again as they came."""
        headers = cls()
        headers.lines = lines
        return headers

    def get(self, name: str) -> str | None:
        """The value of the first line of this name."""
        key = KEYS.get(name) or key_of(name)
        for line in self.lines:
            if line[0] == key:
                return line[2]
        return None

    def all(self, name: str) -> list[str]:
        """The values of this name, one for each line."""
        key = key_of(name)
        return [line[2] for line in self.lines if line[0] == key]

    def values(self, name: str) -> list[str]:
        """The values of this name, those that share a line apart (RFC 3261 7.3.1)."""
        return [item for text in self.all(name) for item in split_list(text)]

    def add(self, name: str, value: str) -> None:
        """Append a line."""
        self.lines.append(_line(name, value))

    def prepend(self, name: str, value: str) -> None:
        """Put a line before all others of its name; at the very top when there is none."""
        line = _line(name, value)
        self.lines.insert(self._first(line[0]) or 0, line)

    def put(self, name: str, value: str) -> None:
        """Have one line of this name, where its first was, or at the end."""
        line, at = _line(name, value), self._first(key_of(name))
        if at is None:
            self.lines.append(line)
            return
        self.lines[at] = line
        self.lines[at + 1 :] = [other for other in self.lines[at + 1 :] if other[0] != line[0]]

    def remove(self, name: str) -> None:
        """Have no line of this name."""
        key = key_of(name)
        self.lines = [line for line in self.lines if line[0] != key]

    def copy(self) -> Headers:
        """The same lines; changing one multimap does not change the other."""
        return Headers.of_lines(list(self.lines))

    def _first(self, key: str) -> int | None:
        return next((at for at, line in enumerate(self.lines) if line[0] == key), None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, value) for _, name, value, _ in self.lines)

    def __contains__(self, name: str) -> bool:
        return self._first(key_of(name)) is not None

    def __len__(self) -> int:
        return len(self.lines)

    def __eq__(self, other: object) -> bool:
        """Same names and values in the same order, however they were written."""
        if not isinstance(other, Headers):
            return NotImplemented
        return [line[0:3:2] for line in self.lines] == [line[0:3:2] for line in other.lines]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({list(self)!r})"
