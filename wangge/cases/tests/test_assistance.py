# SPDX-License-Identifier: Apache-2.0
"""协办: who assists is asked by the dispatch, by the clock of the case, and says what it did; the lead waits for nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import MORNING, NORM_WORK_HOURS, TEST_EVENT, person
from tests.loop import HOTLINE, bring_to, step, supervise
from wangge.cases.actions import recompute
from wangge.cases.errors import NoRequest, StepDenied
from wangge.cases.flow import State
from wangge.cases.models import Case, FlowVersion, LogEntry, SideRecord, Task
from wangge.cases.queries import my_tasks
from wangge.cases.tests.machine_checks import check, check_whole
from wangge.cases.tests.test_beside import due_of, refused
from wangge.cases.tests.test_who_is_told import told
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.notices.models import Notice
from wangge.organizations.directory import directory
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

BOTH = ("xijie", "dongjie")
DAY = timedelta(days=1)


def assisted(state: State = State.HANDLING, *, at: datetime | None = MORNING, channel: str = "") -> Case:
    """Led by swj, a department; two streets assist."""
    return bring_to(state, at=at, channel=channel, assist=BOTH)


def asked(case: Case) -> dict[str, datetime | None]:
    """The units whose answer is waited for, each with the deadline of its own task."""
    open_now = SideRecord.objects.filter(case=case, kind="assistance", ended_at=None)
    waits = Task.objects.filter(case=case, stage="assistance.asked", closed_at=None)
    due = {task.unit_path.strip("/"): task.due_at for task in waits}
    assert due.keys() == set(open_now.values_list("unit", flat=True))
    return due


def became(case: Case) -> list[tuple[str, str, str]]:
    rows = SideRecord.objects.filter(case=case, kind="assistance").order_by("id")
    return list(rows.values_list("unit", "state", "ruling"))


def test_each_assisting_unit_is_asked_answers_for_itself_and_the_unit_in_charge_is_told() -> None:
    case = assisted(State.DISPATCHED, at=None)
    assert asked(case) == {"xijie": case.due_at, "dongjie": case.due_at} and check(case.pk)
    mine = my_tasks(directory().actor(person("clerk_xijie").pk), at=now())
    assert [(row.stage, row.number) for row in mine] == [("assistance.asked", case.number)]
    refused(case, "answer_assistance", StepDenied, by="clerk_swj")
    step(case, "answer_assistance", by="clerk_xijie")
    assert asked(case) == {"dongjie": case.due_at}
    assert became(case) == [("xijie", "answered", ""), ("dongjie", "asked", "")]
    assert LogEntry.objects.get(case=case, step="answer_assistance").data["unit"] == "xijie"
    assert told(case, "assistance_answered") == {("clerk_swj", "assistance_answered")}
    refused(case, "answer_assistance", StepDenied, by="clerk_xijie")
    step(case, "answer_assistance", by="clerk_dongjie")
    refused(case, "answer_assistance", NoRequest, by="clerk_swj")
    check_whole(case.pk)


def test_what_is_not_answered_when_the_lead_finishes_falls_away() -> None:
    case = assisted()
    step(case, "answer_assistance", by="clerk_xijie")
    step(case, "finish")
    assert asked(case) == {} and became(case) == [("xijie", "answered", ""), ("dongjie", "asked", "lapsed")]
    assert LogEntry.objects.get(case=case, step="finish").data["unanswered"] == ["dongjie"]
    step(case, "send_check")
    step(case, "answer_check", result="failed")
    assert case.state == "handling" and asked(case) == {}, "rework is the lead's, on the same clock"
    check_whole(case.pk)


@pytest.mark.parametrize("ends", ["void", "merge", "transfer", "return", "escalate"])
def test_it_ends_where_the_case_leaves_the_unit_in_charge_and_the_next_dispatch_asks_anew(ends: str) -> None:
    case = assisted(State.DISPATCHED)
    step(case, "answer_assistance", by="clerk_xijie")
    if ends in ("return", "escalate"):
        step(case, f"ask_{'return' if ends == 'return' else 'escalation'}")
    step(case, ends)
    assert asked(case) == {} and became(case)[1] == ("dongjie", "asked", "lapsed")
    if ends == "merge":
        step(case, "unmerge")
    if case.state == "filed":
        step(case, "dispatch", unit="swj", assist=BOTH)
        assert asked(case) == {"xijie": case.due_at, "dongjie": case.due_at}
    check_whole(case.pk)


def test_a_further_round_asks_anew_whoever_assists_and_a_reopened_case_nobody() -> None:
    case = assisted(at=None, channel=HOTLINE)
    checked = ("finish", "send_check", "answer_check")
    step(case, "answer_assistance", by="clerk_xijie")
    for code in ("assign", *checked):
        step(case, code)
    Notice.objects.filter(case_id=case.pk).delete()
    step(case, "call_back", result="unsatisfied")
    assert case.state == "handling" and asked(case) == {"xijie": case.due_at, "dongjie": case.due_at}
    assert told(case, "assisting") == {("clerk_xijie", "assisting"), ("clerk_dongjie", "assisting")}
    assert case.handler_id and check(case.pk), "the handler's is the repair alone"
    for code in checked:
        step(case, code)
    step(case, "call_back", result="unsatisfied")
    assert case.state == "investigating" and asked(case) == {}
    step(case, "conclude", result="rework")
    assert asked(case).keys() == {*BOTH}
    for code in (*checked, "call_back"):
        step(case, code)
    supervise(case)
    for code in ("close", "reopen"):
        step(case, code)
    assert case.state == "handling" and asked(case) == {}, "closing has ended their part"
    check_whole(case.pk)


def test_it_runs_by_the_clock_of_the_case_whatever_the_unit_s_own_calendar_is() -> None:
    summer = MORNING + 18 * 7 * DAY  # then streets begin an hour before departments
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_WORK_HOURS, assist=BOTH, at=summer)
    due = case.due_at
    assert due and recompute(at=now()) == 0, "the door and the job agree"
    step(case, "ask_extension", amount=2)
    step(case, "extend")
    assert case.due_at and case.due_at > due and asked(case)["xijie"] == case.due_at
    for code in ("ask_suspension", "suspend"):
        step(case, code)
    assert asked(case) == {"xijie": None, "dongjie": None} and recompute(at=now()) == 0
    step(case, "resume", at=summer + 20 * DAY)
    assert case.due_at and due_of(case, "handling") == case.due_at == asked(case)["dongjie"]
    assert recompute(at=now()) == 0
    check_whole(case.pk)


@contextmanager
def _by_an_older_flow() -> Iterator[None]:
    """The flow in force is one of before assisting units were asked."""
    version = FlowVersion.objects.get(valid_to=None)
    del version.document["records"]["assistance"]
    version.save()
    forget_all()
    yield
    forget_all()


def test_under_a_flow_of_before_nobody_is_asked() -> None:
    with _by_an_older_flow():
        case = assisted(channel=HOTLINE)
        for code in ("finish", "send_check", "answer_check"):
            step(case, code)
        step(case, "call_back", result="unsatisfied")
        assert case.state == "handling" and became(case) == []
        check_whole(case.pk)


def _statements(*assist: str) -> int:
    case = bring_to(State.FILED)
    with CaptureQueriesContext(connection) as seen:
        step(case, "dispatch", unit="swj", assist=assist)
    return len(seen)


def test_a_dispatch_costs_as_many_statements_whether_units_are_asked_or_not() -> None:
    _statements()  # what is held in memory is loaded
    alone, two = _statements(), _statements(*BOTH)
    with _by_an_older_flow():
        _statements()
        assert (alone, two) == (_statements(), _statements(*BOTH))
    assert alone == two


def test_who_answered_has_acted(both: str) -> None:
    case = bring_to(State.HANDLING, assist=("csgl",))
    held = Appointment.objects.get(person=person("clerk_csgl"), valid_to=None)
    held.pk, held.person = None, person(both)
    held.save(force_insert=True)
    directory.forget()
    step(case, "answer_assistance", by=both)
    step(case, "finish")
    denied = refused(case, "send_check", StepDenied, by=both)
    assert isinstance(denied, StepDenied) and denied.reason == "two_hands"
