# SPDX-License-Identifier: Apache-2.0
"""My work: the open tasks of the posts a person holds, by deadline."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from wangge.cases.models import CaseText, Task
from wangge.cases.queries.cases import light_expression
from wangge.organizations.directory import Actor, Held, directory
from wangge.organizations.roster import stood_in_for

#: where a task without a deadline stands in the order: after every other, as nulls do in the index
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
#: a pool is counted up to here; beyond it the page says "more than"
MOST_COUNTED = 1000
FEW = 100


@dataclass(frozen=True)
class TaskRow:
    """A task in the list; `due_at` None where no clock runs."""

    id: int
    stage: str
    number: str
    state: str
    class_zh: str
    class_en: str
    description: str | None
    place: str
    lead_unit: str
    opened_at: datetime
    due_at: datetime | None
    light: str
    mine: bool
    #: assigned to somebody the actor stands in for today
    stand_in: bool
    sort_at: datetime


def _mine(actor: Actor) -> Q:
    """Open tasks in the pools of the actor's appointments, and not assigned to someone else who still holds the post
    there, unless the actor stands in for them today."""
    pools = Q(pk__in=[])
    mine = (
        Q(assignee__isnull=True)
        | Q(assignee__in=[actor.person_id])
        | Q(assignee__in=stood_in_for(actor.person_id))
    )
    for held in actor.held:
        areas, units = [Q(area_path=""), Q(area_path__startswith=held.area_path)], [Q()]
        if held.unit_path:
            units = [Q(unit_path=""), Q(unit_path__startswith=held.unit_path)]
        # every pair by itself, so that each is looked up by the index: most tasks name an area or a unit, and not both
        pool = reduce(or_, (unit & area for unit in units for area in areas))
        pools |= Q(post=held.post) & pool & (mine | ~_assigned_in_post(held))
    return Q(closed_at__isnull=True) & pools


def _assigned_in_post(held: Held) -> Q:
    """Tasks assigned to somebody who holds the post where the task is: of those `held` reaches, whoever is gone is not
    among them."""
    theirs: dict[str, list[int]] = defaultdict(list)
    for person, other in directory().holding(held.post):
        if other.unit_path.startswith(held.unit_path):
            theirs[other.unit_path].append(person)
        elif held.unit_path.startswith(other.unit_path):
            theirs[held.unit_path].append(person)
    found = Q(pk__in=[])
    for path, people in theirs.items():
        found |= Q(assignee__in=people) & (Q(unit_path__startswith=path) if path != held.unit_path else Q())
    return found


def my_tasks(
    actor: Actor,
    *,
    at: datetime,
    stage: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
    few: bool = False,
) -> list[TaskRow]:
    """At most `limit` tasks, earliest deadline first, after the keyset (sort_at, id). One query.

    `few`: they are known to be no more than FEW, and are read by their pool and sorted. By deadline the few of one unit would
    be looked for among those of every other.
    """
    rows = Task.objects.filter(_mine(actor))
    if few:
        rows = Task.objects.filter(pk__in=rows.order_by().values("pk")[:MOST_COUNTED])
    if stage:
        rows = rows.filter(stage=stage)
    if after:
        rows = rows.filter(_behind(*after))
    text = (
        CaseText.objects.filter(case=OuterRef("case_id"), field="description")
        .order_by("seq")
        .values("text")[:1]
    )
    values: Any = (
        rows.order_by(F("due_at").asc(nulls_last=True), "id")
        .annotate(
            sort_at=Coalesce(F("due_at"), Value(NEVER)),
            number=F("case__number"),
            state=F("case__state"),
            class_zh=Coalesce(F("case__class_version__name_zh"), Value("")),
            class_en=Coalesce(F("case__class_version__name_en"), Value("")),
            description=Subquery(text),
            place=F("case__area_path"),
            lead_unit=F("case__lead_unit"),
            light=light_expression(at, ended=Q(pk__isnull=True)),
            mine=Q(assignee=actor.person_id, assignee__isnull=False),
            stand_in=Q(assignee__in=stood_in_for(actor.person_id), assignee__isnull=False),
        )
        .values(*TaskRow.__dataclass_fields__)[:limit]
    )
    return [TaskRow(**row) for row in values]


def _behind(due_at: datetime, task_id: int) -> Q:
    """What follows the keyset in the order of the list."""
    without = Q(due_at__isnull=True)
    if due_at >= NEVER:
        return without & Q(id__gt=task_id)
    return Q(due_at__gt=due_at) | Q(due_at=due_at, id__gt=task_id) | without


def task_counts(actor: Actor) -> dict[str, int]:
    """Open tasks by stage, counted over at most MOST_COUNTED rows so that a long queue costs no more than a short one."""
    if not actor.held:
        return {}
    first = Task.objects.filter(_mine(actor)).order_by().values("stage")[:MOST_COUNTED]
    sql, arguments = first.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT stage, count(*) FROM ({sql}) t GROUP BY stage", arguments)
        return dict(cursor.fetchall())
