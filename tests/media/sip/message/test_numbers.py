"""Numbers in headers, of any length (RFC 3261 20)."""

from __future__ import annotations

import pytest

from media.sip.message.numbers import MOST_SECONDS, delta_seconds, hops
from tests.media.sip.message.samples import RINGING, changed, request, response

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("3600", 3600), (" 18 ;duration=3", 18), ("120 (in a meeting)", 120),
     ("007", 7), ("4294967296", MOST_SECONDS), ("9" * 5000, MOST_SECONDS), ("0" * 5000 + "1", 1),
     ("", None), ("-1", None), ("soon", None), ("٣", None)],
)  # fmt: skip
def test_seconds(text: str, seconds: int | None) -> None:
    """RFC 3261 20.19, 20.33."""
    assert delta_seconds(text) == seconds


def test_hops() -> None:
    """RFC 3261 20.22."""
    assert [hops(None), hops("0"), hops("0068"), hops("255"), hops("300")] == [70, 0, 68, 255, 255]


def test_a_response_says_when_to_try_again() -> None:
    """RFC 3261 20.33."""
    busy = changed("180 Ringing", "503 Busy\r\nRetry-After: 5 (lunch);duration=60", RINGING)
    assert response(busy).retry_after == 5
    assert response().retry_after is None


def test_a_request_says_how_long_it_is_for() -> None:
    """RFC 3261 20.19."""
    assert request(changed("Max-Forwards", "Expires: 90\r\nMax-Forwards")).expires == 90
    contact = "<sip:alice@pc33.atlanta.example.com>"
    data = changed(contact, f"{contact};expires=60, <sip:x@y>")
    assert [value.expires for value in request(data).contacts] == [60, None]
