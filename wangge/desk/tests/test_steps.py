# SPDX-License-Identifier: Apache-2.0
"""Steps taken from the case page: done, refused with the input kept, sent twice, on a stale page."""

import re
from typing import Any

import pytest

from tests.city import COVER, OUTSIDE
from tests.loop import bring_to, new_case, step
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, Photo
from wangge.catalog.queries import catalog
from wangge.desk.tests.browsing import client_of, form_of, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def take(login: str, case: Case, code: str, **fields: object) -> tuple[int, str]:
    """(status, page) after following the redirect."""
    url = f"/cases/{case.number}/steps/{code}/"
    answer = client_of(login).post(url, form_of(case, **fields), follow=True)
    case.refresh_from_db()
    return answer.status_code, answer.content.decode()


def test_a_case_is_taken_through_the_loop() -> None:
    case = new_case(at=None)
    norm = catalog().norms_of(COVER)[0]
    here = {"lon": "120.015", "lat": "30.015", "accuracy_m": "8"}
    steps: list[tuple[str, str, dict[str, Any], str]] = [
        ("operator_1", "accept", {"class_code": COVER}, "accepted"),
        ("chief_1", "file", {"norm_id": str(norm.id)}, "filed"),
        ("dispatcher_1", "dispatch", {"unit": "swj", "assist": ["csgl", "swj"]}, "dispatched"),
        ("clerk_swj", "sign_for", {}, "handling"),
        (
            "handler_swj",
            "finish",
            {"result_text": "已更换", "photos": [picture(), picture(colour="red")]},
            "handled",
        ),
        ("operator_1", "send_check", {"remark": "请今天核查"}, "checking"),
        ("inspector_east", "answer_check", {"result": "passed", "photos": [picture()], **here}, "closing"),
        ("chief_1", "close", {"result": "solved"}, "closed"),
    ]
    for login, code, fields, state in steps:
        status, page = take(login, case, code, **fields)
        assert (status, case.state) == (200, state), page
        assert "note-success" in page
    assert Photo.objects.filter(case=case, seq__gt=1).count() == 3
    texts = dict(case.texts.values_list("field", "text"))
    assert texts["result"] == "已更换" and texts["remark"] == "请今天核查"


def test_a_refused_step_keeps_what_was_typed() -> None:
    case = bring_to(State.HANDLING, at=None)
    status, page = take("handler_swj", case, "finish", result_text="井盖已更换为防沉降型")
    assert status == 422 and case.state == "handling"
    assert "井盖已更换为防沉降型" in page
    assert "这一步至少需要" in page and "This step needs" not in page


def test_photos_received_before_a_refusal_are_not_asked_again() -> None:
    case = bring_to(State.HANDLING, at=None)
    status, page = take("handler_swj", case, "finish", photos=[picture()])
    assert status == 422
    waiting = Photo.objects.get(case=None)
    assert f'name="photo" value="{waiting.id}"' in page
    status, _ = take("handler_swj", case, "finish", photo=[str(waiting.id)], result_text="已更换")
    assert status == 200 and case.state == "handled"
    waiting.refresh_from_db()
    assert waiting.case_id == case.pk


def test_the_same_form_sent_twice_is_one_step() -> None:
    case = bring_to(State.HANDLING, at=None)
    form = form_of(case, result_text="已更换")
    client, url = client_of("handler_swj"), f"/cases/{case.number}/steps/finish/"
    first = client.post(url, form | {"photos": [picture()]}, follow=True)
    again = client.post(url, form | {"photos": [picture()]}, follow=True)
    assert first.status_code == again.status_code == 200
    assert "重复提交没有再次办理" in again.content.decode()
    assert LogEntry.objects.filter(case=case, step="finish").count() == 1
    assert Photo.objects.filter(case=case, seq=case.log_seq + 1).count() == 1


def test_a_stale_page_is_told_and_loses_nothing() -> None:
    case = bring_to(State.DISPATCHED, at=None)
    form = form_of(case, reason="不属本单位", basis="权责清单")
    step(case, "sign_for")
    url = f"/cases/{case.number}/steps/ask_return/"
    answer = client_of("clerk_swj").post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已有新的办理记录" in page and "has moved on" not in page
    assert "不属本单位" in page and "权责清单" in page


