"""Phone numbers: what people write, read into E.164 (ITU-T E.164, at most 15 digits)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from offhook.core.errors import InvalidInput

Kind = Literal["fixed", "mobile", "fixed_or_mobile", "toll_free", "premium", "other"]

_KINDS: dict[int, Kind] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A phone number that can exist, as `+` and digits."""

    e164: str

    @classmethod
    def parse(cls, text: str, region: str | None = None, *, field: str = "number") -> Self:
        """Read a number; `region` (ISO 3166, such as `PT`) is whose national form is understood.

        Raises `InvalidInput` (code `invalid_number`) when it is no number that can exist.
        """
        try:
            parsed = phonenumbers.parse(text, region)
        except NumberParseException as error:
            raise _invalid(text, field) from error
        if not phonenumbers.is_possible_number(parsed) or parsed.extension:
            raise _invalid(text, field)
        return cls(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))

    def __str__(self) -> str:
        return self.e164

    @property
    def digits(self) -> str:
        """Country code and number without the plus."""
        return self.e164[1:]

    @property
    def assigned(self) -> bool:
        """Whether the numbering plan of its country has such numbers."""
        return phonenumbers.is_valid_number(self._parsed)

    @property
    def region(self) -> str | None:
        """The ISO 3166 code of its country; None for numbers that belong to none."""
        return phonenumbers.region_code_for_number(self._parsed)

    @property
    def kind(self) -> Kind:
        """What the numbering plan says it is for."""
        return _KINDS.get(phonenumbers.number_type(self._parsed), "other")

    @property
    def written(self) -> str:
        """As people write it to strangers: `+351 21 123 4567`."""
        return phonenumbers.format_number(self._parsed, PhoneNumberFormat.INTERNATIONAL)

    @property
    def national(self) -> str:
        """Its digits without the country's code, and without what is dialled before them inside."""
        return phonenumbers.national_significant_number(self._parsed)

    @property
    def _parsed(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.e164, None)


def _invalid(text: str, field: str) -> InvalidInput:
    shown = text if len(text) <= 32 else f"{text[:32]}…"
    return InvalidInput(f"{shown!r} is no phone number", code="invalid_number", field=field)
