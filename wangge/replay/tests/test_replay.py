# SPDX-License-Identifier: Apache-2.0
"""The sample through the loop, by the command: once as it comes, once killed in the middle and taken up again."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from wangge.config.database import find_server

SAMPLE = Path(__file__).parent / "sample.csv"
CITY = "boston"
#: 54 readable rows (see test_recording): 5 without position, of which one also closed before it opened
STATES = {"rejected": 2, "reported": 7}
_WHOLE = """
SELECT c.external_id, c.origin, c.state, c.class_code, c.outside, c.lead_unit, c.due_at, c.finished_at, c.closed_at,
    c.log_seq, array_agg(l.step || ' ' || l.to_state || ' ' || l.at || ' ' || l.origin ORDER BY l.seq)
FROM cases_case c JOIN cases_logentry l ON l.case_id = c.id GROUP BY c.id ORDER BY c.external_id
"""
_FAULTY = "from wangge.cases.models import Case; from wangge.cases.verification import faults_of; " \
    "print([fault for case in Case.objects.all() for fault in faults_of(case)])"  # fmt: skip


class Installation:
    """A database of its own on the session's server, used by the command line alone."""

    def __init__(self, name: str) -> None:
        self.administrator, self.name = find_server().administrator, name
        address = make_conninfo(**self.administrator | {"dbname": name})
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("WANGGE_DB_", "DJANGO_"))}
        self.environment = environment | {"WANGGE_DATABASE_URL": address}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "wangge.config.cli", *arguments]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            self.command(*arguments), env=self.environment, text=True, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["WANGGE_DATABASE_URL"]) as connection:
            return connection.execute(statement).fetchall()

    def administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(**self.administrator | {"dbname": "postgres"}, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def drop(self) -> None:
        self.administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Installation]:
    """A city with recorded requests, none replayed yet."""
    city = Installation("wangge_replay_loaded")
    city.drop()
    city.run("db", "start")
    city.run("manage", "migrate", "-v0")
    city.run("pack", "load", CITY)
    yield city
    city.drop()


@pytest.fixture
def copy(loaded: Installation, request: pytest.FixtureRequest) -> Iterator[Installation]:
    city = Installation("wangge_replay_copy")
    city.drop()
    city.administer("CREATE DATABASE {} TEMPLATE {} OWNER wangge_owner", city.name, loaded.name)
    yield city
    city.drop()


@pytest.fixture(scope="module")
def straight(
    loaded: Installation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[tuple[Any, ...]], str]:
    """What an undisturbed replay leaves behind: every case with its log, and what the command says."""
    city = Installation("wangge_replay_straight")
    city.drop()
    city.administer("CREATE DATABASE {} TEMPLATE {} OWNER wangge_owner", city.name, loaded.name)
    rejects = tmp_path_factory.mktemp("straight") / "rejects.csv"
    said = city.run("replay", str(SAMPLE), "--rejects", str(rejects))
    assert len(rejects.read_text().splitlines()) == 7
    assert city.run("manage", "shell", "-v0", "-c", _FAULTY).strip() == "[]"
    cases = city.query(_WHOLE)
    again = city.run("replay", str(SAMPLE), "--rejects", str(rejects))
    assert "已回放 0，" in again and city.query(_WHOLE) == cases
    city.drop()
    return cases, said


def test_every_row_has_its_place(straight: tuple[list[tuple[Any, ...]], str]) -> None:
    cases, said = straight
    states = Counter(case[2] for case in cases)
    assert len(cases) == 54
    assert {state: states[state] for state in STATES} == STATES
    assert states["closed"] + states["dispatched"] == 54 - sum(STATES.values())
    assert {case[1] for case in cases} == {"replayed"}
    for line in ("无法读取 unreadable: open_dt: missing | 1", "办结早于受理，不予受理 closed before opened: rejected | 2",
                 "unknown class: waits for an operator to class it | 2", "outside every grid: waits for an operator | 1",
                 "**合计 read in all** | 60",
                 "unknown source, taken as the operator's | 1", "unknown unit, dispatched by the matrix | 1"):  # fmt: skip
        assert line in said, said


def test_a_replay_keeps_the_moments_of_the_record(straight: tuple[list[tuple[Any, ...]], str]) -> None:
    first = next(case for case in straight[0] if case[0] == "900000000001")
    assert first[8].isoformat() == "2015-03-05T22:30:18+00:00"
    opened, closed = "2015-03-03 10:30:18+00", "2015-03-05 22:30:18+00"
    steps = [entry.rsplit(" ", 3)[0].split()[0] for entry in first[10]]
    assert steps == [
        "report",
        "accept",
        "file",
        "dispatch",
        "sign_for",
        "finish",
        "send_check",
        "answer_check",
        "close",
    ]
    assert all((opened if n < 4 else closed) in entry for n, entry in enumerate(first[10]))


def test_killed_in_the_middle_it_ends_the_same(
    copy: Installation, straight: tuple[list[tuple[Any, ...]], str], tmp_path: Path
) -> None:
    arguments = ("replay", str(SAMPLE), "--rejects", str(tmp_path / "rejects.csv"), "--quiet")
    for steps in (40, 150):
        running = subprocess.Popen(
            copy.command(*arguments),
            env=copy.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 120
        while copy.query("SELECT count(*) FROM cases_logentry")[0][0] < steps:
            assert running.poll() is None and time.monotonic() < end, "it ended before it could be killed"
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert len(copy.query("SELECT 1 FROM cases_logentry")) < sum(case[9] for case in straight[0])
    copy.run(*arguments)
    assert copy.query(_WHOLE) == straight[0]
    assert copy.run("manage", "shell", "-v0", "-c", _FAULTY).strip() == "[]"
