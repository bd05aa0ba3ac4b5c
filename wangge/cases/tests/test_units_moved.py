# SPDX-License-Identifier: Apache-2.0
"""A unit hangs elsewhere in the tree: what is open goes with it, what has ended stays as it was."""

from datetime import timedelta

import pytest

from tests.city import MORNING, actor
from tests.loop import HOTLINE, bring_to, step
from wangge.cases.actions.units_moved import follow_units
from wangge.cases.flow import State
from wangge.cases.models import Case, Dispatch, Task
from wangge.cases.queries import my_tasks
from wangge.cases.verification import faults_of
from wangge.cases.visibility import is_visible
from wangge.organizations.directory import directory
from wangge.organizations.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def move(code: str, parent: str) -> None:
    """From now on `code` hangs under `parent`."""
    row = Unit.objects.current().get(code=code)
    at = MORNING + timedelta(days=1)
    Unit.objects.filter(pk=row.pk).update(valid_to=at)
    row.pk, row.parent, row.valid_from = None, parent, at
    row.path = Unit.objects.current().get(code=parent).path + f"{code}/"
    row.save(force_insert=True)
    directory.forget()


def test_open_cases_and_tasks_follow_their_unit() -> None:
    handling, closed, elsewhere = bring_to(State.HANDLING), bring_to(State.CLOSED), bring_to(State.FILED)
    step(elsewhere, "dispatch", unit="csgl")
    step(handling, "issue_order")
    assert handling.lead_unit == closed.lead_unit == "swj"
    assert follow_units() == 0, "nothing has moved"
    move("swj", "csgl")
    assert follow_units() == 1 and follow_units() == 0
    for case in (handling, closed, elsewhere):
        case.refresh_from_db()
    assert (handling.lead_unit_path, closed.lead_unit_path, elsewhere.lead_unit_path) == (
        "csgl/swj/",
        "swj/",
        "csgl/",
    )
    assert set(Task.objects.filter(case=handling, closed_at=None).values_list("unit_path", flat=True)) == {
        "csgl/swj/"
    }
    assert Dispatch.objects.get(case=handling).unit_path == "csgl/swj/"
    assert is_visible(handling, actor("clerk_csgl")) and not is_visible(closed, actor("clerk_csgl"))
    assert handling.number in {task.number for task in my_tasks(actor("clerk_csgl"), at=MORNING)}
    step(handling, "finish", by="handler_swj")
    assert Case.objects.get(pk=handling.pk).state == "handled" and faults_of(handling) == []


def test_the_tasks_of_a_squad_that_is_no_more_are_the_areas() -> None:
    verifying = bring_to(State.VERIFYING)
    (task,) = Task.objects.filter(case=verifying, closed_at=None)
    assert task.unit_path.endswith("squad_east/")
    inspector = actor("inspector_east")
    Unit.objects.filter(code="squad_east").update(valid_to=MORNING + timedelta(days=1))
    directory.forget()
    assert follow_units() == 1 and follow_units() == 0
    task.refresh_from_db()
    assert (task.unit_path, task.area_path) == ("", verifying.area_path)
    assert verifying.number in {row.number for row in my_tasks(inspector, at=MORNING)}
    assert faults_of(verifying) == []


def test_for_one_that_is_no_more_the_unit_in_charge_answers_beside_those_that_are() -> None:
    case = bring_to(State.HANDLING, assist=("xijie", "dongjie"))
    Unit.objects.filter(code="xijie").update(valid_to=MORNING + timedelta(days=1))
    directory.forget()
    assert follow_units() == 1
    step(case, "answer_assistance", by="clerk_swj")
    waits = Task.objects.filter(case=case, stage="assistance.asked", closed_at=None)
    assert [task.unit_path for task in waits] == ["dongjie/"]


def test_what_was_asked_of_units_that_are_no_more_waits_for_the_unit_in_charge() -> None:
    case = bring_to(State.HANDLING, assist=("xijie", "dongjie"), channel=HOTLINE)
    other = bring_to(State.HANDLING, assist=("xijie",))
    step(case, "consult", unit="xijie")
    Unit.objects.filter(code__in=["xijie", "dongjie"]).update(valid_to=MORNING + timedelta(days=1))
    directory.forget()
    assert follow_units() == 3
    mine = {(row.number, row.stage) for row in my_tasks(actor("clerk_swj"), at=MORNING)}
    assert mine >= {
        (case.number, "assistance.asked"), (case.number, "consultation.asked"), (other.number, "assistance.asked")
    }  # fmt: skip
    assert follow_units() == 0, "one after the other"
    step(case, "answer_assistance", by="clerk_swj")
    assert follow_units() == 1
    step(case, "answer_assistance", by="clerk_swj")
    step(case, "answer_consultation", by="clerk_swj")
    stages = Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True)
    assert list(stages) == ["handling"] and faults_of(case) == []
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    step(case, "call_back", result="unsatisfied")
    assert list(stages.all()) == ["handling"], "a further round asks nobody who is no more"
