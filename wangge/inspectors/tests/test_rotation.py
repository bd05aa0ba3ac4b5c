# SPDX-License-Identifier: Apache-2.0
"""Months on the calendar."""

from datetime import date

import pytest

from wangge.inspectors.rotation import months_after


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [("2026-03-11", 2, "2026-05-11"), ("2026-12-31", 2, "2027-02-28"), ("2024-02-29", 12, "2025-02-28"),
     ("2026-11-01", 1, "2026-12-01"), ("2026-12-15", 1, "2027-01-15")],
)  # fmt: skip
def test_the_same_day_some_months_on(day: str, count: int, then: str) -> None:
    assert months_after(date.fromisoformat(day), count) == date.fromisoformat(then)
