# SPDX-License-Identifier: Apache-2.0
"""A calendar changes: what runs follows it, what has ended stays, and the preview said so before."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.city import (
    COVER,
    MORNING,
    NORM_NATURAL_DAYS,
    NORM_WORK_DAYS,
    NORM_WORK_HOURS,
    TEST_EVENT,
    actor,
)
from tests.loop import bring_to, snapshot, step
from wangge.cases.actions import in_bulk, recompute
from wangge.cases.deadlines import Clock, LightThresholds, Limit, yellow_at
from wangge.cases.flow import END_STATES, State
from wangge.cases.models import Case, Dispatch, FlowVersion, LogEntry, Task
from wangge.cases.queries import latest_movements, timeline
from wangge.cases.recomputing import Count, preview
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.organizations.calendars import Interval
from wangge.organizations.directory import directory
from wangge.organizations.models import CalendarVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

SUNDAY = ((Interval(time(8), time(12)),),)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATER = MORNING + timedelta(hours=2)


@contextmanager
def published(code: str = "standard", **changes: Any) -> Iterator[None]:
    """Within it another version of a calendar is in force."""
    row = CalendarVersion.objects.current().get(code=code)
    CalendarVersion.objects.filter(pk=row.pk).update(valid_to=LATER)
    row.pk, row.valid_from = None, LATER
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    directory.forget()
    try:
        yield
    finally:
        directory.forget()


def hours(*intervals: str, days: int = 5) -> dict[str, list[str]]:
    """A week with these intervals on its first days."""
    return {day: list(intervals) if n < days else [] for n, day in enumerate(WEEK)}


def filed(norm: str, state: State = State.HANDLING, **more: Any) -> Case:
    return bring_to(state, class_code=TEST_EVENT, norm=norm, **more)


def moments(case: Case) -> dict[str, tuple[datetime | None, datetime | None]]:
    """Yellow and due of the case and of each open task and dispatch."""
    found = {"": (case.yellow_at, case.due_at)}
    for task in Task.objects.filter(case=case, closed_at=None):
        found[task.stage] = task.yellow_at, task.due_at
    for row in Dispatch.objects.filter(case=case, ended_at=None):
        found[f"{row.role} {row.unit}"] = None, row.due_at
    return found


def test_what_runs_on_a_work_clock_moves_and_the_log_says_from_when_to_when() -> None:
    case, natural = filed(NORM_WORK_HOURS), filed(NORM_NATURAL_DAYS)
    before, asleep = case.due_at, moments(natural)
    with published(weekly=hours("08:00-10:30", "14:00-18:00")):
        seen = preview(LATER, reader=actor("chief_1"))
        assert recompute(at=LATER) == 1
        case.refresh_from_db()
    # 10:03 to 10:30, then from 14:00 on: half past five instead of four
    assert before and case.due_at == before + timedelta(minutes=90)
    assert moments(case)["handling"] == (case.yellow_at, case.due_at)
    assert moments(case)["lead csgl"] == (None, case.due_at)
    assert case.yellow_at and case.yellow_at < case.due_at
    entry = LogEntry.objects.filter(case=case).latest("seq")
    assert (entry.step, entry.actor_id, entry.post, entry.hand) == ("recompute", None, "", "none")
    assert (entry.from_state, entry.to_state, entry.at) == ("handling", "handling", LATER)
    old_and_new = [before.isoformat(), case.due_at.isoformat()]
    assert entry.data == {"due": {"case": old_and_new, "handling": old_and_new}}
    assert faults_of(case) == [] and moments(natural) == asleep
    assert timeline(case)[-1].name_zh == "时限重算" and not timeline(case)[-1].actor
    assert latest_movements(actor("operator_1"), at=now())[0].name_zh == "时限重算"
    assert (seen.open_cases, seen.cases, seen.deadlines) == (2, 1, Count(later=2))
    assert seen.units == {"csgl": Count(later=2)}
    assert {(e.number, e.stage, e.due_before, e.due_after) for e in seen.examples} == {
        (case.number, stage, before, case.due_at) for stage in ("", "handling")
    }
    step(case, "finish")
    assert faults_of(case) == []


def test_a_second_run_finds_nothing_and_only_those_whose_moment_differs_get_an_entry() -> None:
    for norm in (NORM_WORK_HOURS, NORM_WORK_DAYS):
        filed(norm)
    bring_to(State.DISPATCHED)
    untouched = snapshot()
    assert recompute(at=LATER) == 0 and snapshot() == untouched, "the calendar has not changed"
    with published(weekly=hours("09:00-12:00", "13:00-18:00")):
        assert recompute(at=LATER)
        after = snapshot()
        assert recompute(at=LATER) == 0 and snapshot() == after


def test_a_run_cut_off_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [filed(NORM_WORK_HOURS) for _ in range(3)]
    monkeypatch.setattr(in_bulk, "LOCKED", 1)
    write = in_bulk._write
    done: list[Any] = []

    def dies(*given: Any) -> None:
        if done:
            raise RuntimeError("killed")
        done.append(given)
        write(*given)

    monkeypatch.setattr(in_bulk, "_write", dies)
    with published(weekly=hours("09:00-12:00", "13:00-18:00")):
        with pytest.raises(RuntimeError):
            recompute(at=LATER)
        assert LogEntry.objects.filter(step="recompute").count() == 1
        monkeypatch.setattr(in_bulk, "_write", write)
        recompute(at=LATER)
        recompute(at=LATER)
    for case in cases:
        case.refresh_from_db()
        assert LogEntry.objects.filter(case=case, step="recompute").count() == 1
        assert faults_of(case) == []


def test_missing_years_are_filled_in_and_the_flag_goes() -> None:
    start = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    case = filed(NORM_WORK_DAYS, at=start)
    assert (case.due_at, case.calendar_missing) == (None, True)
    with published(last_year=2027):
        assert preview(start).deadlines == Count(gained=2)
        recompute(at=start + timedelta(hours=1))
        case.refresh_from_db()
        due = Case.objects.get(pk=case.pk).due_at
        assert due and due.year == 2027 and not case.calendar_missing
        row = CalendarVersion.objects.current().get(code="standard")
        CalendarVersion.objects.filter(pk=row.pk).update(last_year=2026)
        directory.forget()
        assert preview(start).deadlines == Count(lost=2)
        recompute(at=start + timedelta(hours=2))
        case.refresh_from_db()
        assert (case.due_at, case.calendar_missing, faults_of(case)) == (None, True, [])


def test_a_calendar_not_yet_in_force_is_looked_at_without_a_trace() -> None:
    street, department = filed(NORM_WORK_HOURS, State.FILED), filed(NORM_WORK_HOURS)
    step(street, "dispatch", unit="dongjie")
    sundays = replace(directory().calendar_of("street"), weekly=((),) * 6 + SUNDAY)
    drafts = directory().calendars | {"street": sundays}
    untouched = snapshot()
    seen = preview(LATER, drafts, reader=actor("chief_1"))
    assert snapshot() == untouched
    assert {one.number for one in seen.examples} == {street.number}
    for login in ("chief_west", "outsider"):
        other = preview(LATER, drafts, reader=actor(login))
        assert (other.deadlines, other.units, other.examples) == (seen.deadlines, seen.units, []), login
    assert seen.open_cases == 2 and department.lead_unit not in seen.units
    assert seen.units == {"dongjie": Count(later=2)}, "the case clock, and until it is signed for"


def test_what_would_be_overdue_at_once_is_counted() -> None:
    case = filed(NORM_WORK_HOURS)
    assert case.due_at
    with published(weekly=hours("08:00-12:00", "12:00-18:00")):  # no break at noon
        seen = preview(case.due_at - timedelta(minutes=1))
    assert (seen.overdue, seen.relieved, seen.deadlines) == (2, 0, Count(earlier=2))
    with published(weekly=hours("08:00-09:00")):
        seen = preview(case.due_at)
    assert (seen.overdue, seen.relieved) == (0, 2)


def test_a_finished_case_keeps_the_moment_it_was_judged_by() -> None:
    case = filed(NORM_WORK_HOURS, State.CHECKING)
    before = case.due_at
    with published(weekly=hours("08:00-09:00")):
        recompute(at=LATER)
        case.refresh_from_db()
        assert case.due_at == before and not LogEntry.objects.filter(case=case, step="recompute").exists()


WEEKS = st.sampled_from(
    [
        hours("08:00-10:30", "14:00-18:00"),
        hours("00:00-00:00", days=7),
        hours("09:00-10:00", days=1),
        hours("08:00-12:00"),
    ]
)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(list(State)), st.sampled_from(["", *range(3, 8)])), min_size=2, max_size=5
    ),
    WEEKS,
    st.sampled_from([2025, 2026]),
)
def test_recomputing_gives_what_the_door_would_have_given(wanted: Any, week: Any, last_year: int) -> None:
    """And never touches a case that has ended, nor one whose unit has finished; again, it does nothing."""
    with transaction.atomic():
        ways: list[tuple[State, dict[str, Any]]] = [
            (state, {"class_code": TEST_EVENT, "norm": f"{TEST_EVENT}-{n}"} if n else {"class_code": COVER})
            for state, n in wanted
        ]
        held = [bring_to(state, **way) for state, way in ways]
        before = [(moments(case), case.log_seq) for case in held]
        with published(weekly=week, last_year=last_year):
            recompute(at=LATER)
            for case in held:
                case.refresh_from_db()
                assert faults_of(case) == []
            again = snapshot()
            assert recompute(at=LATER) == 0 and snapshot() == again
            twins = [bring_to(state, **way) for state, way in ways]
        for case, twin, (old, seq) in zip(held, twins, before, strict=True):
            if case.state in END_STATES:
                assert (moments(case), case.log_seq) == (old, seq)
            elif case.finished_at:
                assert (case.yellow_at, case.due_at) == old[""]
            else:
                assert moments(case) == moments(twin)
        transaction.set_rollback(True)
    directory.forget()


def test_the_light_turns_by_the_flow_a_case_was_opened_under() -> None:
    before = filed(NORM_WORK_HOURS)
    row = FlowVersion.objects.get(valid_to=None)
    FlowVersion.objects.filter(pk=row.pk).update(valid_to=now())
    row.pk, row.valid_from, row.document = None, now(), row.document | {"yellow_percent": 50}
    row.save(force_insert=True)
    forget_all()
    after = filed(NORM_WORK_HOURS)
    assert before.yellow_at and after.yellow_at and before.due_at == after.due_at
    assert after.yellow_at < before.yellow_at
    for case, percent in ((before, 80), (after, 50)):
        assert case.clock_start and case.due_at and case.norm
        limit = Limit(case.norm.limit, Clock(case.norm.clock))
        lights = LightThresholds(percent, 100)
        assert case.yellow_at == yellow_at(limit, case.clock_start, directory().calendar, lights)
    assert recompute(at=LATER) == 0, "each by its own flow"


def test_a_step_taken_back_runs_by_the_calendar_in_force_and_what_was_finished_keeps_its_moment() -> None:
    reported_done, failed = filed(NORM_WORK_HOURS, State.HANDLED), filed(NORM_WORK_HOURS, State.CHECKING)
    judged_by = failed.due_at
    step(failed, "answer_check", result="failed")
    with published(weekly=hours("08:00-10:30", "14:00-18:00")):
        assert recompute(at=LATER) == 1, "who has finished keeps the moment"
        for case in (reported_done, failed):
            step(case, "ask_correction", entry=case.last_step["seq"] if case.last_step else 0)
            step(case, "correct")
        assert judged_by and moments(failed)["lead csgl"] == (None, judged_by) and failed.due_at == judged_by
        late = judged_by + timedelta(minutes=90)
        assert reported_done.due_at == late and moments(reported_done)["handling"][1] == late
        assert recompute(at=LATER) == 0 and faults_of(failed) == []
