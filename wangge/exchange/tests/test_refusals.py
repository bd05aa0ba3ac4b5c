# SPDX-License-Identifier: Apache-2.0
"""Bad input: each has its code, in both languages, and leaves nothing behind."""

import json
import logging
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests import city
from wangge.cases.models import Case, IdempotencyKey
from wangge.exchange import views
from wangge.exchange.problems import problem
from wangge.exchange.tests.peers import Peer, PeerMaker, picture, refused

pytestmark = pytest.mark.django_db

REPORT = {"description": "井盖破损"}
HERE = {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}


@pytest.fixture
def operator(peer: PeerMaker) -> Peer:
    return peer("operator_1")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "description"),
        ({"description": 5}, "description"),
        ({"description": "a\0b"}, "description"),
        (REPORT | {"place": "\0"}, "place"),
        (REPORT | {"place": "\ud800"}, "place"),
        (REPORT | {"descripton": "x"}, "descripton"),
        (REPORT | {"lon": 120.0}, "body"),
        (REPORT | {"lon": "east", "lat": 30}, "lon"),
        (REPORT | {"lon": float("nan"), "lat": 30}, "lon"),
        (REPORT | {"lon": 120, "lat": 30, "system": "EPSG:3857"}, "system"),
        (REPORT | {"at": "2026-03-11T10:00:00"}, "at"),
        (REPORT | {"at": "yesterday"}, "at"),
        (REPORT | {"photos": ["not-a-uuid"]}, "photos.0"),
        (REPORT | {"photos": [str(uuid4()) for _ in range(21)]}, "photos"),
        (REPORT | {"class_code": "x" * 81}, "class_code"),
        (REPORT | {"accuracy_m": -1, **HERE}, "accuracy_m"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_invalid_report(operator: Peer, body: Any, field: str) -> None:
    told = refused(operator.post("/cases", body), 422, "invalid_request")
    assert told["fields"][0]["in"] == "body"
    assert {"field", "kind", "problem"} < set(told["fields"][0])
    assert [f["field"] for f in told["fields"]] == [field]
    assert field in told["message"]["zh"] and field in told["message"]["en"]
    assert not Case.objects.exists() and not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"description": "  "}, "missing"),
        (REPORT | {"lon": 30.0, "lat": 120.0}, "coordinates_out_of_range"),
        (REPORT | {"class_code": "nonsense"}, "unknown_class"),
        (REPORT | {"channel": "pigeon"}, "unknown_channel"),
        (REPORT | {"grid_code": "0"}, "unknown_grid"),
        (REPORT | {"photos": [str(uuid4())]}, "photo_unavailable"),
        ({"description": "长" * 4001}, "text_too_long"),
    ],
)
def test_report_the_door_refuses(operator: Peer, body: dict[str, Any], code: str) -> None:
    refused(operator.post("/cases", body), 422, code)
    assert not Case.objects.exists() and not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    "body", [b"{", b"{'description': 1}", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, "井盖".encode("gbk")]
)
def test_invalid_json(operator: Peer, body: bytes) -> None:
    refused(operator.post("/cases", body), 400, "invalid_json")


def test_problems_are_told_in_both_languages() -> None:
    told = problem("too_long", "At most 20", {"max_length": 20, "actual_length": 21})
    assert told == {"zh": "至多 20 项，现有 21 项。", "en": "At most 20"}
    assert problem("enum", "x", {"expected": "'a', 'b' or 'c'"})["zh"] == "应为以下之一：'a'、'b'、'c'。"
    # a kind that is not known, or that comes without its facts, is told all the same
    for kind in ("ip_v4_address", "too_long"):
        assert problem(kind, "Wrong", {}) == {"zh": f"不符合要求（{kind}）。", "en": "Wrong"}


def test_empty_body(operator: Peer) -> None:
    refused(operator.post("/cases", b""), 422, "invalid_request")


def test_oversized_body(operator: Peer) -> None:
    body = json.dumps(REPORT | {"place": "x" * (1 << 20)}).encode()
    refused(operator.post("/cases", body), 413, "too_large")
    # not even read, and before any key is looked up
    refused(Peer("").post("/cases", b"x", **{"Content-Length": "1"}), 401, "key_missing")
    response = Client().post(
        "/api/v1/cases", b"x", content_type="application/json", CONTENT_LENGTH=str(1 << 30)
    )
    refused(response, 413, "too_large")


