# SPDX-License-Identifier: Apache-2.0
"""Work calendars: which seconds count as working time, and arithmetic over them.

Pure: no database, no clock, no settings. One rule turns wall-clock times into moments, so that daylight saving
needs no special case anywhere else: **a wall time stands for the first moment at which the zone's clock reads that
time or later.** A time that does not exist (spring) is the moment the clock jumps; a time that exists twice
(autumn) is the first of the two, and for every count the clock stands still while it repeats an hour.

Counting is in whole seconds: a moment counts as the second it lies in, so counts add up without rounding.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from math import floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wangge.common.errors import Conflict


class CalendarYearMissing(Conflict):
    """A count of working time starts, ends or would end in the year `year`, which the calendar does not cover."""

    code = "calendar_year_missing"
    zh = "工作日历没有{year}年的数据，无法计算时限。请先导入该年的节假日和调休安排。"
    en = (
        "The work calendar has no data for {year}, so the time limit cannot be computed. "
        "Load that year's holidays and make-up working days first."
    )


class DayKind(StrEnum):
    """How a date departs from its weekday."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True)
class Interval:
    """Wall-clock working time from `start` up to `end`; an `end` of 00:00 is midnight at the end of the day.

    A shift across midnight is two intervals: one to 00:00, one from 00:00 of the next weekday.
    Raises ValueError unless start < end, both without zone and in whole seconds.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if any(wall.tzinfo or wall.microsecond for wall in (self.start, self.end)):
            raise ValueError(f"working interval {self.start}-{self.end}: plain times in whole seconds only")
        if self.seconds[0] >= self.seconds[1]:
            raise ValueError(f"working interval {self.start}-{self.end}: the end must come after the start")

    @property
    def seconds(self) -> tuple[int, int]:
        """Start and end in wall-clock seconds after midnight, 0 to 86,400."""
        return _second_of_day(self.start), _second_of_day(self.end) or 86_400


class Timeline(NamedTuple):
    """All working intervals in order of time, as parallel tuples of whole UTC seconds."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]  # working seconds ahead of interval i; one longer, so the last entry is the total
    first: int  # covered from this second
    last: int  # to this one, included: nothing unknown lies before it


Week = tuple[tuple[Interval, ...], ...]


@dataclass(frozen=True)
class Season:
    """Other hours from `first` to `last`, days of the year as "MM-DD", both included."""

    first: str
    last: str
    weekly: Week


def in_season(day: str, first: str, last: str) -> bool:
    """Whether `day` lies in the season; one whose first day comes after its last goes across New Year."""
    return first <= day <= last if first <= last else day >= first or day <= last


@dataclass(frozen=True)
class WorkCalendar:
    """Working time of a city or of a kind of unit, known for the years `first_year` to `last_year`, both included.

    `weekly` holds the intervals of Monday to Sunday; in a season those of the season. `exceptions` overrides single
    dates: a holiday has no working time; a make-up working day has the intervals of the first weekday (of its season)
    that has any, because it stands in for a full working day whatever its own weekday is. Exceptions outside the
    covered years are kept but have no effect: the notice for one year may name days of the year before, so the dates
    count, not the notice they came in.

    Raises ValueError when a week is not seven days, has no working time, or a day's intervals overlap or are out
    of order, and when the years are reversed.
    """

    zone: ZoneInfo
    weekly: Week
    exceptions: Mapping[date, DayKind]
    first_year: int
    last_year: int
    seasons: tuple[Season, ...] = ()

    def __post_init__(self) -> None:
        for week in (self.weekly, *(season.weekly for season in self.seasons)):
            _check_week(week)
        if self.first_year > self.last_year:
            raise ValueError(f"first_year {self.first_year} comes after last_year {self.last_year}")

    @cached_property
    def normal_day(self) -> tuple[Interval, ...]:
        """Intervals of the first weekday that has any, outside every season: the pattern of a full working day."""
        return _normal_day(self.weekly)

    @cached_property
    def normal_day_seconds(self) -> int:
        """Working seconds of a full working day (28,800 for eight hours): the length of one `work_day`."""
        return sum(end - start for start, end in (interval.seconds for interval in self.normal_day))

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """Wall-clock intervals of `day`; raises CalendarYearMissing outside the covered years."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarYearMissing(year=day.year)
        match self.exceptions.get(day):
            case DayKind.HOLIDAY:
                return ()
            case DayKind.MAKEUP_WORKDAY:
                return _normal_day(self._week_of(day))
        return self._week_of(day)[day.weekday()]

    def _week_of(self, day: date) -> Week:
        text = f"{day:%m-%d}"
        return next((s.weekly for s in self.seasons if in_season(text, s.first, s.last)), self.weekly)

    @cached_property
    def timeline(self) -> Timeline:
        """Built once per calendar: every later count is one or two binary searches (20 years: 10,000 intervals)."""
        spans: list[tuple[int, int]] = []
        day, stop = date(self.first_year, 1, 1), date(self.last_year + 1, 1, 1)
        while day < stop:
            spans.extend(_spans(self, day))
            day += timedelta(days=1)
        before = [0]
        for start, end in spans:
            before.append(before[-1] + end - start)
        edges = (datetime(year, 1, 1) for year in (self.first_year, self.last_year + 1))
        first, last = (_second_of_wall(self.zone, edge) for edge in edges)
        return Timeline(
            tuple(start for start, _ in spans), tuple(end for _, end in spans), tuple(before), first, last
        )


def _check_week(week: Week) -> None:
    if len(week) != 7 or not any(week):
        raise ValueError("weekly must hold seven days, Monday first, with working time on at least one")
    for day in week:
        for one, two in pairwise(day):
            if one.seconds[1] > two.seconds[0]:
                raise ValueError(f"working intervals {one} and {two} overlap or are out of order")


def _normal_day(week: Week) -> tuple[Interval, ...]:
    return next(day for day in week if day)


def working_intervals(calendar: WorkCalendar, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Working time of the local date `day` as UTC moments (start, end), in order; empty on a day off.

    Raises CalendarYearMissing outside the covered years.
    """
    return tuple((moment_at(start), moment_at(end)) for start, end in _spans(calendar, day))


