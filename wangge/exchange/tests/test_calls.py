# SPDX-License-Identifier: Apache-2.0
"""Calls taken by another hotline's system: once by key, who called sealed and told to nobody."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests import city
from tests.loop import call_about, new_case, step
from wangge.cases.models import Call, CallbackTry, Case, Contact
from wangge.exchange.tests.peers import PeerMaker, refused
from wangge.exchange.tests.test_once import at_once

NUMBER, NAME = "13912345678", "王女士"
CALL = {
    "outcome": "reported", "text": "井盖破损", "class_code": city.COVER, "lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat,
    "number": NUMBER, "name": NAME, "external_id": "A-1",
}  # fmt: skip
CHECKED = ("finish", "send_check", "answer_check")


@pytest.mark.django_db
def test_a_call_is_taken_once_and_tells_nobody_who_called(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    first, again = operator.post("/calls", CALL, key=key), operator.post("/calls", CALL, key=key)
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 200, "true")
    assert first.json() == again.json() == operator.get(first["Location"].removeprefix("/api/v1")).json()
    assert first.json()["caller"] == {"name": "王**", "number": "*******5678"}
    assert (Case.objects.count(), Call.objects.count(), Contact.objects.count()) == (1, 1, 1)
    for answer in (first, operator.get(f"/cases/{first.json()['case']}"), operator.get("/cases")):
        assert NUMBER not in answer.content.decode() and NAME not in answer.content.decode()
    refused(operator.post("/calls", CALL), 409, "external_id_used")
    refused(operator.post("/calls", CALL | {"text": "另一件事"}, key=key), 409, "key_reused")
    refused(peer("inspector_east").post("/calls", CALL), 403, "permission_missing")
    refused(peer("evaluator").get(f"/calls/{first.json()['id']}"), 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "call me"}, "not_a_phone_number"),
        ({"number": "13912345678" * 4}, "not_a_phone_number"),
        ({"channel": "walk_in"}, "unknown_hotline"),
        ({"text": " "}, "missing"),
        ({"lon": None, "lat": None}, "missing"),
        ({"outcome": "joined"}, "missing"),
        ({"outcome": "answered"}, "missing"),
        ({"outcome": "hung_up"}, "invalid_request"),
        ({"number": "1" * 60}, "invalid_request"),
        ({"class_code": "nothing"}, "unknown_class"),
        ({"case": "nothing"}, "unknown_target"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(
    peer: PeerMaker, change: dict[str, object], code: str
) -> None:
    body = refused(peer("operator_1").post("/calls", CALL | change), 422, code)
    assert NUMBER not in str(body) and "call me" not in str(body)
    assert not Call.objects.exists() and not Case.objects.exists()


@pytest.mark.django_db
def test_a_confidential_caller_is_not_even_masked(peer: PeerMaker) -> None:
    assert peer("operator_1").post("/calls", CALL | {"confidential": True}).json()["caller"] is None


@pytest.mark.django_db
def test_of_a_merged_case_who_may_not_see_it_is_told_no_number(peer: PeerMaker) -> None:
    """The chief of the street where the matter is handled now may see who called, but not the other street's case."""
    merged = new_case(at=None)
    call = call_about(merged)
    step(merged, "merge", target=new_case(where=city.IN_WEST, at=None).number)
    told = {by: peer(by).get(f"/calls/{call.pk}").json()["case"] for by in ("chief_1", "chief_west")}
    assert told == {"chief_1": merged.number, "chief_west": None}
    refused(peer("chief_west").get(f"/cases/{merged.number}"), 404, "not_found")
    for by, shown in (("chief_1", True), ("chief_west", False)):
        browser = Client()
        browser.force_login(city.person(by))
        page = browser.get(reverse("hotline:call", args=[call.pk]))
        assert page.status_code == 200 and (merged.number in page.content.decode()) is shown


@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_make_one_call(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    answers = at_once(lambda n: operator.post("/calls", CALL, key=key))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (Case.objects.count(), Call.objects.count(), Contact.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_callers_are_called_back_one_by_one(peer: PeerMaker) -> None:
    operator = peer("operator_1")
    opened = operator.post("/calls", CALL).json()
    joined = {"outcome": "joined", "case": opened["case"], "text": "还没有修", "number": "01065001234"}
    other = operator.post("/calls", joined).json()["id"]
    case = Case.objects.get(number=opened["case"])
    for code in ("send_verify", "answer_verify", "accept", "file", "dispatch", "sign_for", *CHECKED):
        case.refresh_from_db()
        step(case, code)
    steps = f"/cases/{case.number}/steps"
    offer = next(one for one in operator.get(steps).json() if one["step"]["code"] == "call_back")
    assert offer["calls"] == [opened["id"], other]
    pleased = {"step": "call_back", "result": "satisfied", "solved": True, "satisfied": True}
    told = refused(operator.post(steps, pleased), 422, "caller_needed")["message"]
    assert f"{opened['id']}, {other}" in told["zh"]
    key = uuid4()
    for status in (201, 200):
        answer = operator.post(steps, pleased | {"call": other}, key=key)
        assert (answer.status_code, answer.json()["state"]) == (status, "callback")
    refused(operator.post(steps, pleased | {"call": other}), 409, "caller_done")
    refused(operator.post(steps, pleased | {"call": 10**9}), 404, "not_found")
    assert operator.post(steps, pleased | {"call": opened["id"]}).json()["state"] == "closing"
    kept = CallbackTry.objects.order_by("pk").values_list("call", "reached", "satisfied")
    assert list(kept) == [(other, True, True), (opened["id"], True, True)]