def test_two_people_one_step_the_second_is_told() -> None:
    case = new_case(at=None)
    form = form_of(case, class_code=COVER, remark="已电话核对位置")
    url = f"/cases/{case.number}/steps/accept/"
    assert client_of("operator_1").post(url, form).status_code == 302
    late = client_of("operator_2").post(url, form | {"key": "7d3c1c5e-0d2b-4a34-9a3e-6a5f1f6f2a10"})
    page = late.content.decode()
    assert late.status_code == 409 and "待立案" in page
    typed = page[page.index("您刚才填写的内容") :]
    assert "已电话核对位置" in typed[: typed.index("</div>")], "what was typed can still be copied"


def test_steps_not_allowed_are_greyed_with_the_reason_and_refused() -> None:
    case = bring_to(State.FILED, at=None)
    page = client_of("operator_1").get(f"/cases/{case.number}/").content.decode()
    assert 'id="step-dispatch"' not in page
    assert "这一步由派遣员办理" in page
    status, page = take("operator_1", case, "dispatch", unit="swj")
    assert status == 403 and case.state == "filed"
    assert "这一步由派遣员办理" in page


def test_two_hands_are_told_on_the_page() -> None:
    case = bring_to(State.FILED, at=None)
    step(case, "dispatch", by="two_hats")
    for code in ("sign_for", "finish"):
        step(case, code)
    status, page = take("two_hats", case, "send_check")
    assert status == 403 and case.state == "handled"
    assert "由另一位同事办理" in page


def test_only_the_fields_a_step_needs() -> None:
    case = bring_to(State.HANDLING, at=None)
    page = client_of("clerk_swj").get(f"/cases/{case.number}/").content.decode()
    finish = page[page.index('id="step-finish"') : page.index('id="step-ask_return"')]
    assert 'name="result_text"' in finish and 'name="photos"' in finish
    assert 'name="norm_id"' not in finish and 'name="unit"' not in finish


def test_a_text_is_deleted_and_shown_as_deleted() -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "ask_return", texts={"reason": "业主王五不让进", "basis": "移交协议"})
    page = client_of("chief_1").get(f"/cases/{case.number}/").content.decode()
    form = page[page.index('id="step-redact"') :]
    form = form[: form.index("</form>")]
    offered = dict(re.findall(r'<option value="(\d+:\w+)">([^<]+)</option>', form))
    seq = LogEntry.objects.get(case=case, step="ask_return").seq
    assert {"1:description", f"{seq}:reason", f"{seq}:basis"} <= set(offered)
    name = offered[f"{seq}:reason"]
    assert name.startswith("申请退单 · ") and name.endswith(" · 理由"), name
    assert "data-confirm" in form and 'name="reason"' in form

    status, page = take("chief_1", case, "redact", passage="", reason="含有个人信息")
    assert status == 422 and "含有个人信息" in page, "the choice is missing, the reason is kept"
    for passage in (f"{seq}:reason", "1:description"):
        status, page = take("chief_1", case, "redact", passage=passage, reason="含有个人信息")
        assert status == 200 and f'<option value="{passage}"' not in page
    assert "王五" not in page and "移交协议" in page and page.count("（已删除）") >= 2
    assert "(deleted)" in client_of("dispatcher_1", "en").get(f"/cases/{case.number}/").content.decode()
    status, page = take("chief_1", case, "redact", passage="1:description", reason="再删一次")
    assert status == 422 and "已删除。请从列表中选择" in page
    assert 'id="step-redact"' not in client_of("operator_1").get(f"/cases/{case.number}/").content.decode()


def test_without_a_grid_the_form_says_how_to_find_one() -> None:
    case = new_case(at=None, where=OUTSIDE)
    page = client_of("operator_1").get(f"/cases/{case.number}/").content.decode()
    form = page[page.index('id="step-send_verify"') :]
    form = form[: form.index("</form>")]
    assert 'name="grid_words"' in form and "按名称（如社区名）或编码找到单元网格" in form