def test_idempotency_key_is_required(operator: Peer) -> None:
    for headers in ({}, {"Idempotency-Key": "5"}):
        sent = {"Authorization": f"Bearer {operator.key}", **headers}
        response = Client().post("/api/v1/cases", REPORT, content_type="application/json", headers=sent)
        told = refused(response, 422, "invalid_request")
        assert told["fields"][0] | {"kind": "", "problem": ""} == {
            "in": "header", "field": "Idempotency-Key", "kind": "", "problem": "",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"statte": "filed"}, "statte"),
        ({"state": "lost"}, "state"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"since": "2026-01-01"}, "since"),
        ({"until": "2026-01-01T00:00:00"}, "until"),
        ({"q": "井"}, "query"),
        ({"q": "井\0盖"}, "q"),
        ({"area": "\0"}, "area"),
        ({"after": "x"}, "after"),
        ({"after": "MjAyNi0wMS0wMVQwMDowMDowMCAx"}, "after"),
        ({"after": "é"}, "after"),
    ],
)
def test_invalid_list(operator: Peer, query: dict[str, Any], field: str) -> None:
    told = refused(operator.get("/cases", **query), 422, "invalid_request")
    assert [(f["in"], f["field"]) for f in told["fields"]] == [("query", field)]


def test_other_invalid_queries(operator: Peer) -> None:
    refused(operator.get("/classes"), 422, "invalid_request")
    refused(operator.get("/classes", q="井盖", kind="event"), 422, "invalid_request")
    refused(operator.get("/locate", lon=1), 422, "invalid_request")
    refused(operator.get("/locate", lon="inf", lat=0), 422, "invalid_request")
    refused(operator.get("/locate", lon=30, lat=120), 422, "coordinates_out_of_range")
    refused(operator.get("/photos/5"), 422, "invalid_request")
    refused(operator.get("/cases/%00"), 422, "invalid_request")
    refused(operator.get("/cases/NONE"), 404, "not_found")
    refused(operator.get(f"/photos/{uuid4()}"), 404, "not_found")


def test_refused_steps(operator: Peer, peer: PeerMaker) -> None:
    number = operator.post("/cases", REPORT | HERE).json()["number"]
    steps = f"/cases/{number}/steps"
    told = refused(operator.post(steps, {"step": "accept", "textes": {}}), 422, "invalid_request")
    assert told["fields"][0]["field"] == "textes"
    refused(operator.post(steps, {"step": "reject", "texts": {"cause": "x"}}), 422, "invalid_request")
    refused(operator.post(steps, {"step": "reject", "texts": {"reason": "\0"}}), 422, "invalid_request")
    refused(operator.post(steps, {"step": "fly"}), 422, "unknown_step")
    refused(operator.post(steps, {"step": "accept"}), 422, "missing")
    refused(operator.post(steps, {"step": "close", "result": "solved"}), 409, "wrong_state")
    refused(operator.post(steps, {"step": "accept", "class_code": city.COVER, "seen": 7}), 409, "stale_page")
    denied = refused(
        peer("dispatcher_1").post(steps, {"step": "accept", "class_code": city.COVER}), 403, "step_denied"
    )
    assert denied["reason"] == "wrong_post"
    refused(operator.post("/cases/NONE/steps", {"step": "accept"}), 404, "not_found")
    refused(operator.post(steps, {"step": "accept", "lon": 999, "lat": 1}), 422, "coordinates_out_of_range")
    assert Case.objects.get(number=number).log_seq == 1


def test_unknown_address_and_wrong_method(operator: Peer) -> None:
    client = Client()
    for path in ("/api/", "/api/v1/nothing", "/api/v2/cases", "/api/v1/cases/", "/api/v1/docs"):
        refused(client.get(path), 404, "unknown_address")
    response = client.delete("/api/v1/cases")
    refused(response, 405, "wrong_method")
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}
    refused(client.put("/api/v1/flow"), 405, "wrong_method")


def test_broken_upload(operator: Peer) -> None:
    def upload(content: bytes, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {operator.key}", "Idempotency-Key": str(uuid4())}
        return Client().post("/api/v1/photos", content, content_type=kind, headers=headers)

    form = "multipart/form-data"
    refused(upload(b"--x\r\n", form), 400, "invalid_multipart")
    refused(upload(picture(), "image/jpeg"), 422, "invalid_request")
    empty = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n'
    assert (
        refused(upload(empty, f"{form}; boundary=x"), 422, "invalid_request")["fields"][0]["field"] == "file"
    )


def test_unforeseen_failure_shows_nothing_of_its_inside(
    operator: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(area_path: str) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(views, "flow_at", fail)
    with caplog.at_level(logging.ERROR, "wangge.exchange"):
        response = operator.get("/flow")
    refused(response, 500, "server_error")
    assert b"inside" not in response.content and "the inside" in caplog.text
