# SPDX-License-Identifier: Apache-2.0
# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=2", "pypinyin>=0.55", "shapely>=2.1"]
# ///
"""Make the data files of this pack: `python packs/chaoyang/convert.py DIVISIONS BOUNDARIES`.

DIVISIONS holds four_districts_2020.csv and four_districts_2016_adcode.csv, BOUNDARIES holds districts_wgs84.geojson.
Areas and the outline are real; grids are generated inside the outline, organisations and people by organisation.py.
Deterministic: a second run gives the same bytes. README.md says what is real and what is generated.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

# Run by path, a script sees only its own folder; its modules are named from the root of the repository.
sys.path.insert(0, str(Path(__file__).parents[2]))

from packs.chaoyang import layout, organisation, tiling
from packs.chaoyang.layout import EXCLAVE_STREET, Cover
from packs.chaoyang.tiling import KM, Points

HERE = Path(__file__).resolve().parent
DISTRICT = "110105"
AREA_SOURCE = "National Bureau of Statistics codes of 2020-06-30 via netnr/zoning (MIT); name_en by pinyin"
OUTLINE_SOURCE = "高德地图（经 Vonng/adcode）· AMap via Vonng/adcode"
GRID_SOURCE = "generated: Voronoi cells inside the district outline"
LAYERS = [("supervision", "监督网格", "Supervision grid"), ("unit_grid", "技术网格", "Unit grid")]

READINGS = {"朝阳": "cháo yáng", "瞰都": "kàn dū", "长店": "cháng diàn", "重兴寺": "chóng xīng sì"}
"""Local readings that the pinyin library's dictionary has otherwise."""

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Rows of a UTF-8 CSV with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, rows: Iterable[Row]) -> None:
    """Write rows, in the order given, as UTF-8 CSV with LF; the first row's keys are the header."""
    rows = list(rows)
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


@cache
def pinyin_library() -> Any:
    """The pinyin library with local readings; wanted here only, so no dependency of the project."""
    library = import_module("pypinyin")
    library.load_phrases_dict(
        {word: [[part] for part in reading.split()] for word, reading in READINGS.items()}
    )
    return library


def pinyin(name: str) -> str:
    """One capitalised word without tones; an apostrophe before a later syllable that starts with a vowel."""
    syllables = [syllable.replace("v", "ü") for syllable in pinyin_library().lazy_pinyin(name)]
    return "".join("'" + s if i and s[0] in "aoe" else s for i, s in enumerate(syllables)).capitalize()


def english(name: str) -> str:
    """Pinyin of the proper part and the kind of area in English."""
    kinds = {
        "区": "District",
        "街道": "Subdistrict",
        "地区": "Area",
        "社区居民委员会": "Community",
        "社区居委会": "Community",
        "社区委员会": "Community",
        "居委会": "Community",
        "社区": "Community",
        "村民委员会": "Village",
        "村村委会": "Village",
        "村委会": "Village",
    }
    ending = next((end for end in sorted(kinds, key=len, reverse=True) if name.endswith(end)), "")
    return f"{pinyin(name[: len(name) - len(ending)])} {kinds.get(ending, 'Community')}"


def areas(divisions: Path) -> list[Row]:
    """District, streets and communities by code."""
    levels = {"3": "district", "4": "street", "5": "community"}
    return [
        {
            "code": row["code"],
            "name_zh": row["name"],
            "name_en": english(row["name"]),
            "level": levels[row["level"]],
            "parent": "" if row["level"] == "3" else row["parent_code"],
            "source": AREA_SOURCE,
        }
        for row in sorted(read(divisions / "four_districts_2020.csv"), key=lambda row: row["code"])
        if row["code"].startswith(DISTRICT)
    ]


def plain(name: str) -> str:
    """The name without its ending, to compare two years."""
    return re.sub(r"(社区|村)?(居委会|居民委员会|村委会|村民委员会|委员会)?$", "", name)


def seats(divisions: Path, area_rows: list[Row]) -> tuple[dict[str, list[Points]], dict[str, Points]]:
    """Published points of 2016: all of a street (office, communities), and of each community still so named."""
    names = {row["code"]: row["name_zh"] for row in area_rows}
    of_street: dict[str, list[Points]] = defaultdict(list)
    of_community: dict[str, Points] = {}
    for row in read(divisions / "four_districts_2016_adcode.csv"):
        if row["code"].startswith(DISTRICT) and row["lng_wgs84"] and row["level"] in ("town", "village"):
            point = np.array([float(row["lng_wgs84"]), float(row["lat_wgs84"])]) * KM
            of_street[row["code"][:9]].append(point)
            if row["level"] == "village" and plain(names.get(row["code"], "?")) == plain(row["name"]):
                of_community[row["code"]] = point
    return of_street, of_community


