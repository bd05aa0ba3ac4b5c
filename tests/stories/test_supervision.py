# SPDX-License-Identifier: Apache-2.0
"""Units are supervised, by HTTP: bulletins, minutes, accountability, campaigns, what must be supervised, meetings."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.city import EAST, MORNING, WEST, actor, person
from tests.loop import bring_to, new_case, step
from tests.stories.overseers import Browser, act, new_order_at, order, page, send
from wangge.cases.actions.visits import record_visit
from wangge.cases.flow import State
from wangge.cases.models import Case
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
)
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


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
    assert new_order_at(case) in page(chief, must).replace("&amp;cause=unsatisfied", "")
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
