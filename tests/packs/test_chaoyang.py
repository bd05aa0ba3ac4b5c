# SPDX-License-Identifier: Apache-2.0
"""The Chaoyang pack as plain files: the figures of its source, seamless grids, references that resolve."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from shapely.geometry import shape

PACK = Path(__file__).parents[2] / "packs" / "chaoyang"
DEMO = {
    "jiandu": "inspector",
    "shouli": "operator",
    "zhiban": "duty_chief",
    "paiqian": "dispatcher",
    "danwei": "unit_clerk",
    "chuzhi": "handler",
    "pingjia": "evaluator",
    "xietiao": "coordinator",
    "lingdao": "leader",
    "guanli": "administrator",
}
Row = dict[str, str]


@cache
def table(name: str, pack: str = "chaoyang") -> list[Row]:
    with (PACK.parent / pack / name).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@cache
def grids(layer: str) -> list[dict[str, Any]]:
    lines = (PACK / "grids" / f"{layer}.geojsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["properties"] | {"shape": shape(json.loads(line)["geometry"])} for line in lines]


def codes(rows: list[Any]) -> set[str]:
    return {row["code"] for row in rows}


def test_the_counts_are_those_of_the_source() -> None:
    levels = Counter(row["level"] for row in table("areas.csv"))
    assert levels == {"district": 1, "street": 43, "community": 637}
    assert (len(grids("unit_grid")), len(grids("supervision"))) == (8070, 237)
    kinds = Counter(row["kind"] for row in table("units.csv"))
    assert kinds["department"] + kinds["company"] == 89
    assert (kinds["centre"], kinds["street"], kinds["squad"]) == (2, 43, 35)
    posts = Counter(row["post"] for row in table("people.csv"))
    assert posts["inspector"] == 1547
    assert posts["unit_clerk"] == posts["handler"] == 89 + 43
    assert posts["dispatcher"] == 10 + 43
    assert posts["squad_leader"] == 35
    assert len(table("people.csv")) == 1921


def test_files_are_sorted_and_keys_are_unique() -> None:
    for name in ("areas.csv", "units.csv"):
        order = [row["code"] for row in table(name)]
        assert order == sorted(set(order))
    for layer in ("unit_grid", "supervision"):
        order = [grid["code"] for grid in grids(layer)]
        assert order == sorted(set(order))
    keys = [(row["class"], row["place"], row["owner"]) for row in table("responsibility.csv")]
    assert keys == sorted(set(keys))


def test_area_codes_carry_their_parents() -> None:
    areas = {row["code"]: row for row in table("areas.csv")}
    for code, row in areas.items():
        assert row["parent"] == (code[:-3] if len(code) > 6 else "")
        assert row["parent"] in areas or code == "110105"
        assert re.fullmatch(r"[A-Z][a-zü']+ (District|Subdistrict|Area|Community|Village)", row["name_en"])
    assert areas["110105"]["name_en"] == "Chaoyang District"


@pytest.mark.parametrize("layer", ["unit_grid", "supervision"])
def test_grids_cover_the_district_without_gap_or_overlap(layer: str) -> None:
    shapes = [grid["shape"] for grid in grids(layer)]
    assert all(one.geom_type == "Polygon" and one.is_valid for one in shapes)
    assert shapely.coverage_is_valid(shapes)
    outline = shape(json.loads((PACK / "outline.geojson").read_text(encoding="utf-8"))["geometry"])
    gap = shapely.union_all(shapes).symmetric_difference(outline).area
    assert gap < outline.area * 1e-5
    text = (PACK / "grids" / f"{layer}.geojsonl").read_text(encoding="utf-8")
    assert not re.search(r"\d\.\d{7}", text)


def test_every_community_has_unit_grids_numbered_from_one() -> None:
    counts = Counter(grid["area"] for grid in grids("unit_grid"))
    assert set(counts) == {row["code"] for row in table("areas.csv") if row["level"] == "community"}
    wanted = {f"{area}{number:03d}" for area, count in counts.items() for number in range(1, count + 1)}
    assert codes(grids("unit_grid")) == wanted


def test_a_supervision_grid_is_the_union_of_its_unit_grids() -> None:
    members: dict[str, list[Any]] = {}
    for grid in grids("unit_grid"):
        members.setdefault(grid["parent"], []).append(grid)
    assert set(members) == codes(grids("supervision"))
    for grid in grids("supervision"):
        assert {cell["code"][:9] for cell in members[grid["code"]]} == {grid["area"]}
        union = shapely.union_all([cell["shape"] for cell in members[grid["code"]]])
        assert union.symmetric_difference(grid["shape"]).area < 1e-12


def test_streets_are_in_one_piece() -> None:
    for street in (row["code"] for row in table("areas.csv") if row["level"] == "street"):
        inside = [grid["shape"] for grid in grids("supervision") if grid["area"] == street]
        assert shapely.union_all(inside).geom_type == "Polygon", street


def test_every_reference_resolves() -> None:
    areas, units, squads = codes(table("areas.csv")), codes(table("units.csv")), set()
    for row in table("units.csv"):
        assert row["area"] in areas and row["parent"] in units | {""}
        if row["kind"] == "squad":
            squads.add(row["code"])
    posts = {
        post["code"] for post in yaml.safe_load((PACK.parent / "standard/posts.yaml").read_text("utf-8"))
    }
    for row in table("people.csv"):
        assert row["post"] in posts and row["unit"] in units and row["area"] in areas
    assert {row["grid"] for row in table("supervision.csv")} == codes(grids("supervision"))
    assert {row["unit"] for row in table("supervision.csv")} == squads
    classes = codes(table("classes.csv", "standard"))
    for row in table("responsibility.csv"):
        assert row["class"] in classes and row["place"] in areas | {"*"}
        assert {row["lead"], *filter(None, row["assist"].split(";"))} <= units
    city = yaml.safe_load((PACK / "pack.yaml").read_text("utf-8"))["city"]
    assert city["default_unit"] in units and city["code"] in areas


def test_the_duty_matrix_leaves_no_class_and_street_out() -> None:
    lines = {(row["class"], row["place"]) for row in table("responsibility.csv")}
    streets = [row["code"] for row in table("areas.csv") if row["level"] == "street"]
    for row in table("classes.csv", "standard"):
        if row["level"] == "minor" and row["generation"] == "2013":
            fits = {(code, place) for code in (row["code"], row["parent"]) for place in ("*", *streets)}
            named = fits & lines
            assert any(place == "*" for _, place in named) or len({place for _, place in named}) == 43, row


def test_the_modules_are_those_the_source_names() -> None:
    names = (
        "应急管理 城市管理 综治维稳 安全生产 社会事业 社会保障 社会服务 经济动态 法律司法 党建工作 网络社会"
    )
    assert {row["name_zh"] for row in table("modules.csv")} == set(names.split())
    assert {row["module"] for row in table("classes.csv", "standard")} <= codes(table("modules.csv"))


def test_what_is_a_generated_example_says_so() -> None:
    calendars = yaml.safe_load((PACK / "calendar.yaml").read_text("utf-8"))
    base = yaml.safe_load((PACK.parent / "standard/calendar.yaml").read_text("utf-8"))
    assert calendars["calendars"][0] == base["calendars"][0]
    assert (calendars["first_year"], calendars["last_year"]) == (base["first_year"], base["last_year"])
    assert [row["unit_kinds"] for row in calendars["calendars"]] == [[], ["street"]]
    for name in ("command_levels.csv", "area_profiles.csv"):
        assert all(row["source"].startswith("generated:") for row in table(name))
    assert {row["class"]: row["level"] for row in table("command_levels.csv")} == {"E05": "district"}


def test_squads_are_of_like_size_and_walk_neighbouring_grids() -> None:
    inspectors = Counter(row["unit"] for row in table("people.csv") if row["post"] == "inspector")
    assert (len(inspectors), min(inspectors.values()), max(inspectors.values())) == (35, 44, 45)
    walked = Counter(row["unit"] for row in table("supervision.csv"))
    assert (len(walked), min(walked.values()), max(walked.values())) == (35, 6, 7)


def test_people_are_numbered_posts_and_nobody_holds_two() -> None:
    rows = table("people.csv")
    assert list(rows[0]) == ["login", "name", "post", "unit", "area", "source"]
    assert all(row["source"].startswith("generated") for row in rows)
    assert len({row["login"] for row in rows}) == len(rows)
    posts = {row["login"]: row for row in rows}
    assert {login: posts[login]["post"] for login in DEMO} == DEMO
    assert posts["danwei"]["unit"] == posts["chuzhi"]["unit"]


def test_command_has_two_levels() -> None:
    """Each street dispatches its own cases; what it escalates finds the district's dispatchers."""
    city = yaml.safe_load((PACK / "pack.yaml").read_text("utf-8"))["city"]
    streets = {row["code"] for row in table("areas.csv") if row["level"] == city["command_level"]}
    held = Counter(row["area"] for row in table("people.csv") if row["post"] == "dispatcher")
    assert held == {"110105": 10} | dict.fromkeys(streets, 1)
    unit_of = {row["area"]: row["code"] for row in table("units.csv") if row["kind"] == "street"}
    for row in table("people.csv"):
        if row["post"] == "dispatcher" and row["area"] in streets:
            assert row["unit"] == unit_of[row["area"]]


def test_supervision_is_the_standard_s_but_for_the_meeting_of_a_street() -> None:
    standard, own = (
        yaml.safe_load((PACK.parent / name / "oversight.yaml").read_text("utf-8")) for name in ("standard", "chaoyang")
    )  # fmt: skip
    (meeting,) = (one for one in own["occasions"] if one not in standard["occasions"])
    own["occasions"].remove(meeting)
    assert own == standard
    keepers = [
        row for row in table("people.csv") if row["area"] == meeting["area"] and row["post"] == "coordinator"
    ]
    assert [row["source"][:10] for row in keepers] == ["generated:"]


def test_unit_grids_are_numbered_from_top_to_bottom() -> None:
    """The first grid of a community lies in its highest row, the last in its lowest."""
    inside: dict[str, list[Any]] = {}
    for grid in grids("unit_grid"):
        inside.setdefault(grid["area"], []).append(grid["shape"])
    for area, shapes in inside.items():
        row = (sum(one.area for one in shapes) / len(shapes)) ** 0.5
        heights = [one.centroid.y for one in shapes]
        assert max(heights) - heights[0] < row and heights[-1] - min(heights) < row, area
