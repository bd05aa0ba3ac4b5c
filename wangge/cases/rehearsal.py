# SPDX-License-Identifier: Apache-2.0
"""Where past cases would go by another matrix: asked before it is put in force."""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from wangge.cases.models import Case
from wangge.cases.routing import Decision, Matrix
from wangge.cases.visibility import visible_to
from wangge.grids.queries import city, command_path_of
from wangge.organizations.directory import Actor

#: past cases looked at, the newest filed ones
MOST = 10_000
SHOWN = 50


@dataclass(frozen=True)
class Charge:
    """Who is in charge of what: the matrix, the chain of codes above each class, the units in force, the default, and the
    level that dispatches a class first where it is not the city's."""

    matrix: Matrix
    classes: dict[str, str]
    units: Container[str]
    default: str
    levels: Mapping[str, str] = field(default_factory=dict)


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
    """`asked` past cases; `moves`: (unit before, unit after) -> how many; `unrouted`: no row would have fitted any more;
    `levels`: another area would have dispatched first. All of the whole city; `examples` only of cases the reader may
    see."""

    asked: int
    moves: tuple[tuple[str, str, int], ...]
    unrouted: int
    examples: tuple[Rerouted, ...]
    levels: int = 0

    @property
    def moved(self) -> int:
        return sum(count for _, _, count in self.moves)


_COLUMNS = (
    "pk", "number", "class_code", "area_path", "owner", "filed_at", "unit_grid__code", "supervision_grid__code"
)  # fmt: skip


def rehearse(before: Charge, after: Charge, most: int = MOST, *, reader: Actor | None = None) -> Rehearsal:
    """Decide the newest `most` filed cases by both, each by the day it was filed. One query, another for the examples."""
    zone = city().zone
    found: Any = Case.objects.filter(filed_at__isnull=False).order_by("-pk").values_list(*_COLUMNS)[:most]
    moves: Counter[tuple[str, str]] = Counter()
    asked, unrouted, levels = 0, 0, 0
    moved: dict[int, Rerouted] = {}
    for pk, number, class_code, area_path, owner, filed_at, *grids in found:
        places = [code for code in (*grids, *area_path.strip("/").split("/")[::-1]) if code]
        day = filed_at.astimezone(zone).date()
        one, two = (_decide(charge, class_code, places, owner, day) for charge in (before, after))
        asked += 1
        unrouted += two.row is None and one.row is not None
        levels += _commands(before, class_code, area_path) != _commands(after, class_code, area_path)
        if one.lead != two.lead:
            moves[one.lead, two.lead] += 1
            moved[pk] = Rerouted(number, class_code, area_path, one.lead, two.lead)
    ordered = sorted(((*pair, count) for pair, count in moves.items()), key=lambda m: (-m[2], m))
    return Rehearsal(asked, tuple(ordered), unrouted, _examples(moved, reader), levels)


def _examples(moved: Mapping[int, Rerouted], reader: Actor | None) -> tuple[Rerouted, ...]:
    if not moved or reader is None:
        return ()
    seen = Case.objects.filter(visible_to(reader), pk__in=moved).order_by("-pk").values_list("pk", flat=True)
    return tuple(moved[pk] for pk in seen[:SHOWN])


def _upward(charge: Charge, class_code: str) -> list[str]:
    return [code for code in charge.classes.get(class_code, "").strip("/").split("/")[::-1] if code]


def _commands(charge: Charge, class_code: str, area_path: str) -> str:
    """Path of the area that dispatches first."""
    classes = _upward(charge, class_code)
    level = next((charge.levels[code] for code in classes if code in charge.levels), "")
    return command_path_of(area_path, level)


def _decide(charge: Charge, class_code: str, places: list[str], owner: str, day: Any) -> Decision:
    return charge.matrix.route(
        _upward(charge, class_code), places, owner, default=charge.default, known=charge.units, day=day
    )
