# SPDX-License-Identifier: Apache-2.0
"""What runs beside the line, each with its asking, ruling and clock: what is granted, and the reasons why not."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from tests.city import (
    COVER,
    MORNING,
    NORM_NATURAL_DAYS,
    NORM_TWO_STAGES,
    NORM_WORK_DAYS,
    NORM_WORK_HOURS,
    STREET_EVENT,
    TEST_EVENT,
    actor,
)
from tests.loop import HOTLINE, bring_to, snapshot, step
from wangge.cases.actions import recompute, resume_due
from wangge.cases.errors import (
    AmountOutOfRange,
    AppealedBefore,
    ExtensionsUsed,
    ExtensionTooLate,
    Missing,
    NoRequest,
    NothingToCorrect,
    ObjectionTooLate,
    OtherClock,
    RequestPending,
    ReturnSettled,
    StageFirst,
    StepDenied,
    Suspended,
    UnknownChoice,
    UnknownUnit,
    UntilOutOfRange,
)  # fmt: skip
from wangge.cases.flow import State
from wangge.cases.flow_document import build
from wangge.cases.models import Case, Dispatch, FlowVersion, LogEntry, SideRecord, Task
from wangge.cases.order_errors import JointNeedsTwo, OneUnitOnly
from wangge.cases.queries import timeline
from wangge.cases.verification import faults_of
from wangge.cases.visibility import is_visible
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.calendars import work_seconds_between
from wangge.organizations.directory import directory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def handled_by_norm(norm: str) -> Case:
    """Being handled from 10:04 on a Wednesday, dispatched at 10:03."""
    return bring_to(State.HANDLING, class_code=TEST_EVENT, norm=norm)


def refused(case: Case, code: str, error: type[DomainError], **given: Any) -> DomainError:
    untouched = snapshot()
    with pytest.raises(error) as told, transaction.atomic():
        step(case, code, **given)
    assert snapshot() == untouched
    return told.value


def record(case: Case, kind: str) -> SideRecord:
    return SideRecord.objects.filter(case=case, kind=kind).latest("id")


def due_of(case: Case, stage: str) -> datetime | None:
    return Task.objects.get(case=case, stage=stage, closed_at=None).due_at


# -- return -------------------------------------------------------------------------------------------------------


def test_after_one_objection_and_a_final_ruling_nobody_asks_for_return_again() -> None:
    case = bring_to(State.HANDLING)
    step(case, "ask_return")
    step(case, "refuse_return")
    refused(case, "ask_return", ReturnSettled)
    step(case, "object_return")
    assert due_of(case, "return.objected")
    refused(case, "finish", RequestPending)
    step(case, "rule_return", result="upheld")
    assert (case.state, record(case, "return").state, record(case, "return").ruling) == (
        "handling",
        "upheld",
        "final",
    )
    refused(case, "ask_return", ReturnSettled)
    step(case, "finish")
    assert case.state == "handled" and faults_of(case) == []


def test_an_objection_that_is_granted_takes_the_case_from_the_unit() -> None:
    case = bring_to(State.DISPATCHED)
    for code in ("ask_return", "refuse_return", "object_return"):
        step(case, code)
    step(case, "rule_return", result="granted")
    assert (case.state, case.lead_unit, case.return_count, case.clock_start) == ("filed", "", 1, None)
    step(case, "dispatch", unit="csgl")
    step(case, "ask_return")  # the next unit has a right of its own
    assert record(case, "return").unit == "csgl"


def test_an_objection_comes_in_time() -> None:
    case = bring_to(State.HANDLING)
    step(case, "ask_return")
    step(case, "refuse_return")
    refused(case, "object_return", ObjectionTooLate, at=case.last_at + 2 * DAY)


def test_whoever_asked_does_not_rule(both: str) -> None:
    case = bring_to(State.HANDLING)
    step(case, "ask_extension", by=both)
    with pytest.raises(StepDenied) as denied, transaction.atomic():
        step(case, "extend", by=both)
    assert denied.value.reason == "same_person"
    step(case, "extend")


# -- extension ----------------------------------------------------------------------------------------------------


def test_an_extension_adds_to_the_limit_and_moves_everything_that_hangs_on_it() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    due, yellow = case.due_at, case.yellow_at
    assert due and yellow
    step(case, "ask_extension", amount=3)
    assert case.due_at == due, "asking moves nothing"
    step(case, "extend")
    assert (case.due_at, case.yellow_at) == (due + 3 * DAY, yellow + 3 * DAY)
    assert due_of(case, "handling") == case.due_at
    assert Dispatch.objects.get(case=case).due_at == case.due_at
    assert record(case, "extension").ruling == "granted" and faults_of(case) == []
    step(case, "finish", at=due + DAY)
    assert case.finished_at and case.finished_at < case.due_at
    assert (
        Dispatch.objects.get(case=case).used_seconds
        == round((case.finished_at - MORNING).total_seconds()) - 180
    )


def test_an_extension_is_bounded() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    refused(case, "ask_extension", AmountOutOfRange, amount=8)
    refused(case, "ask_extension", AmountOutOfRange, amount=0)
    refused(case, "ask_extension", Missing, amount=None)
    for _ in range(2):
        step(case, "ask_extension", amount=7)
        refused(case, "ask_extension", RequestPending)
        step(case, "extend")
    refused(case, "ask_extension", ExtensionsUsed)
    late = handled_by_norm(NORM_NATURAL_DAYS)
    assert late.due_at
    refused(late, "ask_extension", ExtensionTooLate, at=late.due_at)
    step(late, "ask_extension", at=late.due_at - timedelta(seconds=1))
    step(late, "refuse_extension")
    assert record(late, "extension").ruling == "refused"


# -- suspension ---------------------------------------------------------------------------------------------------


def test_a_suspended_clock_stands_still_and_goes_on_by_itself_with_what_was_left() -> None:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_WORK_HOURS, at=None)
    limit = Dispatch.objects.get(case=case).due_at
    last = now().astimezone(city().zone).date() + 12 * DAY
    step(case, "ask_suspension", until=last)
    assert (case.suspended_until, case.due_at) == (None, limit)
    step(case, "suspend")
    assert (case.due_at, case.clock_start, due_of(case, "handling")) == (None, None, None)
    resumes = case.suspended_until
    assert resumes and resumes.astimezone(city().zone).isoformat()[:16] == f"{last + DAY}T00:00"
    refused(case, "ask_extension", Suspended)
    assert resume_due(at=resumes - timedelta(seconds=1)) == 0
    assert recompute(at=now()) == 0, "a clock that stands still follows no calendar"
    assert resume_due(at=resumes) == 1 and resume_due(at=resumes) == 0
    case.refresh_from_db()
    assert case.suspended_until is None and case.clock_start and case.due_at == due_of(case, "handling")
    entry = timeline(case)[-1]
    assert (entry.step, entry.actor, record(case, "suspension").state) == ("resume", "", "resumed")
    assert recompute(at=now()) == 0, "and where it goes on, the door and the job agree"
    assert faults_of(case) == []
    assert Notice.objects.filter(case_id=case.pk, template="resumed").exists()


def test_what_is_left_after_a_pause_is_what_was_left_before() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    due, paused = case.due_at, MORNING + 2 * DAY
    assert due
    step(case, "ask_suspension", at=paused)
    step(case, "suspend", at=paused)
    step(case, "resume", at=paused + 10 * DAY)
    assert case.due_at == due + 10 * DAY
    step(case, "finish", at=paused + 11 * DAY)
    used = Dispatch.objects.get(case=case).used_seconds
    assert used and used + 180 == (3 * DAY).total_seconds()


def test_who_finishes_has_resumed() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    step(case, "ask_suspension")
    step(case, "suspend")
    step(case, "finish", at=MORNING + 20 * DAY)
    assert (case.state, case.suspended_until, record(case, "suspension").ruling) == (
        "handled",
        None,
        "lapsed",
    )
    assert case.due_at and case.finished_at and case.due_at > case.finished_at
    assert resume_due(at=MORNING + 400 * DAY) == 0


def test_a_pause_undoes_no_delay() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    due = case.due_at
    assert due
    step(case, "ask_suspension", at=due + HOUR)
    step(case, "suspend")
    assert case.due_at == due and case.suspended_until
    step(case, "resume", at=due + 5 * DAY)
    assert case.due_at == due and case.suspended_until is None


def test_a_suspension_is_bounded() -> None:
    today = now().astimezone(city().zone).date()
    case = handled_by_norm(NORM_NATURAL_DAYS)
    refused(case, "ask_suspension", UntilOutOfRange, until=today - DAY)
    refused(case, "ask_suspension", UntilOutOfRange, until=today + 366 * DAY)
    refused(case, "ask_suspension", Missing, until=None)
    unsafe = bring_to(State.FILED, class_code=TEST_EVENT, norm=NORM_TWO_STAGES)
    step(unsafe, "dispatch", unit="swj")
    step(unsafe, "sign_for")
    refused(unsafe, "ask_suspension", StageFirst)
    step(unsafe, "make_safe")
    step(unsafe, "ask_suspension")


def test_how_often_and_how_long_is_the_flow_s_to_say() -> None:
    version = FlowVersion.objects.get(valid_to=None)
    version.document["records"]["extension"]["most"] = 1
    version.document["records"]["suspension"]["most"] = 10
    version.save()
    forget_all()
    case, today = handled_by_norm(NORM_NATURAL_DAYS), now().astimezone(city().zone).date()
    step(case, "ask_extension", amount=7)
    step(case, "extend")
    assert "1 times" in str(refused(case, "ask_extension", ExtensionsUsed).as_dict())
    late = refused(case, "ask_suspension", UntilOutOfRange, until=today + 11 * DAY).as_dict()
    assert "10 days" in str(late) and "10 天" in str(late)
    step(case, "ask_suspension", until=today + 10 * DAY)


def test_a_flow_of_before_keeps_the_figures_the_code_had() -> None:
    version = FlowVersion.objects.get(valid_to=None)
    for kind in ("extension", "suspension"):
        del version.document["records"][kind]["most"]
    version.document["records"]["reward"]["most"] = 7
    version.save()
    import_module("wangge.cases.migrations.0017_figures_of_records").write_figures(apps, None)
    records = build(FlowVersion.objects.get(pk=version.pk).document).records
    found = [records[kind].most for kind in ("extension", "suspension", "reward")]
    assert found == [2, 365, 7]


# -- consultation and supervision ---------------------------------------------------------------------------------


def test_an_order_is_replied_to_sent_back_and_accepted() -> None:
    case = bring_to(State.HANDLING, at=None)
    refused(case, "issue_order", UnknownChoice, choices={"mode": "pigeon", "cause": "overdue"})
    refused(case, "issue_order", Missing, choices={"mode": "phone"})
    step(case, "issue_order", choices={"mode": "written", "cause": "overdue"})
    order = record(case, "supervision")
    assert (order.unit, order.facts) == ("swj", {"mode": "written", "cause": "overdue"})
    task = Task.objects.get(case=case, stage="supervision.issued")
    assert (task.limit_value, task.limit_clock) == (3, "work_day"), "the mode sets the limit"
    told = Notice.objects.filter(case_id=case.pk, template="order_issued").values_list(
        "recipient__login", flat=True
    )
    assert "clerk_swj" in told
    step(case, "reply_order")
    step(case, "send_back_order")
    assert record(case, "supervision").state == "issued" and due_of(case, "supervision.issued")
    step(case, "reply_order")
    step(case, "accept_order")
    assert record(case, "supervision").ended_at and faults_of(case) == []
    step(case, "issue_order")  # a further one
    assert SideRecord.objects.filter(case=case, kind="supervision").count() == 2


def test_an_order_runs_on_while_the_case_moves_and_falls_away_at_its_end() -> None:
    case = bring_to(State.HANDLING)
    step(case, "issue_order")
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    assert due_of(case, "supervision.issued")
    step(case, "close")
    assert record(case, "supervision").ruling == "lapsed"
    assert not Task.objects.filter(case=case, closed_at=None).exists()
    assert LogEntry.objects.get(case=case, step="close").data["lapsed"] == ["supervision"]


# -- appeal and correction ----------------------------------------------------------------------------------------


def overdue() -> Case:
    case = bring_to(State.HANDLING)
    assert case.due_at
    step(case, "finish", at=case.due_at + HOUR)
    for code in ("send_check", "answer_check", "close"):
        step(case, code)
    return case


@pytest.mark.parametrize(
    ("first", "second", "exempt"),
    [("passed", "granted", True), ("passed", "refused", False), ("refused", "", False)],
)
def test_an_overdue_mark_is_appealed_once_by_two_reviews(first: str, second: str, exempt: bool) -> None:
    case = overdue()
    step(case, "appeal_overdue")
    step(case, "review_appeal", result=first)
    if second:
        step(case, "decide_appeal", result=second)
    assert (case.state, case.overdue_exempt) == ("closed", exempt)
    refused(case, "appeal_overdue", AppealedBefore)
    assert faults_of(case) == []


def test_an_appeal_comes_in_time() -> None:
    case = overdue()
    refused(case, "appeal_overdue", ObjectionTooLate, at=case.last_at + 10 * DAY)


def test_a_wrong_class_is_corrected_by_two_and_the_log_keeps_what_was() -> None:
    case = bring_to(State.HANDLING, class_code=COVER)
    old_due, old_norm = case.due_at, case.norm_id
    refused(case, "ask_correction", NothingToCorrect, class_code=case.class_code, norm_id=case.norm_id)
    refused(case, "ask_correction", Missing, norm_id=None)
    step(case, "ask_correction")
    assert (case.class_code, case.norm_id) == (COVER, old_norm), "asking changes nothing"
    step(case, "correct")
    assert case.class_code == STREET_EVENT and case.norm_id != old_norm and case.due_at != old_due
    assert due_of(case, "handling") == case.due_at == Dispatch.objects.get(case=case).due_at
    entry = LogEntry.objects.get(case=case, step="correct")
    assert entry.data["was"]["class"] == COVER
    assert recompute(at=now()) == 0 and faults_of(case) == []


def test_records_are_shown_to_whoever_sees_the_case(client: Any) -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "issue_order")
    from tests.city import person

    client.force_login(person("clerk_swj"))
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "督办" in page and "电话督办" in page and "久拖不决" in page and actor("chief_1").name in page


def test_a_suspension_that_ends_in_a_holiday_goes_on_when_work_does() -> None:
    """Spring Festival 2026: 15 to 23 February off, the 14th worked (State Council, November 2025)."""
    zone = city().zone
    thursday = datetime(2026, 2, 12, 9, tzinfo=zone)
    case = bring_to(State.HANDLING, class_code=TEST_EVENT, norm=NORM_WORK_HOURS, at=thursday)
    assert case.dispatched_at and case.due_at
    stopped = case.dispatched_at + HOUR
    step(case, "ask_suspension", at=stopped)
    step(case, "suspend", at=stopped)
    ends = datetime(2026, 2, 18, 0, tzinfo=zone)  # a suspension asked for today ends later than that
    SideRecord.objects.filter(case=case).update(until=ends)
    Case.objects.filter(pk=case.pk).update(suspended_until=ends)
    assert resume_due(at=datetime(2026, 2, 25, 17, tzinfo=zone)) == 1, "a worker that was down for a week"
    case.refresh_from_db()
    entry = LogEntry.objects.get(case=case, step="resume")
    assert (case.clock_start, entry.data["runs_from"]) == (ends, ends.astimezone(UTC).isoformat())
    assert entry.at == datetime(2026, 2, 25, 17, tzinfo=zone)
    calendar = directory().calendar_of(directory().units[case.lead_unit].kind)
    assert case.due_at
    assert work_seconds_between(calendar, datetime(2026, 2, 18, 0, tzinfo=zone), case.due_at) == 3 * 3600
    assert case.due_at.astimezone(zone).date().isoformat() == "2026-02-24"


def test_a_sender_names_nothing_but_what_the_lists_hold() -> None:
    """The chain holds no free text, and no figure of a sender's own."""
    case = bring_to(State.HANDLING)
    for choices in ({"note": "张三 138"}, {"photos": "x"}, {"mode": "phone"}):
        refused(case, "ask_return", UnknownChoice, choices=choices)
    refused(case, "issue_order", UnknownChoice, choices={"mode": "phone", "cause": "overdue", "yuan": "1"})


