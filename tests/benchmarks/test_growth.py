# SPDX-License-Identifier: Apache-2.0
"""The hot queries read through their indexes, and little: about a page of fifty rows, not all cases or all tasks."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import seeding
from benchmarks.seeding import load
from benchmarks.seeding.lives import Life, plans, record
from tests.city import EAST, STREET_EVENT, actor
from wangge.cases.access import offered_steps
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.queries import (
    Filters,
    board,
    get_case,
    latest_movements,
    list_cases,
    my_tasks,
    task_counts,
    timeline,
)
from wangge.cases.visibility import visible_to

UNTIL = datetime(2026, 6, 1, 4, tzinfo=UTC)
CASES = 3000
#: pages of the database: fifty rows with what stands beside each; to look at every case would be three times as many
MOST_PAGES = 1000
#: what counts everything that is open, or of today, up to a limit of its own
GROWING = {"task counts", "board"}
BIG = ("cases_case", "cases_logentry", "cases_casetext", "cases_task", "cases_dispatch", "cases_photo")


@pytest.fixture
def lives(city: None, settings: Any, tmp_path: Path) -> list[Life]:
    """A handful, of different ways."""
    storage = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": storage, "OPTIONS": {"location": tmp_path}}
    }
    source = plans(seed=4)
    return [record(next(source), UNTIL) for _ in range(8)]


@pytest.fixture
def fill(lives: list[Life]) -> Iterator[Callable[[int], None]]:
    """`fill(n)`: n cases more, with statistics."""
    connection.ensure_connection()
    raw: psycopg.Connection = connection.connection

    def add(count: int) -> None:
        work = seeding.prepare(lives, count, UNTIL)
        with raw.cursor() as cursor:
            work.first_id = load.next_id_of_run(cursor, "cases_case_id_seq", count)
            seeding.write(work, 0, count, cursor)
            cursor.execute("ANALYZE " + ", ".join(BIG))

    yield add


def _hot(case: Case, given: Case) -> dict[str, Callable[[], object]]:
    """`given`: a case with a unit."""
    operator, clerk = actor("operator_1"), actor(f"clerk_{given.lead_unit}")
    at = UNTIL

    def listed(**filters: Any) -> Callable[[], object]:
        return lambda: list_cases(operator, Filters(**filters), at=at)

    return {
        "my tasks": lambda: my_tasks(operator, at=at),
        "tasks of a unit": lambda: my_tasks(clerk, at=at),
        "few tasks": lambda: my_tasks(clerk, at=at, few=True),
        "task counts": lambda: task_counts(operator),
        "newest": listed(),
        "second page": lambda: list_cases(operator, Filters(), at=at, after=(case.reported_at, case.pk)),
        "open": listed(only_open=True),
        "late": listed(light="red"),
        "class": listed(class_code=STREET_EVENT),
        "area": listed(area=EAST),
        "unit": listed(unit=given.lead_unit),
        "word": listed(words="演示生成"),
        "number": listed(number=case.number),
        "a unit's newest": lambda: list_cases(clerk, Filters(), at=at),
        "one case": lambda: get_case(case.number, operator),
        "one case of a unit": lambda: get_case(given.number, clerk),
        "log of a case": lambda: timeline(case),
        "steps of a case": lambda: offered_steps(case, operator),
        "movements": lambda: latest_movements(operator, at=at),
        "board": lambda: board(operator, at=at),
    }


def _read(call: Callable[[], object]) -> tuple[int, list[str]]:
    """Pages of the database the queries of `call` touch, and the big tables they read from end to end."""
    with CaptureQueriesContext(connection) as captured:
        call()
    pages, whole = 0, []
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query["sql"].replace("%", "%%"), ())
            (plan,) = cursor.fetchone()
        root = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
        pages += root["Shared Hit Blocks"] + root["Shared Read Blocks"]
        scans = (node for node in _nodes(root) if node["Node Type"] == "Seq Scan")
        whole += [
            n["Relation Name"]
            for n in scans
            if n["Actual Rows"] + n.get("Rows Removed by Filter", 0) > CASES / 10
        ]
    return pages, [table for table in whole if table.startswith(BIG)]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


@pytest.mark.django_db
def test_a_page_reads_what_it_shows_and_not_all_there_is(
    fill: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_FOUND", 50)
    fill(CASES)
    case = Case.objects.filter(state=State.CLOSED).order_by("-reported_at")[0]
    given = Case.objects.exclude(lead_unit="").order_by("-reported_at")[0]
    read = {name: _read(call) for name, call in _hot(case, given).items()}
    assert {name: whole for name, (_, whole) in read.items() if whole} == {}
    assert {name: n for name, (n, _) in read.items() if n > MOST_PAGES and name not in GROWING} == {}


@pytest.mark.django_db
def test_a_unit_s_list_is_planned_for_that_unit(city: None) -> None:
    """Prepared for any unit, the list of one without cases would look for them through all."""
    sql, _ = Case.objects.filter(visible_to(actor("clerk_swj"))).query.sql_with_params()
    assert "'{swj}'" in sql
