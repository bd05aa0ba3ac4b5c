# SPDX-License-Identifier: Apache-2.0
"""专项行动: what they found and handled, by unit and area, and what their visits found."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q

from wangge.cases.models import Case, Visit
from wangge.catalog.queries import codes_under
from wangge.common.errors import NotFound
from wangge.grids.queries import areas, city
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.supervision.access import areas_with
from wangge.supervision.models import Campaign


@dataclass
class Counts:
    """Cases found, of them handled by the unit, and closed."""

    code: str
    found: int = 0
    handled: int = 0
    closed: int = 0


@dataclass(frozen=True)
class CampaignCounts:
    """`units`, `areas`: by lead unit ("" = none yet) and by street; `visits`, `failed`: to premises."""

    units: list[Counts]
    areas: list[Counts]
    visits: int
    failed: int

    @property
    def whole(self) -> Counts:
        total = Counts("")
        for one in self.areas:
            total.found, total.handled, total.closed = (
                total.found + one.found, total.handled + one.handled, total.closed + one.closed
            )  # fmt: skip
        return total


def _visible(actor: Actor) -> Q:
    condition = Q(pk__in=[])
    for path in areas_with(actor, Permission.OVERSIGHT_READ):
        condition |= Q(area_path__startswith=path) | Q(area_path__in=_above(path))
    return condition


def _above(path: str) -> list[str]:
    """The paths of the areas above: what the district sets up concerns its streets."""
    codes = path.strip("/").split("/")
    return ["/".join(codes[:n]) + "/" for n in range(1, len(codes))]


def list_campaigns(
    actor: Actor, *, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Campaign]:
    """At most `limit`, the latest first, after the keyset (set_at, id). One query."""
    rows = Campaign.objects.filter(_visible(actor)).order_by("-set_at", "-id")
    if after:
        rows = rows.filter(Q(set_at__lt=after[0]) | Q(set_at=after[0], id__lt=after[1]), set_at__lte=after[0])
    return list(rows[:limit])


def get_campaign(campaign_id: int, actor: Actor) -> Campaign:
    """Absent and invisible both raise NotFound."""
    campaign = Campaign.objects.filter(_visible(actor), pk=campaign_id).select_related("set_by").first()
    if campaign is None:
        raise NotFound
    return campaign


def campaign_counts(campaign: Campaign) -> CampaignCounts:
    """Counted from the cases of its classes reported in its areas on its days, and from visits by its checklist. What was
    rejected was no finding, what is replayed from recorded data was not found by it.

    Three queries; the cases are found by class and day.
    """
    zone = city().zone
    since = datetime.combine(campaign.first_day, time(), zone)
    until = datetime.combine(campaign.last_day + timedelta(days=1), time(), zone)
    codes = sorted({code for one in campaign.classes for code in codes_under(one)})
    places = Q(pk__in=[])
    for code in campaign.areas:
        if code in areas():
            places |= Q(area_path__startswith=areas()[code].path)
    cases = Case.objects.filter(places, class_code__in=codes, reported_at__gte=since, reported_at__lt=until)
    cases = cases.exclude(state__in=["void", "merged", "rejected"]).exclude(origin="replayed")
    cases = cases.filter(parts=0)  # a split case counts by its parts, each with its unit
    rows: Any = cases.order_by().values_list("lead_unit", "area_path").annotate(
        found=Count("pk"), handled=Count("pk", filter=Q(finished_at__isnull=False) | Q(state="settled")),
        closed=Count("pk", filter=Q(state__in=["closed", "settled"])),
    )  # fmt: skip
    units: dict[str, Counts] = {}
    streets: dict[str, Counts] = {}
    for unit, path, *counts in rows:
        street = "/".join(path.split("/")[:2]) + "/"
        for table, key in ((units, unit), (streets, street)):
            row = table.setdefault(key, Counts(key))
            row.found, row.handled, row.closed = (
                old + more for old, more in zip((row.found, row.handled, row.closed), counts, strict=True)
            )
    visits, failed = _visits(campaign, places, since, until)
    return CampaignCounts(_ordered(units), _ordered(streets), visits, failed)


def _visits(campaign: Campaign, places: Q, since: datetime, until: datetime) -> tuple[int, int]:
    if not campaign.checklist:
        return 0, 0
    rows = Visit.objects.filter(places, class_code=campaign.checklist, at__gte=since, at__lt=until)
    counted = rows.aggregate(all=Count("pk"), failed=Count("pk", filter=~Q(failed=[])))
    return counted["all"], counted["failed"]


def _ordered(table: dict[str, Counts]) -> list[Counts]:
    return sorted(table.values(), key=lambda one: (-one.found, one.code))
