# SPDX-License-Identifier: Apache-2.0
"""Many points at once lie where each of them lies alone, on shared boundaries too."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.grids.locate import SUPERVISION, UNIT_GRID, GridIndex, GridInfo

SIDE = 6
LEANING = 0.25  # boundaries that are no rectangles: a point's bounding box meets more grids than hold it


def _index() -> GridIndex:
    """Leaning squares in SIDE columns and rows; codes run against the position, so order of loading decides nothing."""
    rows = []
    for column in range(SIDE):
        for row in range(SIDE):
            number = (SIDE - column) * SIDE + (row * 5) % SIDE
            corners = [
                [c + LEANING * r, r]
                for c, r in ((column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1))
            ]
            ring = [*corners, corners[0]]
            grid = GridInfo(number, UNIT_GRID, f"{number:03}", "", "", "/", "S")
            rows.append((grid, f'{{"type": "Polygon", "coordinates": [{ring}]}}'))
    supervision = GridInfo(999, SUPERVISION, "S", "", "", "/", "")
    rows.append((supervision, '{"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]}'))
    return GridIndex.build(rows)


INDEX = _index()
# Quarters fall on corners and sides of the squares; some lie outside.
quarters = st.integers(-2, (SIDE + 3) * 4).map(lambda n: n / 4)
anywhere = st.floats(-1, SIDE + 3)
points = st.lists(st.tuples(quarters | anywhere, quarters | anywhere), max_size=50)


@settings(max_examples=200, deadline=None)
@given(points)
def test_many_points_lie_where_each_lies_alone(points: list[tuple[float, float]]) -> None:
    many = INDEX.locate_many(np.array(points, dtype=float).reshape(-1, 2))
    singly = [INDEX.locate(*point) for point in points]
    assert [INDEX.unit_grids[at].code if at >= 0 else None for at in many] == [
        found.unit_grid.code if found else None for found in singly
    ]


@pytest.mark.parametrize("column", range(1, SIDE))
@pytest.mark.parametrize("row", range(1, SIDE))
def test_a_shared_corner_belongs_to_the_lowest_code(column: int, row: int) -> None:
    corner = column + LEANING * row, float(row)
    around = [INDEX.locate(corner[0] + x, corner[1] + y) for x in (-0.1, 0.1) for y in (-0.01, 0.01)]
    codes = {found.unit_grid.code for found in around if found}
    assert len(codes) == 4
    found = INDEX.locate(*corner)
    assert found and found.unit_grid.code == min(codes)
    assert found.supervision and found.supervision.code == "S"
    (at,) = INDEX.locate_many(np.array([corner]))
    assert INDEX.unit_grids[at].code == min(codes)


def test_a_point_that_is_none_lies_nowhere() -> None:
    assert INDEX.locate_many(np.array([[np.nan, 1.0], [1.5, np.inf], [2.0, 1.5]])).tolist()[:2] == [-1, -1]


def test_a_city_without_grids_holds_no_point() -> None:
    empty = GridIndex.build([])
    assert empty.locate(1, 1) is None
    assert empty.locate_many(np.array([[1.0, 1.0]])).tolist() == [-1]
