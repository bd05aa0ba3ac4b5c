# SPDX-License-Identifier: Apache-2.0
"""The hotline's loop through its pages: taken, verified, handled, called back, until solved; and what is kept of a caller."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.city import COVER, IN_WEST, TEST_EVENT, actor
from tests.loop import new_case, step
from tests.stories.seats import (
    EAST,
    MASKED,
    NAME,
    NOT_SATISFIED,
    NUMBER,
    SATISFIED,
    Seat,
    handle,
    hidden,
    to_callback,
    to_filed,
)
from wangge.cases.access import offered_steps
from wangge.cases.actions.retention import delete_overdue
from wangge.cases.errors import StageNotOpen, StepDenied
from wangge.cases.models import (
    Call,
    Case,
    Contact,
    ContactReading,
    FilledForm,
    HotlineRule,
    LogEntry,
    Task,
)
from wangge.cases.verification import faults_of
from wangge.common.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def operator() -> Seat:
    return Seat("operator_1")


def test_who_calls_again_is_found_by_number_place_and_words(operator: Seat) -> None:
    case = operator.reported(text="幸福路口井盖破损，行人绕行")
    other = operator.reported(text="树木倒伏压住电线", number="010-65001234", class_code="", **_west())
    shown = {"channel": "hotline", "number": "+86 139-1234 5678"} | EAST
    found = operator.client.post(reverse("hotline:repeats"), shown).content.decode()
    assert case.number in found and "同一号码" in found and other.number not in found
    assert "附近" in found, "before its class is known"
    alike = {"number": "010-65009999", "text": "幸福路口的井盖破损了", "class_code": COVER} | EAST
    found = operator.client.post(reverse("hotline:repeats"), alike).content.decode()
    assert "同类同地点" in found and "内容相近" in found and found.count(case.number) == 3
    assert NUMBER not in found

    where = operator.take("joined", case=case.number, text="还没有修好", **EAST)
    call = Call.objects.latest("pk")
    assert where == reverse("hotline:call", args=[call.pk]) and call.case == case
    assert Case.objects.count() == 2 and "还没有修好" in operator.page("of_case", case.number)
    again = operator.reported(case=case.number, text="旁边又坏了一处")
    assert case.links.get().other == again


def test_callers_of_a_merged_case_are_callers_of_the_other(operator: Seat) -> None:
    kept, merged = operator.reported(), operator.reported(number="01065001234", text="井盖坏了")
    call = Call.objects.latest("pk")
    step(merged, "merge", target=kept.number)
    to_filed(kept)
    step(kept, "dispatch")
    assert "01065001234" in Seat("clerk_swj").reads(call)
    step(kept, "sign_for")
    handle(kept)
    assert "2 人中 2 人待拨" in operator.page("callbacks")
    assert operator.page("callback", kept.number).count("读取号码</button>") == 2


def test_a_caller_waits_for_the_last_of_several_merges(operator: Seat) -> None:
    called = operator.reported()
    call = Call.objects.get()
    between, kept = (new_case(at=None, channel="inspector") for _ in range(2))
    step(called, "merge", target=between.number)
    step(between, "merge", target=kept.number)
    operator.take("joined", case=between.number, text="还没有修好", number="01065001234")
    to_filed(kept)
    step(kept, "dispatch")
    assert NUMBER in Seat("clerk_swj").reads(call)
    assert delete_overdue(now() + timedelta(days=4000)) == (0, 0), "the matter has not ended"
    step(kept, "sign_for")
    handle(kept)
    assert "2 人中 2 人待拨" in operator.page("callbacks")
    assert operator.page("callback", kept.number).count("读取号码</button>") == 2
    for _ in range(2):
        operator.calls_back(kept, **SATISFIED)
    step(kept, "close")
    assert delete_overdue(now() + timedelta(days=4000))[0] == 2


def _west() -> dict[str, str]:
    return {"lon": str(IN_WEST.lon), "lat": str(IN_WEST.lat)}


def test_answered_at_once_is_a_call_and_no_case(operator: Seat) -> None:
    refused = operator.take("answered", text="几点开门", answer="", status=422)
    assert 'value="TC1" checked' in operator.take("joined", case="TC1", text="", status=422)
    assert "答复内容" in refused and "几点开门" in refused and NUMBER in refused and NAME in refused
    assert not Call.objects.exists()
    operator.take("answered", text="几点开门", answer="工作日八点", class_code="", lon="", lat="")
    assert (Case.objects.count(), Call.objects.get().answer) == (0, "工作日八点")
    assert "几点开门" in operator.page("calls")
    Seat("operator_west").page("call", Call.objects.get().pk, status=404)


def test_what_was_said_of_somebody_is_deleted_by_the_chief(operator: Seat) -> None:
    operator.take("answered", text="邻居张三总是吵闹", answer="已转告", class_code="", lon="", lat="")
    call, chief = Call.objects.get(), Seat("chief_1")
    at = reverse("hotline:redact", args=[call.pk])
    assert operator.client.post(at, {"why": "含个人信息"}).status_code == 403
    assert chief.client.post(at, {"why": "含个人信息"}).status_code == 302
    page = chief.page("call", call.pk)
    assert "张三" not in page and "含个人信息" in page and Call.objects.get().answer is None


def test_whoever_left_no_number_is_not_waited_for(operator: Seat) -> None:
    case = operator.reported(number="", name="")
    to_callback(case)
    for _ in range(3):
        operator.calls_back(case, reached="no")
    assert (case.state, case.callback_tries) == ("closing", 3)


def test_the_same_call_sent_twice_is_one(operator: Seat) -> None:
    shown = operator.page("take")
    form = {name: hidden(shown, name) for name in ("key", "began", "channel")} | {
        "number": NUMBER,
        "text": "井盖破损",
    }
    form |= {"outcome": "reported", "class_code": COVER} | EAST
    first, second = (operator.client.post(reverse("hotline:take"), form)["Location"] for _ in range(2))
    assert first == second and (Call.objects.count(), Case.objects.count(), Contact.objects.count()) == (
        1,
        1,
        1,
    )
    changed = operator.client.post(reverse("hotline:take"), form | {"text": "另一件事"})
    assert (changed.status_code, Call.objects.count()) == (409, 1)


def test_a_contact_is_sealed_masked_and_read_with_a_trace(operator: Seat) -> None:
    case = operator.reported()
    call = Call.objects.get()
    kept = Contact.objects.get()
    assert NUMBER not in kept.sealed and NUMBER not in kept.number_digest
    for name, args in (
        ("call", [call.pk]),
        ("of_case", [case.number]),
        ("calls", []),
        ("callback", [case.number]),
    ):
        page = operator.page(name, *args)
        assert NUMBER not in page and NAME not in page, name
    assert MASKED in operator.page("call", call.pk)
    of_case = operator.client.get(reverse("desk:case", args=[case.number])).content.decode()
    assert reverse("hotline:of_case", args=[case.number]) in of_case
    assert "请填写" in operator.reads(call, reason=" ", status=422) and not ContactReading.objects.exists()
    assert NUMBER in operator.reads(call, "核对地点")
    read = ContactReading.objects.get()
    assert (read.person.login, read.post, read.reason) == ("operator_1", "operator", "核对地点")
    assert "核对地点" in operator.page("call", call.pk) and NUMBER not in operator.page("call", call.pk)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_contactreading SET reason = ''")


def test_a_unit_reads_it_only_while_the_case_is_with_it(operator: Seat) -> None:
    case = operator.reported()
    call, clerk, stranger = Call.objects.get(), Seat("clerk_swj"), Seat("clerk_xijie")
    to_filed(case)
    clerk.reads(call, status=404)
    step(case, "dispatch")
    assert NUMBER in clerk.reads(call) and NUMBER in Seat("handler_swj").reads(call)
    stranger.reads(call, status=404)
    for login in ("evaluator", "dispatcher_1", "inspector_east", "outsider"):
        Seat(login).reads(call, status=404)
    step(case, "sign_for")
    handle(case)
    assert "不能读取联系方式" in clerk.reads(call, status=403)
    assert NUMBER in operator.reads(call, "回访")


def test_a_confidential_caller_is_the_centre_s_alone(operator: Seat) -> None:
    case = operator.reported(confidential="on")
    call, clerk = Call.objects.get(), Seat("clerk_swj")
    to_filed(case)
    step(case, "dispatch")
    page = clerk.page("of_case", case.number)
    assert "保密" in page and MASKED not in page and "读取号码" not in page
    assert "由中心代为联系" in clerk.reads(call, status=403)
    assert NUMBER in operator.reads(call) and ContactReading.objects.count() == 1


def _waits(case: Case) -> list[str]:
    """For whose post to speak to the caller waits."""
    return list(
        Task.objects.filter(case=case, stage="contact", closed_at=None).values_list("post", flat=True)
    )


def test_the_unit_speaks_to_the_caller_first(operator: Seat) -> None:
    case = operator.reported()
    to_filed(case)
    step(case, "dispatch")
    task = Task.objects.get(case=case, stage="contact")
    assert (task.post, task.unit_path, task.limit_value, task.limit_clock) == (
        "unit_clerk", case.lead_unit_path, 1, "work_day",
    )  # fmt: skip
    with pytest.raises(StepDenied):
        step(case, "contact", by="operator_1")
    step(case, "contact", result="unreachable")
    assert _waits(case) == ["unit_clerk"]
    step(case, "assign")
    step(case, "contact", by="handler_swj")
    assert _waits(case) == [] and case.state == "handling"
    with pytest.raises(StageNotOpen):
        step(case, "contact")
    for code in ("ask_return", "return"):
        step(case, code)
    step(case, "dispatch", unit="csgl")
    assert _waits(case) == ["unit_clerk"], "the next unit speaks to the caller as well"
    step(case, "sign_for")
    handle(case)
    assert _waits(case) == [], "who had it done without has not spoken to the caller"
    operator.calls_back(case, **NOT_SATISFIED)
    assert _waits(case) == ["unit_clerk"] and faults_of(case) == []
    kept = LogEntry.objects.filter(case=case, step="contact").order_by("seq")
    assert [entry.result for entry in kept] == ["unreachable", "reached"]
    assert all(entry.data["due"] == task.due_at.isoformat() for entry in kept if task.due_at)


def test_a_confidential_caller_is_contacted_by_the_centre(operator: Seat) -> None:
    case = operator.reported(confidential="on")
    to_filed(case)
    step(case, "dispatch")
    assert _waits(case) == ["operator"]
    with pytest.raises(StepDenied) as denied:
        step(case, "contact")
    offer = next(o for o in offered_steps(case, actor("clerk_swj")) if o.step.code == "contact")
    assert (denied.value.reason, offer.allowed) == ("confidential", False) and "由中心" in offer.reason_zh
    step(case, "contact", by="operator_1")
    assert _waits(case) == []


def test_nobody_to_speak_to_is_no_task(operator: Seat) -> None:
    for number in ("", NUMBER):
        case = operator.reported(number=number)
        to_filed(case)
        step(case, "dispatch")
        assert bool(_waits(case)) == bool(number)


def test_a_contact_goes_on_time_and_the_chain_still_verifies(operator: Seat) -> None:
    case = operator.reported()
    operator.take(
        "answered", text="几点开门", answer="工作日八点", class_code="", lon="", lat="", number="65001234"
    )
    reported, answered = Call.objects.order_by("pk")
    operator.reads(reported)
    days = HotlineRule.objects.get(channel="hotline", valid_to=None).contact_days
    assert delete_overdue(now() + timedelta(days=days - 1)) == (0, 0)
    assert delete_overdue(now() + timedelta(days=days + 1)) == (1, 0), "the open case keeps its caller"
    assert [contact.call for contact in Contact.objects.all()] == [reported]
    to_callback(case)
    operator.calls_back(case, **SATISFIED)
    step(case, "close")
    assert delete_overdue(now() + timedelta(days=days + 1)) == (1, 0)
    assert not Contact.objects.exists() and faults_of(case) == []
    assert "已按保存期限删除" in operator.page("call", reported.pk)
    assert "没有联系方式" in operator.reads(reported, status=409)
    assert ContactReading.objects.filter(call=reported).count() == 1, "that it was read stays known"
    found = operator.client.post(reverse("hotline:repeats"), {"channel": "hotline", "number": NUMBER})
    assert case.number not in found.content.decode()
    delete_overdue(now() + timedelta(days=2000))
    answered.refresh_from_db()
    assert (answered.text, answered.answer) == (None, None) and "（已删除）" in operator.page("calls")


def test_the_form_of_the_class_is_asked_and_loses_nothing(operator: Seat) -> None:
    page = operator.page("take")
    assert 'id="form-fields"' in page
    typed: dict[str, Any] = {"class_code": TEST_EVENT, "field.mark": "M-7", "field.fenced": "true"} | EAST
    refused = operator.take("reported", status=422, **typed | {"field.size_cm": "很宽"})
    size = re.search(r'<input[^>]*name="field.size_cm"[^>]*>', refused)
    assert (
        size and 'value="很宽"' in size[0] and 'aria-invalid="true"' in size[0] and 'value="M-7"' in refused
    )
    assert "别类的内容" in operator.take("reported", status=422, **typed | {"field.old": "别类的内容"})
    assert not Call.objects.exists()
    case = operator.reported(**typed | {"field.size_cm": "40"})
    assert FilledForm.objects.get(case=case).answers == {"size_cm": 40, "fenced": True, "mark": "M-7"}
    # without a case the answers stand below what was said
    operator.take("answered", answer="已转告", **typed | {"field.size_cm": "很宽"})
    text = Call.objects.get(outcome="answered").text
    assert text
    said, *answers = text.split("\n")
    assert said == "井盖破损，行人绕行" and sorted(answers) == [
        "尺寸（厘米）：很宽",
        "已围护：是",
        "标识：M-7",
    ]
