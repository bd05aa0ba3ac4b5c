# SPDX-License-Identifier: Apache-2.0
"""The procedure sheet of a matter: what it says, where the reader's own area leads, from where it is reached."""

import pytest

from tests.city import COVER, EAST_ONE, STREET_EVENT, TEST_EVENT, UNROUTED
from tests.loop import new_case
from wangge.desk.tests.browsing import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def sheet(code: str, login: str = "operator_1", language: str = "zh-hans", **given: str) -> str:
    answer = client_of(login, language).get(f"/classes/{code}/", given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sheet_says_everything_the_rules_say() -> None:
    page = sheet(TEST_EVENT)
    for said in ("测试事件", "城市管理", "紧急小时", "2 紧急工作时", "4 工作时", "到达时限", "围护", "恢复", "是否已经恢复",
                 "小城规定", "待派遣", "派遣员", "按立案条件", "上报时填写", "尺寸（厘米）", "其他目录版本"):  # fmt: skip
        assert said in page, said
    english = sheet(TEST_EVENT, language="en")
    assert "Whether it was put right" in english and "Size in cm" in english and "Urgent hours" in english


def test_the_lead_unit_is_that_of_the_reader_s_place_and_why() -> None:
    from wangge.organizations.directory import directory

    east, west = (directory().units[code].name_zh for code in ("dongjie", "xijie"))
    assert f"<strong>{east}</strong>" in sheet(STREET_EVENT, "operator_east")
    assert f"<strong>{west}</strong>" in sheet(STREET_EVENT, "operator_west")
    assert f"<strong>{east}</strong>" in sheet(STREET_EVENT, area=EAST_ONE)
    assert "权责清单里没有符合的条目" in sheet(UNROUTED)


def test_a_class_nothing_is_filed_under_says_so() -> None:
    assert "不能按它立案" in sheet("E01")


def test_it_is_reached_from_the_case_and_from_the_search_by_who_may_read_it() -> None:
    case = new_case(at=None)
    client = client_of("operator_1")
    assert (
        f'href="/classes/{COVER}/?area={EAST_ONE}"' in client.get(f"/cases/{case.number}/").content.decode()
    )
    assert f'href="/classes/{COVER}/"' in client.get("/classes/", {"class_words": "井盖"}).content.decode()
    other = client_of("administrator").get("/classes/", {"class_words": "井盖"}).content.decode()
    assert f'value="{COVER}"' in other and f'href="/classes/{COVER}/"' not in other
    assert client.get("/classes/NO/").status_code == 404
