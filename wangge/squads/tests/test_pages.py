# SPDX-License-Identifier: Apache-2.0
"""The pages of the squads: as many queries for many rows as for few, keyset paging, nothing the policy would block."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.city import actor, colleague_of, person
from tests.loop import bring_to, new_case
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.inspectors.actions.drawing import draw_sample
from wangge.inspectors.actions.entering import enter_missed
from wangge.inspectors.actions.feedback import take_feedback
from wangge.inspectors.actions.planning import ask_for_plan, compute_waiting
from wangge.inspectors.actions.reporting import file_report
from wangge.inspectors.models import Draw, RotationPlan
from wangge.inspectors.reference import local_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def client_of(login: str) -> Client:
    client = Client()
    client.force_login(person(login))
    return client


def fill(day_back: int) -> None:
    """One more of everything the lists show."""
    evaluator, today = actor("evaluator"), local_day(now())
    bring_to(State.CLOSED, at=None)
    earlier = today - timedelta(days=100 + day_back)  # a day is drawn from once
    Draw.objects.filter(until=today).update(since=earlier, until=earlier)
    draw_sample(since=today, until=today, seed=str(day_back), actor=evaluator, at=now(), key=uuid4())
    case = new_case(at=None)
    enter_missed(
        person("inspector_east").pk, case.number, reason="漏报", actor=evaluator, at=now(), key=uuid4()
    )
    take_feedback(
        "praise", text="很认真", unit="squad_east", actor=actor("operator_1"), at=now(), key=uuid4()
    )
    file_report(
        "squad_east",
        today - timedelta(days=day_back),
        day_back,
        actor=actor("inspector_east"),
        at=now(),
        key=uuid4(),
    )
    colleague_of(f"inspector_east{'_too' * day_back}")
    ask_for_plan("grids", first_day=today + timedelta(days=9), actor=evaluator, at=now(), key=uuid4())
    compute_waiting(now())


def test_lists_cost_as_many_queries_for_many_rows_as_for_few() -> None:
    evaluator, inspector = client_of("evaluator"), client_of("inspector_east")
    pages = ["/squads/", "/squads/ledger/", "/squads/feedback/", "/squads/samples/", "/squads/reports/",
             "/squads/rotation/"]  # fmt: skip

    def queries() -> dict[str, int]:
        newest = {
            "plan": f"/squads/rotation/{RotationPlan.objects.latest('pk').pk}/?squad=squad_east",
            "draw": f"/squads/samples/{Draw.objects.latest('pk').pk}/",
        }
        found = {}
        for name, address in ({page: page for page in pages} | newest).items():
            client = inspector if address == "/squads/" else evaluator  # who has something of their own there
            client.get(address)
            with CaptureQueriesContext(connection) as seen:
                page = client.get(address)
            assert page.status_code == 200
            assert not re.search(r"<[^>]*\sstyle=|<style|<script(?![^>]*\ssrc=)", page.content.decode())
            found[name] = len(seen)
        return found

    fill(0)
    few = queries()
    for number in (1, 2, 3):
        fill(number)
    assert queries() == few


def test_the_ledger_pages_by_keyset(monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge.squads import given

    evaluator, client = actor("evaluator"), client_of("evaluator")
    for number in range(5):
        case = new_case(at=None)
        enter_missed(
            person("inspector_east").pk,
            case.number,
            reason=f"漏报 {number}",
            actor=evaluator,
            at=now(),
            key=uuid4(),
        )
    monkeypatch.setattr(given, "ROWS", 2)
    seen: list[int] = []
    query = ""
    for _ in range(3):
        page = client.get(f"/squads/ledger/?{query}")
        seen += [entry.pk for entry, _words, _consequence in page.context["entries"]]
        query = page.context["next"]
    assert len(seen) == len(set(seen)) == 5 and seen == sorted(seen, reverse=True) and not query


def test_the_same_form_sent_twice_is_one() -> None:
    client, key = client_of("operator_1"), str(uuid4())
    form = {"key": key, "kind": "praise", "unit": "squad_east", "text": "很认真"}
    assert (
        client.post("/squads/feedback/new/", form)["Location"]
        == client.post("/squads/feedback/new/", form)["Location"]
    )
    assert client.post("/squads/feedback/new/", form | {"text": "不认真"}).status_code == 409


def test_who_has_nothing_of_their_own_opens_the_first_section_and_chooses_there() -> None:
    chief = client_of("chief_1")
    page = chief.get("/squads/", follow=True)
    assert page.redirect_chain == [("/squads/reports/", 302)]
    assert '<a href="/squads/reports/" aria-current="page">' in page.content.decode()
    assert {url for _, url in page.context["sections"]} == {"/squads/reports/", "/squads/rotation/"}
    assert client_of("inspector_east").get("/squads/").context["sections"][0] == ("我的", "/squads/")


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2026-13"])
def test_a_month_that_is_none_is_refused(month: str) -> None:
    assert client_of("evaluator").get(f"/squads/reports/?month={month}").status_code == 422


def test_a_draw_of_the_last_day_there_is_is_refused() -> None:
    form = {"key": str(uuid4()), "since": "9999-12-31", "until": "9999-12-31", "seed": "s"}
    assert client_of("evaluator").post("/squads/samples/", form).status_code == 422
