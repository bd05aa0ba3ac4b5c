# SPDX-License-Identifier: Apache-2.0
"""A city sets when a unit is on duty, in two hands; a visit to premises becomes a case that goes by it."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.city import COVER, IN_EAST, colleague_of, person
from tests.loop import png
from tests.stories.people import Browser
from wangge.cases.models import Case, FilledForm, Visit
from wangge.cases.verification import faults_of
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.grids.queries import city
from wangge.notices.models import Notice
from wangge.organizations.models import DutyHours
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import publish_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
PREMISES = "E0604"


def _browser(login: str) -> Client:
    client = Client()
    client.force_login(person(login))
    return client


def _publish(draft: Draft) -> None:
    """By the leader, who has looked at it."""
    leader, address = _browser("leader"), f"/rules/drafts/{draft.pk}/"
    looked_at = leader.get(address).context["looked_at"]
    assert leader.post(f"{address}submit/", {"looked_at": looked_at, "due_at": ""}).status_code == 302
    assert publish_due(now()) == 1


def test_from_the_duty_hours_and_the_visit_to_the_clerk_on_duty() -> None:
    night = colleague_of("clerk_swj")
    here = now().astimezone(city().zone)
    another_day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(here.weekday() + 3) % 7]
    row = {"unit": "swj", "weekday": another_day, "begins": "08:00", "ends": "18:00", "draft_title": "值班"}
    editor = _browser("administrator")
    assert editor.post("/rules/unit_hours/edit/", row).status_code == 302
    _publish(Draft.objects.get(title="值班"))
    off = (here.hour + 12) % 24
    for day in range(7):  # the night clerk has hours of their own: always but a minute, half a day from now
        DutyHours.objects.create(person=person(night), weekday=day, begins=time(off, 1), ends=time(off, 0))
    shown = _browser("clerk_swj").get("/roster/").content.decode()
    assert "不在值班时间" in shown and "单位的值班时间" in shown

    inspector = _browser("inspector_east")
    answers = {
        "field.clean": "true",
        "field.orderly": "false",
        "class_code": PREMISES,
        "place": "东一路 3 号 小店",
    }
    picture = SimpleUploadedFile("door.png", png(), "image/png")
    where = {"lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat), "photos": [picture], "key": str(uuid4())}
    visit_page = inspector.post("/visits/new/", answers | where, follow=True)
    visit = Visit.objects.get()
    chosen = {"key": str(visit_page.context["key"]), "failed": "orderly"}
    assert inspector.post(f"/visits/{visit.pk}/report/", chosen).status_code == 302
    case = Case.objects.get()
    assert case.number in inspector.get(f"/visits/{visit.pk}/").content.decode()

    operator, chief, dispatcher = Browser("operator_1"), Browser("chief_1"), Browser("dispatcher_1")
    assert f"/visits/{visit.pk}/" in operator.page(case.number)
    deep: dict[str, Any] = {"class_code": COVER, "field.depth_cm": "deep"}
    operator.take(case.number, "accept", status=422, **deep)
    operator.take(case.number, "accept", **deep | {"field.depth_cm": "40"})
    chief.take(case.number, "file", norm_id=str(catalog().norms_of(COVER)[0].id))
    dispatcher.take(case.number, "dispatch", unit="swj")
    told = Notice.objects.filter(case_id=case.pk, template="task").values_list("recipient__login", flat=True)
    assert list(told) == [night]
    case.refresh_from_db()
    assert faults_of(case) == [] and FilledForm.objects.get(case=case).answers == {"depth_cm": 40}
