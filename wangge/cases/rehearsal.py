# SPDX-License-Identifier: Apache-2.0
"""Where past cases would go by another matrix: asked before it is put in force."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from wangge.cases.models import Case
from wangge.cases.routing import Decision, Matrix
from wangge.grids.queries import city

#: past cases looked at, the newest filed ones
MOST = 10_000
SHOWN = 50


@dataclass(frozen=True)
class Charge:
    """Who is in charge of what: the matrix, the chain of codes above each class, the units in force, the default."""

    matrix: Matrix
    classes: dict[str, str]
    units: Container[str]
    default: str


@dataclass(frozen=True)
class Rerouted:
    """A past case another unit would have got."""

    number: str
    class_code: str
    area_path: str
    before: str
    after: str


@dataclass(frozen=True)
class Rehearsal:
    """`asked` past cases; `moves`: (unit before, unit after) -> how many; `unrouted`: no row would have fitted any more."""

    asked: int
    moves: tuple[tuple[str, str, int], ...]
    unrouted: int
    examples: tuple[Rerouted, ...]

    @property
    def moved(self) -> int:
        return sum(count for _, _, count in self.moves)


_COLUMNS = (
    "number", "class_code", "area_path", "owner", "filed_at", "unit_grid__code", "supervision_grid__code"
)  # fmt: skip


def rehearse(before: Charge, after: Charge, most: int = MOST) -> Rehearsal:
    """Decide the newest `most` filed cases by both, each by the day it was filed. One query."""
    zone = city().zone
    found: Any = Case.objects.filter(filed_at__isnull=False).order_by("-pk").values_list(*_COLUMNS)[:most]
    moves: Counter[tuple[str, str]] = Counter()
    asked, unrouted = 0, 0
    examples: list[Rerouted] = []
    for number, class_code, area_path, owner, filed_at, *grids in found:
        places = [code for code in (*grids, *area_path.strip("/").split("/")[::-1]) if code]
        day = filed_at.astimezone(zone).date()
        one, two = (_decide(charge, class_code, places, owner, day) for charge in (before, after))
        asked += 1
        unrouted += two.row is None and one.row is not None
        if one.lead != two.lead:
            moves[one.lead, two.lead] += 1
            if len(examples) < SHOWN:
                examples.append(Rerouted(number, class_code, area_path, one.lead, two.lead))
    ordered = sorted(((*pair, count) for pair, count in moves.items()), key=lambda m: (-m[2], m))
    return Rehearsal(asked, tuple(ordered), unrouted, tuple(examples))


def _decide(charge: Charge, class_code: str, places: list[str], owner: str, day: Any) -> Decision:
    classes = charge.classes.get(class_code, "").strip("/").split("/")[::-1]
    return charge.matrix.route(
        [code for code in classes if code], places, owner, default=charge.default, known=charge.units, day=day
    )
