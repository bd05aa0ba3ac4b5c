# SPDX-License-Identifier: Apache-2.0
"""One turn of rotation 轮岗, pure: inspectors over the squads, then those of each squad over its grids."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from wangge.inspectors.assigning import NoPlan, assign, weights

#: seconds left of the time the rules give; raises NoPlan when there are none
Left = Callable[[], float]
Avoided = Mapping[int, Collection[str]]


class Solved(NamedTuple):
    """A squad: its `people`, the grid of each, or `why` there is no plan for it (see NoPlan)."""

    squad: str
    people: list[int]
    grids: dict[int, str]
    why: str = ""


def carried_now(at: Mapping[int, str], loads: Mapping[str, float]) -> dict[int, float]:
    """What each carries: the cases of the grid they are `at`, shared among those who walk it."""
    walkers = Counter(at.values())
    return {person: loads.get(grid, 0.0) / walkers[grid] for person, grid in at.items()}


def over_squads(
    people: Collection[int], grids: Mapping[str, Sequence[str]], loads: Mapping[str, float],
    *, avoid: Avoided, carried: Mapping[int, float], left: Left,
) -> dict[int, str]:  # fmt: skip
    """The squad of each: it weighs what its `grids` do, and has somebody for each of them. Raises NoPlan."""
    weight = {squad: sum(weights(_of(here, loads)).values()) for squad, here in grids.items()}
    least = {squad: len(here) for squad, here in grids.items()}
    return assign([*people], weight, avoid=avoid, carried=carried, least=least, seconds=left())


def over_grids(
    target: Mapping[int, str], grids: Mapping[str, Sequence[str]], loads: Mapping[str, float],
    *, avoid: Avoided, carried: Mapping[int, float], left: Left,
) -> Iterator[Solved]:  # fmt: skip
    """Squad by squad; `target`: the squad of each. Raises NoPlan when the time is over."""
    for squad in sorted(set(target.values())):
        here = [person for person, unit in target.items() if unit == squad]
        try:
            found = assign(
                here, _of(grids.get(squad, ()), loads), avoid=avoid, carried=carried, seconds=left()
            )
        except NoPlan as none:
            if none.why == "time":
                raise
            yield Solved(squad, here, {}, none.why)
        else:
            yield Solved(squad, here, found)


def _of(grids: Sequence[str], loads: Mapping[str, float]) -> dict[str, float]:
    return {grid: loads.get(grid, 0.0) for grid in grids}
