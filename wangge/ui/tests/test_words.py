# SPDX-License-Identifier: Apache-2.0
"""How moments, lengths of time, limits and names are written in both languages."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import override

from wangge.cases.flow import Label
from wangge.ui import assets, words
from wangge.ui.templatetags.ui import light


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0 分", "0 min"),
        (59, "59 分", "59 min"),
        (60, "1 小时 0 分", "1 h 0 min"),
        (1439, "23 小时 59 分", "23 h 59 min"),
        (1441, "1 天 0 小时", "1 d 0 h"),
    ],
)
def test_lengths(minutes: int, zh: str, en: str) -> None:
    length = timedelta(minutes=minutes)
    with override("zh-hans"):
        assert words.length_text(length) == zh
    with override("en"):
        assert words.length_text(length) == words.length_text(-length) == en


def test_left_and_over() -> None:
    now = datetime(2026, 3, 11, 2, tzinfo=UTC)
    with override("zh-hans"):
        assert words.left_text(now + timedelta(minutes=5), now) == "还剩 5 分"
        assert words.left_text(now, now) == "已超 0 分"  # due is over: the light is red from this second
    with override("en"):
        assert words.left_text(now - timedelta(hours=2), now) == "2 h 0 min over"


def test_limits_are_said_in_the_right_number() -> None:
    with override("en"):
        assert words.limit_text(1, "work_day") == "1 working day"
        assert words.limit_text(4, "work_hour") == "4 working hours"
    with override("zh-hans"):
        assert words.limit_text(1, "work_day") == "1 工作日"


def test_names_come_from_rows_labels_and_mappings() -> None:
    row = SimpleNamespace(name_zh="供水公司", name_en="Water company")
    half = SimpleNamespace(name_zh="供水公司", name_en="")
    rule = SimpleNamespace(label=Label("受理", "Accept"))
    with override("zh-hans"):
        assert [words.said(x) for x in (row, rule, Label("一", "one"))] == ["供水公司", "受理", "一"]
    with override("en"):
        assert [words.said(x) for x in (row, half, rule)] == ["Water company", "供水公司", "Accept"]
        assert words.said({"basis_zh": "据", "basis_en": "ground"}, "basis") == "ground"
        assert words.said(None) == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_moments_are_shown_in_the_zone_of_the_city() -> None:
    now = datetime(2026, 3, 11, 2, tzinfo=UTC)  # 10:00 in the city
    with override("zh-hans"):
        assert words.moment_text(datetime(2026, 3, 10, 17, tzinfo=UTC), now) == "今天 01:00"
        assert words.moment_text(datetime(2026, 3, 10, 15, tzinfo=UTC), now) == "03-10 23:00"
        assert words.moment_text(datetime(2025, 12, 31, 15, tzinfo=UTC), now) == "2025-12-31 23:00"


@pytest.mark.parametrize("colour", ["green", "yellow", "red", ""])
def test_a_light_is_colour_shape_and_word(colour: str) -> None:
    with override("zh-hans"):
        html = light(colour, "还剩 5 分")
    name = {"green": "正常", "yellow": "临期", "red": "超期", "": "无时限"}[colour]
    assert f"#light-{colour or 'none'}" in html and name in html and "还剩 5 分" in html


def test_a_front_end_not_built_is_told() -> None:
    with pytest.raises(ImproperlyConfigured, match="build_assets"):
        assets.entry_files("nothing")


def test_the_failure_page_asks_nothing_of_anybody() -> None:
    from django.test import RequestFactory

    from wangge.ui.errors import server_error

    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "没有成功" in answer.content.decode() and "did not succeed" in answer.content.decode()
