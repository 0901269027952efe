"""Telephone numbers as addresses (RFC 3966)."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, TelUri

pytestmark = pytest.mark.unit


def test_a_global_number_is_read() -> None:
    """RFC 3966 5.1.4."""
    uri = TelUri.parse("TEL:+44-20-7946-0123;ext=1.2")
    assert (uri.digits, uri.is_global, uri.params) == ("+442079460123", True, {"ext": "1.2"})
    assert str(uri) == "tel:+44-20-7946-0123;ext=1.2"


def test_a_local_number_is_read() -> None:
    """RFC 3966 5.1.5."""
    uri = TelUri.parse("tel:7042;phone-context=example.com")
    assert (uri.digits, uri.is_global) == ("7042", False)
    assert uri.params["phone-context"] == "example.com"


@pytest.mark.parametrize(
    "text",
    ["tel:", "tel:+", "tel:+--", "tel:-", "tel:bob", "tel:+1;", "tel:+1;x=", "tel:+1;x;X",
     "tel:+1 2", "sip:+1", "tel:+1\n", "tel:+1a"],
)  # fmt: skip
def test_a_malformed_number_is_refused(text: str) -> None:
    """RFC 3966 3."""
    with pytest.raises(BadMessage, match=r"^400"):
        TelUri.parse(text)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("tel:+1-201-555-0123", "tel:+12015550123", True),
        ("tel:863-1234;phone-context=+1-914-555", "tel:8631234;phone-context=+1914555", True),
        ("tel:7042;phone-context=Example.com", "tel:7042;Phone-Context=example.COM", True),
        ("tel:+1;a=1;b=2", "tel:+1;b=2;a=1", True),
        ("tel:+1;ext=1-2", "tel:+1;ext=12", True),
        ("tel:+12015550123", "tel:12015550123", False),
        ("tel:7042;phone-context=a.com", "tel:7042;phone-context=b.com", False),
        ("tel:+1", "tel:+1;ext=2", False),
    ],
)
def test_equality(left: str, right: str, same: bool) -> None:
    """RFC 3966 4."""
    assert (TelUri.parse(left) == TelUri.parse(right)) is same
    assert (TelUri.parse(left) != TelUri.parse(right)) is not same
    assert same is (hash(TelUri.parse(left)) == hash(TelUri.parse(right)))


def test_a_number_is_no_text() -> None:
    assert TelUri.parse("tel:+1") != "tel:+1"
