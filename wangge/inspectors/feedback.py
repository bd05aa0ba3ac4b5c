# SPDX-License-Identifier: Apache-2.0
"""Feedback from the public as staff read it: whoever took it, and whoever answers for its area."""

from datetime import datetime

from django.db.models import Q

from wangge.common.errors import NotFound
from wangge.inspectors.models import StaffFeedback
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory


def feedback_to(actor: Actor) -> Q:
    """The condition on StaffFeedback for what `actor` may read."""
    condition = Q(taken_by=actor.person_id)
    for held in directory().held_with(actor, Permission.FEEDBACK_ANSWER):
        condition |= Q(area_path__startswith=held.area_path)
    return condition


def list_feedback(
    actor: Actor, *, waiting: bool = False, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[StaffFeedback]:
    """At most `limit` readable rows, newest first, after the keyset (taken_at, id). One query."""
    rows = StaffFeedback.objects.filter(feedback_to(actor)).select_related("case", "answered_by")
    if waiting:
        rows = rows.filter(answered_at__isnull=True)
    if after:
        at, row_id = after
        rows = rows.filter(Q(taken_at__lt=at) | Q(taken_at=at, id__lt=row_id), taken_at__lte=at)
    return [*rows.order_by("-taken_at", "-id")[:limit]]


def get_feedback(feedback_id: int, actor: Actor) -> StaffFeedback:
    """Absent and unreadable both raise NotFound."""
    rows = StaffFeedback.objects.filter(feedback_to(actor), pk=feedback_id)
    row = rows.select_related("case", "taken_by", "answered_by").first()
    if row is None:
        raise NotFound
    return row
