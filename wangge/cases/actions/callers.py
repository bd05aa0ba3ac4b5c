# SPDX-License-Identifier: Apache-2.0
"""先行联系: the unit speaks to whoever called first. And is anybody called back when it is done?"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from wangge.cases.access import calendar_kind, pool
from wangge.cases.callbacks import why_order_owed
from wangge.cases.deadlines import due_at, yellow_at
from wangge.cases.errors import StepDenied
from wangge.cases.flow import CONTACT, WITH_UNIT, Flow, Scope, State, Step, TaskRule
from wangge.cases.hotlines import hotlines, whose_contact
from wangge.cases.merged import matters_in
from wangge.cases.models import Call, CallbackTry, Case, Contact, Task
from wangge.cases.reference import channels, flow_by_id
from wangge.organizations.access import Allowed, Denied
from wangge.organizations.calendars import CalendarYearMissing
from wangge.organizations.directory import directory
from wangge.organizations.models import Post

if TYPE_CHECKING:
    from wangge.cases.actions.work import Work


def open_contact(work: "Work") -> None:
    """Where somebody called and left a number, whatever channel the case came by, to speak to them waits for the unit from
    the dispatch on; to whoever wished confidentiality, for the centre, by the same limit."""
    if not hotlines():
        return
    for rule in _rules(work.flow, _wishes(matters_in(work.case.pk))):
        work.add_task(CONTACT, rule, work.deadline(rule.limit, Scope.UNIT))


def _rules(flow: Flow, wishes: Collection[bool]) -> list[TaskRule]:
    """Whom it waits for to speak to callers: the unit, and the centre where somebody wished confidentiality."""
    step = flow.steps.get(CONTACT)  # a flow of before this step keeps its cases
    if step is None or step.task is None:
        return []
    centre = _of_the_centre(step)  # "": the city's flow lets nobody of the centre speak to callers
    found = [step.task] if False in wishes else []
    return found + ([replace(step.task, post=centre, scope=Scope.AREA)] if True in wishes and centre else [])


def _wishes(matters: list[int]) -> set[bool]:
    """Of those who called about these cases and left a number: did they wish confidentiality?"""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT k.confidential {_CALLED}", [matters])
        return {wish for (wish,) in cursor.fetchall()}


def contact_too(case: Case, call: Call, at: datetime) -> None:
    """Who joins a case that is with its unit already is spoken to first as well; `case`, locked, is where their matter is."""
    reachable = Contact.objects.filter(call=call).exclude(number_digest="").exists()
    _open_late(case, {call.confidential} if reachable else set(), at)


def take_callers_along(work: "Work", target: int) -> None:
    """Those of a merged case are callers of the other from now on, be it with its unit already. It is locked."""
    own = matters_in(work.case.pk)
    _open_late(Case.objects.get(pk=target), _wishes(own), work.clock_at)
    _weigh_anew(work, target, own, [*matters_in(target), *own])


def take_callers_back(work: "Work", target: Case) -> None:
    """A merge is undone: what waits at the other case for nobody but them falls away, and what they said there."""
    own = matters_in(work.case.pk)
    others = [one for one in matters_in(target.pk) if one not in own]
    _weigh_anew(work, target.pk, own, others)
    left = _rules(flow_by_id(target.flow_id), _wishes(others))
    gone = Task.objects.filter(case=target.pk, stage=CONTACT, closed_at=None)
    if _wishes(own):
        gone.exclude(post__in=[rule.post for rule in left]).update(
            closed_at=work.clock_at, closed_by=work.actor.person_id
        )


def _weigh_anew(work: "Work", target: int, own: list[int], callers: Collection[int]) -> None:
    """Those of `own` go from `target` or come back, whose callers are those of `callers` then: a "no" of theirs is no reason
    to supervise it any more, or is one again. A callback that made it one too is not taken back afterwards."""
    tries = CallbackTry.objects.filter(case=target, call__case__in=own, reached=True)
    if tries.exclude(solved=True, satisfied=True).exists():
        case = Case.objects.select_for_update(no_key=True).get(pk=target)
        kept: dict[str, Any] | None = case.last_step
        if kept and "order_owed" in kept["was"]:
            kept["built_on"] = work.step.code
        Case.objects.filter(pk=target).update(order_owed=why_order_owed(case, callers), last_step=kept)


def _open_late(case: Case, wishes: Collection[bool], at: datetime) -> None:
    """A full limit from `at`, for whomever nothing waits already."""
    if case.state not in WITH_UNIT:
        return
    waiting = set(
        Task.objects.filter(case=case.pk, stage=CONTACT, closed_at=None).values_list("post", flat=True)
    )
    calendar = directory().calendar_of(calendar_kind(Scope.UNIT, case.lead_unit))
    flow = flow_by_id(case.flow_id)
    for rule in _rules(flow, wishes):
        if rule.post in waiting:
            continue
        unit_path, area_path = pool(rule.scope, case)
        task = Task(
            case=case, stage=CONTACT, post=rule.post, unit_path=unit_path, area_path=area_path, opened_at=at
        )
        if rule.limit:
            task.limit_value, task.limit_clock = rule.limit.value, rule.limit.clock.value
            with suppress(CalendarYearMissing):  # as soon as the calendar is there it is timed
                task.due_at = due_at(rule.limit, at, calendar)
                task.yellow_at = yellow_at(rule.limit, at, calendar, flow.lights)
        task.save(force_insert=True)


# Whoever left a number. By hand: every dispatch and every check on site asks, and the ORM takes half a millisecond to put
# it together.
_CALLED = """
FROM cases_call k JOIN cases_contact t ON t.call_id = k.id WHERE k.case_id = ANY(%s) AND t.number_digest <> ''
"""


def owed_callback(case: Case) -> bool:
    """Is somebody called back before the case is closed: by its channel, or because somebody called about it and left a
    number, whatever channel the case came by?"""
    if channels()[case.channel_id].callback:
        return True
    called = [code for code in hotlines() if channels()[code].callback]
    if not called:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT {_CALLED} AND k.channel_id = ANY(%s))", [matters_in(case.pk), called]
        )
        return bool(cursor.fetchone()[0])


def _of_the_centre(step: Step) -> str:
    posts = directory().posts
    return next((p for p in step.posts if p in posts and posts[p].axis == Post.Axis.SUPERVISION), "")


def contact(work: "Work") -> None:
    """Reached: nothing waits for them any more. Not reached: it is tried again. What is counted later stands in the entry."""
    waiting = Task.objects.filter(case=work.case.pk, stage=CONTACT, closed_at=None).order_by("id")
    tasks = {task.post: task for task in waiting}  # the door has seen that one waits
    answer = whose_contact(tasks, work.held.post)
    if isinstance(answer, Denied):
        raise StepDenied(answer.code, answer.zh, answer.en)
    task = next(
        task for post, task in tasks.items() if isinstance(whose_contact([post], work.held.post), Allowed)
    )
    work.facts["due"] = task.due_at.isoformat() if task.due_at else None
    if work.outcome.code == "reached":
        work.close_task(task.pk)


def stages_left(work: "Work", to: State) -> list[str]:
    """What waits no more in `to`: the case's state, and to speak to the caller where the case leaves its unit."""
    leaves = work.from_state in WITH_UNIT and to not in WITH_UNIT
    return [work.from_state, CONTACT] if leaves else [work.from_state]
