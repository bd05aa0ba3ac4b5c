# SPDX-License-Identifier: Apache-2.0
"""The standard pack as plain files: classes, norms and calendar hold together."""

from __future__ import annotations

import csv
import re
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


def test_the_catalogue_is_three_trees_of_components_and_events() -> None:
    classes = {row["code"]: row for row in table("classes.csv")}
    assert len(classes) == len(table("classes.csv"))
    assert {row["module"] for row in classes.values()} == {"city_management"}
    assert Counter((row["generation"], row["level"], row["kind"]) for row in classes.values()) == {
        ("2013", "major", "component"): 5,
        ("2013", "major", "event"): 6,
        ("2013", "minor", "component"): 66,
        ("2013", "minor", "event"): 66,
        ("2007", "major", "component"): 6,
        ("2007", "major", "event"): 5,
        ("2007", "minor", "component"): 85,
        ("2007", "minor", "event"): 52,  # of 54: two have people as their subject
        ("yuncheng", "major", "component"): 5,
        ("yuncheng", "major", "event"): 6,
        ("yuncheng", "minor", "component"): 26,
        ("yuncheng", "minor", "event"): 32,
    }
    for code, row in classes.items():
        assert row["name_zh"] and row["name_en"] and row["source"] and row["confidence"]
        number, _, edition = code.partition(".")
        assert edition == ("" if row["generation"] == "2013" else row["generation"])
        assert number[0] == {"component": "C", "event": "E"}[row["kind"]]
        if row["level"] == "minor":
            assert row["parent"] == number[:3] + code[5:] and classes[row["parent"]]["level"] == "major"
        else:
            assert row["parent"] == "" and len(number) == 3


def test_no_class_has_a_resident_as_its_subject() -> None:
    names = {row["name_zh"] for row in table("classes.csv")}
    assert not [name for name in names if re.search("乞讨|群发|上访|人员|居民|人口", name)]


def test_cases_are_filed_under_the_national_list_in_force_only() -> None:
    assert {row["code"]: row["filing"] for row in table("generations.csv")} == {
        "2007": "no",
        "2013": "yes",
        "yuncheng": "no",
    }


def test_the_older_list_is_mapped_by_name_or_by_hand_and_the_rest_is_counted() -> None:
    generation = {row["code"]: row["generation"] for row in table("classes.csv")}
    name = {row["code"]: row["name_zh"] for row in table("classes.csv")}
    mapped = table("class_mappings.csv")
    assert {(generation[row["class"]], generation[row["other"]]) for row in mapped} == {("2007", "2013")}
    for row in mapped:
        by_name = row["source"] == "same name in both editions"
        assert by_name == (name[row["class"]] == name[row["other"]])
        assert by_name or row["source"].startswith("kept by hand, from the two names: ")
        assert row["class"][0] == row["other"][0]
    minors = {row["code"] for row in table("classes.csv") if row["generation"] == "2007" and row["parent"]}
    assert (len(mapped), len(minors - {row["class"] for row in mapped})) == (89, 50)


def test_every_minor_class_of_the_table_has_one_to_eight_norms() -> None:
    counts = Counter(row["class"] for row in table("norms.csv"))
    ruled = [row for row in table("classes.csv") if row["generation"] != "2007" and row["parent"]]
    assert set(counts) == {row["code"] for row in ruled}
    assert (counts.total(), max(counts.values())) == (519, 8)
    for class_code, count in counts.items():
        codes = [row["code"] for row in table("norms.csv") if row["class"] == class_code]
        assert codes == [f"{class_code}-{number}" for number in range(1, count + 1)]


def test_the_table_of_limits_is_the_one_that_was_counted() -> None:
    """The distribution that the source's reader computed from all 519 rules."""
    limits = Counter((row["code"][0], row["limit"], row["clock"]) for row in table("norms.csv"))
    counted = {
        ("C", "1", "work_day"): 113, ("C", "3", "work_day"): 73, ("C", "5", "work_day"): 67, ("C", "2", "work_day"): 60,
        ("C", "4", "work_hour"): 22, ("C", "2", "urgent_hour"): 15, ("C", "7", "work_day"): 9, ("C", "2", "work_hour"): 7,
        ("C", "4", "urgent_hour"): 4, ("C", "10", "work_day"): 2, ("E", "1", "work_day"): 30, ("E", "2", "work_day"): 22,
        ("E", "5", "work_day"): 19, ("E", "2", "urgent_hour"): 17, ("E", "4", "work_hour"): 17, ("E", "2", "work_hour"): 15,
        ("E", "3", "work_day"): 11, ("E", "15", "work_day"): 4, ("E", "1", "urgent_hour"): 5, ("E", "2", "urgent_day"): 3,
        ("E", "1", "urgent_day"): 1,
    }  # fmt: skip
    assert {key: limits[key] for key in counted} == counted
    assert limits.total() - sum(counted.values()) == 3


def test_two_stages_make_safe_before_they_repair() -> None:
    staged = [row for row in table("norms.csv") if row["safe_limit"]]
    assert len(staged) == 8
    for row in staged:
        assert (row["arrive_limit"], row["arrive_clock"], row["safe_clock"]) == (
            "1",
            "urgent_hour",
            "urgent_hour",
        )
        assert row["clock"] == "work_day" or int(row["safe_limit"]) < int(row["limit"])
        assert row["safe_zh"] and row["safe_en"]
        zh, en = row["source"].split(" · ")
        assert "先行处置由" in zh and "first stage inferred" in en
    assert not [row for row in table("norms.csv") if row["arrive_limit"] and not row["safe_limit"]]


def test_forms_ask_in_both_languages_and_require_nothing() -> None:
    classes = {row["code"] for row in table("classes.csv") if row["generation"] == "2013"}
    forms = yaml.safe_load((PACK / "forms.yaml").read_text(encoding="utf-8"))
    assert {form["use"] for form in forms} == {"report", "handle", "visit"}
    for form in forms:
        assert form["class"] in classes and "required" not in form["fields"]
    assert {row["class"] for row in table("procedures.csv")} <= classes


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
    assert sum("截断" in row["source"] for row in table("norms.csv")) == 38


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
    calendar = yaml.safe_load((PACK / "calendar.yaml").read_text(encoding="utf-8"))
    weekly = calendar["calendars"][0]["weekly"]
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
