# SPDX-License-Identifier: Apache-2.0
"""Which unit is in charge: the most specific row of the responsibility matrix wins. Pure.

A row names a class (or any), a place (area or grid, or any) and the owner of the component (or any). Rows that fit
are compared in this order: a named owner beats none; then the nearer class (detail, minor, major, any); then the
nearer place (unit grid, supervision grid, community, street, district, any); then a row for a period that holds on the
day beats one that always does, and of two such the one that began later. What is left cannot tie: the matrix holds
one row for each combination and first day.

A row outside its period does not fire, and the next one does: periods come and go. Where the row that would win names a
unit that has ended, nobody decides instead of the matrix: the case falls to the city's default unit, with an alarm.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class MatrixRow:
    """One row of the matrix; empty class, place or owner = any. `lead` and `assist` are unit codes.

    It holds from `first_day` to `last_day`, both included; None = without bound.
    """

    id: int
    class_code: str
    place: str
    owner: str
    lead: str
    assist: tuple[str, ...] = ()
    basis_zh: str = ""
    basis_en: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the row is in its period."""
        return (self.first_day or day) <= day <= (self.last_day or day)


class Lost(StrEnum):
    """Why a row that fits the case's class, place and owner did not fire."""

    RETURNED = "returned"
    UNIT_ENDED = "unit_ended"
    NOT_IN_FORCE = "not_in_force"
    OWNER = "owner"
    CLASS = "class"
    PLACE = "place"
    PERIOD = "period"


#: nothing else could have stopped these from winning
INVALID = (Lost.UNIT_ENDED, Lost.NOT_IN_FORCE)


@dataclass(frozen=True)
class Alternative:
    row: MatrixRow
    why: Lost


@dataclass(frozen=True)
class Decision:
    """Where a case goes and why; `row` None = nothing fires and the city's default unit takes it, with an alarm.

    `alternatives`: every other row that names the case's class, place and owner, nearest first. `broken`: of these the
    row that should have fired, but its unit has ended or, where nothing fires at all, its period is over or yet to come.
    """

    lead: str
    assist: tuple[str, ...]
    row: MatrixRow | None
    alternatives: tuple[Alternative, ...] = ()
    broken: Alternative | None = None

    def as_dict(self) -> dict[str, Any]:
        """What the case keeps: {lead, assist, default, rule, class, place, owner, first_day, last_day, basis_zh,
        basis_en, alternatives: [{lead, class, place, owner, first_day, last_day, why}]}."""
        fired = self.row
        return {
            "lead": self.lead,
            "assist": list(self.assist),
            "default": fired is None,
            "rule": fired.id if fired else None,
            **(_named(fired) if fired else {"class": "", "place": "", "owner": ""}),
            "basis_zh": fired.basis_zh if fired else "",
            "basis_en": fired.basis_en if fired else "",
            "alternatives": [
                {"lead": other.row.lead, "why": other.why.value} | _named(other.row)
                for other in self.alternatives
            ],
        }


def _named(row: MatrixRow) -> dict[str, Any]:
    """What identifies a row; days as ISO text, left out where there is no bound."""
    days = {"first_day": row.first_day, "last_day": row.last_day}
    return {"class": row.class_code, "place": row.place, "owner": row.owner} | {
        name: day.isoformat() for name, day in days.items() if day
    }


def why_lost(route: Mapping[str, Any], other: Mapping[str, Any]) -> Lost:
    """Why an alternative of a route kept on a case lost; cases of before `why` was kept are told by comparison."""
    if "why" in other:
        return Lost(other["why"])
    if route["default"]:
        return Lost.RETURNED  # then only the unit that returned the case stood among those that fit
    return next(
        (Lost(name) for name in ("owner", "class", "place") if route[name] != other[name]), Lost.PERIOD
    )


class Matrix:
    """All rows by what they name: a decision costs at most 2 x 4 x 6 look-ups whatever the number of rows."""

    def __init__(self, rows: Iterable[MatrixRow]) -> None:
        self._by_owner_and_class: dict[tuple[str, str], dict[str, tuple[MatrixRow, ...]]] = defaultdict(dict)
        for row in sorted(rows, key=_later_periods_first):
            by_place = self._by_owner_and_class[row.owner, row.class_code]
            by_place[row.place] = (*by_place.get(row.place, ()), row)

    def route(
        self,
        classes: Sequence[str],
        places: Sequence[str],
        owner: str,
        *,
        default: str,
        known: Container[str],
        day: date,
        avoid: Container[str] = (),
    ) -> Decision:
        """Decide for a case.

        `classes` and `places` are codes, nearest first; `known` holds the codes of units in force. `day` is a date in
        the city's zone. Units in `avoid` (they returned or escalated the case) are passed over.
        """
        owners = (owner, "") if owner else ("",)
        fitting = [
            row
            for o in owners
            for c in (*classes, "")
            if (by_place := self._by_owner_and_class.get((o, c)))
            for p in (*places, "")
            for row in by_place.get(p, ())
        ]
        best = next((row for row in fitting if row.lead not in avoid and row.holds(day)), None)
        chosen = best if best and best.lead in known else None
        others = tuple(
            Alternative(row, _why(row, best, known, day, avoid)) for row in fitting if row is not chosen
        )
        if chosen is None:
            return Decision(default, (), None, others, _broken(others, best))
        return Decision(chosen.lead, tuple(u for u in chosen.assist if u in known), chosen, others)


def _later_periods_first(row: MatrixRow) -> tuple[bool, int]:
    """Of one combination: rows for a period, the one that began last before the others, then the one for always."""
    return not (row.first_day or row.last_day), -(row.first_day or date.min).toordinal()


def _broken(others: tuple[Alternative, ...], best: MatrixRow | None) -> Alternative | None:
    """The row to be mended; none where it was a return that left nothing to fire."""
    if best is None and any(other.why is Lost.RETURNED for other in others):
        return None
    return next((o for o in others if o.why in INVALID and best in (None, o.row)), None)


def _why(
    row: MatrixRow, best: MatrixRow | None, known: Container[str], day: date, avoid: Container[str]
) -> Lost:
    if row.lead in avoid:
        return Lost.RETURNED
    if row.lead not in known:
        return Lost.UNIT_ENDED
    if best is None or not row.holds(day):
        return Lost.NOT_IN_FORCE
    if row.owner != best.owner:
        return Lost.OWNER
    if row.class_code != best.class_code:
        return Lost.CLASS
    return Lost.PLACE if row.place != best.place else Lost.PERIOD
