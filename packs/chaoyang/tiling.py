# SPDX-License-Identifier: Apache-2.0
"""Cut an outline into small grids by Voronoi cells of evenly spread seeds, and group cells into connected wholes.

Everything is deterministic: no random numbers, ties go to the lower index. Points are (lon, lat) in WGS84 degrees;
distances are taken in kilometres on a plane scaled at MIDDLE_LAT, good to well under 1 % over one district.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import cos, radians

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry import MultiPolygon, Polygon

MIDDLE_LAT = 39.95
KM = np.array([111.32 * cos(radians(MIDDLE_LAT)), 111.0])
DECIMALS = 6

Array = np.ndarray
Edge = tuple[tuple[int, int], tuple[int, int]]


def sample(part: Polygon, step_km: float) -> Array:
    """A square lattice of points (n, 2) inside the polygon, in km."""
    west, south, east, north = part.bounds
    xs = np.arange(west, east, step_km / KM[0])
    ys = np.arange(south, north, step_km / KM[1])
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    shapely.prepare(part)
    return points[shapely.contains_xy(part, points)] * KM


def nearest(points: Array, seeds: Array) -> Array:
    """Index of the nearest seed for every point."""
    return np.asarray(cKDTree(seeds).query(points)[1])


def spread(points: Array, known: Sequence[Array], count: int) -> Array:
    """`count` seeds among the points: the known ones first, then always the point farthest from all seeds so far."""
    seeds = list(known)
    if not seeds:
        seeds.append(points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))])
    gap = np.min([((points - seed) ** 2).sum(axis=1) for seed in seeds], axis=0)
    while len(seeds) < count:
        seeds.append(points[int(np.argmax(gap))])
        gap = np.minimum(gap, ((points - seeds[-1]) ** 2).sum(axis=1))
    return np.array(seeds)


def relax(points: Array, seeds: Array, rounds: int) -> Array:
    """Lloyd's rounds: every seed moves to the mean of its points, so that cells become even and compact."""
    for _ in range(rounds):
        owner = nearest(points, seeds)
        counts = np.bincount(owner, minlength=len(seeds))
        sums = np.stack([np.bincount(owner, points[:, axis], len(seeds)) for axis in (0, 1)], axis=1)
        seeds = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], seeds)
    return seeds


def share(weights: Array, total: int, most: Array) -> Array:
    """Whole numbers that add up to `total`, at least 1 and at most `most` each, by weight (largest remainder)."""
    exact = weights / weights.sum() * total
    given = np.clip(np.floor(exact).astype(int), 1, most)
    while (left := total - int(given.sum())) != 0:
        step = 1 if left > 0 else -1
        free = given < most if step > 0 else given > 1
        want = np.where(free, (exact - given) * step, -np.inf)
        given[int(np.argmax(want))] += step
    return given


def cells(part: Polygon, seeds_km: Array) -> list[Polygon]:
    """Voronoi cells of the seeds clipped to the polygon: one valid Polygon a seed, seamless, 6 decimals.

    A piece that a concave outline cuts off from its cell goes to the neighbour it shares the longest edge with.
    """
    middle = seeds_km.mean(axis=0)
    far = middle + 1000 * np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)])
    diagram = Voronoi(np.vstack([seeds_km, far]))
    corners = np.round(diagram.vertices / KM, DECIMALS)
    kept: list[Polygon] = []
    loose: list[Polygon] = []
    for index in range(len(seeds_km)):
        region = diagram.regions[diagram.point_region[index]]
        away = diagram.vertices[region] - seeds_km[index]
        ring = corners[region][np.argsort(np.arctan2(away[:, 1], away[:, 0]))]
        cell = shapely.intersection(Polygon(ring), part)
        pieces = sorted(_polygons(cell), key=lambda piece: piece.area)
        kept.append(pieces.pop())
        loose.extend(pieces)
    for piece in loose:
        _give(piece, kept)
    return kept


