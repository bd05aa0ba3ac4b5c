# SPDX-License-Identifier: Apache-2.0
"""The two clocks on a case: the unit's limit from dispatch on, and the limit of each stage."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.city import (
    COVER,
    MORNING,
    NORM_NATURAL_DAYS,
    NORM_URGENT_DAY,
    NORM_URGENT_HOURS,
    NORM_WORK_DAYS,
    NORM_WORK_HOURS,
    TEST_EVENT,
)
from tests.loop import bring_to, step
from wangge.cases.flow import State
from wangge.cases.models import Case, Dispatch, Task
from wangge.catalog.queries import catalog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

ZONE = ZoneInfo("Asia/Shanghai")
WORK_HOUR = 3600


def local(text: str) -> datetime:
    """A moment by the city's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def dispatched(norm: str, *, at: datetime = MORNING, lead: str = "csgl") -> Case:
    """A case under a norm of the test event, dispatched exactly at `at`."""
    case = bring_to(State.ACCEPTED, class_code=TEST_EVENT, at=at - timedelta(minutes=3))
    step(case, "file", norm_id=next(n.id for n in catalog().norms_of(TEST_EVENT) if n.code == norm))
    step(case, "dispatch", unit=lead)
    assert case.dispatched_at == at
    return case


def due_of(case: Case, stage: str) -> datetime | None:
    return Task.objects.get(case=case, stage=stage, closed_at=None).due_at


@pytest.mark.parametrize(
    ("norm", "yellow", "due"),
    [
        (NORM_URGENT_HOURS, "2026-03-11T11:36", "2026-03-11T12:00"),
        (NORM_URGENT_DAY, "2026-03-12T05:12", "2026-03-12T10:00"),
        (NORM_WORK_HOURS, "2026-03-11T15:12", "2026-03-11T16:00"),
        (NORM_WORK_DAYS, "2026-03-13T15:12", "2026-03-16T10:00"),
        (NORM_NATURAL_DAYS, "2026-03-17T00:24", "2026-03-18T10:00"),
    ],
)
def test_the_limit_of_the_norm_runs_from_dispatch_on_every_clock(norm: str, yellow: str, due: str) -> None:
    case = dispatched(norm)
    assert (case.yellow_at, case.due_at) == (local(yellow), local(due))
    assert Dispatch.objects.get(case=case).due_at == local(due)
    step(case, "sign_for", at=MORNING + timedelta(hours=1))
    assert case.due_at == due_of(case, "handling") == local(due), "signing for it starts no new clock"
    assert not case.calendar_missing


def test_each_stage_has_its_own_limit() -> None:
    case = bring_to(State.REPORTED, at=MORNING)
    assert due_of(case, "reported") == MORNING + timedelta(minutes=15)
    step(case, "send_verify", at=MORNING + timedelta(minutes=5))
    assert due_of(case, "verifying") == MORNING + timedelta(minutes=35)
    late = dispatched(NORM_WORK_DAYS, at=local("2026-03-13T17:00"))
    assert due_of(late, "dispatched") == local("2026-03-16T09:00"), (
        "a Friday evening: one hour then, one on Monday"
    )


def test_used_time_is_counted_on_the_clock_of_the_norm() -> None:
    for norm, seconds in ((NORM_WORK_HOURS, 4 * WORK_HOUR), (NORM_URGENT_HOURS, 6 * WORK_HOUR)):
        case = dispatched(norm)
        step(case, "sign_for")
        step(case, "finish", at=MORNING + timedelta(hours=6))
        given = Dispatch.objects.get(case=case)
        assert (given.used_seconds, given.finished_at, case.finished_at) == (
            seconds, MORNING + timedelta(hours=6), MORNING + timedelta(hours=6),
        )  # fmt: skip


def test_a_year_without_calendar_is_flagged_never_guessed() -> None:
    start = local("2026-12-31T09:00")
    case = dispatched(NORM_WORK_DAYS, at=start)
    assert (case.due_at, case.yellow_at, case.calendar_missing) == (None, None, True)
    assert due_of(case, "dispatched") == local("2026-12-31T11:00")
    step(case, "sign_for", at=start + timedelta(minutes=5))
    assert due_of(case, "handling") is None
    step(case, "finish", at=start + timedelta(days=2))
    assert case.state == "handled" and Dispatch.objects.get(case=case).used_seconds is None
    natural = dispatched(NORM_NATURAL_DAYS, at=start)
    assert (natural.due_at, natural.calendar_missing) == (local("2027-01-07T09:00"), False)


