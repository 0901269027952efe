"""Opening hours: open and closed are right at every edge, whatever the clock and the year do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput
from offhook.core.zones import time_zone
from signalling.domain.calendar import Calendar
from signalling.domain.hours import WEEKDAYS, Holiday, OpeningHours, OpenSpan, Weekday

pytestmark = pytest.mark.unit

MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> Micros:
    return Micros((moment - _EPOCH) // timedelta(microseconds=1))


def span(text: str) -> OpenSpan:
    opens, closes = text.split("-")
    return OpenSpan(opens=opens, closes=closes)


def calendar(zone: str = "UTC", *holidays: Holiday, **week: str) -> Calendar:
    """Hours such as `monday="09:00-12:00 13:00-17:00"`."""
    days = {day: [span(each) for each in week.get(day, "").split()] for day in WEEKDAYS}
    hours = OpeningHours(time_zone=zone, week=days, holidays=list(holidays))
    return Calendar.of(hours, time_zone)


def daily(zone: str, spans: str, *holidays: Holiday) -> Calendar:
    return calendar(zone, *holidays, **dict.fromkeys(WEEKDAYS, spans))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opens(what: Calendar, text: str) -> None:
    """It is closed a minute before, and open then and a minute later."""
    at = utc(text)
    assert [what.is_open(micros(each)) for each in (at - MINUTE, at, at + MINUTE)] == [
        False, True, True,
    ]  # fmt: skip
    assert what.next_change(micros(at - MINUTE)) == what.next_opening(micros(at - MINUTE))
    assert what.next_opening(micros(at - MINUTE)) == micros(at)


def closes(what: Calendar, text: str) -> None:
    """It is open a minute before, and closed then and a minute later."""
    at = utc(text)
    assert [what.is_open(micros(each)) for each in (at - MINUTE, at, at + MINUTE)] == [
        True, False, False,
    ]  # fmt: skip
    assert what.next_change(micros(at - MINUTE)) == micros(at)
    assert what.next_opening(micros(at - MINUTE)) == micros(at - MINUTE)


def test_a_weekday_opens_and_closes_in_its_own_zone() -> None:
    shop = calendar("Europe/Paris", friday="09:00-12:30 14:00-18:00")
    opens(shop, "2026-01-09T08:00")
    closes(shop, "2026-01-09T11:30")
    opens(shop, "2026-01-09T13:00")
    closes(shop, "2026-01-09T17:00")
    opens(shop, "2026-07-10T07:00")
    assert not shop.is_open(micros(utc("2026-01-08T10:00")))


def test_what_closes_before_it_opens_closes_on_the_next_day() -> None:
    night = calendar("America/New_York", saturday="22:00-02:00")
    opens(night, "2026-01-11T03:00")
    assert night.is_open(micros(utc("2026-01-11T05:00")))
    closes(night, "2026-01-11T07:00")


@pytest.mark.parametrize(
    ("zone", "spans", "opening", "closing"),
    [
        # 29 March 2026, 02:00 → 03:00 in Paris: one hour is missing.
        ("Europe/Paris", "01:00-04:00", "2026-03-29T00:00", "2026-03-29T02:00"),
        ("Europe/Paris", "02:30-04:00", "2026-03-29T01:00", "2026-03-29T02:00"),
        ("Europe/Paris", "01:00-02:30", "2026-03-29T00:00", "2026-03-29T01:00"),
        ("Europe/Paris", "22:00-06:00", "2026-03-28T21:00", "2026-03-29T04:00"),
        # 25 October 2026, 03:00 → 02:00: one hour is there twice.
        ("Europe/Paris", "01:00-04:00", "2026-10-24T23:00", "2026-10-25T03:00"),
        ("Europe/Paris", "02:30-04:00", "2026-10-25T00:30", "2026-10-25T03:00"),
        ("Europe/Paris", "01:00-02:30", "2026-10-24T23:00", "2026-10-25T01:30"),
        ("Europe/Paris", "22:00-06:00", "2026-10-24T20:00", "2026-10-25T05:00"),
        # Half an hour on Lord Howe Island; midnight itself was missing in São Paulo.
        ("Australia/Lord_Howe", "02:15-05:00", "2026-10-03T15:30", "2026-10-03T18:00"),
        ("America/Sao_Paulo", "00:00-08:00", "2018-11-04T03:00", "2018-11-04T10:00"),
    ],
)
def test_edges_are_right_when_the_clock_changes(
    zone: str, spans: str, opening: str, closing: str
) -> None:
    opens(daily(zone, spans), opening)
    closes(daily(zone, spans), closing)


def test_an_hour_that_is_left_out_is_never_open() -> None:
    gap = calendar("Europe/Paris", sunday="02:10-02:50")
    assert gap.next_opening(micros(utc("2026-03-28T12:00"))) == micros(utc("2026-04-05T00:10"))


def test_a_whole_day_has_no_edge_at_midnight() -> None:
    always = daily("Asia/Kolkata", "00:00-24:00")
    now = micros(utc("2026-02-28T18:30"))
    assert always.is_open(now)
    assert always.next_change(now) is None
    assert always.next_opening(now) == now
    weekdays = calendar("UTC", monday="00:00-24:00", tuesday="00:00-24:00")
    opens(weekdays, "2026-01-05T00:00")
    closes(weekdays, "2026-01-07T00:00")


def test_who_never_opens_never_changes() -> None:
    never = calendar("UTC")
    now = micros(utc("2026-01-01T00:00"))
    assert (never.is_open(now), never.next_change(now), never.next_opening(now)) == (
        False, None, None,
    )  # fmt: skip


def test_a_holiday_is_closed_and_the_evening_before_goes_on() -> None:
    christmas = Holiday(name="Christmas", first="2026-12-25", last="2026-12-26")
    bar = daily("Europe/Paris", "20:00-02:00", christmas)
    closes(bar, "2026-12-25T01:00")
    opens(bar, "2026-12-27T19:00")


def test_a_holiday_may_have_hours_of_its_own() -> None:
    eve = Holiday(first="2026-12-24", hours=[span("09:00-12:00")])
    shop = daily("UTC", "08:00-18:00", eve)
    opens(shop, "2026-12-24T09:00")
    closes(shop, "2026-12-24T12:00")
    opens(shop, "2026-12-25T08:00")


def test_a_yearly_holiday_may_go_over_the_new_year() -> None:
    break_ = Holiday(first="2020-12-24", last="2021-01-02", yearly=True)
    shop = daily("UTC", "08:00-18:00", break_)
    closes(shop, "2026-12-23T18:00")
    opens(shop, "2027-01-03T08:00")


def test_the_leap_day_is_a_day() -> None:
    leap = Holiday(first="2024-02-29", yearly=True)
    shop = daily("UTC", "08:00-18:00", leap)
    closes(shop, "2028-02-28T18:00")
    opens(shop, "2028-03-01T08:00")
    opens(shop, "2027-03-01T08:00")
    opens(daily("UTC", "08:00-18:00"), "2028-02-29T08:00")


def test_the_first_holiday_that_names_a_day_counts() -> None:
    special = Holiday(first="2026-05-01", hours=[span("10:00-11:00")])
    month = Holiday(first="2026-05-01", last="2026-05-31")
    opens(daily("UTC", "08:00-18:00", special, month), "2026-05-01T10:00")
    opens(daily("UTC", "08:00-18:00", month, special), "2026-06-01T08:00")


def test_the_page_is_told_the_week_and_the_different_days_ahead() -> None:
    shop = daily("UTC", "08:00-18:00", Holiday(name="May", first="2026-05-01"))
    shown = shop.describe(micros(utc("2026-04-30T12:00")))
    assert shown.open
    assert shown.changes_at == micros(utc("2026-04-30T18:00"))
    assert [(d.begin, d.end) for d in shown.week[0]] == [(480, 1080)]
    assert [(d.day, d.name, d.openings) for d in shown.different] == [("2026-05-01", "May", ())]
    assert shop.describe(micros(utc("2026-05-02T00:00"))).different == ()


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (OpeningHours(time_zone="Mars/Base"), "hours.time_zone"),
        (OpeningHours(time_zone="right/UTC"), "hours.time_zone"),
        (OpeningHours(time_zone="UTC", week={"monday": [span("09:00-09:00")]}),
         "hours.week.monday[0].closes"),
        (OpeningHours(time_zone="UTC", week={"friday": [span("09:00-17:00\n")]}),
         "hours.week.friday[0].closes"),
        (OpeningHours(time_zone="UTC", holidays=[Holiday(first="2026-02-29")]),
         "hours.holidays[0].first"),
        (OpeningHours(time_zone="UTC", holidays=[Holiday(first="2026-02-02", last="2026-02-01")]),
         "hours.holidays[0].last"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_with_the_field(hours: OpeningHours, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Calendar.of(hours, time_zone)
    assert refused.value.field == field


# --- against a clock that is watched minute by minute --------------------------------------------

#: A zone, and a UTC midnight in the days before its clock or calendar jumps, or just some day.
PLACES = [
    ("Europe/Paris", "2026-03-27"),
    ("Europe/Paris", "2026-10-23"),
    ("America/New_York", "2026-03-06"),
    ("America/New_York", "2026-10-30"),
    ("Australia/Lord_Howe", "2026-04-03"),
    ("America/Sao_Paulo", "2018-11-02"),
    ("America/Sao_Paulo", "2018-02-16"),
    ("Pacific/Apia", "2011-12-28"),
    ("Asia/Kolkata", "2028-02-27"),
]
_times = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
_spans = st.tuples(_times, st.one_of(_times, st.just("24:00"))).filter(lambda s: s[0] != s[1])


def watched(zone: tzinfo, first: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Each minute with what the clock on the wall shows."""
    for n in range(days * 24 * 60):
        moment = first + n * MINUTE
        yield moment, moment.astimezone(zone).replace(tzinfo=None)


