# SPDX-License-Identifier: Apache-2.0
"""Which grid holds a point: all grids in memory in a tree, renewed when the city's revision changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connection

from wangge.common.fresh import Fresh

UNIT_GRID, SUPERVISION = "unit_grid", "supervision"
_SQUARES = 255  # a side; a square's number then fits 16 bits, which numpy sorts fastest


@dataclass(frozen=True)
class GridInfo:
    id: int
    layer: str
    code: str
    name_zh: str
    name_en: str
    area_path: str
    parent: str


@dataclass(frozen=True)
class Located:
    """The unit grid of a point, its supervision grid, and the path of its smallest area."""

    unit_grid: GridInfo
    supervision: GridInfo | None

    @property
    def area_path(self) -> str:
        return self.unit_grid.area_path


class GridIndex:
    """Unit grids in an STRtree. A point on a shared boundary belongs to the grid with the lowest code."""

    def __init__(self, grids: Sequence[GridInfo], boundaries: "np.ndarray[Any, Any]") -> None:
        """`grids` sorted by code, `boundaries` their polygons in the same order."""
        self._grids = grids
        self._tree = shapely.STRtree(boundaries)
        self._squares = _edges_of_squares(boundaries)
        self._by_code = {(g.layer, g.code): g for g in grids}
        self._codes = {g.id: g.code for g in grids}

    @classmethod
    def build(cls, rows: Sequence[tuple[GridInfo, str]]) -> "GridIndex":
        """From (grid, GeoJSON text) of every layer; only unit grids are searched, the others found by code."""
        rows = sorted(rows, key=lambda row: row[0].code)
        searched = [row for row in rows if row[0].layer == UNIT_GRID]
        boundaries = shapely.from_geojson(np.array([text for _, text in searched], dtype=object))
        shapely.prepare(boundaries)
        index = cls([grid for grid, _ in searched], boundaries)
        index._by_code.update({(g.layer, g.code): g for g, _ in rows})
        index._codes.update({g.id: g.code for g, _ in rows})
        return index

    def locate(self, lon: float, lat: float) -> Located | None:
        """The grids at a point in WGS84 degrees, or None outside every grid."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._located(int(hits.min())) if len(hits) else None

    def locate_many(self, points: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        """Positions in the list of unit grids (int64, -1 = outside) of an (n, 2) array of lon, lat.

        Neighbours are asked one after the other, so that what the tree reads for one is at hand for the next: a
        quarter faster than in random order.
        """
        east, north = (np.searchsorted(edges, points[:, axis]) for axis, edges in enumerate(self._squares))
        order = np.argsort((east * _SQUARES + north).astype(np.uint16), kind="stable")
        found, grid = self._tree.query(shapely.points(points[order]), predicate="intersects")
        answer = np.full(len(points), outside := len(self._grids), dtype=np.int64)
        np.minimum.at(answer, order[found], grid)  # of several the lowest code
        answer[answer == outside] = -1
        return answer

    def by_code(self, code: str) -> Located | None:
        """The unit grid with this code, with its supervision grid."""
        grid = self._by_code.get((UNIT_GRID, code))
        return Located(grid, self._by_code.get((SUPERVISION, grid.parent))) if grid else None

    def code_of(self, grid_id: int | None) -> str:
        """The code of a grid in force; empty for another (its boundary changed, the code may stand for other ground)."""
        return self._codes.get(grid_id, "") if grid_id else ""

    def _located(self, position: int) -> Located:
        grid = self._grids[position]
        return Located(grid, self._by_code.get((SUPERVISION, grid.parent)))

    @property
    def unit_grids(self) -> Sequence[GridInfo]:
        return self._grids


def _edges_of_squares(boundaries: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Two rows, lon and lat: where the squares meet by which points are put in order."""
    west, south, east, north = shapely.total_bounds(boundaries) if len(boundaries) else (0, 0, 1, 1)
    return np.linspace((west, south), (east, north), _SQUARES, axis=1)


def _load() -> GridIndex:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, layer, code, name_zh, name_en, area_path, parent, boundary::text FROM grids_grid"
            " WHERE valid_to IS NULL"
        )
        return GridIndex.build([(GridInfo(*row[:7]), row[7]) for row in cursor.fetchall()])


grid_index = Fresh(_load)