def test_a_correction_changes_the_stages_with_the_norm() -> None:
    case = bring_to(State.FILED, class_code=TEST_EVENT, norm=NORM_TWO_STAGES)
    step(case, "dispatch", unit="swj")
    step(case, "sign_for")
    plain, staged = norm_of(NORM_WORK_DAYS), norm_of(NORM_TWO_STAGES)
    correct(case, plain)
    stages = set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    assert stages == {"handling"}
    correct(case, staged)
    stages = set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    assert stages == {"handling", "arrive", "make_safe"} and faults_of(case) == []
    step(case, "make_safe")
    step(case, "finish")
    assert set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True)) == {"handled"}


def norm_of(code: str) -> int:
    return next(n.id for n in catalog().norms_of(TEST_EVENT) if n.code == code)


def correct(case: Case, norm_id: int) -> None:
    step(case, "ask_correction", class_code=TEST_EVENT, norm_id=norm_id)
    step(case, "correct")


def test_a_correction_undoes_no_pause_and_no_extension() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    step(case, "ask_extension", amount=2)
    step(case, "extend")
    step(case, "ask_correction", class_code=TEST_EVENT, norm_id=norm_of(NORM_WORK_HOURS))
    refused(case, "correct", OtherClock)
    paused = handled_by_norm(NORM_NATURAL_DAYS)
    step(paused, "ask_correction", class_code=TEST_EVENT, norm_id=norm_of(NORM_WORK_HOURS))
    step(paused, "ask_suspension")
    step(paused, "suspend")
    refused(paused, "correct", Suspended)


