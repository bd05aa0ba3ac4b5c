# SPDX-License-Identifier: Apache-2.0
"""Which cells of a seamless cover touch, and how to group them into connected wholes. Ties go to the lower index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from shapely.geometry import Polygon

from packs.chaoyang.tiling import share

Links = Sequence[dict[int, float]]
"""For every cell: neighbour -> length of the shared edge in degrees. Corners alone do not count."""
Weights = dict[int, int]


def neighbours(cover: Sequence[Polygon]) -> list[dict[int, float]]:
    """Links of a seamless cover whose polygons have six decimals and no holes."""
    owners: dict[tuple[tuple[int, int], tuple[int, int]], list[int]] = defaultdict(list)
    for index, polygon in enumerate(cover):
        ring = [(round(x * 1e6), round(y * 1e6)) for x, y in polygon.exterior.coords]
        for start, end in pairwise(ring):
            owners[min(start, end), max(start, end)].append(index)
    result: list[dict[int, float]] = [defaultdict(float) for _ in cover]
    for (start, end), pair in owners.items():
        if len(pair) == 2:
            length = ((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2) ** 0.5 / 1e6
            result[pair[0]][pair[1]] += length
            result[pair[1]][pair[0]] += length
    return result


def components(members: Iterable[int], links: Links) -> list[list[int]]:
    """Connected groups of the members, largest first."""
    rest, found = set(members), []
    for start in sorted(rest):
        if start in rest:
            group = sorted(_steps(start, rest, links))
            rest -= set(group)
            found.append(group)
    return sorted(found, key=lambda group: (-len(group), group))


def stray(owner: Sequence[str], links: Links) -> list[int]:
    """Cells that are cut off from the largest connected group of their owner."""
    members: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(owner):
        members[name].append(index)
    return [i for name in sorted(members) for group in components(members[name], links)[1:] for i in group]


def connect(owner: list[str], links: Links) -> int:
    """Give every stray cell to the owner it borders most, one of the same street first; the number moved."""
    moved = 0
    while loose := stray(owner, links):
        for cell in loose:
            border: dict[str, float] = defaultdict(float)
            for near, length in links[cell].items():
                if owner[near] != owner[cell]:
                    border[owner[near]] += length
            if border:
                street = owner[cell][:9]
                owner[cell] = max(border, key=lambda name: (name[:9] == street, border[name], name))
                moved += 1
    return moved


def bridge(owner: list[str], links: Links) -> None:
    """Join a street that falls apart: cells on the shortest way from a stray piece to the rest change owner."""
    streets = [name[:9] for name in owner]
    for cell in stray(streets, links):
        rest = {i for i, street in enumerate(streets) if street == streets[cell]}
        rest -= next(set(part) for part in components(rest, links) if cell in part)
        steps = _steps(cell, set(range(len(owner))), links)
        at = min(rest, key=lambda node: (steps[node], node), default=cell)
        while steps[at] > 1:
            at = min(near for near in links[at] if steps[near] < steps[at])
            owner[at] = owner[cell]
            streets[at] = streets[cell]


def groups(weights: Weights, links: Links, count: int) -> list[list[int]]:
    """Split the nodes into `count` connected groups of like weight; a part by itself gets at least one group."""
    parts = components(weights, links)
    totals = np.array([sum(weights[node] for node in part) for part in parts], dtype=np.float64)
    sizes = np.array([len(part) for part in parts])
    result = []
    for part, number in zip(parts, share(totals, max(count, len(parts)), sizes), strict=True):
        grown = _grow(part, weights, links, int(number))
        _even(grown, weights, links)
        result.extend(grown)
    return result


def _grow(part: list[int], weights: Weights, links: Links, count: int) -> list[list[int]]:
    """Groups grown from nodes far apart: the lightest that still can takes the node it borders most."""
    inside = set(part)
    first = _steps(part[0], inside, links)
    starts = [max(part, key=lambda node: (first[node], -node))]
    away = [_steps(starts[0], inside, links)]
    while len(starts) < count:
        free = [node for node in part if node not in starts]
        starts.append(max(free, key=lambda node: (min(steps[node] for steps in away), -node)))
        away.append(_steps(starts[-1], inside, links))
    grown = [[start] for start in starts]
    rest = inside - set(starts)
    while rest:
        for group in sorted(grown, key=lambda nodes: (_total(nodes, weights), nodes)):
            border: dict[int, float] = defaultdict(float)
            for node in group:
                for near in links[node].keys() & rest:
                    border[near] += links[node][near]
            if border:
                taken = max(border, key=lambda node: (border[node], -node))
                group.append(taken)
                rest.discard(taken)
                break
    return grown


def _even(grown: list[list[int]], weights: Weights, links: Links) -> None:
    """Move nodes across borders while that makes the heavier of two groups lighter; both stay connected."""

    def gain(node: int, heavy: list[int], light: list[int]) -> int:
        before, here = _total(heavy, weights), weights[node]
        return before - max(before - here, _total(light, weights) + here)

    def moves() -> list[tuple[int, int, list[int], list[int]]]:
        return [
            (gain(node, heavy, light), -node, heavy, light)
            for heavy in grown
            for light in grown
            for node in heavy
            if light is not heavy
            and links[node].keys() & set(light)
            and len(components([other for other in heavy if other != node], links)) == 1
        ]

    while (best := max(moves(), default=(0, 0, [], [])))[0] > 0:
        _, negative, heavy, light = best
        heavy.remove(-negative)
        light.append(-negative)


def _total(group: list[int], weights: Weights) -> int:
    return sum(weights[node] for node in group)


def _steps(start: int, inside: set[int], links: Links) -> dict[int, int]:
    """Steps from a node to every node that can be reached inside."""
    distance, queue = {start: 0}, [start]
    for node in queue:
        for near in sorted(links[node].keys() & inside - distance.keys()):
            distance[near] = distance[node] + 1
            queue.append(near)
    return distance
