"""A session description as it stands: the session's lines and one section for each m-line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from media.sip.sdp.values import Connection, Direction, Origin

#: An a= line: its name and its value, which is None for a bare flag.
Attribute = tuple[str, str | None]


def values(attributes: Sequence[Attribute], name: str) -> list[str]:
    """The values of all a= lines of this name; those of flags are empty."""
    return [value or "" for found, value in attributes if found == name]


@dataclass(frozen=True, slots=True)
class Media:
    """One m-line with what follows it. `ports` is how many ports it names, 1 without saying so.

    Its attributes are not shown in its `repr`, as there may be keys among them.
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[Attribute, ...] = field(default=(), repr=False)
    connection: Connection | None = None
    ports: int = 1
    title: str | None = None
    bandwidths: tuple[str, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether it is refused or taken away (RFC 3264 6, 8.2)."""
        return self.port == 0

    def values(self, name: str) -> list[str]:
        """The values of its a= lines of this name."""
        return values(self.attributes, name)

    def value(self, name: str) -> str | None:
        """The value of the first a= line of this name."""
        return next(iter(self.values(name)), None)

    def has(self, name: str) -> bool:
        """Whether there is an a= line of this name."""
        return bool(self.values(name))

    def reject(self) -> Media:
        """The line that refuses this one in its place (RFC 3264 6)."""
        return Media(self.kind, 0, self.protocol, self.formats)

    def lines(self) -> Iterator[str]:
        """Its lines, in the order of RFC 8866 5."""
        port = f"{self.port}/{self.ports}" if self.ports != 1 else str(self.port)
        yield f"m={self.kind} {port} {self.protocol} {' '.join(self.formats)}"
        if self.title is not None:
            yield f"i={self.title}"
        if self.connection:
            yield f"c={self.connection}"
        yield from (f"b={bandwidth}" for bandwidth in self.bandwidths)
        yield from map(_attribute, self.attributes)


@dataclass(frozen=True, slots=True)
class Description:
    """A whole description. `times` are the values of t= lines, `bandwidths` of b= lines."""

    origin: Origin
    media: tuple[Media, ...] = ()
    connection: Connection | None = None
    name: str = "-"
    title: str | None = None
    bandwidths: tuple[str, ...] = ()
    times: tuple[str, ...] = ("0 0",)
    attributes: tuple[Attribute, ...] = field(default=(), repr=False)

    def connection_of(self, media: Media) -> Connection | None:
        """Where an m-line is reached: its own c= line goes before the session's."""
        return media.connection or self.connection

    def direction_of(self, media: Media) -> Direction:
        """The direction an m-line asks for: its own, the session's, or both ways.

        An address that is nowhere wants to be sent nothing (RFC 3264 8.4).
        """
        for name, _ in (*media.attributes, *self.attributes):
            if name in _DIRECTIONS:
                said = Direction(name)
                break
        else:
            said = Direction.SENDRECV
        connection = self.connection_of(media)
        if connection is not None and connection.is_nowhere:
            return said & Direction.SENDONLY
        return said

    def __str__(self) -> str:
        """The text, lines ending in CRLF."""
        return "".join(f"{line}\r\n" for line in self._lines())

    def encode(self) -> bytes:
        """The body of a message."""
        return str(self).encode("utf-8", "replace")

    def _lines(self) -> Iterator[str]:
        yield "v=0"
        yield f"o={self.origin}"
        yield f"s={self.name}"
        if self.title is not None:
            yield f"i={self.title}"
        if self.connection:
            yield f"c={self.connection}"
        yield from (f"b={bandwidth}" for bandwidth in self.bandwidths)
        yield from (f"t={time}" for time in self.times)
        yield from map(_attribute, self.attributes)
        for media in self.media:
            yield from media.lines()


_DIRECTIONS = frozenset(direction.value for direction in Direction)


def _attribute(attribute: Attribute) -> str:
    name, value = attribute
    return f"a={name}" if value is None else f"a={name}:{value}"
