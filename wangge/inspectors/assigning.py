# SPDX-License-Identifier: Apache-2.0
"""轮岗, pure: who goes where, so that nobody goes back and everybody carries about the same.

A place (a grid, or a squad for whoever changes squads) weighs its cases; whoever works there shares them evenly. Sought
is the plan in which the most loaded person carries least; among those the one whose loads, together with what
everybody carried before, have the least sum of squares. Both are exact: the first by bisection over the loads there can
be, each tried as an assignment of people to the seats that load asks for; the second by one linear program in which
further seats in a place gain less and less. Distance is ignored.

SciPy is imported where it computes: only the worker does, and a web process need not hold it.
"""

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_ROUNDING = 1e-9


class NoPlan(Exception):
    """`why`: too_few (fewer people than places), nowhere (somebody may go to no place), stuck (not all at once), time."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Fairness:
    """Cases a person: of the most loaded, on average, and the least the most loaded could carry were nobody kept from
    going back (whole people, every place covered)."""

    people: int
    places: int
    largest: float
    mean: float
    bound: float


def weights(loads: Mapping[str, float]) -> dict[str, float]:
    """A place without a case is walked all the same: it counts as one."""
    return {place: max(float(load), 1.0) for place, load in loads.items()}


def bound(loads: Mapping[str, float], people: int, least: Mapping[str, int] | None = None) -> float:
    """The least load of the most loaded of `people`: each next person goes where the load is largest.

    `least`: people each place needs at least, 1 where it says nothing. Raises NoPlan where that is more than there are.
    """
    first = {place: (least or {}).get(place, 1) for place in loads}
    if people < sum(first.values()) or not loads:
        raise NoPlan("too_few")
    heap = [(-weight / first[place], weight, first[place]) for place, weight in weights(loads).items()]
    heapq.heapify(heap)
    for _ in range(people - sum(first.values())):
        _load, weight, seats = heap[0]
        heapq.heapreplace(heap, (-weight / (seats + 1), weight, seats + 1))
    return -heap[0][0]


def fairness(places_of: Collection[str], loads: Mapping[str, float]) -> Fairness:
    """Of a plan: `places_of` holds the place of each person. A place nobody goes to weighs on nobody."""
    weight, seats = weights(loads), dict.fromkeys(loads, 0)
    for place in places_of:
        seats[place] += 1
    carried = [weight[place] / count for place, count in seats.items() if count]
    people = len(places_of)
    mean = sum(weight[place] for place, count in seats.items() if count) / people if people else 0.0
    lowest = bound(loads, people) if people >= len(loads) > 0 else 0.0
    return Fairness(people, len(loads), max(carried, default=0.0), mean, lowest)


def assign(
    people: Sequence[int],
    loads: Mapping[str, float],
    *,
    avoid: Mapping[int, Collection[str]],
    carried: Mapping[int, float],
    least: Mapping[str, int] | None = None,
    seconds: float = 60.0,
) -> dict[int, str]:
    """The place of each of `people`; every place has somebody, nobody one of those they `avoid`.

    `loads`: cases of each place; `carried`: what each person carried before; `least`: people each place needs at least,
    1 where it says nothing; given up after `seconds`. The same input gives the same plan. Raises NoPlan.
    """
    ordered, places = sorted(people), sorted(loads)
    until = monotonic() + seconds
    lowest, known = bound(loads, len(ordered), least), weights(loads)
    weight = np.array([known[place] for place in places])
    allowed = np.array([[place not in avoid.get(one, ()) for place in places] for one in ordered])
    if not allowed.any(axis=1).all():
        raise NoPlan("nowhere")
    needed = np.array([(least or {}).get(place, 1) for place in places])
    seats = _seats(weight, needed, _least_load(weight, needed, allowed, lowest, until))
    before = np.array([float(carried.get(one, 0.0)) for one in ordered])
    chosen = _evenest(weight, allowed, seats, before, _left(until))
    return {one: places[at] for one, at in zip(ordered, chosen, strict=True)}


def _left(until: float) -> float:
    """Seconds until then. Raises NoPlan."""
    left = until - monotonic()
    if left <= 0:
        raise NoPlan("time")
    return left


def _seats(weight: Array, needed: Array, load: float) -> Array:
    """How many people each place needs so that nobody carries more than `load`; `needed` at least."""
    found: Array = np.maximum(np.ceil(weight / load - _ROUNDING), needed).astype(int)
    return found


def _least_load(weight: Array, needed: Array, allowed: Array, lowest: float, until: float) -> float:
    """The smallest load of the most loaded person that the allowed places permit; `lowest` bounds it from below. No try
    begins after `until`."""
    if _fits(weight, needed, allowed, lowest):
        return lowest
    counts = np.arange(1, len(allowed) + 1)
    steps = np.unique(weight[:, None] / counts)
    steps = steps[steps > lowest * (1 + _ROUNDING)]
    low, high = 0, len(steps) - 1
    if high < 0 or not _fits(weight, needed, allowed, float(steps[high])):
        raise NoPlan("stuck")
    while low < high:
        _left(until)
        middle = (low + high) // 2
        low, high = (
            (low, middle) if _fits(weight, needed, allowed, float(steps[middle])) else (middle + 1, high)
        )
    return float(steps[high])


def _fits(weight: Array, needed: Array, allowed: Array, load: float) -> bool:
    """Can every seat that `load` asks for be taken by somebody who may?"""
    from scipy.optimize import linear_sum_assignment

    seats = _seats(weight, needed, load)
    if seats.sum() > len(allowed):
        return False
    wrong = ~np.repeat(allowed, seats, axis=1)
    return not wrong[linear_sum_assignment(wrong)].any()


def _evenest(weight: Array, allowed: Array, seats: Array, before: Array, seconds: float) -> list[int]:
    """Index of the place of each person: all `seats` taken, the rest where they relieve most, by least squares.

    A linear program whose vertices are whole numbers (a network): x of each group of people who are alike and each place
    they may go to, y of each further seat of a place. What somebody carries with a place is taken at its asked seats.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    alike, group_of, sizes = np.unique(
        np.column_stack([before, allowed]), axis=0, return_inverse=True, return_counts=True
    )
    group, place = np.nonzero(alike[:, 1:])
    count, unit, spare = len(alike), weight.mean(), len(allowed) - int(seats.sum())
    number = seats[:, None] + np.arange(1, spare + 1)
    relieved = ((weight / unit)[:, None] ** 2 / (number * (number - 1))).ravel()
    cost = 2 * alike[group, 0] / unit * (weight / seats / unit)[place]
    edges, further = len(group), len(relieved)
    rows = np.concatenate([group, count + place, count + np.repeat(np.arange(len(weight)), spare)])
    columns = np.concatenate([np.arange(edges), np.arange(edges + further)])
    signs = np.concatenate([np.ones(2 * edges), -np.ones(further)])
    found = linprog(
        np.concatenate([cost, -relieved]),
        A_eq=coo_array((signs, (rows, columns)), shape=(count + len(weight), edges + further)).tocsr(),
        b_eq=np.concatenate([sizes, seats]),
        bounds=[(0, None)] * edges + [(0, 1)] * further,
        method="highs-ds",
        options={"time_limit": seconds},
    )
    if found.status:
        raise NoPlan("time")
    going = np.repeat(place, found.x[:edges].round().astype(int))
    # `going` lists the places group by group; so do the people, sorted by their group
    chosen = np.empty(len(allowed), dtype=int)
    chosen[np.argsort(group_of.ravel(), kind="stable")] = going
    return [int(at) for at in chosen]
