# SPDX-License-Identifier: Apache-2.0
"""Every official procedure around a case, through the pages of the desk."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from tests.city import (
    COVER,
    DISTRICT,
    EAST,
    NORM_WORK_HOURS,
    STREET_EVENT,
    TEST_EVENT,
    UNIT_GRID_EAST,
    change_row,
    person,
)
from tests.four_levels import LEVELS, SOUTH_UNIT, STATION, load_four_levels
from tests.loop import bring_to, step
from tests.stories.people import PLACE, Browser, Cast
from wangge.cases.actions import resume_due
from wangge.cases.flow import State
from wangge.cases.models import Case, Dispatch, SideRecord, Task
from wangge.cases.verification import faults_of
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.exchange.tests.peers import make_peer
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.models import Appointment, CalendarVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _case(number: str) -> Case:
    return Case.objects.get(number=number)


def _filed(cast: Cast) -> str:
    """A cover reported, accepted and filed."""
    number = cast.inspector_east.report(
        description="井盖破损，行人绕行", class_code=COVER, channel="inspector", **PLACE
    )
    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=str(catalog().norms_of(COVER)[0].id))
    return number


def _holds_too(login: str, example: str) -> None:
    """The post of another one as well."""
    held = Appointment.objects.get(person=person(example), valid_to=None)
    held.pk, held.person = None, person(login)
    held.save(force_insert=True)
    forget_all()


def _dispatched(cast: Cast) -> str:
    """The same, dispatched to swj."""
    number = _filed(cast)
    cast.dispatcher_1.take(number, "dispatch", unit="swj")
    return number


def _to_closing(cast: Cast, number: str) -> None:
    cast.handler_swj.take(number, "finish", photos=1, result_text="已更换井盖", **PLACE)
    cast.operator_1.take(number, "send_check", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_check", photos=1, result="passed", **PLACE)


def _to_the_end(cast: Cast, number: str) -> None:
    _to_closing(cast, number)
    cast.chief_1.take(number, "close", result="solved")
    assert _case(number).state == "closed" and faults_of(_case(number)) == []


def test_returned_objected_ruled_and_then_supervised_by_phone_and_in_writing(cast: Cast) -> None:
    number = _dispatched(cast)
    cast.clerk_swj.take(number, "ask_return", reason="不属本单位", basis="权责清单")
    assert not cast.clerk_swj.offers(number, "refuse_return") and number in cast.dispatcher_1.work()
    cast.dispatcher_1.take(number, "refuse_return", reason="清单第三条写明属你单位")
    assert not cast.clerk_swj.offers(number, "ask_return"), "objection, or handling"
    cast.clerk_swj.take(number, "object_return", reason="未看移交协议", basis="移交协议")
    assert number in cast.coordinator.work()
    cast.coordinator.take(number, "rule_return", result="upheld", reason="协议未生效")
    assert not cast.clerk_swj.offers(number, "object_return") and not cast.clerk_swj.offers(
        number, "ask_return"
    )
    page = cast.clerk_swj.page(number)
    assert "终裁不准" in page and "协议未生效" in page

    cast.clerk_swj.take(number, "sign_for")
    cast.chief_1.take(number, "issue_order", mode="phone", cause="returned", reason="久拖不决")
    assert number in cast.clerk_swj.work() and "电话督办" in cast.clerk_swj.page(number)
    cast.clerk_swj.take(number, "reply_order", result_text="明日进场")
    assert number in cast.chief_2.work()
    cast.chief_2.take(number, "send_back_order", reason="未写完成时间")
    cast.clerk_swj.take(number, "reply_order", result_text="后天完成")
    cast.chief_2.take(number, "accept_order")
    cast.leader.take(number, "issue_order", mode="written", cause="overdue", reason="仍未完成")
    _to_closing(cast, number)
    assert not cast.chief_1.offers(number, "close") and "督办还没有办结" in cast.chief_1.page(number)
    cast.clerk_swj.take(number, "reply_order", result_text="今日完成")
    cast.chief_2.take(number, "accept_order")
    cast.chief_1.take(number, "close", result="solved")
    assert _case(number).state == "closed" and faults_of(_case(number)) == []
    orders = SideRecord.objects.filter(case__number=number, kind="supervision").order_by("id")
    assert [(o.facts["mode"], o.ruling) for o in orders] == [("phone", "granted"), ("written", "granted")]


def test_extended_suspended_and_resumed_by_itself(cast: Cast) -> None:
    number = _dispatched(cast)
    cast.clerk_swj.take(number, "sign_for")
    due = _case(number).due_at
    assert due
    page = cast.clerk_swj.page(number)
    assert "每轮最多延期 2 次" in page and "最长 365 天" in page
    cast.clerk_swj.take(number, "ask_extension", amount="9999", reason="雨天", status=422)
    cast.clerk_swj.take(number, "ask_extension", amount="1", reason="雨天")
    cast.dispatcher_1.take(number, "extend")
    later = _case(number).due_at
    assert later and later > due
    last = now().astimezone(city().zone).date() + timedelta(days=20)
    cast.clerk_swj.take(number, "ask_suspension", until=last.isoformat(), reason="列入大修", basis="大修计划")
    cast.dispatcher_1.take(number, "suspend")
    page = cast.clerk_swj.page(number)
    assert "挂账中" in page and _case(number).due_at is None
    until = _case(number).suspended_until
    assert until and resume_due(at=until) == 1
    assert "挂账中" not in cast.clerk_swj.page(number) and _case(number).due_at
    _to_the_end(cast, number)


def _off_until(last: date) -> None:
    """Work goes on from eight to twelve and from two to six, on every day but a holiday from yesterday on."""
    day = ["08:00-12:00", "14:00-18:00"]
    off = [now().astimezone(city().zone).date() - timedelta(days=1)]
    while off[-1] < last:
        off.append(off[-1] + timedelta(days=1))
    change_row(
        CalendarVersion.objects.get(code="standard", valid_to=None), last_year=last.year + 1,
        weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), day), seasons=[],
        exceptions=[{"date": f"{one}", "kind": "holiday", "name_zh": "假期", "name_en": "Holiday"} for one in off],
    )  # fmt: skip


def test_suspended_and_resumed_by_itself_over_a_holiday(cast: Cast) -> None:
    zone, api = city().zone, make_peer("dispatcher_1")
    today = now().astimezone(zone).date()
    last_off = today + timedelta(days=6)
    _off_until(last_off)
    # four working hours: the first morning there is
    due = datetime.combine(last_off + timedelta(days=1), time(12), zone)
    number = cast.inspector_east.report(
        description="路面破损", class_code=TEST_EVENT, channel="inspector", **PLACE
    )
    norm = next(n for n in catalog().norms_of(TEST_EVENT) if n.code == NORM_WORK_HOURS)
    cast.operator_1.take(number, "accept", class_code=TEST_EVENT, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=str(norm.id))
    cast.dispatcher_1.take(number, "dispatch", unit="csgl")
    cast.clerk_csgl.take(number, "sign_for")

    def told() -> list[datetime | None]:
        """By the API: when it is due, and until when it is suspended."""
        case = api.get(f"/cases/{number}").json()
        moments = (case["due_at"], case["suspended_until"])
        return [moment and datetime.fromisoformat(moment) for moment in moments]

    assert told() == [due, None]
    until = f"{today + timedelta(days=2)}"
    cast.clerk_csgl.take(number, "ask_suspension", until=until, reason="列入大修", basis="大修计划")
    assert told() == [due, None], "asked is not granted"
    cast.dispatcher_1.take(number, "suspend")
    ends = datetime.combine(today + timedelta(days=3), time(), zone)
    assert ends.date() < last_off and told() == [None, ends]
    assert "处置时限停止计算" in cast.clerk_csgl.page(number)
    assert resume_due(at=ends - timedelta(seconds=1)) == 0 and told() == [None, ends]
    assert resume_due(at=ends) == 1 and resume_due(at=ends) == 0
    assert told() == [due, None], "nothing of the limit is gone before work goes on"
    page = cast.clerk_csgl.page(number)
    assert (
        "挂账结束" in _notices(cast.clerk_csgl)
        and f"{due:%Y-%m-%d %H:%M}" in page
        and "处置时限停止计算" not in page
    )
    cast.handler_csgl.take(number, "finish", photos=1, result_text="已修复", **PLACE)
    assert faults_of(_case(number)) == []


def _notices(reader: Browser) -> str:
    return reader.client.get(reverse("desk:notices")).content.decode()


def test_a_hazard_is_rewarded_by_three_people_within_the_budget_of_the_year(cast: Cast) -> None:
    number = _dispatched(cast)
    assert not cast.operator_1.offers(number, "propose_reward"), "only what has ended"
    cast.clerk_swj.take(number, "sign_for")
    _to_the_end(cast, number)
    assert not cast.inspector_east.offers(number, "propose_reward"), "nobody for their own report"
    cast.operator_1.take(number, "propose_reward", amount="501", reason="及时发现", status=422)
    cast.operator_1.take(number, "propose_reward", amount="200", reason="及时发现重大隐患")
    assert number in cast.leader.work() and not cast.operator_1.offers(number, "grant_reward")
    cast.leader.take(number, "grant_reward")
    assert not cast.leader.offers(number, "pay_reward") and number in cast.evaluator.work()
    cast.evaluator.take(number, "pay_reward", remark="第 17 号凭证")
    told = Notice.objects.filter(template="rewarded").values_list("recipient_id", flat=True)
    assert list(told) == [person("inspector_east").pk]
    ledger = cast.evaluator.client.get(reverse("desk:rewards")).content.decode()
    assert number in ledger and "已发放" in ledger and "299800" in ledger
    assert not cast.operator_1.offers(number, "propose_reward") and faults_of(_case(number)) == []


def test_a_unit_is_consulted_and_a_wrong_class_is_corrected(cast: Cast) -> None:
    number = _dispatched(cast)
    cast.clerk_csgl.page(number, status=404)
    cast.clerk_swj.take(number, "consult", unit="csgl", reason="地下管线归谁")
    cast.clerk_swj.take(number, "consult", unit="csgl", reason="再问一次", status=409)
    cast.clerk_swj.take(number, "consult", unit="xijie", reason="路面归谁")
    assert number in cast.clerk_csgl.work() and number in cast.clerk_xijie.work()
    cast.clerk_csgl.take(number, "answer_consultation", finding="归市政")
    assert "归市政" in cast.clerk_swj.page(number) and not cast.clerk_csgl.offers(
        number, "answer_consultation"
    )
    assert number not in cast.clerk_csgl.work() and number in cast.clerk_xijie.work()
    cast.clerk_xijie.take(number, "answer_consultation", finding="归街道")
    found = cast.operator_1.client.get(reverse("desk:norm_search"), {"norm_words": "井盖"}).content.decode()
    assert 'name="right"' in found
    other = next(
        (c, n)
        for c in catalog().classes
        for n in catalog().norms_of(c)
        if catalog().fileable(c) and c != COVER
    )
    cast.operator_1.take(number, "ask_correction", right=f"{other[0]}:{other[1].id}", reason="类别选错")
    cast.chief_1.take(number, "correct")
    assert _case(number).class_code == other[0] and faults_of(_case(number)) == []


def test_one_of_two_assisting_units_answers_and_may_not_judge_what_it_did(cast: Cast) -> None:
    number = _filed(cast)
    cast.dispatcher_1.take(number, "dispatch", unit="swj", assist=["csgl", "xijie"])
    assert number in cast.clerk_csgl.work() and "协办：待反馈" in cast.clerk_csgl.work()
    assert not cast.clerk_swj.offers(number, "answer_assistance"), "the unit in charge answers for nobody"
    cast.clerk_csgl.take(number, "answer_assistance", status=422)
    cast.clerk_csgl.take(number, "answer_assistance", photos=1, result_text="已断水三小时")
    assert ("assistance_answered", "clerk_swj") in _told(number)
    assert number not in cast.clerk_csgl.work() and number in cast.clerk_xijie.work()
    cast.clerk_swj.take(number, "sign_for")
    page = cast.clerk_swj.page(number)
    assert page.count("待反馈") == 1 and "已反馈" in page and "已断水三小时" in page
    for login, example in (
        ("clerk_csgl", "operator_1"),
        ("clerk_csgl", "chief_1"),
        ("clerk_xijie", "chief_1"),
    ):
        _holds_too(login, example)
    cast.handler_swj.take(number, "finish", photos=1, result_text="已更换井盖", **PLACE)
    for page in (cast.clerk_swj.page(number), cast.clerk_xijie.page(number)):
        assert page.count("未答复，自行终止") == 2, "beside the line, and in the course of the case"
    assert number not in cast.clerk_xijie.work() and not cast.clerk_xijie.offers(number, "answer_assistance")
    assert [login for name, login in _told(number) if name == "asked_lapsed"] == ["clerk_xijie"]
    assert f"{number} 已离开原环节，贵单位尚未答复的协办自行终止" in _notices(cast.clerk_xijie)
    assert not cast.clerk_csgl.offers(number, "send_check") and "另一位同事" in cast.clerk_csgl.page(number)
    cast.operator_1.take(number, "send_check", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_check", photos=1, result="passed", **PLACE)
    assert not cast.clerk_csgl.offers(number, "close")
    cast.clerk_xijie.take(number, "close", result="solved")
    assert _case(number).state == "closed" and faults_of(_case(number)) == []


def test_up_to_the_district_and_back_to_the_street(cast: Cast) -> None:
    number = _dispatched(cast)
    cast.clerk_swj.take(number, "ask_escalation", reason="超出能力", basis="需要跨区协调")
    cast.dispatcher_east.take(number, "escalate", reason="情况属实")
    assert _case(number).command_path == f"{DISTRICT}/" and not cast.dispatcher_east.offers(
        number, "dispatch"
    )
    cast.dispatcher_1.take(number, "assign_down", area=EAST, reason="街道可办")
    assert _case(number).command_path == f"{DISTRICT}/{EAST}/"
    cast.dispatcher_east.take(number, "dispatch", unit="swj")
    cast.clerk_swj.take(number, "sign_for")
    _to_the_end(cast, number)


@pytest.fixture
def four_levels(tmp_path: Path) -> Iterator[None]:
    load_four_levels(tmp_path, at=now())
    forget_all()
    yield
    forget_all()


def _stands_at(cast: Cast, number: str, level: str) -> None:
    """Filed at a level: there, and above, somebody may dispatch, below nobody; the stage has a clock and no unit the case."""
    case = _case(number)
    assert (case.state, case.command_path, case.lead_unit) == ("filed", LEVELS[level], "")
    task = Task.objects.get(case=case, closed_at=None)
    assert (task.post, task.area_path, task.unit_path) == ("dispatcher", LEVELS[level], "") and task.due_at
    assert case.due_at is None and case.clock_start is None
    reaches = [*LEVELS].index(level)
    for n, desk in enumerate(DESKS):
        dispatcher = getattr(cast, desk)
        assert dispatcher.offers(number, "dispatch") == (n >= reaches), (desk, level)
        assert (number in dispatcher.work()) == (n >= reaches), (desk, level)
    cast.dispatcher_west.page(number, status=404)


def _given_to(cast: Cast, number: str, unit: str, desk: str) -> None:
    """Dispatched as the matrix proposes, with a full limit; the unit's clerk is told, and sees the case from now on."""
    assert (_case(number).route or {})["lead"] == unit
    clerk = getattr(cast, f"clerk_{unit}")
    getattr(cast, desk).take(number, "dispatch", unit=unit)
    case, given = _case(number), Dispatch.objects.filter(case__number=number).latest("id")
    assert case.due_at and (given.unit, given.due_at, given.ended_at) == (unit, case.due_at, None)
    assert number in clerk.work() and ("task", clerk.login) in _told(number)


