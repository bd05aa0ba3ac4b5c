# SPDX-License-Identifier: Apache-2.0
"""Which unit is in charge: the most specific row of the responsibility matrix wins. Pure.

A row names a class (or any), a place (area or grid, or any) and the owner of the component (or any). Rows that fit
are compared in this order: a named owner beats none; then the nearer class (detail, minor, major, any); then the
nearer place (unit grid, supervision grid, community, street, district, any). What is left cannot tie: the matrix
holds one row for each combination.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MatrixRow:
    """One row of the matrix; empty class, place or owner = any. `lead` and `assist` are unit codes."""

    id: int
    class_code: str
    place: str
    owner: str
    lead: str
    assist: tuple[str, ...] = ()
    basis_zh: str = ""
    basis_en: str = ""


@dataclass(frozen=True)
class Decision:
    """Where a case goes and why; `row` None = nothing fits and the city's default unit takes it, with an alarm."""

    lead: str
    assist: tuple[str, ...]
    row: MatrixRow | None
    alternatives: tuple[MatrixRow, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """What the case keeps: {lead, assist, rule, class, place, owner, basis, default, alternatives}."""
        fired = self.row
        return {
            "lead": self.lead,
            "assist": list(self.assist),
            "default": fired is None,
            "rule": fired.id if fired else None,
            "class": fired.class_code if fired else "",
            "place": fired.place if fired else "",
            "owner": fired.owner if fired else "",
            "basis_zh": fired.basis_zh if fired else "",
            "basis_en": fired.basis_en if fired else "",
            "alternatives": [
                {"lead": r.lead, "class": r.class_code, "place": r.place, "owner": r.owner}
                for r in self.alternatives
            ],
        }


class Matrix:
    """All rows by what they name: a decision costs at most 2 x 4 x 6 look-ups whatever the number of rows."""

    def __init__(self, rows: Iterable[MatrixRow]) -> None:
        self._by_owner_and_class: dict[tuple[str, str], dict[str, MatrixRow]] = defaultdict(dict)
        for row in rows:
            self._by_owner_and_class[row.owner, row.class_code][row.place] = row

    def route(
        self,
        classes: Sequence[str],
        places: Sequence[str],
        owner: str,
        *,
        default: str,
        known: Any,
        avoid: str = "",
    ) -> Decision:
        """Decide for a case.

        `classes` and `places` are codes, nearest first; `known` holds the codes of units in force: a row whose lead
        has ended does not fire. A unit in `avoid` (it returned the case) is passed over while another row fits.
        """
        owners = (owner, "") if owner else ("",)
        fitting = [
            row
            for o in owners
            for c in (*classes, "")
            if (by_place := self._by_owner_and_class.get((o, c)))
            for p in (*places, "")
            if (row := by_place.get(p)) and row.lead in known
        ]
        chosen = next((r for r in fitting if r.lead != avoid), None)
        if chosen is None:
            return Decision(default, (), None, tuple(fitting))
        others = tuple(r for r in fitting if r is not chosen)
        return Decision(chosen.lead, tuple(u for u in chosen.assist if u in known), chosen, others)
