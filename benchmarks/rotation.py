# SPDX-License-Identifier: Apache-2.0
"""Rotation of a whole district: seconds, nobody sent back, fairness against the bound; two years of plans in a row.

People, squads and grids are those of the Chaoyang pack (1,547, 35, 237); the cases of each grid are made up, skewed as real
ones are (log-normal by a fixed seed), and made up anew for each plan. No database is asked.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.figures import Figure
from wangge.inspectors.assigning import assign, bound, fairness, weights

PACK = Path(__file__).resolve().parents[1] / "packs/chaoyang"
#: six swaps of grids, then squads change, then six swaps and a change again
TURNS = (*("grids",) * 6, "squads", *("grids",) * 6, "squads")
AVOID_GRIDS, AVOID_SQUADS = 2, 1


@dataclass
class District:
    """Who is where, and where they were: newest first."""

    grids: Mapping[str, list[str]]
    squad_of: dict[int, str]
    was_at: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    was_in: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def turn(self, kind: str, loads: Mapping[str, float]) -> dict[int, str]:
        """One plan: the grid of each person, as wangge.inspectors.actions.planning makes it."""
        carried = self._carried(loads)
        if kind == "squads":
            weight = {s: sum(weights({g: loads[g] for g in here}).values()) for s, here in self.grids.items()}
            avoid = {p: self.was_in[p][:AVOID_SQUADS] for p in self.squad_of}
            least = {squad: len(here) for squad, here in self.grids.items()}
            self.squad_of = assign([*self.squad_of], weight, avoid=avoid, carried=carried, least=least)
        found: dict[int, str] = {}
        for squad, here in self.grids.items():
            people = [person for person, unit in self.squad_of.items() if unit == squad]
            avoid = {p: self.was_at[p][:AVOID_GRIDS] for p in people}
            found |= assign(people, {g: loads[g] for g in here}, avoid=avoid, carried=carried)
        return found

    def _carried(self, loads: Mapping[str, float]) -> dict[int, float]:
        """What each carries now: the cases of their grid, shared among those who walk it."""
        at = {person: places[0] for person, places in self.was_at.items() if places}
        walkers = Counter(at.values())
        return {person: loads[grid] / walkers[grid] for person, grid in at.items()}

    def settle(self, plan: Mapping[int, str]) -> int:
        """The plan is in force; how many it sent back."""
        back = sum(grid in self.was_at[person][:AVOID_GRIDS] for person, grid in plan.items())
        for person, grid in plan.items():
            self.was_at[person].insert(0, grid)
            self.was_in[person].insert(0, self.squad_of[person])
        return back


def measure() -> list[Figure]:
    """Seconds of each kind of plan, how many were sent back, and how much above the bound the most loaded carries."""
    district, random = _district(), Random(4)
    grids = [grid for here in district.grids.values() for grid in here]
    seconds: dict[str, list[float]] = defaultdict(list)
    above: dict[str, list[float]] = defaultdict(list)
    back = uncovered = 0
    for kind in ("grids", *TURNS):
        loads = {grid: float(round(random.lognormvariate(5, 0.6))) for grid in grids}
        begun = perf_counter()
        plan = district.turn(kind, loads)
        seconds[kind].append(perf_counter() - begun)
        above[kind].append(_above(district, plan, loads, whole=kind == "squads"))
        back += district.settle(plan)
        uncovered += len(set(grids) - set(plan.values()))
    note = f"{len(district.squad_of):,} inspectors, {len(district.grids)} squads, {len(grids)} grids"
    return [
        Figure("rotation: grids inside every squad, slowest", max(seconds["grids"]), "s", "< 60", note=note),
        Figure("rotation: squads and then grids, slowest", max(seconds["squads"]), "s", "< 60", note=note),
        Figure(
            "rotation: sent back to one of the last two grids", back, "people", note=f"{len(TURNS) + 1} plans"
        ),
        Figure("rotation: grids without anybody", uncovered, "grids"),
        Figure(
            "rotation: most loaded, grids: the worst squad's above its bound", max(above["grids"]), "times"
        ),
        Figure("rotation: most loaded, squads: above the city's bound", max(above["squads"]), "times"),
    ]


def _above(district: District, plan: Mapping[int, str], loads: Mapping[str, float], *, whole: bool) -> float:
    """The load of the most loaded as a multiple of the bound: of each squad by itself, or of the whole city."""
    if whole:
        return fairness(list(plan.values()), loads).largest / bound(loads, len(plan))
    shares = []
    for here in district.grids.values():
        found = fairness([grid for grid in plan.values() if grid in set(here)], {g: loads[g] for g in here})
        shares.append(found.largest / found.bound)
    return max(shares)


def _district() -> District:
    grids: dict[str, list[str]] = defaultdict(list)
    for row in _rows("supervision.csv"):
        grids[row["unit"]].append(row["grid"])
    inspectors = (row for row in _rows("people.csv") if row["post"] == "inspector")
    return District(grids, {number: row["unit"] for number, row in enumerate(inspectors)})


def _rows(file: str) -> list[dict[str, str]]:
    with (PACK / file).open(encoding="utf-8", newline="") as lines:
        return [*csv.DictReader(lines)]
