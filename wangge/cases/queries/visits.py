# SPDX-License-Identifier: Apache-2.0
"""Visits to premises, one and in lists: one's own, and those of the areas one watches over."""

from datetime import datetime

from django.db.models import Q

from wangge.cases.models import Visit
from wangge.cases.visibility import areas_read
from wangge.common.errors import NotFound
from wangge.organizations.directory import Actor


def _visible_to(actor: Actor) -> Q:
    condition = Q(person_id=actor.person_id)
    for path in areas_read(actor):
        condition |= Q(area_path__startswith=path)
    return condition


def list_visits(
    actor: Actor, *, after: tuple[datetime, int] | None = None, failed: bool = False, limit: int = 50
) -> list[Visit]:
    """At most `limit` visible visits, newest first, beginning after the keyset (at, id). One query."""
    rows = Visit.objects.filter(_visible_to(actor)).select_related("person").order_by("-at", "-id")
    if failed:
        rows = rows.exclude(failed=[])
    if after:
        at, visit_id = after
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=visit_id), at__lte=at)
    return [*rows[:limit]]


def get_visit(visit_id: int, actor: Actor) -> Visit:
    """The visit; absent and invisible both raise NotFound."""
    rows = Visit.objects.filter(_visible_to(actor), pk=visit_id).select_related("person", "unit_grid")
    visit = rows.first()
    if visit is None:
        raise NotFound
    return visit
