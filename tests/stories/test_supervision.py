# SPDX-License-Identifier: Apache-2.0
"""A unit is supervised, by HTTP: reminded, urged, ordered by phone and in writing; a bulletin; meetings; a sitting."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from tests.city import EAST, MORNING, WEST, actor, person
from tests.loop import bring_to, new_case, step
from wangge.cases.actions.visits import record_visit
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, SideRecord, Task
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.supervision.actions.occasions import open_occasions
from wangge.supervision.models import (
    AgendaItem,
    Campaign,
    Demand,
    JointAnswer,
    Occasion,
    Paper,
    Sitting,
)
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
Browser = Callable[[str], Client]


@pytest.fixture
def browser() -> Browser:
    def signed_in(login: str) -> Client:
        client = Client()
        client.force_login(person(login))
        return client

    return signed_in


def page(client: Client, address: str, expected: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == expected, address
    return answer.content.decode()


def send(client: Client, address: str, expected: int = 302, **data: Any) -> Any:
    answer = client.post(address, {"key": str(uuid4()), **data})
    assert answer.status_code == expected, re.findall(r'id="refusal".*?</div>', answer.content.decode(), re.S)
    return answer


def order(client: Client, case: Case, mode: str, **more: Any) -> SideRecord:
    send(
        client,
        reverse("oversight:new_order"),
        case=case.number,
        mode=mode,
        **{"cause": "overdue", "reason": "久拖不决"} | more,
    )
    return SideRecord.objects.filter(case=case, kind="supervision").latest("pk")


def act(client: Client, found: SideRecord, step: str, text: str = "", expected: int = 302) -> Any:
    found.case.refresh_from_db()
    address = reverse("oversight:order_step", args=[found.pk, step])
    answer = send(client, address, expected, text=text, seen=found.case.log_seq)
    found.refresh_from_db()
    return answer


def test_an_overdue_case_is_reminded_urged_and_ordered_twice(browser: Browser) -> None:
    case, due = bring_to(State.HANDLING, at=None), now() - timedelta(days=20)
    Case.objects.filter(pk=case.pk).update(due_at=due, yellow_at=due - timedelta(days=1))
    for at in (due - timedelta(days=1), due, now()):
        sweep(oversight(), at=at)
    told = Notice.objects.filter(recipient=person("clerk_swj"), template__startswith="rung_")
    assert sorted(told.values_list("template", flat=True)) == ["rung_reminder", "rung_urging"]
    chief, clerk = browser("chief_1"), browser("clerk_swj")
    assert case.number in page(chief, reverse("oversight:proposals"))
    assert case.number not in page(browser("operator_west"), reverse("oversight:proposals"))

    assert case.number not in page(clerk, reverse("oversight:owed"))
    phone = order(chief, case, "phone")
    assert case.number in page(clerk, reverse("oversight:owed"))
    act(clerk, phone, "reply_order", "", expected=422)
    act(clerk, phone, "reply_order", "明日进场")
    act(clerk, phone, "accept_order", expected=403)
    act(browser("chief_2"), phone, "accept_order")
    assert phone.state == "accepted"

    written = order(chief, case, "written")
    assert written.pk != phone.pk and written.facts == {"mode": "written", "cause": "overdue"}
    act(clerk, written, "reply_order", "已安排")
    act(chief, written, "send_back_order", "没有写明完成时间")
    assert written.state == "issued"
    assert "没有写明完成时间" in page(clerk, reverse("oversight:order", args=[written.pk]))
    act(clerk, written, "reply_order", "三日内更换完毕")
    act(chief, written, "accept_order", "同意")
    assert written.state == "accepted" and written.ended_at
    sheet = page(chief, reverse("oversight:order_sheet", args=[written.pk]))
    assert all(text in sheet for text in ("已安排", "没有写明完成时间", "三日内更换完毕", "同意"))
    assert "明日进场" not in sheet, "the sheet is of one order"

    steps = (
        LogEntry.objects.filter(case=case, step__endswith="_order")
        .order_by("seq")
        .values_list("step", flat=True)
    )
    assert list(steps) == ["issue_order", "reply_order", "accept_order", "issue_order", "reply_order",
                           "send_back_order", "reply_order", "accept_order"]  # fmt: skip
    case.refresh_from_db()
    assert faults_of(case) == []
    hands = page(chief, reverse("oversight:hands", args=[case.number]))
    assert all(text in hands for text in ("水务经办员", "值班长甲", "超期催办", "建议督办"))
    page(clerk, reverse("oversight:hands", args=[case.number]), 403)
    page(browser("clerk_xijie"), reverse("oversight:order", args=[written.pk]), 404)


def test_a_stage_left_lying_is_reminded_urged_and_brought_up_until_it_is_done(browser: Browser) -> None:
    case, chief = bring_to(State.DISPATCHED, at=None), browser("chief_1")
    step(case, "ask_return")
    lying = Task.objects.filter(case=case, stage__in=["dispatched", "return.asked"])
    for task in lying:
        assert task.yellow_at and task.due_at
        for at in (task.yellow_at, task.due_at, task.due_at + timedelta(days=5)):
            sweep(oversight(), at=at)
    lying.update(due_at=F("due_at") - timedelta(days=20))
    sweep(oversight(), at=now())
    told = Notice.objects.filter(case_id=case.pk, template__startswith="rung_").order_by("template")
    by = {(row.template, row.recipient.login) for row in told.select_related("recipient")}
    assert by >= {
        ("rung_reminder", "clerk_swj"), ("rung_urging", "clerk_swj"), ("rung_order", "chief_1"),
        ("rung_reminder", "dispatcher_1"), ("rung_urging", "dispatcher_1"), ("rung_attention", "chief_1"),
    }  # fmt: skip
    found = page(chief, reverse("oversight:proposals"))
    assert (
        "请督促派遣员办理" in found
        and "待签收" in found
        and f"{_new_order(case)}&amp;cause=not_signed" in found
    )
    step(case, "refuse_return"), step(case, "sign_for")
    assert case.number not in page(chief, reverse("oversight:proposals"))


def test_what_was_done_on_an_ended_order_does_not_fall_on_the_newer_one(browser: Browser) -> None:
    case, chief, clerk = bring_to(State.HANDLING, at=None), browser("chief_1"), browser("clerk_swj")
    first = order(chief, case, "phone")
    act(clerk, first, "reply_order", "明日进场"), act(browser("chief_2"), first, "accept_order")
    second = order(chief, case, "written")
    refused = act(clerk, first, "reply_order", "三日内更换", expected=409).content.decode()
    assert "另有新的督办单" in refused
    second.refresh_from_db()
    assert second.state == "issued"
    act(clerk, second, "reply_order", "三日内更换")


def test_an_order_sent_twice_is_one(browser: Browser) -> None:
    case, key = bring_to(State.HANDLING, at=None), str(uuid4())
    for _ in range(2):
        order(browser("chief_1"), case, "phone", key=key)
    assert SideRecord.objects.filter(case=case).count() == 1
    send(browser("chief_1"), reverse("oversight:new_order"), 409, case=case.number, mode="written", cause="overdue",
         reason="再次督办")  # fmt: skip


def test_orders_are_listed_and_counted_by_cause_and_mode(browser: Browser) -> None:
    chief, orders = browser("chief_1"), reverse("oversight:orders")
    assert "按事由和方式统计" not in page(chief, orders), "nothing to count"
    given = [("phone", "overdue"), ("phone", "unsatisfied"), ("joint", "overdue")]
    numbers = []
    for mode, cause in given:
        case = bring_to(State.HANDLING, at=None)
        order(chief, case, mode, cause=cause, second_unit="xijie" if mode == "joint" else "")
        numbers.append(case.number)

    def listed(**asked: str) -> list[bool]:
        found = page(chief, f"{orders}?{urlencode(asked)}")
        return [number in found for number in numbers]

    assert listed() == [True, True, True]
    assert listed(cause="overdue") == [True, False, True]
    assert listed(cause="overdue", mode="joint") == [False, False, True]
    assert listed(unit="xijie") == [False, False, True]
    assert listed(since="2020-01-01", until="2020-12-31") == [False] * 3
    counted = re.findall(
        r"<t[hd](?: [^>]*)?>(?:<a[^>]*>)?([^<]*)", page(chief, orders).partition("按事由和方式统计")[2]
    )
    rows = [counted[n : n + 4] for n in range(0, len(counted), 4)]
    assert rows[0] == ["事由", "合计", "电话督办", "三方联合督办"]
    assert ["超期未办结", "2", "1", "1"] in rows and ["群众不满意", "1", "1", "0"] in rows
    assert rows[-1] == ["合计", "3", "2", "1"] and len(rows) == 11, "the nine causes, between heads and total"


def test_a_leader_orders_in_a_sitting_jointly_with_a_second_unit(browser: Browser) -> None:
    case, leader = bring_to(State.HANDLING, at=None), browser("leader")
    began = f"{now().astimezone(city().zone):%Y-%m-%d %H:%M}"
    send(leader, reverse("oversight:sittings"), leader=person("leader").pk, began_at=began)
    send(leader, reverse("oversight:sittings"), 422, leader=person("chief_1").pk, began_at=began)
    sitting = re.search(r'name="sitting".*?value="(\d+)"', page(leader, _new_order(case)), re.S)
    assert sitting
    send(
        leader,
        reverse("oversight:new_order"),
        422,
        case=case.number,
        mode="joint",
        cause="major",
        reason="限期解决",
    )
    joint = order(leader, case, "joint", second_unit="xijie", sitting=sitting[1])
    second, shown = browser("clerk_xijie"), reverse("oversight:order", args=[joint.pk])
    assert case.number in page(second, shown)
    assert Notice.objects.filter(recipient=person("clerk_xijie"), template="order_joint").count() == 1
    found = page(leader, reverse("oversight:sittings"))
    assert [int(n) for n in re.findall(r"<strong>(\d+)</strong>", found)] == [1, 1, 2, 1]

    owed, names = reverse("oversight:owed"), {unit: browser(f"clerk_{unit}") for unit in ("xijie", "swj")}
    assert all(case.number in page(client, owed) for client in names.values())
    assert case.number in page(second, reverse("desk:my_work")), "with no other task on it"
    due = dict(Task.objects.filter(case=case, stage="supervision.issued").values_list("unit_path", "due_at"))
    assert len(due) == 2 and None not in due.values()
    sweep(oversight(), at=max(due.values()))
    urged = Notice.objects.filter(template="rung_urging", case_id=case.pk).values_list(
        "recipient__login", flat=True
    )
    assert {"clerk_xijie", "clerk_swj"} <= set(urged)

    act(second, joint, "reply_order", " ", expected=422)
    act(browser("clerk_csgl"), joint, "reply_order", "已进场", expected=404)
    act(second, joint, "reply_order", "路面由我处恢复")
    act(second, joint, "reply_order", "再补充", expected=403)
    told = Notice.objects.filter(template="order_joint_answered").values_list("recipient__login", flat=True)
    assert list(told) == ["leader"]
    assert case.number not in page(second, owed) and case.number in page(names["swj"], owed)
    early = act(browser("chief_1"), joint, "accept_order", expected=409).content.decode()
    assert "两个单位还没有都回复" in early and joint.state == "issued"
    act(names["swj"], joint, "reply_order", "三日内更换")
    assert joint.state == "replied"
    act(browser("chief_1"), joint, "send_back_order", "写明何时恢复路面")
    assert all(case.number in page(client, owed) for client in names.values()), "both reply anew"
    act(names["swj"], joint, "reply_order", "今晚更换"), act(second, joint, "reply_order", "明早恢复")
    assert "路面由我处恢复" in page(names["swj"], shown)
    sheet = page(leader, reverse("oversight:order_sheet", args=[joint.pk]))
    assert "明早恢复" in sheet and "西街街道" in sheet
    act(browser("chief_1"), joint, "accept_order")
    assert joint.state == "accepted" and not Task.objects.filter(
        case=case, stage__startswith="supervision.", closed_at=None
    )
    act(second, joint, "reply_order", "再补充", expected=403)
    case.refresh_from_db()
    assert faults_of(case) == []


def test_a_sitting_is_recorded_once_it_began_by_and_for_those_of_its_area(browser: Browser) -> None:
    sittings, leader = reverse("oversight:sittings"), person("leader").pk
    west, began = browser("chief_west"), now().astimezone(city().zone)
    later = f"{began + timedelta(days=1):%Y-%m-%d %H:%M}"
    assert (
        "还没有开始"
        in send(browser("chief_1"), sittings, 422, leader=leader, began_at=later).content.decode()
    )
    given: dict[str, Any] = {"leader": leader, "began_at": f"{began:%Y-%m-%d %H:%M}", "remark": "接听热线"}
    send(west, sittings, 422, **given)
    assert f'<option value="{leader}"' not in page(west, sittings)
    send(browser("chief_1"), sittings, **given)
    case = bring_to(State.HANDLING, at=None)
    kept = Sitting.objects.get()
    assert kept.area_path == "990101/"
    assert "接听热线" in page(browser("evaluator"), sittings) and "接听热线" not in page(west, sittings)
    assert 'name="sitting"' in page(browser("chief_1"), _new_order(case))
    given = {"case": case.number, "mode": "phone", "cause": "overdue", "reason": "限期", "sitting": kept.pk}
    send(browser("chief_east"), reverse("oversight:new_order"), 422, **given)


def _new_order(case: Case) -> str:
    return f"{reverse('oversight:new_order')}?case={case.number}"


def test_a_bulletin_names_units_and_each_explains_itself(browser: Browser) -> None:
    case = bring_to(State.HANDLING, at=None)
    Case.objects.filter(pk=case.pk).update(unsatisfied_count=1)
    drafter, issuer, clerk = browser("coordinator"), browser("leader"), browser("clerk_swj")
    new = reverse("oversight:new_paper")
    draft = page(drafter, f"{new}?kind=bulletin")
    assert case.number in draft and f"{case.number}=unsatisfied" in draft
    form: dict[str, Any] = {
        "kind": "bulletin",
        "title": "第一期",
        "cases": case.number,
        "why": f"{case.number}=unsatisfied",
    }
    refused = send(drafter, new, 422, **form, text="居民电话 13812345678").content.decode()
    assert "13812345678" in refused and "不写市民" in refused
    send(drafter, new, **form, text="本周典型案例")
    paper = Paper.objects.get()
    one = reverse("oversight:paper", args=[paper.pk])
    page(clerk, one, 404)
    send(drafter, reverse("oversight:issue_paper", args=[paper.pk]), 403, edition=1)
    send(
        drafter, reverse("oversight:edit_paper", args=[paper.pk]), **form, text="本周典型案例两则", edition=1
    )
    send(issuer, reverse("oversight:issue_paper", args=[paper.pk]), 409, edition=1)
    send(issuer, reverse("oversight:issue_paper", args=[paper.pk]), edition=2)
    assert "本周典型案例两则" in page(clerk, one)
    send(drafter, reverse("oversight:edit_paper", args=[paper.pk]), 409, **form, text="改", edition=2)

    demand = Demand.objects.get()
    assert (
        demand.unit == "swj"
        and demand.due_at
        and timedelta(days=6) < demand.due_at - now() < timedelta(days=8)
    )
    owed = reverse("oversight:demand", args=[demand.pk])
    assert owed in page(clerk, reverse("oversight:owed"))
    page(browser("clerk_xijie"), owed, 404)
    send(clerk, owed, 422, step="answer", text="", seen=0)
    send(clerk, owed, step="answer", text="正在办", seen=0)
    send(clerk, owed, 403, step="accept", text="", seen=1)
    send(drafter, owed, step="send_back", text="说明原因", seen=1)
    send(clerk, owed, 409, step="answer", text="因材料缺货", seen=1)
    send(clerk, owed, step="answer", text="因材料缺货，已更换", seen=2)
    send(browser("chief_1"), owed, step="accept", text="", seen=3)
    demand.refresh_from_db()
    assert demand.state == "accepted"
    assert owed not in page(clerk, reverse("oversight:owed"))


def test_a_text_that_tells_of_somebody_is_deleted_from_what_is_out_for_good(browser: Browser) -> None:
    chief, leader, clerk = browser("chief_1"), browser("leader"), browser("clerk_swj")
    send(chief, reverse("oversight:new_paper"), kind="regular_meeting", title="例会", text="东街王阿姨反映", asked_unit=["swj"],
         asked_text=["上门见王阿姨"], asked_day=[""])  # fmt: skip
    paper = Paper.objects.get()
    gone = reverse("oversight:redact", args=["paper", paper.pk])
    send(chief, gone, 404, passage=f"paper:{paper.pk}:text", why="写了姓名")
    send(leader, reverse("oversight:issue_paper", args=[paper.pk]), edition=1)
    demand = Demand.objects.get()
    send(clerk, reverse("oversight:demand", args=[demand.pk]), step="answer", text="已见王阿姨", seen=0)
    case = bring_to(State.HANDLING, at=None)
    joint = order(chief, case, "joint", second_unit="xijie")
    # as second units answered before they came to reply by the step of the case
    JointAnswer.objects.create(
        key=uuid4(), record=joint, unit="xijie", text="王阿姨同意", at=now(), person=person("clerk_xijie")
    )

    passages = {"paper": (paper.pk, f"paper:{paper.pk}:text"), "demand": (demand.pk, f"demand:{demand.pk}:text"),
                "order": (joint.pk, f"joint:{JointAnswer.objects.get().pk}:text")}  # fmt: skip
    for subject, (row, passage) in passages.items():
        there, gone = (
            reverse(f"oversight:{subject}", args=[row]),
            reverse("oversight:redact", args=[subject, row]),
        )
        assert (
            "王阿姨" in page(leader, there) and gone in page(leader, there) and gone not in page(clerk, there)
        )
        send(clerk, gone, 403, passage=passage, why="写了姓名")
        send(browser("clerk_csgl"), gone, 404, passage=passage, why="写了姓名")
        send(leader, gone, 422, passage=passage, why=" ")
        send(leader, gone, passage=passage, why="写了姓名")
        send(leader, gone, 404, passage=passage, why="写了姓名")
        assert "写了姓名" in page(leader, there)
    send(leader, reverse("oversight:redact", args=["demand", demand.pk]), why="写了姓名",
         passage=f"entry:{demand.entries.get().pk}:text")  # fmt: skip
    for subject, (row, _passage) in passages.items():
        assert "王阿姨" not in page(leader, reverse(f"oversight:{subject}", args=[row]))


def test_a_meeting_decides_and_what_it_decided_is_tracked(browser: Browser) -> None:
    day = (now().astimezone(city().zone) + timedelta(days=10)).date().isoformat()
    send(browser("chief_1"), reverse("oversight:new_paper"), kind="special_meeting", title="北广场停车专题会", text="会议纪要",
         asked_unit=["swj", "xijie", ""], asked_text=["清理车辆", "划定车位", ""], asked_day=[day, "", ""])  # fmt: skip
    paper = Paper.objects.get()
    assert sorted(paper.units) == ["swj", "xijie"]
    send(browser("leader"), reverse("oversight:issue_paper", args=[paper.pk]), edition=1)
    assert sorted(Demand.objects.values_list("unit", "state")) == [("swj", "open"), ("xijie", "open")]
    first = Demand.objects.get(unit="swj")
    assert first.due_at and first.due_at.astimezone(city().zone).date().isoformat() == day
    assert "清理车辆" in page(browser("clerk_swj"), reverse("oversight:owed"))


def test_a_unit_is_called_to_account_and_a_special_inspection_has_its_faults_mended(browser: Browser) -> None:
    chief, leader = browser("chief_1"), browser("leader")
    new = reverse("oversight:new_paper")
    send(chief, new, kind="accountability", title="问责通知", text="推诿扯皮", units=["swj", "xijie"])
    send(chief, new, kind="inspection", title="专项督查", text="查三处工地", units=["xijie"], asked_unit="swj",
         asked_text="补做围挡", asked_day="")  # fmt: skip
    for paper in Paper.objects.order_by("pk"):
        send(leader, reverse("oversight:issue_paper", args=[paper.pk]), edition=1)
    found = Demand.objects.order_by("paper", "unit").values_list("paper__kind", "unit", "text")
    assert list(found) == [
        ("accountability", "swj", ""), ("accountability", "xijie", ""), ("inspection", "swj", "补做围挡"),
    ]  # fmt: skip
    told = Notice.objects.filter(template__in=["demand", "paper_issued"]).order_by("pk")
    assert [(n.recipient.login, n.template) for n in told.select_related("recipient")] == [
        ("clerk_swj", "demand"), ("clerk_xijie", "demand"), ("clerk_swj", "demand"), ("clerk_xijie", "paper_issued"),
    ]  # fmt: skip
    send(chief, new, kind="accountability", title="没有单位")
    empty = Paper.objects.latest("pk")
    send(leader, reverse("oversight:issue_paper", args=[empty.pk]), 422, edition=1)


def test_a_campaign_counts_what_it_finds_and_handles(browser: Browser) -> None:
    bring_to(State.HANDLING, at=None), bring_to(State.HANDLED, at=None)
    # none of its findings: what was refused, and what is replayed from recorded data
    bring_to(State.REJECTED, at=None)
    Case.objects.filter(pk=new_case(at=None).pk).update(origin="replayed")
    today = now().astimezone(city().zone).date().isoformat()
    form: dict[str, Any] = {
        "title": "井盖整治",
        "first_day": today,
        "last_day": today,
        "classes": "C01",
        "areas": ["990101"],
        "checklist": "E0604",
    }
    for clean in (True, False):
        record_visit(class_code="E0604", place="东街3号", fields={"clean": clean}, actor=actor("operator_1"), at=now(),
                     key=uuid4())  # fmt: skip
    send(browser("coordinator"), reverse("oversight:new_campaign"), 422, **{**form, "classes": "C99"})
    refused = send(
        browser("chief_east"),
        reverse("oversight:new_campaign"),
        422,
        **form | {"areas": [EAST, WEST, "990101"]},
    )
    assert "西街" in refused.content.decode() and not Campaign.objects.exists(), "none is left out silently"
    answer = send(browser("coordinator"), reverse("oversight:new_campaign"), **form)
    found = page(browser("evaluator"), answer["Location"])
    assert [int(n) for n in re.findall(r"<strong>(\d+)</strong>", found)] == [2, 1, 0, 2, 1]


def test_a_case_called_unsatisfied_must_be_supervised_and_tells_what_is_missing(browser: Browser) -> None:
    case, chief = bring_to(State.CALLBACK, at=None), browser("chief_1")
    step(case, "call_back", result="unsatisfied")
    must = reverse("oversight:must")
    assert _new_order(case) in page(chief, must).replace("&amp;cause=unsatisfied", "")
    found = order(chief, case, "callback_district", cause="unsatisfied")
    assert "单位回复" in page(chief, must)
    act(browser("clerk_swj"), found, "reply_order", "已联系来电人")
    assert "审核回复" in page(chief, must)
    act(chief, found, "accept_order")
    assert case.number not in page(chief, must)


def test_the_line_and_block_meeting_comes_round_with_what_was_left(browser: Browser) -> None:
    week, rules = timedelta(days=7), oversight()
    open_occasions(rules, at=MORNING - week)
    assert open_occasions(rules, at=MORNING - week + timedelta(hours=1)) == []
    first = Occasion.objects.get(series="line_and_block")
    assert first.day == MORNING.date()
    told = Notice.objects.filter(template="occasion_regular_meeting").values_list(
        "recipient__login", flat=True
    )
    assert {"chief_1", "coordinator", "clerk_swj", "clerk_xijie"} <= {*told} and "chief_east" not in told
    assert len(told) == len({*told})
    case, chief, clerk = bring_to(State.HANDLING), browser("chief_1"), browser("clerk_xijie")
    here, matters = (reverse(f"oversight:{name}", args=[first.pk]) for name in ("occasion", "raise_matter"))
    send(chief, matters, text="地下管线归谁", number=case.number)
    send(clerk, matters, text="夜市占道")
    send(clerk, matters, 422, text="请打 13912345678")
    send(clerk, matters, 422, text="另一件", number=case.number)  # of another unit: it is not there for them
    send(browser("operator_1"), matters, 403, text="我也提")
    pipes, market = AgendaItem.objects.order_by("pk")
    send(clerk, reverse("oversight:decide_matter", args=[first.pk, pipes.pk]), 403, decided="yes")
    send(clerk, matters, text="王阿姨又来")
    gone, named = reverse("oversight:redact", args=["occasion", first.pk]), AgendaItem.objects.latest("pk")
    send(clerk, gone, 403, passage=f"item:{named.pk}:text", why="写了姓名")
    send(chief, gone, passage=f"item:{named.pk}:text", why="写了姓名")
    assert "王阿姨" not in page(chief, here) and "写了姓名" in page(chief, here)
    send(chief, reverse("oversight:decide_matter", args=[first.pk, named.pk]), decided="yes")
    send(chief, reverse("oversight:decide_matter", args=[first.pk, pipes.pk]), decided="yes")
    draft = page(chief, f"{reverse('oversight:new_paper')}?kind=regular_meeting&occasion={first.pk}")
    assert (
        "1. 地下管线归谁" in draft and case.number in draft and f'name="occasion" value="{first.pk}"' in draft
    )
    minutes: dict[str, Any] = {
        "kind": "regular_meeting",
        "occasion": first.pk,
        "title": "纪要",
        "asked_unit": "swj",
        "asked_text": "查清",
        "asked_day": "",
        "units": ["swj"],
    }
    send(chief, reverse("oversight:new_paper"), **minutes)
    send(browser("coordinator"), reverse("oversight:new_paper"), 409, **minutes)
    paper = Paper.objects.get(occasion=first)
    send(browser("leader"), reverse("oversight:issue_paper", args=[paper.pk]), edition=paper.edition)
    # the next one has what was left, and what units still owe
    open_occasions(rules, at=MORNING + 3 * week)
    second = Occasion.objects.filter(series="line_and_block").latest("planned_day")
    assert second.day == (MORNING + 4 * week).date()
    after = page(chief, reverse("oversight:occasion", args=[second.pk]))
    assert (
        "夜市占道" in after
        and f"自 {first.day} 转来" in after
        and "地下管线归谁" not in after
        and "查清" in after
    )
    assert page(clerk, here).count(">未议定</span>") == 1, "the market, not the pipes"
    send(chief, reverse("oversight:decide_matter", args=[first.pk, market.pk]), 409, decided="yes")
    listed = page(clerk, reverse("oversight:occasions"))
    minutes_of = reverse("oversight:paper", args=[paper.pk])
    assert str(second.day) in listed and minutes_of not in listed, "minutes that name another unit"
    assert minutes_of in page(chief, reverse("oversight:occasions"))
