# SPDX-License-Identifier: Apache-2.0
"""Reporting from the desk: the form, the answers while it is filled in, and what it refuses."""

import re
from typing import Any
from uuid import uuid4

import pytest

from tests.city import COVER, IN_EAST, OUTSIDE, UNIT_GRID_EAST
from tests.loop import new_case
from wangge.cases.models import Case, Photo
from wangge.cases.reference import channels
from wangge.desk.tests.browsing import client_of, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def form(**fields: Any) -> dict[str, Any]:
    good = {"key": str(uuid4()), "description": "井盖破损", "lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}
    return good | {"class_code": COVER, "channel": "operator", "place": "路口东侧"} | fields


def test_a_report_opens_a_case_with_its_grid_and_photo() -> None:
    answer = client_of("operator_1").post("/report/", form(photos=[picture()]))
    case = Case.objects.select_related("unit_grid").get()
    assert answer.headers["location"] == f"/cases/{case.number}/"
    assert case.unit_grid is not None and case.unit_grid.code == UNIT_GRID_EAST
    assert case.class_code == COVER and Photo.objects.get().case_id == case.pk


def test_sent_twice_it_is_one_case() -> None:
    client, once = client_of("operator_1"), form()
    client.post("/report/", once | {"photos": [picture()]})
    again = client.post("/report/", once | {"photos": [picture()]}, follow=True)
    assert "没有再次立卷" in again.content.decode()
    assert Case.objects.count() == 1 and Photo.objects.count() == 1


def test_outside_every_grid_it_is_kept_and_flagged() -> None:
    answer = client_of("operator_1").post(
        "/report/", form(lon=str(OUTSIDE.lon), lat=str(OUTSIDE.lat)), follow=True
    )
    assert Case.objects.get().outside
    assert "网格外" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"description": " "}, 422, "请填写：问题描述"),
        ({"lon": "999"}, 422, "坐标超出范围"),
        ({"lon": "nan"}, 422, "坐标超出范围"),
        ({"lat": "north"}, 422, "“纬度”应为数字"),
        ({"class_code": "NO"}, 422, "没有可立案的类别"),
        ({"channel": "pigeon"}, 422, "没有来源渠道"),
        ({"key": "x"}, 422, "请刷新页面后重试"),
        ({"description": "长" * 4001}, 422, "“问题描述”超过 4000 个字"),
        ({"lat": ""}, 422, "经度和纬度要一起填写"),
        ({"lon": " "}, 422, "经度和纬度要一起填写"),
        ({"class_code": "", "class_words": "井盖"}, 422, "类别未选定"),
    ],
)
def test_wrong_input_is_told_and_kept(fields: dict[str, str], status: int, said: str) -> None:
    answer = client_of("operator_1").post("/report/", form(**fields))
    page = answer.content.decode()
    assert answer.status_code == status and said in page
    assert 'value="路口东侧"' in page
    assert not Case.objects.exists()


def test_ten_photos_are_too_many() -> None:
    answer = client_of("operator_1").post("/report/", form(photos=[picture() for _ in range(10)]))
    assert answer.status_code == 422 and not Photo.objects.exists()


def test_an_oversized_body_is_refused_clearly() -> None:
    answer = client_of("operator_1").post("/report/", form(description="x" * (2 << 20)))
    assert answer.status_code == 413
    assert "提交的内容过大" in answer.content.decode()
    assert not Case.objects.exists()


def test_who_may_not_report_cannot_by_hand_either() -> None:
    assert client_of("handler_swj").post("/report/", form()).status_code == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("login", "proposed", "others"),
    [
        ("inspector_east", "inspector", False),
        ("squad_leader_east", "inspector", False),
        ("operator_1", "operator", True),
        ("chief_1", "operator", False),
        ("clerk_swj", "operator", False),
    ],
)
def test_only_operators_choose_where_a_report_came_from(login: str, proposed: str, others: bool) -> None:
    client = client_of(login)
    page = client.get("/report/")
    offered = [channel.code for channel in page.context["channels"]]
    external = {code for code, info in channels().items() if info.external}
    assert offered[0] == proposed and set(offered) == {proposed} | (external if others else set())
    assert ('name="channel"' in page.content.decode()) is others
    sent = form()
    del sent["channel"]
    assert client.post("/report/", sent).status_code == 302
    assert Case.objects.get().channel_id == proposed
    for code in {*channels()} - {*offered}:
        refused = client.post("/report/", form(channel=code))
        assert refused.status_code == 422 and "没有来源渠道" in refused.content.decode()
    if others:
        assert client.post("/report/", form(channel="hotline")).status_code == 302
    assert Case.objects.count() == 1 + others


