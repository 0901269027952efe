"""Money: exact, and never of two currencies at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.money import Money

pytestmark = pytest.mark.unit

AMOUNTS = st.integers(-(10**17), 10**17)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("12.50 EUR", 12_500_000), ("0.0075 EUR", 7_500), ("-1.00 EUR", -1_000_000)],
)
def test_an_amount_is_read_and_written(text: str, micros: int) -> None:
    assert Money.parse(text) == Money(micros, "EUR")
    assert str(Money(micros, "EUR")) == text


@given(AMOUNTS)
def test_reading_and_writing_are_inverse(micros: int) -> None:
    assert Money.parse(str(Money(micros, "USD"))) == Money(micros, "USD")


@given(AMOUNTS, AMOUNTS)
def test_what_is_added_can_be_taken_away(one: int, other: int) -> None:
    first, second = Money(one, "EUR"), Money(other, "EUR")
    assert first + second - second == first
    assert first * 3 == first + first + first


@pytest.mark.parametrize("text", ["", "12", "EUR 12", "12.5 eur", "1.2345678 EUR", "NaN EUR"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        Money.parse(text)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(ValueError, match="currency code"):
        Money(1, "euro")
