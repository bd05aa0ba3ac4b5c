# SPDX-License-Identifier: Apache-2.0
"""The job worker as a process: with its own rights, twice, and killed in the middle of a job."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from tests.city import person
from tests.processes.conftest import Wait
from wangge.cases.jobs import purge_keys, purge_photos
from wangge.cases.models import IdempotencyKey, Photo
from wangge.common.clock import now
from wangge.common.jobs import MOST_TRIES, purge_sessions, rescue_stalled_jobs
from wangge.exchange.models import ApiKey, ApiUse
from wangge.notices.models import Notice

AsRole = Callable[[str], AbstractContextManager[psycopg.Connection]]
ONCE = """
from wangge.config.cli.opening import setup_django
setup_django("worker")
from django.core.management import call_command
call_command("procrastinate", "worker", wait=False)
"""


def jobs(**filters: Any) -> list[tuple[str, str]]:
    """(last part of the task's name, status) of the jobs."""
    rows = ProcrastinateJob.objects.filter(**filters).order_by("id").values_list("task_name", "status")
    return [(name.rpartition(".")[2], status) for name, status in rows]


def queue(task: Task[Any, Any, Any], priority: int = 0) -> int:
    """Defer a periodic job now."""
    return task.configure(priority=priority).defer(timestamp=0)


def run_all(environment: dict[str, str]) -> None:
    """Every periodic job of the product, once, in a worker that ends when nothing is left to do."""
    for periodic in app.periodic_registry.periodic_tasks.values():
        queue(periodic.task)
    subprocess.run([sys.executable, "-c", ONCE], env=environment, check=True, timeout=60)
    assert [job for job in jobs() if job[1] != "succeeded"] == []


@contextmanager
def working(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "wangge.config.cli", "worker"]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def months() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'cases_logentry'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_housekeeping(on_test_database: dict[str, str]) -> None:
    """What is old goes, what is fresh stays; a second run changes nothing."""
    at, someone = now(), person("operator_1")
    key = ApiKey.objects.create(prefix="p", digest="d", name="peer", person=someone, scopes=[], created_at=at)
    picture = {"file": "absent.jpg", "sha256": "", "width": 1, "height": 1, "size": 1, "uploaded_by": someone}
    ages: dict[str, tuple[timedelta, timedelta]] = {
        "key": (timedelta(days=91), timedelta(days=89)),
        "photo": (timedelta(hours=25), timedelta(hours=23)),
        "use": (timedelta(hours=25), timedelta(hours=1)),
        "session": (timedelta(hours=1), timedelta(hours=-1)),
    }
    for position in (0, 1):
        age = {name: pair[position] for name, pair in ages.items()}
        IdempotencyKey.objects.create(key=uuid4(), request_digest=str(position), created_at=at - age["key"])
        Photo.objects.create(id=uuid4(), uploaded_at=at - age["photo"], **picture | {"sha256": str(position)})
        ApiUse.objects.create(key=key, minute=at - age["use"], count=position)
        Session.objects.create(session_key=str(position), session_data="", expire_date=at - age["session"])
    coming = f"cases_logentry_{at + timedelta(days=45):%Y%m}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {coming}")
    assert coming not in months()

    for _ in range(2):
        run_all(on_test_database)
        assert coming in months()
        assert IdempotencyKey.objects.get().request_digest == "1"
        assert Photo.objects.get().sha256 == "1"
        assert ApiUse.objects.get().count == 1
        assert Session.objects.get().session_key == "1"
        assert Notice.objects.filter(template="calendar_ending").count() == _calendar_notices()


def _calendar_notices() -> int:
    """The tiny city has two administrators and a calendar to the end of 2026."""
    return 2 if (now().year, now().timetuple().tm_yday) >= (2026, 305) else 0


def test_job_of_a_killed_worker_is_done_by_the_next(
    on_test_database: dict[str, str], as_role: AsRole, wait_for: Wait
) -> None:
    IdempotencyKey.objects.create(key=uuid4(), request_digest="", created_at=now() - timedelta(days=100))
    with as_role("owner") as other:
        other.autocommit = False
        other.execute("LOCK TABLE cases_idempotencykey")  # the job waits here
        job = queue(purge_keys)  # by its number: the hour's own may come beside it
        with working(on_test_database) as first:
            wait_for(lambda: jobs(pk=job) == [("purge_keys", "doing")])
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        with as_role("worker") as left:  # what the dead worker still asks of the database
            left.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = user AND pid <> pg_backend_pid()"
            )
    assert jobs(pk=job) == [("purge_keys", "doing")]

    with as_role("owner") as connection_:
        connection_.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    with suppress(AlreadyEnqueued):  # the first worker may have had it in mind
        queue(rescue_stalled_jobs)
    with working(on_test_database):
        wait_for(lambda: not IdempotencyKey.objects.exists(), 60)


@pytest.mark.parametrize("attempts", [MOST_TRIES - 1, MOST_TRIES])
def test_job_that_kills_its_workers_is_given_up(
    on_test_database: dict[str, str], as_role: AsRole, attempts: int
) -> None:
    # one that a worker would not queue by itself now, within ten minutes of its own minute: a lost job whose like is queued is
    # dropped
    task = purge_sessions if 20 <= now().minute < 45 else purge_photos
    job = queue(task)
    lose(as_role, job, attempts)
    rescue(on_test_database)
    assert [status for _, status in jobs(pk=job)] == ["failed" if attempts == MOST_TRIES else "succeeded"]


def test_lost_job_whose_like_is_queued_is_dropped(on_test_database: dict[str, str], as_role: AsRole) -> None:
    lost = queue(purge_keys)
    lose(as_role, lost)
    like = queue(purge_keys)
    rescue(on_test_database)
    assert jobs(pk__in=[lost, like]) == [("purge_keys", "succeeded")]


def lose(as_role: AsRole, job: int, attempts: int = 0) -> None:
    """Leave the job as a killed worker does."""
    with as_role("owner") as connection_:
        change = "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE id = %s"
        connection_.execute(change, [attempts, job])


def rescue(environment: dict[str, str]) -> None:
    """The rescue before all else, then what it left to do."""
    queue(rescue_stalled_jobs, priority=1)
    subprocess.run([sys.executable, "-c", ONCE], env=environment, check=True, timeout=60)
