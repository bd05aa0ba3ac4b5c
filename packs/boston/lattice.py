# SPDX-License-Identifier: Apache-2.0
"""Unit grids, supervision grids and outline: a lattice over the cells in which a request was recorded.

A cell is 0.005 degree of latitude by 0.006 of longitude (about 556 m x 493 m). Its edges lie half a 1/1000
degree off the 1/1000 raster, so that a position rounded to 3 decimals never lies on an edge, and rounding
never moves a request into another cell.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import shapely
from shapely.geometry import Polygon, mapping
from shapely.geometry.base import BaseGeometry

from packs.boston.recorded import CITY, HERE, Report

Cell = tuple[int, int]
# code, name_zh, name_en, area, parent, source, shape
Feature = tuple[str, str, str, str, str | None, str, BaseGeometry]
SOUTH, WEST, HEIGHT, WIDTH = 422295, -711905, 50, 60  # 1/10,000 degree
SMALLEST_SUPERVISION_GRID = 3  # cells; a smaller piece joins a neighbour if it has one


def cell_of(report: Report) -> Cell:
    latitude, longitude = report.milli
    return (latitude * 10 - SOUTH) // HEIGHT, (longitude * 10 - WEST) // WIDTH


def cell_polygon(cell: Cell) -> Polygon:
    south, west = SOUTH + cell[0] * HEIGHT, WEST + cell[1] * WIDTH
    return shapely.box(west / 1e4, south / 1e4, (west + WIDTH) / 1e4, (south + HEIGHT) / 1e4)


def unit_code(cell: Cell) -> str:
    return f"{CITY}R{cell[0]:02d}C{cell[1]:02d}"


def adjacent(cell: Cell) -> list[Cell]:
    row, column = cell
    return [(row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column)]


def areas_of_cells(reports: Iterable[Report], areas: dict[str, str]) -> dict[Cell, tuple[str, str]]:
    """Cell -> (area code, source). `Boston` and empty name no neighbourhood, so they have no vote."""
    votes: dict[Cell, Counter[str]] = defaultdict(Counter)
    for report in reports:
        if report.has_position:
            named = report.neighborhood not in (None, "Boston")
            votes[cell_of(report)].update([areas[str(report.neighborhood)]] if named else [])
    known = {cell: most_common(count) for cell, count in votes.items() if count}
    found: dict[Cell, tuple[str, str]] = {}
    for cell, count in votes.items():
        if count:
            share = f"named by {count[known[cell]]} of {count.total()} requests"
            found[cell] = known[cell], f"generated: lattice cell, neighbourhood {share}"
        else:
            nearest = min(known, key=lambda other: (math.dist(cell, other), other))
            found[cell] = (
                known[nearest],
                "generated: lattice cell, neighbourhood of the nearest cell with one",
            )
    return found


def most_common(count: Counter[str]) -> str:
    return min(count, key=lambda area: (-count[area], area))


def pieces(area_of: dict[Cell, str]) -> list[set[Cell]]:
    """Edge-connected pieces of one area each; a tiny one joins the piece it shares most edges with."""
    parts: list[set[Cell]] = []
    left = set(area_of)
    for start in sorted(area_of):
        if start in left:
            part, edge = set[Cell](), [start]
            while edge:
                cell = edge.pop()
                if cell in left and area_of[cell] == area_of[start]:
                    left.remove(cell)
                    part.add(cell)
                    edge += adjacent(cell)
            parts.append(part)
    for part in sorted(parts, key=lambda part: (len(part), min(part))):
        if len(part) < SMALLEST_SUPERVISION_GRID:
            shared = Counter(
                index for index, other in enumerate(parts) if other is not part
                for cell in part for side in adjacent(cell) if side in other
            )  # fmt: skip
            if shared:
                best = min(shared, key=lambda index: (-shared[index], -len(parts[index]), min(parts[index])))
                parts[best] |= part
                parts = [other for other in parts if other is not part]
    return parts


def write_layer(layer: str, features: list[Feature]) -> None:
    """One GeoJSON feature a line, by code."""
    names = ("code", "name_zh", "name_en", "area", "parent", "source")
    with (HERE / "grids" / f"{layer}.geojsonl").open("w", encoding="utf-8", newline="\n") as out:
        for *values, shape in sorted(features, key=lambda feature: feature[0]):
            if shape.geom_type != "Polygon" or not shape.is_valid:
                raise ValueError(f"not one valid polygon: {values}")
            out.write(feature_text(dict(zip(names, values, strict=True)), shape))


def feature_text(properties: dict[str, str | None], shape: BaseGeometry) -> str:
    feature = {"type": "Feature", "properties": properties, "geometry": mapping(shapely.normalize(shape))}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_outline(cells: Iterable[Cell]) -> None:
    """One ring round all cells: a concave hull, widened to hold every cell."""
    whole = shapely.union_all([cell_polygon(cell) for cell in cells])
    hull = shapely.concave_hull(whole, ratio=0.05).union(whole)
    if not isinstance(hull, Polygon):
        raise ValueError("the outline is not one polygon")
    outline = shapely.set_precision(Polygon(hull.exterior), 1e-6)
    properties: dict[str, str | None] = {
        "source": "生成：有请求的网格单元的凹包，非官方边界 · generated: concave hull of the lattice cells with a request;"
        " no official boundary",
        "licence": "Apache-2.0",
        "note": "Leaves out every part of the city without a recorded request (most of the harbour islands).",
    }
    text = feature_text(properties, outline)
    (HERE / "outline.geojson").write_text(text, encoding="utf-8", newline="\n")


def write_grids(
    reports: Iterable[Report], areas: dict[str, str], names: dict[str, tuple[str, str]]
) -> dict[str, str]:
    """Write both layers and the outline. `areas`: neighbourhood -> code; `names`: area code -> (en, zh).

    Returns supervision grid code -> area code.
    """
    found = areas_of_cells(reports, areas)
    area_of = {cell: area for cell, (area, _) in found.items()}
    unit_layer: list[Feature] = []
    supervision_layer: list[Feature] = []
    supervision: dict[str, str] = {}
    for part in sorted(pieces(area_of), key=min):
        area = most_common(Counter(area_of[cell] for cell in part))
        number = 1 + sum(other == area for other in supervision.values())
        code, (english, chinese) = f"{area}S{number}", names[area]
        supervision[code] = area
        shape = shapely.union_all([cell_polygon(cell) for cell in sorted(part)])
        title = f"{chinese}监督网格 {number}", f"{english} supervision grid {number}"
        source = f"generated: {len(part)} edge-connected lattice cells"
        supervision_layer.append((code, *title, area, None, source, shape))
        for cell in part:
            own = unit_code(cell)
            unit_layer.append((own, own, own, *found[cell][:1], code, found[cell][1], cell_polygon(cell)))
    write_layer("unit_grid", unit_layer)
    write_layer("supervision", supervision_layer)
    write_outline(sorted(area_of))
    return supervision
