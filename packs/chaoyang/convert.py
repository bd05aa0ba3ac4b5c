# SPDX-License-Identifier: Apache-2.0
# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=2", "pypinyin>=0.55", "scipy>=1.15", "shapely>=2.1"]
# ///
"""Make the data files of this pack: `python packs/chaoyang/convert.py DIVISIONS BOUNDARIES`.

DIVISIONS holds four_districts_2020.csv and four_districts_2016_adcode.csv, BOUNDARIES holds districts_wgs84.geojson.
Areas and the outline are real; grids are generated inside the outline, organisations and people by organisation.py.
Deterministic: a second run gives the same bytes. README.md says what is real and what is generated.
"""

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import organisation
import shapely
import tiling
from pypinyin import Style, lazy_pinyin
from shapely.geometry import MultiPolygon, Polygon, mapping, shape

HERE = Path(__file__).resolve().parent
DISTRICT = "110105"
EXCLAVE_STREET = "110105400"
UNIT_GRIDS, SUPERVISION_GRIDS = 8070, 237
STEP_KM = 0.03
CENTRE = np.array([116.457, 39.915]) * tiling.KM
"""Where unit grids are smallest: the middle of the inner streets."""
HALF_KM = 6.0
"""At this distance from the centre unit grids are twice as large."""
STRAY_KM = 5.0
"""A published point farther than this from the middle of its street's points is taken for a wrong match."""
AREA_SOURCE = "National Bureau of Statistics codes of 2020-06-30 via netnr/zoning (MIT); name_en by pinyin"
OUTLINE_SOURCE = "AMap via Vonng/adcode"
GRID_SOURCE = "generated: Voronoi cells inside the district outline"
LAYERS = [("supervision", "监督网格", "Supervision grid"), ("unit_grid", "技术网格", "Unit grid")]

Row = dict[str, str]


@dataclass
class Cover:
    """The generated unit grids: one polygon a cell, its community, its supervision group, and cells that touch."""

    polygons: list[Polygon]
    communities: list[str]
    links: list[dict[int, float]]


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


def pinyin(name: str) -> str:
    """One capitalised word of pinyin without tones; an apostrophe before a later syllable that starts with a vowel."""
    syllables = lazy_pinyin(name, style=Style.NORMAL)
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


def seats(divisions: Path, area_rows: list[Row]) -> tuple[dict[str, list[np.ndarray]], dict[str, np.ndarray]]:
    """Published points of 2016 in km: all of a street (office, communities), and of each community still so named."""
    names = {row["code"]: row["name_zh"] for row in area_rows}
    of_street: dict[str, list[np.ndarray]] = defaultdict(list)
    of_community: dict[str, np.ndarray] = {}
    for row in read(divisions / "four_districts_2016_adcode.csv"):
        if row["code"].startswith(DISTRICT) and row["lng_wgs84"] and row["level"] in ("town", "village"):
            point = np.array([float(row["lng_wgs84"]), float(row["lat_wgs84"])]) * tiling.KM
            of_street[row["code"][:9]].append(point)
            if row["level"] == "village" and plain(names.get(row["code"], "?")) == plain(row["name"]):
                of_community[row["code"]] = point
    for street, points in of_street.items():
        middle = np.median(points, axis=0)
        of_street[street] = [point for point in points if np.hypot(*(point - middle)) <= STRAY_KM]
    return of_street, of_community


def cut_streets(part: Polygon, of_street: dict[str, list[np.ndarray]]) -> dict[str, np.ndarray]:
    """Sample points of each street: those nearest to one of its published points."""
    points = tiling.sample(part, STEP_KM)
    labelled = [(street, seat) for street in sorted(of_street) for seat in of_street[street]]
    owner = tiling.nearest(points, np.array([seat for _, seat in labelled]))
    names = np.array([street for street, _ in labelled])[owner]
    return {street: points[names == street] for street in sorted(of_street)}


