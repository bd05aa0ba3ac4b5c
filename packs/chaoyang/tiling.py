# SPDX-License-Identifier: Apache-2.0
"""Cut an outline into small cells: evenly spread seeds and their Voronoi cells, seamless to the last digit.

Nothing is random; ties go to the lower index. Geometry is in WGS84 degrees; sample points and seeds are arrays
(n, 2) in kilometres on a plane scaled at MIDDLE_LAT, good to well under 1 % over one district.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Polygon, box

MIDDLE_LAT = 39.95
KM = np.array([111.32 * cos(radians(MIDDLE_LAT)), 111.0])
DECIMALS = 6
CHUNK = 8192

Points = NDArray[np.float64]
Whole = NDArray[np.int64]


def sample(part: Polygon, step_km: float) -> Points:
    """A square lattice of points inside the polygon."""
    west, south, east, north = part.bounds
    xs = np.arange(west, east, step_km / KM[0])
    ys = np.arange(south, north, step_km / KM[1])
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    shapely.prepare(part)
    inside: Points = points[shapely.contains_xy(part, points[:, 0], points[:, 1])] * KM
    return inside


def nearest(points: Points, seeds: Points) -> Whole:
    """Index of the nearest seed for every point."""
    found = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), CHUNK):
        some = points[start : start + CHUNK]
        across = some[:, None, 0] - seeds[None, :, 0]
        along = some[:, None, 1] - seeds[None, :, 1]
        found[start : start + CHUNK] = np.argmin(across**2 + along**2, axis=1)
    return found


def spread(points: Points, known: Sequence[Points], count: int) -> Points:
    """`count` seeds: the known ones, then always the point farthest from all seeds so far."""
    seeds = list(known)
    if not seeds:
        seeds.append(points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))])
    gap = np.min([((points - seed) ** 2).sum(axis=1) for seed in seeds], axis=0)
    while len(seeds) < count:
        seeds.append(points[int(np.argmax(gap))])
        gap = np.minimum(gap, ((points - seeds[-1]) ** 2).sum(axis=1))
    return np.array(seeds)


def relax(points: Points, seeds: Points, rounds: int) -> Points:
    """Lloyd's rounds: every seed moves to the mean of its points, so that cells become even and compact."""
    for _ in range(rounds):
        owner = nearest(points, seeds)
        counts = np.bincount(owner, minlength=len(seeds))
        sums = np.stack([np.bincount(owner, points[:, axis], len(seeds)) for axis in (0, 1)], axis=1)
        seeds = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], seeds)
    return seeds


def share(weights: Points, total: int, most: Whole) -> Whole:
    """Whole numbers that add up to `total`, from 1 to `most` each, by weight (largest remainder)."""
    exact = weights / weights.sum() * total
    given: Whole = np.clip(np.floor(exact).astype(np.int64), 1, most)
    while (left := total - int(given.sum())) != 0:
        step = 1 if left > 0 else -1
        free = given < most if step > 0 else given > 1
        given[int(np.argmax(np.where(free, (exact - given) * step, -np.inf)))] += step
    return given


def cells(part: Polygon, seeds: Points) -> list[Polygon]:
    """Voronoi cells of the seeds clipped to the polygon: one valid Polygon a seed, seamless, 6 decimals.

    A piece that a concave outline cuts off goes to the neighbour it shares the longest edge with.
    """
    west, south, east, north = part.bounds
    around = box(*(np.array([west - 1, south - 1]) * KM), *(np.array([east + 1, north + 1]) * KM))
    diagram = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=around, ordered=True)
    kept: list[Polygon] = []
    loose: list[Polygon] = []
    for cell in shapely.get_parts(diagram):
        # Neighbours share corners, so rounding before clipping keeps the cover seamless.
        corners = np.round(shapely.get_coordinates(cell) / KM, DECIMALS)
        pieces = sorted(polygons(Polygon(corners).intersection(part)), key=lambda piece: piece.area)
        kept.append(pieces.pop())
        loose.extend(pieces)
    for piece in loose:
        _give(piece, kept)
    return kept


def polygons(shape: shapely.Geometry) -> list[Polygon]:
    """The polygons of a geometry with rounded corners; crumbs without area are dropped."""
    parts = [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]
    rounded = [Polygon(np.round(shapely.get_coordinates(part.exterior), DECIMALS)) for part in parts]
    return [part for part in rounded if part.area > 0]


def _give(piece: Polygon, kept: list[Polygon]) -> None:
    touching = shapely.STRtree(kept).query(piece, predicate="intersects")
    shared = [piece.boundary.intersection(kept[index].boundary).length for index in touching]
    best = int(touching[int(np.argmax(shared))])
    merged = kept[best].union(piece)
    if not isinstance(merged, Polygon):
        raise ValueError("a piece cut off by the outline has no neighbour")
    kept[best] = merged


def reading_order(shapes: Sequence[Polygon]) -> list[int]:
    """Indexes from left to right in rows from top to bottom, the order of grid numbers."""
    centres = [shape.centroid for shape in shapes]
    row = max(float(np.mean([shape.area for shape in shapes])) ** 0.5, 1e-6)
    top = max(point.y for point in centres)
    return sorted(range(len(shapes)), key=lambda i: (int((top - centres[i].y) / row), centres[i].x, i))
