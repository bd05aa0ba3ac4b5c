# SPDX-License-Identifier: Apache-2.0
"""Before the repair: on site in time, made safe in time; each a task of the unit with a light of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from tests.city import (
    COVER,
    MORNING,
    NORM_TWO_STAGES,
    NORM_WORK_HOURS,
    TEST_EVENT,
    actor,
    colleague_of,
    person,
)
from tests.loop import HOTLINE, bring_to, new_case, photo, snapshot, step
from wangge.cases.access import offered_steps
from wangge.cases.errors import Missing, StageNotOpen, StepDenied, TooFewPhotos, TooFewPhotosToFile
from wangge.cases.flow import State
from wangge.cases.models import Case, Task
from wangge.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def staged(state: State = State.DISPATCHED, **more: Any) -> Case:
    """On site within an urgent hour of the dispatch, safe within two."""
    return bring_to(state, class_code=TEST_EVENT, norm=NORM_TWO_STAGES, **more)


def waiting(case: Case) -> dict[str, datetime | None]:
    """Open tasks beside the state's own: stage and due moment."""
    rows = Task.objects.filter(case=case, closed_at=None).exclude(stage=case.state)
    return dict(rows.values_list("stage", "due_at"))


def offered(case: Case, login: str) -> set[str]:
    return {o.step.code for o in offered_steps(case, actor(login)) if o.allowed}


def test_both_stages_wait_from_the_dispatch_on_beside_the_repair() -> None:
    case = staged()
    start = case.dispatched_at
    assert start and waiting(case) == {"arrive": start + HOUR, "make_safe": start + 2 * HOUR}
    task = Task.objects.get(case=case, stage="arrive")
    assert (task.post, task.unit_path, task.area_path) == ("handler", case.lead_unit_path, "")
    assert task.yellow_at == start + timedelta(minutes=48)
    assert case.due_at and case.due_at > start + timedelta(days=4), "the repair has its own limit"
    assert {"arrive", "make_safe"} <= offered(case, f"handler_{case.lead_unit}")
    assert waiting(bring_to(State.DISPATCHED, class_code=TEST_EVENT, norm=NORM_WORK_HOURS)) == {}


def test_each_step_closes_its_stage_once_and_leaves_the_state() -> None:
    case = staged(State.HANDLING)
    step(case, "arrive", at=MORNING + timedelta(minutes=30))
    assert (case.state, set(waiting(case))) == ("handling", {"make_safe"})
    done = Task.objects.get(case=case, stage="arrive")
    assert (done.closed_at, done.closed_by) == (
        MORNING + timedelta(minutes=30),
        person(f"handler_{case.lead_unit}"),
    )
    assert "arrive" not in offered(case, f"handler_{case.lead_unit}")
    untouched = snapshot()
    with pytest.raises(StageNotOpen), transaction.atomic():
        step(case, "arrive")
    assert snapshot() == untouched
    step(case, "make_safe")
    assert (case.state, waiting(case)) == ("handling", {})


@pytest.mark.parametrize(
    ("code", "without", "refusal"),
    [
        ("arrive", {"lon": None}, Missing),
        ("make_safe", {"texts": {}}, Missing),
        ("make_safe", {"photos": ()}, TooFewPhotos),
    ],
)
def test_what_a_stage_asks_for(code: str, without: dict[str, Any], refusal: type[Exception]) -> None:
    case = staged()
    with pytest.raises(refusal), transaction.atomic():
        step(case, code, **without)
    step(case, code)


def test_who_made_it_safe_has_come_and_a_repair_includes_both() -> None:
    case = staged()
    step(case, "make_safe")
    assert waiting(case) == {}
    case = staged(State.HANDLING)
    step(case, "finish")
    assert (case.state, waiting(case)) == ("handled", {})
    step(case, "send_check")
    step(case, "answer_check", result="failed")
    assert waiting(case) == {}, "rework: the place was made safe already"


@pytest.mark.parametrize("ends", ["return", "void", "transfer", "merge"])
def test_they_close_when_the_case_leaves_the_unit(ends: str) -> None:
    case = staged()
    if ends == "return":
        step(case, "ask_return")
        assert set(waiting(case)) == {"arrive", "make_safe", "return.asked"}
    step(case, ends)
    assert waiting(case) == {}
    if ends == "return":
        step(case, "dispatch", unit="swj")
        assert set(waiting(case)) == {"arrive", "make_safe"}, "the next unit has to come as well"


def test_a_further_round_begins_with_them_again_and_they_are_the_handlers() -> None:
    case = staged(State.CALLBACK)
    step(case, "call_back", result="unsatisfied")
    assert set(waiting(case)) == {"arrive", "make_safe"}
    case = staged(State.CLOSED)
    step(case, "reopen")
    assert set(waiting(case)) == {"arrive", "make_safe"}


def test_once_assigned_they_are_that_handlers_and_nobody_is_told_twice() -> None:
    case = staged(at=None)
    assert (
        Notice.objects.filter(
            case_id=case.pk, recipient=person(f"clerk_{case.lead_unit}"), template="task"
        ).count()
        == 1
    )
    handler = person(f"handler_{case.lead_unit}")
    step(case, "assign")
    tasks = Task.objects.filter(case=case, closed_at=None)
    assert set(tasks.values_list("stage", "assignee")) == {
        ("handling", handler.pk), ("arrive", handler.pk), ("make_safe", handler.pk)
    }  # fmt: skip
    Case.objects.filter(pk=case.pk).update(handler=person(colleague_of(handler.login)))
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "arrive", by=handler.login)
    assert denied.value.reason == "assigned_elsewhere"


def test_a_limit_runs_on_the_calendar_of_the_kind_of_unit() -> None:
    """In July the streets work from 7 to 11 and from 15 to 19, departments from 8 to 12 and from 14 to 18."""
    at = datetime(2026, 7, 8, 10, 0, tzinfo=ZONE).astimezone(UTC)
    due = {}
    for unit in ("dongjie", "csgl"):
        case = bring_to(
            State.FILED, class_code=TEST_EVENT, norm=NORM_WORK_HOURS, at=at - timedelta(minutes=3)
        )
        step(case, "dispatch", unit=unit)
        task = Task.objects.get(case=case, stage="dispatched")
        due[unit] = [moment.astimezone(ZONE).hour for moment in (case.due_at, task.due_at) if moment]
    assert due == {"dongjie": [18, 16], "csgl": [16, 12]}


def test_a_report_without_a_photo_is_filed_once_an_inspector_has_verified_it() -> None:
    case = new_case(class_code=COVER, channel=HOTLINE, photos=())
    step(case, "accept")
    with pytest.raises(TooFewPhotosToFile) as refused, transaction.atomic():
        step(case, "file")
    assert refused.value.facts == {"needed": 1, "held": 0, "lacking": 1}
    assert "核实" in refused.value.message("zh") and "inspector" in refused.value.message("en")
    for code in ("send_verify", "answer_verify", "accept", "file"):
        step(case, code)
    assert case.state == "filed"


def test_photos_of_the_report_count_whoever_sent_them_and_may_come_with_the_filing() -> None:
    case = new_case(class_code=COVER, photos=(photo("operator_2"),))
    step(case, "accept")
    step(case, "file")
    late = new_case(class_code=COVER, photos=())
    step(late, "accept")
    step(late, "file", photos=(photo("chief_1"),))
    assert (case.state, late.state) == ("filed", "filed")
