# SPDX-License-Identifier: Apache-2.0
"""Callbacks, investigation, joined and linked cases, requests of the unit."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tests.city import (
    COVER,
    IN_EAST,
    IN_WEST,
    MORNING,
    OUTSIDE,
    STREET_EVENT,
    UNIT_GRID_EAST,
    UNIT_GRID_WEST,
    actor,
    person,
)
from tests.loop import HOTLINE, bring_to, new_case, step
from wangge.cases.access import offered_steps
from wangge.cases.actions.units_moved import follow_units
from wangge.cases.errors import AnswersContradict, PlaceSettled
from wangge.cases.flow import State
from wangge.cases.models import Case, CaseLink, Dispatch, LogEntry, SideRecord, Task
from wangge.cases.queries import duplicate_candidates, my_tasks
from wangge.cases.reference import flow_by_id
from wangge.cases.verification import faults_of
from wangge.common.coordinates import Point
from wangge.common.errors import NotFound
from wangge.common.fresh import forget_all
from wangge.notices.models import Notice
from wangge.organizations.models import Post, Responsibility, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

ROUND = ("finish", "send_check", "answer_check")


@pytest.mark.parametrize(
    ("channel", "leads_to"), [("operator", "closing"), (HOTLINE, "callback"), ("web", "callback")]
)
def test_reporters_of_some_channels_are_called_back(channel: str, leads_to: str) -> None:
    case = bring_to(State.CHECKING, channel=channel)
    step(case, "answer_check")
    assert case.state == leads_to


def test_unsatisfied_twice_is_investigated_until_explained() -> None:
    case = bring_to(State.CALLBACK)
    for number, leads_to in enumerate(("handling", "investigating"), start=1):
        step(case, "call_back", result="unsatisfied")
        assert (case.state, case.unsatisfied_count) == (leads_to, number)
        if leads_to == "handling":
            for code in ROUND:
                step(case, code)
    step(case, "conclude", result="rework")
    for code in ROUND:
        step(case, code)
    step(case, "call_back", result="unsatisfied")
    assert (case.state, case.unsatisfied_count) == ("investigating", 3)
    step(case, "conclude")
    step(case, "close", result="explained")
    assert (case.state, case.closing) == ("closed", "explained")
    answers = [
        e.data["satisfied"] for e in LogEntry.objects.filter(case=case, step="call_back").order_by("seq")
    ]
    assert answers == [False, False, False]


def test_three_tries_reach_nobody_and_the_case_goes_on() -> None:
    case = bring_to(State.CALLBACK)
    for tries, leads_to in enumerate(("callback", "callback", "closing"), start=1):
        step(case, "call_back", result="unreachable")
        assert (case.state, case.callback_tries) == (leads_to, tries)
    assert Task.objects.filter(case=case, stage="callback").count() == 3
    entry = LogEntry.objects.filter(case=case, step="call_back").latest("seq")
    assert entry.data["satisfied"] is None, "an unreachable caller is not counted as either"


def test_every_round_of_callbacks_has_its_three_tries() -> None:
    case = bring_to(State.CALLBACK)
    for _ in range(2):
        step(case, "call_back", result="unreachable")
    step(case, "call_back", result="unsatisfied")
    assert (case.state, case.callback_tries) == ("handling", 0)
    reopened = bring_to(State.CALLBACK)
    for _ in range(3):
        step(reopened, "call_back", result="unreachable")
    for code in ("close", "reopen", *ROUND):
        step(reopened, code)
    step(reopened, "call_back", result="unreachable")
    assert (reopened.state, reopened.callback_tries) == ("callback", 1)


def test_a_merged_case_points_to_its_target_and_both_keep_their_record() -> None:
    case, target = new_case(at=None), new_case(at=None)
    step(case, "merge", target=target.number)
    assert (case.state, case.merged_into_id) == ("merged", target.pk)
    assert LogEntry.objects.get(case=case, step="merge").data["target"] == target.number
    assert not Task.objects.filter(case=case, closed_at=None).exists()
    target.refresh_from_db()
    assert target.log_seq == 1 and faults_of(case) == faults_of(target) == []


def test_a_link_stands_once_whichever_end_it_is_made_from() -> None:
    one, two = new_case(), new_case()
    step(two, "link", target=one.number)
    step(one, "link", target=two.number)
    step(one, "link", target=two.number)
    link = CaseLink.objects.get()
    assert (link.case_id, link.other_id, link.linked_by) == (one.pk, two.pk, person("operator_1"))
    assert (one.state, two.state) == ("reported", "reported")


def _candidates(
    login: str = "operator_1", *, at: datetime = MORNING, here: Point = IN_EAST, excluding: int = 0
) -> list[int]:
    found = duplicate_candidates(
        actor(login), class_code=COVER, lon=here.lon, lat=here.lat, at=at, excluding=excluding
    )
    return [row.id for row, _ in found]


def _north(metres: float) -> Point:
    return Point(IN_EAST.lon, IN_EAST.lat + metres / 111_195)


def _east(metres: float) -> Point:
    return Point(IN_EAST.lon + metres / 111_195 / 0.8659, IN_EAST.lat)  # cos(30.015°)


def test_candidates_are_of_the_class_near_recent_and_open_nearest_first() -> None:
    at_48, at_20, here = new_case(where=_north(48)), new_case(where=_east(20)), new_case()
    new_case(where=_north(52))
    new_case(where=_east(-52))
    new_case(class_code=STREET_EVENT)
    new_case(where=None)
    bring_to(State.REJECTED, at=MORNING - timedelta(minutes=5))
    assert _candidates() == [here.pk, at_20.pk, at_48.pk]
    assert _candidates(excluding=here.pk) == [at_20.pk, at_48.pk]
    assert _candidates(at=MORNING + timedelta(hours=24)) == [here.pk, at_20.pk, at_48.pk]
    assert _candidates(at=MORNING + timedelta(hours=24, seconds=1)) == []
    assert _candidates(at=MORNING - timedelta(seconds=1)) == []
    assert _candidates("operator_west") == _candidates("outsider") == []


def test_a_report_from_outside_every_grid_is_kept_flagged_and_can_be_placed() -> None:
    far, nowhere = new_case(where=OUTSIDE), new_case(where=None)
    for case in (far, nowhere):
        assert (case.outside, case.unit_grid_id, case.squad, case.area_path) == (True, None, "", "990101/")
        assert Task.objects.get(case=case).post == "operator"
    assert (far.lon, nowhere.lon) == (OUTSIDE.lon, None)
    step(nowhere, "accept")
    assert (nowhere.outside, nowhere.squad) == (False, "squad_east")
    assert nowhere.command_path == "990101/990101001/"
    rejected = new_case(where=OUTSIDE)
    step(rejected, "reject")
    assert rejected.state == "rejected"


def test_the_inspector_of_another_squad_neither_sees_nor_checks() -> None:
    case = bring_to(State.CHECKING, where=IN_WEST)
    with pytest.raises(NotFound), transaction.atomic():
        step(case, "answer_check", by="inspector_east")
    step(case, "answer_check", by="inspector_west")


def test_a_request_is_ruled_once_and_a_void_case_settles_it() -> None:
    case = bring_to(State.DISPATCHED)
    step(case, "ask_return")
    step(case, "void")
    request = SideRecord.objects.get(case=case)
    assert (case.state, request.ruling, request.ended_at) == ("void", "lapsed", case.last_at)
    assert not Task.objects.filter(case=case, closed_at=None).exists()
    assert not Dispatch.objects.filter(case=case, ended_at=None).exists()


def test_a_signed_case_can_still_be_asked_back_and_assigned_meanwhile() -> None:
    case = bring_to(State.DISPATCHED)
    step(case, "ask_return")
    step(case, "assign")
    stages = set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    assert stages == {"handling", "return.asked"}
    step(case, "return")
    stages = set(Task.objects.filter(case=case, closed_at=None).values_list("stage", flat=True))
    assert (stages, case.handler_id) == ({"filed"}, None)


@pytest.mark.parametrize(
    ("result", "solved", "satisfied"),
    [("satisfied", False, False), ("satisfied", True, False), ("unsatisfied", True, True)],
)
def test_a_callback_says_what_its_answers_say(result: str, solved: bool, satisfied: bool) -> None:
    case = bring_to(State.CALLBACK)
    with pytest.raises(AnswersContradict), transaction.atomic():
        step(case, "call_back", result=result, solved=solved, satisfied=satisfied)
    assert case.state == State.CALLBACK


def test_a_reopened_case_begins_its_callbacks_anew() -> None:
    case = bring_to(State.CALLBACK)
    step(case, "call_back", result="unsatisfied")
    for code in (*ROUND, "call_back", "close", "reopen", *ROUND):
        step(case, code)
    step(case, "call_back", result="unsatisfied")
    assert case.state == State.HANDLING


def test_an_escalation_is_no_return() -> None:
    case = bring_to(State.HANDLING)
    step(case, "ask_escalation")
    step(case, "escalate")
    assert (case.state, case.return_count, case.command_path) == (State.FILED, 0, "990101/")


def test_the_place_is_settled_when_a_case_is_sent_to_be_checked() -> None:
    case = bring_to(State.HANDLED)
    with pytest.raises(PlaceSettled), transaction.atomic():
        step(case, "send_check", grid_code=UNIT_GRID_WEST)
    step(case, "send_check", grid_code=UNIT_GRID_EAST)
    assert case.state == State.CHECKING


def test_all_reporters_hear_the_end_and_the_unit_hears_what_leaves_it() -> None:
    first = bring_to(State.REPORTED, at=None, reporter="inspector_east")
    second = bring_to(State.DISPATCHED, at=None, reporter="operator_1")
    step(first, "merge", target=second.number)
    step(second, "void")
    told = set(Notice.objects.filter(case_id=second.pk).values_list("recipient__login", "template"))
    assert {("inspector_east", "ended"), ("operator_1", "ended"), ("clerk_swj", "withdrawn")} <= told


def test_rework_without_a_handler_is_told_to_the_clerks() -> None:
    case = bring_to(State.CHECKING, at=None)
    before = Notice.objects.filter(case_id=case.pk, recipient__login="clerk_swj", template="task").count()
    step(case, "answer_check", result="failed")
    after = Notice.objects.filter(case_id=case.pk, recipient__login="clerk_swj", template="task").count()
    assert (case.handler, after - before) == (None, 1)


def test_a_squad_that_is_no_more_leaves_its_cases_to_the_area() -> None:
    case = bring_to(State.CHECKING)
    Case.objects.filter(pk=case.pk).update(squad="squad_of_old")
    Task.objects.filter(case=case, closed_at=None).update(unit_path="jdzx/squad_of_old/")
    gone = Unit.objects.get(code="squad_west")
    gone.pk, gone.code, gone.path, gone.valid_to = None, "squad_of_old", "jdzx/squad_of_old/", MORNING
    gone.save(force_insert=True)
    assert follow_units() == 1
    inspector = actor("inspector_west")
    assert [row.number for row in my_tasks(inspector, at=case.last_at)] == [case.number]
    step(case, "answer_check", by="inspector_west")
    assert case.state == State.CLOSING


def test_an_old_flow_outlives_the_posts_it_names() -> None:
    case = bring_to(State.HANDLING)
    Post.objects.filter(code="handler").update(valid_to=MORNING)
    forget_all()
    flow_by_id.cache_clear()
    offers = {offer.step.code: offer for offer in offered_steps(case, actor("operator_1"))}
    assert not offers["finish"].allowed


def test_the_owner_of_a_component_decides_before_its_class() -> None:
    Responsibility.objects.create(class_code="C01", place="", owner="csgl", lead="csgl", valid_from=MORNING)
    forget_all()
    case = bring_to(State.REPORTED)
    step(case, "accept", owner="csgl")
    step(case, "file")
    assert case.route and (case.route["lead"], case.route["owner"]) == ("csgl", "csgl")
