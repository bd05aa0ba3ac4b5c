# SPDX-License-Identifier: Apache-2.0
"""Papers and what is owed on them; what a bulletin's draft begins with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from wangge.cases.models import Case
from wangge.cases.visibility import visible_to
from wangge.grids.queries import city
from wangge.organizations.directory import Actor
from wangge.supervision.access import visible_demands, visible_papers
from wangge.supervision.models import Demand, Paper, PaperCase
from wangge.supervision.queries.watching import recurrences
from wangge.supervision.rules import Oversight


def list_papers(
    actor: Actor,
    *,
    kind: str = "",
    state: str = "",
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Paper]:
    """At most `limit` visible papers, newest first, after the keyset (drafted_at, id). One query."""
    rows = (
        Paper.objects.filter(visible_papers(actor))
        .select_related("drafted_by")
        .order_by("-drafted_at", "-id")
    )
    exact = {"kind": kind, "state": state}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if after:
        rows = rows.filter(
            Q(drafted_at__lt=after[0]) | Q(drafted_at=after[0], id__lt=after[1]), drafted_at__lte=after[0]
        )
    return list(rows[:limit])


def cited(paper: Paper) -> list[PaperCase]:
    """The cases of a paper by number. One query."""
    rows = PaperCase.objects.filter(paper=paper).select_related("case")
    return list(rows.only("paper", "unit", "why", "case__number", "case__class_code").order_by("unit", "id"))


def demands_of(paper: Paper) -> list[Demand]:
    """What is asked on it. One query."""
    return list(paper.demands.order_by("unit", "id"))


def list_demands(
    actor: Actor, *, only_open: bool = True, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Demand]:
    """At most `limit` demands of the actor's units or area, the earliest due first, after (due_at, id). One query."""
    rows = Demand.objects.filter(visible_demands(actor), due_at__isnull=False).select_related("paper")
    rows = rows.order_by("due_at", "id")
    if only_open:
        rows = rows.filter(state__in=[Demand.State.OPEN, Demand.State.ANSWERED])
    if after:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], id__gt=after[1]), due_at__gte=after[0])
    return list(rows[:limit])


def undated_demands(actor: Actor, *, limit: int = 50) -> list[Demand]:
    """At most `limit` of them that wait for the work calendar to know their moment, the oldest first. One query."""
    waiting = [Demand.State.OPEN, Demand.State.ANSWERED]
    rows = Demand.objects.filter(visible_demands(actor), due_at__isnull=True, state__in=waiting)
    return list(rows.select_related("paper").order_by("id")[:limit])


@dataclass(frozen=True)
class Candidate:
    """A case for the bulletin, and why."""

    number: str
    unit: str
    why: str


def bulletin_candidates(
    rules: Oversight, actor: Actor, *, first_day: date, last_day: date, at: datetime
) -> list[Candidate]:
    """The typical cases of some days: called unsatisfied, returning again and again, longest overdue; each once.

    At most `rules.bulletin_cases`; only cases a unit is in charge of. Five queries.
    """
    zone = city().zone
    since = datetime.combine(first_day, time(), zone)
    until = datetime.combine(last_day + timedelta(days=1), time(), zone)
    rows = Case.objects.filter(visible_to(actor)).exclude(lead_unit="").exclude(origin="replayed")
    lately = rows.filter(last_at__gte=since, last_at__lt=until, reported_at__gte=since - timedelta(days=183))
    most = rules.bulletin_cases
    unsatisfied = lately.filter(unsatisfied_count__gt=0).order_by("-unsatisfied_count", "-id")[:most]
    overdue = (
        rows.open()
        .filter(due_at__lt=min(until, at), finished_at__isnull=True)
        .order_by("due_at", "id")[:most]
    )
    found = [
        Candidate(number, unit, "unsatisfied")
        for number, unit in unsatisfied.values_list("number", "lead_unit")
    ]
    newest = [matter.recurrence.case_id for matter in recurrences(actor, limit=most)]
    repeated = rows.filter(pk__in=newest).values_list("number", "lead_unit")
    found += [Candidate(number, unit, "repeated") for number, unit in repeated]
    found += [
        Candidate(number, unit, "overdue") for number, unit in overdue.values_list("number", "lead_unit")
    ]
    once = {one.number: one for one in reversed(found)}
    return [once[number] for number in dict.fromkeys(one.number for one in found)][:most]