def test_what_was_asked_under_the_wrong_norm_falls_away_with_it() -> None:
    case = handled_by_norm(NORM_NATURAL_DAYS)
    step(case, "ask_extension", amount=7)
    correct(case, norm_of(NORM_WORK_HOURS))
    assert record(case, "extension").ruling == "lapsed"
    assert not Task.objects.filter(case=case, stage="extension.asked", closed_at=None).exists()


def test_a_final_ruling_outlives_a_further_round_and_binds_no_other_unit() -> None:
    case = bring_to(State.HANDLING, channel=HOTLINE)
    for code in ("ask_return", "refuse_return", "object_return"):
        step(case, code)
    step(case, "rule_return", result="upheld")
    for code in ("finish", "send_check", "answer_check"):
        step(case, code)
    step(case, "call_back", result="unsatisfied")
    assert case.state == "handling"
    refused(case, "ask_return", ReturnSettled)
    other = bring_to(State.HANDLING)
    for code in ("ask_return", "refuse_return", "ask_escalation", "escalate"):
        step(other, code)
    step(other, "dispatch", unit="csgl")
    refused(other, "object_return", NoRequest)
    step(other, "ask_return")


def test_an_exemption_ends_with_the_round_it_was_granted_for() -> None:
    case = overdue()
    step(case, "appeal_overdue")
    step(case, "review_appeal")
    step(case, "decide_appeal")
    step(case, "reopen")
    assert not case.overdue_exempt


def test_a_correction_before_dispatch_routes_anew() -> None:
    case = bring_to(State.FILED, class_code=COVER)
    before = case.route
    step(case, "ask_correction")
    step(case, "correct")
    assert case.route != before and case.state == "filed"
    step(case, "dispatch")


def test_the_second_unit_of_a_joint_order_sees_the_case() -> None:
    case = bring_to(State.HANDLING)
    assert not is_visible(case, actor("clerk_csgl"))
    joint = {"mode": "joint", "cause": "overdue"}
    refused(case, "issue_order", JointNeedsTwo, choices=joint)
    refused(case, "issue_order", JointNeedsTwo, unit="swj", choices=joint)
    refused(case, "issue_order", UnknownUnit, unit="squad_east", choices=joint)
    refused(case, "issue_order", OneUnitOnly, unit="csgl", choices={"mode": "phone", "cause": "overdue"})
    step(case, "issue_order", unit="csgl", choices={"mode": "joint", "cause": "overdue"})
    assert is_visible(case, actor("clerk_csgl")) and not is_visible(case, actor("clerk_xijie"))
    assert record(case, "supervision").unit == "swj"