def _told(number: str) -> set[tuple[str, str]]:
    rows = Notice.objects.filter(case_id=_case(number).pk)
    return set(rows.values_list("template", "recipient__login"))


#: who dispatches at each level of LEVELS, and to whom
DESKS = ("dispatcher_one", "dispatcher_east", "dispatcher_south", "dispatcher_1")
UNITS = (STATION, "dongjie", SOUTH_UNIT, "swj")


@pytest.mark.usefixtures("four_levels")
def test_a_matter_goes_up_four_levels_and_back(cast: Cast) -> None:
    number = cast.inspector_east.report(
        description="违法搭建", class_code=STREET_EVENT, channel="inspector", **PLACE
    )
    cast.operator_1.take(number, "accept", class_code=STREET_EVENT, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=str(catalog().norms_of(STREET_EVENT)[0].id))
    levels = [*LEVELS]
    for n, (level, desk, unit) in enumerate(zip(levels, DESKS, UNITS, strict=True)):
        _stands_at(cast, number, level)
        getattr(cast, f"clerk_{unit}").page(number, status=404)
        _given_to(cast, number, unit, desk)
        clerk = getattr(cast, f"clerk_{unit}")
        clerk.take(number, "ask_escalation", reason="超出能力", basis="需要上级协调")
        assert number in getattr(cast, desk).work()
        for below in DESKS[:n]:
            assert not getattr(cast, below).offers(number, "escalate"), "a lower level rules on nothing"
        if level == "city":
            getattr(cast, desk).take(number, "escalate", reason="情况属实", status=409)
            getattr(cast, desk).take(number, "refuse_escalation", reason="市级已是最高一级")
            break
        getattr(cast, desk).take(number, "escalate", reason="情况属实")
        assert ("request_granted", clerk.login) in _told(number) and number not in clerk.work()
        assert clerk.page(number), "who had it still sees what became of it"
        used = Dispatch.objects.filter(case__number=number).latest("id")
        assert used.ended_at and used.used_seconds is not None

    # back by the city's own unit, then down level by level to where it came from
    cast.clerk_swj.take(number, "ask_return", reason="社区可办", basis="权责清单")
    cast.dispatcher_1.take(number, "return", reason="已协调，交社区办理")
    for above, level in zip(levels[:0:-1], levels[-2::-1], strict=True):
        _stands_at(cast, number, above)
        desk = getattr(cast, DESKS[levels.index(above)])
        desk.take(number, "assign_down", area=LEVELS[level].split("/")[-2], reason="下级可办")
    _stands_at(cast, number, "community")
    _given_to(cast, number, STATION, "dispatcher_one")
    cast.clerk_gzz.take(number, "sign_for")
    cast.handler_gzz.take(number, "finish", photos=1, result_text="已劝阻拆除", **PLACE)
    cast.operator_1.take(number, "send_check", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_check", photos=1, result="passed", **PLACE)
    cast.chief_1.take(number, "close", result="solved")
    case = _case(number)
    assert (case.state, case.command_path, case.lead_unit) == ("closed", LEVELS["community"], STATION)
    assert faults_of(case) == [] and not Task.objects.filter(case=case, closed_at=None).exists()
    for unit in UNITS:
        assert getattr(cast, f"clerk_{unit}").page(number)


@pytest.mark.usefixtures("four_levels")
def test_the_station_handles_first_what_is_graded_simple(cast: Cast) -> None:
    code = next(c for c in sorted(catalog().classes) if c.startswith("E05") and catalog().fileable(c))
    numbers = []
    for grade in ("", "ordinary", "simple"):
        number = cast.inspector_east.report(
            description="路面积水", class_code=code, channel="inspector", **PLACE
        )
        cast.operator_1.take(number, "accept", class_code=code, grid_code=UNIT_GRID_EAST)
        norm = str(catalog().norms_of(code)[0].id)
        cast.chief_1.take(number, "file", norm_id=norm, grade="golden", status=422)
        cast.chief_1.take(number, "file", norm_id=norm, grade=grade)
        numbers.append(number)
    assert [_case(n).command_path for n in numbers] == [
        LEVELS[level] for level in ("district", "district", "community")
    ]
    assert "转工作站" in cast.dispatcher_one.page(numbers[2]) and "转工作站" not in cast.dispatcher_1.page(
        numbers[1]
    )
    _stands_at(cast, numbers[2], "community")
    cast.dispatcher_one.take(numbers[2], "dispatch", unit=STATION, reason="案情简单，由工作站先行处置")
    cast.clerk_gzz.take(numbers[2], "ask_escalation", reason="超出能力", basis="需街道协调")
    cast.dispatcher_one.take(numbers[2], "escalate", reason="属实")
    _stands_at(cast, numbers[2], "street")


def test_split_half_merged_unmerged_and_gathered(cast: Cast) -> None:
    number = cast.inspector_east.report(
        description="井盖与路面都坏了", class_code=COVER, channel="inspector", **PLACE
    )
    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=str(catalog().norms_of(COVER)[0].id))
    cast.dispatcher_1.take(number, "split", parts="只有一件", status=422)
    cast.dispatcher_1.take(number, "split", parts="更换井盖\n修补路面")
    first, second = _case(number).children.order_by("id")
    assert first.number in cast.dispatcher_1.page(number) and number in cast.operator_1.page(first.number)
    assert cast.chief_1.client.post(reverse("desk:step", args=[number, "gather"])).status_code != 302
    other = bring_to(State.REPORTED, at=None)
    cast.operator_1.take(second.number, "merge", target=other.number)
    cast.operator_1.take(second.number, "unmerge", reason="不是同一处")
    assert _case(second.number).state == "reported"
    for child in (first, second):
        child.refresh_from_db()
        for code in (
            "accept",
            "file",
            "dispatch",
            "sign_for",
            "finish",
            "send_check",
            "answer_check",
            "close",
        ):
            step(child, code)
    cast.chief_1.take(number, "gather")
    cast.chief_1.take(number, "close", result="solved")
    assert faults_of(_case(number)) == []


