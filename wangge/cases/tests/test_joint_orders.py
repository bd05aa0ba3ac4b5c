# SPDX-License-Identifier: Apache-2.0
"""三方联合督办: two units and the centre. Each unit replies for itself, by one limit; the replies are judged together."""

import pytest
from django.db import transaction

from tests.loop import bring_to, step
from wangge.cases.actions.units_moved import follow_units
from wangge.cases.errors import StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, SideRecord, Task
from wangge.cases.order_errors import RepliesAwaited
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.notices.models import Notice
from wangge.organizations.directory import directory
from wangge.organizations.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def refused(case: Case, code: str, error: type[DomainError], by: str = "") -> None:
    with pytest.raises(error), transaction.atomic():
        step(case, code, by=by)


def order_of(case: Case) -> SideRecord:
    return case.side_records.filter(kind="supervision").latest("pk")


def joint_order(case: Case) -> None:
    step(case, "issue_order", unit="csgl", choices={"mode": "joint", "cause": "overdue"})


def replies_open(case: Case) -> list[str]:
    waiting = Task.objects.filter(case=case, stage="supervision.issued", closed_at=None).order_by("unit_path")
    assert None not in waiting.values_list("due_at", flat=True)
    return [path.strip("/") for path in waiting.values_list("unit_path", flat=True)]


def test_both_units_of_a_joint_order_reply_before_it_is_judged_and_anew_when_sent_back() -> None:
    case = bring_to(State.HANDLING, at=None)
    joint_order(case)
    assert replies_open(case) == ["csgl", "swj"]
    for _ in range(2):
        step(case, "reply_order", by="clerk_csgl")
        assert (order_of(case).state, replies_open(case)) == ("issued", ["swj"])
        refused(case, "accept_order", RepliesAwaited)
        refused(case, "send_back_order", RepliesAwaited)
        refused(case, "reply_order", StepDenied, by="clerk_csgl")
        step(case, "reply_order", by="clerk_swj")
        assert (order_of(case).state, replies_open(case)) == ("replied", [])
        step(case, "send_back_order")
        assert replies_open(case) == ["csgl", "swj"]
    units = (
        LogEntry.objects.filter(case=case, step="reply_order")
        .order_by("seq")
        .values_list("data__unit", flat=True)
    )
    assert list(units) == ["csgl", "swj"] * 2
    step(case, "reply_order"), step(case, "reply_order"), step(case, "accept_order")
    told = Notice.objects.filter(case_id=case.pk, template="order_accepted")
    assert set(told.values_list("recipient__login", flat=True)) == {"clerk_csgl", "clerk_swj"}
    assert order_of(case).ruling == "granted" and faults_of(case) == []


def test_a_joint_order_that_falls_away_waits_for_nobody_and_tells_both_units() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    joint_order(case)
    step(case, "reply_order", by="clerk_csgl")
    step(case, "ask_return"), step(case, "return")
    assert order_of(case).ruling == "lapsed" and replies_open(case) == []
    told = Notice.objects.filter(case_id=case.pk, template="order_lapsed")
    assert {"clerk_csgl", "clerk_swj"} <= set(told.values_list("recipient__login", flat=True))


def test_a_step_taken_back_lets_a_joint_order_wait_for_whoever_had_not_replied() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    joint_order(case)
    step(case, "reply_order", by="clerk_csgl")
    step(case, "ask_return"), step(case, "return", by="dispatcher_1")
    assert case.last_step
    step(case, "ask_correction", by="dispatcher_1", entry=case.last_step["seq"]), step(case, "correct")
    assert (case.state, replies_open(case)) == ("dispatched", ["swj"])
    step(case, "reply_order", by="clerk_swj")
    assert order_of(case).state == "replied"


def test_of_a_second_unit_that_is_no_more_the_one_in_charge_replies() -> None:
    case = bring_to(State.HANDLING, at=None)
    joint_order(case)
    Unit.objects.filter(code="csgl").update(valid_to=now())
    directory.forget()
    assert follow_units() == 0, "one after the other"
    step(case, "reply_order", by="clerk_swj")
    assert follow_units() == 1 and replies_open(case) == ["swj"]
    step(case, "reply_order", by="clerk_swj")
    assert order_of(case).state == "replied" and replies_open(case) == []
