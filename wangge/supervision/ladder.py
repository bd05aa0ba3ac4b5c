# SPDX-License-Identifier: Apache-2.0
"""When a rung of the ladder is reached. Pure: the moment and the calendar are arguments.

A sweep does not look at each deadline's own moment of each rung: it asks once, of the present moment, up to which due
moment a rung has been reached. So any number of deadlines costs one comparison each, in the database.
"""

from bisect import bisect_right
from datetime import datetime

from wangge.cases.deadlines import Clock, Limit, due_at, elapsed_seconds, limit_seconds
from wangge.organizations.calendars import CalendarYearMissing, WorkCalendar, moment_at, second_of
from wangge.supervision.rules import Rung, Span

_DAY = 86_400


def reached_up_to(rung: Rung, at: datetime, calendar: WorkCalendar) -> datetime | None:
    """The latest due moment for which `rung` (not one that comes with the yellow light) is reached at `at`.

    None where the calendar has no data to tell.
    """
    if rung.span is None:
        return at
    try:
        if rung.when == "before":
            return due_at(Limit(rung.span.value, rung.span.clock), at, calendar)
        return earlier(rung.span, at, calendar)
    except CalendarYearMissing:
        return None


def earlier(span: Span, at: datetime, calendar: WorkCalendar) -> datetime:
    """The latest moment (whole seconds) from which `span` has passed at `at`. Raises CalendarYearMissing."""
    needed, now = limit_seconds(Limit(span.value, span.clock), calendar), second_of(at)
    most = needed + _DAY  # a day of the wall clock may have 25 hours
    if span.clock in (Clock.WORK_HOUR, Clock.WORK_DAY):
        most = now - calendar.timeline.first

    def passed(second: int) -> int:
        return elapsed_seconds(span.clock, moment_at(second), moment_at(now), calendar)

    back = min(needed + _DAY, most)
    while passed(now - back) < needed:
        if back >= most:
            raise CalendarYearMissing(year=moment_at(now - most).astimezone(calendar.zone).year - 1)
        back = min(2 * back, most)
    # what has passed shrinks as the moment comes nearer: the last second at which it is still enough
    return moment_at(now - bisect_right(range(back + 1), -1, key=lambda n: passed(now - n) - needed))
