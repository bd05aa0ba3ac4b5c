# SPDX-License-Identifier: Apache-2.0
"""Who was not satisfied, or never answered, is not closed past an order; an order that runs is not closed past at all."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

from tests.city import actor, change_row
from tests.loop import HOTLINE, bring_to, step, supervise
from wangge.cases.access import Offer, offered_steps
from wangge.cases.flow import State
from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.cases.models import Case, HotlineRule, SideRecord
from wangge.cases.order_errors import OrderOwed, OrderRuns
from wangge.cases.reference import current_flow
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.notices.models import Notice
from wangge.organizations.directory import directory
from wangge.supervision.queries.watching import must_be_supervised
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

ROUND = ("finish", "send_check", "answer_check")


def held(case: Case, error: type[DomainError], **given: Any) -> None:
    """Neither offered nor done, and the button says why."""
    offer = closing(case)
    assert not offer.allowed and offer.reason_zh == error.zh
    with pytest.raises(error), transaction.atomic():
        step(case, "close", **given)
    assert case.state == "closing"


def closing(case: Case) -> Offer:
    return next(o for o in offered_steps(case, actor("chief_1")) if o.step.code == "close")


def watched() -> list[tuple[str, str, str]]:
    rows = must_be_supervised(oversight(), actor("chief_1"), at=now())
    return [(one.case.number, one.why, one.missing) for one in rows]


def test_closing_waits_for_an_order_that_runs() -> None:
    case = bring_to(State.CLOSING, at=None)
    assert closing(case).allowed
    step(case, "issue_order")
    held(case, OrderRuns)
    step(case, "reply_order")
    held(case, OrderRuns, result="forced")
    step(case, "accept_order")
    step(case, "close")
    assert case.state == "closed" and faults_of(case) == []


def test_who_was_not_satisfied_is_supervised_before_the_case_is_closed_whoever_was_satisfied_later() -> None:
    case = bring_to(State.CALLBACK, at=None)
    supervise(case)  # it answers something else
    step(case, "call_back", result="unsatisfied")
    for code in (*ROUND, "call_back"):
        step(case, code)
    held(case, OrderOwed)
    held(case, OrderOwed, result="explained")
    assert watched() == [(case.number, "unsatisfied", "order")]
    supervise(case)
    assert watched() == []
    step(case, "close")
    assert faults_of(case) == []


@pytest.mark.parametrize("handled", [True, False])
def test_of_a_split_case_the_unit_that_finished_last_is_ordered(handled: bool) -> None:
    change_row(HotlineRule.objects.get(channel=HOTLINE, valid_to=None), retry_hours=0)
    case = bring_to(State.SPLIT, at=None, channel=HOTLINE)
    for part, unit in zip(case.children.order_by("id"), ("swj", "csgl"), strict=True):
        for code in ("accept", "file") + (
            ("dispatch", "sign_for", *ROUND, "close") if handled else ("void",)
        ):
            given: dict[str, Any] = {"unit": unit, "texts": {"reason": "按权责清单"}}
            step(part, code, **(given if code == "dispatch" else {}))
    step(case, "gather")
    for _ in range(3):
        step(case, "call_back", result="unreachable")
    if not handled:  # nobody can be ordered
        step(case, "close")
        return
    held(case, OrderOwed)
    step(case, "issue_order")
    assert case.side_records.get().unit == "csgl" and "csgl" in case.units
    held(case, OrderRuns)
    for code in ("reply_order", "accept_order", "close"):
        step(case, code)
    assert case.state == "closed" and faults_of(case) == []


def test_an_order_that_was_issued_before_the_callback_does_not_answer_it() -> None:
    case = bring_to(State.CALLBACK, at=None)
    step(case, "issue_order")
    step(case, "call_back", result="unsatisfied")
    for code in ("reply_order", "accept_order", *ROUND, "call_back"):
        step(case, code)
    held(case, OrderOwed)


def test_who_never_answered_is_supervised_as_well_and_opening_again_forgives_nothing() -> None:
    change_row(HotlineRule.objects.get(channel=HOTLINE, valid_to=None), retry_hours=0)
    case = bring_to(State.CALLBACK, at=None)
    for _ in range(3):
        step(case, "call_back", result="unreachable")
        assert (case.order_owed == "") is (case.state == "callback")
    held(case, OrderOwed)
    assert watched() == [(case.number, "unrated", "order")]
    Case.objects.filter(pk=case.pk).update(order_owed="")  # as one that was closed by an older flow
    step(case, "close")
    Case.objects.filter(pk=case.pk).update(order_owed="unrated")
    step(case, "reopen")
    assert (case.callback_tries, case.order_owed) == (0, "unrated")
    assert watched() == [(case.number, "unrated", "order")]
    for code in (*ROUND, "call_back"):
        step(case, code)
    held(case, OrderOwed)
    supervise(case)
    step(case, "close")


def test_a_case_that_ends_past_the_closing_stays_on_the_list() -> None:
    case = bring_to(State.CALLBACK, at=None)
    step(case, "call_back", result="unsatisfied")
    step(case, "issue_order")
    for code in ("ask_return", "return", "void"):
        step(case, code)
    assert case.state == "void" and watched() == [(case.number, "unsatisfied", "order")]


def test_what_was_recorded_elsewhere_is_taken_as_it_was() -> None:
    case = bring_to(State.CALLBACK)
    step(case, "call_back", result="unsatisfied")
    for code in (*ROUND, "call_back", "close"):
        step(case, code)
    assert (case.state, case.order_owed) == ("closed", "unsatisfied")


def test_an_order_that_falls_away_is_told_to_the_unit_and_to_whoever_issued_it() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    step(case, "issue_order", by="leader")
    step(case, "void")
    told = Notice.objects.filter(case_id=case.pk, template="order_lapsed").values_list(
        "recipient__login", flat=True
    )
    assert {"clerk_swj", "leader"} <= set(told)
    assert SideRecord.objects.get(case=case).ruling == "lapsed"


def test_a_flow_in_which_no_order_can_be_issued_where_one_is_asked_for_is_refused() -> None:
    axes = {code: post.axis for code, post in directory().posts.items()}
    document = deepcopy(bring_to(State.REPORTED, channel=HOTLINE).flow.document)
    assert parse(document, axes).steps["close"].needs == current_flow().steps["close"].needs
    document["records"]["supervision"]["while"].remove("closing")
    with pytest.raises(FlowFault) as fault:
        parse(document, axes)
    assert fault.value.where == ("steps", "close") and "closing" in fault.value.en