def cut_communities(
    streets: dict[str, np.ndarray], codes: list[str], of_community: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Sample points of each community: the published seat where it lies in the street, else a spread one; then evened."""
    found: dict[str, np.ndarray] = {}
    for street, points in streets.items():
        inside = [code for code in codes if code.startswith(street)]
        tree = tiling.cKDTree(points)
        known = [code for code in inside if code in of_community and tree.query(of_community[code])[0] < STEP_KM]
        ordered = known + [code for code in inside if code not in known]
        seeds = tiling.spread(points, [of_community[code] for code in known], len(ordered))
        owner = tiling.nearest(points, tiling.relax(points, seeds, 4))
        found |= {code: points[owner == index] for index, code in enumerate(ordered)}
    return found


def cover(parts: list[Polygon], communities: dict[str, np.ndarray]) -> Cover:
    """Cut every community into its share of the unit grids, smaller near the centre."""
    codes = sorted(communities)
    weights = []
    for code in codes:
        away = np.hypot(*(communities[code] - CENTRE).T)
        weights.append(float((1 / (1 + away / HALF_KM)).sum()))
    most = np.array([max(1, len(communities[code]) // 4) for code in codes])
    given = tiling.share(np.array(weights), UNIT_GRIDS, most)
    polygons: list[Polygon] = []
    owner: list[str] = []
    for part, is_exclave in zip(parts, (False, True), strict=True):
        seeds, names = [], []
        for code, count in zip(codes, given, strict=True):
            if code.startswith(EXCLAVE_STREET) == is_exclave:
                points = communities[code]
                seeds.append(tiling.relax(points, tiling.spread(points, [], int(count)), 8))
                names.extend([code] * int(count))
        polygons.extend(tiling.cells(part, np.vstack(seeds)))
        owner.extend(names)
    links = tiling.neighbours(polygons)
    print(f"cells moved to keep communities whole: {tiling.connect(owner, links)}")
    return Cover(polygons, owner, links)


def supervision(tiles: Cover) -> dict[str, str]:
    """Community -> supervision grid code; a grid is whole neighbouring communities of one street."""
    codes = sorted(set(tiles.communities))
    index = {code: number for number, code in enumerate(codes)}
    links: list[dict[int, float]] = [defaultdict(float) for _ in codes]
    weight = {number: 0 for number in range(len(codes))}
    for cell, code in enumerate(tiles.communities):
        weight[index[code]] += 1
        for near, length in tiles.links[cell].items():
            if tiles.communities[near] != code:
                links[index[code]][index[tiles.communities[near]]] += length
    streets = sorted({code[:9] for code in codes})
    members = {street: [index[code] for code in codes if code.startswith(street)] for street in streets}
    total = np.array([sum(weight[node] for node in members[street]) for street in streets], dtype=float)
    most = np.array([len(members[street]) for street in streets])
    result: dict[str, str] = {}
    for street, count in zip(streets, tiling.share(total, SUPERVISION_GRIDS, most), strict=True):
        grown = tiling.groups({node: weight[node] for node in members[street]}, links, int(count))
        assert len(grown) == count, f"{street} falls into more pieces than it has supervision grids"
        wholes = [_whole(tiles, {codes[node] for node in group}) for group in grown]
        for number, at in enumerate(tiling.reading_order(wholes), start=1):
            result |= {codes[node]: f"{street}S{number:02d}" for node in grown[at]}
    return result


def _whole(tiles: Cover, codes: set[str]) -> Polygon:
    """The union of all cells of some communities, as one polygon."""
    cells = [polygon for polygon, code in zip(tiles.polygons, tiles.communities, strict=True) if code in codes]
    union = shapely.union_all(cells)
    assert isinstance(union, Polygon), f"{sorted(codes)} is not one piece"
    return union


def feature(polygon: Polygon, properties: dict[str, str | None]) -> str:
    """One GeoJSON Feature on one line, outer ring counter-clockwise, six decimals."""
    geometry = mapping(shapely.orient_polygons(shapely.normalize(polygon)))
    rings = [[[round(x, 6), round(y, 6)] for x, y in ring] for ring in geometry["coordinates"]]
    whole = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": rings}}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def write_grids(tiles: Cover, group_of: dict[str, str], names: dict[str, str]) -> None:
    """Both layers, one feature a line, by code."""
    lines: dict[str, str] = {}
    for code in sorted(set(tiles.communities)):
        inside = [index for index, owner in enumerate(tiles.communities) if owner == code]
        ordered = tiling.reading_order([tiles.polygons[index] for index in inside])
        for number, at in enumerate(ordered, start=1):
            grid = f"{code}{number:03d}"
            lines[grid] = feature(
                tiles.polygons[inside[at]],
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
        lines[grid] = feature(_whole(tiles, {code for code, of in group_of.items() if of == grid}), properties)
    _write_lines("supervision", lines)


def _write_lines(layer: str, lines: dict[str, str]) -> None:
    path = HERE / "grids" / f"{layer}.geojsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(lines[code] + "\n" for code in sorted(lines)), encoding="utf-8")
    print(f"{layer}: {len(lines)} grids, {path.stat().st_size / 1e6:.2f} MB")


def read_outline(boundaries: Path) -> MultiPolygon:
    """The district's outline, WGS84."""
    features = json.loads((boundaries / "districts_wgs84.geojson").read_text(encoding="utf-8"))["features"]
    found = shape(next(item["geometry"] for item in features if str(item["properties"]["adcode"]) == DISTRICT))
    assert isinstance(found, MultiPolygon)
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
    parts = tiling.main_parts(outline)
    of_street, of_community = seats(divisions, area_rows)
    exclave = {EXCLAVE_STREET: of_street.pop(EXCLAVE_STREET)}
    streets = cut_streets(parts[0], of_street) | cut_streets(parts[1], exclave)
    missing = {code for code in names if len(code) == 9} - streets.keys()
    assert not missing, f"no published point in {missing}"
    codes = sorted(code for code in names if len(code) == 12)
    tiles = cover(parts, cut_communities(streets, codes, of_community))
    assert set(tiles.communities) == set(codes), "a community is left without a grid"
    group_of = supervision(tiles)
    assert len(set(group_of.values())) == SUPERVISION_GRIDS
    write("areas.csv", area_rows)
    write_outline(outline)
    write("grid_layers.csv", [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en in LAYERS])
    write_grids(tiles, group_of, names)
    centres = {grid: _whole(tiles, {c for c, of in group_of.items() if of == grid}).centroid for grid in group_of.values()}
    organisation.write_all(write, read(HERE / "departments.csv"), area_rows, centres)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
