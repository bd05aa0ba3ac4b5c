# SPDX-License-Identifier: Apache-2.0
"""Work spread inside a unit: who of its handlers has the least in hand and is there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from wangge.cases.access import pool
from wangge.cases.models import Case, Task
from wangge.cases.reference import flow_by_id
from wangge.organizations.directory import PersonInfo, directory
from wangge.organizations.roster import Presence, presences


@dataclass(frozen=True)
class Candidate:
    """A handler of the unit. `open_tasks`: assigned to them now; `proposed`: there, with the fewest."""

    person: PersonInfo
    open_tasks: int
    presence: Presence
    proposed: bool = False


def candidates(case: Case, *, at: datetime) -> list[Candidate]:
    """Everybody the case may be assigned to: who is there before who is not, the least laden first; the first is
    proposed where somebody is there. Three queries."""
    flow = flow_by_id(case.flow_id)
    task = flow.states[flow.steps["assign"].outcomes[0].branches[-1].to].task
    if task is None:
        return []
    unit_path, _ = pool(task.scope, case)
    known = directory().people
    people = [p for p in directory().holders(task.post, unit_path=unit_path, area_path="") if p in known]
    rows = Task.objects.filter(
        closed_at__isnull=True, post=task.post, unit_path__startswith=unit_path, assignee__in=people
    )
    loads = dict(rows.values_list("assignee").annotate(count=Count("case", distinct=True)).order_by())
    present = presences(people, at)
    found = [Candidate(known[p], loads.get(p, 0), present[p]) for p in dict.fromkeys(people)]
    found.sort(key=lambda one: (not one.presence.there, one.open_tasks, one.person.id))
    if found and found[0].presence.there:
        found[0] = Candidate(found[0].person, found[0].open_tasks, found[0].presence, proposed=True)
    return found
