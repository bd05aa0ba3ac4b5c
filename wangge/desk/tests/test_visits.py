# SPDX-License-Identifier: Apache-2.0
"""Visits to premises: the checklist filled in, who sees it, and what failed made a report in one step."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import IN_EAST, UNIT_GRID_EAST
from tests.loop import HOTLINE, bring_to, photo
from wangge.cases.actions.photos import purge_waiting_photos
from wangge.cases.actions.retention import delete_overdue_visits
from wangge.cases.flow import State
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Case, Photo, Visit
from wangge.cases.verification import faults_of
from wangge.common.clock import now
from wangge.desk.tests.browsing import client_of, form_of, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: a class of the standard pack with a checklist
FRONTAGE = "E0604"


def sent(**fields: Any) -> dict[str, Any]:
    good = {"key": str(uuid4()), "class_code": FRONTAGE, "place": "东一路 3 号 小店", "lon": str(IN_EAST.lon)}
    return good | {"lat": str(IN_EAST.lat), "field.clean": "true", "field.orderly": "false"} | fields


def test_a_visit_is_filled_in_kept_and_shown() -> None:
    client = client_of("inspector_east")
    assert "卫生合格" in client.get("/visits/new/", {"class_code": FRONTAGE}).content.decode()
    once = sent()
    answer = client.post("/visits/new/", once, follow=True)
    visit = Visit.objects.select_related("unit_grid").get()
    assert visit.answers == {"clean": True, "orderly": False} and visit.failed == ["orderly"]
    assert visit.unit_grid is not None and visit.unit_grid.code == UNIT_GRID_EAST
    page = answer.content.decode()
    assert "小店" in page and "秩序合格" in page and "不合格" in page
    assert client.post("/visits/new/", once).status_code == 302 and Visit.objects.count() == 1
    stolen = client_of("operator_1").post("/visits/new/", once)
    assert stolen.status_code == 409, "another person's key opens nothing"
    other = client.post("/visits/new/", once | {"place": "东一路 5 号"})
    assert other.status_code == 409, "the same key for other premises is told, not swallowed"


def test_what_failed_is_reported_in_one_step_and_linked_both_ways() -> None:
    client = client_of("inspector_east")
    client.post("/visits/new/", sent(photos=[picture(), picture(colour="red")]))
    visit = Visit.objects.get()
    shown = client.get(f"/visits/{visit.pk}/").content.decode()
    photos = [str(photo.pk) for photo in visit.photos.all()]
    assert len(photos) == 2 and all(f"/photos/{one}/" in shown for one in photos)
    assert all(client.get(f"/photos/{one}/").status_code == 200 for one in photos)
    assert client_of("inspector_west").get(f"/photos/{photos[0]}/").status_code == 404

    address, once = f"/visits/{visit.pk}/report/", {"key": str(uuid4()), "failed": "orderly"}
    nothing = client.post(address, once | {"failed": "clean"})
    assert (
        nothing.status_code == 422 and "至少选一项" in nothing.content.decode() and not Case.objects.exists()
    )
    assert client.post(address, once).status_code == 302
    case = Case.objects.get()
    assert client.post(address, once).headers["Location"] == f"/cases/{case.number}/"
    assert (case.class_code, case.channel_id) == (FRONTAGE, "inspector") and faults_of(case) == []
    assert case.unit_grid and case.unit_grid.code == UNIT_GRID_EAST
    assert case.photos.count() == 2 and visit.photos.count() == 2, "copies: the visit keeps its own"
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert f"/visits/{visit.pk}/" in page and "不合格：秩序合格。" in page
    shown = client.get(f"/visits/{visit.pk}/").content.decode()
    assert case.number in shown and "立即上报" not in shown
    again = client_of("operator_1").post(address, {"key": str(uuid4()), "failed": "orderly"})
    assert again.status_code == 409 and "已有人上报" in again.content.decode() and Case.objects.count() == 1
    assert client_of("inspector_west").post(address, once).status_code == 404


def test_what_failed_is_added_to_before_it_is_reported() -> None:
    client = client_of("inspector_east")
    client.post("/visits/new/", sent(**{"field.clean": "false"}))
    visit = Visit.objects.get()
    client.post(f"/visits/{visit.pk}/report/", {"key": str(uuid4()), "failed": "clean"})
    page = client.get("/report/", {"visit": visit.pk})
    assert "门前检查，东一路 3 号 小店。不合格：秩序合格。" in page.content.decode(), (
        "the other is reported already"
    )
    assert f'value="{FRONTAGE}" checked' in page.content.decode()
    report = {"key": str(uuid4())} | {k: str(v) for k, v in page.context["values"].items() if k != "failed"}
    sent_back = client.post("/report/", report | {"failed": ["orderly"], "lat": "north"})
    assert 'name="failed" value="orderly"' in sent_back.content.decode()
    assert client.post("/report/", report | {"failed": ["orderly"]}).status_code == 302
    cases = Case.objects.order_by("pk")
    assert {r.field: r.case_id for r in visit.reports.all()} == {"clean": cases[0].pk, "orderly": cases[1].pk}
    client.post("/visits/new/", sent(**{"field.orderly": "true"}))
    clean = Visit.objects.latest("pk")
    assert "上报不合格项" not in client.get(f"/visits/{clean.pk}/").content.decode()


def test_photos_of_a_visit_are_ones_own_wait_no_longer_and_serve_no_step() -> None:
    client = client_of("inspector_east")
    foreign = photo("operator_1")
    refused = client.post("/visits/new/", sent(photo=str(foreign)))
    assert refused.status_code == 422 and not Visit.objects.exists()
    wrong = client.post("/visits/new/", sent(photos=[picture()], place=" "))
    (kept,) = wrong.context["kept"]
    assert client.post("/visits/new/", sent(photo=str(kept))).status_code == 302
    assert purge_waiting_photos(now() + timedelta(days=1)) == 1 and Photo.objects.get().visit is not None
    case = bring_to(State.VERIFYING, at=None)
    step = form_of(case, result="confirmed", lon="120.015", lat="30.015", photo=str(kept))
    assert client.post(f"/cases/{case.number}/steps/answer_verify/", step).status_code == 422


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"place": " "}, "场所名称或门牌"),
        ({"class_code": "E0199"}, "没有检查表"),
        ({"field.clean": "maybe"}, "卫生合格"),
        ({"field.colour": "red"}, "colour"),
        ({"field.clean": "", "field.orderly": ""}, "请填写：检查表"),
        ({"lat": "north"}, "应为数字"),
        ({"place": "长" * 201}, "超过 200 个字"),
    ],
)
def test_wrong_input_is_told_and_kept(fields: dict[str, str], said: str) -> None:
    answer = client_of("inspector_east").post("/visits/new/", sent(**fields))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and not Visit.objects.exists()
    assert "lat" not in fields or 'value="north"' in page


def test_who_sees_a_visit() -> None:
    client_of("inspector_east").post("/visits/new/", sent())
    visit = Visit.objects.get()
    for login, sees in (("inspector_east", True), ("operator_1", True), ("operator_east", True), ("operator_west", False),
                        ("inspector_west", False), ("clerk_swj", False)):  # fmt: skip
        client = client_of(login)
        assert ("小店" in client.get("/visits/").content.decode()) is sees, login
        assert client.get(f"/visits/{visit.pk}/").status_code == (200 if sees else 404), login
        assert (client.get("/report/", {"visit": visit.pk}).status_code == 200) is sees, login
    assert client_of("outsider").get("/visits/").status_code == 403
    assert client_of("handler_swj").post("/visits/new/", sent()).status_code == 403


def test_the_list_pages_and_costs_as_many_queries_for_many_as_for_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of("inspector_east")
    client.post("/visits/new/", sent())
    client.get("/visits/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/visits/").status_code == 200
        return len(seen)

    few = queries()
    for number in range(6):
        client.post("/visits/new/", sent(place=f"店 {number}", **{"field.orderly": "true"}))
    assert queries() == few
    assert "店 5" not in client.get("/visits/", {"failed": "1"}).content.decode()
    from wangge.desk.views import visits
    from wangge.ui import paging

    monkeypatch.setattr(paging, "ROWS", 3)
    monkeypatch.setattr(visits, "ROWS", 3)
    seen: list[int] = []
    query = ""
    for _ in range(3):
        page = client.get(f"/visits/?{query}")
        seen += [one.pk for one in page.context["visits"]]
        query = page.context["next"]
    assert len(seen) == len(set(seen)) == 7 and seen == sorted(seen, reverse=True)


def test_texts_of_a_visit_that_tell_of_somebody_are_deleted_for_good() -> None:
    client, chief = client_of("inspector_east"), client_of("chief_1")
    client.post("/visits/new/", sent(place="东一路 3 号 王阿姨家"))
    visit = Visit.objects.get()
    Visit.objects.filter(pk=visit.pk).update(answers=visit.answers | {"note": "王阿姨在家"})
    page, gone = f"/visits/{visit.pk}/", f"/visits/{visit.pk}/redact/"
    assert gone in chief.get(page).content.decode() and gone not in client.get(page).content.decode()
    assert client.post(gone, {"reason": "写了姓名"}).status_code == 403
    assert client_of("chief_west").post(gone, {"reason": "写了姓名"}).status_code == 404
    assert chief.post(gone, {"reason": " "}).status_code == 422
    assert chief.post(gone, {"reason": "写了姓名"}).status_code == 302
    visit.refresh_from_db()
    assert (visit.place, visit.answers, visit.failed) == ("—", {"clean": True, "orderly": False}, ["orderly"])
    shown = client.get(page).content.decode()
    assert "王阿姨" not in shown and "写了姓名" in shown and "值班长甲" in shown


def test_what_a_visit_tells_goes_on_time_and_not_before_what_was_reported_of_it_has_ended() -> None:
    client, days = client_of("inspector_east"), timedelta(days=hotlines()[HOTLINE].answered_days)
    client.post("/visits/new/", sent(photos=[picture()]))
    client.post("/visits/new/", sent())
    reported = Visit.objects.earliest("pk")
    client.post(f"/visits/{reported.pk}/report/", {"key": str(uuid4()), "failed": "orderly"})
    case = Case.objects.get()
    Visit.objects.update(answers=reported.answers | {"note": "王阿姨在家"})
    assert delete_overdue_visits(now() + days - timedelta(days=1)) == 0
    late = now() + days + timedelta(days=1)
    assert (delete_overdue_visits(late), delete_overdue_visits(late)) == (1, 0)
    reported.refresh_from_db()
    assert reported.place != "—", "its case is open"
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closing="explained", closed_at=now())
    assert delete_overdue_visits(late) == 1 and purge_waiting_photos(late) == 1
    for visit in Visit.objects.all():
        assert (visit.place, visit.answers, visit.failed) == (
            "—", {"clean": True, "orderly": False}, ["orderly"]
        )  # fmt: skip
        shown = client.get(f"/visits/{visit.pk}/").content.decode()
        assert "按保存期限删除" in shown and "/photos/" not in shown and "不合格" in shown
    assert case.photos.count() == 1, "the case keeps its copy"
