# SPDX-License-Identifier: Apache-2.0
"""The Boston pack as plain files: its figures, its references, and what must never be in it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from shapely.geometry import shape

from packs.boston.catalogue import THIS_TYPE, limit_of
from packs.boston.civic_days import holidays
from packs.boston.recorded import Report

PACK = Path(__file__).parents[2] / "packs" / "boston"
COLUMNS = (
    "case_enquiry_id,open_dt,target_dt,closed_dt,ontime_status,case_status,subject,reason,type,department,"
    "neighborhood,latitude,longitude,source"
)
DEFAULT_POINT = ("42.3594", "-71.0587")
# Seven or more digits with the usual separators, or a mail address.
CONTACT = re.compile(r"\d(?:[-. ()/]{0,2}\d){6,}|\S@\S")
Row = dict[str, str]


@cache
def table(name: str, folder: Path = PACK) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@cache
def reports() -> list[Row]:
    text = gzip.decompress((PACK / "reports.csv.gz").read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text)))


@cache
def layer(name: str) -> dict[str, dict[str, Any]]:
    lines = (PACK / "grids" / f"{name}.geojsonl").read_text(encoding="utf-8").splitlines()
    return {feature["properties"]["code"]: feature for feature in map(json.loads, lines)}


def codes(name: str, column: str = "code") -> set[str]:
    return {row[column] for row in table(name)}


def class_of_triple() -> dict[tuple[str, str, str], str]:
    by_code = {row["code"]: row for row in table("classes.csv")}
    found = {}
    for code, row in by_code.items():
        if row["level"] == "detail":
            minor = by_code[row["parent"]]
            found[by_code[minor["parent"]]["name_en"], minor["name_en"], row["name_en"]] = code
    return found


def test_figures_are_those_of_the_readme() -> None:
    rows = reports()
    backwards = [row for row in rows if row["closed_dt"] and row["closed_dt"] < row["open_dt"]]
    default = [row for row in rows if (row["latitude"], row["longitude"]) == DEFAULT_POINT]
    figures = {
        "rows": len(rows),
        "opened before 1 July 2015": sum(row["open_dt"] < "2015-07-01" for row in rows),
        "closed before opened (flaw)": len(backwards),
        "default point, i.e. no position (flaw)": len(default),
        "both flaws": sum(row in default for row in backwards),
        "no target": sum(not row["target_dt"] for row in rows),
        "still open": sum(not row["closed_dt"] for row in rows),
        "`OVERDUE` by its own flag": sum(row["ontime_status"] == "OVERDUE" for row in rows),
        "no flag": sum(not row["ontime_status"] for row in rows),
        "no neighbourhood": sum(not row["neighborhood"] for row in rows),
        "classes (subject, reason, type)": len({(r["subject"], r["reason"], r["type"]) for r in rows}),
        "departments": len({row["department"] for row in rows}),
    }
    assert figures["rows"] == len({row["case_enquiry_id"] for row in rows}) == 24_000
    readme = (PACK / "README.md").read_text(encoding="utf-8")
    printed = re.findall(r"^\| (.+?) \| [\d,]+ \| ([\d,]+) \|$", readme, re.MULTILINE)
    assert {name: int(value.replace(",", "")) for name, value in printed} == figures


def test_reports_hold_only_the_kept_columns_in_order_of_time() -> None:
    packed = (PACK / "reports.csv.gz").read_bytes()
    assert len(packed) < 2_000_000
    assert packed[4:8] == bytes(4), "a time in the gzip header would change the bytes of every run"
    assert ",".join(reports()[0]) == COLUMNS
    keys = [(row["open_dt"], int(row["case_enquiry_id"])) for row in reports()]
    assert keys == sorted(keys)
    moment = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
    for row in reports():
        assert moment.fullmatch(row["open_dt"])
        assert all(not row[name] or moment.fullmatch(row[name]) for name in ("target_dt", "closed_dt"))


def test_positions_are_coarse() -> None:
    for row in reports():
        place = row["latitude"], row["longitude"]
        if place != DEFAULT_POINT:
            assert all(re.fullmatch(r"-?\d\d\.\d{3}", value) for value in place), place


@pytest.mark.parametrize(
    ("text", "found"),
    [("call 617-635-4500", True), ("(617) 635 4500", True), ("a@b.org", True), ("1289 of 3537", False)],
)
def test_contact_pattern(text: str, found: bool) -> None:
    assert bool(CONTACT.search(text)) is found


def test_no_text_holds_a_contact() -> None:
    texts = {row[name] for row in reports() for name in ("subject", "reason", "type", "department")}
    texts |= {row[name] for row in reports() for name in ("neighborhood", "source")}
    for path in PACK.glob("*.csv"):
        for row in table(path.name):
            texts |= {value for name, value in row.items() if name not in {"code", "class", "parent", "area"}}
    for name in ("unit_grid", "supervision"):
        texts |= {str(feature["properties"]["source"]) for feature in layer(name).values()}
    texts = {re.sub(r"\b\d{4}-\d\d-\d\d\b", "", text) for text in texts}
    codes_of_cells = {code for name in ("unit_grid", "supervision") for code in layer(name)}
    assert not [text for text in texts - codes_of_cells - codes("areas.csv") if CONTACT.search(text)]


def test_every_report_finds_class_norm_department_area_and_channel() -> None:
    classes, units = class_of_triple(), codes("units.csv")
    normed, placed = codes("norms.csv", "class"), codes("responsibility.csv", "class")
    areas, channels = codes("areas.csv", "name_en"), codes("channels.csv", "name_en")
    for row in reports():
        code = classes[row["subject"], row["reason"], row["type"]]
        assert code in normed
        assert code in placed
        assert row["department"].replace(" ", "_") in units
        assert not row["neighborhood"] or row["neighborhood"] in areas
        assert row["source"] in channels


def test_references_resolve() -> None:
    areas, units, classes = codes("areas.csv"), codes("units.csv"), codes("classes.csv")
    levels = {level["code"] for level in yaml.safe_load((PACK / "levels.yaml").read_text(encoding="utf-8"))}
    assert {row["parent"] for row in table("areas.csv")} <= areas | {""}
    assert {row["level"] for row in table("areas.csv")} == levels
    assert {row["parent"] for row in table("classes.csv")} <= classes | {""}
    assert {row["module"] for row in table("classes.csv")} == codes("modules.csv")
    assert {row["generation"] for row in table("classes.csv")} == codes("generations.csv")
    assert {row["parent"] for row in table("units.csv")} <= units | {""}
    assert {row["area"] for name in ("units.csv", "people.csv") for row in table(name)} <= areas
    assert codes("people.csv", "unit") <= units
    posts = yaml.safe_load((PACK.parent / "standard" / "posts.yaml").read_text(encoding="utf-8"))
    assert codes("people.csv", "post") == {post["code"] for post in posts}
    assert codes("norms.csv", "class") == {r["code"] for r in table("classes.csv") if r["level"] == "detail"}
    assert codes("responsibility.csv", "class") <= classes | {"*"}
    assert codes("responsibility.csv", "lead") <= units
    assert codes("supervision.csv", "grid") == set(layer("supervision"))
    assert codes("supervision.csv", "unit") == {r["code"] for r in table("units.csv") if r["kind"] == "squad"}
    city = yaml.safe_load((PACK / "pack.yaml").read_text(encoding="utf-8"))["city"]
    assert city["code"] in areas
    assert city["default_unit"] in units


def test_an_interface_may_report_through_its_own_channel() -> None:
    """This pack's channels lie over the standard's and do not replace them, so that `api` is left."""
    assert "channels.csv" not in yaml.safe_load((PACK / "pack.yaml").read_text(encoding="utf-8"))["replaces"]
    below = {row["code"] for row in table("channels.csv", PACK.parent / "standard")}
    assert "api" in below | codes("channels.csv")


def test_keys_are_unique_and_sorted() -> None:
    keys = {
        "areas.csv": ["code"], "units.csv": ["code"], "classes.csv": ["code"], "norms.csv": ["code"],
        "channels.csv": ["code"], "holidays.csv": ["date"], "supervision.csv": ["grid"],
        "people.csv": ["login", "name", "post"], "responsibility.csv": ["class", "place", "owner"],
    }  # fmt: skip
    for name, columns in keys.items():
        rows = [tuple(row[column] for column in columns) for row in table(name)]
        assert rows == sorted(set(rows)), name


def test_staff_can_run_the_loop_in_every_department_and_squad() -> None:
    posts = Counter((row["unit"], row["post"]) for row in table("people.csv"))
    for unit in table("units.csv"):
        if unit["kind"] == "department":
            assert posts[unit["code"], "unit_clerk"] >= 1
            assert posts[unit["code"], "handler"] >= 1
        if unit["kind"] == "squad":
            assert posts[unit["code"], "inspector"] >= 2
            assert posts[unit["code"], "squad_leader"] == 1
    total = Counter(row["post"] for row in table("people.csv"))
    assert min(total["operator"], total["duty_chief"], total["dispatcher"]) >= 2
    logins = codes("people.csv", "login")
    assert logins >= {"jiandu", "shouli", "zhiban", "paiqian", "danwei", "chuzhi"}
    assert logins >= {"pingjia", "xietiao", "lingdao", "guanli"}
    assert all(row["source"].startswith("generated:") for row in table("people.csv"))


def test_unit_grids_tile_their_supervision_grids_and_hold_every_position() -> None:
    cells, supervision = layer("unit_grid"), layer("supervision")
    shapes = {code: shape(feature["geometry"]) for code, feature in (cells | supervision).items()}
    assert len(cells) == 487
    assert len(supervision) == 19
    assert all(s.geom_type == "Polygon" and s.is_valid for s in shapes.values())
    assert shapely.coverage_is_valid([shapes[code] for code in cells])
    for code in supervision:
        own = [shapes[cell] for cell, f in cells.items() if f["properties"]["parent"] == code]
        assert shapely.union_all(own).equals(shapes[code]), code
    areas = codes("areas.csv")
    assert {f["properties"]["area"] for f in (cells | supervision).values()} <= areas
    outline = json.loads((PACK / "outline.geojson").read_text(encoding="utf-8"))["geometry"]
    tree = shapely.STRtree([shapes[code] for code in cells])
    places = {(float(row["longitude"]), float(row["latitude"])) for row in reports()}
    hits = Counter(tree.query([shapely.Point(place) for place in places], predicate="intersects")[0].tolist())
    assert hits == Counter(range(len(places))), "each place in exactly one cell, none on an edge"
    assert shape(outline).covers(shapely.union_all([shapes[code] for code in cells]))


def test_norms_and_classes_are_labelled() -> None:
    for row in table("norms.csv"):
        assert row["code"] == row["class"] + "-1"
        assert row["clock"] == "natural_day"
        assert 1 <= int(row["limit"]) <= 365
        assert row["local"] == "yes"
        said = re.fullmatch(r"生成：.*n=(\d+).* · generated: .*n=(\d+).*before 2015-07-01.*", row["source"])
        assert said and said[1] == said[2], row["code"]
        assert len(row["source"]) <= 300
    texts = ["name_zh", "name_en", "source"]
    for name in ("areas.csv", "classes.csv", "units.csv"):
        assert all(row[column] for row in table(name) for column in texts)
    assert all(re.search(r"[\u4e00-\u9fff]", row["name_zh"]) for row in table("classes.csv"))


def request(hours_promised: float | None, hours_taken: float | None) -> Report:
    opened = datetime(2015, 3, 1, 12)
    target = None if hours_promised is None else opened + timedelta(hours=hours_promised)
    closed = None if hours_taken is None else opened + timedelta(hours=hours_taken)
    names = ("ONTIME", "Closed", "s", "r", "t", "D", None)
    return Report(1, opened, target, closed, *names, 42.3, -71.1, "app")


@pytest.mark.parametrize(
    ("requests", "days"),
    [
        # Median of 1, 2, 3, 4, 50 days promised; what was taken does not count.
        ([request(24 * d, 1) for d in (1, 2, 3, 4, 50)], 3),
        # One second over a day is two days; exactly a day is one.
        ([request(24 + 1 / 3600, 1)] * 5, 2),
        ([request(24, 1)] * 5, 1),
        # Four targets are too few: 0.8 quantile of ten closings is the eighth, 8 days.
        ([request(24, 24 * 9)] * 1 + [request(None, 24 * d) for d in (1, 2, 3, 4, 5, 6, 7, 8, 10)], 8),
        # Of six closings the fifth: 4.8 goes up.
        ([request(None, 24 * d) for d in (1, 2, 3, 4, 5, 6)], 5),
        # Closed before opened measures nothing: four closings are left, too few.
        ([request(None, -5)] + [request(None, 24)] * 4, None),
        ([request(None, None)] * 9, None),
        ([request(24 * 900, 1)] * 5, 365),
        ([request(None, 0)] * 5, 1),
    ],
)
def test_limit_rule(requests: list[Report], days: int | None) -> None:
    limit = limit_of(requests, THIS_TYPE)
    assert (limit.days if limit else None) == days


def test_holidays_by_published_dates() -> None:
    """Known days of 2015 and 2016; in 2016 Christmas fell on a Sunday and was kept on the Monday."""
    by_year = {year: {day.isoformat() for day, _, _ in holidays(year)} for year in (2015, 2016)}
    assert by_year[2015] == {
        "2015-01-01", "2015-01-19", "2015-02-16", "2015-04-20", "2015-05-25", "2015-07-04",
        "2015-09-07", "2015-10-12", "2015-11-11", "2015-11-26", "2015-12-25",
    }  # fmt: skip
    assert by_year[2016] == {
        "2016-01-01", "2016-01-18", "2016-02-15", "2016-04-18", "2016-05-30", "2016-07-04",
        "2016-09-05", "2016-10-10", "2016-11-11", "2016-11-24", "2016-12-26",
    }  # fmt: skip
    calendar = yaml.safe_load((PACK / "calendar.yaml").read_text(encoding="utf-8"))
    years = {int(row["date"][:4]) for row in table("holidays.csv")}
    assert years == set(range(calendar["first_year"], calendar["last_year"] + 1))
