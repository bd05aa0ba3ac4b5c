# SPDX-License-Identifier: Apache-2.0
"""Streets hold line-and-block meetings of their own, by HTTP: opened, seen, decided and minuted where they are held."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.city import EAST, MORNING, actor, change_row, person
from wangge.common.clock import now
from wangge.notices.models import Notice
from wangge.oversight.views import occasions
from wangge.supervision.actions.occasions import decide_item, open_occasions, raise_item
from wangge.supervision.errors import OccasionOver
from wangge.supervision.models import AgendaItem, Demand, Occasion, OversightVersion, Paper
from wangge.supervision.queries.occasions import agenda
from wangge.supervision.reference import oversight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

#: every Wednesday in every street: its own units, and the water bureau
STREETS = {
    "code": "street_meeting", "kind": "regular_meeting", "name_zh": "街道条块例会", "name_en": "Street meeting",
    "week": 0, "weekday": 3, "ahead": 6, "unit_kinds": ["street"], "level": "street", "units": ["swj"],
}  # fmt: skip
DAY = timedelta(days=1)


def _open(*rules: dict[str, Any], at: datetime = MORNING) -> list[Occasion]:
    """The rules are put in force alone, and what they ask for is opened."""
    row = OversightVersion.objects.current().get()
    change_row(row, document=row.document | {"occasions": [*rules]})
    return open_occasions(oversight(), at=at)


class Seat:
    def __init__(self, login: str) -> None:
        self.client = Client()
        self.client.force_login(person(login))

    def page(self, name: str, *args: Any, status: int = 200, query: str = "") -> str:
        answer = self.client.get(reverse(f"oversight:{name}", args=args) + query)
        assert answer.status_code == status, (name, answer.status_code)
        return answer.content.decode()

    def send(self, name: str, *args: Any, status: int = 302, **data: Any) -> None:
        answer = self.client.post(reverse(f"oversight:{name}", args=args), {"key": str(uuid4()), **data})
        assert answer.status_code == status, (name, answer.content.decode()[-3000:])


def test_each_street_holds_its_own_and_keeps_what_it_left_undecided() -> None:
    east, west = _open(STREETS)
    assert open_occasions(oversight(), at=MORNING + DAY / 24) == [], "each once"
    assert (east.units, west.units) == (["dongjie", "swj"], ["swj", "xijie"])
    told = Notice.objects.filter(template="occasion_regular_meeting", facts__id=east.pk)
    assert {*told.values_list("recipient__login", flat=True)} == {"chief_east", "clerk_dongjie", "clerk_swj"}
    assert {one.facts["name"] for one in told} == {"东街街道街道条块例会"}

    chief, clerk, water = Seat("chief_east"), Seat("clerk_dongjie"), Seat("clerk_swj")
    for seat in (chief, clerk, water, Seat("chief_1"), Seat("dispatcher_east")):
        assert "东街街道" in seat.page("occasion", east.pk)
    for login in ("chief_west", "clerk_xijie", "operator_west"):
        Seat(login).page("occasion", east.pk, status=404)
    clerk.send("raise_matter", east.pk, text="夜市占道")
    water.send("raise_matter", east.pk, text="雨水口堵塞")
    Seat("dispatcher_east").send("raise_matter", east.pk, status=403, text="我也提")
    Seat("chief_west").send("raise_matter", east.pk, status=404, text="我也提")
    Seat("chief_west").send("raise_matter", west.pk, text="西街停车")
    market, drain, parking = AgendaItem.objects.order_by("pk")
    assert "西街停车" not in chief.page("occasion", east.pk)
    for seat, item, status in ((clerk, drain, 403), (chief, parking, 409), (chief, drain, 302)):
        seat.send("decide_matter", east.pk, item.pk, status=status, decided="yes")

    query = f"?kind=regular_meeting&occasion={east.pk}"
    draft = chief.page("new_paper", query=query)
    assert "雨水口堵塞" in draft and "水务局" in draft
    minutes: dict[str, Any] = {
        "kind": "regular_meeting",
        "occasion": east.pk,
        "title": "纪要",
        "units": ["dongjie", "swj"],
    }
    minutes |= {"asked_unit": "swj", "asked_text": "清掏雨水口", "asked_day": ""}
    Seat("chief_west").send("new_paper", status=404, **minutes)
    chief.send("new_paper", **minutes)
    paper = Paper.objects.get(occasion=east)
    assert (paper.area_path, paper.units) == (east.area_path, ["dongjie", "swj"])
    Seat("leader").send("issue_paper", paper.pk, edition=paper.edition)
    assert Demand.objects.get(paper=paper).unit == "swj"
    Seat("chief_west").page("paper", paper.pk, status=404)

    open_occasions(oversight(), at=MORNING + 5 * DAY)
    later = Occasion.objects.filter(area_path=east.area_path).latest("planned_day")
    shown = chief.page("occasion", later.pk)
    assert (
        "夜市占道" in shown
        and "清掏雨水口" in shown
        and "雨水口堵塞" not in shown
        and "西街停车" not in shown
    )
    chief.send("decide_matter", east.pk, market.pk, status=409, decided="yes")
    there = Seat("chief_west").page(
        "occasion", Occasion.objects.exclude(area_path=east.area_path).latest("pk").pk
    )
    assert "西街停车" in there and "清掏雨水口" not in there


def test_the_list_tells_whose_they_are() -> None:
    east, west = _open(STREETS, at=now())
    links = [f'href="{reverse("oversight:occasion", args=[one.pk])}"' for one in (east, west)]
    listed = Seat("chief_1").page("occasions")
    assert "2 个区域各自召开" in listed and all(link in listed for link in links)
    of_east = Seat("chief_1").page("occasions", query=f"?area={EAST}")
    assert links[0] in of_east and links[1] not in of_east
    own = Seat("clerk_dongjie").page("occasions")
    assert own.count(links[0]) == 2 and links[1] not in own and "个区域各自" not in own


def test_the_list_costs_as_many_queries_for_many_as_for_few() -> None:
    _open(STREETS)
    seat = Seat("chief_1")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            seat.page("occasions")
        return len(captured)

    seat.page("occasions")
    few = queries()
    for week in range(1, 5):
        open_occasions(oversight(), at=MORNING + 7 * week * DAY)
    assert Occasion.objects.count() == 10 and queries() == few


def test_one_area_holds_what_the_city_keeps_where_nobody_of_it_does() -> None:
    community = next(iter(_open(STREETS | {"level": "", "area": "990101001001"})))
    assert community.area_path.endswith("990101001001/") and community.units == ["swj"]
    assert "chief_east" in Notice.objects.values_list("recipient__login", flat=True)
    assert "clerk_dongjie" not in Notice.objects.values_list("recipient__login", flat=True)


def test_a_meeting_decides_until_the_next_one_sits_though_that_is_open_long_before() -> None:
    chief = actor("chief_east")

    def raised(occasion: Occasion, text: str, at: datetime) -> AgendaItem:
        return raise_item(occasion.pk, text, "", actor=chief, at=at, key=uuid4())

    def decided(occasion: Occasion, item: AgendaItem, at: datetime) -> None:
        decide_item(occasion.pk, item.pk, decided=True, actor=chief, at=at)

    first = _open(STREETS | {"ahead": 13}, at=MORNING - 7 * DAY)[0]
    second = open_occasions(oversight(), at=MORNING)[0]
    assert second.area_path == first.area_path and second.day - first.day == 7 * DAY
    sat = MORNING + 2 * DAY
    market, drain = raised(first, "夜市", sat), raised(first, "雨水口", sat)
    lamp = raised(second, "路灯", sat)
    decided(first, market, sat)
    with pytest.raises(OccasionOver):  # that is for the next one
        decided(first, lamp, sat)
    assert (agenda(first), agenda(second)) == ([market, drain], [drain, lamp])
    assert agenda(first, after=market.pk, limit=1) == [drain]
    later = MORNING + 7 * DAY
    with pytest.raises(OccasionOver):
        decided(first, drain, later)
    with pytest.raises(OccasionOver):
        raised(first, "行道树", later)
    decided(second, drain, later)


def test_many_matters_are_paged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occasions, "MATTERS", 1)
    east = _open(STREETS)[0]
    for text in ("夜市占道", "雨水口堵塞"):
        raise_item(east.pk, text, "", actor=actor("chief_east"), at=MORNING, key=uuid4())
    seat, first = Seat("chief_east"), AgendaItem.objects.order_by("pk")[0]
    one, two = seat.page("occasion", east.pk), seat.page("occasion", east.pk, query=f"?after={first.pk}")
    assert f'<td class="what">{first.text}' in one and f"?after={first.pk}" in one
    assert '<td class="what">雨水口堵塞' in two and f'<td class="what">{first.text}' not in two


def test_a_series_whose_day_the_calendar_does_not_know_keeps_no_other_waiting() -> None:
    year_end = datetime(2026, 12, 20, 2, tzinfo=UTC)
    found = _open(STREETS | {"code": "far", "ahead": 28}, STREETS, at=year_end)
    assert [one.series for one in found] == ["street_meeting"] * 2
