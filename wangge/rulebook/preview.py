# SPDX-License-Identifier: Apache-2.0
"""What a draft would do: the rows it changes, what is wrong with it, and whom it would reach."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from wangge.cases import recomputing
from wangge.cases.models import Case
from wangge.cases.reference import matrix
from wangge.cases.rehearsal import Charge, Rehearsal, rehearse
from wangge.cases.routing import Matrix, MatrixRow
from wangge.catalog.models import Norm
from wangge.catalog.queries import catalog
from wangge.grids.queries import areas, city
from wangge.organizations.directory import Actor, calendars_by_kind, directory
from wangge.packs.contents import Pack
from wangge.packs.documents import calendar_rows
from wangge.packs.faults import Fault
from wangge.packs.trees import paths
from wangge.rulebook.asking import Asking, asking
from wangge.rulebook.calling import Callings, callings
from wangge.rulebook.laying import Laid, lay
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.staffing import Staffing, staffing


@dataclass(frozen=True)
class Difference:
    """A column of a change; None where the row is not there."""

    column: str
    before: Any
    after: Any


@dataclass
class Preview:
    """Parts that do not apply are None."""

    laid: Laid
    #: deadlines that would move, where the calendar changes
    deadlines: recomputing.Preview | None = None
    #: past cases another unit would have got or another level dispatched, where the matrix, the units, the classes or the
    #: levels change
    routes: Rehearsal | None = None
    #: open cases that keep the norms, and the flow, they were taken in by
    keep_norms: int = 0
    keep_flow: int = 0
    #: where posts or people, forms, hotlines change
    staffing: Staffing | None = None
    asking: tuple[Asking, ...] = ()
    callings: Callings | None = None

    @property
    def faults(self) -> list[Fault]:
        return self.laid.faults

    @property
    def moved(self) -> list[Change]:
        """Changes whose row somebody else has changed since."""
        return self.laid.moved


def preview(draft: Draft, at: datetime, *, reader: Actor | None = None) -> Preview:
    """Everything known beforehand; nothing is written. Numbers are of the whole city, examples of the cases `reader` may
    see."""
    laid = lay(draft)
    found = Preview(laid)
    if laid.faults:
        return found  # what is not sound has no effect to show
    if "calendar" in laid.parts:
        calendars = calendars_by_kind(calendar_rows(laid.pack), city().zone)
        found.deadlines = recomputing.preview(at, calendars, reader=reader)
    if laid.parts & {"responsibilities", "units", "classes", "command_levels"}:
        found.routes = rehearse(_in_force(), _of(laid.pack), reader=reader)
    if codes := [change.key[0] for change in laid.changes if change.table == "norms"]:
        changed = Norm.objects.current().filter(code__in=codes).values("pk")
        found.keep_norms = Case.objects.open().filter(norm__in=changed).count()
    if "flow" in laid.parts:
        found.keep_flow = Case.objects.open().filter(_where_flows_change(laid)).count()
    tables = {change.table for change in laid.changes}
    if tables & {"posts", "people"}:
        found.staffing = staffing(laid.pack, reader)
    if "forms" in tables:
        found.asking = asking(laid.pack, laid.changes)
    if "hotlines" in tables:
        found.callings = callings(laid.pack, laid.changes, at)
    return found


def _where_flows_change(laid: Laid) -> Q:
    """Of the whole city where the city's changes, else of the areas whose own does."""
    keys = [change.key for change in laid.changes if change.table == "flow"]
    if [] in keys:
        return Q()
    found = Q(pk__in=[])
    for (code,) in keys:
        if code in areas():
            found |= Q(area_path__startswith=areas()[code].path)
    return found


def differences(change: Change) -> list[Difference]:
    """The columns that are not as they were; of a document its top-level parts."""
    before, after = change.before or {}, change.row or {}
    names = dict.fromkeys((*before, *after))
    return [
        Difference(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _in_force() -> Charge:
    classes = {code: info.path for code, info in catalog().classes.items()}
    held = directory()
    return Charge(matrix(), classes, held.units, city().default_unit, held.command_levels)


def _of(pack: Pack) -> Charge:
    assert pack.head and pack.head.city  # a city's
    rows = (
        MatrixRow(
            0,
            row.class_code,
            row.place,
            row.owner,
            row.lead,
            tuple(row.assist),
            first_day=row.first_day,
            last_day=row.last_day,
        )
        for row in pack.responsibilities.rows.values()
    )
    units = {code for (code,) in pack.units.rows}
    levels = {row.class_code: row.level for row in pack.command_levels.rows.values()}
    return Charge(Matrix(rows), paths(pack.classes), units, pack.head.city.default_unit, levels)
