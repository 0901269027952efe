"""Where answers go: RFC 3261 18.2.2 and RFC 3581."""

from __future__ import annotations

import pytest

from media.sip.message import Via
from media.sip.transaction import Hop
from media.sip.transaction.hop import answer_hop, default_port

pytestmark = pytest.mark.unit

FROM = Hop("UDP", "203.0.113.9", 32768)


@pytest.mark.parametrize(
    ("via", "host", "port"),
    [
        ("SIP/2.0/UDP 10.0.0.7:5082;branch=x", "203.0.113.9", 5082),
        ("SIP/2.0/UDP 10.0.0.7;branch=x", "203.0.113.9", 5060),
        ("SIP/2.0/UDP 10.0.0.7;rport;branch=x", "203.0.113.9", 32768),
        ("SIP/2.0/UDP 10.0.0.7:5082;maddr=224.0.1.75;branch=x", "224.0.1.75", 5082),
        ("SIP/2.0/UDP 10.0.0.7;maddr=[2001:db8::1];branch=x", "2001:db8::1", 5060),
    ],
    ids=["port", "default", "rport", "maddr", "maddr6"],
)
def test_an_answer_to_a_datagram_goes_where_its_via_says(via: str, host: str, port: int) -> None:
    """RFC 3261 18.2.2, RFC 3581 4."""
    assert answer_hop(Via.parse(via), FROM) == Hop("UDP", host, port)


@pytest.mark.parametrize("transport", ["TCP", "TLS", "WSS"])
def test_an_answer_on_a_stream_names_the_connection_and_where_to_call_back(transport: str) -> None:
    """RFC 3261 18.2.2."""
    source = Hop(transport, "203.0.113.9", 32768, connection=4)
    via = Via.parse(f"SIP/2.0/{transport} 10.0.0.7;rport;branch=x")
    assert answer_hop(via, source) == Hop(transport, "203.0.113.9", default_port(transport), 4)
    assert source.reliable
    assert not FROM.reliable
