# SPDX-License-Identifier: Apache-2.0
"""Lists, photos, maps, board and notices: what they show, to whom, at what cost."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import GRID_EAST, IN_EAST, IN_WEST, UNIT_GRID_EAST, actor, person
from tests.loop import bring_to, new_case, step
from wangge.cases.actions import report
from wangge.cases.flow import State
from wangge.cases.models import Photo
from wangge.common.clock import now
from wangge.desk.tests.browsing import client_of, form_of, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


@pytest.mark.parametrize("page", ["/", "/cases/", "/board/", "/notices/", "/report/", "case"])
def test_the_number_of_queries_does_not_grow_with_the_data(page: str) -> None:
    case = bring_to(State.HANDLING, at=None)
    url = f"/cases/{case.number}/" if page == "case" else page
    client = client_of("operator_1")
    client.get(url)  # what is held in memory is loaded

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    few = queries()
    for _ in range(12):
        new_case(at=None)
    step(case, "ask_extension")
    step(case, "refuse_extension")
    for code in ("ask_return", "return"):
        step(case, code)
    step(case, "dispatch", unit="csgl", assist=("xijie", "dongjie"))
    step(case, "sign_for")
    step(case, "answer_assistance", by="clerk_xijie")
    many = queries()
    assert many == few <= 17


def test_my_work_is_ordered_by_deadline_and_filtered_by_stage() -> None:
    late = new_case(at=now() - timedelta(minutes=30))
    fresh = new_case(at=None)
    accepted = bring_to(State.HANDLED, at=None)
    page = client_of("operator_1").get("/").content.decode()
    assert page.index(late.number) < page.index(fresh.number)
    assert "light-red" in page and "light-green" in page and accepted.number in page
    only = client_of("operator_1").get("/?stage=handled").content.decode()
    assert accepted.number in only and fresh.number not in only
    assert late.number not in client_of("chief_1").get("/").content.decode()


def test_lists_go_on_where_the_page_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge.desk.views import cases
    from wangge.ui import paging

    monkeypatch.setattr(paging, "ROWS", 3)
    monkeypatch.setattr(cases, "ROWS", 3)
    begun = now() - timedelta(minutes=20)
    numbers = [new_case(at=begun + timedelta(minutes=n)).number for n in range(7)]
    client, seen, url = client_of("operator_1"), [], "/cases/"
    while url:
        answer = client.get(url)
        seen += [row.number for row in answer.context["cases"]]
        url = f"/cases/?{answer.context['next']}" if answer.context["next"] else ""
    assert seen == numbers[::-1]


def test_cases_are_filtered() -> None:
    east, west = new_case(at=None), new_case(at=None, where=IN_WEST)
    done = bring_to(State.CLOSED)
    client = client_of("operator_1")

    def shown(query: str) -> set[str]:
        return {row.number for row in client.get(f"/cases/?{query}").context["cases"]}

    everything = {east.number, west.number, done.number}
    assert shown("") == shown("words=井盖") == everything
    assert shown("open=1") == {east.number, west.number}
    assert shown(f"grid={GRID_EAST}&open=1") == {east.number}
    assert shown("state=closed") == {done.number}
    assert shown("words=飞机") == set()
    day: datetime = done.reported_at
    assert shown(f"since={day:%Y-%m-%d}&until={day:%Y-%m-%d}") == {done.number}
    assert {row.number for row in client_of("operator_west").get("/cases/").context["cases"]} == {west.number}


def test_a_word_of_one_character_is_refused_as_by_the_api() -> None:
    case = new_case(at=None)
    client = client_of("operator_1")
    for words in ("井", "井盖 破"):
        answer = client.get("/cases/", {"words": words})
        page = answer.content.decode()
        assert answer.status_code == 422 and "word_too_short" in page
        assert "每个词至少两个字" in page
    assert case.number in client.get("/cases/", {"words": " 井盖  破损 "}).content.decode()


def test_a_photo_is_shown_to_who_may_see_the_case() -> None:
    case = bring_to(State.HANDLING, at=None)
    form = form_of(case, result_text="已更换", photos=[picture()])
    client_of("handler_swj").post(f"/cases/{case.number}/steps/finish/", form)
    url = f"/photos/{Photo.objects.get(uploaded_by=person('handler_swj')).id}/"
    answer = client_of("operator_1").get(url)
    assert answer.status_code == 200 and answer.getvalue()[:3] == b"\xff\xd8\xff"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "private" in answer.headers["cache-control"]
    assert client_of("operator_west").get(url).status_code == 404
    assert client_of("outsider").get(url).status_code == 404


def test_a_waiting_photo_is_its_senders_alone() -> None:
    case = bring_to(State.HANDLING, at=None)
    client_of("handler_swj").post(f"/cases/{case.number}/steps/finish/", form_of(case, photos=[picture()]))
    url = f"/photos/{Photo.objects.get(uploaded_by=person('handler_swj')).id}/"
    assert client_of("handler_swj").get(url).status_code == 200
    assert client_of("operator_1").get(url).status_code == 404


def test_maps_are_geojson_kept_by_the_browser() -> None:
    client = client_of("handler_swj")
    for url, count in (("/map/supervision-zh.geojson", 3), ("/map/supervision-en.geojson", 3)):
        answer = client.get(url)
        features = json.loads(answer.content)["features"]
        assert len(features) == count and {"code", "name"} <= features[0]["properties"].keys()
        assert client.get(url, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert json.loads(client.get("/map/outline.geojson").content)["type"] == "Feature"
    one = json.loads(client.get(f"/map/unit-grids/{UNIT_GRID_EAST}.geojson").content)
    assert one["properties"]["code"] == UNIT_GRID_EAST
    assert client.get("/map/unit-grids/NONE.geojson").status_code == 404


def test_the_board_counts_what_the_person_may_see() -> None:
    new_case(at=None)
    new_case(at=None)
    new_case(at=None, where=IN_WEST)
    page = client_of("leader").get("/board/").content.decode()
    assert f'data-grid="{GRID_EAST}" data-open="2"' in page
    east = client_of("operator_east").get("/board/")
    assert east.context["board"].open_now == 2
    assert "W" not in {row.code[-3] for row, *_ in east.context["grids"]}


def test_notices_are_read() -> None:
    bring_to(State.DISPATCHED, at=None)
    client = client_of("clerk_swj")
    assert 'class="count"' in client.get("/").content.decode()
    page = client.get("/notices/")
    assert "未读" in page.content.decode()
    for newest in ("", "x", "9" * 30):
        assert client.post("/notices/read/", {"newest": newest}).status_code == 302
        assert "未读" in client.get("/notices/").content.decode()
    client.post("/notices/read/", {"newest": page.context["notices"][0].id})
    assert 'class="count"' not in client.get("/").content.decode()


@pytest.mark.parametrize("joined", ["link", "merge"])
def test_the_number_of_a_case_one_may_not_see_is_not_shown(joined: str) -> None:
    east, west, near = new_case(at=None), new_case(at=None, where=IN_WEST), new_case(at=None)
    url = f"/cases/{east.number}/steps"
    client_of("operator_1").post(f"{url}/link/", form_of(east, target=near.number))
    assert (
        client_of("operator_1").post(f"{url}/{joined}/", form_of(east, target=west.number)).status_code == 302
    )
    whole = client_of("operator_1").get(f"/cases/{east.number}/").content.decode()
    assert f'href="/cases/{west.number}/"' in whole and "另一案卷" not in whole
    part = client_of("operator_east", "en").get(f"/cases/{east.number}/").content.decode()
    assert west.number not in part and "another case" in part
    assert f'href="/cases/{near.number}/"' in part
    assert "one more you may not see" in part or joined == "merge"


def test_a_case_is_found_by_its_number() -> None:
    east, west = new_case(at=None), new_case(at=None, where=IN_WEST)
    client = client_of("operator_east")
    for words in (east.number, east.number.lower(), f" {east.number} "):
        answer = client.get("/cases/", {"words": words, "state": "closed"})
        assert answer.headers["location"] == f"/cases/{east.number}/"
    for tail in (east.number[-4:], east.number[-8:], east.number[-12:]):
        assert [row.number for row in client.get("/cases/", {"words": tail}).context["cases"]] == [
            east.number
        ]
    for words in (west.number, west.number[-6:], "0000", "9" * 30):  # another's area, nothing, beyond any id
        assert client.get("/cases/", {"words": words}).context["cases"] == []


def test_the_end_of_a_number_finds_every_case_that_ends_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('cases_case_id_seq', 20406)")
        twenty = new_case(at=None)
        cursor.execute("SELECT setval('cases_case_id_seq', 30406)")
        thirty = new_case(at=None)
    found = client_of("operator_1").get("/cases/?words=0407").context["cases"]
    assert [row.number for row in found] == [thirty.number, twenty.number]


def test_a_number_in_a_description_is_found_as_a_word() -> None:
    from tests.city import actor
    from wangge.cases.actions import report

    number = report(description="电线杆 8812345 号倾斜", actor=actor("operator_1"), at=now()).number
    found = client_of("operator_1").get("/cases/?words=8812345").context["cases"]
    assert [row.number for row in found] == [number]


@pytest.mark.parametrize(("language", "told"), [("zh-hans", "位置未定"), ("en", "No position")])
def test_a_case_without_a_position_is_not_called_outside(language: str, told: str) -> None:
    from tests.city import actor
    from wangge.cases.actions import report

    number = report(description="来电未说清地点", actor=actor("operator_1"), at=now()).number
    client = client_of("operator_1", language)
    for page in ("/cases/", f"/cases/{number}/"):
        html = client.get(page).content.decode()
        assert told in html and "网格外" not in html and "Outside grids" not in html
    counted = client.get("/board/").context["board"]
    assert (counted.outside, counted.unplaced) == (0, 1)


def test_what_is_rare_where_one_looks_is_looked_for_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    old = report(
        description="树木倒伏", lon=IN_EAST.lon, lat=IN_EAST.lat, actor=actor("operator_2"), at=now()
    )
    for _ in range(3):
        new_case(at=None)
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_FOUND", 0)
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_PASSED", 2)
    client = client_of("operator_1")
    page = client.get("/cases/", {"words": "倒伏"})
    assert "继续往前查" in page.content.decode() and old.number not in page.content.decode()
    assert "没有符合条件的案卷" not in page.content.decode(), "not all have been looked through"
    further = client.get("/cases/?" + page.context["onward"]).content.decode()
    assert old.number in further
    sheet = client.get("/cases/export.csv", {"words": "倒伏"}).content.decode()
    assert old.number in sheet
