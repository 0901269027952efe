"""Where a message goes next: a transport, an address, and maybe a connection that is open."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.message import Request, Via

_DEFAULT_PORTS = {"TLS": 5061, "WS": 80, "WSS": 443}


@dataclass(frozen=True, slots=True)
class Hop:
    """One neighbour: where a message came from or is to go.

    `transport` is `UDP`, `TCP`, `TLS`, `WS` or `WSS`; `host` an address without brackets;
    `connection` names the stream among those of the shell, None for datagrams and for a stream
    that is still to be opened.
    """

    transport: str
    host: str
    port: int
    connection: int | None = None

    @property
    def reliable(self) -> bool:
        """Whether the transport itself sees to it that a message arrives."""
        return self.transport != "UDP"


def default_port(transport: str) -> int:
    """The port that is meant where a Via names none (RFC 3261 18.2.2, RFC 7118 5.2)."""
    return _DEFAULT_PORTS.get(transport.upper(), 5060)


def answer_hop(via: Via, source: Hop) -> Hop:
    """Where the answer to a request goes that came from `source` with this Via on top.

    Back on the same connection, or to the address of `maddr`, or to exactly where it came from
    when the client asks for that with `rport`, or else to the port that the client named, at the
    address it really has (RFC 3261 18.2.2, RFC 3581 4).
    """
    named = via.port or default_port(source.transport)
    if source.reliable:
        return Hop(source.transport, source.host, named, source.connection)
    if maddr := via.params.get("maddr"):
        return Hop(source.transport, maddr.strip("[]"), named)
    if via.wants_rport:
        return source
    return Hop(source.transport, source.host, named)


def stamp(request: Request, source: Hop) -> None:
    """Note in the topmost Via where the request came from (18.2.1, RFC 3581 4); twice is once."""
    seen = request.via.seen_from(source.host, source.port)
    if seen == request.via:
        return
    _, *others = request.headers.values("Via")
    request.headers.remove("Via")
    for text in reversed([str(seen), *others]):
        request.headers.prepend("Via", text)
