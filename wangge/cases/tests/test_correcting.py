# SPDX-License-Identifier: Apache-2.0
"""更正: a wrong step taken back, a wrong place put right."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction

from tests.city import (
    NORM_TWO_STAGES,
    STREET_EVENT,
    TEST_EVENT,
    UNIT_GRID_EAST,
    UNIT_GRID_EAST_2,
    UNIT_GRID_WEST,
    WEST,
    actor,
    person,
)
from tests.loop import bring_to, call_about, snapshot, step
from wangge.cases.correction_errors import (
    BuiltUpon,
    CorrectionPending,
    NeverTakenBack,
    NotCorrectedNow,
    OneCorrection,
    StepFollowed,
    StepNotKept,
    TakenBackBefore,
    UnknownEntry,
)  # fmt: skip
from wangge.cases.errors import NothingToCorrect, StepDenied
from wangge.cases.flow import TAKEN_BACK, State
from wangge.cases.models import Case, Dispatch, LogEntry, SideRecord, Task
from wangge.cases.queries import timeline
from wangge.cases.queries.calls import still_to_call
from wangge.cases.queries.precedents import precedents
from wangge.cases.verification import faults_of
from wangge.common.errors import DomainError
from wangge.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: a step with its result: the state a case is brought to, and the steps taken there before
WRONG = {
    "send_verify": ("reported", ()), "answer_verify:denied": ("verifying", ()), "accept": ("reported", ()),
    "file": ("accepted", ()), "dispatch": ("filed", ()), "sign_for": ("dispatched", ()),
    "assign": ("handling", ()), "finish": ("handling", ("ask_suspension", "suspend", "consult")),
    "self_handle": ("accepted", ()), "send_check": ("handled", ()), "answer_check:failed": ("checking", ()),
    "answer_check:passed": ("checking", ()), "call_back:satisfied": ("callback", ()),
    "call_back:unsatisfied": ("callback", ()), "call_back:unreachable": ("callback", ()),
    "conclude:rework": ("investigating", ()), "conclude:explained": ("investigating", ()),
    "return": ("handling", ("consult", "ask_extension", "issue_order", "ask_return")),
    "rule_return:granted": ("dispatched", ("ask_return", "refuse_return", "object_return")),
    "escalate": ("handling", ("ask_escalation",)), "assign_down": ("handling", ("ask_escalation", "escalate")),
    "gather": ("split", ()),
}  # fmt: skip


def take_back(case: Case, **given: Any) -> None:
    seq = case.last_step["seq"] if case.last_step else 0
    step(case, "ask_correction", entry=seq, by="operator_2", **given)
    step(case, "correct", by="chief_2")


def stands(case: Case) -> dict[str, Any]:
    """Everything of the case but its log, who may see it, and what is kept of its last step."""
    rest = ("log_seq", "log_digest", "last_at", "last_step", "units")
    columns = {
        f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields if f.attname not in rest
    }
    tasks = Task.objects.filter(case=case, closed_at=None).order_by("id").values()
    dispatches = Dispatch.objects.filter(case=case, ended_at=None).order_by("id").values()
    records = SideRecord.objects.filter(case=case, ended_at=None).order_by("id").values()
    return {"case": columns, "tasks": [*tasks], "dispatches": [*dispatches], "records": [*records]}


@pytest.mark.parametrize("name", WRONG)
def test_the_case_stands_as_if_the_step_had_not_been_taken(name: str) -> None:
    (state, steps), (code, _, result) = WRONG[name], name.partition(":")
    assist = ("xijie", "dongjie") if code != "escalate" else ()
    reporter = "clerk_swj" if code == "self_handle" else "operator_2"
    case = bring_to(State(state), assist=assist, reporter=reporter)
    for before in steps:
        step(case, before)
    for part in case.children.all():
        step(part, "void")
    as_it_was, entries = stands(case), case.log_seq
    more: dict[str, Any] = {"result": result} if result else {}
    step(case, code, **more)
    assert stands(case) != as_it_was
    take_back(case)
    assert stands(case) == as_it_was
    assert case.log_seq == entries + 3 and case.last_step is None and faults_of(case) == []
    wrong, entry = timeline(case)[entries], LogEntry.objects.get(case=case, step="correct")
    assert (wrong.step, wrong.taken_back_by) == (code, entry.seq)
    assert (entry.data["taken_back"], entry.data["step"], entry.to_state) == (
        wrong.seq,
        code,
        as_it_was["case"]["state"],
    )
    step(case, code, **more)
    assert faults_of(case) == []


STAGED = [
    ("dispatched", ("assign",)), ("handling", ("finish",)), ("handling", ("ask_return", "return")), ("filed", ("dispatch",)),
]  # fmt: skip


@pytest.mark.parametrize(("state", "codes"), STAGED)
def test_what_the_norm_asks_for_before_the_repair_waits_again(state: str, codes: tuple[str, ...]) -> None:
    case = bring_to(State(state), class_code=TEST_EVENT, norm=NORM_TWO_STAGES)
    for code in codes[:-1]:
        step(case, code)
    as_it_was = stands(case)
    more: dict[str, Any] = {"unit": "swj"} if state == "filed" else {}
    step(case, codes[-1], **more)
    take_back(case)
    assert stands(case) == as_it_was


def test_every_step_the_product_takes_back_stands_in_the_table() -> None:
    assert {name.partition(":")[0] for name in WRONG} == {*TAKEN_BACK}


def stages(case: Case) -> set[str]:
    return set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))


def test_a_mistaken_dispatch_is_charged_to_nobody_and_is_no_precedent() -> None:
    case = bring_to(State.FILED, class_code=TEST_EVENT, norm=NORM_TWO_STAGES, at=None)
    call_about(case)
    step(case, "dispatch", unit="csgl", assist=("xijie",), texts={"reason": "就近"})
    assert stages(case) == {"dispatched", "arrive", "make_safe", "contact", "assistance.asked"}
    take_back(case)
    assert stages(case) == {"filed"}
    rows = Dispatch.objects.filter(case=case)
    assert all(row.mistaken and row.ended_at and row.used_seconds is None for row in rows) and len(rows) == 2
    told = Notice.objects.filter(case_id=case.pk, template="taken_back")
    assert set(told.values_list("recipient__login", flat=True)) == {
        "clerk_csgl",
        "clerk_xijie",
        "dispatcher_1",
    }
    assert not precedents(actor("dispatcher_1"))
    step(case, "dispatch", unit="swj")
    assert not Dispatch.objects.get(case=case, unit="swj").mistaken


def refused(case: Case, error: type[DomainError], code: str = "ask_correction", **given: Any) -> DomainError:
    untouched = snapshot()
    with pytest.raises(error) as told, transaction.atomic():
        step(case, code, **given)
    assert snapshot() == untouched
    assert told.value.message("zh") and told.value.message("en")
    return told.value


#: the state a case is brought to and the steps taken there; the step asked about, and the answer
NOT_TAKEN_BACK = [
    ("accepted", (), "report", NeverTakenBack), ("filed", (), "file", None), ("filed", (), "accept", StepFollowed),
    ("handling", ("link",), "link", NeverTakenBack), ("handling", ("consult",), "consult", NeverTakenBack),
    ("dispatched", ("link", "consult", "ask_extension"), "dispatch", None),
    ("dispatched", ("ask_extension", "extend"), "dispatch", BuiltUpon),
    ("handling", ("ask_extension", "extend"), "sign_for", None),
    ("handling", ("ask_correction", "correct"), "sign_for", None),
    ("dispatched", ("ask_correction", "correct"), "dispatch", BuiltUpon),
    ("split", ("cancel_split",), "cancel_split", NeverTakenBack), ("split", ("cancel_split",), "file", StepFollowed),
    ("closed", ("reopen",), "reopen", NeverTakenBack), ("closed", ("reopen",), "close", NeverTakenBack),
    ("handling", ("ask_return", "refuse_return"), "refuse_return", NeverTakenBack),
]  # fmt: skip


@pytest.mark.parametrize(("state", "steps", "asked", "answer"), NOT_TAKEN_BACK)
def test_only_the_last_step_of_the_line_is_taken_back(
    state: str, steps: Iterable[str], asked: str, answer: type[DomainError] | None
) -> None:
    case = bring_to(State(state))
    for code in steps:
        step(case, code)
    seq = LogEntry.objects.filter(case=case, step=asked).order_by("-seq")[0].seq
    if answer:
        refused(case, answer, entry=seq)
    else:
        take_back(case)


def test_a_step_is_taken_back_once_and_the_one_before_it_never() -> None:
    case = bring_to(State.DISPATCHED)
    dispatched = case.log_seq
    refused(case, UnknownEntry, entry=99)
    refused(case, OneCorrection, entry=dispatched, norm_id=case.norm_id)
    take_back(case)
    refused(case, TakenBackBefore, entry=dispatched)
    refused(case, StepNotKept, entry=dispatched - 1)


def test_the_line_waits_for_the_ruling_and_whoever_asked_does_not_rule() -> None:
    case = bring_to(State.DISPATCHED)
    step(case, "ask_correction", entry=case.log_seq, by="chief_1")
    refused(case, CorrectionPending, "sign_for")
    denied = refused(case, StepDenied, "correct", by="chief_1")
    assert isinstance(denied, StepDenied) and denied.reason == "same_person"
    step(case, "refuse_correction", by="chief_2")
    step(case, "sign_for")
    other = bring_to(State.DISPATCHED)
    step(other, "ask_correction", entry=other.log_seq)
    step(other, "void")
    assert SideRecord.objects.get(case=other).ruling == "lapsed"


def test_who_acted_does_not_take_a_judgement_back_and_who_takes_one_back_judges(both: str) -> None:
    case = bring_to(State.DISPATCHED)
    step(case, "assign", by=both, handler_id=person("handler_swj").pk)
    for code in ("finish", "send_check"):
        step(case, code)
    step(case, "answer_check", result="failed")
    step(case, "ask_correction", entry=case.log_seq)
    denied = refused(case, StepDenied, "correct", by=both)
    assert isinstance(denied, StepDenied) and denied.reason == "two_hands"
    step(case, "correct", by="chief_1")
    assert LogEntry.objects.get(case=case, step="correct").hand == "judges" and case.rework_count == 0


@pytest.mark.parametrize("result", ["satisfied", "unsatisfied", "unreachable"])
def test_what_one_caller_was_put_down_to_have_said_is_taken_back_while_others_wait(result: str) -> None:
    case = bring_to(State.HANDLING, channel="hotline", at=None)
    for number in ("13900000001", "13900000002"):
        call_about(case, number=number)
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    first, second = still_to_call(case)
    as_it_was = stands(case)
    step(case, "call_back", result=result, call=first)
    take_back(case)
    assert stands(case) == as_it_was and still_to_call(case) == [first, second] and faults_of(case) == []
    step(case, "call_back", result="satisfied", call=second)
    step(case, "call_back", result="unsatisfied", call=first)
    assert (case.state, case.unsatisfied_count) == ("handling", 1)


def test_a_place_is_corrected_and_the_unit_it_leads_to_is_proposed_only() -> None:
    case = bring_to(State.HANDLING, class_code=STREET_EVENT)
    unit, due = case.lead_unit, case.due_at
    step(case, "ask_return")
    refused(case, NothingToCorrect, grid_code=UNIT_GRID_EAST, norm_id=None)
    step(case, "ask_correction", grid_code=UNIT_GRID_WEST, norm_id=None)
    step(case, "correct")
    assert f"/{WEST}/" in case.area_path and case.area_path.startswith(case.command_path)
    assert (case.lead_unit, case.due_at, case.squad) == (unit, due, "squad_west")
    assert case.route and case.route["lead"] != unit
    assert Task.objects.get(case=case, stage="return.asked", closed_at=None).area_path == case.command_path
    entry = LogEntry.objects.get(case=case, step="correct")
    assert entry.data["grid"] == UNIT_GRID_WEST and entry.data["was"] == {"grid": UNIT_GRID_EAST}
    assert faults_of(case) == []


def test_a_filed_case_goes_to_whoever_commands_the_right_place() -> None:
    case = bring_to(State.FILED)
    step(case, "ask_correction", grid_code=UNIT_GRID_WEST, norm_id=None)
    step(case, "correct")
    assert f"/{WEST}/" in case.command_path
    assert Task.objects.get(case=case, closed_at=None).area_path == case.command_path
    step(case, "dispatch")


def test_what_was_asked_of_a_wrong_limit_falls_away_with_it_be_the_place_wrong_too() -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "ask_extension")
    step(case, "ask_correction", grid_code=UNIT_GRID_WEST)
    assert "extension.asked" in stages(case)
    step(case, "correct")
    assert SideRecord.objects.get(case=case, kind="extension").ruling == "lapsed"
    assert stages(case) == {"handling"} and f"/{WEST}/" in case.area_path


def test_class_and_place_are_corrected_between_filing_and_finishing() -> None:
    for state in (State.ACCEPTED, State.HANDLED):
        refused(bring_to(state), NotCorrectedNow, entry=None, grid_code=UNIT_GRID_EAST_2)
    late = bring_to(State.HANDLING)
    step(late, "ask_correction")
    step(late, "finish")
    assert SideRecord.objects.get(case=late).ruling == "lapsed"
