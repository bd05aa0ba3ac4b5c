# SPDX-License-Identifier: Apache-2.0
"""Time limits of cases and stages: when they are due, how much is used, which light they show.

Pure: the calendar, the start and the present moment are arguments. Every limit runs on one clock:

* `urgent_minute`, `urgent_hour`, `urgent_day` (紧急工作时, 紧急工作日): run day and night, holidays included; an
  urgent day is 24 urgent hours. The published norms say of the urgent hour that its clock runs on and leave the urgent
  day open; it is read the same way here, because urgent work does not wait for the office.
* `work_hour` (工作时): counts inside working time only.
* `work_day` (工作日): as many working seconds as a normal working day of the calendar has (1 day = 8 h where the day
  has 8 hours, as the published norms count it). Where all days are equally long this is the same time of day n
  working days later (Monday 10:00 + 1 = Tuesday 10:00). It is not *defined* as the same time of day because that
  time may lie outside a shorter day, and moving it there would make two different starts due together or a later
  start due earlier. Counted in seconds the limit is exact, grows with every second of the start, adds up over
  pauses, and one sentence explains it: so many hours of working time.
* `natural_day` (自然日): the same time of day n calendar days later in the city's zone, holidays included. With
  daylight saving such a day may have 23 or 25 hours, so this clock counts what the wall clock shows.

A start outside working time counts from the next working moment. A due moment on a work clock always lies in
working time; a limit that ends with an interval is due at that interval's end. Doing a step at its due moment is on
time. Work clocks raise CalendarYearMissing where the calendar has no data; the others never need any.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from wangge.organizations import calendar_arrays
from wangge.organizations.calendar_arrays import Seconds
from wangge.organizations.calendars import (
    WorkCalendar,
    add_work_seconds,
    first_moment,
    moment_at,
    second_of,
    wall_clock,
    work_seconds_between,
)

Count = TypeVar("Count", int, Seconds)


class Clock(StrEnum):
    """What a limit counts in; see the module's text for the meaning of each."""

    URGENT_MINUTE = "urgent_minute"
    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"


