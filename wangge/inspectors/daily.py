# SPDX-License-Identifier: Apache-2.0
"""零报告 as read: the month of each unit as cells, one day of one unit. Pure but for the queries at the end."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, Sum

from wangge.grids.locate import grid_index
from wangge.grids.queries import areas, city
from wangge.inspectors.models import DailyReport, SettledCount
from wangge.inspectors.reference import current_rules, first_day, local_day
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, UnitInfo, directory
from wangge.organizations.models import Unit


@dataclass(frozen=True)
class Cell:
    """A day of a unit: `state` reported, zero, missing, waiting (still time) or none (nothing was asked)."""

    day: date
    state: str
    found: int = 0
    late: bool = False
    corrected: bool = False


@dataclass(frozen=True)
class UnitMonth:
    unit: UnitInfo
    cells: tuple[Cell, ...]

    def count(self, state: str) -> int:
        return sum(cell.state == state for cell in self.cells)

    @property
    def missing(self) -> int:
        return self.count("missing")


def days_of(month: date) -> list[date]:
    """Every day of the month in which `month` lies."""
    return [month.replace(day=n) for n in range(1, calendar.monthrange(month.year, month.month)[1] + 1)]


def due_moment(day: date) -> datetime:
    """Until when a day is reported: the time of day of the rules, on the city's clock."""
    return datetime.combine(day, current_rules().rules.zero_report.due_time, city().zone)


def cell_of(day: date, versions: Sequence[DailyReport], *, first: date, at: datetime) -> Cell:
    """`versions` of one unit's day, oldest first: the newest counts, the first says whether it came late."""
    if versions:
        last = versions[-1]
        state = "reported" if last.found else "zero"
        return Cell(day, state, last.found, versions[0].late, len(versions) > 1)
    if day < first or day > local_day(at):
        return Cell(day, "none")
    return Cell(day, "waiting" if at < due_moment(day) else "missing")


def reporting_units() -> list[UnitInfo]:
    """Every unit that files a daily report, by code."""
    kinds = current_rules().rules.zero_report.unit_kinds
    return sorted((u for u in directory().units.values() if u.kind in kinds), key=lambda unit: unit.code)


def units_filed_by(actor: Actor) -> list[UnitInfo]:
    """The units for which the actor may file."""
    own = {held.unit for held in directory().held_with(actor, Permission.DAILY_REPORT_FILE)}
    return [unit for unit in reporting_units() if unit.code in own]


def units_read_by(actor: Actor) -> list[UnitInfo]:
    """The units whose reports the actor reads: their own; all of their area where their post is over an area."""
    require(actor, Permission.DAILY_REPORT_READ)
    found: dict[str, UnitInfo] = {}
    posts, known = directory().posts, reporting_units()
    own_kinds = current_rules().rules.zero_report.unit_kinds
    for held in directory().held_with(actor, Permission.DAILY_REPORT_READ):
        mine = directory().units.get(held.unit)
        bound = mine is not None and (mine.kind in own_kinds or posts[held.post].axis == "unit")
        for unit in known:
            if unit.path.startswith(held.unit_path) if bound else _lies_in(unit, held.area):
                found[unit.code] = unit
    return [found[code] for code in sorted(found)]


def _lies_in(unit: UnitInfo, area: str) -> bool:
    path = areas()[unit.area].path if unit.area in areas() else ""
    return f"/{area}/" in f"/{path}"


def month_table(units: Iterable[UnitInfo], month: date, *, at: datetime) -> list[UnitMonth]:
    """The month of each of `units`. Two queries."""
    asked, days = list(units), days_of(month)
    rows = DailyReport.objects.filter(
        unit__in=[unit.code for unit in asked], day__gte=days[0], day__lte=days[-1]
    )
    filed: dict[tuple[str, date], list[DailyReport]] = defaultdict(list)
    for row in rows.order_by("version"):
        filed[row.unit, row.day].append(row)
    first = first_days(asked)
    return [
        UnitMonth(
            u, tuple(cell_of(day, filed.get((u.code, day), ()), first=first[u.code], at=at) for day in days)
        )
        for u in asked
    ]


def first_days(units: Iterable[UnitInfo]) -> dict[str, date]:
    """Unit -> the day from which a report is asked of it: it is there, and the city has rules. One query."""
    rows = Unit.objects.filter(code__in=[unit.code for unit in units]).values_list("code")
    found = rows.annotate(first=Min("valid_from"))
    return {code: max(first_day(), local_day(first)) for code, first in found}


def versions_of(unit: str, day: date) -> list[DailyReport]:
    """What a unit filed for a day, oldest first, each with who filed it and what was settled. Two queries."""
    rows = DailyReport.objects.filter(unit=unit, day=day).select_related("filed_by")
    return [*rows.prefetch_related("settled").order_by("version")]


def settled_in(unit: str, since: date, until: date) -> dict[tuple[str, str], int]:
    """(grid, class) -> matters settled in the grid and not reported up, by the newest version of each day. One query."""
    days = DailyReport.objects.filter(unit=unit, day__gte=since, day__lte=until)
    newest = days.order_by("day", "-version").distinct("day").values("pk")
    rows = SettledCount.objects.filter(report__in=newest).values_list("grid", "class_code")
    return {(grid, code): count for grid, code, count in rows.annotate(Sum("count")).order_by()}


def grids_of(unit: UnitInfo) -> list[str]:
    """The grids a unit reports by: a squad the supervision grids it walks, others the unit grids of their area."""
    if unit.kind == Unit.Kind.SQUAD:
        return sorted(grid for grid, squad in directory().squads.items() if squad == unit.code)
    return sorted(grid.code for grid in grid_index().unit_grids if f"/{unit.area}/" in f"/{grid.area_path}")
