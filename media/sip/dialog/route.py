"""Which way a request within a dialog takes: loose and strict routers (RFC 3261 12.2.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from media.sip.message import Headers, NameAddr, SipUri


class Routed(NamedTuple):
    """What the way makes of a request: its Request-URI, its Route values, and the URI of the
    station that it is sent to first (8.1.2)."""

    uri: str
    routes: tuple[str, ...]
    next_hop: str


def routed(target: str, route_set: Sequence[str]) -> Routed:
    """The way to `target` by way of the stations of `route_set`, values of Route in their order.

    A loose router leaves the Request-URI alone; a strict one, of RFC 2543, expects itself in it,
    so that the target goes to the end of the list. Raises `BadMessage` when the first station
    cannot be read.
    """
    if not route_set:
        return Routed(target, (), target)
    first = NameAddr.parse(route_set[0], "Route").uri
    if is_loose(first):
        return Routed(target, tuple(route_set), first)
    uri = _as_request_uri(first)
    return Routed(uri, (*route_set[1:], f"<{target}>"), uri)


def is_loose(uri: str) -> bool:
    """Whether a router says of itself that it leaves the Request-URI alone (19.1.1: `lr`)."""
    return "lr" in SipUri.parse(uri).params


def record_routes(headers: Headers, *, reverse: bool) -> tuple[str, ...]:
    """The route set that Record-Route makes: for the UAS as it stands (12.1.1), for the UAC from
    the end to the beginning (12.1.2)."""
    values = headers.values("Record-Route")
    return tuple(reversed(values)) if reverse else tuple(values)


def _as_request_uri(uri: str) -> str:
    """Without what may not stand in a Request-URI: the method and headers (19.1.1 table 1)."""
    parsed = SipUri.parse(uri)
    params = {name: value for name, value in parsed.params.items() if name != "method"}
    return str(replace(parsed, params=params, headers={}))
