# SPDX-License-Identifier: Apache-2.0
"""What is official stays as it is: triggers, second persons, visibility by unit and area."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.city import actor, change_row, person
from tests.loop import bring_to, step
from wangge.cases.errors import KeyReused
from wangge.cases.flow import State
from wangge.cases.models import SideRecord, Task
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.organizations.access import PermissionMissing
from wangge.organizations.models import CalendarVersion
from wangge.supervision.actions.demands import take_demand
from wangge.supervision.actions.orders import OrderData, issue_order, meetings, open_sittings
from wangge.supervision.actions.papers import (
    Asked,
    Content,
    date_demands,
    discard_paper,
    draft_paper,
    issue_paper,
)
from wangge.supervision.errors import (
    DaysWrong,
    NotAMeeting,
    OwnAnswer,
    PersonalNumber,
    SecondPerson,
    SittingOver,
    TooManyCases,
    UnitOutside,
    UnknownCase,
    UnknownUnit,
)
from wangge.supervision.models import Demand, JointAnswer, Paper, Reached, Sitting
from wangge.supervision.queries.orders import SittingCounts, list_sittings, ordered_in, sitting_counts
from wangge.supervision.queries.papers import list_demands, list_papers, undated_demands
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep, urge_demands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = date(2026, 11, 16)


def drafted(*, by: str = "chief_1", kind: str = "regular_meeting", **more: Any) -> Paper:
    given: dict[str, Any] = {
        "title": "例会",
        "first_day": DAY,
        "last_day": DAY,
        "asked": (Asked("swj", "清淤"),),
    }
    content = Content(**given | more)
    return draft_paper(kind, content, actor=actor(by), at=now(), key=uuid4())


def issued(**more: Any) -> Paper:
    paper = drafted(**more)
    return issue_paper(paper.pk, actor=actor("leader"), at=now(), edition=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE supervision_reached SET at = now()",
        "DELETE FROM supervision_reached",
        "UPDATE supervision_paper SET title = 'x'",
        "DELETE FROM supervision_paper",
        "DELETE FROM supervision_papercase",
        "UPDATE supervision_demand SET text = 'x'",
        "DELETE FROM supervision_demand",
        "UPDATE supervision_demandentry SET text = 'x'",
        "UPDATE supervision_jointanswer SET text = 'x'",
        "DELETE FROM supervision_jointanswer",
        "UPDATE supervision_paper SET title = '—', units = '{}'",
        "UPDATE supervision_demandentry SET text = '—', at = now()",
    ],
)
def test_the_database_refuses_to_rewrite(statement: str) -> None:
    case = bring_to(State.HANDLING, at=None)
    assert case.due_at
    sweep(oversight(), at=case.due_at)
    paper = issued(cases=((case.number, ""),))
    demand = Demand.objects.get(paper=paper)
    take_demand(demand.pk, "answer", "已清淤", actor=actor("clerk_swj"), at=now(), seen=0)
    issue_order(
        case.number,
        OrderData("joint", "overdue", "抓紧", "xijie"),
        actor=actor("chief_1"),
        at=now(),
        key=uuid4(),
    )
    JointAnswer.objects.create(
        key=uuid4(), record=SideRecord.objects.get(), unit="xijie", text="路面由我处恢复", at=now(),
        person=person("clerk_xijie"),
    )  # fmt: skip
    assert Reached.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_issues_what_they_wrote_even_past_the_code() -> None:
    paper = drafted()
    with pytest.raises(SecondPerson):
        issue_paper(paper.pk, actor=actor("chief_1"), at=now(), edition=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(
            state="issued", issued_by=paper.drafted_by_id, issued_at=now()
        )


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"text": "电话13812345678"}, PersonalNumber),
        ({"text": "身份证11010119900101123X"}, PersonalNumber),
        ({"cases": (("TC20269999", ""),)}, UnknownCase),
        ({"units": ("nobody",)}, UnknownUnit),
        ({"cases": tuple((f"TC2026{n:04}", "") for n in range(201))}, TooManyCases),
    ],
)
def test_a_draft_is_refused_whole(more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        drafted(**more)
    assert not Paper.objects.exists()


def test_a_case_s_number_is_no_personal_number() -> None:
    case = bring_to(State.HANDLING, at=None)
    assert drafted(text=f"案卷 {case.number} 须限期办结。").text


def test_a_unit_s_clerk_neither_drafts_nor_cites_what_they_do_not_see() -> None:
    with pytest.raises(PermissionMissing):
        drafted(by="clerk_swj")
    west_only = bring_to(State.HANDLING, at=None)
    with pytest.raises(UnknownCase):
        drafted(by="chief_west", cases=((west_only.number, ""),))


def test_a_street_names_its_own_units_and_those_in_charge_of_a_case_it_cites() -> None:
    case = bring_to(State.HANDLING, at=None)
    outside: list[dict[str, Any]] = [{}, {"asked": (), "units": ("swj",)}, {"asked": (), "units": ("xijie",)}]
    for more in outside:
        with pytest.raises(UnitOutside):
            drafted(by="chief_east", **more)
    assert not Paper.objects.exists()
    assert drafted(by="chief_east", cases=((case.number, ""),)).units == ["swj"]
    assert drafted(by="chief_east", asked=(), units=("dongjie",)).units == ["dongjie"]
    assert drafted(by="chief_1", asked=(), units=("xijie", "dongjie", "swj")).units


def test_what_was_to_be_done_by_a_day_that_passed_is_not_issued() -> None:
    today = now().astimezone(city().zone).date()
    paper = drafted(asked=(Asked("swj", "清淤", today),))
    with pytest.raises(DaysWrong):
        issue_paper(paper.pk, actor=actor("leader"), at=now() + timedelta(days=1), edition=1)
    paper.refresh_from_db()
    assert paper.state == "draft" and not Demand.objects.exclude(state="drafted").exists()
    issue_paper(paper.pk, actor=actor("leader"), at=now(), edition=1)


def test_what_the_calendar_cannot_date_is_issued_and_dated_once_it_can() -> None:
    late = datetime(2026, 12, 30, 2, tzinfo=UTC)
    paper = drafted()
    issue_paper(paper.pk, actor=actor("leader"), at=late, edition=1)
    demand = Demand.objects.get(paper=paper)
    assert (demand.state, demand.due_at) == ("open", None) and date_demands() == 0
    assert undated_demands(actor("clerk_swj")) == [demand] and list_demands(actor("clerk_swj")) == []
    assert urge_demands(at=late + timedelta(days=90)) == 0
    change_row(CalendarVersion.objects.current().get(unit_kinds=[]), last_year=2027)
    assert date_demands() == 1 and undated_demands(actor("clerk_swj")) == []
    demand.refresh_from_db()
    assert demand.due_at and demand.due_at.year == 2027
    with pytest.raises(IntegrityError), transaction.atomic():
        Demand.objects.filter(pk=demand.pk).update(due_at=late)


def test_a_key_stands_for_one_paper_of_one_person() -> None:
    content = Content("通报", DAY, DAY)
    key = uuid4()
    first = draft_paper("bulletin", content, actor=actor("chief_1"), at=now(), key=key)
    assert draft_paper("bulletin", content, actor=actor("chief_1"), at=now(), key=key).pk == first.pk
    with pytest.raises(KeyReused):
        draft_paper("bulletin", content, actor=actor("chief_2"), at=now(), key=key)


def test_who_sees_a_paper() -> None:
    draft, out = drafted(), issued(title="已印发")
    assert {p.pk for p in list_papers(actor("chief_1"))} >= {draft.pk, out.pk}
    assert [p.pk for p in list_papers(actor("evaluator"))] == [out.pk]
    assert [p.pk for p in list_papers(actor("clerk_swj"))] == [out.pk]
    assert list_papers(actor("clerk_xijie")) == [] and list_papers(actor("outsider")) == []
    assert list_papers(actor("operator_west")) == []


def test_a_demand_out_of_time_is_urged_once_and_nobody_judges_their_own_answer() -> None:
    demand = Demand.objects.get(paper=issued())
    assert demand.due_at and urge_demands(at=now()) == 0
    assert (urge_demands(at=demand.due_at), urge_demands(at=demand.due_at)) == (1, 0)
    take_demand(demand.pk, "answer", "已清淤", actor=actor("clerk_swj"), at=now(), seen=0)
    demand.refresh_from_db()
    demand.entries.model.objects.create(
        demand=demand, seq=9, step="answer", text="x", person=person("chief_1"), at=now()
    )
    with pytest.raises(OwnAnswer):
        take_demand(demand.pk, "accept", "", actor=actor("chief_1"), at=now(), seen=1)


def test_an_answer_sent_back_is_owed_by_a_new_limit_and_urged_again() -> None:
    demand = Demand.objects.get(paper=issued())
    assert demand.due_at and urge_demands(at=demand.due_at) == 1
    late, first = demand.due_at + timedelta(hours=1), demand.due_at
    take_demand(demand.pk, "answer", "已清淤", actor=actor("clerk_swj"), at=late, seen=0)
    take_demand(demand.pk, "send_back", "照片不清", actor=actor("chief_1"), at=late, seen=1)
    demand.refresh_from_db()
    assert demand.state == "open" and demand.urged_at is None and demand.due_at > late > first
    assert (urge_demands(at=late), urge_demands(at=demand.due_at)) == (0, 1)


def test_a_day_named_counts_until_it_has_passed() -> None:
    today = now().astimezone(city().zone).date()
    demand = Demand.objects.get(paper=issued(asked=(Asked("swj", "清淤", today),)))
    for seen, days in ((0, 0), (2, 1)):
        at = now() + timedelta(days=days)
        take_demand(demand.pk, "answer", "已清淤", actor=actor("clerk_swj"), at=at, seen=seen)
        take_demand(demand.pk, "send_back", "照片不清", actor=actor("chief_1"), at=at, seen=seen + 1)
        demand.refresh_from_db()
        assert demand.due_at and (demand.due_at.astimezone(city().zone).date() == today) == (not days)


def test_an_order_is_given_by_a_special_meeting_whose_minutes_are_out() -> None:
    case, chief = bring_to(State.HANDLING, at=None), actor("chief_1")
    wrong = [drafted(kind="special_meeting"), issued(kind="regular_meeting"), drafted(kind="special_meeting")]
    discard_paper(wrong[2].pk, actor=chief, edition=1)
    held = issued(kind="special_meeting")
    assert meetings(chief) == [held]
    for paper in wrong:
        with pytest.raises(NotAMeeting):
            issue_order(case.number, OrderData("phone", "overdue", "抓紧", meeting=paper.pk), actor=chief, at=now(),
                        key=uuid4())  # fmt: skip
    data = OrderData("phone", "overdue", "抓紧", meeting=held.pk)
    assert issue_order(case.number, data, actor=chief, at=now(), key=uuid4()).order_detail.meeting == held


@pytest.mark.parametrize(("ends", "open_then"), [(60, True), (-1, False), (None, True)])
def test_no_order_is_issued_in_a_sitting_that_is_over(ends: int | None, open_then: bool) -> None:
    """`ends`: minutes from now."""
    began, case, chief = now() - timedelta(hours=3), bring_to(State.HANDLING, at=None), actor("chief_1")
    ended = now() + timedelta(minutes=ends) if ends else None
    sitting = Sitting.objects.create(
        leader=person("leader"), began_at=began, ended_at=ended, area_path="990101/", kept_by=person("leader")
    )
    data = OrderData("phone", "overdue", "抓紧", sitting=sitting.pk)
    assert (open_sittings(chief, now()) == [sitting]) == open_then
    if open_then:
        issue_order(case.number, data, actor=chief, at=now(), key=uuid4())
    else:
        with pytest.raises(SittingOver):
            issue_order(case.number, data, actor=chief, at=now(), key=uuid4())
    assert SideRecord.objects.filter(order_detail__sitting=sitting).exists() == open_then


def test_every_sitting_counts_however_many_are_listed() -> None:
    at, leader = now(), person("leader")
    Sitting.objects.bulk_create(
        Sitting(leader=leader, began_at=at - timedelta(minutes=n), area_path="990101/", kept_by=leader)
        for n in range(5)
    )
    chief, span = actor("chief_1"), (at - timedelta(days=1), at + timedelta(days=1))
    case = bring_to(State.HANDLING, at=None)
    first, *_, last = list_sittings(chief, *span)
    data = OrderData("joint", "overdue", "抓紧", second_unit="xijie", sitting=last.pk)
    issue_order(case.number, data, actor=chief, at=at, key=uuid4())
    assert sitting_counts(chief, *span) == SittingCounts(5, 1, 2)
    listed = list_sittings(chief, *span, after=(first.began_at, first.pk), limit=2)
    assert [one.began_at for one in listed] == [at - timedelta(minutes=n) for n in (1, 2)]
    assert [one.units for one in ordered_in([first, last], chief)] == [[], ["swj", "xijie"]]


def test_a_joint_order_that_runs_at_the_upgrade_waits_for_its_second_unit() -> None:
    case = bring_to(State.HANDLING, at=None)
    data = OrderData("joint", "overdue", "抓紧", "xijie")
    order = issue_order(case.number, data, actor=actor("chief_1"), at=now(), key=uuid4())
    waiting = Task.objects.filter(case=case, stage="supervision.issued", closed_at=None).order_by("unit_path")
    asked = list(waiting.values_list("unit_path", "due_at", "post"))
    waiting.filter(unit_path="xijie/").delete()
    SideRecord.objects.filter(pk=order.pk).update(facts={"mode": "joint", "cause": "overdue"})
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(import_module("wangge.supervision.migrations.0010_second_units_reply").JOINT)
    assert list(waiting.all().values_list("unit_path", "post")) == [(path, post) for path, _, post in asked]
    for unit in ("swj", "xijie"):
        step(case, "reply_order", by=f"clerk_{unit}")
    order.refresh_from_db()
    assert order.state == "replied"
