# SPDX-License-Identifier: Apache-2.0
"""From published points to generated streets, communities, unit grids and supervision grids."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from packs.chaoyang import grouping, tiling
from packs.chaoyang.tiling import KM, Points

UNIT_GRIDS, SUPERVISION_GRIDS = 8070, 237
EXCLAVE_STREET = "110105400"
STEP_KM = 0.03
CENTRE: Points = np.array([116.457, 39.915]) * KM
"""Where unit grids are smallest: the middle of the inner streets."""
HALF_KM = 6.0
"""At this distance from the centre unit grids are twice as large."""
STRAY_KM = 5.0
"""A published point farther than this from the middle of its street's points is taken for a wrong match."""


@dataclass
class Cover:
    """The unit grids: a polygon each, the code of its community, and which of them touch."""

    polygons: list[Polygon]
    communities: list[str]
    links: list[dict[int, float]]

    def whole(self, codes: set[str]) -> Polygon:
        """The union of all unit grids of some communities; ValueError if it falls apart."""
        inside = [cell for cell, code in zip(self.polygons, self.communities, strict=True) if code in codes]
        union = shapely.union_all(inside)
        if not isinstance(union, Polygon):
            raise ValueError(f"{sorted(codes)} is not one piece")
        return union


def cut_streets(part: Polygon, seats: dict[str, list[Points]]) -> dict[str, Points]:
    """Sample points of each street: those nearest to one of its published points.

    Points far from their street's others, or whose surroundings are cut off from them, are taken for wrong matches.
    """
    placed: dict[tuple[float, float], str] = {}
    for street in sorted(seats):
        middle = np.median(seats[street], axis=0)
        for seat in seats[street]:
            if np.hypot(*(seat - middle)) <= STRAY_KM:
                placed.setdefault((float(seat[0]), float(seat[1])), street)
    while True:
        points, names = np.array(list(placed)), list(placed.values())
        loose = grouping.stray(names, grouping.neighbours(tiling.cells(part, points)))
        if not loose:
            break
        gone = set(loose)
        placed = {seat: name for index, (seat, name) in enumerate(placed.items()) if index not in gone}
    lattice = tiling.sample(part, STEP_KM)
    owner = np.array(names)[tiling.nearest(lattice, points)]
    return {street: lattice[owner == street] for street in sorted(seats)}


def cut_communities(
    streets: dict[str, Points], codes: list[str], seats: dict[str, Points]
) -> dict[str, Points]:
    """Sample points of each community: from its published seat if that lies in its street, else from a spread one."""
    found: dict[str, Points] = {}
    for street, points in streets.items():
        inside = [code for code in codes if code.startswith(street)]
        known = [code for code in inside if code in seats and _near(points, seats[code])]
        ordered = known + [code for code in inside if code not in known]
        seeds = tiling.spread(points, [seats[code] for code in known], len(ordered))
        owner = tiling.nearest(points, tiling.relax(points, seeds, 4))
        found |= {code: points[owner == index] for index, code in enumerate(ordered)}
    return found


def _near(points: Points, seat: Points) -> bool:
    return bool(((points - seat) ** 2).sum(axis=1).min() < STEP_KM**2)


def cover(parts: list[Polygon], communities: dict[str, Points]) -> Cover:
    """Cut every community into its share of the unit grids, smaller near the centre; parts: mainland, exclave."""
    codes = sorted(communities)
    away = [np.hypot(*(communities[code] - CENTRE).T) for code in codes]
    weights = np.array([float((1 / (1 + distance / HALF_KM)).sum()) for distance in away])
    most = np.array([max(1, len(communities[code]) // 4) for code in codes])
    given = dict(zip(codes, tiling.share(weights, UNIT_GRIDS, most).tolist(), strict=True))
    polygons: list[Polygon] = []
    owner: list[str] = []
    for part, is_exclave in zip(parts, (False, True), strict=True):
        here = [code for code in codes if code.startswith(EXCLAVE_STREET) == is_exclave]
        seeds = [_seeds(communities[code], given[code]) for code in here]
        polygons.extend(tiling.cells(part, np.vstack(seeds)))
        owner.extend(code for code in here for _ in range(given[code]))
    links = grouping.neighbours(polygons)
    grouping.connect(owner, links)
    grouping.bridge(owner, links)
    grouping.connect(owner, links)
    return Cover(polygons, owner, links)


def _seeds(points: Points, count: int) -> Points:
    return tiling.relax(points, tiling.spread(points, [], count), 8)


def supervision(tiles: Cover) -> dict[str, str]:
    """Community -> supervision grid code; a grid is whole neighbouring communities of one street."""
    codes = sorted(set(tiles.communities))
    index = {code: number for number, code in enumerate(codes)}
    links: list[dict[int, float]] = [defaultdict(float) for _ in codes]
    weight = {number: 0 for number in range(len(codes))}
    for code, near_cells in zip(tiles.communities, tiles.links, strict=True):
        weight[index[code]] += 1
        for near, length in near_cells.items():
            if tiles.communities[near] != code:
                links[index[code]][index[tiles.communities[near]]] += length
    streets = sorted({code[:9] for code in codes})
    members = [[index[code] for code in codes if code.startswith(street)] for street in streets]
    total = np.array([sum(weight[node] for node in nodes) for nodes in members], dtype=np.float64)
    most = np.array([len(nodes) for nodes in members])
    counts = tiling.share(total, SUPERVISION_GRIDS, most).tolist()
    result: dict[str, str] = {}
    for street, nodes, count in zip(streets, members, counts, strict=True):
        grown = grouping.groups({node: weight[node] for node in nodes}, links, count)
        wholes = [tiles.whole({codes[node] for node in group}) for group in grown]
        for number, at in enumerate(tiling.reading_order(wholes), start=1):
            result |= {codes[node]: f"{street}S{number:02d}" for node in grown[at]}
    return result