def _polygons(shape: shapely.Geometry) -> list[Polygon]:
    """The polygons of an intersection, each vertex rounded, crumbs of no area dropped."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    rounded = [Polygon(np.round(shapely.get_coordinates(part.exterior), DECIMALS)) for part in parts]
    return [part for part in rounded if part.area > 0]


def _give(piece: Polygon, kept: list[Polygon]) -> None:
    touching = shapely.STRtree(kept).query(piece, predicate="intersects")
    shared = [piece.boundary.intersection(kept[index].boundary).length for index in touching]
    best = int(touching[int(np.argmax(shared))])
    merged = shapely.union(kept[best], piece)
    assert isinstance(merged, Polygon), "a loose piece has no neighbour"
    kept[best] = merged


def neighbours(polygons: Sequence[Polygon]) -> list[dict[int, float]]:
    """For every polygon of a seamless cover: index of each neighbour -> length of the shared edge in degrees."""
    owners: dict[Edge, list[int]] = defaultdict(list)
    for index, polygon in enumerate(polygons):
        ring = [(round(x * 1e6), round(y * 1e6)) for x, y in polygon.exterior.coords]
        for start, end in zip(ring, ring[1:], strict=False):
            owners[min(start, end), max(start, end)].append(index)
    result: list[dict[int, float]] = [defaultdict(float) for _ in polygons]
    for (start, end), pair in owners.items():
        if len(pair) == 2:
            length = ((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2) ** 0.5 / 1e6
            result[pair[0]][pair[1]] += length
            result[pair[1]][pair[0]] += length
    return result


def components(members: Sequence[int], links: Sequence[dict[int, float]]) -> list[list[int]]:
    """Connected groups of the members, largest first."""
    rest, found = set(members), []
    for start in sorted(members):
        if start not in rest:
            continue
        rest.discard(start)
        group, queue = [start], [start]
        while queue:
            for near in sorted(set(links[queue.pop()]) & rest):
                rest.discard(near)
                group.append(near)
                queue.append(near)
        found.append(sorted(group))
    return sorted(found, key=lambda group: (-len(group), group))


def connect(owner: list[str], links: Sequence[dict[int, float]]) -> int:
    """Give every cell cut off from the main body of its owner to the owner it borders most; the number moved."""
    moved = 0
    while True:
        by_owner = defaultdict(list)
        for index, name in enumerate(owner):
            by_owner[name].append(index)
        loose = [cell for name in sorted(by_owner) for group in components(by_owner[name], links)[1:] for cell in group]
        if not loose:
            return moved
        for cell in loose:
            border: dict[str, float] = defaultdict(float)
            for near, length in links[cell].items():
                border[owner[near]] += length * (1 if owner[near] != owner[cell] else 0)
            # The street of a community is the first nine digits: stay inside it where that is possible.
            best = max(border, key=lambda name: (name[:9] == owner[cell][:9] and border[name] > 0, border[name], name))
            if border[best] > 0:
                owner[cell] = best
                moved += 1


def groups(weights: dict[int, int], links: Sequence[dict[int, float]], count: int) -> list[list[int]]:
    """Split the nodes into `count` connected groups of like weight; a connected part gets at least one group."""
    parts = components(sorted(weights), links)
    totals = np.array([sum(weights[node] for node in part) for part in parts], dtype=float)
    sizes = np.array([len(part) for part in parts])
    given = share(totals, max(count, len(parts)), sizes)
    return [group for part, number in zip(parts, given, strict=True) for group in _grow(part, weights, links, number)]


def _grow(part: list[int], weights: dict[int, int], links: Sequence[dict[int, float]], count: int) -> list[list[int]]:
    """Groups grown from nodes far apart; the lightest group that still can takes its heaviest-bordered neighbour."""
    steps = [_steps(part[0], part, links)]
    starts = [max(part, key=lambda node: (steps[0][node], -node))]
    while len(starts) < count:
        steps.append(_steps(starts[-1], part, links))
        free = [node for node in part if node not in starts]
        starts.append(max(free, key=lambda node: (min(step[node] for step in steps[1:]), -node)))
    grown = [[start] for start in starts]
    rest = set(part) - set(starts)
    while rest:
        for group in sorted(grown, key=lambda nodes: (sum(weights[node] for node in nodes), nodes)):
            border: dict[int, float] = defaultdict(float)
            for node in group:
                for near in set(links[node]) & rest:
                    border[near] += links[node][near]
            if border:
                taken = max(border, key=lambda node: (border[node], -node))
                group.append(taken)
                rest.discard(taken)
                break
    return grown


def _steps(start: int, part: list[int], links: Sequence[dict[int, float]]) -> dict[int, int]:
    inside, distance, queue = set(part), {start: 0}, [start]
    for node in queue:
        for near in sorted(set(links[node]) & inside - distance.keys()):
            distance[near] = distance[node] + 1
            queue.append(near)
    return distance


def reading_order(polygons: Sequence[Polygon]) -> list[int]:
    """Indexes from left to right in rows from top to bottom."""
    centres = [polygon.centroid for polygon in polygons]
    row = max(float(np.mean([polygon.area for polygon in polygons])) ** 0.5, 1e-6)
    top = max(point.y for point in centres)
    return sorted(range(len(polygons)), key=lambda i: (int((top - centres[i].y) / row), centres[i].x, i))


def main_parts(outline: MultiPolygon) -> list[Polygon]:
    """The parts of the outline, largest first, rounded to 6 decimals."""
    parts = [Polygon(np.round(shapely.get_coordinates(part.exterior), DECIMALS)) for part in outline.geoms]
    return sorted(parts, key=lambda part: -part.area)
