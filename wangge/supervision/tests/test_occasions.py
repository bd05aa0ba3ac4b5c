# SPDX-License-Identifier: Apache-2.0
"""On which days what comes round falls: by the rule, on a work day, never guessed."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wangge.organizations.calendars import CalendarYearMissing, DayKind, Interval, WorkCalendar
from wangge.supervision.occasions import coming, planned_days, to_open
from wangge.supervision.rules import OccasionRule

FIVE = ((Interval(time(9), time(17)),),) * 5
#: 2026-10-01 to -07 are holidays
CALENDAR = WorkCalendar(
    ZoneInfo("Asia/Shanghai"), (*FIVE, (), ()), {date(2026, 10, n): DayKind.HOLIDAY for n in range(1, 8)}, 2026, 2026
)  # fmt: skip


def rule(**more: Any) -> OccasionRule:
    """The second Wednesday of a month, opened a week before."""
    given = {
        "code": "m",
        "kind": "regular_meeting",
        "name_zh": "会",
        "name_en": "M",
        "week": 2,
        "weekday": 3,
        "ahead": 7,
    }
    return OccasionRule(**(given | more))


WEEKLY = rule(kind="bulletin", week=0, weekday=1, ahead=0)


def test_the_days_of_a_rule() -> None:
    assert [*planned_days(rule(), date(2026, 9, 1), date(2026, 11, 30))] == [
        date(2026, 9, 9), date(2026, 10, 14), date(2026, 11, 11),
    ]  # fmt: skip
    assert [*planned_days(WEEKLY, date(2026, 9, 7), date(2026, 9, 21))] == [
        date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "today", "day"),
    [
        (rule(), date(2026, 9, 9), date(2026, 9, 9)),
        (rule(), date(2026, 9, 10), date(2026, 10, 14)),
        # the holiday moves it, and while it is moved it is still the next one
        (rule(week=1), date(2026, 10, 8), date(2026, 10, 8)),
        (rule(week=1), date(2026, 10, 9), date(2026, 11, 4)),
        (WEEKLY, date(2026, 10, 5), date(2026, 10, 8)),
    ],
)
def test_the_next_one(given: OccasionRule, today: date, day: date) -> None:
    found = coming(given, today, CALENDAR)
    assert found and found.day == day


@pytest.mark.parametrize(
    ("given", "today", "planned"),
    [
        (rule(), date(2026, 9, 1), None),  # the one of August is past
        (rule(), date(2026, 9, 2), date(2026, 9, 9)),
        (rule(), date(2026, 9, 9), date(2026, 9, 9)),
        (rule(), date(2026, 9, 10), None),
        (rule(week=1), date(2026, 10, 8), date(2026, 10, 7)),  # moved to this day
        # a bulletin may come late, the newest one only
        (WEEKLY, date(2026, 9, 18), date(2026, 9, 14)),
    ],
)
def test_what_is_to_be_open(given: OccasionRule, today: date, planned: date | None) -> None:
    found = to_open(given, today, CALENDAR)
    assert (found.planned if found else None) == planned


def test_a_day_of_a_year_without_data_is_not_guessed() -> None:
    with pytest.raises(CalendarYearMissing):
        coming(rule(), date(2026, 12, 20), CALENDAR)