def test_an_overdue_mark_is_appealed(cast: Cast) -> None:
    case = bring_to(State.HANDLING)
    assert case.due_at
    step(case, "finish", at=case.due_at + timedelta(hours=1))
    for code in ("send_check", "answer_check"):
        step(case, code)
    step(case, "close", at=now() - timedelta(minutes=1))
    cast.clerk_swj.take(case.number, "appeal_overdue", reason="台风停工", basis="市防汛令")
    cast.chief_2.take(case.number, "review_appeal", result="passed", reason="属实")
    cast.evaluator.take(case.number, "decide_appeal", result="granted", reason="属实")
    assert _case(case.number).overdue_exempt and "超期申诉成立" in cast.clerk_swj.page(case.number)


def test_settled_on_the_spot_and_self_handled(cast: Cast) -> None:
    number = cast.inspector_east.report(
        description="共享单车倒地", class_code=COVER, channel="inspector", **PLACE
    )
    cast.inspector_east.take(number, "settle", photos=1, result_text="当场扶正")
    assert _case(number).state == "settled"
    number = cast.clerk_swj.report(
        description="本站门前井盖松动", class_code=COVER, channel="operator", **PLACE
    )
    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    cast.clerk_swj.take(number, "self_handle", photos=1, result_text="已紧固")
    assert not cast.clerk_swj.offers(number, "close")
    cast.chief_1.take(number, "close", result="solved")
    assert faults_of(_case(number)) == []
