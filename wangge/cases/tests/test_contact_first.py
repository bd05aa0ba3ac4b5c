# SPDX-License-Identifier: Apache-2.0
"""先行联系: everybody who left a number is spoken to first, by the unit or by the centre, whenever they called."""

import pytest
from django.db import transaction

from tests.city import actor
from tests.loop import HOTLINE, bring_to, call_about, step
from wangge.cases.access import offered_steps
from wangge.cases.errors import StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, Task
from wangge.cases.verification import faults_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def waits(case: Case) -> list[str]:
    """For whose posts to speak to a caller waits."""
    rows = Task.objects.filter(case=case, stage="contact", closed_at=None)
    assert all(row.due_at and row.yellow_at and row.limit_clock == "work_day" for row in rows)
    return sorted(rows.values_list("post", flat=True))


def may(login: str, case: Case) -> bool:
    return any(o.step.code == "contact" and o.allowed for o in offered_steps(case, actor(login)))


def test_of_callers_with_different_wishes_the_unit_speaks_to_some_and_the_centre_to_the_others() -> None:
    case = bring_to(State.FILED, channel=HOTLINE, at=None)
    call_about(case)
    call_about(case, confidential=True)
    step(case, "dispatch")
    assert waits(case) == ["operator", "unit_clerk"] and may("clerk_swj", case) and may("operator_1", case)
    step(case, "contact", by="operator_1")
    assert waits(case) == ["unit_clerk"] and not may("operator_1", case)
    with pytest.raises(StepDenied), transaction.atomic():
        step(case, "contact", by="operator_1")
    step(case, "contact", result="unreachable")
    assert waits(case) == ["unit_clerk"]
    step(case, "contact")
    assert waits(case) == [] and faults_of(case) == []


def test_who_joins_a_case_that_is_with_its_unit_is_spoken_to_as_well() -> None:
    case = bring_to(State.DISPATCHED, channel=HOTLINE, at=None)
    assert waits(case) == []
    call_about(case)
    assert waits(case) == ["unit_clerk"]
    task = Task.objects.get(case=case, stage="contact", closed_at=None)
    assert task.unit_path == case.lead_unit_path
    call_about(case)
    assert waits(case) == ["unit_clerk"], "one task, whoever called"
    call_about(case, confidential=True)
    assert waits(case) == ["operator", "unit_clerk"]
    step(case, "sign_for")
    step(case, "contact")
    call_about(case)
    assert waits(case) == ["operator", "unit_clerk"], "who called since has not been spoken to"
    for code in ("finish", "send_check"):
        step(case, code)
    call_about(case)
    assert waits(case) == []


def test_who_joins_a_case_of_another_channel_is_spoken_to_as_well_until_its_unit_has_finished() -> None:
    case, early = (bring_to(state, channel="inspector", at=None) for state in (State.DISPATCHED, State.FILED))
    call_about(case)
    first = Task.objects.get(case=case, stage="contact", closed_at=None)
    call_about(case)
    assert waits(case) == ["unit_clerk"] and may("clerk_swj", case), "once, however many join"
    assert first.opened_at > Task.objects.get(case=case, stage="dispatched").opened_at
    step(case, "sign_for")
    step(case, "contact")
    assert waits(case) == []
    call_about(case, confidential=True)
    assert waits(case) == ["operator"]
    step(case, "finish")
    assert waits(case) == [] and faults_of(case) == []
    call_about(case)
    assert waits(case) == [], "the unit has finished: who joins now is called back"
    call_about(early)
    step(early, "dispatch")
    assert waits(early) == ["unit_clerk"], "the unit that gets it later speaks to whoever called before"


def test_who_called_about_a_case_that_is_merged_is_spoken_to_by_the_other_s_unit_until_it_is_undone() -> None:
    kept, merged = (bring_to(state, channel=HOTLINE, at=None) for state in (State.HANDLING, State.REPORTED))
    call_about(merged)
    call_about(kept, confidential=True)
    step(merged, "merge", target=kept.number)
    assert waits(kept) == ["operator", "unit_clerk"]
    step(merged, "unmerge")
    assert waits(kept) == ["operator"] and waits(merged) == []
    assert faults_of(kept) == faults_of(merged) == []


def test_of_a_chain_of_merges_the_last_one_is_left_by_whoever_is_unmerged_from_the_first() -> None:
    last, between, first = (
        bring_to(state, channel=HOTLINE, at=None)
        for state in (State.HANDLING, State.REPORTED, State.REPORTED)
    )
    call_about(first)
    step(first, "merge", target=between.number)
    step(between, "merge", target=last.number)
    assert waits(last) == ["unit_clerk"]
    step(first, "unmerge")
    assert waits(last) == [], "nobody who called about it is left"
