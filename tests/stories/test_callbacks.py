# SPDX-License-Identifier: Apache-2.0
"""Callbacks through the pages: each caller for themselves, until the matter is solved for all who were reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.city import actor, change_row
from tests.loop import bring_to, step, supervise
from tests.stories.seats import MASKED, NOT_SATISFIED, NUMBER, SATISFIED, Seat, handle, text_of, to_callback
from wangge.cases.actions import StepData, take
from wangge.cases.flow import State
from wangge.cases.models import (
    Call,
    CallbackTry,
    Case,
    HotlineRule,
    LogEntry,
)
from wangge.cases.order_errors import OrderOwed
from wangge.cases.queries.calls import still_to_call
from wangge.cases.reference import flow_by_id
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.hotline.views import callbacks
from wangge.organizations.directory import directory
from wangge.organizations.models import Post
from wangge.supervision.queries.watching import must_be_supervised
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

LI, ZHAO = "01065001234", "01065007777"


@pytest.fixture
def operator() -> Seat:
    return Seat("operator_1")


def _must_be_supervised() -> list[tuple[str, str]]:
    rows = must_be_supervised(oversight(), actor("chief_1"), at=now())
    return [(one.case.number, one.why) for one in rows]


def test_unsatisfied_twice_then_investigated_and_solved(operator: Seat) -> None:
    case = operator.reported()
    assert (case.channel_id, case.state) == ("hotline", "reported")
    to_callback(case)
    assert case.number in operator.page("callbacks")
    operator.calls_back(case, status=422, reached="yes", solved="yes")
    assert case.state == "callback", "the second question was not answered"
    operator.calls_back(case, **NOT_SATISFIED)
    assert (case.state, case.unsatisfied_count) == ("handling", 1)
    handle(case)
    assert "不满意 1 次" in operator.page("callbacks")
    operator.calls_back(case, reached="yes", solved="yes", satisfied="no")
    assert (case.state, case.unsatisfied_count) == ("investigating", 2)
    assert _must_be_supervised() == [(case.number, "unsatisfied")]
    step(case, "conclude", result="rework")
    handle(case)
    operator.calls_back(case, **SATISFIED)
    with pytest.raises(OrderOwed):
        step(case, "close")
    supervise(case)
    step(case, "close")
    assert (case.state, case.closing, faults_of(case)) == ("closed", "solved", [])
    asked = LogEntry.objects.filter(case=case, step="call_back").order_by("seq").values_list("result", "data")
    assert [(result, data["solved"], data["satisfied"]) for result, data in asked] == [
        ("unsatisfied", False, False), ("unsatisfied", True, False), ("satisfied", True, True),
    ]  # fmt: skip


def _called_by_three(operator: Seat) -> tuple[Case, list[Call]]:
    """A case that waits to be called back: NUMBER called twice, LI and ZHAO once, somebody left no number."""
    case = operator.reported()
    for number in (LI, ZHAO, NUMBER, ""):
        operator.take("joined", case=case.number, number=number, text="还没有修")
    to_callback(case)
    return case, list(Call.objects.order_by("pk"))


def test_each_caller_answers_for_themselves_and_the_last_decides_when(operator: Seat) -> None:
    case, (first, li, zhao, again, silent) = _called_by_three(operator)
    assert "3 人中 3 人待拨" in operator.page("callbacks")
    page = operator.page("callback", case.number)
    assert page.count('name="call"') == 3 and NUMBER not in page and "来电 2 次" in page
    assert not any(f'name="call" value="{one.pk}"' in page for one in (again, silent)), (
        "one number is one caller"
    )
    operator.calls_back(case, number=MASKED, **NOT_SATISFIED)
    assert (case.state, case.unsatisfied_count, case.order_owed) == ("callback", 0, "unsatisfied")
    assert "已有人不满意" in operator.page("callbacks") and "3 人中 2 人待拨" in operator.page("callbacks")
    operator.calls_back(case, number="*1234", **SATISFIED)
    operator.calls_back(case, number="*7777", reached="no")
    assert case.state == "callback" and "以后再拨" in operator.calls_back(case, status=409, reached="no")
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    operator.calls_back(case, reached="no")
    operator.calls_back(case, reached="no")
    assert (case.state, case.unsatisfied_count, case.callback_tries) == ("handling", 1, 0)
    handle(case)
    page = operator.page("callback", case.number)
    assert page.count('name="call"') == 2 and "以前已满意，不再拨" in page
    operator.calls_back(case, number="*7777", **SATISFIED)
    operator.calls_back(case, **SATISFIED)
    assert (case.state, faults_of(case)) == ("closing", [])
    told = [(t.call, t.reached, t.solved, t.satisfied) for t in CallbackTry.objects.order_by("pk")]
    assert told == [(first, True, False, False), (li, True, True, True), *[(zhao, False, None, None)] * 3,
                    (zhao, True, True, True), (first, True, True, True)]  # fmt: skip
    entries = LogEntry.objects.filter(case=case, step="call_back").order_by("seq")
    assert [(e.seq, e.data["solved"], e.data["satisfied"]) for e in entries] == list(
        CallbackTry.objects.order_by("pk").values_list("seq", "solved", "satisfied")
    ), "what rates are made of is what each caller said"
    assert not {str(one.pk) for one in (first, li, zhao)} & {str(e.data.get("call")) for e in entries}
    assert "未解决 · 不满意" in text_of(operator.page("call", first.pk))
    of_case = Seat("clerk_swj").page("of_case", case.number)
    assert "联系上了" not in of_case and "不满意" not in of_case, "who said what is the centre's alone"


def test_whoever_is_not_reached_in_any_try_is_not_counted(operator: Seat) -> None:
    case, _calls = _called_by_three(operator)
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    for number, tries in (("*7777", 2), ("*1234", 3), ("*7777", 1)):
        for _ in range(tries):
            operator.calls_back(case, number=number, reached="no")
    assert case.state == "callback" and "联系不上，不再拨" in operator.page("callback", case.number)
    operator.calls_back(case, **SATISFIED)
    assert (case.state, case.order_owed) == ("closing", ""), "one who is satisfied has rated it"


def test_two_operators_call_two_callers_at_one_time_and_nothing_is_lost(operator: Seat) -> None:
    case, (_first, *_others) = _called_by_three(operator)
    other = Seat("operator_2")
    forms = [operator.asked(case, MASKED), other.asked(case, "*1234"), other.asked(case, MASKED)]
    operator.calls_back(case, form=forms[0], **NOT_SATISFIED)
    step(case, "issue_order")
    other.calls_back(case, form=forms[1], **SATISFIED)
    assert "这一轮已经回访过" in other.calls_back(case, form=forms[2], status=409, **SATISFIED)
    operator.calls_back(case, form=forms[0], **NOT_SATISFIED)  # sent twice
    assert CallbackTry.objects.count() == 2 and "3 人中 1 人待拨" in operator.page("callbacks")
    stale = other.asked(case)
    operator.calls_back(case, **SATISFIED)
    assert case.state == "handling"
    step(case, "reply_order")
    handle(case)
    refused = other.calls_back(case, form=stale | {"remark": "孩子接的电话"}, status=409, **SATISFIED)
    assert CallbackTry.objects.count() == 3 and "孩子接的电话" in refused, "of the round before"


def test_a_wrong_callback_is_told_and_loses_nothing(operator: Seat) -> None:
    case, (_first, li, *_others) = _called_by_three(operator)
    elsewhere = operator.reported(number=ZHAO)
    form = operator.asked(case, "*1234")
    refused = operator.calls_back(
        case, form=form, status=422, reached="yes", solved="no", remark="要求当面答复"
    )
    assert (
        "是否满意" in refused and 'name="solved" value="no" checked' in refused and "要求当面答复" in refused
    )
    strange = form | {"call": str(Call.objects.get(case=elsewhere).pk)}
    operator.calls_back(case, form=strange, status=404, **SATISFIED)
    nobody = {name: value for name, value in form.items() if name != "call"}
    assert f"call）。还待回访的来电：{Call.objects.earliest('pk').pk}, {li.pk}" in operator.calls_back(
        case, form=nobody, status=422, **SATISFIED
    )
    assert case.state == "callback" and not CallbackTry.objects.exists()


def test_who_rings_again_is_called_again_whatever_they_said_before(operator: Seat) -> None:
    case = operator.reported()
    operator.take("joined", case=case.number, number=LI, text="还没有修")
    to_callback(case)
    operator.calls_back(case, number=MASKED, **SATISFIED)
    operator.calls_back(case, number="*1234", **NOT_SATISFIED)
    assert case.state == "handling"
    operator.take("joined", case=case.number, text="又坏了")
    handle(case)
    assert "2 人中 2 人待拨" in operator.page("callbacks"), (
        "who was satisfied rang again in the second handling"
    )
    operator.calls_back(case, number=MASKED, **SATISFIED)
    assert "2 人中 1 人待拨" in operator.page("callbacks")
    operator.take("joined", case=case.number, text="又坏了")
    assert "2 人中 2 人待拨" in operator.page("callbacks"), "who had answered in this round"
    operator.calls_back(case, number="*1234", **SATISFIED)
    operator.calls_back(case, number=MASKED, **NOT_SATISFIED)
    assert (case.state, case.unsatisfied_count) == ("investigating", 2)


def test_who_was_given_up_and_rings_is_tried_from_one_and_a_no_stands(operator: Seat) -> None:
    case, _calls = _called_by_three(operator)
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    for last in (False, False, True):
        operator.calls_back(case, number="*7777", reached="no")
        page = operator.page("callback", case.number)
        assert ("到时再拨" not in page, "已试满次数" in page) == (last, last), (
            "no word of a next try after the last"
        )
    operator.calls_back(case, number="*1234", **NOT_SATISFIED)
    for number in (ZHAO, LI):
        operator.take("joined", case=case.number, number=number, text="我再说一下")
    assert "3 人中 3 人待拨" in operator.page("callbacks")
    for number in ("*7777", "*1234"):
        for _ in range(3):
            operator.calls_back(case, number=number, reached="no")
    assert case.state == "callback", "the first still waits"
    operator.calls_back(case, **SATISFIED)
    assert (case.state, case.unsatisfied_count) == ("handling", 1), "what one said no to is there still"


def test_those_who_go_with_an_undone_merge_are_not_waited_for(operator: Seat) -> None:
    case, merged = operator.reported(), operator.reported(number=LI)
    step(merged, "merge", target=case.number)
    to_callback(case)
    operator.calls_back(case, number="*1234", **NOT_SATISFIED)
    operator.calls_back(case, reached="no")
    step(merged, "unmerge")
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    operator.calls_back(case, **SATISFIED)
    assert (case.state, case.unsatisfied_count) == ("closing", 0), (
        "who was not satisfied speaks of another case now"
    )


def test_a_no_stands_where_those_still_waited_for_have_gone(operator: Seat) -> None:
    case, merged = operator.reported(), operator.reported(number=LI)
    step(merged, "merge", target=case.number)
    to_callback(case)
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    operator.calls_back(case, number=MASKED, **NOT_SATISFIED)
    step(merged, "unmerge")
    for _ in range(3):
        assert case.state == "callback"
        operator.calls_back(case, reached="no")
    assert (case.state, case.order_owed) == ("handling", "unsatisfied")


def test_a_no_goes_with_whoever_said_it_and_comes_back_with_them(operator: Seat) -> None:
    case, merged = operator.reported(), operator.reported(number=LI)
    step(merged, "merge", target=case.number)
    to_callback(case)
    operator.calls_back(case, number="*1234", **NOT_SATISFIED)
    supervised = [case.order_owed]
    for code in ("unmerge", "merge", "unmerge"):
        step(merged, code, target=case.number if code == "merge" else "")
        case.refresh_from_db()
        supervised.append(case.order_owed)
    assert supervised == ["unsatisfied", "", "unsatisfied", ""]
    step(merged, "merge", target=case.number)
    operator.calls_back(case, number=MASKED, **NOT_SATISFIED)
    step(merged, "unmerge")
    case.refresh_from_db()
    assert (case.state, case.order_owed) == ("handling", "unsatisfied"), "another said no as well"


def test_the_page_of_a_case_leads_to_the_callers_who_came_by_a_merge(operator: Seat) -> None:
    case, merged = bring_to(State.HANDLING, at=None, channel="inspector"), operator.reported()
    step(merged, "merge", target=case.number)
    handle(case)
    address = reverse("desk:case", args=[case.number])
    link = f'href="{reverse("hotline:callback", args=[case.number])}"'
    form = f'action="{reverse("desk:step", args=[case.number, "call_back"])}"'
    page = operator.client.get(address).content.decode()
    assert link in page and form not in page
    without = [one for one in Post.objects.get(code="operator").permissions if one != "cases:call:take"]
    Post.objects.filter(code="operator").update(permissions=without)
    directory.forget()
    page = operator.client.get(address).content.decode()
    assert "由接听热线的岗位办理" in page and link not in page and form not in page


def test_the_page_of_a_case_whose_flow_calls_nobody_back_says_so(
    operator: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = operator.reported()
    flow = flow_by_id(case.flow_id)
    without = replace(flow, steps={code: one for code, one in flow.steps.items() if code != "call_back"})
    monkeypatch.setattr(callbacks, "flow_by_id", lambda _id: without)
    assert "不在待回访环节" in operator.page("callback", case.number)


def test_a_callback_told_late_answers_the_last_call(operator: Seat) -> None:
    case, _calls = _called_by_three(operator)
    operator.take("joined", case=case.number, text="我再说一下")
    call, earlier = still_to_call(case)[0], now() - timedelta(minutes=5)
    good = StepData(call=call, result="satisfied", solved=True, satisfied=True)
    take("call_back", case.pk, good, actor=actor("operator_1"), at=earlier)
    assert "3 人中 2 人待拨" in operator.page("callbacks"), (
        "rang after what is told to be when it was called back"
    )


def test_a_case_nobody_called_about_goes_stale_like_any_other(operator: Seat) -> None:
    case = operator.reported(number="")
    to_callback(case)
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    forms = [operator.asked(case), Seat("operator_2").asked(case)]
    operator.calls_back(case, form=forms[0], reached="no")
    operator.calls_back(case, form=forms[1], reached="no", status=409)
    assert case.callback_tries == 1


def test_who_calls_about_a_case_of_another_channel_is_called_back_as_well(operator: Seat) -> None:
    case, silent = (bring_to(State.HANDLING, at=None, channel="inspector") for _ in range(2))
    operator.take("joined", case=case.number, text="我也看到了")
    operator.take("joined", case=silent.number, text="我也看到了", number="")
    handle(case)
    assert case.number in operator.page("callbacks") and "1 人中 1 人待拨" in operator.page("callbacks")
    operator.calls_back(case, reached="no")
    assert "以后再拨" in operator.calls_back(case, reached="no", status=409), (
        "tries as far apart as the hotline's"
    )
    operator.calls_back(case, **NOT_SATISFIED)
    assert case.state == "handling"
    assert _must_be_supervised() == [(case.number, "unsatisfied")]
    handle(case)
    operator.calls_back(case, **SATISFIED)
    assert case.state == "closing"
    assert "答复内容" in operator.take("joined", case=case.number, text="修好了吗", status=422), (
        "nobody asks any more"
    )
    for code in ("finish", "send_check", "answer_check"):
        step(silent, code)
    assert silent.state == "closing", "whoever left no number is not waited for"


def test_three_tries_hours_apart_then_not_counted(operator: Seat) -> None:
    case = operator.reported()
    to_callback(case)
    operator.calls_back(case, reached="no")
    assert (case.state, case.callback_tries) == ("callback", 1)
    assert "以后再拨" in operator.calls_back(case, reached="no", status=409)
    assert case.callback_tries == 1 and "以后" in operator.page("callbacks")
    change_row(HotlineRule.objects.get(channel="hotline", valid_to=None), retry_hours=0)
    for _ in range(2):
        operator.calls_back(case, reached="no")
    assert (case.state, case.callback_tries, case.unsatisfied_count) == ("closing", 3, 0)
    assert _must_be_supervised() == [(case.number, "unrated")]
