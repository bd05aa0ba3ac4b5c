# SPDX-License-Identifier: Apache-2.0
"""The same idempotency key again, and at the same moment: one case, one step, one answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests import city
from wangge.cases.models import Case, LogEntry, Photo
from wangge.exchange.models import ApiUse
from wangge.exchange.tests.peers import PeerMaker, picture, refused

HERE = {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}
REPORT = {"description": "井盖破损", **HERE, "class_code": city.COVER}
SENDERS = 8


def at_once(call: Callable[[int], Any], count: int = SENDERS) -> list[Any]:
    """The answers of `count` threads that call at the same moment."""
    together = Barrier(count)

    def run(n: int) -> Any:
        try:
            together.wait(10)
            return call(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


@pytest.mark.django_db
def test_the_same_key_again(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    first = operator.post("/cases", REPORT, key=key)
    again = operator.post("/cases", REPORT, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotent-Replayed" not in first and again["Idempotent-Replayed"] == "true"
    assert first.json() == again.json() and first["Location"] == again["Location"]
    steps, step_key = f"/cases/{first.json()['number']}/steps", uuid4()
    taken = operator.post(steps, {"step": "accept", "seen": 1}, key=step_key)
    again = operator.post(steps, {"step": "accept", "seen": 1}, key=step_key)
    assert (taken.status_code, again.status_code) == (201, 200) and taken.json() == again.json()
    # the first answer of the report stays what it was, although the case has moved on
    assert operator.post("/cases", REPORT, key=key).json() == first.json()
    assert Case.objects.count() == 1 and LogEntry.objects.count() == 2


@pytest.mark.django_db
def test_a_key_is_for_one_request_of_one_sender(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    number = operator.post("/cases", REPORT, key=key).json()["number"]
    refused(operator.post("/cases", REPORT | {"place": "elsewhere"}, key=key), 409, "key_reused")
    refused(operator.post(f"/cases/{number}/steps", {"step": "accept"}, key=key), 409, "key_reused")
    refused(peer("operator_2").post("/cases", REPORT, key=key), 409, "key_reused")


@pytest.mark.django_db
def test_an_external_id_is_for_one_case(peer: PeerMaker) -> None:
    operator = peer("operator_1")
    given = REPORT | {"external_id": "311-5"}
    number = operator.post("/cases", given).json()["number"]
    assert operator.get(f"/cases/{number}").json()["external_id"] == "311-5"
    refused(operator.post("/cases", given), 409, "external_id_used")
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_an_external_id_is_the_senders_own(peer: PeerMaker) -> None:
    """Another peer's number of the same form neither blocks a report nor shows that there is such a case."""
    given = REPORT | {"external_id": "311-5"}
    east = peer("operator_1").post("/cases", given)
    west_given = given | {"lon": city.IN_WEST.lon, "lat": city.IN_WEST.lat}
    west = peer("operator_west").post("/cases", west_given)
    assert (east.status_code, west.status_code) == (201, 201)
    refused(peer("operator_west").post("/cases", west_given), 409, "external_id_used")
    assert set(Case.objects.values_list("external_id", flat=True)) == {"311-5"} and Case.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    refused(operator.post("/cases", REPORT | {"class_code": "nonsense"}, key=key), 422, "unknown_class")
    assert operator.post("/cases", REPORT, key=key).status_code == 201


@pytest.mark.django_db
def test_a_photo_sent_twice(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    first, again = operator.upload(picture(), key=key), operator.upload(picture(), key=key)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert operator.upload(picture(60), key=key).json()["id"] != first.json()["id"]
    refused(peer("operator_2").upload(picture(), key=key), 409, "key_reused")


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    answers = at_once(lambda n: operator.post("/cases", REPORT, key=key))
    assert sorted(a.status_code for a in answers) == [200] * (SENDERS - 1) + [201]
    assert len({a.content for a in answers}) == 1
    assert Case.objects.count() == 1 and LogEntry.objects.count() == 1
    number, step_key = answers[0].json()["number"], uuid4()
    answers = at_once(lambda n: operator.post(f"/cases/{number}/steps", {"step": "accept"}, key=step_key))
    assert sorted(a.status_code for a in answers) == [200] * (SENDERS - 1) + [201]
    assert LogEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_one_step(peer: PeerMaker) -> None:
    """One wins, the others are told; nobody's request is lost or taken twice."""
    people = [peer(login) for login in ("operator_1", "operator_2")]
    number = people[0].post("/cases", REPORT).json()["number"]
    answers = at_once(lambda n: people[n % 2].post(f"/cases/{number}/steps", {"step": "accept"}))
    assert sorted(a.status_code for a in answers) == [201] + [409] * (SENDERS - 1)
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "wrong_state")
    assert LogEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_photo_at_once_and_every_use_counted(peer: PeerMaker) -> None:
    operator, key = peer("operator_1"), uuid4()
    answers = at_once(lambda n: operator.upload(picture(), key=key))
    assert {a.status_code for a in answers} <= {200, 201} and len({a.content for a in answers}) == 1
    assert Photo.objects.count() == 1
    assert sum(ApiUse.objects.values_list("count", flat=True)) == SENDERS
