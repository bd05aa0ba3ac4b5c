# SPDX-License-Identifier: Apache-2.0
"""From when a clock runs where nobody was there: a stage added late, a job that came late, a year without a calendar."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from tests.city import NORM_NATURAL_DAYS, NORM_URGENT_HOURS, NORM_WORK_DAYS, TEST_EVENT
from tests.loop import bring_to, step
from wangge.cases.actions import recompute, resume_due
from wangge.cases.actions.effects import EFFECTS
from wangge.cases.actions.work import Work
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, Task
from wangge.cases.verification import faults_of
from wangge.catalog.queries import catalog
from wangge.common.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: on site within a working day
NORM_ON_SITE = f"{TEST_EVENT}-7"


def test_a_stage_a_correction_adds_counts_from_the_dispatch_whoever_counts() -> None:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_WORK_DAYS)
    right = next(n.id for n in catalog().norms_of(TEST_EVENT) if n.code == NORM_ON_SITE)
    step(case, "ask_correction", class_code=TEST_EVENT, norm_id=right)
    step(case, "correct", at=case.last_at + 2 * HOUR)
    assert case.dispatched_at
    task = Task.objects.get(case=case, stage="arrive", closed_at=None)
    assert task.due_at == case.dispatched_at + DAY and task.opened_at > case.dispatched_at + HOUR
    assert recompute(at=now()) == 0, "no calendar has changed"


def suspended() -> Case:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_NATURAL_DAYS)
    step(case, "ask_suspension")
    step(case, "suspend")
    return case


def test_a_job_that_comes_late_gives_nobody_time() -> None:
    case = suspended()
    ends = case.suspended_until
    assert ends and resume_due(at=ends + 2 * DAY) == 1
    case.refresh_from_db()
    entry = LogEntry.objects.get(case=case, step="resume")
    assert (case.clock_start, case.suspended_until) == (ends, None)
    assert (entry.at, entry.data["runs_from"]) == (ends + 2 * DAY, ends.isoformat())
    by_hand = suspended()
    step(by_hand, "resume", at=by_hand.last_at + DAY)
    assert by_hand.clock_start == by_hand.last_at
    assert faults_of(case) == faults_of(by_hand) == []


def test_a_case_that_cannot_go_on_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = suspended(), suspended()

    def broken(work: Work) -> None:
        if work.case.pk == bad.pk:
            raise ZeroDivisionError
        resume(work)

    resume = EFFECTS["resume"]
    monkeypatch.setitem(EFFECTS, "resume", broken)
    at = max(case.suspended_until for case in (bad, good) if case.suspended_until)
    with caplog.at_level(logging.ERROR):
        assert resume_due(at=at) == 1
    assert str(bad.pk) in caplog.text
    good.refresh_from_db()
    bad.refresh_from_db()
    assert bad.suspended_until and not good.suspended_until
    monkeypatch.undo()
    assert resume_due(at=at) == 1, "the next time"


#: the calendar of the tests ends with this year
LAST = datetime(2026, 12, 31, 2, tzinfo=UTC)


def test_at_the_end_of_the_last_year_known_an_objection_and_an_appeal_are_in_time() -> None:
    case = bring_to(State.HANDLING, at=LAST, class_code=TEST_EVENT, norm=NORM_URGENT_HOURS)
    step(case, "ask_return")
    step(case, "refuse_return", at=LAST + 7 * HOUR)
    step(case, "object_return", at=LAST + 20 * HOUR)
    step(case, "rule_return", result="upheld")
    step(case, "finish")
    assert case.due_at and case.finished_at and case.finished_at > case.due_at
    for code in ("send_check", "answer_check", "close"):
        step(case, code)
    step(case, "appeal_overdue", at=case.last_at + DAY)
    assert case.calendar_missing and faults_of(case) == []
