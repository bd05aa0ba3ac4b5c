# SPDX-License-Identifier: Apache-2.0
"""What is due is told to whoever may do it, once: re-checks and feedback a day before, a turn of rotation on its day, a
month of which nothing was drawn some days after."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from wangge.inspectors.models import Draw, Reminded, RotationPlan, Sample, StaffFeedback
from wangge.inspectors.reference import current_rules, first_day, local_day
from wangge.inspectors.rotation import turns
from wangge.inspectors.squads import around, path_and_above, squads_within
from wangge.notices.actions import tell
from wangge.organizations.access import Permission
from wangge.organizations.directory import directory

BEFORE = timedelta(days=1)
DAY = timedelta(days=1)


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
            one = {"squad": row.unit, "due": local_day(row.due_at).isoformat()}
            answering = directory().permitted(Permission.FEEDBACK_ANSWER, area_path=row.area_path)
            tell(dict.fromkeys(answering, one), "feedback_due", at=at)
            told += len(answering)
    return told


def remind_of_turns(at: datetime) -> int:
    """Of turns of rotation that are due: whoever plans in the area; how many notices."""
    told, today = 0, local_day(at)
    for area, people in _by_area(Permission.ROTATION_PLAN, lambda paths: min(paths, key=len)).items():
        for kind, _last, due in turns(area) if squads_within(area) else ():
            if due <= today:
                facts = {
                    "turn_zh": str(RotationPlan.Kind(kind).label), "turn_en": RotationPlan.KINDS_EN[kind],
                    "due": due.isoformat(),
                }  # fmt: skip
                told += _tell_once(f"turn {kind} {due} {area}", people, "rotation_due", facts, at)
    return told


def remind_of_draws(at: datetime) -> int:
    """From the day of the rules on, where no case of the month before was drawn in an area or in one that holds it: whoever
    draws there; how many notices."""
    told, today = 0, local_day(at)
    until = today.replace(day=1) - DAY
    if today.day < current_rules().rules.sampling.remind_day or until < first_day():
        return 0
    for area, people in _by_area(Permission.SAMPLE_DRAW, around).items():
        drawn = Draw.objects.filter(since__lte=until, until__gte=until.replace(day=1))
        if not drawn.filter(area_path__in=path_and_above(area)).exists():
            month = f"{until:%Y-%m}"
            told += _tell_once(f"draw {month} {area}", people, "draw_due", {"month": month}, at)
    return told


def _by_area(permission: str, area_of: Callable[[list[str]], str]) -> dict[str, list[int]]:
    """Path of an area -> who holds the permission for it; `area_of`: of somebody with several, which one."""
    found: dict[str, list[int]] = defaultdict(list)
    for person in directory().people:
        if held := directory().held_with(directory().actor(person), permission):
            found[area_of([one.area_path for one in held])].append(person)
    return found


@transaction.atomic
def _tell_once(subject: str, people: list[int], template: str, facts: Mapping[str, Any], at: datetime) -> int:
    """How many were told: nobody where another worker was quicker."""
    _, first = Reminded.objects.get_or_create(subject=subject, defaults={"at": at})
    if not first:
        return 0
    tell(dict.fromkeys(people, facts), template, at=at)
    return len(people)
