# SPDX-License-Identifier: Apache-2.0
"""Rewards for found hazards: proposed, granted within the year's budget, paid; each a record of its case."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.city import actor, person
from tests.loop import bring_to, snapshot, step
from wangge.cases.errors import BudgetSpent, Missing, RewardedBefore, RewardOutOfRange, StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, FlowVersion, SideRecord, Task
from wangge.cases.queries.rewards import budget_of, rewards
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
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
    step(case, "propose_reward", by="operator_2"), step(case, "grant_reward", by="chief_1")
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "pay_reward", by="chief_1")
    assert (own.value.reason, denied.value.reason) == ("own_report", "same_person")
    step(case, "pay_reward")
    # who took in a caller's matter has found nothing themselves
    taken = bring_to(State.CALLBACK, at=None, reporter="operator_1")
    step(taken, "call_back"), step(taken, "close"), step(taken, "propose_reward")


def test_the_ledger_shows_the_budget_and_no_contact(client: Client) -> None:
    case = closed()
    step(case, "propose_reward", amount=123)
    client.force_login(person("leader"))
    page = client.get("/rewards/").content.decode()
    assert case.number in page and "123" in page and "300000" in page


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
