# SPDX-License-Identifier: Apache-2.0
"""Whole loops through the pages of the desk, everybody with a browser of their own."""

import re

import pytest
from django.urls import reverse

from tests.city import COVER, UNIT_GRID_EAST, person
from tests.stories.people import PLACE, Cast, hidden
from wangge.cases.models import Case, LogEntry
from wangge.cases.verification import faults_of
from wangge.catalog.queries import catalog
from wangge.notices.queries import unread_count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _norm() -> str:
    return str(catalog().norms_of(COVER)[0].id)


def _state(number: str) -> str:
    return Case.objects.get(number=number).state


def _handle(cast: Cast, number: str) -> None:
    cast.handler_swj.take(number, "finish", photos=1, result_text="已更换井盖", **PLACE)


def _check(cast: Cast, number: str, result: str) -> None:
    cast.operator_1.take(number, "send_check", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_check", photos=1, result=result, **PLACE)


def test_a_cover_is_reported_handled_checked_and_closed(cast: Cast) -> None:
    number = cast.inspector_east.report(
        description="井盖破损，行人绕行", class_code=COVER, channel="inspector", **PLACE
    )
    assert number in cast.operator_1.work() and number not in cast.dispatcher_1.work()
    for login in ("clerk_swj", "inspector_west", "operator_west", "outsider"):
        getattr(cast, login).page(number, status=404)
    assert "井盖破损，行人绕行" in cast.operator_1.page(number)
    assert not cast.chief_1.offers(number, "accept"), "only the operator accepts"

    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    assert number in cast.chief_1.work() and number not in cast.operator_1.work()
    cast.chief_1.take(number, "file", norm_id=_norm())
    cast.dispatcher_1.take(number, "dispatch", unit="swj", assist=["csgl"])
    assert number in cast.clerk_swj.work() and number in cast.clerk_csgl.work()
    assert not cast.clerk_csgl.offers(number, "sign_for"), "an assisting unit says what it did, and no more"
    cast.handler_xijie.page(number, status=404)

    cast.clerk_swj.take(number, "assign", handler_id=str(person("handler_swj").pk))
    assert number in cast.handler_swj.work()
    cast.handler_swj.take(number, "finish", status=422, result_text="已更换井盖")
    assert _state(number) == "handling", "the norm asks for a photo"
    _handle(cast, number)
    _check(cast, number, "passed")
    assert not cast.dispatcher_1.offers(number, "close")
    cast.chief_1.take(number, "close", result="solved")

    case = Case.objects.get(number=number)
    assert (case.state, case.closing, case.calendar_missing) == ("closed", "solved", False)
    assert faults_of(case) == []
    steps = list(LogEntry.objects.filter(case=case).order_by("seq").values_list("step", "actor__login"))
    assert steps == [
        ("report", "inspector_east"), ("accept", "operator_1"), ("file", "chief_1"), ("dispatch", "dispatcher_1"),
        ("assign", "clerk_swj"), ("finish", "handler_swj"), ("send_check", "operator_1"),
        ("answer_check", "inspector_east"), ("close", "chief_1"),
    ]  # fmt: skip
    told = cast.inspector_east.client.get(reverse("desk:notices")).content.decode()
    assert number in told and unread_count(person("inspector_east").pk) > 0
    page = cast.inspector_east.page(number)
    assert "已更换井盖" in page and page.count("/photos/") >= 2
    for login in ("operator_1", "chief_1", "dispatcher_1", "clerk_swj", "handler_swj", "inspector_east"):
        assert number not in getattr(cast, login).work(), "nothing waits any more"


def test_returned_reworked_unsatisfied_and_at_last_closed(cast: Cast) -> None:
    number = cast.operator_2.report(
        description="热线反映井盖缺失", class_code=COVER, channel="hotline", **PLACE
    )  # fmt: skip
    cast.operator_1.take(number, "send_verify", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_verify", photos=1, result="confirmed", **PLACE)
    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=_norm())
    cast.dispatcher_1.take(number, "dispatch", unit="csgl")
    cast.clerk_csgl.take(number, "ask_return", reason="不属本单位", basis="权责清单")
    assert number in cast.dispatcher_1.work()
    assert not cast.handler_csgl.offers(number, "finish")
    cast.dispatcher_1.take(number, "return", reason="理由成立")
    assert _state(number) == "filed"
    cast.dispatcher_2.take(number, "dispatch", unit="swj")
    cast.clerk_csgl.page(number)
    cast.clerk_swj.take(number, "sign_for")
    _handle(cast, number)
    _check(cast, number, "failed")
    assert (_state(number), Case.objects.get(number=number).rework_count) == ("handling", 1)
    _handle(cast, number)
    _check(cast, number, "passed")
    assert _state(number) == "callback"
    cast.operator_1.take(number, "call_back", result="unsatisfied", solved="no", satisfied="no")
    assert (_state(number), number in cast.handler_swj.work()) == ("handling", True)
    _handle(cast, number)
    _check(cast, number, "passed")
    cast.operator_2.take(number, "call_back", result="satisfied", solved="yes", satisfied="yes")
    assert not cast.chief_2.offers(number, "close") and "必须督办" in cast.chief_2.page(number)
    cast.chief_1.take(number, "issue_order", mode="phone", cause="unsatisfied", reason="群众不满意")
    cast.clerk_swj.take(number, "reply_order", result_text="已登门说明")
    cast.chief_2.take(number, "accept_order")
    cast.chief_2.take(number, "close", result="solved")
    case = Case.objects.get(number=number)
    assert (case.state, case.return_count, case.rework_count, case.unsatisfied_count) == ("closed", 1, 1, 1)
    assert faults_of(case) == []
    units = [(d.unit, d.ended_at is not None) for d in case.dispatches.order_by("id")]
    assert units == [("csgl", True), ("swj", True)]


def test_a_stale_page_and_a_double_click_at_the_desk(cast: Cast) -> None:
    number = cast.operator_2.report(description="井盖破损", class_code=COVER, **PLACE)
    address = reverse("desk:step", args=[number, "accept"])
    html = cast.operator_1.page(number)
    form = re.search(rf'<form[^>]*action="{address}".*?</form>', html, re.DOTALL)
    assert form
    sent = {"key": hidden(form[0], "key"), "seen": hidden(form[0], "seen"), "class_code": COVER}
    stale = cast.operator_2.page(number)
    for _ in range(2):
        assert cast.operator_1.client.post(address, sent).status_code == 302
    assert LogEntry.objects.filter(case__number=number, step="accept").count() == 1
    late = {"key": hidden(stale, "key"), "seen": hidden(stale, "seen"), "reason": "晚了一步"}
    refused = cast.operator_2.client.post(reverse("desk:step", args=[number, "reject"]), late)
    assert refused.status_code == 409 and _state(number) == "accepted"


def test_one_person_with_two_hats_is_shown_why_not(cast: Cast) -> None:
    number = cast.operator_2.report(description="井盖破损", class_code=COVER, **PLACE)
    cast.operator_1.take(number, "accept", class_code=COVER, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=_norm())
    cast.two_hats.take(number, "dispatch", unit="swj")
    cast.clerk_swj.take(number, "sign_for")
    _handle(cast, number)
    assert not cast.two_hats.offers(number, "send_check")
    assert "另一位同事" in cast.two_hats.page(number)
    answer = cast.two_hats.client.post(
        reverse("desk:step", args=[number, "send_check"]), {"key": "6b1f3c1e-0c59-4f0f-9a52-0d7a4ad3c001"}
    )
    assert (answer.status_code, _state(number)) == (403, "handled")
