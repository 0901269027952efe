"""Phone numbers: what people write becomes E.164, or a refusal that names the field."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.errors import InvalidInput
from offhook.core.numbers import Number

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+351 21 123 4567", None, "+351211234567"),
        ("21 123 4567", "PT", "+351211234567"),
        ("(020) 7946 0000", "GB", "+442079460000"),
        ("00351211234567", "GB", "+351211234567"),
        ("tel:+442079460000", None, "+442079460000"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, region: str | None, e164: str) -> None:
    assert Number.parse(text, region) == Number(e164)


@pytest.mark.parametrize("text", ["", "hello", "+", "123", "020 7946 0000", "+44" + "1" * 20])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Number.parse(text, field="to")
    assert (refused.value.code, refused.value.field) == ("invalid_number", "to")


def test_an_extension_is_refused_and_not_forgotten() -> None:
    with pytest.raises(InvalidInput):
        Number.parse("+44 20 7946 0000 ext. 12")


def test_a_number_tells_its_country_and_kind() -> None:
    lisbon, mobile, free = (
        Number.parse(text) for text in ("+351211234567", "+447400123456", "+448001111000")
    )
    assert (lisbon.region, lisbon.kind, lisbon.assigned) == ("PT", "fixed", True)
    assert (mobile.region, mobile.kind) == ("GB", "mobile")
    assert free.kind == "toll_free"
    assert lisbon.written == "+351 21 123 4567"
    assert lisbon.digits == "351211234567"


@given(st.integers(1_000_000, 9_999_999))
def test_reading_and_writing_are_inverse(tail: int) -> None:
    number = Number.parse(f"+35121{tail}")
    assert Number.parse(str(number)) == number
    assert Number.parse(number.written) == number


def test_the_geocoder_stays_outside() -> None:
    look = "import sys, offhook.core.numbers; print('phonenumbers.geodata' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"
