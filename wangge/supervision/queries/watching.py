# SPDX-License-Identifier: Apache-2.0
"""What asks for supervision: orders proposed by the ladder, cases that must be supervised, matters that recur."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Subquery

from wangge.cases.flow import OPEN_STATES, State
from wangge.cases.models import Case, LogEntry, SideRecord, Task
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import visible_to
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.supervision.access import SUPERVISION, areas_with
from wangge.supervision.models import Reached, Recurrence
from wangge.supervision.rules import Oversight

#: what the ladder does after the urging
BROUGHT = (Reached.Kind.ORDER, Reached.Kind.ATTENTION)


@dataclass(frozen=True)
class Proposal:
    """A case the ladder has brought up: `stage` "" = still overdue, an order is proposed.

    Else a stage of it still waits, for `post`, in the unit `unit` ("" = in the centre): an order is proposed where `possible`,
    else whoever leads those it waits for sees to it.
    """

    id: int
    at: datetime
    case: Case
    due_at: datetime
    stage: str = ""
    post: str = ""
    unit: str = ""
    possible: bool = True


def proposals(
    actor: Actor, *, at: datetime, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Proposal]:
    """At most `limit`, newest first, after the keyset (at, id): still overdue as they were, and not ordered since.

    A deadline that was moved (extended, a new round, another unit) is another one: what was proposed of the old one is past.
    Three queries.
    """
    ordered = SideRecord.objects.filter(
        case=OuterRef("case_id"), kind=SUPERVISION, opened_at__gte=OuterRef("due_at")
    )
    brought = Reached.objects.filter(kind__in=BROUGHT).select_related("case").order_by("-at", "-id")
    if after:
        brought = brought.filter(Q(at__lt=after[0]) | Q(at=after[0], id__lt=after[1]), at__lte=after[0])
    # each from what is open and overdue, by an index of its own
    late = Case.objects.filter(visible_to(actor), finished_at__isnull=True, due_at__lte=at).open()
    cases = brought.filter(case__in=late, case__due_at=F("due_at"), task_id=0).exclude(Exists(ordered))
    late_tasks = Task.objects.filter(closed_at=None, due_at__lte=at)
    waits = late_tasks.filter(pk=OuterRef("task_id"), case=OuterRef("case_id"), due_at=OuterRef("due_at"))
    seen = brought.filter(Exists(waits), case__in=Case.objects.filter(visible_to(actor)), task_id__gt=0)
    stages = seen.exclude(Exists(ordered), kind=Reached.Kind.ORDER)
    rows = sorted([*cases[:limit], *stages[:limit]], key=lambda row: (row.at, row.pk), reverse=True)[:limit]
    tasks = Task.objects.in_bulk([row.task_id for row in rows if row.task_id])
    return [_proposal(row, tasks.get(row.task_id)) for row in rows]


def _proposal(row: Reached, task: Task | None) -> Proposal:
    if task is None:
        return Proposal(row.pk, row.at, row.case, row.due_at)
    unit = task.unit_path.rstrip("/").rpartition("/")[2]
    possible = row.kind == Reached.Kind.ORDER and _may_be_ordered(row.case)
    return Proposal(row.pk, row.at, row.case, row.due_at, task.stage, task.post, unit, possible)


def _may_be_ordered(case: Case) -> bool:
    """Has the case, or has a part of it, a unit to be ordered, in a state an order can be issued in?"""
    return bool(case.lead_unit or case.parts) and flow_by_id(case.flow_id).runs_in(SUPERVISION, case.state)


#: cases reported longer ago are looked for by nobody
OLDEST = timedelta(days=731)


@dataclass(frozen=True)
class Owed:
    """An unsatisfied or unrated case. `missing`: order, reply or acceptance."""

    id: int
    reported_at: datetime
    case: Case
    why: str
    missing: str
    order_id: int | None
    #: an order can be issued in the case's state
    possible: bool


def must_be_supervised(
    rules: Oversight,
    actor: Actor,
    *,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Owed]:
    """At most `limit` visible cases, newest first, after the keyset (reported_at, id). Two queries.

    Unsatisfied: a caller said so; unrated: nobody could be reached in any try. Whether open, opened again, or ended in any way
    within the days of the rules, until an order that was issued after that callback is accepted.
    """
    since = at - timedelta(days=rules.must_days)
    recent = Q(state__in=[s.value for s in OPEN_STATES]) | Q(closed_at__gte=since)
    recent |= Q(closed_at=None, last_at__gte=since)  # ended past the closing: made void, merged, handed over
    owed = Case.objects.filter(~Q(order_owed=""), recent, visible_to(actor), reported_at__gte=at - OLDEST)
    rows = owed.newest_first()
    if after:
        rows = rows.before(*after)
    cases = list(rows[:limit])
    found = SideRecord.objects.filter(kind=SUPERVISION, case__in=cases).order_by("id")
    orders = {order.case_id: order for order in found}
    return [_owed(case, orders.get(case.pk)) for case in cases]


def _owed(case: Case, order: SideRecord | None) -> Owed:
    missing = "order"
    if order is not None and order.ended_at is None:
        missing = "reply" if order.state == "issued" else "acceptance"
    order_id = order.pk if order else None
    return Owed(case.pk, case.reported_at, case, case.order_owed, missing, order_id, _may_be_ordered(case))


def without_receipt(
    rules: Oversight,
    actor: Actor,
    *,
    at: datetime,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[Case]:
    """At most `limit` visible cases transferred outside longer ago than the rules say and without a receipt, newest first,
    after the keyset (reported_at, id). One query."""
    if rules.receipt_days is None:
        return []
    since = at - timedelta(days=rules.receipt_days)
    receipt = LogEntry.objects.filter(
        case=OuterRef("pk"), step="receipt", recorded_at__gte=OuterRef("reported_at")
    )
    rows = Case.objects.filter(
        visible_to(actor), state=State.TRANSFERRED.value, last_at__lte=since, reported_at__gte=at - OLDEST
    )
    # case by case: as an anti-join it reads the log from end to end, every month of it
    rows = rows.alias(receipt=Subquery(receipt.values("seq")[:1])).filter(receipt=None)
    rows = rows.exclude(origin="replayed").newest_first()
    return list((rows.before(*after) if after else rows)[:limit])


@dataclass(frozen=True)
class Matter:
    """The same matter again and again, with the numbers of its cases."""

    recurrence: Recurrence
    numbers: list[str]
    ordered: bool


def recurrences(actor: Actor, *, limit: int = 100) -> list[Matter]:
    """Of the areas the actor watches, the most frequent first. Three queries."""
    areas = Q(pk__in=[])
    for path in areas_with(actor, Permission.OVERSIGHT_READ):
        areas |= Q(area_path__startswith=path)
    rows = list(Recurrence.objects.filter(areas).order_by("-times", "-last_at", "-id")[:limit])
    ids = {case for row in rows for case in row.cases}
    numbers = dict(Case.objects.filter(pk__in=ids).values_list("pk", "number"))
    ordered = set(SideRecord.objects.filter(kind=SUPERVISION, case__in=ids).values_list("case_id", flat=True))
    return [
        Matter(row, [numbers[case] for case in row.cases if case in numbers], bool(ordered & set(row.cases)))
        for row in rows
    ]
