# SPDX-License-Identifier: Apache-2.0
"""Many due moments at once are the same moments as one by one; the single form is the rule."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wangge.cases.deadlines import (
    Clock,
    LightThresholds,
    Limit,
    due_at,
    due_many,
    elapsed_many,
    elapsed_seconds,
    yellow_at,
    yellow_many,
)
from wangge.organizations.calendar_arrays import MISSING
from wangge.organizations.calendars import (
    CalendarYearMissing,
    DayKind,
    Interval,
    WorkCalendar,
    moment_at,
    second_of,
)

OFFICE = (Interval(time(8, 30), time(12)), Interval(time(13, 30), time(17)))
NIGHT = (Interval(time(0), time(1, 30)), Interval(time(2, 15), time(6)), Interval(time(22), time(0)))
SHORT_FRIDAY = (*((OFFICE,) * 4), OFFICE[:1], (), ())
OFF = {date(2025, 10, 1) + timedelta(days=n): DayKind.HOLIDAY for n in range(8)}
ALL_OFF = {date(2024, 1, 1) + timedelta(days=n): DayKind.HOLIDAY for n in range(3 * 366)}
# Changes of half an hour (Lord Howe), two within a month (Casablanca), a whole day left out (Apia).
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia")
EDGES = (
    *("2023-12-31T16", "2024-01-01T05", "2026-12-31T16", "2027-01-01T05", "2011-12-30T10", "2012-01-01"),
    *(
        "2025-03-09T07",
        "2025-11-02T06",
        "2025-10-04T15:30",
        "2025-04-05T15",
        "2025-02-23T02",
        "2025-04-06T02",
    ),
    *("2025-10-01", "2025-03-30T01", "2025-10-26T01", "1900-01-01", "2040-06-01"),
)

calendars = st.sampled_from(
    [
        WorkCalendar(ZoneInfo(zone), week, exceptions, 2024, 2026)
        for zone, week, exceptions in product(ZONES, (SHORT_FRIDAY, (NIGHT,) * 7), ({}, OFF, ALL_OFF))
    ]
)
seconds = st.builds(
    lambda text, near: second_of(datetime.fromisoformat(text).replace(tzinfo=UTC)) + near,
    st.sampled_from(EDGES),
    st.integers(-7_200, 7_200) | st.integers(-40 * 86_400, 40 * 86_400) | st.sampled_from([-1, 0, 1]),
)
rows = st.lists(st.tuples(st.sampled_from(Clock), st.integers(1, 400), seconds), min_size=1, max_size=40)


def one(clock: Clock, value: int, start: int, calendar: WorkCalendar, yellow: int | None = None) -> int:
    limit = Limit(value, clock)
    try:
        if yellow is None:
            return second_of(due_at(limit, moment_at(start), calendar))
        return second_of(yellow_at(limit, moment_at(start), calendar, LightThresholds(yellow, 100)))
    except CalendarYearMissing:
        return int(MISSING)


@settings(max_examples=400, deadline=None)
@given(calendars, rows, st.integers(1, 100))
@example(  # the clock was set back on New Year's Eve and shows old readings into the new UTC year
    WorkCalendar(ZoneInfo("Africa/Niamey"), SHORT_FRIDAY, {}, 2024, 2026),
    [(Clock.NATURAL_DAY, 1, second_of(datetime(1912, 1, 1, 0, 30, tzinfo=UTC)))],
    80,
)
def test_many_due_moments_are_those_of_one_by_one(
    calendar: WorkCalendar, rows: list[tuple[Clock, int, int]], yellow: int
) -> None:
    clocks, values, starts = zip(*rows, strict=True)
    due = due_many(clocks, values, starts, calendar)
    early = yellow_many(clocks, values, starts, calendar, LightThresholds(yellow, 100))
    assert due.tolist() == [one(*row, calendar) for row in rows]
    assert early.tolist() == [one(*row, calendar, yellow) for row in rows]


@settings(max_examples=400, deadline=None)
@given(calendars, st.sampled_from(Clock), st.lists(st.tuples(seconds, seconds), min_size=1, max_size=20))
def test_many_counts_are_those_of_one_by_one(
    calendar: WorkCalendar, clock: Clock, pairs: list[tuple[int, int]]
) -> None:
    def single(a: int, b: int) -> int:
        try:
            return elapsed_seconds(clock, moment_at(a), moment_at(b), calendar)
        except CalendarYearMissing:
            return int(MISSING)

    a, b = np.array(pairs).T
    counted = elapsed_many(clock, a, b, calendar)
    assert counted.tolist() == [single(*pair) for pair in pairs]


def test_a_year_without_data_marks_its_rows_only() -> None:
    calendar = WorkCalendar(ZoneInfo("Asia/Shanghai"), SHORT_FRIDAY, {}, 2024, 2026)
    inside, outside = (second_of(datetime(year, 6, 1, 2, tzinfo=UTC)) for year in (2026, 2027))
    due = due_many(["work_day", "work_day", "natural_day"], 2, [inside, outside, outside], calendar)
    assert (due == MISSING).tolist() == [False, True, False]


def test_the_last_covered_second_is_known() -> None:
    calendar = WorkCalendar(ZoneInfo("America/New_York"), (NIGHT,) * 7, {}, 2024, 2026)
    end = second_of(datetime(2027, 1, 1, 5, tzinfo=UTC))
    assert due_many(Clock.WORK_HOUR, 2, [end - 7_200, end - 7_199], calendar).tolist() == [end, MISSING]
    counted = elapsed_many(
        Clock.WORK_HOUR, np.array([end - 60, end - 60]), np.array([end, end + 1]), calendar
    )
    assert counted.tolist() == [60, MISSING]


def test_one_limit_for_all_rows_and_no_rows() -> None:
    calendar = WorkCalendar(ZoneInfo("America/New_York"), SHORT_FRIDAY, {}, 2024, 2026)
    assert due_many(Clock.URGENT_HOUR, 2, [0, 60], calendar).tolist() == [7_200, 7_260]
    for clock in Clock:
        assert due_many(clock, 1, [], calendar).size == 0


@pytest.mark.parametrize(("clock", "value"), [("work_day", 0), ("work_week", 1)])
def test_what_is_no_limit_is_refused(clock: str, value: int) -> None:
    calendar = WorkCalendar(ZoneInfo("Asia/Shanghai"), SHORT_FRIDAY, {}, 2024, 2026)
    with pytest.raises(ValueError, match=r"limit|clock"):
        due_many(["work_hour", clock], [1, value], [0, 0], calendar)
