# SPDX-License-Identifier: Apache-2.0
"""Calls: one, lists of them, those of a case; who is to be called back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet

from wangge.cases.actions.calls import caller_of
from wangge.cases.hotlines import Caller, may_see, retry_hours
from wangge.cases.merged import merged_into
from wangge.cases.models import Call, CallbackTry, Case, Contact, LogEntry
from wangge.cases.queries.cases import get_case
from wangge.cases.queries.tasks import TaskRow, my_tasks
from wangge.cases.reference import current_flow
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


def calls_of(number: str, actor: Actor) -> tuple[Case, list[Call]]:
    """A visible case, and of its calls and those of cases merged into it those that `actor` may see, oldest first.

    A query for the case, one for the calls, one for each level of merging; raises NotFound.
    """
    case = get_case(number, actor)
    calls = _whole(Call.objects.filter(case__in=_matters([case.pk]))).order_by("pk")
    return case, [call for call in calls if may_see(call, actor)]


def _matters(cases: list[int]) -> dict[int, int]:
    """These cases and those merged into them, each with the one of these it is handled in."""
    return {case: case for case in cases} | {one.id: one.matter for one in merged_into(cases)}


def reachable(call: Call) -> bool:
    """Did the caller leave a number that is still kept?"""
    contact: Contact | None = getattr(call, "contact", None)
    return contact is not None and contact.number_digest != ""


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
    """A case whose callers wait to be called back; `next_at`: not before then, None = any time."""

    task: TaskRow
    calls: int
    reachable: int
    confidential: bool
    tries: int
    most_tries: int
    last_try: datetime | None
    next_at: datetime | None
    unsatisfied: int


class _Called(NamedTuple):
    channel: str
    digest: str | None
    confidential: bool


def callback_queue(
    actor: Actor, *, at: datetime, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Callback]:
    """The callbacks in the pools of `actor`, earliest deadline first, after the keyset of `my_tasks`. Five queries, one
    more for each level of merging."""
    tasks = my_tasks(actor, at=at, stage="callback", after=after, limit=limit)
    cases = {case.number: case for case in Case.objects.filter(number__in=[task.number for task in tasks])}
    ids = [case.pk for case in cases.values()]
    matters = _matters(ids)
    called: dict[int, list[_Called]] = {}
    rows = Call.objects.filter(case__in=matters).order_by("pk")
    for row in rows.values_list("channel_id", "contact__number_digest", "confidential", "case_id"):
        called.setdefault(matters[row[3] or 0], []).append(_Called(*row[:3]))
    oldest = min((case.reported_at for case in cases.values()), default=at)
    tries = dict(
        LogEntry.objects.filter(
            case__in=ids, recorded_at__gte=oldest, step="call_back", result="unreachable"
        ).values_list("case_id").annotate(last=Max("at")).order_by()
    )  # fmt: skip
    return [
        _callback(task, cases[task.number], called.get(cases[task.number].pk, []), tries, at)
        for task in tasks
    ]


def _callback(
    task: TaskRow, case: Case, called: list[_Called], tries: dict[int, datetime], at: datetime
) -> Callback:
    last = tries.get(case.pk) if case.callback_tries else None
    hours = retry_hours([case.channel_id, *(one.channel for one in called)])
    next_at = last + timedelta(hours=hours) if last and hours is not None else None
    return Callback(
        task, len(called), sum(bool(one.digest) for one in called), any(one.confidential for one in called),
        case.callback_tries, current_flow().callback_tries, last, next_at if next_at and next_at > at else None,
        case.unsatisfied_count,
    )  # fmt: skip
