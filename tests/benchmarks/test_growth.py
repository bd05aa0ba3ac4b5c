# SPDX-License-Identifier: Apache-2.0
"""The hot queries read through their indexes, and little: about a page of fifty rows, not all cases or all tasks."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import seeding
from benchmarks.seeding import load
from benchmarks.seeding.lives import Life, plans, record
from benchmarks.seeding.plan import REPORTED_OVER
from tests.city import EAST, STREET_EVENT, actor, person
from wangge.cases.access import offered_steps
from wangge.cases.actions import resume_due
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry
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
from wangge.cases.queries.calls import callback_queue, list_calls
from wangge.cases.queries.repeats import repeats
from wangge.cases.visibility import visible_to
from wangge.notices.models import Notice
from wangge.notices.queries import latest, unread, unread_count
from wangge.supervision.queries.hands import hands_on
from wangge.supervision.queries.lights import stage_lights, unit_lights
from wangge.supervision.queries.orders import list_orders, orders_without_reply
from wangge.supervision.queries.watching import (
    must_be_supervised,
    proposals,
    recurrences,
    without_receipt,
)
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep

UNTIL = datetime(2026, 6, 1, 4, tzinfo=UTC)
CASES = 3000
#: pages of the database: fifty rows with what stands beside each; to look at every case would be three times as many
MOST_PAGES = 1000
#: what counts everything that is open, or of today, up to a limit of its own
GROWING = {"task counts", "board"}
BIG = (
    "cases_case", "cases_logentry", "cases_casetext", "cases_task", "cases_dispatch", "cases_photo", "cases_siderecord",
    "notices_notice", "cases_call", "cases_contact", "supervision_reached",
)  # fmt: skip
#: what lies beside every case that has ended, and the seeding leaves out: what was suspended, ordered, called, proposed
BESIDE = """
INSERT INTO cases_siderecord (case_id, kind, state, seq, unit, opened_at, opened_by_id, ruling, ended_at, until, facts)
    SELECT c.id, k.kind, k.state, 1, 'swj', c.reported_at, %(person)s, '', c.last_at, c.last_at, '{}'
    FROM cases_case c, (VALUES ('suspension', 'resumed'), ('supervision', 'accepted')) AS k (kind, state) WHERE c.closing <> '';
INSERT INTO cases_call (key, request_digest, external_id, channel_id, taken_by_id, began_at, taken_at, outcome, case_id,
        confidential, class_code, text, place, answer, area_path, redacted_why)
    SELECT gen_random_uuid(), '', '', 'hotline', %(person)s, reported_at, reported_at, 'joined', id, false, class_code, '', '',
        '', area_path, '' FROM cases_case WHERE closing <> '';
INSERT INTO cases_contact (call_id, sealed, sealed_with, number_digest, taken_at)
    SELECT id, '', '', md5(id::text), taken_at FROM cases_call;
INSERT INTO supervision_reached (case_id, task_id, rung, kind, unit, due_at, at)
    SELECT id, 0, 'propose', 'order', lead_unit, due_at, due_at FROM cases_case WHERE closing <> '' AND due_at IS NOT NULL;
