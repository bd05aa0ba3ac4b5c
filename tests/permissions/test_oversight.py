# SPDX-License-Identifier: Apache-2.0
"""The supervision of units, for every post."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.city import MORNING, actor, person
from tests.loop import bring_to
from tests.permissions.oversight import Supervised, table
from tests.permissions.tables import EVERYBODY
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.supervision.actions.campaigns import set_up_campaign
from wangge.supervision.actions.occasions import open_occasions
from wangge.supervision.actions.orders import OrderData, issue_order
from wangge.supervision.actions.papers import Content, draft_paper, issue_paper
from wangge.supervision.models import Demand
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def supervised() -> Supervised:
    """A case in the east, with swj, under an order, cited by a paper on which its unit owes an answer; a draft; a campaign."""
    case = bring_to(State.HANDLED)
    at, chief, day = now(), actor("chief_2"), date(2026, 11, 16)
    order = issue_order(case.number, OrderData("phone", "overdue", "抓紧"), actor=chief, at=at, key=uuid4())
    content = Content("通报", day, day, cases=((case.number, ""),))
    paper, draft = (draft_paper("bulletin", content, actor=chief, at=at, key=uuid4()) for _ in range(2))
    issue_paper(paper.pk, actor=actor("leader"), at=at, edition=1)
    campaign = set_up_campaign(
        title="行动", text="", first_day=day, last_day=day, area_codes=["990101"], classes=["C01"], checklist="",
        actor=chief, at=at, key=uuid4(),
    )  # fmt: skip
    meeting, _bulletin = open_occasions(oversight(), at=MORNING)
    return Supervised(
        case.number, order.pk, paper.pk, draft.pk, Demand.objects.get(paper=paper).pk, campaign.pk, meeting.pk
    )


@pytest.mark.parametrize("login", EVERYBODY)
def test_each_post_is_answered_as_the_table_says(login: str, supervised: Supervised) -> None:
    client, wrong = Client(raise_request_exception=False), {}
    client.force_login(person(login))
    for name, (method, arguments, data, may, allowed, refused) in table(supervised).items():
        key = {"key": str(uuid4())} if method == "post" else {}
        found = getattr(client, method)(reverse(name, kwargs=arguments), data | key).status_code
        expected = (allowed,) if login in may else (refused,) if refused else (403, 404)
        if found not in expected:
            wrong[name] = found, expected
    assert wrong == {}