class Light(StrEnum):
    """How much of its limit an open case or task has used."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class Limit:
    """`value` units of `clock`; raises ValueError below 1."""

    value: int
    clock: Clock

    def __post_init__(self) -> None:
        if self.value < 1:
            raise ValueError(f"a limit is at least 1 {self.clock}, not {self.value}")


@dataclass(frozen=True)
class LightThresholds:
    """Percent of the limit at which a light turns; yellow is data of the flow.

    Raises ValueError unless 0 < yellow <= red <= 100.
    """

    yellow: int
    red: int

    def __post_init__(self) -> None:
        if not 0 < self.yellow <= self.red <= 100:
            raise ValueError(
                f"lights turn at {self.yellow} and {self.red} percent: need 0 < yellow <= red <= 100"
            )


STANDARD_THRESHOLDS = LightThresholds(yellow=80, red=100)

_FIXED_SECONDS = {
    Clock.URGENT_MINUTE: 60,
    Clock.URGENT_HOUR: 3_600,
    Clock.URGENT_DAY: 86_400,
    Clock.WORK_HOUR: 3_600,
    Clock.NATURAL_DAY: 86_400,
}


def limit_seconds(limit: Limit, calendar: WorkCalendar) -> int:
    """Length of the limit in seconds of its own clock (working seconds, wall-clock seconds or plain ones)."""
    return limit.value * _unit_seconds(limit.clock, calendar)


def due_at(limit: Limit, start: datetime, calendar: WorkCalendar, *, used: int = 0) -> datetime:
    """The UTC moment, in whole seconds, at which a limit that runs from `start` is used up.

    `used`: seconds of the limit's own clock gone before `start`, as before a pause; negative = granted beside it. A
    limit used up already is due at `start`, on a work clock at the next working moment. Raises CalendarYearMissing on
    work clocks when start or result lies in a year without data.
    """
    return _run(limit.clock, start, max(0, limit_seconds(limit, calendar) - used), calendar)


def yellow_at(
    limit: Limit,
    start: datetime,
    calendar: WorkCalendar,
    thresholds: LightThresholds = STANDARD_THRESHOLDS,
    *,
    used: int = 0,
) -> datetime:
    """The UTC moment at which the light of a limit that runs from `start` turns yellow: a moment that can be stored.

    After an extension (`used` below 0) it turns on the last part of one limit. Raises as `due_at`.
    """
    seconds = _share(limit_seconds(limit, calendar), thresholds.yellow)
    return _run(limit.clock, start, max(0, seconds - used), calendar)


def due_many(
    clocks: npt.ArrayLike,
    values: npt.ArrayLike,
    starts: npt.ArrayLike,
    calendar: WorkCalendar,
    *,
    used: npt.ArrayLike = 0,
) -> Seconds:
    """`due_at` for many rows at once: the due moments as an int64 array of whole UTC seconds.

    `clocks` are names of Clock, `values` whole units of them, `starts` whole UTC seconds, `used` as of `due_at`; any of
    them may be one for all rows. A row for which `due_at` raises CalendarYearMissing is `calendar_arrays.MISSING` (ask
    `due_at` which year it is). Raises ValueError on a value below 1 and on an unknown clock.
    """
    return _run_many(clocks, values, starts, used, calendar, percent=100)


def yellow_many(
    clocks: npt.ArrayLike,
    values: npt.ArrayLike,
    starts: npt.ArrayLike,
    calendar: WorkCalendar,
    thresholds: LightThresholds = STANDARD_THRESHOLDS,
    *,
    used: npt.ArrayLike = 0,
) -> Seconds:
    """`yellow_at` for many rows at once, in the form of `due_many`."""
    return _run_many(clocks, values, starts, used, calendar, percent=thresholds.yellow)


def elapsed_seconds(clock: Clock, a: datetime, b: datetime, calendar: WorkCalendar) -> int:
    """Seconds of `clock` from `a` to `b`; negative when `b` comes first, so that parts add up to the whole.

    Raises CalendarYearMissing on work clocks when either moment lies in a year without data.
    """
    match clock:
        case Clock.WORK_HOUR | Clock.WORK_DAY:
            return work_seconds_between(calendar, a, b)
        case Clock.NATURAL_DAY:
            passed = wall_clock(calendar.zone, b) - wall_clock(calendar.zone, a)
            return passed // timedelta(seconds=1)
    return second_of(b) - second_of(a)


def elapsed_many(clock: Clock, a: Seconds, b: Seconds, calendar: WorkCalendar) -> Seconds:
    """`elapsed_seconds` for many rows of one clock at once, in the form of `due_many`."""
    match clock:
        case Clock.WORK_HOUR | Clock.WORK_DAY:
            return calendar_arrays.work_seconds_between(calendar, a, b)
        case Clock.NATURAL_DAY:
            wall = partial(calendar_arrays.wall_seconds, calendar.zone)
            return wall(b) - wall(a)
    return b - a


def light(
    limit: Limit,
    due: datetime,
    now: datetime,
    calendar: WorkCalendar,
    thresholds: LightThresholds = STANDARD_THRESHOLDS,
) -> Light:
    """The light of an open case or task at `now`, by the share of `limit` used on the limit's own clock.

    The share is taken from what is left until `due`, so pauses need no bookkeeping (of a paused task: ask with the
    moment of the pause as `now`), and after an extension the light turns on the last fifth of one limit. A colour
    starts in the second its share is reached; from `due` on it is red and no calendar is asked.
    """
    if now >= due:
        return Light.RED
    total = limit_seconds(limit, calendar)
    used = total - elapsed_seconds(limit.clock, now, due, calendar)
    if used * 100 >= total * thresholds.red:
        return Light.RED
    return Light.YELLOW if used * 100 >= total * thresholds.yellow else Light.GREEN


def _unit_seconds(clock: Clock, calendar: WorkCalendar) -> int:
    return calendar.normal_day_seconds if clock is Clock.WORK_DAY else _FIXED_SECONDS[clock]


def _share(seconds: Count, percent: int) -> Count:
    return -(seconds * -percent // 100)  # rounded up


def _run(clock: Clock, start: datetime, seconds: int, calendar: WorkCalendar) -> datetime:
    """The first moment at which `clock`, read from `start`, has counted `seconds`."""
    match clock:
        case Clock.WORK_HOUR | Clock.WORK_DAY:
            return add_work_seconds(calendar, start, seconds)
        case Clock.NATURAL_DAY:
            return first_moment(calendar.zone, wall_clock(calendar.zone, start) + timedelta(seconds=seconds))
    return moment_at(second_of(start) + seconds)


def _run_many(
    clocks: npt.ArrayLike,
    values: npt.ArrayLike,
    starts: npt.ArrayLike,
    used: npt.ArrayLike,
    calendar: WorkCalendar,
    *,
    percent: int,
) -> Seconds:
    """The moments at which each row's clock has counted `percent` of its limit, less what is used of it."""
    names, units, begun, gone = np.broadcast_arrays(
        np.asarray(clocks, dtype=np.str_),
        np.asarray(values, np.int64),
        np.asarray(starts, np.int64),
        np.asarray(used, np.int64),
    )
    if (units < 1).any():
        raise ValueError("a limit is at least 1")
    ends = np.empty(names.shape, dtype=np.int64)
    left = np.ones(names.shape, dtype=np.bool_)
    for clock in Clock:
        rows = names == clock.value
        left &= ~rows
        if rows.any():
            seconds = _share(units[rows] * _unit_seconds(clock, calendar), percent)
            seconds = np.maximum(seconds - gone[rows], 0)
            ends[rows] = _run_rows(clock, begun[rows], seconds, calendar)
    if left.any():
        raise ValueError(f"{names[left][0]} is not a clock")
    return ends


def _run_rows(clock: Clock, starts: Seconds, seconds: Seconds, calendar: WorkCalendar) -> Seconds:
    """`_run` for many rows of one clock."""
    match clock:
        case Clock.WORK_HOUR | Clock.WORK_DAY:
            return calendar_arrays.add_work_seconds(calendar, starts, seconds)
        case Clock.NATURAL_DAY:
            walls = calendar_arrays.wall_seconds(calendar.zone, starts) + seconds
            return calendar_arrays.first_moments(calendar.zone, walls)
    return starts + seconds
