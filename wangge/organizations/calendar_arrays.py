# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of `calendars` for many moments at once, as numpy arrays of whole UTC seconds (int64).

`calendars` is the rule, explained and readable; these functions give the same answer for every row, which a test
holds. They share its timeline and its reading of the zone. Where it would raise CalendarYearMissing for one moment,
the row of an array is MISSING here, so that one year without data does not hold up all other rows.
"""

from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from wangge.organizations.calendars import WorkCalendar, transition

Seconds = npt.NDArray[np.int64]

MISSING = np.iinfo(np.int64).min
"""Stands for a moment or a count in a year the calendar does not cover."""

_DAY = 86_400
_NEVER = np.iinfo(np.int64).max


def add_work_seconds(calendar: WorkCalendar, starts: Seconds, seconds: Seconds) -> Seconds:
    """As `calendars.add_work_seconds`, for each row's count of at least 1; MISSING where it raises."""
    line = _line(calendar)
    position = _position(line, starts)
    target = position + seconds
    known = (position != MISSING) & (target <= line.total)
    at = np.searchsorted(line.before, np.where(known, target, 0)) - 1
    return np.where(known, line.starts[at] + target - line.before[at], MISSING)


def work_seconds_between(calendar: WorkCalendar, a: Seconds, b: Seconds) -> Seconds:
    """As `calendars.work_seconds_between`; MISSING where it raises."""
    line = _line(calendar)
    first, second = _position(line, a), _position(line, b)
    return np.where((first != MISSING) & (second != MISSING), second - first, MISSING)


def wall_seconds(zone: ZoneInfo, moments: Seconds) -> Seconds:
    """As `calendars.wall_clock`: what the clock reads, in seconds after 1970-01-01 00:00 of that clock."""
    if not moments.size:
        return moments
    readings = _readings(zone, int(moments.min()) - _DAY, int(moments.max()))
    at = np.searchsorted(readings.since, moments, side="right") - 1
    shown_before = np.where(at, readings.highest[at - 1], MISSING)
    walls: Seconds = np.maximum(moments + readings.offset[at], shown_before)
    return walls


def first_moments(zone: ZoneInfo, walls: Seconds) -> Seconds:
    """As `calendars.first_moment`, from readings as `wall_seconds` gives them."""
    if not walls.size:
        return walls
    readings = _readings(zone, int(walls.min()) - _DAY, int(walls.max()) + _DAY)
    at = np.searchsorted(readings.highest, walls)
    moments: Seconds = np.maximum(readings.since[at], walls - readings.offset[at])
    return moments


class _Line(NamedTuple):
    """The calendar's timeline as arrays, with an empty interval ahead: every covered moment then has one before it."""

    starts: Seconds
    ends: Seconds
    before: Seconds
    total: int
    first: int
    last: int


def _line(calendar: WorkCalendar) -> _Line:
    line = calendar.timeline
    padded = (line.first, *line.starts), (line.first, *line.ends), (0, *line.before[:-1])
    starts, ends, before = (np.array(part, dtype=np.int64) for part in padded)
    return _Line(starts, ends, before, line.before[-1], line.first, line.last)


def _position(line: _Line, moments: Seconds) -> Seconds:
    """Working seconds from the start of the covered years; MISSING outside them."""
    at = np.searchsorted(line.starts, moments, side="right") - 1
    counted = line.before[at] + np.minimum(moments, line.ends[at]) - line.starts[at]
    return np.where((line.first <= moments) & (moments <= line.last), counted, MISSING)


class _Readings(NamedTuple):
    """A zone's clock between two moments, as spells of one offset each."""

    since: Seconds  # UTC second with which the spell begins
    offset: Seconds  # what the clock reads less UTC
    highest: Seconds  # the highest reading up to the end of the spell


def _readings(zone: ZoneInfo, low: int, high: int) -> _Readings:
    years = range(datetime.fromtimestamp(low, UTC).year, datetime.fromtimestamp(high, UTC).year + 1)
    spells = [spell for year in years for spell in _spells(zone, year)]
    since, offset = np.array(spells, dtype=np.int64).T
    last = np.append(since[1:] - 1, _NEVER - _DAY)
    return _Readings(since, offset, np.maximum.accumulate(last + offset))


@lru_cache(maxsize=1_000)
def _spells(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """(first second, offset) of a UTC year's start and of every change of the offset within it.

    A zone does not tell its changes, so it is asked day by day: no zone has ever changed twice within three days.
    """
    low, high = (int(datetime(each, 1, 1, tzinfo=UTC).timestamp()) for each in (year, year + 1))
    spells = [(low, _offset(zone, low))]
    for one, two in pairwise((*range(low, high, _DAY), high - 1)):
        if _offset(zone, one) != _offset(zone, two):
            spells.append((at := transition(zone, one, two), _offset(zone, at)))
    return tuple(spells)


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
