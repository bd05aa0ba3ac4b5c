# SPDX-License-Identifier: Apache-2.0
"""What is looked for after the kills would be found: each part of a step that is taken away, each job that stays undone."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from benchmarks.afterwards import Found, repeat_failed
from benchmarks.halves import HALVES, halves_after
from tests.loop import PATHS, new_case, step
from wangge.cases.flow import State
from wangge.cases.jobs import follow_calendars, purge_keys, purge_photos
from wangge.cases.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
CLOSED = PATHS[State.CLOSED]
#: what is done to a closed case -> what is found of it
BROKEN = {
    "an entry without its key": "DELETE FROM cases_idempotencykey WHERE case_id = %s AND seq = 3",
    "a key without its entry": "UPDATE cases_idempotencykey SET seq = 99 WHERE case_id = %s AND seq = 3",
    "a dispatch without its row": "DELETE FROM cases_dispatch WHERE case_id = %s",
    "a row of a dispatch without its entry": "UPDATE cases_dispatch SET seq = 99 WHERE case_id = %s",
    "a unit in charge that is none, or none that is": "UPDATE cases_dispatch SET ended_at = NULL WHERE case_id = %s",
    "a dispatch that does not know it was signed for or done":
        "UPDATE cases_dispatch SET finished_at = NULL WHERE case_id = %s",
    "a step that told nobody": "DELETE FROM notices_notice WHERE case_id = %s AND template = 'ended'",
    "a notice of no step, or twice": "UPDATE notices_notice SET created_at = '2020-01-01Z' WHERE case_id = %s",
}  # fmt: skip


def led(steps: tuple[str, ...]) -> Case:
    """A case as the load leads it, every request with a key."""
    case = new_case(at=None, key=uuid4())
    for code in steps:
        step(case, code, key=uuid4())
    return case


def test_every_half_is_found() -> None:
    assert set(BROKEN) == set(HALVES)
    before = led(()).pk
    cases = [led(CLOSED[:done]) for done in range(len(CLOSED))]
    cases.append(led((*CLOSED[:3], "assign", *CLOSED[4:])))
    assert halves_after(before) == []
    for what, statement in BROKEN.items():
        case = led(CLOSED)
        sql(statement, case.pk)
        assert f"{case.number}: {what}" in halves_after(before)
        assert not any(one.number in fault for one in cases for fault in halves_after(before))


def test_a_failed_job_is_repeated_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the periodic ones the next is looked at; of another nothing would do the work; an old failure is none of ours."""
    fail(purge_keys)
    found = Found.first()
    for task in (purge_keys, purge_photos, follow_calendars):
        fail(task)

    def work(seconds: float) -> None:
        """As a worker leaves what waits: one has succeeded, the other failed again."""
        sql("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s", purge_keys.name)
        sql("UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'todo'")

    monkeypatch.setattr(time, "sleep", work)
    repeat_failed(found)
    assert found.failed_jobs == {purge_keys.name: 1, purge_photos.name: 1, follow_calendars.name: 1}
    assert sorted(found.left_undone) == [follow_calendars.name, purge_photos.name]


def fail(task: Any) -> None:
    """A job of it that failed."""
    sql("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", task.defer(timestamp=0))


def sql(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        assert cursor.rowcount > 0