def is_working(calendar: WorkCalendar, moment: datetime) -> bool:
    """Whether the second starting at `moment` is working time (an interval's end no longer is).

    Raises CalendarYearMissing outside the covered years.
    """
    line, second = calendar.timeline, second_of(moment)
    _position(calendar, second)
    at = bisect_right(line.starts, second) - 1
    return at >= 0 and second < line.ends[at]


def add_work_seconds(calendar: WorkCalendar, start: datetime, seconds: int) -> datetime:
    """The first moment, in UTC, by which `seconds` of working time have passed since `start`.

    A count that uses up an interval ends at that interval's end, not at the start of the next one. With 0 seconds
    the answer is `start` inside working time (its ends included), else the next moment of working time: the result
    never lies outside working time. Raises CalendarYearMissing when start or result is not covered, ValueError
    below 0.
    """
    if seconds < 0:
        raise ValueError("working time is added, never taken away")
    line, second = calendar.timeline, second_of(start)
    target = _position(calendar, second) + seconds
    if target > line.before[-1]:
        raise CalendarYearMissing(year=calendar.last_year + 1)
    if seconds:
        at = bisect_left(line.before, target) - 1
        return moment_at(line.starts[at] + target - line.before[at])
    at = bisect_right(line.starts, second)
    if at and second <= line.ends[at - 1]:
        return moment_at(second)
    if at == len(line.starts):
        raise CalendarYearMissing(year=calendar.last_year + 1)
    return moment_at(line.starts[at])


def work_seconds_between(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    """Working seconds from `a` to `b`; negative when `b` comes first, so that parts always add up to the whole.

    Raises CalendarYearMissing when either moment is outside the covered years.
    """
    return _position(calendar, second_of(b)) - _position(calendar, second_of(a))


def wall_clock(zone: ZoneInfo, moment: datetime) -> datetime:
    """What the clock of `zone` reads at `moment`, without zone, in whole seconds; it never runs backwards.

    While an hour is repeated in autumn the reading stands at the last second of its first pass, 01:59:59.
    """
    second = second_of(moment)
    local = datetime.fromtimestamp(second, zone)
    if local.fold:
        earlier = floor(local.replace(fold=0).timestamp())
        local = datetime.fromtimestamp(transition(zone, earlier, second) - 1, zone)
    return local.replace(tzinfo=None, fold=0)


def first_moment(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first moment, in UTC, at which the clock of `zone` reads `wall` (given without zone) or later."""
    return moment_at(_second_of_wall(zone, wall))


def second_of(moment: datetime) -> int:
    """The whole UTC second in which an aware `moment` lies; ValueError without zone: its meaning would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return floor(moment.timestamp())


def moment_at(second: int) -> datetime:
    """The UTC moment of a whole second."""
    return datetime.fromtimestamp(second, UTC)


def _position(calendar: WorkCalendar, second: int) -> int:
    """Working seconds from the start of the covered years to `second`."""
    line = calendar.timeline
    if not line.first <= second <= line.last:
        raise CalendarYearMissing(year=datetime.fromtimestamp(second, calendar.zone).year)
    at = bisect_right(line.starts, second) - 1
    return line.before[at] + min(second, line.ends[at]) - line.starts[at] if at >= 0 else 0


def _spans(calendar: WorkCalendar, day: date) -> Iterator[tuple[int, int]]:
    """UTC seconds (start, end) of a local date's intervals; one that falls into a skipped hour is gone."""
    midnight = datetime.combine(day, time())
    for interval in calendar.intervals_on(day):
        start, end = (
            _second_of_wall(calendar.zone, midnight + timedelta(seconds=s)) for s in interval.seconds
        )
        if start < end:
            yield start, end


def _second_of_day(wall: time) -> int:
    return wall.hour * 3600 + wall.minute * 60 + wall.second


def _second_of_wall(zone: ZoneInfo, wall: datetime) -> int:
    # Python reads a skipped time with the offset before the jump (fold=0) or after it (fold=1): only there is the
    # fold=0 moment the later one.
    plain = floor(wall.replace(tzinfo=zone, fold=0).timestamp())
    folded = floor(wall.replace(tzinfo=zone, fold=1).timestamp())
    return transition(zone, folded, plain) if folded < plain else plain


def transition(zone: ZoneInfo, low: int, high: int) -> int:
    """The second in (low, high] from which the zone has the offset it has at `high`."""
    after = datetime.fromtimestamp(high, zone).utcoffset()
    seconds = range(low + 1, high)
    return (
        low
        + 1
        + bisect_left(seconds, True, key=lambda s: datetime.fromtimestamp(s, zone).utcoffset() == after)
    )