def test_after_a_return_the_next_unit_has_its_full_limit_and_the_time_used_stays() -> None:
    case = dispatched(NORM_WORK_HOURS)
    step(case, "sign_for", at=MORNING + timedelta(hours=1))
    step(case, "ask_return", at=MORNING + timedelta(hours=5))
    step(case, "return", at=MORNING + timedelta(hours=6))
    assert (case.state, case.due_at, case.lead_unit, case.return_count) == ("filed", None, "", 1)
    again = local("2026-03-12T08:00")
    step(case, "dispatch", unit="swj", at=again)
    assert case.due_at == local("2026-03-12T12:00")
    first, second = Dispatch.objects.filter(case=case, role="lead").order_by("id")
    assert (first.unit, first.used_seconds, first.ended_at) == (
        "csgl",
        4 * WORK_HOUR,
        MORNING + timedelta(hours=6),
    )
    assert (second.unit, second.used_seconds, second.ended_at, second.due_at) == (
        "swj",
        None,
        None,
        case.due_at,
    )
    step(case, "sign_for", at=again + timedelta(minutes=1))
    step(case, "finish", at=again + timedelta(hours=3))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.used_seconds, second.used_seconds) == (4 * WORK_HOUR, 3 * WORK_HOUR)


def test_a_refused_return_costs_the_unit_its_time() -> None:
    case = dispatched(NORM_WORK_HOURS)
    due = case.due_at
    step(case, "ask_return", at=MORNING + timedelta(minutes=30))
    step(case, "refuse_return", at=MORNING + timedelta(hours=2))
    assert (case.state, case.due_at, case.return_count) == ("dispatched", due, 0)
    assert case.side_records.get().ruling == "refused"
    assert not Task.objects.filter(case=case, stage="return.asked", closed_at=None).exists()


def test_rework_keeps_the_clock_running() -> None:
    case = dispatched(NORM_WORK_DAYS)
    due = case.due_at
    for code in ("sign_for", "finish", "send_check"):
        step(case, code)
    step(case, "answer_check", result="failed")
    assert (case.state, case.due_at, case.finished_at, case.rework_count) == ("handling", due, None, 1)
    assert due_of(case, "handling") == due
    given = Dispatch.objects.get(case=case)
    assert (given.used_seconds, given.finished_at) == (None, None)
    step(case, "finish", at=MORNING + timedelta(hours=2))
    assert Dispatch.objects.get(case=case).used_seconds == 2 * WORK_HOUR


def test_each_further_round_has_a_limit_of_its_own() -> None:
    case = bring_to(State.CALLBACK, class_code=COVER)
    for code, result, back in (
        ("call_back", "unsatisfied", "handling"),
        ("call_back", "unsatisfied", "investigating"),
        ("conclude", "rework", "handling"),
    ):
        first_due = case.due_at
        moment = case.last_at + timedelta(days=1)
        step(case, code, result=result, at=moment)
        assert case.state == back
        if back == "handling":
            assert case.dispatched_at == moment and case.due_at == due_of(case, "handling")
            assert first_due and case.due_at and case.due_at > first_due
            assert case.finished_at is None and Dispatch.objects.get(case=case).due_at == case.due_at
            for further in ("finish", "send_check", "answer_check"):
                step(case, further)


def test_a_reopened_case_has_a_new_limit_and_a_new_dispatch() -> None:
    case = bring_to(State.CLOSED)
    moment = case.last_at + timedelta(days=2)
    step(case, "reopen", at=moment)
    assert (case.state, case.closed_at, case.closing, case.reopened_count) == ("handling", None, "", 1)
    assert case.dispatched_at == moment and case.finished_at is None
    old, new = Dispatch.objects.filter(case=case).order_by("id")
    assert old.ended_at and not new.ended_at and (old.unit, new.unit) == ("swj", "swj")
    assert new.due_at == case.due_at == due_of(case, "handling")


@pytest.mark.parametrize(("late", "possible"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_case_can_be_reopened_for_thirty_days(late: timedelta, possible: bool) -> None:
    from wangge.cases.errors import ReopenTooLate

    case = bring_to(State.CLOSED)
    assert case.closed_at
    # the window's end is counted in whole seconds, as every limit is
    moment = case.closed_at.replace(microsecond=0) + timedelta(days=30) + late
    if possible:
        step(case, "reopen", at=moment)
        return
    with pytest.raises(ReopenTooLate):
        step(case, "reopen", at=moment)
