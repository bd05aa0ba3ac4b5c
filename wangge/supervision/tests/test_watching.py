# SPDX-License-Identifier: Apache-2.0
"""What asks for an order: a deadline that is still the one missed, a bad callback that no order has answered."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import actor
from tests.loop import HOTLINE, bring_to, step
from wangge.cases.flow import State
from wangge.cases.models import Case, Task
from wangge.common.clock import now
from wangge.supervision.queries.watching import must_be_supervised, proposals, without_receipt
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def proposed() -> list[int]:
    return [one.case.pk for one in proposals(actor("chief_1"), at=now())]


def long_overdue() -> Case:
    """Overdue for weeks, proposed by the ladder."""
    case = bring_to(State.HANDLING, at=None)
    Case.objects.filter(pk=case.pk).update(
        due_at=now() - timedelta(days=20), yellow_at=now() - timedelta(days=21)
    )
    sweep(oversight(), at=now())
    return case


@pytest.mark.parametrize("days", [3, -1], ids=["not yet due again", "due again, for less than the rung asks"])
def test_a_deadline_that_was_moved_is_no_longer_proposed(days: int) -> None:
    moved, late = long_overdue(), long_overdue()
    assert proposed() == [late.pk, moved.pk]
    Case.objects.filter(pk=moved.pk).update(due_at=now() + timedelta(days=days))
    assert proposed() == [late.pk]


def test_a_finished_or_ordered_case_is_not_proposed() -> None:
    finished, ordered = long_overdue(), long_overdue()
    step(finished, "finish")
    step(ordered, "issue_order")
    assert proposed() == []


def brought() -> list[tuple[int, str, str, str, bool]]:
    return [
        (one.case.pk, one.stage, one.post, one.unit, one.possible)
        for one in proposals(actor("chief_1"), at=now())
    ]


def test_a_stage_still_waiting_is_listed_with_what_may_be_done() -> None:
    """Not signed for: an order may be issued. Not ruled on, not filed: whoever leads sees to it. Done: no longer there."""
    unsigned, unfiled, early = (bring_to(s, at=None) for s in (State.DISPATCHED, State.ACCEPTED, State.FILED))
    step(unsigned, "ask_return")
    Task.objects.filter(closed_at=None).update(due_at=now() - timedelta(days=9))
    sweep(oversight(), at=now())
    swj = "swj"
    assert set(brought()) == {
        (unsigned.pk, "dispatched", "unit_clerk", swj, True),
        (unsigned.pk, "return.asked", "dispatcher", "", False),
        (unfiled.pk, "accepted", "duty_chief", "", False),
        (early.pk, "filed", "dispatcher", "", False),
    }
    first, *rest = proposals(actor("chief_1"), at=now())
    assert [one.id for one in proposals(actor("chief_1"), at=now(), after=(first.at, first.id))] == [
        one.id for one in rest
    ]
    assert [one.id for one in proposals(actor("chief_1"), at=now(), limit=2)] == [first.id, rest[0].id]
    assert proposals(actor("operator_west"), at=now()) == []
    step(early, "dispatch"), step(unsigned, "issue_order")
    assert {one[:2] for one in brought()} == {(unsigned.pk, "return.asked"), (unfiled.pk, "accepted")}


def called_unsatisfied(case: Case) -> None:
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    step(case, "call_back", result="unsatisfied")


def ordered(case: Case, cause: str) -> None:
    step(case, "issue_order", choices={"mode": "phone", "cause": cause})
    step(case, "reply_order")
    step(case, "accept_order")


def missing() -> list[str]:
    return [one.missing for one in must_be_supervised(oversight(), actor("chief_1"), at=now())]


def test_an_order_before_the_callback_for_something_else_does_not_answer_it() -> None:
    case = bring_to(State.HANDLING, at=None, channel=HOTLINE)
    ordered(case, "overdue")
    called_unsatisfied(case)
    assert missing() == ["order"]
    ordered(case, "overdue")
    assert missing() == [], "issued after the callback"


def test_an_order_for_the_callback_answers_it() -> None:
    case = bring_to(State.HANDLING, at=None, channel=HOTLINE)
    called_unsatisfied(case)
    ordered(case, "unsatisfied")
    assert missing() == []


def test_what_must_be_supervised_costs_as_many_queries_for_many_cases_as_for_few() -> None:
    by = actor("chief_1")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            must_be_supervised(oversight(), by, at=now())
        return len(captured)

    ordered(unhappy := bring_to(State.HANDLING, at=None, channel=HOTLINE), "overdue")
    called_unsatisfied(unhappy)
    assert (missing(), queries()) == (["order"], 2)
    more = [bring_to(State.HANDLING, at=None).pk for _ in range(5)]
    Case.objects.filter(pk__in=more).update(order_owed="unsatisfied")
    assert (len(missing()), queries()) == (6, 2)


def test_a_case_transferred_is_watched_until_somebody_has_a_receipt() -> None:
    case, answered = (bring_to(State.TRANSFERRED, at=None) for _ in range(2))
    step(answered, "receipt")
    rules, later = oversight(), now() + timedelta(days=8)

    def watched(login: str = "chief_1") -> list[int]:
        return [one.pk for one in without_receipt(rules, actor(login), at=later)]

    assert without_receipt(rules, actor("chief_1"), at=now()) == []
    assert watched() == [case.pk] and watched("operator_west") == []
    assert without_receipt(rules.model_copy(update={"receipt_days": None}), actor("chief_1"), at=later) == []
    step(case, "receipt")
    assert watched() == []
