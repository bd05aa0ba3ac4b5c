# SPDX-License-Identifier: Apache-2.0
"""Calls: one, lists of them, those of a case; who is to be called back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from wangge.cases.actions.calls import caller_of
from wangge.cases.callbacks import UNSATISFIED, Owed, most_tries, owed_by, waiting
from wangge.cases.flow import State
from wangge.cases.hotlines import Caller, may_see
from wangge.cases.merged import matters_in
from wangge.cases.models import Call, CallbackTry, Case, Contact
from wangge.cases.queries.cases import get_case
from wangge.cases.queries.tasks import TaskRow, my_tasks
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import is_visible
from wangge.common.errors import NotFound
from wangge.common.sealing import Unreadable
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor, directory


def in_my_areas(actor: Actor, path: str) -> Q:
    """Calls of the areas in which `actor` takes calls, and those they took; `path`: "" or the way to the call."""
    found = Q(**{f"{path}taken_by": actor.person_id})
    for held in directory().held_with(actor, Permission.CALL_TAKE):
        found |= Q(**{f"{path}area_path__startswith": held.area_path})
    return found


def _whole(rows: QuerySet[Call]) -> QuerySet[Call]:
    """With what a page shows of each call."""
    return rows.select_related("case__merged_into", "contact", "taken_by", "redacted_by")


def list_calls(
    actor: Actor, *, outcome: str = "", after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Call]:
    """At most `limit` calls, newest first, after the keyset (taken_at, id). One query."""
    rows = _whole(Call.objects.filter(in_my_areas(actor, "")))
    if outcome:
        rows = rows.filter(outcome=outcome)
    if after:
        at, call_id = after
        rows = rows.filter(Q(taken_at__lt=at) | Q(taken_at=at, id__lt=call_id), taken_at__lte=at)
    return list(rows.order_by("-taken_at", "-id")[:limit])


def get_call(call_id: int, actor: Actor) -> Call:
    """The call; absent and invisible both raise NotFound."""
    call = _whole(Call.objects.filter(pk=call_id)).first()
    if call is None or not may_see(call, actor):
        raise NotFound
    return call


def seen_case(call: Call, actor: Actor) -> Case | None:
    """The case of a call, where `actor` may see it: one that was merged, or found to lie elsewhere, may be another's. No query
    where the call was read with its case."""
    return call.case if call.case and is_visible(call.case, actor) else None


def calls_of(number: str, actor: Actor) -> tuple[Case, list[Call]]:
    """A visible case, and of its calls and those of cases merged into it those that `actor` may see, oldest first.

    A query for the case, one for the calls, one for what was merged; raises NotFound.
    """
    case = get_case(number, actor)
    calls = _whole(Call.objects.filter(case__in=matters_in(case.pk))).order_by("pk")
    return case, [call for call in calls if may_see(call, actor)]


def tries_of(calls: Iterable[Call]) -> dict[int, list[CallbackTry]]:
    """When these callers were called back, by call, newest first. One query."""
    found: dict[int, list[CallbackTry]] = {}
    rows = CallbackTry.objects.filter(call__in=list(calls)).select_related("person").order_by("-at", "-pk")
    for row in rows:
        found.setdefault(row.call_id, []).append(row)
    return found


def masked(call: Call) -> Caller | None:
    """Who called as every page shows it: nearly nothing, and nothing of whoever wished it; None where nothing is kept."""
    contact: Contact | None = None if call.confidential else getattr(call, "contact", None)
    try:
        return caller_of(contact).masked if contact else None
    except Unreadable:  # told to whoever asks to read it
        return Caller("", "")


@dataclass(frozen=True)
class Callback:
    """A case that waits to be called back. `callers`: who left a number, `waiting` of them still to be called; `confidential`:
    one of these wished it; `refused`: somebody said no in this round. `tries` in vain of whoever of them was tried most;
    `next_at`: nobody may be tried again before then, None = somebody any time."""

    task: TaskRow
    callers: int
    waiting: int
    confidential: bool
    refused: bool
    tries: int
    most_tries: int
    last_try: datetime | None
    next_at: datetime | None
    unsatisfied: int


def callback_queue(
    actor: Actor, *, at: datetime, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Callback]:
    """The callbacks in the pools of `actor`, earliest deadline first, after the keyset of `my_tasks`. Six queries."""
    tasks = my_tasks(actor, at=at, stage="callback", after=after, limit=limit)
    cases = {case.number: case for case in Case.objects.filter(number__in=[task.number for task in tasks])}
    owed = owed_by(cases.values())
    return [_callback(task, cases[task.number], owed[cases[task.number].pk], at) for task in tasks]


def _callback(task: TaskRow, case: Case, owed: list[Owed], at: datetime) -> Callback:
    left = waiting(owed)
    moments = [one.next_at or at for one in left]
    return Callback(
        task, sum(bool(one.calls) for one in owed), sum(bool(one.calls) for one in left),
        any(one.confidential for one in left), any(one.said == UNSATISFIED for one in owed),
        max(one.tries for one in left), most_tries(flow_by_id(case.flow_id)),
        max((one.last_try for one in left if one.last_try), default=None),
        min(moments) if min(moments) > at else None, case.unsatisfied_count,
    )  # fmt: skip


def callers_owed(case: Case) -> list[Owed]:
    """Whom a case that waits to be called back owes it, those who have answered too; [] of any other. Four queries."""
    return owed_by([case])[case.pk] if case.state == State.CALLBACK else []


def still_to_call(case: Case) -> list[int]:
    """A call of each caller who waits to be called back. Four queries."""
    return [one.calls[0] for one in waiting(callers_owed(case)) if one.calls]
