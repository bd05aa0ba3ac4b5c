# SPDX-License-Identifier: Apache-2.0
"""Visits to premises, one and in lists: one's own, and those of the areas one watches over."""

from datetime import datetime

from django.db.models import Q

from wangge.cases.models import Case, Photo, Visit, VisitReport
from wangge.cases.visibility import visible_to, visits_visible_to
from wangge.common.errors import NotFound
from wangge.organizations.directory import Actor


def list_visits(
    actor: Actor, *, after: tuple[datetime, int] | None = None, failed: bool = False, limit: int = 50
) -> list[Visit]:
    """At most `limit` visible visits, newest first, beginning after the keyset (at, id). One query."""
    rows = Visit.objects.filter(visits_visible_to(actor)).select_related("person").order_by("-at", "-id")
    if failed:
        rows = rows.exclude(failed=[])
    if after:
        at, visit_id = after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=visit_id), at__lte=at)
    return [*rows[:limit]]


def get_visit(visit_id: int, actor: Actor) -> Visit:
    """The visit; absent and invisible both raise NotFound."""
    rows = Visit.objects.filter(visits_visible_to(actor), pk=visit_id).select_related(
        "person", "unit_grid", "redacted_by"
    )
    visit = rows.first()
    if visit is None:
        raise NotFound
    return visit


def photos_of(visit: Visit) -> list[Photo]:
    """Its photos, in the order they came. One query."""
    return [*Photo.objects.filter(visit=visit).order_by("uploaded_at", "id")]


def reports_of(visit: Visit, actor: Actor) -> dict[str, str]:
    """Failing item -> number of the case it was reported as; "" where the actor may not see that case. Two queries."""
    cases = dict(VisitReport.objects.filter(visit=visit).values_list("field", "case"))
    seen = dict(Case.objects.filter(visible_to(actor), pk__in=cases.values()).values_list("pk", "number"))
    return {field: seen.get(case, "") for field, case in cases.items()}


def visit_behind(case: Case, actor: Actor) -> Visit | None:
    """The visit a case was reported from, where the actor may see it. One query."""
    found = VisitReport.objects.filter(case=case).values("visit")
    return Visit.objects.filter(visits_visible_to(actor), pk__in=found).first()
