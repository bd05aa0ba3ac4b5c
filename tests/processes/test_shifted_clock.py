# SPDX-License-Identifier: Apache-2.0
"""The server's clock is set back, or forward, while cases are at work: the record stays whole and in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.city import actor, person
from tests.loop import PATHS, bring_to, new_case, step
from tests.processes.conftest import Wait
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, Task
from wangge.cases.verification import faults_of
from wangge.common import clock
from wangge.desk.tests.browsing import client_of
from wangge.exchange.models import ApiUse
from wangge.exchange.tests.peers import make_peer

SHIFTS = [timedelta(hours=-1), timedelta(days=-1), timedelta(days=1)]
#: PostgreSQL's clock as the product asks for it, so much off; found before its own by the search path
DATABASE = """
CREATE SCHEMA IF NOT EXISTS shifted;
CREATE OR REPLACE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds' $$;
CREATE OR REPLACE FUNCTION shifted.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT pg_catalog.now() + interval '{seconds} seconds' $$;
SET search_path = shifted, pg_catalog, public;
"""


class Clocks:
    """The database's and Python's, moved together."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def shift(self, by: timedelta) -> None:
        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return datetime.now(tz) + by

        for module in (clock, timezone):  # the product's, and the one Django's sessions read
            self._patch.setattr(module, "datetime", Shifted)
        with connection.cursor() as cursor:
            cursor.execute(DATABASE.format(seconds=by.total_seconds()))


@pytest.fixture
def clocks(city: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clocks]:
    yield Clocks(monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("RESET search_path")


def _server_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", SHIFTS, ids=str)
def test_case_at_work(clocks: Clocks, by: timedelta) -> None:
    """Half the life of a case before the jump, half after it."""
    begun = datetime.now(UTC)
    case = bring_to(State.HANDLING, at=None)
    before_jump = case.last_at
    clocks.shift(by)
    assert abs(_server_now() - begun - by) < timedelta(minutes=1)
    for code in PATHS[State.CLOSED][len(PATHS[State.HANDLING]) :]:
        step(case, code)
    entries = list(LogEntry.objects.filter(case=case).order_by("seq"))
    moments = [entry.at for entry in entries]
    assert case.state == State.CLOSED and moments == sorted(moments) and faults_of(case) == []
    assert all(entry.recorded_at >= entry.at for entry in entries)
    assert abs(entries[-1].recorded_at - max(before_jump, begun + by)) < timedelta(minutes=1)
    latest = max(before_jump, begun + by)
    for task in Task.objects.filter(case=case):
        # opened at the server's moment, closed at the step's own, which may lie a little before it
        assert task.closed_at is not None and task.opened_at - task.closed_at < timedelta(minutes=1)
        assert task.closed_at < latest + timedelta(minutes=1)
        assert task.due_at is None or task.yellow_at is None or task.opened_at < task.yellow_at <= task.due_at
    assert case.closed_at is not None and case.closed_at >= before_jump


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", SHIFTS, ids=str)
def test_new_case_and_its_keys(clocks: Clocks, by: timedelta) -> None:
    """Sessions, keys and their counters of a minute go on; a retry across the jump gives the first result."""
    desk, peer = client_of("operator_1"), make_peer("operator_1", per_minute=3)
    body = {"description": "井盖破损", "place": "东街"}
    key = "7b0f3c9e-5f0c-4e2d-9a34-1f7f2f5d6a01"
    first = peer.post("/cases", body, key=key)
    clocks.shift(by)
    again = peer.post("/cases", body, key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert desk.get("/").status_code == (200 if by < timedelta(hours=12) else 302)  # a session lasts 12 hours
    assert ApiUse.objects.count() == 2 and peer.post("/cases", body).status_code == 201
    case = new_case(at=None)
    assert abs(case.reported_at - datetime.now(UTC) - by) < timedelta(minutes=1)
    task = Task.objects.get(case=case)
    assert task.due_at is not None and task.due_at > task.opened_at >= case.reported_at
    assert Case.objects.count() == 3 and all(faults_of(each) == [] for each in Case.objects.all())
    assert actor("operator_1").person_id == person("operator_1").pk


#: moves time.time() of the process it is loaded into by what a file says
MOVABLE = """
import os, time
real, file = time.time, os.environ["CLOCK_OFF_BY"]
time.time = lambda: real() + float(open(file).read())
"""


def test_job_worker_starts_anew_when_the_clock_goes_back(
    on_test_database: dict[str, str], wait_for: Wait, tmp_path: Path
) -> None:
    """Its periodic jobs would wait until the clock is where it was."""
    off = tmp_path / "off"
    off.write_text("0")
    (tmp_path / "sitecustomize.py").write_text(MOVABLE)
    environment = on_test_database | {"PYTHONPATH": str(tmp_path), "CLOCK_OFF_BY": str(off)}
    command = [sys.executable, "-m", "wangge.config.cli", "worker"]
    worker = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        wait_for(lambda: _minutes() != [])
        off.write_text(str(-86_400))
        assert worker.wait(30) == 0
        worker = subprocess.Popen(command, env=environment, start_new_session=True)
        wait_for(lambda: any(minute < 86_000 for minute in _minutes()))
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def _minutes() -> list[float]:
    """Of every minute a periodic job was queued for: seconds since yesterday."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT defer_timestamp FROM procrastinate_periodic_defers")
        yesterday = datetime.now(UTC).timestamp() - 86_400
        return [timestamp - yesterday for (timestamp,) in cursor.fetchall()]
