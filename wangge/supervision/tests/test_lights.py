# SPDX-License-Identifier: Apache-2.0
"""Lights with the counts behind them; every hand on a case; what lists cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.city import IN_WEST, STREET_EVENT, actor, person
from tests.loop import bring_to, step
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.common.clock import now
from wangge.supervision.actions.orders import OrderData, issue_order
from wangge.supervision.actions.papers import Asked, Content, draft_paper, issue_paper
from wangge.supervision.queries.hands import hands_on
from wangge.supervision.queries.lights import stage_lights, unit_lights
from wangge.supervision.queries.papers import bulletin_candidates
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def overdue(case: Case) -> Case:
    Case.objects.filter(pk=case.pk).update(
        due_at=now() - timedelta(days=3), yellow_at=now() - timedelta(days=4)
    )
    case.tasks.filter(closed_at=None).update(
        due_at=now() - timedelta(days=3), yellow_at=now() - timedelta(days=4)
    )
    return case


def test_units_and_stages_show_their_light_and_the_counts_behind_it() -> None:
    overdue(bring_to(State.HANDLING, at=None))
    for _ in range(2):
        bring_to(State.HANDLING, at=None)
    bring_to(State.HANDLED, at=None)
    bring_to(State.DISPATCHED, at=None, class_code=STREET_EVENT)
    found = {one.unit: one for one in unit_lights(oversight(), actor("evaluator"), at=now())}
    swj = found["swj"]
    assert (swj.counts.green, swj.counts.yellow, swj.counts.red, swj.counts.share) == (2, 0, 1, 33)
    assert swj.band.code == "red" and found["dongjie"].band.code == "green"
    stages = {one.stage: one.counts for one in stage_lights(actor("evaluator"), at=now())}
    assert (stages["handling"].running, stages["handling"].red) == (3, 1)
    assert (stages["handled"].running, stages["dispatched"].running) == (1, 1)
    assert unit_lights(oversight(), actor("operator_west"), at=now()) == []
    assert stage_lights(actor("outsider"), at=now()) == []


def test_what_a_unit_owes_is_counted_where_the_reader_may_see_it() -> None:
    """In the west too swj has a case; the order and the decision are the east's and the district's."""
    bring_to(State.HANDLING, at=None, where=IN_WEST)
    _work(1)
    for login, owes in (("chief_1", (1, 1)), ("chief_east", (1, 0)), ("chief_west", (0, 0))):
        found = {
            one.unit: (one.orders, one.demands) for one in unit_lights(oversight(), actor(login), at=now())
        }
        assert found["swj"] == owes, login


def test_every_hand_with_the_time_the_case_waited_for_it() -> None:
    case = bring_to(State.HANDLING, at=None)
    step(case, "finish")
    found = hands_on(case, actor("leader"), at=now())
    assert [hand.item.step for hand in found.hands] == [
        "report",
        "accept",
        "file",
        "dispatch",
        "sign_for",
        "finish",
    ]
    assert [hand.unit for hand in found.hands] == ["", "", "", "", "swj", "swj"]
    assert sum((hand.waited for hand in found.hands), timedelta()) == case.last_at - case.reported_at
    assert {(one.post, one.steps) for one in found.holders} == {
        ("operator", 1), ("duty_chief", 1), ("dispatcher", 1), ("unit_clerk", 1), ("handler", 1)
    }  # fmt: skip
    assert sum(one.steps for one in found.holders) == 6


def test_the_hand_of_an_assisting_unit_is_its_own() -> None:
    case = bring_to(State.DISPATCHED, at=None, assist=("csgl",))
    step(case, "answer_assistance")
    found = hands_on(case, actor("leader"), at=now())
    assert [(hand.item.step, hand.unit) for hand in found.hands][-2:] == [
        ("dispatch", ""),
        ("answer_assistance", "csgl"),
    ]


def test_a_bulletin_begins_with_what_is_typical_each_case_once() -> None:
    late, unhappy = overdue(bring_to(State.HANDLING, at=None)), overdue(bring_to(State.HANDLING, at=None))
    bring_to(State.HANDLING, at=None)
    Case.objects.filter(pk=unhappy.pk).update(unsatisfied_count=2)
    day = now().date()
    first = day - timedelta(days=6)
    found = bulletin_candidates(
        oversight(), actor("chief_1"), first_day=first, last_day=day + timedelta(days=1), at=now()
    )
    assert [(one.number, one.why) for one in found] == [
        (unhappy.number, "unsatisfied"),
        (late.number, "overdue"),
    ]


def _work(count: int) -> None:
    """So many proposals, orders, unsatisfied cases, papers and demands."""
    day = now().date()
    for _ in range(count):
        overdue(bring_to(State.HANDLING, at=None))
        unsigned = bring_to(State.DISPATCHED, at=None)
        unsigned.tasks.update(due_at=now() - timedelta(days=9))
        ordered = bring_to(State.HANDLING, at=None)
        unhappy = bring_to(State.HANDLING, at=None)
        Case.objects.filter(pk=unhappy.pk).update(unsatisfied_count=1, order_owed="unsatisfied")
        issue_order(
            ordered.number,
            OrderData("phone", "overdue", "抓紧"),
            actor=actor("chief_1"),
            at=now(),
            key=uuid4(),
        )
        content = Content("例会", day, day, asked=(Asked("swj", "清淤"),))
        paper = draft_paper("regular_meeting", content, actor=actor("chief_1"), at=now(), key=uuid4())
        issue_paper(paper.pk, actor=actor("leader"), at=now(), edition=1)
    sweep(oversight(), at=now())


PAGES = ("overview", "proposals", "must", "repeats", "orders", "papers", "owed", "sittings", "campaigns")


def test_longer_lists_ask_no_more() -> None:
    client, counts = Client(), []
    client.force_login(person("chief_1"))
    for size in (1, 2):
        _work(size)
        counts.append({name: _queries(client, reverse(f"oversight:{name}")) for name in PAGES})
    assert counts[0] == counts[1] and max(counts[0].values()) <= 12, counts


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