"""


@pytest.fixture
def lives(city: None, settings: Any, tmp_path: Path) -> list[Life]:
    """A handful, of different ways."""
    storage = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": storage, "OPTIONS": {"location": tmp_path}}
    }
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:  # as the seeding does
        load.open_months(cursor, UNTIL - REPORTED_OVER - timedelta(days=31), UNTIL + timedelta(days=31))
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
            psycopg.ClientCursor(raw).execute(BESIDE, {"person": person("operator_1").pk})
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


def _beside(case: Case) -> dict[str, Callable[[], object]]:
    """What waits beside the line, what is told, and what runs by itself."""
    operator, chief, rules, at = actor("operator_1"), actor("chief_1"), oversight(), UNTIL
    told = Notice.objects.latest("pk").recipient_id
    caller = {
        "channel": "hotline",
        "number": "13912345678",
        "class_code": STREET_EVENT,
        "text": "演示生成：井盖破损",
    }
    return {
        "suspensions that end": lambda: resume_due(at=at),
        "sweep": lambda: sweep(rules, at=at),
        "notices": lambda: latest(told),
        "unread": lambda: unread(told),
        "number of unread": lambda: unread_count(told),
        "callbacks": lambda: callback_queue(operator, at=at),
        "calls": lambda: list_calls(operator),
        "repeats": lambda: repeats(operator, **caller, lon=case.lon, lat=case.lat, at=at),
        "proposals": lambda: proposals(chief, at=at),
        "must be supervised": lambda: must_be_supervised(rules, chief, at=at),
        "without receipt": lambda: without_receipt(rules, chief, at=at),
        "recurrences": lambda: recurrences(chief),
        "orders": lambda: list_orders(chief),
        "orders of a mode": lambda: list_orders(chief, mode="phone"),
        "orders issued": lambda: list_orders(chief, state="issued"),
        "orders without reply": lambda: orders_without_reply(chief, 50),
        "lights of units": lambda: unit_lights(rules, chief, at=at),
        "lights of stages": lambda: stage_lights(chief, at=at),
    }


def _plans(call: Callable[[], object]) -> Iterator[dict[str, Any]]:
    """Of each query of `call` how it was carried out."""
    with CaptureQueriesContext(connection) as captured:
        call()
    for query in captured.captured_queries:
        if not query["sql"].lstrip().startswith(("SELECT", "WITH")):
            continue
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query["sql"].replace("%", "%%"), ())
            (plan,) = cursor.fetchone()
        yield (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]


def _read(call: Callable[[], object]) -> tuple[int, list[str]]:
    """Pages of the database the queries of `call` touch, and the big tables they read from end to end."""
    pages, whole = 0, []
    for root in _plans(call):
        pages += root["Shared Hit Blocks"] + root["Shared Read Blocks"]
        scans = (node for node in _nodes(root) if node["Node Type"] == "Seq Scan")
        whole += [
            n["Relation Name"]
            for n in scans
            if n["Actual Rows"] + n.get("Rows Removed by Filter", 0) > CASES / 10
        ]
    return pages, [table for table in whole if table.startswith(BIG)]


def _months(call: Callable[[], object]) -> set[str]:
    """The partitions of the log that were looked into."""
    return {
        node["Relation Name"]
        for root in _plans(call)
        for node in _nodes(root)
        if node.get("Relation Name", "").startswith("cases_logentry_") and node["Actual Loops"]
    }


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


@pytest.mark.django_db
def test_a_page_reads_what_it_shows_and_not_all_there_is(
    fill: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_FOUND", 50)
    monkeypatch.setattr("wangge.cases.queries.cases.MOST_PASSED", 200)
    fill(CASES)
    case = Case.objects.filter(state=State.CLOSED).order_by("-reported_at")[0]
    given = Case.objects.exclude(lead_unit="").order_by("-reported_at")[0]
    hot = _hot(case, given) | _beside(case)
    read = {name: _read(call) for name, call in hot.items()}
    assert {name: whole for name, (_, whole) in read.items() if whole} == {}
    assert {name: n for name, (n, _) in read.items() if n > MOST_PAGES and name not in GROWING} == {}


@pytest.mark.django_db
def test_where_a_moment_bounds_it_no_older_month_of_the_log_is_looked_into(
    fill: Callable[[int], None],
) -> None:
    fill(300)
    operator, closed = actor("operator_1"), Case.objects.filter(state=State.CLOSED)
    oldest, newest = closed.earliest("reported_at"), closed.latest("reported_at")
    assert newest.reported_at - oldest.reported_at > timedelta(days=200)
    assert len(_months(lambda: list(LogEntry.objects.filter(case__gt=0)))) > 12, (
        "every month has its partition"
    )
    for case in (oldest, newest):
        first = f"cases_logentry_{case.reported_at:%Y%m}"
        for name, call in {
            "log of a case": lambda of=case: timeline(of),
            "hands on a case": lambda of=case: hands_on(of, actor("chief_1"), at=UNTIL),
        }.items():
            looked = _months(call)
            assert first in looked and min(looked) == first, (name, looked)
    recent = _months(lambda: latest_movements(operator, at=UNTIL))
    assert recent and min(recent) >= f"cases_logentry_{UNTIL - timedelta(days=31):%Y%m}", recent


@pytest.mark.django_db
def test_a_unit_s_list_is_planned_for_that_unit(city: None) -> None:
    """Prepared for any unit, the list of one without cases would look for them through all."""
    sql, _ = Case.objects.filter(visible_to(actor("clerk_swj"))).query.sql_with_params()
    assert "'{swj}'" in sql
