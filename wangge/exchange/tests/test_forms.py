# SPDX-License-Identifier: Apache-2.0
"""The forms of classes over HTTP: told, filled in, refused by field, given back, found, deleted."""

from typing import Any

import pytest

from tests import city
from wangge.cases.models import Case, FilledForm
from wangge.cases.verification import faults_of
from wangge.exchange.tests.peers import PeerMaker, refused

pytestmark = pytest.mark.django_db

REPORT = {
    "description": "路面破损",
    "class_code": city.TEST_EVENT,
    "lon": city.IN_EAST.lon,
    "lat": city.IN_EAST.lat,
}


def test_a_form_from_the_class_to_the_log(peer: PeerMaker) -> None:
    operator, chief = peer("operator_1"), peer("chief_1")
    told = next(c for c in operator.get("/classes", q="测试事件").json() if c["code"] == city.TEST_EVENT)
    (form,) = told["forms"]
    assert form["use"] == "report" and form["fields"]["properties"]["size_cm"]["type"] == "integer"
    answers = {"size_cm": 40.0, "fenced": False, "mark": "水"}
    number = operator.post("/cases", REPORT | {"fields": answers}).json()["number"]
    filled = operator.get(f"/cases/{number}/log").json()[0]["form"]
    assert (
        filled["answers"] == answers and filled["id"] == form["id"] and filled["title"]["en"] == "Test form"
    )
    assert [row["number"] for row in operator.get("/cases", field="size_cm:40").json()["cases"]] == [number]
    assert operator.get("/cases", field="size_cm:41").json()["cases"] == []
    chief.post(
        f"/cases/{number}/steps", {"step": "redact", "passage": "1:form", "texts": {"reason": "含有个人信息"}}
    )
    assert operator.get(f"/cases/{number}/log").json()[0]["form"]["answers"] is None
    assert faults_of(Case.objects.get()) == []


def test_without_answers_there_is_no_form_and_a_class_without_a_form_takes_none(peer: PeerMaker) -> None:
    operator = peer("operator_1")
    number = operator.post("/cases", REPORT).json()["number"]
    assert operator.get(f"/cases/{number}/log").json()[0]["form"] is None and not FilledForm.objects.exists()
    formless = REPORT | {"class_code": city.STREET_EVENT, "fields": {"size_cm": 4}}
    body = refused(operator.post("/cases", formless), 422, "wrong_fields")
    assert [f["field"] for f in body["fields"]] == ["fields.size_cm"]
    refused(
        operator.post(f"/cases/{number}/steps", {"step": "accept", "fields": {"x": 1}}), 422, "wrong_fields"
    )


def test_a_class_chosen_at_acceptance_takes_its_form_there(peer: PeerMaker) -> None:
    operator = peer("operator_1")
    number = operator.post("/cases", REPORT | {"class_code": ""}).json()["number"]
    steps, accept = f"/cases/{number}/steps", {"step": "accept", "class_code": city.TEST_EVENT}
    body = refused(operator.post(steps, accept | {"fields": {"size_cm": "wide"}}), 422, "wrong_fields")
    assert [f["field"] for f in body["fields"]] == ["fields.size_cm"]
    operator.post(steps, accept | {"fields": {"size_cm": 40}})
    entry = operator.get(f"/cases/{number}/log").json()[-1]
    assert (entry["step"]["code"], entry["form"]["answers"]) == ("accept", {"size_cm": 40})
    assert faults_of(Case.objects.get()) == []


@pytest.mark.parametrize(("fields", "code", "faults"), [
    ({"size_cm": "wide", "fenced": 1, "colour": "red"}, "wrong_fields", {"fields.colour": "unknown"}),
    ({"size_cm": "wide", "fenced": 1}, "wrong_fields", {"fields.size_cm": "type", "fields.fenced": "type"}),
    ({"size_cm": 0}, "wrong_fields", {"fields.size_cm": "minimum"}),
    ({"size_cm": 10**30}, "wrong_fields", {"fields.size_cm": "maximum"}),
    ({"mark": "字" * 21}, "wrong_fields", {"fields.mark": "maxLength"}),
    ({"mark": "\0"}, "invalid_request", {"fields.mark": "not_storable"}),
    ({"mark": None}, "invalid_request", {"fields.mark": "field_value"}),
    ({"mark": {"a": 1}}, "invalid_request", {"fields.mark": "field_value"}),
    ({f"f{n}": 1 for n in range(201)}, "invalid_request", {"fields": "too_long"}),
    ("size", "invalid_request", {"fields": "dict_type"}),
])  # fmt: skip
def test_wrong_answers_are_told_by_field(
    peer: PeerMaker, fields: Any, code: str, faults: dict[str, str]
) -> None:
    body = refused(peer("operator_1").post("/cases", REPORT | {"fields": fields}), 422, code)
    assert {f["field"]: f["kind"] for f in body["fields"]} == faults
    assert not Case.objects.exists()


@pytest.mark.parametrize("field", ["size_cm", ":", "size_cm:", ":4"])
def test_a_search_that_names_no_answer_is_refused(peer: PeerMaker, field: str) -> None:
    refused(peer("operator_1").get("/cases", field=field), 422, "invalid_request")
