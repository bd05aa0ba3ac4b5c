# SPDX-License-Identifier: Apache-2.0
"""When a rung is reached: one moment asked for all deadlines gives the answer of each deadline."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wangge.cases.deadlines import Clock, Limit, due_at, elapsed_seconds, limit_seconds
from wangge.organizations.tests.test_calendars import SHANGHAI, local, office
from wangge.supervision.ladder import earlier, reached_up_to
from wangge.supervision.rules import Band, Rung, Span, band_of

OFFICE = office()
moments = st.datetimes(datetime(2025, 3, 1), datetime(2025, 11, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=SHANGHAI)
)


def rung(when: str, span: Span | None) -> Rung:
    return Rung(
        code="r",
        kind="urging",
        name_zh="催办",
        name_en="Urging",
        when=when,
        span=span,
        tell=["keeper"],
    )


@pytest.mark.parametrize(
    ("when", "span", "at", "up_to"),
    [
        ("after", None, "2025-03-12 10:00", "2025-03-12 10:00"),
        ("before", Span(1, Clock.WORK_DAY), "2025-03-12 10:00", "2025-03-13 10:00"),
        ("after", Span(1, Clock.WORK_DAY), "2025-03-13 10:00", "2025-03-12 10:00"),
        ("after", Span(2, Clock.NATURAL_DAY), "2025-03-13 10:00", "2025-03-11 10:00"),
        ("after", Span(30, Clock.URGENT_MINUTE), "2025-03-13 10:00", "2025-03-13 09:30"),
        # over a weekend: an hour of Monday, four of the short Friday, three of Thursday
        ("after", Span(1, Clock.WORK_DAY), "2025-03-17 09:00", "2025-03-13 15:00"),
    ],
)
def test_examples(when: str, span: Span | None, at: str, up_to: str) -> None:
    assert reached_up_to(rung(when, span), local(at), OFFICE) == local(up_to)


@example(local("2025-03-01 00:00"), local("2025-03-01 00:00"), Clock.WORK_DAY, 28)
@given(moments, moments, st.sampled_from(list(Clock)), st.integers(1, 30))
def test_after_is_reached_when_the_span_has_passed(
    due: datetime, at: datetime, clock: Clock, value: int
) -> None:
    span = Span(value, clock)
    needed = limit_seconds(Limit(value, clock), OFFICE)
    assert (due <= earlier(span, at, OFFICE)) == (elapsed_seconds(clock, due, at, OFFICE) >= needed)


@given(moments, moments, st.sampled_from([Clock.WORK_HOUR, Clock.WORK_DAY]), st.integers(1, 30))
def test_before_is_reached_when_no_more_than_the_span_is_left(
    start: datetime, at: datetime, clock: Clock, value: int
) -> None:
    due = due_at(Limit(2, Clock.WORK_DAY), start, OFFICE)
    up_to = reached_up_to(rung("before", Span(value, clock)), at, OFFICE)
    assert up_to is not None
    left = elapsed_seconds(clock, at, due, OFFICE)
    assert (due <= up_to) == (left <= limit_seconds(Limit(value, clock), OFFICE))


def test_a_year_without_calendar_reaches_nothing() -> None:
    at = local("2025-12-31 17:00") + timedelta(days=900)
    assert reached_up_to(rung("after", Span(1, Clock.WORK_DAY)), at, OFFICE) is None


@pytest.mark.parametrize(
    ("overdue", "running", "light"),
    [(0, 10, "green"), (0, 0, None), (9, 100, "green"), (99, 1000, "green"), (10, 100, "blue"), (1, 10, "blue"),
     (299, 1000, "blue"), (3, 10, "red"), (10, 10, "red")],
)  # fmt: skip
def test_the_light_of_a_unit(overdue: int, running: int, light: str | None) -> None:
    scale = [
        Band(code=code, colour=code, name_zh="灯", name_en="Light", from_percent=share)
        for code, share in (("green", 0), ("blue", 10), ("red", 30))
    ]
    found = band_of(scale, overdue, running)
    assert (found.code if found else None) == light
