"""The way of a request: route sets with loose and strict routers (RFC 3261 12.2.1.1)."""

from __future__ import annotations

import pytest

from media.sip.dialog import Routed, routed
from media.sip.dialog.route import record_routes
from media.sip.message import BadMessage, Headers

pytestmark = pytest.mark.unit

TARGET = "sip:ben@192.0.2.9"
LOOSE = "<sip:p1.example.com;lr>"
OTHER = "<sip:p2.example.com;lr>"
STRICT = "<sip:old.example.com;transport=tcp>"


@pytest.mark.parametrize(
    ("route_set", "way"),
    [
        ((), Routed(TARGET, (), TARGET)),
        ((LOOSE, OTHER), Routed(TARGET, (LOOSE, OTHER), "sip:p1.example.com;lr")),
        (
            (STRICT, LOOSE),
            Routed(
                "sip:old.example.com;transport=tcp",
                (LOOSE, f"<{TARGET}>"),
                "sip:old.example.com;transport=tcp",
            ),
        ),
        ((LOOSE, STRICT), Routed(TARGET, (LOOSE, STRICT), "sip:p1.example.com;lr")),
    ],
    ids=["direct", "loose", "strict first", "strict later"],
)
def test_the_first_router_decides_where_the_target_stands(
    route_set: tuple[str, ...], way: Routed
) -> None:
    """RFC 3261 12.2.1.1."""
    assert routed(TARGET, route_set) == way


def test_a_strict_router_becomes_the_request_uri_without_what_may_not_stand_there() -> None:
    """RFC 3261 12.2.1.1, 19.1.1."""
    way = routed(TARGET, ("<sip:old.example.com;method=INVITE;maddr=192.0.2.1?Subject=x>",))
    assert way.uri == "sip:old.example.com;maddr=192.0.2.1"


def test_a_route_that_cannot_be_read_is_an_error() -> None:
    """RFC 3261 20.34."""
    with pytest.raises(BadMessage):
        routed(TARGET, ("nonsense",))


def test_record_route_is_turned_round_for_the_caller_only() -> None:
    """RFC 3261 12.1.1 and 12.1.2; values may share a line (7.3.1)."""
    headers = Headers([("Record-Route", f"{LOOSE}, {OTHER}"), ("Record-Route", STRICT)])
    assert record_routes(headers, reverse=False) == (LOOSE, OTHER, STRICT)
    assert record_routes(headers, reverse=True) == (STRICT, OTHER, LOOSE)
