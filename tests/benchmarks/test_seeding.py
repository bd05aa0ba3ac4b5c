# SPDX-License-Identifier: Apache-2.0
"""A seeded case is what the door would have written, row for row."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
import psycopg
import pytest
from django.db import connection

from benchmarks import seeding
from benchmarks.seeding import load
from benchmarks.seeding.forms import TOLD_ONCE
from benchmarks.seeding.lives import ADDED, CHANGING, Life, Plan, Row, Stage, plans, record
from benchmarks.seeding.plan import OPEN_SHARE, OPEN_WITHIN, REPORTED_OVER, Chosen, choose
from wangge.cases.actions import take
from wangge.cases.flow import END_STATES, OPEN_STATES
from wangge.cases.models import Case
from wangge.cases.verification import faults_of
from wangge.common.chain import text_digest
from wangge.grids.locate import grid_index
from wangge.grids.queries import city as the_city
from wangge.replay.next_step import next_step
from wangge.replay.staff import Staff

#: behind every clock, as seeded cases are
LIVED = datetime(2024, 3, 13, 2, 0, tzinfo=UTC)
#: before the spring festival, on a make-up working day, on the eve of a holiday, in the summer hours of streets, and
#: where the calendar begins
REPORTED = (
    datetime(2024, 2, 8, 8, 30, 0, 1, tzinfo=UTC), datetime(2024, 4, 7, 1, 0, 0, 5, tzinfo=UTC),
    datetime(2024, 4, 30, 12, 0, 0, 7, tzinfo=UTC), datetime(2024, 7, 9, 2, 30, 0, 3, tzinfo=UTC),
    datetime(2023, 12, 31, 2, 0, 0, 9, tzinfo=UTC),
)  # fmt: skip
WAYS = ("", "refuse_filing", "void", "transfer", "escalate", "unsatisfied", "reopen", "", "")
#: what is each case's own, or hangs on it
OWN = (
    "id",
    "case_id",
    "pk",
    "xid",
    "salt",
    "digest",
    "log_digest",
    "file",
    "recorded_at",
    "read_at",
    "number",
)

#: tables of a case that a seeded one, and the life it copies, has no rows in
NOT_SEEDED = {
    "cases_idempotencykey": "the lives are recorded without keys, as the generated day goes",
    "cases_call": "nobody calls: of the hotline there is the channel alone", "cases_callbacktry": "as there are no calls",
    "cases_caselink": "no life names another case", "cases_filledform": "the generated staff answer no form",
    "cases_visitreport": "no step writes it: nobody has visited", "inspectors_ledgerentry": "no step writes it",
    "inspectors_sample": "drawn by a job", "inspectors_stafffeedback": "no step writes it",
    "supervision_agendaitem": "raised beside the steps", "supervision_papercase": "cited by a paper, beside the steps",
    "supervision_reached": "written by the sweep", "supervision_recurrence": "made anew by a job",
}  # fmt: skip


@pytest.fixture
def lives(city: None, settings: Any, tmp_path: Path) -> list[Life]:
    """A life for every way; the last has to make safe before it repairs."""
    storage = "django.core.files.storage.FileSystemStorage"
    photos = {"BACKEND": storage, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": photos}
    source = plans(seed=4)
    wanted = [next(p for p in source if p.way == way) for way in WAYS]
    wanted[-1] = next(p for p in source if not p.way and p.norm.safe_limit)
    return [record(plan, LIVED) for plan in wanted]


@pytest.fixture
def raw(city: None) -> Iterator[psycopg.Connection]:
    """The connection of the test itself: whose triggers and checks of references work."""
    connection.ensure_connection()
    yield connection.connection


def _work(lives: list[Life], raw: psycopg.Connection) -> seeding.Work:
    """Of every life one copy of the whole and one of a part, at varied moments; written."""
    choice = Random(9)
    chosen: list[tuple[int, int, int]] = []
    for n, life in enumerate(lives):
        taken = len(life.stages)
        for steps in (taken, choice.randint(1, taken - 1)):
            moment = REPORTED[(len(chosen) + n) % len(REPORTED)]
            chosen.append((round(moment.timestamp() * 1e6), n, steps))
    work = seeding.prepare(lives, 100, LIVED)
    work.chosen = Chosen(*(np.array(column) for column in zip(*chosen, strict=True)))
    with raw.cursor() as cursor:
        work.first_id = load.next_id_of_run(cursor, "cases_case_id_seq", len(chosen))
        seeding.write(work, 0, len(chosen), cursor)
    return work


def _tables() -> list[str]:
    """Every table whose rows belong to a case: they refer to it, or name it without a reference, as notices and keys do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = 'case_id' UNION"
            " SELECT c.conrelid::regclass::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE c.contype = 'f' AND c.confrelid = 'cases_case'::regclass AND NOT t.relispartition ORDER BY 1"
        )
        return [table for (table,) in cursor.fetchall()]


