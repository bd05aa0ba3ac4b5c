# SPDX-License-Identifier: Apache-2.0
"""Rotation of a whole district: seconds, nobody sent back, fairness against the bound; two years of plans in a row.

People, squads and grids are those of the Chaoyang pack (1,547, 35, 237); the cases of each grid are made up, skewed as real
ones are (log-normal by a fixed seed), and made up anew for each plan. The rule is the
standard pack's, each turn the product's own (wangge.inspectors.turning). No database is asked.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

import yaml

from benchmarks.figures import Figure
from wangge.inspectors.assigning import NoPlan, bound, fairness
from wangge.inspectors.rules import Rotation, read_rules
from wangge.inspectors.turning import carried_now, over_grids, over_squads

PACKS = Path(__file__).resolve().parents[1] / "packs"
PACK = PACKS / "chaoyang"
#: six swaps of grids, then squads change, then six swaps and a change again
TURNS = (*("grids",) * 6, "squads", *("grids",) * 6, "squads")


@dataclass
class District:
    """Who is where, and where they were: newest first."""

    rule: Rotation
    grids: Mapping[str, list[str]]
    squad_of: dict[int, str]
    was_at: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    was_in: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def turn(self, kind: str, loads: Mapping[str, float]) -> dict[int, str]:
        """One plan: the grid of each person. Raises NoPlan, and where a squad cannot be solved."""
        left = _clock(self.rule.seconds)
        carried = carried_now({person: places[0] for person, places in self.was_at.items()}, loads)
        if kind == "squads":
            avoid = {
                person: _last(self.was_in, person, self.rule.squads.avoid_last) for person in self.squad_of
            }
            self.squad_of = over_squads(
                self.squad_of, self.grids, loads, avoid=avoid, carried=carried, left=left
            )
        avoid = {person: self.avoided(person) for person in self.squad_of}
        found: dict[int, str] = {}
        for squad in over_grids(self.squad_of, self.grids, loads, avoid=avoid, carried=carried, left=left):
            if squad.why:
                raise NoPlan(squad.why)
            found |= squad.grids
        return found

    def avoided(self, person: int) -> list[str]:
        """The last grids of somebody, as many as the rule keeps them from."""
        return _last(self.was_at, person, self.rule.grids.avoid_last)

    def settle(self, plan: Mapping[int, str]) -> int:
        """The plan is in force; how many it sent back."""
        back = sum(grid in self.avoided(person) for person, grid in plan.items())
        for person, grid in plan.items():
            self.was_at[person].insert(0, grid)
            self.was_in[person].insert(0, self.squad_of[person])
        return back


def _last(was: Mapping[int, list[str]], person: int, count: int) -> list[str]:
    """Different ones, newest first: where somebody was twice counts once."""
    return [*dict.fromkeys(was.get(person, ()))][:count]


def _clock(seconds: float) -> Callable[[], float]:
    """What is left of them from now on."""
    begun = perf_counter()
    return lambda: seconds - (perf_counter() - begun)


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
            f"rotation: sent back to one of the last {district.rule.grids.avoid_last} grids",
            back,
            "people",
            note=f"{len(TURNS) + 1} plans",
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
    rules = yaml.safe_load((PACKS / "standard/inspectors.yaml").read_text(encoding="utf-8"))
    return District(
        read_rules(rules).rotation, grids, {number: row["unit"] for number, row in enumerate(inspectors)}
    )


def _rows(file: str) -> list[dict[str, str]]:
    with (PACK / file).open(encoding="utf-8", newline="") as lines:
        return [*csv.DictReader(lines)]
