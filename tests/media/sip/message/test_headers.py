"""Headers: an ordered multimap whose names are compared without case (RFC 3261 7.3)."""

from __future__ import annotations

import pytest

from media.sip.message import Headers

pytestmark = pytest.mark.unit


def made(*fields: tuple[str, str]) -> Headers:
    return Headers(fields)


@pytest.mark.parametrize("name", ["Via", "via", "VIA", "v", "V"])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    """RFC 3261 7.3.1, 7.3.3."""
    assert made(("ViA", "x")).get(name) == "x"
    assert made((name, "x")).get("Via") == "x"
    assert name in made(("vIA", "x"))


@pytest.mark.parametrize(
    ("short", "full"),
    [("i", "Call-ID"), ("m", "Contact"), ("x", "Session-Expires"), ("r", "Refer-To")],
)
def test_compact_forms_are_known(short: str, full: str) -> None:
    """RFC 3261 7.3.3."""
    assert made((short, "x")).get(full) == "x"


def test_an_unknown_name_is_compared_without_case_too() -> None:
    assert made(("X-Thing", "1")).get("x-tHING") == "1"
    assert made(("X-Thing", "1")).get("X-Other") is None


def test_lines_keep_their_order() -> None:
    headers = made(("Route", "1"), ("Via", "a"), ("route", "2"))
    assert headers.all("Route") == ["1", "2"]
    assert list(headers) == [("Route", "1"), ("Via", "a"), ("route", "2")]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a, b ,c", ["a", "b", "c"]),
        ('"a, b" <sip:x>, <sip:y,z>', ['"a, b" <sip:x>', "<sip:y,z>"]),
        ('"quo\\"te, d" <sip:x>, y', ['"quo\\"te, d" <sip:x>', "y"]),
        ("a,, ,b", ["a", "b"]),
        ('a, "never ended, b', ["a", '"never ended, b']),
        ("<never ended, b", ["<never ended, b"]),
        ("", []),
    ],
)
def test_commas_part_values_outside_quotes_and_brackets(text: str, items: list[str]) -> None:
    """RFC 3261 7.3.1."""
    assert made(("Contact", text)).values("Contact") == items


def test_values_of_several_lines_are_one_list() -> None:
    """RFC 3261 7.3.1."""
    assert made(("Route", "a, b"), ("Route", "c")).values("route") == ["a", "b", "c"]


def test_put_leaves_one_line_where_the_first_was() -> None:
    headers = made(("A", "1"), ("B", "2"), ("a", "3"))
    headers.put("a", "4")
    headers.put("C", "5")
    assert list(headers) == [("a", "4"), ("B", "2"), ("C", "5")]


def test_prepend_comes_before_the_others_of_its_name() -> None:
    headers = made(("To", "t"), ("Via", "1"))
    headers.prepend("v", "0")
    headers.prepend("Route", "r")
    assert list(headers) == [("Route", "r"), ("To", "t"), ("v", "0"), ("Via", "1")]


def test_remove_takes_every_line_of_the_name() -> None:
    headers = made(("Via", "1"), ("To", "t"), ("v", "2"))
    headers.remove("VIA")
    headers.remove("absent")
    assert list(headers) == [("To", "t")]


def test_a_copy_is_apart() -> None:
    headers = made(("To", "t"))
    headers.copy().add("From", "f")
    assert list(headers) == [("To", "t")]


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\nb", "a\r"])
def test_a_value_cannot_smuggle_another_header(value: str) -> None:
    with pytest.raises(ValueError, match="break the line"):
        made().add("Subject", value)


def test_a_name_must_be_a_token() -> None:
    """RFC 3261 25.1."""
    for name in ("", "a b", "a:", "a\r\n"):
        with pytest.raises(ValueError, match="name"):
            made().add(name, "x")
