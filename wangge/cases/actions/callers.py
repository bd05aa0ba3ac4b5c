# SPDX-License-Identifier: Apache-2.0
"""What the loop does for whoever called: the unit speaks to them first (先行联系), and nobody is tried every minute."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from wangge.cases.caller_errors import TooSoonToTry
from wangge.cases.errors import StepDenied
from wangge.cases.flow import CONTACT, Scope, State, Step
from wangge.cases.hotlines import WITH_UNIT, hotlines, retry_hours, whose_contact
from wangge.cases.merged import merged_into
from wangge.cases.models import Call, Case, LogEntry, Task
from wangge.cases.reference import channels
from wangge.grids.queries import city
from wangge.organizations.access import Denied
from wangge.organizations.directory import directory
from wangge.organizations.models import Post

if TYPE_CHECKING:
    from wangge.cases.actions.work import Work


def open_contact(work: "Work") -> None:
    """Where somebody called and left a number, to speak to them waits for the unit from the dispatch on; where they all
    wished confidentiality, for the centre, by the same limit."""
    step = work.flow.steps.get(CONTACT)  # a flow of before this step keeps its cases
    if step is None or step.task is None or work.case.channel_id not in hotlines():
        return
    wishes = set(_calls(work.case).filter(_REACHABLE).values_list("confidential", flat=True))
    if not wishes:
        return
    rule, centre = step.task, _of_the_centre(step)
    if False not in wishes:
        if not centre:
            return  # the city's flow lets nobody of the centre speak to callers
        rule = replace(rule, post=centre, scope=Scope.AREA)
    work.add_task(CONTACT, rule, work.deadline(step.task.limit, step.task.scope))


_REACHABLE = Q(contact__isnull=False) & ~Q(contact__number_digest="")


def _calls(case: Case) -> QuerySet[Call]:
    """Of the case and of those merged into it."""
    return Call.objects.filter(case__in=[case.pk, *(one.id for one in merged_into([case.pk]))])


def owed_callback(case: Case) -> bool:
    """Is somebody called back before the case is closed: by its channel, or because somebody called about it and left a
    number, whatever channel the case came by?"""
    if channels()[case.channel_id].callback:
        return True
    called = [code for code in hotlines() if channels()[code].callback]
    return bool(called) and _calls(case).filter(_REACHABLE, channel__in=called).exists()


def _of_the_centre(step: Step) -> str:
    posts = directory().posts
    return next((p for p in step.posts if p in posts and posts[p].axis == Post.Axis.SUPERVISION), "")


def contact(work: "Work") -> None:
    """Reached: nothing waits any more. Not reached: it is tried again. What is counted later stands in the entry."""
    task = Task.objects.get(
        case=work.case.pk, stage=CONTACT, closed_at=None
    )  # the door has seen that it waits
    answer = whose_contact(task.post, work.held.post)
    if isinstance(answer, Denied):
        raise StepDenied(answer.code, answer.zh, answer.en)
    work.facts["due"] = task.due_at.isoformat() if task.due_at else None
    if work.outcome.code == "reached":
        work.close_tasks(CONTACT)


def close_contact(work: "Work", to: State) -> None:
    """The case leaves its unit: nobody of it speaks to the caller any more."""
    if work.from_state in WITH_UNIT and to not in WITH_UNIT and work.case.channel_id in hotlines():
        work.close_tasks(CONTACT)


def check_try(work: "Work") -> None:
    """Raise TooSoonToTry where the last try in vain is not yet as long ago as the hotline's rule asks.

    Three tries within an hour are one try. Whoever left no number is not waited for; what was recorded elsewhere is taken
    as it was.
    """
    if not work.case.callback_tries or work.actor.origin != "live":
        return
    calls = list(_calls(work.case).order_by("pk").values_list("channel", "contact__number_digest"))
    hours = retry_hours([work.case.channel_id, *(channel for channel, _ in calls)])
    if hours is None or (calls and not any(digest for _, digest in calls)):
        return
    tries = LogEntry.objects.of(work.case).filter(step="call_back", result="unreachable")
    last = tries.order_by("-seq").values_list("at", flat=True).first()
    after = last + timedelta(hours=hours) if last else None
    if after and work.at < after:
        raise TooSoonToTry(after=f"{after.astimezone(city().zone):%Y-%m-%d %H:%M}")
