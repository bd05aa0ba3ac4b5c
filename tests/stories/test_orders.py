# SPDX-License-Identifier: Apache-2.0
"""Supervision orders, by HTTP: a deadline reminded of, urged, ordered by phone and in writing, jointly, in a sitting."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db.models import F
from django.urls import reverse

from tests.city import person
from tests.loop import bring_to, step
from tests.stories.overseers import Browser, act, new_order_at, order, page, send
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, SideRecord, Task
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.supervision.models import (
    Sitting,
)
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


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
        and f"{new_order_at(case)}&amp;cause=not_signed" in found
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
    sitting = re.search(r'name="sitting".*?value="(\d+)"', page(leader, new_order_at(case)), re.S)
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
    moments = [one for one in due.values() if one]
    assert len(moments) == 2
    sweep(oversight(), at=max(moments))
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
    assert 'name="sitting"' in page(browser("chief_1"), new_order_at(case))
    given = {"case": case.number, "mode": "phone", "cause": "overdue", "reason": "限期", "sitting": kept.pk}
    send(browser("chief_east"), reverse("oversight:new_order"), 422, **given)
