"""Opening hours as they are written down: a week in a time zone, and days that are different."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct, field

from offhook.core.errors import InvalidInput

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)

_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_END = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DAY: Final = 24 * 60

TimeOfDay = Annotated[str, Meta(pattern=_TIME, description="Hours and minutes, as 09:00.")]
EndOfDay = Annotated[str, Meta(pattern=_END, description="Hours and minutes; 24:00 is midnight.")]
Day = Annotated[str, Meta(pattern=_DATE, description="A date of the time zone, as 2026-12-25.")]
TimeZone = Annotated[str, Meta(min_length=1, max_length=64, description="As Europe/Paris.")]
#: Finds a time zone by its name; None when there is none.
Zones = Callable[[str], tzinfo | None]


class OpenSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when until when it is open. What closes before it opens closes on the next day; 00:00 to
    24:00 is the whole day."""

    opens: TimeOfDay
    closes: EndOfDay


Spans = Annotated[list[OpenSpan], Meta(max_length=12)]


class Holiday(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day, or the days until `last`, with hours of their own; without any it is closed.

    The hours replace those that begin on these days: what opened the evening before goes on until
    it closes. `yearly`: in every year, whichever is written. The first that names a day counts.
    """

    name: Annotated[str, Meta(max_length=128)] = ""
    first: Day
    last: Day | None = None
    hours: Spans = field(default_factory=list)
    yearly: bool = False


class OpeningHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody answers. A weekday that is not named is closed."""

    time_zone: TimeZone
    week: dict[Weekday, Spans] = field(default_factory=dict)
    holidays: Annotated[list[Holiday], Meta(max_length=200)] = field(default_factory=list)


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Minutes after the midnight with which a day begins; `end` may be on the next day."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class DifferentDays:
    """Days with openings of their own."""

    name: str
    first: date
    last: date
    yearly: bool
    openings: tuple[Opening, ...]

    def hold(self, day: date) -> bool:
        """Whether `day` is one of them."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


def openings_of(spans: Sequence[OpenSpan], where: str) -> tuple[Opening, ...]:
    """The spans of one day in order; raise `InvalidInput` when one is none."""
    return tuple(sorted(_opening(span, f"{where}[{n}]") for n, span in enumerate(spans)))


def different_days(holiday: Holiday, where: str) -> DifferentDays:
    """A holiday with its dates read; raise `InvalidInput` when they are none."""
    first = _date(holiday.first, f"{where}.first")
    last = first if holiday.last is None else _date(holiday.last, f"{where}.last")
    if last < first:
        raise InvalidInput("The last day is before the first.", field=f"{where}.last")
    openings = openings_of(holiday.hours, f"{where}.hours")
    return DifferentDays(holiday.name, first, last, holiday.yearly, openings)


def zone_of(name: str, zones: Zones, where: str) -> tzinfo:
    """The time zone of this name; raise `InvalidInput` (code `unknown_time_zone`)."""
    zone = zones(name)
    if zone is None:
        raise InvalidInput(
            f"There is no time zone {name!r}; write one as Europe/Paris.",
            code="unknown_time_zone",
            field=where,
        )
    return zone


def _opening(span: OpenSpan, where: str) -> Opening:
    begin, end = _minutes(span.opens, f"{where}.opens"), _minutes(span.closes, f"{where}.closes")
    if begin == end:
        raise InvalidInput(
            "It opens and closes at the same time; the whole day is 00:00 to 24:00.",
            field=f"{where}.closes",
        )
    return Opening(begin, end if end > begin else end + DAY)


def _minutes(text: str, where: str) -> int:
    if not re.fullmatch(_END[1:-1], text):
        raise InvalidInput("Write a time as 09:00.", field=where)
    return int(text[:2]) * 60 + int(text[3:])


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("There is no such day; write it as 2026-12-25.", field=where) from error
