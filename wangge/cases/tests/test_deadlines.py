# SPDX-License-Identifier: Apache-2.0
"""Due moments, pauses and lights by example.

The holiday examples use the official holidays and make-up days of China for 2024 to 2026 (State Council notices) and
the working hours the published norms print: 08:00-12:00 and 14:00-18:00, one work day = 8 h.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from wangge.cases.deadlines import (
    Clock,
    Light,
    LightThresholds,
    Limit,
    due_at,
    elapsed_seconds,
    light,
    limit_seconds,
    yellow_at,
)
from wangge.organizations.calendars import CalendarYearMissing, DayKind, Interval, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
EIGHT_HOURS = (Interval(time(8), time(12)), Interval(time(14), time(18)))

HOLIDAYS = """
2024-01-01 2024-02-10/2024-02-17 2024-04-04/2024-04-06 2024-05-01/2024-05-05 2024-06-10
2024-09-15/2024-09-17 2024-10-01/2024-10-07
2025-01-01 2025-01-28/2025-02-04 2025-04-04/2025-04-06 2025-05-01/2025-05-05 2025-05-31/2025-06-02
2025-10-01/2025-10-08
2026-01-01/2026-01-03 2026-02-15/2026-02-23 2026-04-04/2026-04-06 2026-05-01/2026-05-05 2026-06-19/2026-06-21
2026-09-25/2026-09-27 2026-10-01/2026-10-07
"""
MAKEUP_WORKDAYS = """
2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12
2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11
2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10
"""


def days(text: str) -> Iterator[date]:
    for part in text.split():
        first, _, last = part.partition("/")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        yield from (start + timedelta(days=n) for n in range((end - start).days + 1))


CHINA = WorkCalendar(
    zone=SHANGHAI,
    weekly=(EIGHT_HOURS,) * 5 + ((), ()),
    exceptions={day: DayKind.HOLIDAY for day in days(HOLIDAYS)}
    | {day: DayKind.MAKEUP_WORKDAY for day in days(MAKEUP_WORKDAYS)},
    first_year=2024,
    last_year=2026,
)
NINE_TO_FIVE = WorkCalendar(NEW_YORK, ((Interval(time(9), time(17)),),) * 5 + ((), ()), {}, 2025, 2025)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def limit(text: str) -> Limit:
    value, clock = text.split()
    return Limit(int(value), Clock(clock))


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_holiday_table_is_whole(year: int, working_days: int) -> None:
    """Published numbers of working days: a holiday missing above would make the examples below worthless."""
    every = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    assert sum(bool(CHINA.intervals_on(day)) for day in every if day.year == year) == working_days


@pytest.mark.parametrize(
    ("start", "allowed", "due"),
    [
        # New Year's Eve 2024 is no holiday, but 10-17 February is: the next working day is make-up Sunday the 18th.
        ("2024-02-09 10:00", "1 work_day", "2024-02-18 10:00"),
        # Received on an ordinary Saturday night: counted from make-up Sunday 08:00, whose 8 hours end at 18:00.
        ("2024-02-03 20:00", "1 work_day", "2024-02-04 18:00"),
        # 2 h left on Wednesday; Qingming Thursday to Saturday; the other 2 h on make-up Sunday morning.
        ("2024-04-03 16:00", "4 work_hour", "2024-04-07 10:00"),
        # 1-5 May off: day 1 is Monday the 6th, day 2 Tuesday the 7th, same time of day.
        ("2024-04-30 17:00", "2 work_day", "2024-05-07 17:00"),
        # Friday's hours are over at 18:00 sharp; Saturday 11 May makes up and is used in full.
        ("2024-05-10 18:00", "1 work_day", "2024-05-11 18:00"),
        # Half an hour on Friday; weekend; Dragon Boat Monday off; 1.5 h from Tuesday 08:00.
        ("2024-06-07 17:30", "2 work_hour", "2024-06-11 09:30"),
        # Make-up Saturday 14th is day 1; 15-17 off; Wednesday and Thursday are days 2 and 3.
        ("2024-09-13 15:00", "3 work_day", "2024-09-19 15:00"),
        # National Day week off; 8, 9, 10, 11 October are days 1-4, make-up Saturday the 12th day 5.
        ("2024-09-30 11:00", "5 work_day", "2024-10-12 11:00"),
        # Over the turn of the year: 1 January off, Thursday 2 January is day 1.
        ("2024-12-31 16:00", "1 work_day", "2025-01-02 16:00"),
        # A start on a make-up Sunday counts like any working day: Monday 27th day 1, then 28 Jan-4 Feb off.
        ("2025-01-26 09:00", "2 work_day", "2025-02-05 09:00"),
        # 5, 6, 7 Feb, make-up Saturday 8; Sunday 9 off; 10, 11, 12: the seventh is Wednesday the 12th.
        ("2025-01-27 17:00", "7 work_day", "2025-02-12 17:00"),
        # Four hours from the opening of a make-up Sunday fill the morning: due at 12:00, not at 14:00.
        ("2025-04-27 08:00", "4 work_hour", "2025-04-27 12:00"),
        # Urgent hours run on a holiday too.
        ("2025-05-01 10:00", "2 urgent_hour", "2025-05-01 12:00"),
        # Natural days count holidays and may end on one (5 May is off).
        ("2025-04-30 15:00", "5 natural_day", "2025-05-05 15:00"),
        # In the lunch break the count waits for 14:00: 4 h Tuesday, 1-8 October off, 4 h Thursday morning.
        ("2025-09-30 12:30", "1 work_day", "2025-10-09 12:00"),
        # Lunch break of make-up Saturday: 14:00 plus 2 h the same day.
        ("2025-10-11 13:00", "2 work_hour", "2025-10-11 16:00"),
        # 1-3 January off, but Sunday 4 January makes up and is day 1; Monday is day 2.
        ("2025-12-31 17:00", "2 work_day", "2026-01-05 17:00"),
        # 4 h on make-up Saturday afternoon, nine days off, 4 h on Tuesday: used up at noon.
        ("2026-02-14 14:00", "1 work_day", "2026-02-24 12:00"),
        # The make-up day after the festival: Saturday 28 February follows Friday.
        ("2026-02-27 10:00", "1 work_day", "2026-02-28 10:00"),
        # Twelve working days: 6, 7, 8, make-up Saturday 9, 11-15, 18, 19, 20 May.
        ("2026-04-30 10:30", "12 work_day", "2026-05-20 10:30"),
        # Make-up Sunday 20 September is day 1, Thursday the 24th day 5, the last before the holiday.
        ("2026-09-18 09:00", "5 work_day", "2026-09-24 09:00"),
        # An urgent day is 24 hours and runs into Mid-Autumn.
        ("2026-09-24 16:00", "1 urgent_day", "2026-09-25 16:00"),
        # 8 and 9 October, then make-up Saturday the 10th.
        ("2026-09-30 17:00", "3 work_day", "2026-10-10 17:00"),
        # A desk stage at night on a holiday.
        ("2026-10-01 23:50", "15 urgent_minute", "2026-10-02 00:05"),
    ],
)
def test_due_moments_around_holidays(start: str, allowed: str, due: str) -> None:
    result = due_at(limit(allowed), local(start), CHINA)
    assert result == local(due)
    assert result.tzinfo is UTC


@pytest.mark.parametrize("allowed", ["2 work_day", "9 work_hour"])
def test_a_year_without_data_stops_work_clocks_only(allowed: str) -> None:
    # The 31st still holds 6 h from 10:00, and nothing is known of 2027 (1 January is surely off, but no guess is made).
    with pytest.raises(CalendarYearMissing) as refusal:
        due_at(limit(allowed), local("2026-12-31 10:00"), CHINA)
    assert refusal.value.facts == {"year": 2027}
    assert due_at(limit("2 natural_day"), local("2026-12-31 10:00"), CHINA) == local("2027-01-02 10:00")
    assert due_at(limit("2 urgent_day"), local("2031-12-31 10:00"), CHINA) == local("2032-01-02 10:00")


def test_a_work_day_is_a_normal_days_hours() -> None:
    """With a short Friday a limit may end on another time of day, but a later start is never due earlier."""
    short_friday = WorkCalendar(SHANGHAI, (EIGHT_HOURS,) * 4 + (EIGHT_HOURS[:1], (), ()), {}, 2025, 2025)
    assert limit_seconds(limit("1 work_day"), short_friday) == 8 * 3600
    # Thursday 17:00: 1 h Thursday, 4 h Friday, 3 h Monday. Friday 09:00: 3 h Friday, 5 h Monday.
    assert due_at(limit("1 work_day"), local("2025-04-24 17:00"), short_friday) == local("2025-04-28 11:00")
    assert due_at(limit("1 work_day"), local("2025-04-25 09:00"), short_friday) == local("2025-04-28 15:00")


@pytest.mark.parametrize(
    ("start", "allowed", "due"),
    [
        # The clock jumps at 02:00 on 9 March and back at 02:00 on 2 November 2025. A day of 23 hours:
        ("2025-03-08 10:00-05:00", "1 natural_day", "2025-03-09 10:00-04:00"),
        # 02:30 is skipped: due at the jump. The day after it is there again.
        ("2025-03-08 02:30-05:00", "1 natural_day", "2025-03-09 03:00-04:00"),
        ("2025-03-08 02:30-05:00", "2 natural_day", "2025-03-10 02:30-04:00"),
        # A day of 25 hours; and 01:30 shown twice: the first one.
        ("2025-11-01 10:00-04:00", "1 natural_day", "2025-11-02 10:00-05:00"),
        ("2025-11-01 01:30-04:00", "1 natural_day", "2025-11-02 01:30-04:00"),
        # Started in the repeated hour, while the clock stands at 01:59:59: never before a start of the first pass.
        ("2025-11-02 01:59-04:00", "1 natural_day", "2025-11-03 01:59-05:00"),
        ("2025-11-02 01:30-05:00", "1 natural_day", "2025-11-03 01:59:59-05:00"),
        # An urgent day has 24 hours, whatever the clock shows; work clocks follow the local office hours.
        ("2025-03-08 10:00-05:00", "1 urgent_day", "2025-03-09 11:00-04:00"),
        ("2025-03-07 16:00-05:00", "1 work_day", "2025-03-10 16:00-04:00"),
        ("2025-10-31 16:00-04:00", "2 work_hour", "2025-11-03 10:00-05:00"),
    ],
)
def test_daylight_saving(start: str, allowed: str, due: str) -> None:
    assert due_at(limit(allowed), datetime.fromisoformat(start), NINE_TO_FIVE) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("clock", "due", "paused", "resumed", "expected"),
    [
        # 1 h of Monday and the whole 8 h of Tuesday are left: 4 h on Thursday from 14:00, 5 h on Friday.
        (Clock.WORK_DAY, "2025-06-10 18:00", "2025-06-09 17:00", "2025-06-12 14:00", "2025-06-13 15:00"),
        # Paused at night with 2 h left, resumed on Saturday: Monday 10:00.
        (Clock.WORK_HOUR, "2025-06-10 10:00", "2025-06-09 22:00", "2025-06-14 09:00", "2025-06-16 10:00"),
        (Clock.URGENT_HOUR, "2025-06-10 10:00", "2025-06-10 09:30", "2025-06-14 23:45", "2025-06-15 00:15"),
        (Clock.NATURAL_DAY, "2025-06-10 10:00", "2025-06-08 11:00", "2025-06-20 11:00", "2025-06-22 10:00"),
        # No pause at all changes nothing, also at the edge of an interval.
        (Clock.WORK_DAY, "2025-06-10 12:00", "2025-06-09 12:30", "2025-06-09 12:30", "2025-06-10 12:00"),
    ],
)
def test_what_was_left_is_left_after_a_pause(
    clock: Clock, due: str, paused: str, resumed: str, expected: str
) -> None:
    whole = Limit(100, clock)
    used = limit_seconds(whole, CHINA) - elapsed_seconds(clock, local(paused), local(due), CHINA)
    assert due_at(whole, local(resumed), CHINA, used=used) == local(expected)


def test_what_is_used_up_is_due_at_once_and_what_was_granted_is_added() -> None:
    five, start = limit("5 work_hour"), local("2025-06-09 09:00")
    assert due_at(five, start, CHINA, used=6 * 3600) == start
    assert yellow_at(five, start, CHINA, used=6 * 3600) == start
    assert due_at(five, start, CHINA, used=-5 * 3600) == due_at(limit("10 work_hour"), start, CHINA)
    # the last fifth of one limit, not of the sum
    assert yellow_at(five, start, CHINA, used=-5 * 3600) == due_at(limit("9 work_hour"), start, CHINA)


@pytest.mark.parametrize(
    ("clock", "a", "b", "seconds"),
    [
        (Clock.WORK_HOUR, "2025-06-09 11:00", "2025-06-09 15:00", 2 * 3600),
        (Clock.WORK_DAY, "2025-06-06 17:00", "2025-06-09 09:00", 2 * 3600),
        (Clock.WORK_DAY, "2025-06-09 09:00", "2025-06-06 17:00", -2 * 3600),
        (Clock.URGENT_DAY, "2025-06-06 17:00", "2025-06-09 09:00", 64 * 3600),
        (Clock.NATURAL_DAY, "2025-06-06 17:00", "2025-06-09 09:00", 64 * 3600),
        (Clock.NATURAL_DAY, "2025-06-09 09:00:00.9", "2025-06-09 09:00:01.1", 1),
    ],
)
def test_elapsed_seconds(clock: Clock, a: str, b: str, seconds: int) -> None:
    assert elapsed_seconds(clock, local(a), local(b), CHINA) == seconds


def test_natural_days_elapse_by_the_wall_clock() -> None:
    a, b = datetime.fromisoformat("2025-03-08 10:00-05:00"), datetime.fromisoformat("2025-03-09 10:00-04:00")
    assert elapsed_seconds(Clock.NATURAL_DAY, a, b, NINE_TO_FIVE) == 86_400
    assert elapsed_seconds(Clock.URGENT_DAY, a, b, NINE_TO_FIVE) == 82_800


# 5 work days from Monday 9 June 08:00 are due on Friday 18:00; 80 % = 32 h are used on Thursday 18:00.
@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2025-06-08 10:00", Light.GREEN),  # before the start
        ("2025-06-09 08:00", Light.GREEN),
        ("2025-06-12 17:59:59", Light.GREEN),
        ("2025-06-12 18:00", Light.YELLOW),
        ("2025-06-12 23:00", Light.YELLOW),  # the night uses nothing
        ("2025-06-13 17:59:59", Light.YELLOW),
        ("2025-06-13 18:00", Light.RED),
        ("2031-01-01 00:00", Light.RED),  # long overdue, in a year without calendar data
    ],
)
def test_lights_turn_on_the_limits_own_clock(now: str, colour: Light) -> None:
    five, start = limit("5 work_day"), local("2025-06-09 08:00")
    due = due_at(five, start, CHINA)
    assert due == local("2025-06-13 18:00")
    assert yellow_at(five, start, CHINA) == local("2025-06-12 18:00")
    assert light(five, due, local(now), CHINA) is colour


def test_a_pause_moves_the_light_with_the_due_moment() -> None:
    ten, start = limit("10 urgent_hour"), local("2025-06-09 08:00")
    pause = local("2025-06-09 09:00"), local("2025-06-11 09:00")
    used = elapsed_seconds(ten.clock, start, pause[0], CHINA)
    due, yellow = (run(ten, pause[1], CHINA, used=used) for run in (due_at, yellow_at))
    assert (yellow, due) == (local("2025-06-11 16:00"), local("2025-06-11 18:00"))
    assert light(ten, due, yellow - timedelta(seconds=1), CHINA) is Light.GREEN
    assert light(ten, due, yellow, CHINA) is Light.YELLOW


def test_thresholds_are_data() -> None:
    early = LightThresholds(yellow=50, red=90)
    ten, start = limit("10 urgent_hour"), local("2025-06-09 08:00")
    due = due_at(ten, start, CHINA)
    colours = [light(ten, due, start + timedelta(hours=hours), CHINA, early) for hours in (4, 5, 8, 9, 10)]
    assert colours == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED, Light.RED]
    assert yellow_at(ten, start, CHINA, early) == local("2025-06-09 13:00")


def test_a_share_of_a_second_rounds_up() -> None:
    """80 % of a 3-minute limit is 144 s; 33 % is 59.4 s, reached in second 60."""
    three, start = limit("3 urgent_minute"), local("2025-06-09 08:00")
    third = LightThresholds(yellow=33, red=100)
    assert yellow_at(three, start, CHINA) == local("2025-06-09 08:02:24")
    assert yellow_at(three, start, CHINA, third) == local("2025-06-09 08:01:00")
    due = due_at(three, start, CHINA)
    assert light(three, due, start + timedelta(seconds=59), CHINA, third) is Light.GREEN
    assert light(three, due, start + timedelta(seconds=60), CHINA, third) is Light.YELLOW


@pytest.mark.parametrize("bad", [(0, 100), (80, 70), (80, 101)])
def test_thresholds_in_order(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        LightThresholds(*bad)


def test_a_limit_is_at_least_one() -> None:
    with pytest.raises(ValueError):
        Limit(0, Clock.WORK_DAY)
