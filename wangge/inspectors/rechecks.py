# SPDX-License-Identifier: Apache-2.0
"""Draws and the cases drawn, as a re-checker reads them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from wangge.cases.models import LogEntry
from wangge.common.errors import NotFound
from wangge.inspectors.models import Draw, Sample
from wangge.inspectors.squads import path_and_above
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory


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
    """The condition on Sample: of those draws, without the actor's own squads."""
    own = [held.unit for held in actor.held if held.unit]
    drawn = Draw.objects.filter(_draws_to(actor)).values("pk")
    return Q(draw__in=drawn) & ~Q(squad__in=own)


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
