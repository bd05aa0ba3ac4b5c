# SPDX-License-Identifier: Apache-2.0
"""Work calendars by example: days, daylight saving, the edges of the covered years."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from wangge.organizations.calendars import (
    CalendarYearMissing,
    DayKind,
    Interval,
    WorkCalendar,
    add_work_seconds,
    first_moment,
    is_working,
    wall_clock,
    work_seconds_between,
    working_intervals,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
EIGHT_HOURS = (Interval(time(8), time(12)), Interval(time(14), time(18)))
SHORT_FRIDAY = (Interval(time(8), time(12)),)
HOUR = 3600


def office(zone: ZoneInfo = SHANGHAI) -> WorkCalendar:
    """Eight hours Monday to Thursday, four on Friday; 2025-05-01 is off, Sunday 2025-04-27 and Friday 05-09 make up."""
    return WorkCalendar(
        zone=zone,
        weekly=(EIGHT_HOURS,) * 4 + (SHORT_FRIDAY, (), ()),
        exceptions={
            date(2025, 5, 1): DayKind.HOLIDAY,
            date(2025, 4, 27): DayKind.MAKEUP_WORKDAY,
            date(2025, 5, 9): DayKind.MAKEUP_WORKDAY,
            date(2024, 12, 29): DayKind.MAKEUP_WORKDAY,
        },
        first_year=2025,
        last_year=2026,
    )


def every_day(zone: ZoneInfo, *intervals: tuple[time, time]) -> WorkCalendar:
    return WorkCalendar(zone, (tuple(Interval(*pair) for pair in intervals),) * 7, {}, 2025, 2026)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2025, 4, 21), 8),  # an ordinary Monday
        (date(2025, 4, 25), 4),  # a short Friday
        (date(2025, 4, 26), 0),  # Saturday
        (date(2025, 4, 27), 8),  # a make-up Sunday is a full day
        (date(2025, 5, 1), 0),  # a holiday on a Thursday
        (date(2025, 5, 9), 8),  # a make-up day is full even where its weekday is short
    ],
)
def test_working_hours_of_a_day(day: date, hours: int) -> None:
    spans = working_intervals(office(), day)
    assert sum((end - start).total_seconds() for start, end in spans) == hours * HOUR


def test_intervals_are_utc_moments() -> None:
    assert working_intervals(office(), date(2025, 4, 21)) == (
        (utc("2025-04-21 00:00"), utc("2025-04-21 04:00")),
        (utc("2025-04-21 06:00"), utc("2025-04-21 10:00")),
    )
    assert all(
        moment.tzinfo is UTC for span in working_intervals(office(), date(2025, 4, 21)) for moment in span
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-04-21 07:59:59.999999", False),
        ("2025-04-21 08:00", True),
        ("2025-04-21 11:59:59.999999", True),
        ("2025-04-21 12:00", False),
        ("2025-04-21 14:00", True),
        ("2025-04-26 10:00", False),
        ("2025-04-27 10:00", True),
        ("2025-05-01 10:00", False),
        ("2025-01-01 00:00", False),  # before the first interval of the calendar
        ("2026-12-31 23:59", False),  # after the last one
    ],
)
def test_is_working(moment: str, expected: bool) -> None:
    assert is_working(office(), local(moment)) is expected


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2025-04-21 08:00", 1, "2025-04-21 08:00:01"),
        ("2025-04-21 11:00", HOUR, "2025-04-21 12:00"),  # used up at noon, not at 14:00
        ("2025-04-21 11:00", HOUR + 1, "2025-04-21 14:00:01"),
        ("2025-04-21 12:30", HOUR, "2025-04-21 15:00"),
        ("2025-04-21 10:00:00.9", HOUR, "2025-04-21 11:00"),  # counted from the second it lies in
        ("2025-04-25 11:00", 2 * HOUR, "2025-04-27 09:00"),  # Saturday off, Sunday makes up
        ("2025-04-30 17:00", 2 * HOUR, "2025-05-02 09:00"),  # over a holiday
        ("2025-04-21 10:00", 0, "2025-04-21 10:00"),
        ("2025-04-21 12:00", 0, "2025-04-21 12:00"),  # an interval's end still belongs to it
        ("2025-04-21 13:00", 0, "2025-04-21 14:00"),
        ("2025-01-01 00:00", 0, "2025-01-01 08:00"),
    ],
)
def test_add_work_seconds(start: str, seconds: int, end: str) -> None:
    calendar = office()
    result = add_work_seconds(calendar, local(start), seconds)
    assert result == local(end)
    assert result.tzinfo is UTC
    assert work_seconds_between(calendar, local(start), result) == seconds
    assert work_seconds_between(calendar, result, local(start)) == -seconds


def test_round_the_clock_counts_every_hour_of_a_year() -> None:
    """The 23 and the 25 hours of the two jumps cancel out."""
    around_the_clock = every_day(NEW_YORK, (time(0), time(0)))
    year = work_seconds_between(
        around_the_clock, local("2025-01-01", NEW_YORK), local("2026-01-01", NEW_YORK)
    )
    assert year == 365 * 24 * HOUR


@pytest.mark.parametrize(
    ("call", "year"),
    [
        (lambda c: add_work_seconds(c, local("2024-12-31 23:59:59"), 1), 2024),
        (lambda c: add_work_seconds(c, local("2027-01-01 00:00:01"), 1), 2027),
        (lambda c: add_work_seconds(c, local("2026-12-31 17:00"), HOUR + 1), 2027),
        (lambda c: add_work_seconds(c, local("2026-12-31 18:01"), 0), 2027),
        (lambda c: work_seconds_between(c, local("2024-12-31"), local("2025-01-02")), 2024),
        (lambda c: work_seconds_between(c, local("2026-12-31"), local("2029-01-02")), 2029),
        (lambda c: is_working(c, local("2027-03-01 10:00")), 2027),
        (
            lambda c: working_intervals(c, date(2024, 12, 29)),
            2024,
        ),  # the exception alone does not cover its year
        # Local years count: this is 2026 in UTC and already 2027 in Shanghai.
        (lambda c: is_working(c, utc("2026-12-31 16:00:01")), 2027),
    ],
)
def test_a_year_without_data_is_named(call: Callable[[WorkCalendar], object], year: int) -> None:
    with pytest.raises(CalendarYearMissing) as refusal:
        call(office())
    assert refusal.value.facts == {"year": year}
    assert str(year) in refusal.value.message("zh") and str(year) in refusal.value.message("en")


def test_the_last_covered_second_is_known() -> None:
    calendar = every_day(SHANGHAI, (time(0), time(0)))
    assert add_work_seconds(calendar, local("2026-12-31 23:00"), HOUR) == local("2027-01-01 00:00")
    assert work_seconds_between(calendar, local("2026-12-31 23:00"), local("2027-01-01 00:00")) == HOUR
    assert add_work_seconds(office(), local("2026-12-31 17:00"), HOUR) == local("2026-12-31 18:00")


# In New York the clock jumps from 02:00 to 03:00 on 9 March 2025 and back from 02:00 to 01:00 on 2 November 2025.
@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2025-03-09 01:59:59", "2025-03-09 06:59:59"),
        ("2025-03-09 02:00:00", "2025-03-09 07:00:00"),
        ("2025-03-09 02:30:00", "2025-03-09 07:00:00"),  # never shown: the moment of the jump
        ("2025-03-09 03:00:00", "2025-03-09 07:00:00"),
        ("2025-03-09 03:30:00", "2025-03-09 07:30:00"),
        ("2025-11-02 01:00:00", "2025-11-02 05:00:00"),  # shown twice: the first time
        ("2025-11-02 01:59:59", "2025-11-02 05:59:59"),
        ("2025-11-02 02:00:00", "2025-11-02 07:00:00"),
    ],
)
def test_first_moment_of_a_wall_time(wall: str, moment: str) -> None:
    assert first_moment(NEW_YORK, datetime.fromisoformat(wall)) == utc(moment)


@pytest.mark.parametrize(
    ("moment", "wall"),
    [
        ("2025-03-09 06:59:59", "2025-03-09 01:59:59"),
        ("2025-03-09 07:00:00", "2025-03-09 03:00:00"),
        ("2025-11-02 05:30:00", "2025-11-02 01:30:00"),
        ("2025-11-02 06:00:00", "2025-11-02 01:59:59"),  # the clock stands while it repeats the hour
        ("2025-11-02 06:59:59", "2025-11-02 01:59:59"),
        ("2025-11-02 07:00:00", "2025-11-02 02:00:00"),
        ("2025-11-02 07:00:01", "2025-11-02 02:00:01"),
    ],
)
def test_wall_clock_never_runs_backwards(moment: str, wall: str) -> None:
    assert wall_clock(NEW_YORK, utc(moment)) == datetime.fromisoformat(wall)


@pytest.mark.parametrize(
    ("interval", "day", "hours"),
    [
        ((time(0), time(6)), date(2025, 3, 9), 5),  # the night of 23 hours
        ((time(0), time(6)), date(2025, 11, 2), 7),  # the night of 25 hours
        ((time(2), time(4)), date(2025, 3, 9), 1),  # starts at the jump
        ((time(2, 15), time(2, 45)), date(2025, 3, 9), 0),  # inside the skipped hour: gone
        ((time(1, 30), time(2)), date(2025, 11, 2), 1.5),  # from the first 01:30 to the only 02:00
        ((time(1), time(1, 30)), date(2025, 11, 2), 0.5),  # the first reading only, not twice
        ((time(0), time(0)), date(2025, 3, 9), 23),
        ((time(0), time(0)), date(2025, 11, 2), 25),
        ((time(8), time(17)), date(2025, 3, 9), 9),
    ],
)
def test_daylight_saving_nights(interval: tuple[time, time], day: date, hours: float) -> None:
    spans = working_intervals(every_day(NEW_YORK, interval), day)
    assert sum((end - start).total_seconds() for start, end in spans) == hours * HOUR


def test_an_interval_inside_the_skipped_hour_is_gone() -> None:
    assert working_intervals(every_day(NEW_YORK, (time(2, 15), time(2, 45))), date(2025, 3, 9)) == ()


def test_office_hours_follow_the_local_clock() -> None:
    """Friday 16:00 plus two hours of 9 to 5 over the weekend of the jump is Monday 10:00, an hour earlier in UTC."""
    nine_to_five = WorkCalendar(NEW_YORK, ((Interval(time(9), time(17)),),) * 5 + ((), ()), {}, 2025, 2025)
    assert add_work_seconds(nine_to_five, utc("2025-03-07 21:00"), 2 * HOUR) == utc("2025-03-10 14:00")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Interval(time(9), time(9)),
        lambda: Interval(time(9), time(8)),
        lambda: Interval(time(9, tzinfo=UTC), time(10)),
        lambda: Interval(time(9), time(10, 0, 0, 1)),
        lambda: WorkCalendar(SHANGHAI, (EIGHT_HOURS,) * 5, {}, 2025, 2025),
        lambda: WorkCalendar(SHANGHAI, ((),) * 7, {}, 2025, 2025),
        lambda: WorkCalendar(SHANGHAI, (EIGHT_HOURS[::-1],) * 7, {}, 2025, 2025),
        lambda: WorkCalendar(SHANGHAI, ((*EIGHT_HOURS, Interval(time(17), time(19))),) * 7, {}, 2025, 2025),
        lambda: WorkCalendar(SHANGHAI, (EIGHT_HOURS,) * 7, {}, 2026, 2025),
        lambda: is_working(office(), datetime(2025, 4, 21, 10)),  # without zone
        lambda: add_work_seconds(office(), local("2025-04-21 10:00"), -1),
    ],
)
def test_nonsense_is_refused(build: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        build()