def test_unknown_step_broken_form_and_wrong_number() -> None:
    case = new_case(at=None)
    client = client_of("operator_1")
    assert client.post(f"/cases/{case.number}/steps/fly/", form_of(case)).status_code == 422
    assert client.post(f"/cases/{case.number}/steps/accept/", {"seen": "1"}).status_code == 422
    assert client.post(f"/cases/{case.number}/steps/accept/", form_of(case, lon="here")).status_code == 422
    assert client.post("/cases/NONE/steps/accept/", form_of(case)).status_code == 404
    assert client.get(f"/cases/{case.number}/steps/accept/").headers["location"] == f"/cases/{case.number}/"
    case.refresh_from_db()
    assert case.state == "reported" and case.log_seq == 1


def test_a_broken_picture_is_refused_and_nothing_is_written() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = bring_to(State.HANDLING, at=None)
    broken = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 200, "image/jpeg")
    status, page = take("handler_swj", case, "finish", result_text="已更换", photos=[broken])
    assert status == 422 and case.state == "handling"
    assert "照片已损坏" in page and "已更换" in page


def test_a_duplicate_is_linked_from_the_page() -> None:
    first, second = new_case(at=None), new_case(at=None)
    page = client_of("operator_1").get(f"/cases/{second.number}/").content.decode()
    assert f'name="target" value="{first.number}"' in page
    status, page = take("operator_1", second, "link", target=first.number)
    assert status == 200 and f'href="/cases/{first.number}/"' in page
    status, _ = take("operator_1", second, "merge", target=first.number)
    assert second.state == "merged"


def test_a_request_of_the_unit_is_shown_to_who_rules() -> None:
    case = bring_to(State.HANDLING, at=None)
    take("clerk_swj", case, "ask_return", reason="产权不属于我方", basis="移交协议")
    page = client_of("dispatcher_1").get(f"/cases/{case.number}/").content.decode()
    assert "产权不属于我方" in page and 'id="step-return"' in page
    status, _ = take("dispatcher_1", case, "return", reason="理由成立")
    assert status == 200 and case.state == "filed"


def test_the_language_is_switched_on_the_page_of_a_refused_step() -> None:
    case = new_case(at=None)
    client = client_of("operator_1")
    page = client.post(f"/cases/{case.number}/steps/merge/", form_of(case, target="NONE")).content.decode()
    there = re.search(r'name="next" value="([^"]+)"', page)
    assert there
    answer = client.post("/language/", {"language": "en", "next": there[1]}, follow=True)
    assert answer.status_code == 200 and '<html lang="en">' in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/cases/{case.number}/"


def test_only_a_step_of_the_line_unfolds_by_itself() -> None:
    folded = {"void", "merge", "link", "transfer", "redact", "ask_return", "ask_escalation", "reopen"}
    for state in (
        State.REPORTED,
        State.ACCEPTED,
        State.FILED,
        State.DISPATCHED,
        State.HANDLING,
        State.CLOSED,
    ):
        case = bring_to(state, at=None)
        for login in ("operator_1", "chief_1", "dispatcher_1", "clerk_swj"):
            page = client_of(login).get(f"/cases/{case.number}/").content.decode()
            opened = set(re.findall(r'<details name="step" open id="step-(\w+)"', page))
            assert not opened & folded and len(opened) <= 1, (state, login)
            if (state, login) == (State.FILED, "dispatcher_1"):
                assert opened == {"dispatch"}


def test_the_owner_of_a_component_may_be_named_when_it_is_accepted() -> None:
    case = new_case(at=None)
    page = client_of("operator_1").get(f"/cases/{case.number}/").content.decode()
    assert 'name="owner"' in page
    form = form_of(case, class_code=COVER, owner="csgl")
    assert client_of("operator_1").post(f"/cases/{case.number}/steps/accept/", form).status_code == 302
    case.refresh_from_db()
    assert case.owner == "csgl"
