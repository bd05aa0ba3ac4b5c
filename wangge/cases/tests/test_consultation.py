# SPDX-License-Identifier: Apache-2.0
"""会商: a unit is asked, several at once; each sees the case and answers for itself, in time."""

import pytest

from tests.loop import bring_to, step
from wangge.cases.errors import RequestPending, StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, SideRecord, Task
from wangge.cases.tests.machine_checks import check, check_whole
from wangge.cases.tests.test_beside import due_of, record, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def test_a_unit_that_is_consulted_sees_the_case_and_answers_in_time() -> None:
    case = bring_to(State.HANDLING)
    assert case.lead_unit == "swj"
    step(case, "consult")
    assert "csgl" in case.units and due_of(case, "consultation.asked")
    task = Task.objects.get(case=case, stage="consultation.asked")
    assert task.unit_path == "csgl/"
    step(case, "answer_consultation")
    assert record(case, "consultation").state == "answered"
    assert not Task.objects.filter(case=case, stage="consultation.asked", closed_at=None).exists()


def test_several_units_are_consulted_at_once_and_each_answers_for_itself() -> None:
    case = bring_to(State.HANDLING)
    step(case, "consult", unit="csgl")
    refused(case, "consult", RequestPending, unit="csgl")
    step(case, "consult", unit="xijie")
    assert _consulted(case) == {"csgl": True, "xijie": True} and check(case.pk)
    refused(case, "answer_consultation", StepDenied, by="clerk_swj")
    step(case, "answer_consultation", by="clerk_csgl")
    assert _consulted(case) == {"xijie": True}
    refused(case, "answer_consultation", StepDenied, by="clerk_csgl")
    step(case, "consult", unit="csgl")
    step(case, "answer_consultation", by="clerk_xijie")
    assert _consulted(case) == {"csgl": True} and record(case, "consultation").unit == "csgl"
    answers = LogEntry.objects.filter(case=case, step="answer_consultation").order_by("seq")
    assert [entry.data["unit"] for entry in answers] == ["csgl", "xijie"]
    step(case, "finish")
    assert _consulted(case) == {}
    check_whole(case.pk)


def _consulted(case: Case) -> dict[str, bool]:
    """The units whose answer is waited for: has each its own task?"""
    waits = Task.objects.filter(case=case, stage="consultation.asked", closed_at=None)
    tasks = sorted(waits.values_list("unit_path", flat=True))
    units = SideRecord.objects.filter(case=case, kind="consultation", ended_at=None).values_list(
        "unit", flat=True
    )
    assert len(tasks) == len(units)
    return {unit: f"{unit}/" in tasks for unit in units}
