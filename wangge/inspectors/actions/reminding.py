# SPDX-License-Identifier: Apache-2.0
"""A day before cases drawn are to be looked at again, or feedback is to be answered, whoever may do it is told, once."""

from datetime import datetime, timedelta

from django.db import transaction

from wangge.inspectors.models import Draw, Sample, StaffFeedback
from wangge.inspectors.reference import local_day
from wangge.notices.actions import tell
from wangge.organizations.access import Permission
from wangge.organizations.directory import directory

BEFORE = timedelta(days=1)


def remind_of_rechecks(at: datetime) -> int:
    """Of draws whose day comes while cases of them wait: whoever may look at one of these; how many people were told."""
    told = 0
    for draw in Draw.objects.filter(reminded_at__isnull=True, due_day__lte=local_day(at) + BEFORE):
        with transaction.atomic():
            if not Draw.objects.filter(pk=draw.pk, reminded_at__isnull=True).update(reminded_at=at):
                continue  # another worker was quicker
            facts = {
                person: {"count": count, "due": draw.due_day.isoformat()}
                for person, count in _waiting(draw).items()
            }
            tell(facts, "recheck_due", at=at)
            told += len(facts)
    return told


def _waiting(draw: Draw) -> dict[int, int]:
    """Person -> cases of the draw not looked at yet that lie in an area of theirs and are not of their squad."""
    rows = [*Sample.objects.filter(draw=draw, result="").values_list("squad", "case__area_path")]
    found: dict[int, int] = {}
    for person in directory().people if rows else ():
        actor = directory().actor(person)
        areas = tuple(one.area_path for one in directory().held_with(actor, Permission.SAMPLE_RECHECK))
        own = {one.unit for one in actor.held}
        if count := sum(squad not in own and path.startswith(areas) for squad, path in rows):
            found[person] = count
    return found


def remind_of_feedback(at: datetime) -> int:
    """Of feedback not answered that is due within a day: whoever answers for its area; how many people were told."""
    told = 0
    due = StaffFeedback.objects.filter(
        answered_at__isnull=True, reminded_at__isnull=True, due_at__lte=at + BEFORE
    )
    for row in due:
        with transaction.atomic():
            if not StaffFeedback.objects.filter(pk=row.pk, reminded_at__isnull=True).update(reminded_at=at):
                continue
            assert row.due_at
            one = {"squad": row.squad, "due": local_day(row.due_at).isoformat()}
            answering = directory().permitted(Permission.FEEDBACK_ANSWER, area_path=row.area_path)
            tell(dict.fromkeys(answering, one), "feedback_due", at=at)
            told += len(answering)
    return told
