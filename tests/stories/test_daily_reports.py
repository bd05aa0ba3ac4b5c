# SPDX-License-Identifier: Apache-2.0
"""零报告: a day of a squad or a station is reported, zero or missing; who has not reported is reminded."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.city import EAST_TWO, GRID_EAST, GRID_EAST_2, UNIT_GRID_EAST, actor, person
from tests.four_levels import STATION, load_four_levels
from tests.stories.squad_pages import browser, get, send, today, told
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.inspectors.actions.reporting import file_report, remind
from wangge.inspectors.models import DailyReport
from wangge.organizations.models import Appointment, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


def state_of(unit: str, day: date) -> str:
    """How a day of a unit stands in the month's table of the evaluator."""
    rows = browser("evaluator").get("/squads/reports/", {"month": f"{day:%Y-%m}"}).context["rows"]
    found: dict[tuple[str, date], str] = {
        (row.unit.code, cell.day): cell.state for row in rows for cell in row.cells
    }
    return found[unit, day]


def test_a_day_is_reported_zero_or_missing_and_the_first_report_stays() -> None:
    day = today()
    here = f"/squads/reports/squad_east/{day}/"
    assert "这一天还没有报送" in get("inspector_east", here)
    get("inspector_west", here, 404)
    assert "没有情况请填 0" in send("inspector_east", here, 422, found="", seen="0")
    send("inspector_east", here, found="0", seen="0")
    assert "零报告：没有情况" in get("evaluator", here)
    send("inspector_east_2", here, 409, found="2", seen="0")
    wrong: dict[str, Any] = {"found": "2", "seen": "1", "grid-1": GRID_EAST, "class-1": "E01", "count-1": ""}
    assert "第 1 行有误" in send("inspector_east_2", here, 422, **wrong)
    send("inspector_east_2", here, **wrong | {"count-1": "4"})
    versions = [*DailyReport.objects.order_by("version").values_list("version", "found")]
    assert versions == [(1, 0), (2, 2)]
    page = get("evaluator", here)
    assert "零报告：没有情况" in page and "上报 2 件" in page and GRID_EAST in page
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspectors_dailyreport SET found = 9")
    send("inspector_east", f"/squads/reports/squad_east/{day - 10 * DAY}/", 409, found="0", seen="0")

    pairs: dict[str, Any] = {
        f"grid-{n}": grid for n, grid in enumerate([GRID_EAST, GRID_EAST_2] * 3, start=1)
    }
    pairs |= {
        f"class-{n}": code for n, code in enumerate(["C01", "C01", "E01", "E01", "C02", "C02"], start=1)
    }
    pairs |= {f"count-{n}": str(n) for n in range(1, 7)}
    longer = send("inspector_east_2", here, 200, **wrong | {"count-1": "7", "more": "1"})
    assert 'name="lines" value="8"' in longer and 'name="count-1" value="7"' in longer
    send("inspector_east_2", here, **pairs | {"found": "2", "seen": "2", "lines": "8"})
    assert [
        *DailyReport.objects.latest("version").settled.order_by("count").values_list("count", flat=True)
    ] == [*range(1, 7)]
    assert 'name="count-6" value="6"' in get("inspector_east_2", here), (
        "as many lines as were filed, and empty ones"
    )
    counted = browser("evaluator").get(here).context["settled_month"]
    assert sum(count for _grid, _class, count in counted) == sum(range(1, 7))
    send("inspector_east_2", here, found="2", seen="3")
    assert browser("evaluator").get(here).context["settled_month"] == [], "nothing was settled after all"

    Unit.objects.filter(code="squad_west").update(valid_from=now())
    file_report("squad_west", day, 0, actor=actor("inspector_west"), at=now(), key=uuid4())
    assert (state_of("squad_east", day), state_of("squad_west", day)) == ("reported", "zero")
    yesterday = day - DAY
    assert (state_of("squad_east", yesterday), state_of("squad_west", yesterday)) == ("missing", "none")
    assert [row.unit.code for row in browser("inspector_east").get("/squads/reports/").context["rows"]] == [
        "squad_east"
    ]


def test_the_missing_are_reminded_once() -> None:
    at = datetime.combine(today(), datetime.min.time(), city().zone) + timedelta(hours=17, minutes=1)
    file_report("squad_east", today(), 0, actor=actor("inspector_east"), at=at, key=uuid4())
    assert remind(at - timedelta(minutes=2)) == 0
    assert remind(at) == 2 and remind(at) == 0
    assert (
        told("inspector_west", "daily_report_missing") == 1
        and told("inspector_east", "daily_report_missing") == 0
    )
    assert remind(at + timedelta(hours=1)) == 0


def test_a_station_files_zero_and_another_that_was_reminded_counts_as_missing(tmp_path: Path) -> None:
    before = now() - 3 * DAY
    load_four_levels(tmp_path, at=before)
    second = Unit.objects.get(code=STATION)
    second.pk, second.code, second.path, second.area = None, "gzz_two", "gzz_two/", EAST_TWO
    second.save(force_insert=True)
    held = Appointment.objects.get(person=person("clerk_gzz"))
    held.pk, held.person, held.unit, held.unit_path = None, person("handler_gzz"), "gzz_two", "gzz_two/"
    held.save(force_insert=True)
    forget_all()

    day = today() - DAY
    here, there = f"/squads/reports/{STATION}/{day}/", f"/squads/reports/gzz_two/{day}/"
    get("clerk_gzz", there, 404)
    settled: dict[str, Any] = {"grid-1": UNIT_GRID_EAST, "class-1": "E01", "count-1": "2"}
    assert "第 1 行有误" in send(
        "clerk_gzz", here, 422, **settled | {"grid-1": GRID_EAST}, found="0", seen="0"
    )
    send("clerk_gzz", here, **settled, found="0", seen="0")
    remind(datetime.combine(day, datetime.min.time(), city().zone) + timedelta(hours=17, minutes=1))
    assert (told("clerk_gzz", "daily_report_missing"), told("handler_gzz", "daily_report_missing")) == (0, 1)
    assert (state_of(STATION, day), state_of("gzz_two", day)) == ("zero", "missing")
    assert state_of("gzz_two", today()) in ("waiting", "missing") and "零报告：没有情况" in get(
        "evaluator", here
    )
    send("handler_gzz", there, found="0", seen="0")
    assert state_of("gzz_two", day) == "zero", "late, and told apart from missing"
    forget_all()
