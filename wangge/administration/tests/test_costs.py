# SPDX-License-Identifier: Apache-2.0
"""Pages of the rules ask the same number of queries at two sizes of what they show."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import COVER_NORM, EAST, MORNING, colleague_of, person
from wangge.administration.tests.test_pages import at, client_of, form_of
from wangge.catalog.models import Norm
from wangge.common.fresh import forget_all
from wangge.organizations.models import Absence, CalendarVersion, DutyHours
from wangge.rulebook.models import Change, Draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def queries(login: str, address: str, given: dict[str, Any]) -> int:
    client = client_of(login)
    client.get(address, given)  # what is held in memory is read once
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, given).status_code == 200
    return len(asked)


def more_drafts(table: str, key: list[str], row: Any) -> None:
    """Three more open drafts of the administrator's that change the row."""
    for _ in range(3):
        draft = Draft.objects.create(title="x", author=person("administrator"), created_at=MORNING)
        Change.objects.create(draft=draft, table=table, key=key, row=row, before=None, changed_at=MORNING)


def more_holidays() -> None:
    more = [
        {"date": f"2026-07-{day:02}", "kind": "holiday", "name_zh": "假", "name_en": "Day"}
        for day in range(1, 29)
    ]
    for calendar in CalendarVersion.objects.filter(valid_to=None):
        CalendarVersion.objects.filter(pk=calendar.pk).update(exceptions=calendar.exceptions + more)
    row = {"date": "2026-08-01", "name_zh": "假", "name_en": "Day", "kind": "holiday"}
    more_drafts("holidays", ["2026-08-01"], row)


def more_versions() -> None:
    held = Norm.objects.get(code=COVER_NORM, valid_to=None)
    for number in range(1, 6):
        held.pk, held.valid_from, held.valid_to = (
            None,
            MORNING.replace(minute=number),
            MORNING.replace(minute=number + 1),
        )
        held.save(force_insert=True)
    row = {
        name: value for name, value in form_of("norms", COVER_NORM).items() if name not in ("key", "draft")
    }
    more_drafts("norms", [COVER_NORM], row)


def more_people() -> None:
    for _ in range(4):
        other = person(colleague_of("handler_swj"))
        other.login = f"{other.login}_{other.pk}"
        other.save()
        DutyHours.objects.create(person=other, weekday=1, begins=time(8), ends=time(12))
        Absence.objects.create(person=other, first_day=MORNING, last_day=MORNING, set_by=other)


def more_steps() -> None:
    more_drafts("flow", [], {"version": "old"})


def more_of_an_area() -> None:
    more_drafts("flow", [EAST], {"name_zh": "东街流程"})


@pytest.mark.parametrize(
    ("address", "given", "more", "login", "most"),
    [
        ("calendar", {"year": "2026"}, more_holidays, "administrator", 12),
        ("flow", {}, more_steps, "administrator", 9),
        ("flow", {"area": EAST}, more_of_an_area, "administrator", 10),
        ("oversight", {}, more_steps, "administrator", 9),
        ("row", {"key": COVER_NORM}, more_versions, "administrator", 11),
        ("edit", {"key": COVER_NORM}, more_versions, "administrator", 9),
        ("/roster/", {}, more_people, "clerk_swj", 12),
    ],
)
def test_many_cost_as_few(address: str, given: dict[str, Any], more: Any, login: str, most: int) -> None:
    more_drafts("modules", ["x"], {"code": "x"})  # somebody's drafts are looked at
    url = (
        address
        if address.startswith("/")
        else at(address, *(["norms"] if address in ("row", "edit") else []))
    )
    few = queries(login, url, given)
    more()
    forget_all()
    assert queries(login, url, given) == few <= most
