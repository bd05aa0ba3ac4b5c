# SPDX-License-Identifier: Apache-2.0
"""The ladder: every rung of every deadline once, whoever sweeps; told to whoever it names."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from tests.city import (
    NORM_NATURAL_DAYS,
    NORM_TWO_STAGES,
    NORM_URGENT_HOURS,
    NORM_WORK_DAYS,
    STREET_EVENT,
    TEST_EVENT,
    person,
)
from tests.loop import HOTLINE, bring_to, call_about, step
from wangge.cases.flow import State
from wangge.cases.models import Case, Task
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.models import Absence
from wangge.supervision.models import Reached
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def swept(at: datetime) -> dict[str, int]:
    """Rungs reached now, by code."""
    return {code: one.reached for code, one in sweep(oversight(), at=at).items() if one.reached}


def told(template: str) -> set[str]:
    return set(Notice.objects.filter(template=template).values_list("recipient__login", flat=True))


def due(case: Case) -> datetime:
    case.refresh_from_db()
    assert case.due_at
    return case.due_at


def test_a_case_climbs_rung_by_rung_each_once() -> None:
    case = bring_to(State.HANDLING, at=None)
    assert swept(now()) == {}
    assert case.yellow_at
    assert swept(case.yellow_at) == {"remind_short": 1}
    assert told("rung_reminder") == {"clerk_swj"}
    assert swept(due(case) - timedelta(seconds=1)) == {}
    assert swept(due(case)) == {"urge": 1}
    assert told("rung_urging") == {"clerk_swj"}
    later = due(case) + timedelta(days=5)
    assert swept(later) == {"propose_urgent": 1}
    assert told("rung_order") == {"chief_1", "chief_2", "chief_east"}, (
        "the chiefs of the place, not those of the west"
    )
    assert swept(later + timedelta(days=30)) == {}
    assert set(Reached.objects.values_list("unit", flat=True)) == {"swj"}


def test_a_sweep_that_comes_late_does_not_remind_of_what_is_overdue() -> None:
    case = bring_to(State.HANDLING, at=None)
    assert swept(due(case) + timedelta(days=9)) == {"urge": 1, "propose_urgent": 1}


def test_a_stage_of_the_centre_is_urged_with_whoever_it_waits_for() -> None:
    case = bring_to(State.FILED, at=None)
    task = Task.objects.get(case=case, closed_at=None)
    assert task.due_at
    assert swept(task.due_at) == {"urge_centre": 1}
    assert told("rung_urging") == {"dispatcher_1", "dispatcher_2", "dispatcher_east", "two_hats"}


def test_a_handler_and_who_stands_in_are_told() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    step(case, "assign")
    at = due(case)
    day = at.date()
    Absence.objects.create(
        person=person("handler_swj"), substitute=person("handler_csgl"),
        first_day=day - timedelta(days=1), last_day=day + timedelta(days=1), set_by=person("clerk_swj"),
    )  # fmt: skip
    swept(at)
    assert told("rung_urging") == {"clerk_swj", "handler_swj", "handler_csgl"}


def test_what_is_finished_closed_or_replayed_climbs_no_further() -> None:
    finished, replayed = bring_to(State.HANDLED, at=None), bring_to(State.HANDLING)
    later = max(due(finished), due(replayed)) + timedelta(days=20)
    assert swept(later) == {"urge_centre": 1, "attend_centre": 1}
    assert not Reached.objects.filter(case=replayed).exists()


def test_another_due_moment_is_another_round() -> None:
    case = bring_to(State.HANDLING, at=None, class_code=STREET_EVENT)
    first = due(case)
    swept(first)
    Case.objects.filter(pk=case.pk).update(due_at=first + timedelta(days=3))
    assert "urge" not in swept(first + timedelta(days=1))
    assert swept(first + timedelta(days=3))["urge"] == 1
    assert Reached.objects.filter(case=case, rung="urge").count() == 2


@pytest.mark.parametrize(
    ("norm", "before", "rung"),
    [
        (NORM_URGENT_HOURS, timedelta(minutes=20), "remind_short"),
        (NORM_WORK_DAYS, timedelta(hours=1), "remind_days"),
        (NORM_NATURAL_DAYS, timedelta(days=3), "remind_long"),
    ],
)
def test_a_limit_is_reminded_of_by_its_length(norm: str, before: timedelta, rung: str) -> None:
    """Of seven natural days three before, not with the yellow light 34 hours before; of two urgent hours with the light."""
    case = bring_to(State.HANDLING, at=None, class_code=TEST_EVENT, norm=norm)
    assert swept(due(case) - before) == {rung: 1}
    assert not {"remind_days", "remind_long", "remind_short"} & swept(due(case) - timedelta(seconds=1)).keys()


def climbs(case: Case, stage: str, kinds: list[str]) -> set[str]:
    """Whom the last rung of an open stage tells, once it has climbed exactly these kinds of rung."""
    task = Task.objects.get(case=case, stage=stage, closed_at=None)
    assert task.due_at and task.yellow_at
    for at in (task.yellow_at, task.due_at, *(task.due_at + timedelta(days=n) for n in (5, 9))):
        sweep(oversight(), at=at)
    found = Reached.objects.filter(task_id=task.pk).order_by("at")
    assert list(found.values_list("kind", flat=True)) == kinds
    return told({"order": "rung_order", "attention": "rung_attention"}[kinds[-1]])


def test_a_unit_that_does_not_sign_is_reminded_urged_and_an_order_is_proposed() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    assert climbs(case, "dispatched", ["reminder", "urging", "order"]) == {"chief_1", "chief_2", "chief_east"}


def test_a_request_nobody_rules_on_is_brought_to_the_duty_chief() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    step(case, "ask_return")
    assert climbs(case, "return.asked", ["reminder", "urging", "attention"]) == {
        "chief_1",
        "chief_2",
        "chief_east",
    }


def test_what_waits_for_the_duty_chief_is_brought_to_the_leaders() -> None:
    case = bring_to(State.INVESTIGATING, at=None, channel=HOTLINE)
    assert climbs(case, "investigating", ["reminder", "urging", "attention"]) == {"leader"}


def test_a_caller_nobody_calls_back_is_brought_to_the_duty_chief() -> None:
    case = bring_to(State.CALLBACK, at=None)
    assert "chief_1" in climbs(case, "callback", ["reminder", "urging", "attention"])


def test_a_span_of_working_days_runs_on_the_calendar_of_the_unit() -> None:
    """In summer the streets work from seven to eleven and from three: at half past eleven their day is over."""
    norms = {STREET_EVENT: "E0101-2", TEST_EVENT: NORM_WORK_DAYS}
    cases = {
        code: bring_to(State.HANDLING, at=None, class_code=code, norm=norm) for code, norm in norms.items()
    }
    Case.objects.update(due_at=datetime(2026, 7, 15, 12, tzinfo=city().zone))
    sweep(oversight(), at=datetime(2026, 7, 16, 11, 30, tzinfo=city().zone))
    assert [*Reached.objects.filter(rung="propose").values_list("case_id", flat=True)] == [
        cases[STREET_EVENT].pk
    ]
    assert swept(datetime(2026, 7, 16, 12, tzinfo=city().zone))["propose"] == 1


def test_an_order_without_reply_is_urged_with_its_unit() -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "issue_order")
    task = Task.objects.get(case=case, stage="supervision.issued")
    assert task.due_at
    Case.objects.update(due_at=task.due_at + timedelta(days=90), yellow_at=task.due_at + timedelta(days=80))
    assert swept(task.due_at) == {"urge_order": 1}
    assert told("rung_urging") == {"clerk_swj"}


def test_to_be_on_site_and_to_make_safe_is_urged_with_who_handles_it_and_the_unit() -> None:
    case = bring_to(State.HANDLING, at=None, class_code=TEST_EVENT, norm=NORM_TWO_STAGES)
    dues = dict(Task.objects.filter(case=case, closed_at=None).values_list("stage", "due_at"))
    Case.objects.filter(pk=case.pk).update(
        due_at=now() + timedelta(days=90), yellow_at=now() + timedelta(days=80)
    )
    assert dues["make_safe"]
    assert swept(dues["make_safe"]) == {"urge_stage": 2}
    assert told("rung_urging") == {"clerk_csgl", "handler_csgl"}


def test_a_caller_not_contacted_is_urged_with_whoever_is_to_call() -> None:
    case = bring_to(State.FILED, at=None, channel=HOTLINE)
    call_about(case)
    step(case, "dispatch")
    task = Task.objects.get(case=case, stage="contact", closed_at=None)
    assert task.due_at
    sweep(oversight(), at=task.due_at)
    assert Reached.objects.filter(task_id=task.pk, rung="urge_centre").count() == 1


def test_a_reward_not_ruled_on_is_urged_with_the_leader_alone() -> None:
    case = bring_to(State.CLOSED, at=None)
    step(case, "propose_reward")
    task = Task.objects.get(case=case, closed_at=None)
    assert task.due_at
    assert swept(task.due_at) == {"urge_centre": 1}
    assert told("rung_urging") == {"leader"}


def test_a_suspended_case_climbs_nothing() -> None:
    case = bring_to(State.HANDLING, at=None)
    before = due(case)
    for code in ("ask_suspension", "suspend"):
        step(case, code)
    assert swept(before + timedelta(days=2)) == {}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_and_tell_each_rung_once() -> None:
    """One waits with its commit, so that the other, which has found the same, runs into its rows."""
    cases = [bring_to(State.HANDLING, at=None) for _ in range(6)]
    later = max(due(case) for case in cases) + timedelta(days=9)
    failed: list[Exception] = []

    def work() -> None:
        try:
            sweep(oversight(), at=later)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    with transaction.atomic():
        assert len(Case.objects.select_for_update()) == 6
        for thread in threads:
            thread.start()
        _until_waiting(2)
    for thread in threads:
        thread.join(timeout=60)
    assert not failed
    for rung in ("urge", "propose_urgent"):
        assert Reached.objects.filter(rung=rung).count() == 6
    assert Notice.objects.filter(template="rung_urging").count() == 6
    assert Notice.objects.filter(template="rung_order").count() == 3 * 6


def _until_waiting(count: int) -> None:
    """So many other connections wait for a lock."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] == count:
                return
        time.sleep(0.05)
    raise AssertionError("the workers do not meet")
