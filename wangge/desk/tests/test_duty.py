# SPDX-License-Identifier: Apache-2.0
"""Who is in charge, on the pages: why there, who is away, whom a clerk is proposed."""

import re

import pytest

from tests.city import LOADED_AT, STREET_EVENT, STREET_NORM, actor, change_row, colleague_of, person
from tests.loop import bring_to, step
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.catalog.models import Norm
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.desk.route_card import route_card
from wangge.desk.tests.browsing import client_of, forbidden_in, form_of
from wangge.grids.queries import city
from wangge.organizations.models import Absence, DutyHours, Responsibility

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.fixture
def routed() -> Case:
    """A street event of the east: dongjie by its own row; swj everywhere, csgl only in winter."""
    for lead, last in (("swj", None), ("csgl", "2026-02-28")):
        first = None if last is None else "2025-11-01"
        Responsibility.objects.create(
            class_code="E01", lead=lead, first_day=first, last_day=last, valid_from=LOADED_AT
        )
    forget_all()
    return bring_to(State.FILED, class_code=STREET_EVENT)


def test_the_page_says_which_row_fired_and_why_the_others_did_not(routed: Case) -> None:
    html = client_of("dispatcher_1").get(f"/cases/{routed.number}/").content.decode()
    assert "属地管理" in html and "地点越近越优先" in html
    assert "地点较宽" in html and "立案当天不在有效期内" in html and "2025-11-01 – 2026-02-28" in html
    assert "/rules/responsibilities/row/?key=E01&amp;key=990101001&amp;key=%2A&amp;key=" in html
    assert "/rules/responsibilities/row/?key=E01&amp;key=%2A&amp;key=%2A&amp;key=2025-11-01" in html
    assert not forbidden_in(html)
    english = client_of("dispatcher_1", "en").get(f"/cases/{routed.number}/").content.decode()
    assert "the nearer place wins" in english and "not in force on the day of filing" in english


def test_links_to_the_rulebook_are_for_who_may_read_it(routed: Case) -> None:
    html = client_of("operator_1").get(f"/cases/{routed.number}/").content.decode()
    assert "地点较宽" in html and "/rules/" not in html


def test_a_case_of_before_reasons_were_kept_shows_them_too(routed: Case) -> None:
    assert routed.route
    for other in routed.route["alternatives"]:
        for name in ("why", "first_day", "last_day"):
            other.pop(name, None)
    card = route_card(routed, actor("dispatcher_1"))
    assert card and card.fired and {row.why for row in card.others} == {"地点较宽"}


def test_another_kind_of_unit_needs_a_reason_and_the_form_asks_for_it() -> None:
    change_row(Norm.objects.get(code=STREET_NORM, valid_to=None), lead_kinds=["street"])
    case = bring_to(State.FILED, class_code=STREET_EVENT, at=None)
    client, address = client_of("dispatcher_1"), f"/cases/{case.number}/steps/dispatch/"
    refused = client.post(address, form_of(case, unit="swj"))
    assert refused.status_code == 422 and "主办单位应为：街道" in refused.content.decode()
    assert 'name="reason"' in refused.content.decode()
    taken = client.post(address, form_of(case, unit="swj", reason="产权属水务局"))
    assert taken.status_code == 302
    assert "产权属水务局" in client.get(f"/cases/{case.number}/").content.decode()


def test_an_absence_is_entered_by_oneself_and_taken_back_by_the_clerk() -> None:
    other = colleague_of("handler_swj")
    handler, clerk = client_of("handler_swj"), client_of("clerk_swj")
    today = now().astimezone(city().zone).date()
    form = {"person": person("handler_swj").pk, "first_day": today, "last_day": today}
    page = handler.get("/roster/").content.decode()
    assert f'value="{person(other).pk}"' in page and not forbidden_in(page)
    wrong = handler.post("/roster/absences/", form | {"last_day": "明天"})
    assert wrong.status_code == 422 and "不是日期" in wrong.content.decode()
    assert f'value="{today.isoformat()}"' in wrong.content.decode()
    assert handler.post("/roster/absences/", form | {"substitute": person(other).pk}).status_code == 302
    row = Absence.objects.get()
    assert row.substitute == person(other)
    assert client_of("clerk_csgl").post(f"/roster/absences/{row.pk}/end/").status_code == 404
    assert clerk.post(f"/roster/absences/{row.pk}/end/").status_code == 302
    assert not Absence.objects.exists()
    page = handler.get("/roster/").content.decode()
    trace = page[page.index("登记记录") :]
    assert (
        trace.index("撤销外出") < trace.index("登记外出") and "水务经办员" in trace and not forbidden_in(page)
    )


def test_who_is_there_with_the_fewest_tasks_is_proposed() -> None:
    """Two handlers: the first has a case in hand; then the second is away; then both are off duty."""
    other = colleague_of("handler_swj")
    step(bring_to(State.HANDLING, at=None), "assign")
    case = bring_to(State.HANDLING, at=None)
    client = client_of("clerk_swj")

    def proposed() -> list[int]:
        html = client.get(f"/cases/{case.number}/").content.decode()
        form = html[html.index('name="handler_id"') :]
        return [
            int(found) for found in re.findall(r'value="(\d+)" selected', form[: form.index("</select>")])
        ]

    assert proposed() == [person(other).pk]
    today = now().astimezone(city().zone).date()
    client.post("/roster/absences/", {"person": person(other).pk, "first_day": today, "last_day": today})
    assert proposed() == [person("handler_swj").pk]
    never = [day for day in range(7) if day not in (today.weekday(), (today.weekday() + 1) % 7)]
    hours = {"person": person("handler_swj").pk, "weekday": never, "begins": "08:00", "ends": "09:00"}
    assert client.post("/roster/hours/", hours).status_code == 302
    assert proposed() == []
    assert "外出" in client.get(f"/cases/{case.number}/").content.decode()
    row = DutyHours.objects.filter(person=person("handler_swj")).first()
    assert row and client.post(f"/roster/hours/{row.pk}/remove/").status_code == 302
    assert client.post("/roster/hours/", hours | {"begins": ""}).status_code == 422


def test_the_substitute_finds_the_task_in_their_list_marked() -> None:
    other = colleague_of("handler_swj")
    case = bring_to(State.HANDLING, at=None)
    step(case, "assign")
    assert case.number not in client_of(other).get("/").content.decode()
    today = now().astimezone(city().zone).date()
    row = {"person": person("handler_swj").pk, "first_day": today, "last_day": today}
    client_of("handler_swj").post("/roster/absences/", row | {"substitute": person(other).pk})
    html = client_of(other).get("/").content.decode()
    assert case.number in html and "代办" in html


def test_a_precedent_leads_to_a_row_filled_in(routed: Case) -> None:
    step(routed, "dispatch", unit="swj", texts={"reason": "产权属水务局"})
    html = client_of("administrator").get("/cases/precedents/?words=产权").content.decode()
    assert "/rules/responsibilities/edit/?class=E0101&amp;place=990101001&amp;lead=swj" in html
    assert routed.number in html and f'href="/cases/{routed.number}/"' not in html and not forbidden_in(html)
    html = client_of("dispatcher_1").get("/cases/precedents/?class_code=E01").content.decode()
    assert f'href="/cases/{routed.number}/"' in html and "/rules/responsibilities/edit/" not in html
    assert client_of("dispatcher_1").get("/cases/precedents/?words=产").status_code == 422
    assert 'href="/cases/precedents/"' in client_of("dispatcher_1").get("/cases/").content.decode()
    assert 'href="/cases/precedents/"' not in client_of("operator_1").get("/cases/").content.decode()
