"""A calendar of opening hours: whether it is open at a moment, and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Self

from offhook.core.clock import Micros
from signalling.domain.hours import (
    WEEKDAYS,
    DifferentDays,
    Opening,
    OpeningHours,
    Zones,
    different_days,
    openings_of,
    zone_of,
)

#: What changes later than so many days from now is not looked for.
HORIZON: Final = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
#: A span ends within two days, and a day may be left out where the date line was moved.
_BEFORE = 3
#: The days that a page shows ahead.
_SHOWN = 14

#: From one moment until another.
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of the near future that is different, with the minutes of its openings."""

    day: str
    name: str
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page says of the hours in its own words. `week`: Monday first; `changes_at`: when it
    opens or closes next, None when it never does within 400 days."""

    open: bool
    changes_at: Micros | None
    time_zone: str
    week: tuple[tuple[Opening, ...], ...]
    different: tuple[ShownDay, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours in a zone. `week`: the openings of each day, Monday first.

    Where the clock is put back, an hour that is there twice opens the first time and closes the
    last time; an hour that is left out is the moment at which the clock jumps over it.
    """

    time_zone: str
    zone: tzinfo
    week: tuple[tuple[Opening, ...], ...]
    different: tuple[DifferentDays, ...]

    @classmethod
    def of(cls, hours: OpeningHours, zones: Zones, where: str = "hours") -> Self:
        """Read what was written down; raise `InvalidInput` with the field that is wrong."""
        zone = zone_of(hours.time_zone, zones, f"{where}.time_zone")
        week = tuple(
            openings_of(hours.week.get(day, []), f"{where}.week.{day}") for day in WEEKDAYS
        )
        different = tuple(
            different_days(holiday, f"{where}.holidays[{n}]")
            for n, holiday in enumerate(hours.holidays)
        )
        return cls(hours.time_zone, zone, week, different)

    def is_open(self, now: Micros) -> bool:
        """Whether it is open at this moment; at an edge it is as after it."""
        moment = _moment(now)
        day = self._day(moment)
        near = self._stretches(day - _BEFORE * _DAY, _BEFORE + 1)
        return any(begin <= moment < end for begin, end in near)

    def next_change(self, now: Micros) -> Micros | None:
        """When it opens or closes next, after `now`."""
        moment = _moment(now)
        for begin, end in self._merged(moment):
            if begin > moment:
                return self._within(begin, moment)
            if end > moment:
                return self._within(end, moment)
        return None

    def next_opening(self, now: Micros) -> Micros | None:
        """The first moment from `now` on at which it is open: `now` itself when it is."""
        moment = _moment(now)
        for begin, end in self._merged(moment):
            if end > moment:
                return self._within(max(begin, moment), moment)
        return None

    def describe(self, now: Micros) -> Shown:
        """What a page shows, without words."""
        today = self._day(_moment(now))
        days = (today + n * _DAY for n in range(_SHOWN))
        found = ((day, self._difference(day)) for day in days)
        return Shown(
            open=self.is_open(now),
            changes_at=self.next_change(now),
            time_zone=self.time_zone,
            week=self.week,
            different=tuple(
                ShownDay(day.isoformat(), what.name, what.openings) for day, what in found if what
            ),
        )

    def _within(self, found: datetime, moment: datetime) -> Micros | None:
        beyond = moment + HORIZON * _DAY
        return None if found > beyond else Micros((found - _EPOCH) // _MICROSECOND)

    def _merged(self, moment: datetime) -> Iterator[Stretch]:
        """The stretches around and after a moment, those that touch as one."""
        current: Stretch | None = None
        first = self._day(moment) - _BEFORE * _DAY
        for begin, end in self._stretches(first, HORIZON + 2 * _BEFORE):
            if current is not None and begin > current[1]:
                yield current
                current = None
            current = (begin, end) if current is None else (current[0], max(current[1], end))
        if current is not None:
            yield current

    def _stretches(self, first: date, days: int) -> Iterator[Stretch]:
        """What opens on these days, in order."""
        for n in range(days):
            day = first + n * _DAY
            if not self._happens(day):
                continue
            what = self._difference(day)
            for opening in self.week[day.weekday()] if what is None else what.openings:
                begin, end = self._edge(day, opening.begin, 0), self._edge(day, opening.end, 1)
                if begin < end:
                    yield begin, end

    def _happens(self, day: date) -> bool:
        """Whether the clock ever shows this day; one is left out where the date line was moved."""
        return self._shows(self._edge(day, 0, 0)).date() == day

    def _difference(self, day: date) -> DifferentDays | None:
        return next((days for days in self.different if days.hold(day)), None)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _edge(self, day: date, minutes: int, fold: int) -> datetime:
        """When the clock shows so many minutes after the day's midnight: the first or last time."""
        shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
        moment = shown.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
        if self._shows(moment) == shown:
            return moment
        before = shown.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        after = shown.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        return _earliest(before, after, lambda each: self._shows(each) > shown)

    def _shows(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)


def _moment(now: Micros) -> datetime:
    return _EPOCH + now * _MICROSECOND


def _earliest(before: datetime, after: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """The first second from which something holds that holds `after`, and not `before`."""
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        before, after = (before, middle) if holds(middle) else (middle, after)
    return after