def feature(polygon: Polygon, properties: dict[str, str | None]) -> str:
    """One GeoJSON Feature on one line, outer ring counter-clockwise, six decimals."""
    geometry = mapping(shapely.orient_polygons(shapely.normalize(polygon)))
    rings = [[[round(x, 6), round(y, 6)] for x, y in ring] for ring in geometry["coordinates"]]
    whole = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": rings},
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def write_grids(tiles: Cover, group_of: dict[str, str], names: dict[str, str]) -> None:
    """Both layers, one feature a line, by code."""
    lines: dict[str, str] = {}
    for code in sorted(set(tiles.communities)):
        cells = [cell for cell, owner in zip(tiles.polygons, tiles.communities, strict=True) if owner == code]
        ordered = tiling.reading_order(cells)
        for number, at in enumerate(ordered, start=1):
            grid = f"{code}{number:03d}"
            lines[grid] = feature(
                cells[at],
                {
                    "code": grid,
                    "name_zh": f"{plain(names[code])}{number:03d}",
                    "name_en": grid,
                    "area": code,
                    "parent": group_of[code],
                    "source": GRID_SOURCE,
                },
            )
    _write_lines("unit_grid", lines)
    lines = {}
    for grid in sorted(set(group_of.values())):
        properties: dict[str, str | None] = {
            "code": grid,
            "name_zh": f"{names[grid[:9]]}第{int(grid[10:])}监督网格",
            "name_en": f"{english(names[grid[:9]])} supervision grid {int(grid[10:])}",
            "area": grid[:9],
            "parent": None,
            "source": GRID_SOURCE + ", whole communities",
        }
        inside = {code for code, of in group_of.items() if of == grid}
        lines[grid] = feature(tiles.whole(inside), properties)
    _write_lines("supervision", lines)


def _write_lines(layer: str, lines: dict[str, str]) -> None:
    path = HERE / "grids" / f"{layer}.geojsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(lines[code] + "\n" for code in sorted(lines)), encoding="utf-8")
    print(f"{layer}: {len(lines)} grids, {path.stat().st_size / 1e6:.2f} MB")


def read_outline(boundaries: Path) -> MultiPolygon:
    """The district's outline, WGS84."""
    features = json.loads((boundaries / "districts_wgs84.geojson").read_text(encoding="utf-8"))["features"]
    found = shape(
        next(item["geometry"] for item in features if str(item["properties"]["adcode"]) == DISTRICT)
    )
    if not isinstance(found, MultiPolygon):
        raise ValueError("the outline must be the mainland and its exclave")
    return found


def write_outline(outline: MultiPolygon) -> None:
    """The outline as it was published, with its source."""
    properties = {
        "code": DISTRICT,
        "source": OUTLINE_SOURCE,
        "licence": "CC BY 4.0",
        "note": "About 2017, converted from GCJ-02 to WGS84. Not an official map; no map-approval number.",
    }
    whole = {"type": "Feature", "properties": properties, "geometry": mapping(outline)}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    (HERE / "outline.geojson").write_text(text + "\n", encoding="utf-8")


def main(divisions: Path, boundaries: Path) -> None:
    """Write every data file of the pack but pack.yaml, levels.yaml and departments.csv, which are written by hand."""
    area_rows = areas(divisions)
    names = {row["code"]: row["name_zh"] for row in area_rows}
    outline = read_outline(boundaries)
    parts = sorted(tiling.polygons(outline), key=lambda part: -part.area)
    of_street, of_community = seats(divisions, area_rows)
    exclave = {EXCLAVE_STREET: of_street.pop(EXCLAVE_STREET)}
    streets = layout.cut_streets(parts[0], of_street) | layout.cut_streets(parts[1], exclave)
    codes = sorted(code for code in names if len(code) == 12)
    tiles = layout.cover(parts, layout.cut_communities(streets, codes, of_community))
    group_of = layout.supervision(tiles)
    write("areas.csv", area_rows)
    write_outline(outline)
    write("grid_layers.csv", [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en in LAYERS])
    write_grids(tiles, group_of, names)
    members: dict[str, set[str]] = defaultdict(set)
    for community, grid in group_of.items():
        members[grid].add(community)
    centres = {grid: tiles.whole(inside).centroid for grid, inside in members.items()}
    organisation.write_all(write, read(HERE / "departments.csv"), area_rows, centres)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
