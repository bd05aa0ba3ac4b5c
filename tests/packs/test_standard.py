# SPDX-License-Identifier: Apache-2.0
"""The standard pack as plain files: classes, norms and calendar hold together."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
import yaml

PACK = Path(__file__).parents[2] / "packs" / "standard"
CLOCKS = {"urgent_hour", "urgent_day", "work_hour", "work_day", "natural_day"}
Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (PACK / name).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_the_catalogue_is_a_tree_of_components_and_events() -> None:
    classes = {row["code"]: row for row in table("classes.csv")}
    assert len(classes) == len(table("classes.csv"))
    assert Counter((row["level"], row["kind"]) for row in classes.values()) == {
        ("major", "component"): 5,
        ("major", "event"): 6,
        ("minor", "component"): 66,
        ("minor", "event"): 66,
    }
    for code, row in classes.items():
        assert row["name_zh"] and row["name_en"] and row["source"] and row["confidence"]
        assert code[0] == {"component": "C", "event": "E"}[row["kind"]]
        if row["level"] == "minor":
            assert row["parent"] == code[:3] and classes[row["parent"]]["level"] == "major"
        else:
            assert row["parent"] == "" and len(code) == 3


def test_every_minor_class_has_one_to_eight_norms() -> None:
    counts = Counter(row["class"] for row in table("norms.csv"))
    assert set(counts) == {row["code"] for row in table("classes.csv") if row["level"] == "minor"}
    assert max(counts.values()) <= 8
    for class_code, count in counts.items():
        codes = [row["code"] for row in table("norms.csv") if row["class"] == class_code]
        assert codes == [f"{class_code}-{number}" for number in range(1, count + 1)]


def test_norms_are_whole_and_say_that_they_are_one_citys() -> None:
    for row in table("norms.csv"):
        assert int(row["limit"]) > 0 and row["clock"] in CLOCKS
        for column in ("condition_zh", "condition_en", "closing_zh", "closing_en"):
            assert row[column] and "…" not in row[column], row["code"]
        assert row["condition_en"].isascii() or set(row["condition_en"]) & set("²×"), row["code"]
        assert (row["local"], row["photos_report"]) == ("yes", "1")
        zh, en = row["source"].split(" · ")
        assert "地方值，非国家标准" in zh and "a local value and not national" in en
        assert ("截断" in zh) == ("cut off" in en) and len(row["source"]) <= 300


@pytest.mark.parametrize(
    ("code", "limit", "clock"),
    [("C0101-1", "2", "urgent_hour"), ("E0110-1", "4", "work_hour"), ("E0101-2", "15", "work_day")],
)
def test_known_limits(code: str, limit: str, clock: str) -> None:
    norm = next(row for row in table("norms.csv") if row["code"] == code)
    assert (norm["limit"], norm["clock"]) == (limit, clock)


# Working days by the State Council's notices, counted by the maker of the source data.
@pytest.mark.parametrize(
    ("year", "days"),
    [(2015, 249), (2016, 250), (2018, 250), (2020, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_working_days_of_a_year(year: int, days: int) -> None:
    weekly = yaml.safe_load((PACK / "calendar.yaml").read_text(encoding="utf-8"))["weekly"]
    kinds = {row["date"]: row["kind"] for row in table("holidays.csv")}
    worked = 0
    day = date(year, 1, 1)
    while day.year == year:
        usual = bool(weekly[day.strftime("%a").lower()])
        kind = kinds.get(day.isoformat())
        worked += kind == "makeup_workday" or (usual and kind != "holiday")
        day += timedelta(days=1)
    assert worked == days


def test_no_holiday_lies_outside_the_calendars_years() -> None:
    calendar = yaml.safe_load((PACK / "calendar.yaml").read_text(encoding="utf-8"))
    years = {int(row["date"][:4]) for row in table("holidays.csv")}
    assert years == set(range(calendar["first_year"], calendar["last_year"] + 1))
    dates = [row["date"] for row in table("holidays.csv")]
    assert dates == sorted(set(dates))
    assert all(
        row["name_en"] and row["kind"] in ("holiday", "makeup_workday") for row in table("holidays.csv")
    )
