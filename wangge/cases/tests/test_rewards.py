# SPDX-License-Identifier: Apache-2.0
"""Rewards for found hazards: proposed, granted within the year's budget, paid; each a record of its case."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.city import actor, person
from tests.loop import bring_to, call_about, snapshot, step
from wangge.cases.actions.retention import delete_overdue
from wangge.cases.errors import (
    Missing,
    NoRequest,
    StepDenied,
)
from wangge.cases.flow import State
from wangge.cases.models import Case, Contact, FlowVersion, SideRecord, Task
from wangge.cases.queries.rewards import Payee, budget_of, rewards
from wangge.cases.reward_errors import BudgetSpent, NoPayee, RewardedBefore, RewardOutOfRange
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def closed() -> Case:
    case = bring_to(State.CLOSED, at=None)
    return case


def year() -> int:
    return now().astimezone(city().zone).year


def test_a_reward_is_proposed_granted_and_paid_and_stands_in_the_ledger() -> None:
    case = closed()
    step(case, "propose_reward", amount=200)
    assert budget_of(year()).spent == 0, "asking spends nothing"
    step(case, "grant_reward")
    assert (budget_of(year()).spent, budget_of(year()).paid) == (200, 0)
    step(case, "pay_reward")
    assert (budget_of(year()).spent, budget_of(year()).paid) == (200, 200)
    row = SideRecord.objects.get(case=case)
    assert (row.state, row.ruling, row.amount) == ("paid", "granted", 200) and faults_of(case) == []
    assert [r.pk for r in rewards(actor("evaluator"))] == [row.pk]
    assert rewards(actor("clerk_swj")) == [] == rewards(actor("chief_west"))


@pytest.mark.parametrize("given", [0, 501, None])
def test_a_reward_is_bounded(given: Any) -> None:
    case = closed()
    untouched = snapshot()
    with pytest.raises((RewardOutOfRange, Missing)), transaction.atomic():
        step(case, "propose_reward", amount=given)
    assert snapshot() == untouched


def test_what_the_year_has_not_is_not_granted() -> None:
    version = FlowVersion.objects.get(valid_to=None)
    version.document["records"]["reward"]["budget"] = 250
    version.save()
    forget_all()
    first, second = closed(), closed()
    for case in (first, second):
        step(case, "propose_reward", amount=200)
    step(first, "grant_reward")
    with pytest.raises(BudgetSpent, match="50 yuan"), transaction.atomic():
        step(second, "grant_reward")
    step(second, "refuse_reward")
    assert budget_of(year()).left == 50


def test_a_second_person_grants(both: str) -> None:
    case = closed()
    step(case, "propose_reward", by=both)
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "grant_reward", by=both)
    assert denied.value.reason == "same_person"


def test_who_granted_does_not_pay_and_who_reported_does_not_propose() -> None:
    chief, leader = person("chief_1"), person("leader")
    Appointment.objects.filter(person=leader).update(person=chief)
    pays = Appointment.objects.get(person=person("evaluator"), post="evaluator")
    pays.pk, pays.person = None, chief
    pays.save(force_insert=True)
    forget_all()
    case = bring_to(State.CLOSED, at=None, reporter="operator_1")
    with pytest.raises(StepDenied) as own, transaction.atomic():
        step(case, "propose_reward")
    step(case, "propose_reward", by="operator_2")
    leads = Appointment.objects.get(person=chief, post="leader")
    leads.pk, leads.person = None, person("operator_1")
    leads.save(force_insert=True)
    forget_all()
    with pytest.raises(StepDenied) as gets, transaction.atomic():
        step(case, "grant_reward", by="operator_1")
    assert gets.value.reason == "own_reward"
    step(case, "grant_reward", by="chief_1")
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "pay_reward", by="chief_1")
    assert (own.value.reason, denied.value.reason) == ("own_report", "same_person")
    step(case, "pay_reward")


def told_of_reward() -> set[tuple[str, str]]:
    rows = Notice.objects.filter(template__in=("rewarded", "reward_withdrawn", "record_granted"))
    return set(rows.values_list("recipient__login", "template"))


def test_whoever_rang_gets_the_reward_and_not_who_took_the_call() -> None:
    taken = bring_to(State.CALLBACK, at=None, reporter="operator_2")
    step(taken, "call_back"), step(taken, "close")
    with pytest.raises(NoPayee), transaction.atomic():
        step(taken, "propose_reward")
    (
        call_about(taken, number="", name=""),
        (call := call_about(taken)),
        call_about(taken, number="13700000000"),
    )
    step(taken, "propose_reward", by="operator_2")  # who took the matter in has found nothing themselves
    step(taken, "refuse_reward"), step(taken, "propose_reward")
    assert [row.facts for row in SideRecord.objects.filter(case=taken)] == [{"payee_call": call.pk}] * 2
    step(taken, "grant_reward")
    assert told_of_reward() == {("operator_1", "record_granted")}, (
        "whoever asked, and nobody for taking the call"
    )

    # their number is there until they are paid, then it goes when all others do
    long_after = now() + timedelta(days=5000)
    delete_overdue(long_after)
    assert [*Contact.objects.values_list("call", flat=True)] == [call.pk]
    step(taken, "pay_reward")
    delete_overdue(long_after)
    assert not Contact.objects.exists() and faults_of(taken) == []


def test_a_granted_reward_is_withdrawn_by_a_second_person_and_another_proposed() -> None:
    case = bring_to(State.CLOSED, at=None, reporter="inspector_east")
    step(case, "propose_reward", amount=300), step(case, "grant_reward")
    both = Appointment.objects.get(person=person("evaluator"), post="evaluator")
    both.pk, both.person = None, person("leader")
    both.save(force_insert=True)
    forget_all()
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "withdraw_reward", by="leader")
    assert denied.value.reason == "same_person", "who granted it"
    assert budget_of(year()).spent == 300
    step(case, "withdraw_reward")
    row = SideRecord.objects.get(case=case)
    assert (row.state, row.ruling, row.amount) == ("withdrawn", "withdrawn", 300) and row.ended_at
    assert (budget_of(year()).spent, budget_of(year()).paid) == (0, 0), "the budget has it back"
    assert told_of_reward() == {
        ("operator_1", "record_granted"), ("inspector_east", "rewarded"),
        ("operator_1", "reward_withdrawn"), ("inspector_east", "reward_withdrawn"),
    }  # fmt: skip
    for code in ("pay_reward", "withdraw_reward"):
        with pytest.raises(NoRequest), transaction.atomic():
            step(case, code)
    for code in ("propose_reward", "grant_reward", "pay_reward"):
        step(case, code)
    with pytest.raises(NoRequest), transaction.atomic():
        step(case, "withdraw_reward")
    assert budget_of(year()).paid == 100 and faults_of(case) == []
    assert not Task.objects.filter(case=case, closed_at=None).exists()


def test_the_ledger_shows_the_budget_who_gets_it_and_no_contact(client: Client) -> None:
    case, rung = bring_to(State.CLOSED, at=None, reporter="inspector_east"), bring_to(State.CALLBACK, at=None)
    step(rung, "call_back"), step(rung, "close")
    call = call_about(rung, number="13912345678", name="王某")
    step(case, "propose_reward", amount=123), step(rung, "propose_reward", amount=45)
    for login, linked in (("leader", False), ("chief_1", True)):
        client.force_login(person(login))
        answer = client.get("/rewards/")
        page = answer.content.decode()
        shown = [(row.case_id, row.amount, payee) for row, _, payee in answer.context["found"]]
        assert shown == [
            (rung.pk, 45, Payee(call=call.pk)), (case.pk, 123, Payee(person("inspector_east").name))
        ]  # fmt: skip
        assert case.number in page and "300000" in page and "王某" not in page and "13912345678" not in page
        assert (f"/hotline/calls/{call.pk}/" in page) == linked
    assert "奖励给反映本案卷的来电人" in client.get(f"/cases/{rung.number}/").content.decode()


def test_the_ledger_costs_as_many_queries_for_many_as_for_few(client: Client) -> None:
    client.force_login(person("chief_1"))
    cost = []
    for _ in range(2):
        for reporter in ("inspector_east", "inspector_west"):
            step(bring_to(State.CLOSED, at=None, reporter=reporter), "propose_reward")
        client.get("/rewards/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/rewards/").status_code == 200
        cost.append(len(seen))
    assert cost[0] == cost[1], cost


def test_a_case_is_rewarded_once_and_the_grant_outlives_a_reopening() -> None:
    case = closed()
    step(case, "propose_reward")
    step(case, "grant_reward")
    step(case, "reopen")
    assert SideRecord.objects.get(case=case).state == "granted"
    step(case, "pay_reward")
    for code in ("finish", "send_check", "answer_check", "close"):
        step(case, code)
    with pytest.raises(RewardedBefore), transaction.atomic():
        step(case, "propose_reward")


def test_a_proposal_waits_on_when_the_case_was_opened_and_closed_again() -> None:
    case = closed()
    step(case, "propose_reward")
    for code in ("reopen", "finish", "send_check", "answer_check", "close"):
        step(case, code)
    assert Task.objects.get(case=case, closed_at=None).stage == "reward.proposed"
    step(case, "grant_reward")
