# SPDX-License-Identifier: Apache-2.0
"""A round of handling: the unit's full limit, and beside it the stages the norm asks for, each a task of its own.

The case clock may stand still (suspension) and be given more (extension): `clock_start`, `clock_used` of the case.
"""

from typing import TYPE_CHECKING

from wangge.cases.actions.callers import open_contact
from wangge.cases.deadlines import Clock, elapsed_seconds
from wangge.cases.flow import STAGE_STEPS, Scope
from wangge.cases.records import newest
from wangge.cases.stages import stages_of
from wangge.organizations.calendars import CalendarYearMissing

if TYPE_CHECKING:
    from wangge.cases.actions.work import Deadline, Work
    from wangge.catalog.queries import NormInfo


def start_round(work: "Work") -> "Deadline":
    """The case clock runs from now, and what the norm asks for before the repair waits for the unit."""
    deadline = work.start_case_clock()
    for code, limit in stages_of(work.norm).items():
        step = work.flow.steps.get(code)
        if step and step.task:  # a flow of before these steps keeps its cases
            work.add_task(code, step.task, work.deadline(limit, step.task.scope))
    open_contact(work)
    return deadline


def give_stages(work: "Work") -> None:
    """They are the handler's now, as the repair is."""
    if stages_of(work.norm):
        work.writes.update(
            "cases_task", {"assignee_id": work.case.handler_id},
            "case_id = %s AND stage = ANY(%s) AND closed_at IS NULL", work.case.pk, list(STAGE_STEPS),
        )  # fmt: skip


def close_stages(work: "Work") -> None:
    """Done with the repair, or no longer this unit's."""
    if stages_of(work.norm):
        work.close_tasks(*STAGE_STEPS)


def change_stages(work: "Work", old: "NormInfo | None") -> None:
    """Another norm judges the case: stages it does not ask for fall away, those it adds run from the dispatch on."""
    before, after = stages_of(old), stages_of(work.norm)
    if gone := [code for code in before if code not in after]:
        work.close_tasks(*gone)
    for code, limit in after.items():
        step = work.flow.steps.get(code)
        if step and step.task and code not in before:
            start = work.case.dispatched_at
            work.add_task(code, step.task, work.deadline(limit, step.task.scope, start=start))


def counted(work: "Work") -> int | None:
    """Seconds of the norm's clock gone in this round, less those granted by extensions; None without calendar data."""
    if work.norm is None or work.case.clock_start is None:
        return work.case.clock_used
    calendar = work.calendar_of(Scope.UNIT)
    try:
        passed = elapsed_seconds(Clock(work.norm.clock), work.case.clock_start, work.at, calendar)
    except CalendarYearMissing:
        return None
    return work.case.clock_used + max(0, passed)


def used_seconds(work: "Work") -> int | None:
    """Seconds of the norm's clock the unit has used, without what stood still; None without norm or calendar data."""
    gone = counted(work)
    if gone is None or work.norm is None or work.case.dispatched_at is None:
        return None
    granted = sum(
        int(r.facts.get("seconds", 0))
        for r in work.locked.records
        if r.kind == "extension" and r.ruling == "granted" and r.opened_at >= work.case.dispatched_at
    )
    return max(0, gone + granted)


def suspend_clock(work: "Work") -> None:
    """The case clock stands still; of a case that is overdue already it runs on: a pause undoes no delay."""
    gone = counted(work)
    if gone is not None and (work.case.due_at is None or work.at < work.case.due_at):
        work.facts["used"] = gone
        work.run_clock(None, used=gone)


def resume_clock(work: "Work") -> None:
    """What was left when it stood still is left from now on; where nobody resumes it, from the day it ends: a job that
    comes late gives nobody time."""
    start = work.clock_at
    if work.actor.person_id is None and work.case.suspended_until:
        start = min(start, work.case.suspended_until)
    if start != work.clock_at:
        work.facts["runs_from"] = start.isoformat()
    if work.case.clock_start is None:
        work.run_clock(start, used=work.case.clock_used)
    work.set(suspended_until=None)


def end_suspension(work: "Work") -> None:
    """Whoever finishes has resumed; the record itself falls away with the state."""
    running = newest(work.locked.records, "suspension")
    if running and not running.ended and work.case.suspended_until:
        resume_clock(work)


def retime(work: "Work") -> None:
    """The tasks and dispatches that have the case's deadline follow it, and its limit where the norm is another one."""
    limit = work.norm_limit()
    assert limit
    change = {
        "yellow_at": work.case.yellow_at, "due_at": work.case.due_at, "limit_value": limit.value,
        "limit_clock": limit.clock.value,
    }  # fmt: skip
    work.writes.update(
        "cases_task", change, "case_id = %s AND closed_at IS NULL AND stage = ANY(%s)", work.case.pk,
        work.flow.stages_by_case_clock(),
    )  # fmt: skip
    work.writes.update(
        "cases_dispatch", {"due_at": work.case.due_at}, "case_id = %s AND ended_at IS NULL", work.case.pk
    )
