# SPDX-License-Identifier: Apache-2.0
"""The whole loop over HTTP by five people with a key each, seen by nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from tests import city
from tests.loop import bring_to
from wangge.cases.flow import State
from wangge.cases.models import Case, FlowVersion
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.exchange.tests.peers import Peer, PeerMaker, refused
from wangge.notices.models import Notice
from wangge.supervision.models import OrderDetail

pytestmark = pytest.mark.django_db

HERE = {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}


def step(peer: Peer, number: str, code: str, **data: Any) -> dict[str, Any]:
    response = peer.post(f"/cases/{number}/steps", {"step": code, **data})
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def offered(peer: Peer, number: str) -> dict[str, dict[str, Any]]:
    return {offer["step"]["code"]: offer for offer in peer.get(f"/cases/{number}/steps").json()}


def test_the_loop(peer: PeerMaker) -> None:
    operator, chief, dispatcher = peer("operator_1"), peer("chief_1"), peer("dispatcher_1")
    clerk, handler, inspector = peer("clerk_swj"), peer("handler_swj"), peer("inspector_east")
    # reported in another coordinate system, a minute ago
    happened = (now() - timedelta(minutes=1)).isoformat()
    made = operator.post(
        "/cases",
        {
            "description": "井盖破损",
            "place": "人民路口",
            **HERE,
            "class_code": city.COVER,
            "at": happened,
            "photos": [operator.photo()],
        },
    )
    assert made.status_code == 201
    number = made.json()["number"]
    assert made["Location"] == f"/api/v1/cases/{number}"
    case = operator.get(f"/cases/{number}").json()
    assert case["description"] == "井盖破损" and case["place"] == "人民路口" and case["squad"] == "squad_east"
    assert [area["code"] for area in case["area"]] == [city.DISTRICT, city.EAST, city.EAST_ONE]
    assert case["class"]["code"] == city.COVER and case["state"]["name"]["zh"] == "待受理"

    step(operator, number, "accept")
    norms = offered(chief, number)["file"]["norms"]
    assert norms[0]["code"] == city.COVER_NORM
    step(chief, number, "file", norm_id=norms[0]["id"], seen=2)
    assert dispatcher.get(f"/cases/{number}").json()["route"]["lead"] == "swj"
    step(dispatcher, number, "dispatch", unit="swj")
    refused(handler.post(f"/cases/{number}/steps", {"step": "sign_for"}), 403, "step_denied")
    mine = offered(clerk, number)["assign"]["handlers"]
    step(clerk, number, "assign", handler_id=mine[0]["id"])
    step(handler, number, "finish", photos=[handler.photo()], texts={"result": "已更换"})
    step(operator, number, "send_check")
    photo = inspector.photo()
    step(inspector, number, "answer_check", result="passed", photos=[photo], **HERE)
    assert step(chief, number, "close", result="solved")["state"] == "closed"

    log = operator.get(f"/cases/{number}/log").json()
    assert [e["step"]["code"] for e in log] == [
        "report", "accept", "file", "dispatch", "assign", "finish", "send_check", "answer_check", "close",
    ]  # fmt: skip
    assert log[5]["texts"] == {"result": "已更换"} and log[7]["photos"] == [photo]
    assert log[7]["result"]["code"] == "passed" and log[7]["result"]["name"]["zh"] == "合格"
    assert log[0]["at"] < log[0]["recorded_at"]
    assert faults_of(Case.objects.get(number=number)) == []
    shown = chief.get(f"/photos/{photo}")
    assert shown["Content-Type"] == "image/jpeg" and b"".join(shown.streaming_content).startswith(b"\xff\xd8")


def test_nobody_else_sees_it(peer: PeerMaker) -> None:
    operator, west, outsider = peer("operator_1"), peer("operator_west"), peer("outsider")
    photo = operator.photo()
    refused(peer("chief_1").get(f"/photos/{photo}"), 404, "not_found")  # waiting: the sender's own
    number = operator.post("/cases", {"description": "井盖破损", **HERE, "photos": [photo]}).json()["number"]
    for stranger in (west, outsider):
        for path in (
            f"/cases/{number}",
            f"/cases/{number}/log",
            f"/cases/{number}/steps",
            f"/photos/{photo}",
        ):
            refused(stranger.get(path), 404, "not_found")
        refused(stranger.post(f"/cases/{number}/steps", {"step": "accept"}), 404, "not_found")
        assert stranger.get("/cases").json() == {"cases": [], "next": None}
    assert operator.get("/cases").json()["cases"][0]["number"] == number


def test_what_the_city_is(peer: PeerMaker) -> None:
    operator = peer("operator_1", "case:read")
    found = operator.get("/classes", q="井盖").json()
    assert city.COVER in [c["code"] for c in found] and found[0]["norms"]
    here = operator.get("/locate", **HERE).json()
    assert (
        here["inside"] and here["unit_grid"]["code"] == city.UNIT_GRID_EAST and here["squad"] == "squad_east"
    )
    assert not operator.get("/locate", lon=city.OUTSIDE.lon, lat=city.OUTSIDE.lat).json()["inside"]
    flow = operator.get("/flow").json()
    assert {"report", "accept", "close", "ask_return"} <= {s["step"]["code"] for s in flow["steps"]}


def test_the_flow_of_an_area(peer: PeerMaker) -> None:
    operator, said = peer("operator_1", "case:read"), {"version": "east"}
    whole = FlowVersion.objects.get(area="").document | said
    FlowVersion.objects.create(
        area=city.EAST, code="standard", document=whole, said=said, valid_from=city.MORNING
    )
    forget_all()
    versions = {
        area: operator.get("/flow", area=area).json()["version"]
        for area in (city.EAST, city.EAST_ONE, city.WEST)
    }
    assert versions == {
        city.EAST: "east",
        city.EAST_ONE: "east",
        city.WEST: operator.get("/flow").json()["version"],
    }
    refused(operator.get("/flow", area="990109"), 404, "not_found")
    refused(operator.get("/flow", place=city.EAST), 422, "invalid_request")


def test_other_coordinate_systems(peer: PeerMaker) -> None:
    """The same figures mean another point in GCJ-02, some 500 m to the west and south."""
    operator = peer("operator_1")
    given = operator.get("/locate", **HERE).json()["position"]
    shifted = operator.get("/locate", **HERE, system="GCJ-02").json()["position"]
    assert 0.003 < given["lon"] - shifted["lon"] < 0.01


def test_a_text_is_deleted(peer: PeerMaker) -> None:
    operator, chief = peer("operator_1"), peer("chief_1")
    number = operator.post("/cases", {"description": "王五家门口井盖破损", **HERE}).json()["number"]
    assert offered(chief, number)["redact"]["needs"] == ["passage", "reason"]
    given = {"step": "redact", "passage": "1:description", "texts": {"reason": "含有个人信息"}}
    refused(operator.post(f"/cases/{number}/steps", given), 403, "step_denied")
    refused(chief.post(f"/cases/{number}/steps", given | {"passage": "9:place"}), 422, "unknown_passage")
    refused(chief.post(f"/cases/{number}/steps", given | {"passage": "\0"}), 422, "invalid_request")
    assert chief.post(f"/cases/{number}/steps", given).status_code == 201
    assert operator.get(f"/cases/{number}").json()["description"] is None
    log = operator.get(f"/cases/{number}/log").json()
    assert log[0]["texts"]["description"] is None and log[1]["data"]["passage"] == [1, "description"]
    assert not faults_of(Case.objects.get(number=number))


def test_a_wrong_step_is_taken_back(peer: PeerMaker) -> None:
    case = bring_to(State.DISPATCHED, at=None)
    operator, number = peer("operator_1"), case.number
    wrong = operator.get(f"/cases/{number}").json()["last_step"]
    asked = {"step": "ask_correction", "entry": 1, "texts": {"reason": "派错单位"}}
    refused(operator.post(f"/cases/{number}/steps", asked), 409, "never_taken_back")
    assert operator.post(f"/cases/{number}/steps", asked | {"entry": wrong}).status_code == 201
    assert step(peer("chief_1"), number, "correct")["state"] == "filed"
    log = operator.get(f"/cases/{number}/log").json()
    assert log[wrong - 1]["taken_back_by"] == log[-1]["seq"] and log[-1]["data"]["taken_back"] == wrong
    assert operator.get(f"/cases/{number}").json()["last_step"] is None
    rules = {rule["code"]: rule for rule in operator.get("/flow").json()["records"]}
    assert "dispatch" in rules["correction"]["takes_back"]


def test_a_joint_order_is_one_whichever_way_it_comes(peer: PeerMaker) -> None:
    case = bring_to(State.HANDLING, at=None)
    path, chief = f"/cases/{case.number}/steps", peer("chief_1")
    asked: dict[str, Any] = {
        "step": "issue_order",
        "choices": {"mode": "joint", "cause": "major"},
        "texts": {"reason": "限期"},
    }
    refused(chief.post(path, asked), 422, "order_joint_needs_two")
    phone = asked | {"unit": "xijie", "choices": {"mode": "phone", "cause": "major"}}
    refused(chief.post(path, phone), 422, "order_one_unit_only")
    refused(peer("clerk_xijie").get(f"/cases/{case.number}"), 404, "not_found")
    step(chief, case.number, asked.pop("step"), **asked, unit="xijie")
    assert OrderDetail.objects.get().second_unit == "xijie"
    assert Notice.objects.filter(recipient__login="clerk_xijie", template="order_joint").count() == 1
    assert peer("clerk_xijie").get(f"/cases/{case.number}").status_code == 200
