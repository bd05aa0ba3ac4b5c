# SPDX-License-Identifier: Apache-2.0
"""Our deadlines against the record's flag, on a table counted by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from wangge.replay.comparison import (
    FLAG_LATE,
    FLAG_ON_TIME,
    KEPT,
    LONGER,
    NO_TARGET,
    OTHER,
    SHORTER,
    Compared,
    Ours,
    compare,
    percent,
    standing,
)  # fmt: skip

#: a Monday; the file was taken 30 days later
OPENED = datetime(2015, 6, 1, 9, tzinfo=UTC)
TAKEN_ON = OPENED + timedelta(days=30)


def case(
    due: int, ended: int | None, target: int | None, flag: str, *, unit: str = "A", opened: int = 0
) -> Compared:
    """All in days: `due` and `target` from the opening, `ended` likewise; `opened` after OPENED."""
    start = OPENED + timedelta(days=opened)
    end = None if ended is None else start + timedelta(days=ended)
    goal = None if target is None else start + timedelta(days=target)
    return Compared(unit, "C", start, start + timedelta(days=due), end, goal, end, flag)


def weekdays(a: datetime, b: datetime) -> int:
    days = (a.date() + timedelta(days=n + 1) for n in range((b - a).days))
    return sum(day.weekday() < 5 for day in days)


# The usual promise is 5 working days: of the eight targets, days 7 (six times) and 5 from the Saturday hold five.
GOLDEN = [
    case(7, 3, 7, "ONTIME"),
    case(7, 7, 7, "ONTIME"),  # at the due moment: on time
    case(7, 9, 7, "OVERDUE"),
    case(7, None, 7, "OVERDUE", unit="B"),  # never closed
    case(7, 9, None, "ONTIME"),  # nothing promised
    case(5, 6, 7, "ONTIME", unit="B"),  # shorter, usual promise
    case(7, 9, 14, "ONTIME", unit="B"),  # shorter, another promise
    case(7, 6, 5, "OVERDUE", opened=5),  # longer, five days from a Saturday: not the usual promise
    case(10, 8, 7, "OVERDUE"),  # longer, usual promise
    case(7, 4, None, "OVERDUE"),  # no target, yet overdue by its flag
    case(7, 9, 7, "ONTIME"),  # missed its own target, yet on time by its flag
    case(7, 9, None, ""),  # no flag: judged, never compared
    case(60, 3, 7, "ONTIME"),  # not due when the file was taken
    case(60, None, 90, "ONTIME"),
]


def test_the_golden_table() -> None:
    found = compare(GOLDEN, TAKEN_ON, weekdays)
    total = found.total
    assert (total.should_be_closed, total.closed, total.on_time) == (12, 11, 5)
    assert total.flags == Counter(
        {
            (True, "ONTIME"): 2,
            (True, "OVERDUE"): 3,
            (False, "ONTIME"): 4,
            (False, "OVERDUE"): 2,
            (False, ""): 1,
        }
    )
    assert found.not_due == Counter({"closed": 1, "open": 1})
    b = found.departments["B"]
    assert (b.should_be_closed, b.closed, b.on_time) == (3, 2, 0)
    assert found.departments["A"].should_be_closed == 9
    assert found.differences == Counter(
        {NO_TARGET: 1, SHORTER + KEPT: 1, SHORTER + OTHER: 1, LONGER + OTHER: 1, LONGER + KEPT: 1, FLAG_LATE: 1,
         FLAG_ON_TIME: 1}
    )  # fmt: skip


def test_every_difference_is_explained() -> None:
    found = compare(GOLDEN, TAKEN_ON, weekdays)
    differing = found.total.flags[True, "OVERDUE"] + found.total.flags[False, "ONTIME"]
    assert found.differences.total() == differing


@pytest.mark.parametrize(
    ("ended", "expected"), [(7, Ours.ON_TIME), (8, Ours.LATE), (None, Ours.UNCLOSED), (31, Ours.UNCLOSED)]
)
def test_standing_at_the_moment_the_file_was_taken(ended: int | None, expected: Ours) -> None:
    assert standing(case(7, ended, None, ""), TAKEN_ON) is expected


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(23974, 24932, "96.16 %"), (22345, 24932, "89.62 %"), (1, 3, "33.33 %"), (1, 800, "0.13 %"), (0, 0, "—"),
     (0, 5, "0.00 %"), (5, 5, "100.00 %")],
)  # fmt: skip
def test_percent(part: int, whole: int, text: str) -> None:
    """The first two are published figures (a city's monthly assessment of April 2017)."""
    assert percent(part, whole) == text
