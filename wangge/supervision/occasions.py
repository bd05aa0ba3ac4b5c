# SPDX-License-Identifier: Apache-2.0
"""例会日程: on which days regular meetings and bulletins fall. Pure: the rule, a day and the work calendar."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from wangge.organizations.calendars import WorkCalendar
from wangge.supervision.rules import OccasionRule

#: no holiday is longer; no two days of a monthly rule lie further apart
_LONGEST_HOLIDAY, _LONGEST_GAP = timedelta(days=31), timedelta(days=70)
_DAY = timedelta(days=1)


class OccasionDay(NamedTuple):
    """`planned` by the rule; `day`: the first work day from there on, on which it is."""

    planned: date
    day: date


def planned_days(rule: OccasionRule, first: date, last: date) -> Iterator[date]:
    """The days the rule names, from `first` to `last`, both included."""
    day = first
    while day <= last:
        if day.isoweekday() == rule.weekday and rule.week in (0, (day.day - 1) // 7 + 1):
            yield day
        day += _DAY


def day_of(planned: date, calendar: WorkCalendar) -> OccasionDay:
    """Raises CalendarYearMissing: a day that may be a holiday is not guessed."""
    day = planned
    while not calendar.intervals_on(day) and day < planned + _LONGEST_HOLIDAY:
        day += _DAY
    return OccasionDay(planned, day)


def coming(rule: OccasionRule, today: date, calendar: WorkCalendar) -> OccasionDay | None:
    """The next one, today included. Raises CalendarYearMissing."""
    days = planned_days(rule, today - _LONGEST_HOLIDAY, today + _LONGEST_GAP)
    return next((found for day in days if (found := day_of(day, calendar)).day >= today), None)


def to_open(rule: OccasionRule, today: date, calendar: WorkCalendar) -> OccasionDay | None:
    """The newest one that is to be open by now. A meeting that is past is not called any more; a bulletin may come late.

    Raises CalendarYearMissing.
    """
    until = today + timedelta(days=rule.ahead)
    newest = max(planned_days(rule, until - _LONGEST_GAP, until), default=None)
    if newest is None:
        return None
    found = day_of(newest, calendar)
    return None if rule.kind == "regular_meeting" and found.day < today else found
