# SPDX-License-Identifier: Apache-2.0
"""The description at /api/v1/openapi.json says what there is, and the answers keep to it."""

from typing import Any

import pytest
from django.test import Client

from tests import city
from wangge.exchange.tests.peers import PeerMaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(city: None) -> dict[str, Any]:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    loaded: dict[str, Any] = response.json()
    return loaded


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{verb.upper()} {path}": body
        for path, verbs in document["paths"].items()
        for verb, body in verbs.items()
    }


def test_every_address(document: dict[str, Any]) -> None:
    found = operations(document)
    assert set(found) == {
        "POST /api/v1/cases", "GET /api/v1/cases", "GET /api/v1/cases/{number}", "GET /api/v1/cases/{number}/log",
        "GET /api/v1/cases/{number}/steps", "POST /api/v1/cases/{number}/steps", "POST /api/v1/photos",
        "GET /api/v1/photos/{photo_id}", "GET /api/v1/classes", "GET /api/v1/locate", "GET /api/v1/flow",
        "POST /api/v1/calls", "GET /api/v1/calls/{call_id}",
    }  # fmt: skip
    for name, operation in found.items():
        assert operation["security"], name
        for status in ("401", "403", "404", "413", "422", "429", "500"):
            assert "Refusal" in str(operation["responses"][status]), name
        assert {"200", "201"} & set(operation["responses"]), name
        if name.startswith("POST"):
            headers = [p for p in operation["parameters"] if p["in"] == "header"]
            assert [(p["name"], p["required"]) for p in headers] == [("Idempotency-Key", True)], name


def test_filters_have_their_public_names(document: dict[str, Any]) -> None:
    parameters = operations(document)["GET /api/v1/cases"]["parameters"]
    assert [p["name"] for p in parameters] == [
        "state", "class", "area", "unit", "since", "until", "q", "field", "after", "limit",
    ]  # fmt: skip


def test_no_contact_of_a_reporter_has_a_place(document: dict[str, Any]) -> None:
    names = {
        name.lower()
        for schema in document["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }
    told = [
        n
        for n in names
        for word in ("phone", "mobile", "contact", "email", "reporter", "caller")
        if word in n
    ]
    assert told == ["caller"], "masked: see test_calls"


def test_answers_keep_to_it(document: dict[str, Any], peer: PeerMaker) -> None:
    operator = peer("operator_1")
    here = {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}
    number = operator.post("/cases", {"description": "井盖破损", "class_code": city.COVER, **here}).json()[
        "number"
    ]
    schemas = document["components"]["schemas"]
    assert set(operator.get(f"/cases/{number}").json()) == set(schemas["CaseBody"]["properties"])
    assert set(operator.get("/cases").json()["cases"][0]) == set(schemas["CaseRowBody"]["properties"])
    assert set(operator.get(f"/cases/{number}/log").json()[0]) == set(schemas["LogBody"]["properties"])
    assert set(operator.get("/locate", **here).json()) == set(schemas["LocatedBody"]["properties"])
    refusal = operator.get("/cases", limit=0).json()
    assert set(refusal) <= set(schemas["Refusal"]["properties"])
    assert set(refusal["fields"][0]) == set(schemas["Fault"]["properties"])
