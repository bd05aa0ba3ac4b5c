# SPDX-License-Identifier: Apache-2.0
"""Lights: of units by the scale of the rules, of stages, each with the counts behind it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from wangge.cases.models import Case, SideRecord
from wangge.cases.visibility import visible_to
from wangge.organizations.directory import Actor
from wangge.supervision.access import visible_demands, visible_orders
from wangge.supervision.models import Demand
from wangge.supervision.queries.orders import still_to_reply
from wangge.supervision.rules import Band, Oversight, band_of


@dataclass(frozen=True)
class Counted:
    """Running deadlines by light."""

    green: int
    yellow: int
    red: int

    @property
    def running(self) -> int:
        return self.green + self.yellow + self.red

    @property
    def share(self) -> int:
        """Percent overdue, rounded down as the light is judged: 9.9 % is not yet 10."""
        return self.red * 100 // self.running if self.running else 0


@dataclass(frozen=True)
class UnitLight:
    """A unit's running cases, its light, and what it owes beside: orders without reply, demands open; all as the reader sees."""

    unit: str
    counts: Counted
    band: Band
    orders: int
    demands: int


@dataclass(frozen=True)
class StageLight:
    """The open tasks of a stage."""

    stage: str
    counts: Counted


def _lights(prefix: str, at: datetime) -> dict[str, Count]:
    due, yellow = f"{prefix}due_at", f"{prefix}yellow_at"
    return {
        "green": Count("pk", filter=Q(**{f"{yellow}__gt": at})),
        "yellow": Count("pk", filter=Q(**{f"{yellow}__lte": at, f"{due}__gt": at})),
        "red": Count("pk", filter=Q(**{f"{due}__lte": at})),
    }


def unit_lights(rules: Oversight, actor: Actor, *, at: datetime) -> list[UnitLight]:
    """Of the units with running cases the actor may see, the worst share first. Three queries."""
    rows: Any = (
        Case.objects.filter(visible_to(actor), finished_at__isnull=True, due_at__isnull=False)
        .exclude(lead_unit="").open().order_by().values_list("lead_unit").annotate(**_lights("", at))
    )  # fmt: skip
    running = SideRecord.objects.filter(visible_orders(actor), state="issued", ended_at=None)
    orders = Counter(
        unit for order in running.only("unit", "state", "ended_at", "facts") for unit in still_to_reply(order)
    )
    demands: dict[str, int] = dict(
        Demand.objects.filter(visible_demands(actor), state=Demand.State.OPEN)
        .order_by().values_list("unit").annotate(n=Count("pk"))
    )  # fmt: skip
    found = []
    for unit, green, yellow, red in rows:
        counts = Counted(green, yellow, red)
        band = band_of(rules.lights, counts.red, counts.running)
        if band:
            found.append(UnitLight(unit, counts, band, orders[unit], demands.get(unit, 0)))
    return sorted(
        found, key=lambda one: (-one.band.from_percent, -one.counts.share, -one.counts.red, one.unit)
    )


def stage_lights(actor: Actor, *, at: datetime) -> list[StageLight]:
    """Of the stages with open tasks of cases the actor may see, the most overdue first. One query."""
    rows: Any = (
        Case.objects.filter(visible_to(actor), tasks__closed_at__isnull=True, tasks__due_at__isnull=False)
        .open().order_by().values_list("tasks__stage").annotate(**_lights("tasks__", at))
    )  # fmt: skip
    found = [StageLight(stage, Counted(*counts)) for stage, *counts in rows]
    return sorted(found, key=lambda one: (-one.counts.red, -one.counts.running, one.stage))