def _rows(case_id: int) -> dict[str, list[Row]]:
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            column = "id" if table == "cases_case" else "case_id"
            order = "seq" if table == "cases_logentry" else "1"
            cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s ORDER BY {order}", [case_id])
            names = [c.name for c in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def _compared(rows: dict[str, list[Row]]) -> dict[str, list[str]]:
    """Rows without what is each case's own; ids named in a log entry become what they stand for."""
    requests = {row["id"]: f"request {n}" for n, row in enumerate(rows["cases_siderecord"])}
    found: dict[str, list[str]] = {}
    for table, many in rows.items():
        plain = []
        for row in many:
            if row.get("template") == TOLD_ONCE:
                continue
            kept = {name: value for name, value in row.items() if name not in OWN}
            if table == "cases_logentry":
                data = json.loads(row["data"])
                data |= {
                    "photos": sorted(data.get("photos", {}).values()),
                    "texts": sorted(data.get("texts", {})),
                }
                kept["data"] = data | {"record": requests.get(data.get("record"))}
            if table == "notices_notice":
                kept["facts"] = json.loads(row["facts"]) | {"number": ""}
            plain.append(repr(kept))
        found[table] = sorted(plain)
    return found


def test_a_seeded_case_is_what_the_door_writes(lives: list[Life], raw: psycopg.Connection) -> None:
    work = _work(lives, raw)
    connection.check_constraints()  # references too: the test's own connection checks them
    cases = list(Case.objects.filter(pk__gte=work.first_id).order_by("pk"))
    missing, written = 0, set[str]()
    for case, life, steps in zip(cases, work.chosen.life, work.chosen.steps, strict=True):
        assert case.lon is not None and case.lat is not None
        located = grid_index().locate(case.lon, case.lat)
        assert located and located.unit_grid.id == case.unit_grid_id
        plan = replace(lives[life].plan, grid=located.unit_grid)
        through = record(plan, case.reported_at, lives[life].moments[:steps], (case.lon, case.lat))
        again, seeded = _rows(through.stages[-1].case["id"]), _rows(case.pk)
        _check_own(again, seeded)
        assert _compared(seeded) == _compared(again), (plan.way, steps)
        assert not faults_of(case)
        missing += case.calendar_missing
        written |= {table for table, rows in seeded.items() if rows}
    assert written == {"cases_case", *CHANGING, *ADDED} == {*_tables()} - set(NOT_SEEDED)
    assert missing, "no copy met the edge of the calendar"
    assert {case.unit_grid_id for case in cases} - {life.plan.grid.id for life in lives}, (
        "no copy lies elsewhere"
    )
    _check_going_on([case for case in cases if case.state in OPEN_STATES])


def _check_own(again: dict[str, list[Row]], seeded: dict[str, list[Row]]) -> None:
    """What `_compared` leaves out: words, digests, numbers, photos, moments of recording."""
    (case,), texts = seeded["cases_case"], zip(again["cases_casetext"], seeded["cases_casetext"], strict=True)
    day = case["reported_at"].astimezone(the_city().zone)
    assert case["number"] == f"{the_city().case_number_prefix}{day:%Y%m%d}{case['id']:08d}"
    for one, two in texts:
        assert text_digest(two["text"], two["salt"]) == two["digest"] and len(two["salt"]) == 16
        if one["field"] == "description":
            assert two["text"].startswith(one["text"]) and len(two["text"]) > len(one["text"])
            two["text"] = one["text"]
    assert all(row["recorded_at"] == row["at"] for row in seeded["cases_logentry"])
    assert all(json.loads(row["facts"])["number"] == case["number"] for row in seeded["notices_notice"])
    salts = {bytes(row["salt"]) for row in seeded["cases_casetext"]}
    assert len(salts) == len(seeded["cases_casetext"])
    files = {row["file"] for row in seeded["cases_photo"]}
    assert len(files) == len(seeded["cases_photo"])


def _check_going_on(opened: list[Case]) -> None:
    """A further step can be taken, and the chain goes on."""
    assert len({case.state for case in opened}) > 3
    for case in opened:
        at = case.last_at + timedelta(minutes=5)
        decided = next_step(case, Random(1), Staff("generated"), at)
        taken = take(decided.step, case.pk, decided.data, actor=decided.actor, at=at, seen=case.log_seq)
        assert taken.seq == case.log_seq + 1
        case.refresh_from_db()
        assert not faults_of(case)


def _life(*states: str) -> Life:
    """A life as far as choosing looks at it: a step every hour."""
    moments = [LIVED + timedelta(hours=n) for n in range(len(states))]
    cases = [{"state": s, "last_at": at, "reported_at": LIVED} for s, at in zip(states, moments, strict=True)]
    return Life(cast(Plan, None), tuple(Stage(case, {}) for case in cases), {})


def test_cases_spread_over_the_year_and_open_ones_are_fresh() -> None:
    until = datetime(2026, 11, 20, tzinfo=UTC)
    lives = [_life(*OPEN_STATES, "closed"), _life("reported", "rejected")]
    chosen = choose(lives, 8_000, until, np.random.default_rng(3))
    assert list(chosen.reported) == sorted(chosen.reported)
    opened = months = 0
    seen = set()
    for micros, n, steps in zip(chosen.reported.tolist(), chosen.life, chosen.steps, strict=True):
        at, life = seeding.moment_of(micros), lives[n]
        last = at + life.moments[steps - 1]
        assert until - REPORTED_OVER - timedelta(seconds=1) <= at or steps < len(life.stages)
        assert last <= until + timedelta(seconds=1)
        state = life.stages[steps - 1].case["state"]
        if state in OPEN_STATES:
            opened += 1
            assert last >= until - OPEN_WITHIN - timedelta(seconds=1)
        else:
            assert state in END_STATES
        seen.add(state)
        months |= 1 << at.month
    assert opened == round(8_000 * OPEN_SHARE)
    assert months == 0b1111111111110
    assert seen == {*OPEN_STATES, "closed", "rejected"}


def test_indexes_are_built_again_whatever_happens(raw: psycopg.Connection) -> None:
    query = "SELECT indexdef FROM pg_indexes WHERE tablename ~ ANY(%s) ORDER BY 1"
    tables = [[f"^{table}" for table in load.TABLES]]  # the log's partitions too
    before = raw.execute(query, tables).fetchall()
    assert any("cases_logentry_2" in row[0] for row in before)
    with pytest.raises(KeyboardInterrupt), load.without_indexes([raw]):
        assert len(raw.execute(query, tables).fetchall()) < len(before)
        raise KeyboardInterrupt
    assert raw.execute(query, tables).fetchall() == before


def test_every_table_rows_are_in_is_analysed(raw: psycopg.Connection) -> None:
    found = set(load.filled(raw))
    assert found >= {*load.TABLES} - {"cases_logentry"} and "cases_logentry" not in found
    assert "cases_logentry_other" in found
