# SPDX-License-Identifier: Apache-2.0
"""Cases that become several or one again: split, gathered, merged and unmerged, linked and unlinked, settled, assigned."""

from typing import Any

import pytest
from django.db import transaction

from tests.city import DISTRICT, EAST, actor
from tests.loop import HOTLINE, bring_to, new_case, photo, snapshot, step
from wangge.cases.actions import StepData, take
from wangge.cases.errors import (
    AreaNotBelow,
    NeedsCallback,
    NotLinked,
    ParentEnded,
    PartInHand,
    PartsOpen,
    StepDenied,
    WrongParts,
)
from wangge.cases.flow import State
from wangge.cases.models import Case, CaseLink, Dispatch, LogEntry, Task
from wangge.cases.verification import faults_of
from wangge.common.errors import DomainError, NotFound
from wangge.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def refused(case: Case, code: str, error: type[DomainError], **given: Any) -> None:
    untouched = snapshot()
    with pytest.raises(error), transaction.atomic():
        step(case, code, **given)
    assert snapshot() == untouched


def ended(case: Case) -> None:
    """Handled like any other."""
    for code in ("send_verify", "answer_verify", "accept", "file", "dispatch", "sign_for", "finish", "send_check",
                 "answer_check", "close"):  # fmt: skip
        step(case, code)
    assert case.state == "closed"


def test_the_whole_ends_after_its_parts() -> None:
    case = bring_to(State.SPLIT)
    first, second = case.children.order_by("id")
    assert (case.parts, first.area_path, first.class_code) == (2, case.area_path, case.class_code)
    assert LogEntry.objects.get(case=case, step="split").data["parts"] == [first.number, second.number]
    refused(case, "gather", PartsOpen)
    ended(first)
    refused(case, "gather", PartsOpen)
    step(second, "void")
    step(case, "gather")
    assert case.state == "closing"
    step(case, "close")
    assert (case.state, case.lead_unit) == ("closed", "")
    assert [faults_of(one) for one in (case, first, second)] == [[], [], []]
    refused(first, "reopen", ParentEnded)
    step(case, "reopen")
    assert case.state == "split"
    step(first, "reopen")
    refused(case, "gather", PartsOpen)


def test_only_the_whole_is_called_back_and_an_unsatisfied_caller_sends_it_back_to_its_parts() -> None:
    case = bring_to(State.FILED, channel=HOTLINE)
    step(case, "split")
    for child in case.children.all():
        ended(child)
    step(case, "gather")
    assert case.state == "callback"
    step(case, "call_back", result="unsatisfied")
    assert case.state == "split"
    step(case, "split", parts=("再补一处",))
    assert case.parts == 3
    for child in case.children.filter(state="reported"):
        ended(child)
    step(case, "gather")
    step(case, "call_back", result="satisfied")
    step(case, "close")
    assert case.state == "closed" and faults_of(case) == []


def test_a_split_is_cancelled_while_no_part_is_in_hand() -> None:
    case = bring_to(State.SPLIT)
    step(case, "cancel_split")
    assert (case.state, case.parts, bool(case.route)) == ("filed", 0, True)
    assert {child.state for child in case.children.all()} == {"void"}
    other = bring_to(State.SPLIT)
    child = other.children.all()[0]
    for code in ("send_verify", "answer_verify", "accept", "file", "dispatch"):
        step(child, code)
    refused(other, "cancel_split", PartInHand)
    done = bring_to(State.SPLIT)
    step(done.children.all()[0], "settle")
    refused(done, "cancel_split", PartInHand)


