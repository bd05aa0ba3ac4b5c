# SPDX-License-Identifier: Apache-2.0
"""The form of a class from the report to the case page: asked, told what is wrong, kept, shown, found, deleted."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import EAST, IN_EAST, IN_WEST, STREET_EVENT, TEST_EVENT, UNIT_GRID_EAST, actor
from tests.loop import bring_to, new_case
from wangge.cases.actions import report
from wangge.cases.flow import State
from wangge.cases.models import Case, FilledForm
from wangge.cases.queries import Filters, list_cases
from wangge.cases.verification import faults_of
from wangge.catalog.models import Form
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.desk.tests.browsing import client_of, form_of, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

CAUSE = {"type": "string", "enum": ["traffic", "age"], "x-enum-zh": ["碾压", "老化"], "x-enum-en": ["Traffic", "Age"],
         "title": "原因", "title_en": "Cause"}  # fmt: skip


def make_form(
    use: str, *, class_code: str = TEST_EVENT, area: str = "", required: bool = False, **fields: Any
) -> Form:
    """A form in force, known to this process."""
    schema = {"type": "object", "properties": fields} | ({"required": list(fields)} if required else {})
    made = Form.objects.create(class_code=class_code, area=area, use=use, title_zh=f"表{use}", title_en=f"Form {use}",
                               fields=schema, valid_from=now())  # fmt: skip
    forget_all()
    return made


def sent(**fields: Any) -> dict[str, Any]:
    good = {"key": str(uuid4()), "description": "路面破损", "lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}
    return good | {"class_code": TEST_EVENT, "place": "路口东侧"} | fields


def test_a_report_with_its_form_is_kept_shown_and_found() -> None:
    client = client_of("operator_1")
    client.post("/report/", sent(**{"field.size_cm": " 40 ", "field.fenced": "false", "field.mark": ""}))
    case = Case.objects.get()
    assert FilledForm.objects.get().answers == {"size_cm": 40, "fenced": False}
    assert faults_of(case) == []
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "尺寸（厘米）" in page and "标识" not in page and "?field=fenced%3Afalse" in page
    english = client_of("operator_1", "en").get(f"/cases/{case.number}/").content.decode()
    assert "Size in cm" in english and ">No</a>" in english
    for term, found in (("size_cm:40", True), ("size_cm:40.0", True), ("fenced:false", True), ("fenced：false", True),
                        ("fenced:true", False), ("size_cm:4", False), ("mark:40", False)):  # fmt: skip
        listed = client.get("/cases/", {"field": term}).content.decode()
        assert (f"/cases/{case.number}/" in listed) is found, term
    assert case.number not in client_of("operator_west").get("/cases/?field=size_cm:40").content.decode()


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost() -> None:
    client = client_of("operator_1", "en")
    wrong = sent(**{"field.size_cm": "wide", "field.mark": "M", "field.colour": "red", "photos": [picture()]})
    page = client.post("/report/", wrong).content.decode()
    assert "Please correct the form" in page and "field.colour" not in page and "colour" in page
    wrong = sent(**{"field.size_cm": "wide", "field.mark": "M"})
    answer = client.post("/report/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Case.objects.exists() and not FilledForm.objects.exists()
    assert "Please correct the form: Size in cm" in page and "Must be a whole number" in page
    assert 'value="wide"' in page and 'value="M"' in page and 'aria-invalid="true"' in page


def test_the_form_is_asked_for_when_the_class_is_chosen() -> None:
    client, here = client_of("operator_1"), {"lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}
    shown = client.get("/report/fields/", {"class_code": TEST_EVENT} | here)
    assert 'name="field.size_cm"' in shown.content.decode()
    same = {"class_code": TEST_EVENT, "form": str(catalog().form_for(TEST_EVENT, "", "report").id)}  # type: ignore[union-attr]
    assert client.get("/report/fields/", same | here).status_code == 204, "what is being typed is left alone"
    other = client.get(
        "/report/fields/", {"class_code": STREET_EVENT, "form": "1", "field.mark": "M-7"}
    ).content.decode()
    assert "field.size_cm" not in other and "M-7" in other, "what was typed can still be copied"


def test_the_nearest_class_and_then_the_nearest_area_has_the_form() -> None:
    above = make_form("check", class_code="E01", mark={"type": "string", "title": "标识", "title_en": "Mark"})
    east = make_form("report", area=EAST, depth={"type": "integer", "title": "深", "title_en": "Depth"})
    found = catalog().form_for(TEST_EVENT, "990101/990101001/990101001001/", "report")
    assert found is not None and found.id == east.pk
    city = catalog().form_for(TEST_EVENT, "990101/990101002/", "report")
    assert city is not None and city.id != east.pk
    inherited = catalog().form_for(TEST_EVENT, "990101/990101001/", "check")
    assert inherited is not None and inherited.id == above.pk
    assert catalog().form_for(STREET_EVENT, "990101/", "report") is None
    fields = {"field.size_cm": "3"}
    west = {"lon": str(IN_WEST.lon), "lat": str(IN_WEST.lat)}
    assert client_of("operator_1").post("/report/", sent(**fields | west)).status_code == 302
    assert client_of("operator_1").post("/report/", sent(**fields)).status_code == 422


@pytest.mark.parametrize(("state", "code", "use", "login"), [
    (State.HANDLING, "finish", "handle", "handler_csgl"), (State.CHECKING, "answer_check", "check", "inspector_east"),
])  # fmt: skip
def test_a_step_asks_for_its_form(state: State, code: str, use: str, login: str) -> None:
    made = make_form(use, required=True, cause=CAUSE)
    case = bring_past(state, made)
    url, client = f"/cases/{case.number}/steps/{code}/", client_of(login)
    good = {
        "result_text": "已修复",
        "result": "passed" if code == "answer_check" else "",
        "lon": "120.015",
        "lat": "30.015",
    }
    assert "老化" in client.get(f"/cases/{case.number}/").content.decode()
    lacking = client.post(url, form_of(case, **good, photos=[picture()]))
    assert lacking.status_code == 422 and "请改正：原因" in lacking.content.decode()
    wrong = client.post(url, form_of(case, **good, photos=[picture(colour="red")], **{"field.cause": "rust"}))
    assert wrong.status_code == 422 and "应为以下之一：traffic、age" in wrong.content.decode()
    done = form_of(case, **good, photos=[picture(colour="blue")], **{"field.cause": "age"})
    assert client.post(url, done).status_code == 302
    assert FilledForm.objects.get(case=case, form=made).answers == {"cause": "age"}
    assert "老化" in client.get(f"/cases/{case.number}/").content.decode()
    case.refresh_from_db()
    assert faults_of(case) == []


def bring_past(state: State, form: Form) -> Case:
    """A live case in `state`; the form comes into force only there."""
    Form.objects.filter(pk=form.pk).update(valid_to=now())
    forget_all()
    case = bring_to(state, class_code=TEST_EVENT, at=None)
    Form.objects.filter(pk=form.pk).update(valid_to=None)
    forget_all()
    return case


def with_form() -> Case:
    taken = report(description="路面破损", class_code=TEST_EVENT, lon=IN_EAST.lon, lat=IN_EAST.lat, actor=actor("operator_1"),
                   at=now(), fields={"mark": "王先生 137", "size_cm": 1e1})  # fmt: skip
    return Case.objects.get(pk=taken.case_id)


def test_a_form_is_deleted_like_a_text_and_the_chain_still_holds() -> None:
    case = with_form()
    client = client_of("chief_1")
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "王先生" in page and "field=mark" not in page, "free text stands in no address"
    redaction = form_of(case, passage="1:form", reason="含有个人信息")
    assert client.post(f"/cases/{case.number}/steps/redact/", redaction).status_code == 302
    row = FilledForm.objects.get()
    assert (row.answers, row.salt) == (None, None)
    case.refresh_from_db()
    assert faults_of(case) == []
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "王先生" not in page and "（已删除）" in page
    again = client.post(
        f"/cases/{case.number}/steps/redact/", form_of(case, passage="1:form", reason="含有个人信息")
    )
    assert again.status_code == 422
    assert list_cases(actor("operator_1"), Filters(answer=("size_cm", "10")), at=now()).rows == []


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE cases_filledform SET answers = answers || '{\"size_cm\": 11}'", "was changed"),
        ("UPDATE cases_filledform SET digest = repeat('0', 64)", "is not the one"),
        ("DELETE FROM cases_filledform", "is missing"),
    ],
)
def test_a_form_changed_beside_the_log_is_found(tampering: str, fault: str) -> None:
    case = with_form()
    assert faults_of(case) == []
    with connection.cursor() as cursor:
        cursor.execute(tampering)
    assert any(fault in told for told in faults_of(case))


def test_a_report_costs_no_statement_more_for_its_form() -> None:
    with_form(), new_case(class_code=TEST_EVENT, at=None)  # what is held in memory is loaded

    def statements(**fields: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            report(description="x", class_code=TEST_EVENT, actor=actor("operator_1"), at=now(), fields=fields)
        return len(seen)

    assert statements() == statements(mark="M")


@pytest.mark.parametrize("term", ["size_cm", ":", "size_cm:", ":40", "x:" + "9" * 400])
def test_a_search_that_names_no_answer_is_told(term: str) -> None:
    answer = client_of("operator_1").get("/cases/", {"field": term})
    assert answer.status_code == 422 and "附加字段" in answer.content.decode()


def test_a_common_answer_is_asked_of_each_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = with_form()
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_FOUND", 0)
    found = list_cases(actor("operator_1"), Filters(answer=("mark", "王先生 137")), at=now()).rows
    assert [row.number for row in found] == [case.number]


def test_a_class_chosen_at_acceptance_asks_for_its_form_there() -> None:
    made = make_form("report", class_code=STREET_EVENT, required=True, cause=CAUSE)
    case, client = new_case(class_code="", at=None), client_of("operator_1")
    url, page = f"/cases/{case.number}/steps/accept/", client.get(f"/cases/{case.number}/").content.decode()
    assert 'id="accept-fields"' in page and "field.cause" not in page, "no class, nothing to ask"
    asked = client.get("/report/fields/", {"number": case.number, "class_code": STREET_EVENT})
    assert "老化" in asked.content.decode() and 'id="accept-field-0"' in asked.content.decode()
    same = {"number": case.number, "class_code": STREET_EVENT, "form": str(made.pk)}
    assert client.get("/report/fields/", same).status_code == 204
    assert client_of("operator_west").get("/report/fields/", same).status_code == 404

    lacking = client.post(url, form_of(case, class_code=STREET_EVENT))
    assert lacking.status_code == 422 and "请改正：原因" in lacking.content.decode()
    assert 'name="field.cause"' in lacking.content.decode(), "the form stays with the class that was chosen"
    done = form_of(case, class_code=STREET_EVENT, **{"field.cause": "age"})
    assert client.post(url, done).status_code == 302
    assert FilledForm.objects.get(case=case, form=made).answers == {"cause": "age"}
    case.refresh_from_db()
    assert faults_of(case) == [] and "老化" in client.get(f"/cases/{case.number}/").content.decode()


def test_what_the_report_was_asked_is_not_asked_again_unless_the_class_changes() -> None:
    make_form("report", class_code=STREET_EVENT, required=True, cause=CAUSE)
    case, client = with_form(), client_of("operator_2")
    url = f"/cases/{case.number}/steps/accept/"
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert 'id="accept-fields"' in page and 'name="field.size_cm"' not in page
    other = client.post(url, form_of(case, class_code=STREET_EVENT))
    assert other.status_code == 422 and "请改正：原因" in other.content.decode()
    assert client.post(url, form_of(case, class_code=TEST_EVENT)).status_code == 302


def test_the_form_at_acceptance_is_that_of_the_grid_chosen_with_it() -> None:
    make_form("report", class_code=STREET_EVENT, area=EAST, required=True, cause=CAUSE)
    case = new_case(class_code="", at=None, where=None, place_text="东一路")
    taken = client_of("operator_1").post(
        f"/cases/{case.number}/steps/accept/",
        form_of(case, class_code=STREET_EVENT, grid_code=UNIT_GRID_EAST),
    )
    assert taken.status_code == 422 and "请改正：原因" in taken.content.decode()


def test_cases_are_exported_with_their_forms_but_without_free_texts() -> None:
    client = client_of("operator_1")
    client.post(
        "/report/", sent(**{"field.size_cm": "40", "field.fenced": "false", "field.mark": "张三家门口"})
    )
    case, other = Case.objects.get(), new_case(class_code=STREET_EVENT)
    head, *lines = client.get("/cases/export.csv").content.decode("utf-8-sig").splitlines()
    assert head.endswith("到期,测试表 · 尺寸（厘米）,测试表 · 已围护") and "张三" not in "".join(lines)
    by_number = {line.split(",")[0]: line for line in lines}
    assert by_number.keys() == {case.number, other.number}
    assert by_number[case.number].endswith(",40,否") and by_number[other.number].endswith(",,")
    narrowed = (
        client_of("operator_1", "en").get("/cases/export.csv", {"field": "fenced:false"}).content.decode()
    )
    assert narrowed.count("\n") == 2 and narrowed.rstrip().endswith(",40,No")
    assert case.number not in client_of("operator_west").get("/cases/export.csv").content.decode()
    assert client.get("/cases/export.xlsx").content.startswith(b"PK")


def test_forms_of_two_uses_that_are_called_the_same_have_columns_of_their_own() -> None:
    mark = {"type": "string", "enum": ["a", "b"], "title": "标识", "title_en": "Mark"}
    first, second = (make_form(use, mark=mark) for use in ("handle", "check"))
    Form.objects.update(title_zh="记录", title_en="Record")
    forget_all()
    case = new_case(class_code=TEST_EVENT)
    for seq, form, answer in ((1, first, "a"), (2, second, "b")):
        FilledForm.objects.create(case=case, seq=seq, form=form, answers={"mark": answer}, salt=b"")
    head, line = client_of("operator_1").get("/cases/export.csv").content.decode("utf-8-sig").splitlines()
    assert head.endswith(",记录 · 标识 · 处置,记录 · 标识 · 核查") and line.endswith(",a,b")


def test_too_many_cases_are_not_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    new_case(), new_case()
    monkeypatch.setattr("wangge.desk.views.export.MOST", 1)
    page = client_of("operator_1").get("/cases/export.csv")
    assert page.status_code == 422 and "超过 1 件" in page.content.decode()
