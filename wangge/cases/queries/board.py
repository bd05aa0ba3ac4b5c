# SPDX-License-Identifier: Apache-2.0
"""The live board: counts of today, open cases by supervision grid, lights by unit."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour

from wangge.cases.flow import SYSTEM_STEPS
from wangge.cases.models import Case, LogEntry
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import visible_to
from wangge.grids.queries import city
from wangge.organizations.directory import Actor


@dataclass(frozen=True)
class UnitLights:
    """Open cases with a unit by light; `none` = its clock has stopped or never ran."""

    unit: str
    green: int
    yellow: int
    red: int
    none: int


@dataclass(frozen=True)
class Board:
    reported_today: int
    filed_today: int
    closed_today: int
    open_now: int
    outside: int
    #: without a position, so in no grid either; not among those outside
    unplaced: int
    by_hour: tuple[int, ...]
    by_grid: dict[int, tuple[int, int]]
    units: tuple[UnitLights, ...]


def board(actor: Actor, *, at: datetime) -> Board:
    """Counts over the cases `actor` may see; today begins at midnight in the city's zone. Three queries."""
    visible = Case.objects.filter(visible_to(actor))
    local = at.astimezone(city().zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)  # on the wall clock, so also when the night has 23 or 25 hours
    reported = visible.filter(reported_at__gte=midnight, reported_at__lt=tomorrow)
    hours = (
        reported.annotate(hour=ExtractHour("reported_at", tzinfo=city().zone)).order_by().values_list("hour")
    )
    by_hour, filed = [0] * 24, 0
    for hour, count, filed_of in hours.annotate(all=Count("pk"), filed=Count("filed_at")):
        by_hour[hour] = count
        filed += filed_of
    closed = visible.filter(closed_at__gte=midnight, closed_at__lt=tomorrow).count()
    groups = _open_groups(visible.open(), at)
    by_grid: dict[int, tuple[int, int]] = {}
    lights: dict[str, list[int]] = {}
    total, flagged = 0, Counter[bool]()
    for grid, unit, is_outside, no_position, green, yellow, red, all_ in groups:
        total += all_
        flagged[no_position] += all_ if is_outside else 0
        if grid:
            count, late = by_grid.get(grid, (0, 0))
            by_grid[grid] = (count + all_, late + red)
        if unit:
            row = lights.setdefault(unit, [0, 0, 0, 0])
            for n, value in enumerate((green, yellow, red, all_ - green - yellow - red)):
                row[n] += value
    units = tuple(
        UnitLights(code, *row)
        for code, row in sorted(lights.items(), key=lambda kv: (-kv[1][2], -sum(kv[1])))
    )
    return Board(
        sum(by_hour), filed, closed, total, flagged[False], flagged[True], tuple(by_hour), by_grid, units
    )


def _open_groups(rows: Any, at: datetime) -> Any:
    running = Q(finished_at__isnull=True, due_at__isnull=False)
    return (
        rows.annotate(no_position=Q(lon__isnull=True))
        .values_list("supervision_grid_id", "lead_unit", "outside", "no_position")
        .annotate(
            green=Count("pk", filter=running & Q(yellow_at__gt=at)),
            yellow=Count("pk", filter=running & Q(yellow_at__lte=at, due_at__gt=at)),
            red=Count("pk", filter=running & Q(due_at__lte=at)),
            all=Count("pk"),
        )
        .order_by()
    )


@dataclass(frozen=True)
class Movement:
    """One of the newest steps."""

    number: str
    step: str
    name_zh: str
    name_en: str
    at: datetime


def latest_movements(actor: Actor, *, at: datetime, limit: int = 20) -> list[Movement]:
    """The newest steps on visible cases, among the newest thousand of the last day. Two queries."""
    lately = LogEntry.objects.filter(
        recorded_at__gte=at - timedelta(days=1)
    )  # leaves out the older partitions
    newest = lately.order_by("-recorded_at").values_list(
        "case_id", "case__number", "step", "at", "case__flow_id"
    )[:1000]
    visible = set(
        Case.objects.filter(visible_to(actor), pk__in=[row[0] for row in newest]).values_list("pk", flat=True)
    )
    found: list[Movement] = []
    for case_id, number, step, at, flow_id in newest:
        if case_id in visible and len(found) < limit:
            taken = flow_by_id(flow_id).steps.get(step)
            label = taken.label if taken else SYSTEM_STEPS[step]
            found.append(Movement(number, step, label.zh, label.en, at))
    return found
