# SPDX-License-Identifier: Apache-2.0
"""更正, through the pages of the desk: a case dispatched, finished and checked wrongly, and put in the wrong street."""

from typing import Any

import pytest

from tests.city import COVER, STREET_EVENT, UNIT_GRID_EAST, UNIT_GRID_WEST
from tests.stories.people import PLACE, Cast
from wangge.cases.models import Case, Dispatch
from wangge.cases.verification import faults_of
from wangge.catalog.queries import catalog
from wangge.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def _case(number: str) -> Case:
    return Case.objects.get(number=number)


def _filed(cast: Cast, class_code: str = COVER) -> str:
    number = cast.inspector_east.report(
        description="井盖破损，行人绕行", class_code=class_code, channel="inspector", **PLACE
    )
    cast.operator_1.take(number, "accept", class_code=class_code, grid_code=UNIT_GRID_EAST)
    cast.chief_1.take(number, "file", norm_id=str(catalog().norms_of(class_code)[0].id))
    return number


def _last(number: str) -> str:
    kept = _case(number).last_step
    return str(kept["seq"]) if kept else ""


def test_a_dispatch_a_report_of_work_done_and_a_check_are_each_taken_back(cast: Cast) -> None:
    number = _filed(cast)
    cast.dispatcher_1.take(number, "dispatch", unit="csgl", reason="选错单位")
    assert number in cast.clerk_csgl.work()
    cast.dispatcher_1.take(number, "ask_correction", reason="应派市政", status=422)
    cast.dispatcher_1.take(number, "ask_correction", what="step", entry=_last(number), reason="应派市政")
    assert not cast.clerk_csgl.offers(number, "sign_for"), "the line waits"
    assert "有误的一步：派遣" in cast.chief_1.page(number) and number in cast.chief_1.work()
    cast.chief_1.take(number, "correct")
    page = cast.dispatcher_1.page(number)
    assert '<li class="taken-back">' in page and "有误，已更正" in page and "误派，已更正" in page
    assert number not in cast.clerk_csgl.work() and number in cast.dispatcher_1.work()
    told = Notice.objects.filter(case_id=_case(number).pk, template="taken_back")
    assert {n.recipient.login for n in told} == {"clerk_csgl"}, "who asked is told that it was granted"
    cast.dispatcher_1.take(number, "dispatch", unit="swj")
    cast.clerk_swj.take(number, "sign_for")
    cast.handler_swj.take(number, "finish", photos=1, result_text="已更换井盖", **PLACE)
    cast.clerk_swj.take(number, "ask_correction", what="step", entry=_last(number), reason="填到了另一件")
    cast.chief_1.take(number, "refuse_correction", reason="照片就是这一处")
    cast.clerk_swj.take(number, "ask_correction", what="step", entry=_last(number), reason="还差一道工序")
    cast.chief_1.take(number, "correct")
    assert _case(number).state == "handling" and number in cast.handler_swj.work()
    cast.handler_swj.take(number, "finish", photos=1, result_text="已更换井盖", **PLACE)
    cast.operator_1.take(number, "send_check", grid_code=UNIT_GRID_EAST)
    cast.inspector_east.take(number, "answer_check", photos=1, result="failed", **PLACE)
    cast.inspector_east.take(number, "ask_correction", what="step", entry=_last(number), reason="选错了结果")
    cast.chief_1.take(number, "correct")
    case = _case(number)
    assert (case.state, case.rework_count) == ("checking", 0)
    assert not cast.inspector_east.offers(number, "ask_correction"), "the step before it stands"
    cast.inspector_east.take(number, "answer_check", photos=1, result="passed", **PLACE)
    cast.chief_1.take(number, "close", result="solved")
    assert cast.chief_1.page(number).count('class="taken-back"') == 3
    assert not cast.operator_1.offers(number, "ask_correction"), "a closed case is reopened"
    given = Dispatch.objects.filter(case=case).order_by("id").values_list("unit", "mistaken")
    assert [*given] == [("csgl", True), ("swj", False)] and faults_of(_case(number)) == []


def test_a_wrong_street_is_put_right_and_the_dispatcher_decides_who_goes_on(cast: Cast) -> None:
    number = _filed(cast, STREET_EVENT)
    unit = str(_case(number).route["lead"])  # type: ignore[index]
    cast.dispatcher_1.take(number, "dispatch", unit=unit)
    asking: dict[str, Any] = {"what": "place", "right": f"{COVER}:1", "reason": "在街道西侧"}
    cast.operator_1.take(number, "ask_correction", grid_code="990101009009009", status=422, **asking)
    cast.operator_1.take(number, "ask_correction", grid_code=UNIT_GRID_WEST, **asking)
    assert UNIT_GRID_WEST in cast.chief_1.page(number)
    cast.chief_1.take(number, "correct")
    page, case = cast.dispatcher_1.page(number), _case(number)
    assert case.lead_unit == unit and case.route and case.route["lead"] != unit
    assert "位置已更正，案卷仍由" in page and f"{UNIT_GRID_EAST} → {UNIT_GRID_WEST}" in page
    told = Notice.objects.filter(case_id=case.pk, template="place_corrected")
    assert {f"clerk_{unit}", "dispatcher_1"} <= {n.recipient.login for n in told}
    english = cast.dispatcher_1.client.get(f"/cases/{number}/", headers={"accept-language": "en"})
    assert english.status_code == 200 and faults_of(case) == []