@pytest.mark.parametrize("parts", [(), ("一件",), ("", " "), tuple("二" * 21)])
def test_a_split_names_two_parts_or_more(parts: tuple[str, ...]) -> None:
    refused(bring_to(State.FILED), "split", WrongParts, parts=parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("reported", "reported"),
        ("verifying", "reported"),
        ("accepted", "accepted"),
        ("filed", "filed"),
        ("dispatched", "filed"),
    ],
)
def test_a_merge_is_undone_to_where_it_was(before: str, after: str) -> None:
    case = bring_to(State(before), at=None)
    target = new_case(at=None)
    open_cases = Case.objects.open().count()
    step(case, "merge", target=target.number)
    assert Case.objects.open().count() == open_cases - 1
    step(case, "unmerge")
    assert (case.state, case.merged_into_id, case.lead_unit) == (after, None, "")
    assert Case.objects.open().count() == open_cases, "counted once, before and after"
    stages = list(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    assert stages == [after] and not Dispatch.objects.filter(case=case, ended_at=None).exists()
    told = Notice.objects.filter(case_id=case.pk, template="unmerged").values_list(
        "recipient__login", flat=True
    )
    assert list(told) == ["operator_2"] and faults_of(case) == []


def test_reporters_of_every_merge_before_are_told_of_a_further_one_once_and_of_its_undoing() -> None:
    reporters = ("inspector_east", "operator_2", "operator_2", "inspector_west")
    first, second, third, last = (new_case(at=None, reporter=login) for login in reporters)
    step(first, "merge", target=third.number)
    step(second, "merge", target=third.number)
    step(third, "merge", target=last.number)
    assert _told(third) == {
        ("operator_2", "merged", third.number), ("inspector_east", "merged_along", first.number),
    }  # fmt: skip
    step(third, "unmerge")
    assert _told(third, "unmerged") == {
        ("operator_2", "unmerged", third.number), ("inspector_east", "unmerged_along", first.number),
    }  # fmt: skip
    step(third, "void")
    assert _told(third, "ended") == {
        ("operator_2", "ended", third.number), ("inspector_east", "ended", first.number)
    }  # fmt: skip


def _told(case: Case, template: str = "merged") -> set[tuple[str, str, str]]:
    """Who was told what, and of which case: nothing twice."""
    rows = Notice.objects.filter(case_id=case.pk, template__startswith=template)
    told = list(rows.values_list("recipient__login", "template", "facts__number"))
    assert len(told) == len(set(told))
    return set(told)


def test_a_part_that_was_merged_and_unmerged_is_waited_for() -> None:
    case = bring_to(State.SPLIT)
    first, second = case.children.order_by("id")
    step(first, "merge", target=new_case().number)
    ended(second)
    step(first, "unmerge")
    refused(case, "gather", PartsOpen)
    target = new_case()
    step(first, "merge", target=target.number)
    refused(case, "gather", PartsOpen)  # it goes on in the other
    step(target, "void")
    step(case, "gather")
    refused(first, "unmerge", ParentEnded)


def test_a_part_may_go_into_the_whole_itself() -> None:
    case = bring_to(State.SPLIT)
    first, second = case.children.order_by("id")
    step(first, "merge", target=case.number)
    ended(second)
    step(case, "gather")
    assert case.state == "closing"


def test_a_link_is_undone_and_made_again_and_never_deleted() -> None:
    case, other = bring_to(State.REPORTED), new_case()
    refused(case, "unlink", NotLinked, target=other.number)
    step(case, "link", target=other.number)
    step(case, "unlink", target=other.number)
    link = CaseLink.objects.get()
    assert link.unlinked_at == case.last_at
    refused(case, "unlink", NotLinked, target=other.number)
    step(case, "link", target=other.number)
    link.refresh_from_db()
    assert link.unlinked_at is None


def test_a_simple_case_is_settled_on_the_spot_and_reaches_no_unit() -> None:
    case = bring_to(State.SETTLED, reporter="inspector_east")
    assert (case.norm_id, case.lead_unit, case.closed_at, case.is_open) == (None, "", None, False)
    assert not Task.objects.filter(case=case, closed_at=None).exists() and case.finished_at


def test_who_handles_it_themselves_is_approved_by_a_second_person() -> None:
    case = bring_to(State.ACCEPTED, reporter="clerk_csgl")
    step(case, "self_handle", by="clerk_csgl", photos=(photo("clerk_csgl"),))
    assert (case.state, case.lead_unit, case.handler_id) == ("closing", "csgl", actor("clerk_csgl").person_id)
    with pytest.raises((StepDenied, NotFound)), transaction.atomic():
        step(case, "close", by="clerk_csgl")
    step(case, "close")
    assert faults_of(case) == []
    step(case, "reopen")
    assert (case.state, case.lead_unit, case.due_at) == ("accepted", "", None), (
        "now it goes the way of any other"
    )
    for code in ("send_verify", "answer_verify", "accept", "file", "dispatch"):
        step(case, code)


def test_a_case_goes_up_and_is_assigned_down_again() -> None:
    case = bring_to(State.HANDLING)
    refused_at_top = bring_to(State.FILED)
    for code in ("ask_escalation", "escalate"):
        step(case, code)
    assert case.command_path == f"{DISTRICT}/"
    refused(case, "assign_down", AreaNotBelow, area="990101009")
    step(case, "assign_down")
    assert (case.state, case.command_path) == ("filed", f"{DISTRICT}/{EAST}/")
    step(case, "dispatch", by="dispatcher_east")
    refused(refused_at_top, "assign_down", AreaNotBelow)


def test_a_receipt_of_what_was_handed_over() -> None:
    case = bring_to(State.TRANSFERRED)
    step(case, "receipt")
    assert case.state == "transferred" and faults_of(case) == []


def test_parts_are_made_once_by_one_key() -> None:
    from uuid import uuid4

    case, key = bring_to(State.FILED, at=None), uuid4()
    for _ in range(2):
        take(
            "split",
            case.pk,
            StepData(parts=("甲", "乙")),
            actor=actor("dispatcher_1"),
            at=case.last_at,
            key=key,
        )
    assert Case.objects.filter(parent=case).count() == 2


def test_who_is_to_be_called_back_is_not_settled_on_the_spot() -> None:
    refused(bring_to(State.REPORTED, channel=HOTLINE), "settle", NeedsCallback)


def test_a_split_case_can_be_investigated() -> None:
    case = bring_to(State.FILED, channel=HOTLINE)
    step(case, "split")
    for _ in range(2):
        for child in case.children.filter(state="reported"):
            ended(child)
        step(case, "gather")
        step(case, "call_back", result="unsatisfied")
    assert case.state == "investigating"
    step(case, "conclude", result="rework")
    assert case.state == "split"
