# SPDX-License-Identifier: Apache-2.0
"""Draws and the cases drawn, as a re-checker reads them: within their area, of each case what happened on site."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from wangge.cases.models import CaseText, LogEntry
from wangge.common.errors import NotFound
from wangge.inspectors.models import Draw, Sample
from wangge.inspectors.reference import rules_by_id
from wangge.inspectors.squads import path_and_above
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory

#: the steps an inspector takes on site; those that tell of the place and what was done there, and in which texts
ON_SITE = ("report", "answer_verify", "settle", "answer_check")
TOLD = (*ON_SITE, "self_handle", "make_safe", "finish")
FIELDS = ("description", "place", "result", "remark")


def _draws_to(actor: Actor) -> Q:
    """Draws of the areas in which the actor draws or looks again."""
    condition = Q(pk__in=[])
    for permission in (Permission.SAMPLE_DRAW, Permission.SAMPLE_RECHECK):
        for held in directory().held_with(actor, permission):
            condition |= Q(area_path__startswith=held.area_path) | Q(pk__in=_around(held.area_path))
    return condition


def _around(area_path: str) -> "QuerySet[Draw, int]":
    """Draws whose area holds `area_path`."""
    return Draw.objects.filter(area_path__in=path_and_above(area_path)).values_list("pk", flat=True)


def samples_to(actor: Actor) -> Q:
    """The condition on Sample: cases of those draws that lie in the actor's areas, without the actor's own squads."""
    own = [held.unit for held in actor.held if held.unit]
    drawn = Draw.objects.filter(_draws_to(actor)).values("pk")
    lying = Q(pk__in=[])
    for permission in (Permission.SAMPLE_DRAW, Permission.SAMPLE_RECHECK):
        for held in directory().held_with(actor, permission):
            lying |= Q(case__area_path__startswith=held.area_path)
    return Q(draw__in=drawn) & lying & ~Q(squad__in=own)


def reads_result(sample: Sample, actor: Actor) -> bool:
    """What was found, and why, is read by whoever found it and whoever draws in the area of the case; the inspector and
    their leader read it in the ledger."""
    if sample.rechecked_by_id is not None and sample.rechecked_by_id == actor.person_id:
        return True
    drawing = directory().held_with(actor, Permission.SAMPLE_DRAW)
    return any(sample.case.area_path.startswith(held.area_path) for held in drawing)


def texts_of(sample: Sample) -> list[CaseText]:
    """What somebody of another squad needs to find the place and what was done there: nothing of callers and callbacks.
    One query."""
    there = LogEntry.objects.of(sample.case).filter(step__in=TOLD).values("seq")
    rows = CaseText.objects.filter(case=sample.case_id, seq__in=there, field__in=FIELDS, text__isnull=False)
    return [*rows.order_by("seq", "pk")]


def hands_in(sample: Sample) -> dict[str, int]:
    """Step on site -> the inspector who took it last: whose work a fault of that step is. One query."""
    post = rules_by_id(sample.draw.rules_id).rotation.inspector_post
    rows = LogEntry.objects.of(sample.case).filter(post=post, step__in=ON_SITE, actor__isnull=False)
    return {step: person for step, person in rows.order_by("seq").values_list("step", "actor_id") if person}


def list_draws(actor: Actor, *, before: int | None = None, limit: int = 30) -> list[Draw]:
    """The newest draws, older than the id `before`. One query."""
    rows = Draw.objects.filter(_draws_to(actor)).select_related("drawn_by").order_by("-pk")
    return [*(rows.filter(pk__lt=before) if before else rows)[:limit]]


def get_draw(draw_id: int, actor: Actor) -> Draw:
    """Absent and invisible both raise NotFound."""
    row = Draw.objects.filter(_draws_to(actor), pk=draw_id).select_related("drawn_by", "rules").first()
    if row is None:
        raise NotFound
    return row


def list_samples(
    draw: Draw, actor: Actor, *, waiting: bool = False, after: int = 0, limit: int = 50
) -> list[Sample]:
    """At most `limit` cases of a draw that are not the actor's squad's, after the id `after`; `waiting`: only those not yet
    looked at that the actor had no hand in. One query."""
    rows = Sample.objects.filter(samples_to(actor), draw=draw, pk__gt=after)
    rows = rows.select_related("case", "found", "rechecked_by", "inspector")
    if waiting:
        own = LogEntry.objects.filter(
            case=OuterRef("case"), actor_id=actor.person_id, recorded_at__gte=OuterRef("case__reported_at")
        )
        rows = rows.filter(~Exists(own), result="").exclude(case__reporter=actor.person_id)
    return [*rows.order_by("pk")[:limit]]


def get_sample(sample_id: int, actor: Actor) -> Sample:
    """Absent and invisible both raise NotFound."""
    rows = Sample.objects.filter(samples_to(actor), pk=sample_id)
    sample = rows.select_related("draw", "case", "found", "inspector", "rechecked_by").first()
    if sample is None:
        raise NotFound
    return sample
