# SPDX-License-Identifier: Apache-2.0
"""Lists of cases: pages that lose and repeat nothing, filters, and as many queries for many rows as for few."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import city
from wangge.cases.actions import report
from wangge.common.clock import now
from wangge.exchange.tests.peers import PeerMaker

pytestmark = pytest.mark.django_db


def make_cases(count: int, *, minutes: int = 0, **given: Any) -> list[str]:
    """Numbers of `count` new cases of operator_1, two of them at the same moment each."""
    started = now() - timedelta(minutes=minutes)
    # at work nobody sets the clock back so far
    operator = replace(city.actor("operator_1"), origin="replayed")
    fixed: dict[str, Any] = {
        "description": "井盖破损",
        "lon": city.IN_EAST.lon,
        "lat": city.IN_EAST.lat,
    } | given
    return [
        report(actor=operator, at=started + timedelta(seconds=n // 2), **fixed).number for n in range(count)
    ]


def test_pages(peer: PeerMaker) -> None:
    made = make_cases(11, minutes=10)
    operator = peer("operator_1")
    seen: list[dict[str, Any]] = []
    after, pages = "", 0
    while after is not None and pages < 20:
        page = operator.get("/cases", limit=3, after=after).json()
        assert len(page["cases"]) <= 3
        if pages == 0:
            made += make_cases(1)  # newer than the page: must not push anything out of the following ones
        seen += page["cases"]
        after, pages = page["next"], pages + 1
    assert [row["number"] for row in seen] == made[:11][::-1]
    assert pages == 4
    moments = [datetime.fromisoformat(row["reported_at"]) for row in seen]
    assert all(a >= b for a, b in pairwise(moments)) and len(set(moments)) < len(moments)
    assert operator.get("/cases", limit=12).json()["next"] is None


def test_filters(peer: PeerMaker) -> None:
    cover = make_cases(1, class_code=city.COVER, minutes=40)[0]
    west = make_cases(1, lon=city.IN_WEST.lon, lat=city.IN_WEST.lat, description="路灯不亮", minutes=20)[0]
    outside = make_cases(1, lon=city.OUTSIDE.lon, lat=city.OUTSIDE.lat)[0]
    operator = peer("operator_1")

    def found(**query: Any) -> set[str]:
        response = operator.get("/cases", **query)
        assert response.status_code == 200, response.content
        return {row["number"] for row in response.json()["cases"]}

    half_an_hour_ago = (now() - timedelta(minutes=30)).isoformat()
    assert found() == {cover, west, outside}
    assert found(**{"class": city.COVER}) == found(**{"class": city.COVER[:3]}) == {cover}
    assert found(area=city.EAST) == {cover} and found(area=city.WEST_ONE) == {west}
    assert found(area=city.DISTRICT) == {cover, west, outside}
    assert found(q="井盖") == {cover, outside} and found(q="路灯 不亮") == {west} and not found(q="路灯 井盖")
    assert found(since=half_an_hour_ago) == {west, outside} and found(until=half_an_hour_ago) == {cover}
    assert found(state="reported") == {cover, west, outside} and not found(state="filed")
    operator.post(f"/cases/{cover}/steps", {"step": "accept"})
    assert found(state="accepted") == {cover}
    assert found(unit="swj") == set()


def test_rows_tell_what_a_list_needs(peer: PeerMaker) -> None:
    number = make_cases(1, class_code=city.COVER)[0]
    row = peer("operator_1").get("/cases").json()["cases"][0]
    assert row["number"] == number and row["class"]["code"] == city.COVER and row["area"] == city.EAST_ONE
    assert row["state"]["name"]["en"] == "Reported" and row["description"] == "井盖破损"
    assert row["position"] == {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}


@pytest.mark.parametrize(
    "path", ["/cases", "/cases/{number}", "/cases/{number}/log", "/cases/{number}/steps"]
)
def test_queries_do_not_grow(peer: PeerMaker, path: str) -> None:
    operator = peer("operator_1")
    counts = []
    for size in (2, 20):
        number = make_cases(size)[0]
        assert operator.get(path.format(number=number)).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            operator.get(path.format(number=number), **({"limit": size} if path == "/cases" else {}))
        counts.append([q["sql"] for q in asked if "grids_city" not in q["sql"]])
    most = {"/cases": 2, "/cases/{number}": 5, "/cases/{number}/log": 5, "/cases/{number}/steps": 4}[path]
    assert len(counts[0]) == len(counts[1]) == most, counts[1]


def test_a_long_log_costs_no_more_queries(peer: PeerMaker) -> None:
    operator = peer("operator_1")
    number, *others = make_cases(9)
    counts = []
    for target in others:
        assert operator.post(f"/cases/{number}/steps", {"step": "link", "target": target}).status_code == 201
        with CaptureQueriesContext(connection) as asked:
            log = operator.get(f"/cases/{number}/log").json()
        counts.append(len(asked) - sum("grids_city" in q["sql"] for q in asked))
    assert len(log) == 9 and set(counts) == {6}  # one of them asks which of the other cases may be seen


@pytest.mark.parametrize("step", ["link", "merge"])
def test_the_number_of_a_case_one_may_not_see_is_not_told(peer: PeerMaker, step: str) -> None:
    east = make_cases(1)[0]
    west = make_cases(1, lon=city.IN_WEST.lon, lat=city.IN_WEST.lat)[0]
    both, only_east = peer("operator_1"), peer("operator_east")
    assert both.post(f"/cases/{east}/steps", {"step": step, "target": west}).status_code == 201
    for peer_, told in ((both, west), (only_east, None)):
        log = peer_.get(f"/cases/{east}/log")
        assert log.json()[-1]["data"]["target"] == told
        case = peer_.get(f"/cases/{east}")
        assert case.json()["merged_into"] == (told if step == "merge" else None)
        assert (west in log.content.decode() + case.content.decode()) == (told is not None)