def open_minutes(
    week: dict[Weekday, list[OpenSpan]], seen: list[tuple[datetime, datetime]]
) -> set[datetime]:
    """From the first minute at which the wall shows, or has passed, the opening, until the last at
    which it shows the closing, or has not come to it."""
    found: set[datetime] = set()
    for day in sorted({shown.date() for _, shown in seen}):
        for each in week.get(WEEKDAYS[day.weekday()], []):
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  as the wall shows
            begin, end = (midnight + timedelta(hours=int(t[:2]), minutes=int(t[3:]))
                          for t in (each.opens, each.closes))  # fmt: skip
            if end <= begin:
                end += timedelta(days=1)
            first = min((m for m, shown in seen if shown == begin), default=None) or min(
                (m for m, shown in seen if shown > begin), default=seen[-1][0]
            )
            last = max((m for m, shown in seen if shown == end), default=None) or min(
                (m for m, shown in seen if shown > end), default=seen[-1][0]
            )
            found |= {m for m, _ in seen if first <= m < last}
    return found


@settings(max_examples=40)
@given(
    st.sampled_from(PLACES),
    st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(_spans, min_size=1, max_size=2)),
)
def test_the_calendar_agrees_with_watching_the_clock(
    place: tuple[str, str], spans: dict[Weekday, list[tuple[str, str]]]
) -> None:
    name, day = place
    zone = time_zone(name)
    assert zone is not None
    week = {d: [OpenSpan(opens=o, closes=c) for o, c in each] for d, each in spans.items()}
    subject = Calendar.of(OpeningHours(time_zone=name, week=week), time_zone)
    seen = list(watched(zone, utc(day), 7))
    expected = open_minutes(week, seen)
    middle = [m for m, _ in seen][2 * 1440 : 5 * 1440]
    told = [subject.is_open(micros(m)) for m in middle[::10]]
    assert told == [m in expected for m in middle[::10]]
    changes = [m for m in middle[1:] if (m in expected) != (m - MINUTE in expected)]
    if changes:
        assert subject.next_change(micros(middle[0])) == micros(changes[0])