def test_the_grid_at_the_pin() -> None:
    client = client_of("operator_1")
    inside = client.get("/report/place/", {"lon": str(IN_EAST.lon), "lat": str(IN_EAST.lat)}).content.decode()
    assert UNIT_GRID_EAST in inside and "data-highlight-url" in inside
    outside = client.get(
        "/report/place/", {"lon": str(OUTSIDE.lon), "lat": str(OUTSIDE.lat)}
    ).content.decode()
    assert "不在任何网格内" in outside
    assert "坐标超出范围" in client.get("/report/place/", {"lon": 400, "lat": 30}).content.decode()


def test_classes_are_found_by_chinese_words() -> None:
    client = client_of("operator_1")
    found = client.get("/classes/", {"class_words": "井盖"}).content.decode()
    assert f'value="{COVER}"' in found
    assert "没有找到类别" in client.get("/classes/", {"class_words": "航天飞机"}).content.decode()
    kept = client.get("/classes/", {"class_words": "", "class_code": COVER}).content.decode()
    assert f'value="{COVER}" checked' in kept


def test_grids_are_found_by_code() -> None:
    found = client_of("operator_1").get("/grids/", {"grid_words": UNIT_GRID_EAST[:12]}).content.decode()
    assert f'value="{UNIT_GRID_EAST}"' in found


def test_duplicates_are_shown_only_near_and_only_visible() -> None:
    case = new_case(at=None)
    near = {"class_code": COVER, "lon": str(IN_EAST.lon + 0.0001), "lat": str(IN_EAST.lat)}
    assert case.number in client_of("operator_1").get("/report/duplicates/", near).content.decode()
    assert case.number not in client_of("operator_west").get("/report/duplicates/", near).content.decode()
    far = near | {"lon": str(IN_EAST.lon + 0.002)}
    assert case.number not in client_of("operator_1").get("/report/duplicates/", far).content.decode()


def test_where_it_is_must_be_said_in_one_way() -> None:
    client, nowhere = client_of("operator_1"), form(lon="", lat="", place=" ")
    answer = client.post("/report/", nowhere)
    assert answer.status_code == 422 and "请说明在哪里" in answer.content.decode()
    assert "井盖破损" in answer.content.decode() and not Case.objects.exists()
    assert client.post("/report/", nowhere | {"place": "东门外"}).status_code == 302


def test_words_typed_for_a_class_stay_in_the_box() -> None:
    client = client_of("operator_1", "en")
    page = client.post("/report/", form(class_code="", class_words="井盖")).content.decode()
    assert "No class was chosen" in page and 'value="井盖"' in page and "search, load" in page
    assert client.post("/report/", form(class_words="井盖")).status_code == 302, "chosen is chosen"


def test_wide_digits_of_an_input_method_are_numbers() -> None:
    client_of("operator_1").post("/report/", form(lon="１２０．０１５", lat="３０．０１５"))
    case = Case.objects.get()
    assert (case.lon, case.lat) == (120.015, 30.015)


def test_classes_the_area_stresses_are_found_first() -> None:
    """East Street stresses E01, the West nothing."""
    east, west = (
        client_of(login).get("/classes/", {"class_words": "垃圾"}).content.decode()
        for login in ("operator_east", "operator_west")
    )
    codes = [re.findall(r'value="(\w+)"', page) for page in (east, west)]
    assert sorted(codes[0]) == sorted(codes[1]) and codes[0] != codes[1]
    assert codes[0][0].startswith("E01") and "重点" in east and "重点" not in west
