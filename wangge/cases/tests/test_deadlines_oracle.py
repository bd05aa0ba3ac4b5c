# SPDX-License-Identifier: Apache-2.0
"""Due moments against a slow oracle that walks minute by minute, and the laws every clock must keep.

The oracle shares nothing with the code under test: it asks zoneinfo what the wall clock reads in every single
minute, keeps its own little table of days off and counts. Only the clock's rule is common: a reading that repeats in
autumn does not count twice, a reading that is skipped in spring is passed at the jump.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wangge.cases.deadlines import (
    Clock,
    Light,
    Limit,
    due_at,
    elapsed_seconds,
    light,
    limit_seconds,
    yellow_at,
)
from wangge.organizations.calendars import CalendarYearMissing, DayKind, Interval, WorkCalendar

MINUTE = timedelta(minutes=1)
WORK_CLOCKS = (Clock.WORK_HOUR, Clock.WORK_DAY)


class City:
    """One calendar told twice: as plain minutes for the oracle and as the WorkCalendar under test."""

    def __init__(self, zone: str, week: list[list[tuple[int, int]]], off: set[str], makeup: set[str]) -> None:
        self.zone = ZoneInfo(zone)
        self.week = week  # Monday to Sunday: (from, to) in minutes after midnight
        self.off = {date.fromisoformat(day) for day in off}
        self.makeup = {date.fromisoformat(day) for day in makeup}
        self.calendar = WorkCalendar(
            zone=self.zone,
            weekly=tuple(tuple(Interval(_time(a), _time(b)) for a, b in day) for day in week),
            exceptions=dict.fromkeys(self.off, DayKind.HOLIDAY)
            | dict.fromkeys(self.makeup, DayKind.MAKEUP_WORKDAY),
            first_year=2024,
            last_year=2026,
        )

    def works(self, reading: datetime) -> bool:
        """Whether the wall-clock minute `reading` is working time."""
        day = reading.date()
        if day in self.off:
            return False
        spans = self.week[0] if day in self.makeup else self.week[day.weekday()]
        return any(a <= reading.hour * 60 + reading.minute < b for a, b in spans)

    def minutes(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """(moment, the latest minute the wall clock has shown by then) of every minute from `start` on."""
        shown = datetime.min
        moment = start - 240 * MINUTE  # early enough to know that a start lies in a repeated hour
        while True:
            shown = max(shown, moment.astimezone(self.zone).replace(tzinfo=None, fold=0))
            if moment >= start:
                yield moment, shown
            moment += MINUTE


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _hours(*spans: tuple[float, float]) -> list[tuple[int, int]]:
    return [(int(a * 60), int(b * 60)) for a, b in spans]


OFFICE = _hours((8, 12), (14, 18))
CITIES = {
    "china": City(
        "Asia/Shanghai",
        [OFFICE] * 5 + [[], []],
        off={f"2025-10-{day:02}" for day in range(1, 9)}
        | {"2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04"}
        | {f"2026-02-{day}" for day in range(15, 24)},
        makeup={"2025-01-26", "2025-02-08", "2025-09-28", "2025-10-11", "2026-02-14", "2026-02-28"},
    ),
    "boston": City(
        "America/New_York",
        [_hours((9, 12.5), (13, 17))] * 4 + [_hours((9, 13.5)), [], []],
        off={"2025-01-20", "2025-07-04", "2025-11-11", "2025-11-27", "2025-12-25"},
        makeup={"2025-11-08"},
    ),
    # A night desk, so that both jumps of the clock fall into working time, one interval ends in the repeated hour
    # and one starts in the skipped one.
    "night": City(
        "America/New_York",
        [_hours((0, 1.5), (2.25, 6), (22, 24))] * 7,
        off={"2025-03-12"},
        makeup=set(),
    ),
}

cities = st.sampled_from(sorted(CITIES)).map(CITIES.__getitem__)
clocks = st.sampled_from(Clock)
seconds = st.integers(0, 5 * 86_400)


def moments(within: timedelta, *around: str) -> st.SearchStrategy[datetime]:
    """Whole minutes at most `within` away from one of the UTC moments given."""
    centres = st.sampled_from([datetime.fromisoformat(text).replace(tzinfo=UTC) for text in around])
    reach = within // MINUTE
    return st.builds(lambda centre, minute: centre + minute * MINUTE, centres, st.integers(-reach, reach))


# Around holidays, and closely around both jumps of the clock in New York and the same hour some days before.
starts = moments(
    timedelta(days=6),
    "2025-01-28",
    "2025-03-09",
    "2025-10-01",
    "2025-11-02",
    "2025-11-09",
    "2026-02-20",
    "2024-06-12",
) | moments(
    timedelta(hours=3),
    "2025-03-09T07",
    "2025-03-08T07",
    "2025-03-05T07",
    "2025-11-02T06",
    "2025-11-01T06",
    "2025-10-30T06",
)
LIMITS = {
    Clock.URGENT_MINUTE: 600,
    Clock.URGENT_HOUR: 60,
    Clock.URGENT_DAY: 4,
    Clock.WORK_HOUR: 20,
    Clock.WORK_DAY: 4,
    Clock.NATURAL_DAY: 8,
}
limits = clocks.flatmap(lambda clock: st.builds(Limit, st.integers(1, LIMITS[clock]), st.just(clock)))


def oracle_due(city: City, limit: Limit, start: datetime) -> datetime:
    """Walk until the limit is used up; a work day is as long as Monday."""
    monday = sum(b - a for a, b in city.week[0])
    unit = {"urgent_minute": 1, "urgent_hour": 60, "urgent_day": 1440, "work_hour": 60, "work_day": monday}
    if limit.clock is Clock.NATURAL_DAY:
        walk = city.minutes(start)
        goal = next(walk)[1] + timedelta(days=limit.value)
        return next(moment for moment, shown in walk if shown >= goal)
    left = limit.value * unit[limit.clock]
    for moment, shown in city.minutes(start):
        left -= limit.clock not in WORK_CLOCKS or city.works(shown)
        if not left:
            return moment + MINUTE
    raise AssertionError


def in_working_time(city: City, moment: datetime) -> bool:
    """The minute before or after `moment` is working time, so its end belongs to an interval."""
    (_, before), (_, after) = (next(city.minutes(at)) for at in (moment - MINUTE, moment))
    return city.works(before) or city.works(after)


@settings(max_examples=150, deadline=None)
@given(cities, limits, starts)
def test_due_moments_agree_with_counting_minutes(city: City, limit: Limit, start: datetime) -> None:
    # Standing readings have seconds (01:59:59), which a walk in minutes cannot show: an example covers them.
    assume(limit.clock is not Clock.NATURAL_DAY or not start.astimezone(city.zone).fold)
    assert due_at(limit, start, city.calendar) == oracle_due(city, limit, start)


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("day", ["2025-03-09", "2025-11-02"])
def test_elapsed_work_agrees_minute_by_minute_over_a_jump(name: str, day: str) -> None:
    city, start = CITIES[name], datetime.fromisoformat(day).replace(tzinfo=UTC)
    worked = 0
    for moment, shown in city.minutes(start):
        assert elapsed_seconds(Clock.WORK_HOUR, start, moment, city.calendar) == worked * 60
        if moment >= start + timedelta(days=2):
            break
        worked += city.works(shown)


@settings(max_examples=300)
@given(cities, limits, starts, seconds)
def test_work_is_never_due_outside_working_time(
    city: City, limit: Limit, start: datetime, pause: int
) -> None:
    assume(limit.clock in WORK_CLOCKS)
    due = due_at(limit, start, city.calendar)
    later = due_at(limit, start + timedelta(seconds=pause), city.calendar, used=pause)
    for moment in (due, later):
        minute = moment.replace(second=0)
        assert in_working_time(city, minute if minute == moment else minute + MINUTE)


@settings(max_examples=300)
@given(cities, limits, starts, seconds, st.integers(1, 5))
def test_later_starts_and_longer_limits_are_never_due_earlier(
    city: City, limit: Limit, start: datetime, delay: int, more: int
) -> None:
    due = due_at(limit, start, city.calendar)
    assert start < due
    assert due <= due_at(limit, start + timedelta(seconds=delay), city.calendar)
    assert due < due_at(Limit(limit.value + more, limit.clock), start, city.calendar)


@settings(max_examples=300)
@given(cities, limits, starts, seconds, seconds)
def test_pause_and_run_add_up_to_the_limit(
    city: City, limit: Limit, start: datetime, run: int, pause: int
) -> None:
    calendar, clock = city.calendar, limit.clock
    due = due_at(limit, start, calendar)
    paused = start + timedelta(seconds=run)
    resumed = paused + timedelta(seconds=pause)
    assume(paused < due)
    used = elapsed_seconds(clock, start, paused, calendar)
    moved = due_at(limit, resumed, calendar, used=used)
    assert moved >= due
    assert due_at(limit, paused, calendar, used=used) == due
    before, after = (
        elapsed_seconds(clock, start, paused, calendar),
        elapsed_seconds(clock, resumed, moved, calendar),
    )
    # A natural day due inside the skipped hour is due at the jump, where the clock already shows up to an hour more.
    skipped = 3600 if clock is Clock.NATURAL_DAY else 0
    assert 0 <= before + after - limit_seconds(limit, calendar) <= skipped


@settings(max_examples=300)
@given(cities, clocks, starts, seconds, seconds)
def test_elapsed_time_adds_up(city: City, clock: Clock, a: datetime, first: int, second: int) -> None:
    b = a + timedelta(seconds=first, microseconds=first)
    c = b + timedelta(seconds=second, microseconds=second)
    parts = [elapsed_seconds(clock, *pair, city.calendar) for pair in ((a, b), (b, c), (a, c), (c, a))]
    assert parts[0] + parts[1] == parts[2] == -parts[3]
    assert min(parts[:3]) >= 0


@settings(max_examples=300)
@given(cities, limits, starts)
def test_due_is_the_first_moment_at_which_the_limit_is_used(
    city: City, limit: Limit, start: datetime
) -> None:
    due = due_at(limit, start, city.calendar)
    unit = {
        "urgent_minute": 60,
        "urgent_hour": 3600,
        "work_hour": 3600,
        "urgent_day": 86_400,
        "natural_day": 86_400,
    }
    monday = sum(b - a for a, b in city.week[0]) * 60
    total = limit.value * unit.get(limit.clock, monday)
    assert elapsed_seconds(limit.clock, start, due, city.calendar) >= total
    assert elapsed_seconds(limit.clock, start, due - timedelta(seconds=1), city.calendar) == total - 1 or (
        limit.clock is Clock.NATURAL_DAY  # at a jump of the clock the count passes several seconds at once
        and elapsed_seconds(limit.clock, start, due - timedelta(seconds=1), city.calendar) < total
    )


@settings(max_examples=300)
@given(cities, limits, starts, seconds)
def test_lights_only_ever_worsen_and_turn_where_stored(
    city: City, limit: Limit, start: datetime, passed: int
) -> None:
    due, yellow = due_at(limit, start, city.calendar), yellow_at(limit, start, city.calendar)
    now = start + timedelta(seconds=passed)
    assert start < yellow <= due
    expected = Light.RED if now >= due else Light.YELLOW if now >= yellow else Light.GREEN
    skipped_hour = (
        limit.clock is Clock.NATURAL_DAY
        and elapsed_seconds(limit.clock, start, due, city.calendar) != limit.value * 86_400
    )
    if not skipped_hour:
        assert light(limit, due, now, city.calendar) is expected


@given(limits, st.sampled_from([2023, 2027, 2031]))
def test_a_year_without_data_stops_work_clocks_only(limit: Limit, year: int) -> None:
    city = CITIES["china"]
    start = datetime(year, 3, 1, tzinfo=UTC)
    compute: Callable[[], datetime] = lambda: due_at(limit, start, city.calendar)  # noqa: E731
    if limit.clock in WORK_CLOCKS:
        with pytest.raises(CalendarYearMissing) as refusal:
            compute()
        assert refusal.value.facts == {"year": year}
    else:
        assert compute() > start
