# SPDX-License-Identifier: Apache-2.0
"""What the kills left: every acknowledged request once, every retry its first answer, every record whole."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task as Repeating

from benchmarks.faithful import Client, Ledger, Sent
from benchmarks.halves import halves_after
from benchmarks.watchers import Screen
from wangge.cases.flow import OPEN_STATES
from wangge.cases.models import Case, IdempotencyKey, LogEntry, Photo, Task
from wangge.cases.verification import faults_of

SHOWN_WITHIN = 20.0  # seconds from the last step to the screens
DRAINED_WITHIN = 300.0  # seconds; a job of a killed worker is queued again after one to two minutes
NOT_DONE = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
FAILED = "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id"
LATEST = "SELECT max(id) FROM procrastinate_jobs WHERE task_name = %s"
STATUS = (
    "SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%s)"  # those that succeed are deleted
)


@dataclass
class Found:
    """How the installation stood before the kills, and what is amiss after them."""

    last_case: int
    photos: int
    files: int
    failed_before: frozenset[int]
    failed_jobs: Counter[str] = field(default_factory=Counter)
    left_undone: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    retried: int = 0
    different: int = 0
    unseen: int = 0
    stray_files: int = 0
    drained: float | None = None
    faults: list[str] = field(default_factory=list)

    @classmethod
    def first(cls) -> "Found":
        last = Case.objects.order_by("-pk").values_list("pk", flat=True).first()
        return cls(last or 0, Photo.objects.count(), _files(), frozenset(pk for pk, _ in _rows(FAILED)))


def look_afterwards(
    ledger: Ledger, client: Client, before: Found, screens: Sequence[Screen], *, until_drained: bool
) -> Found:
    """Everything that is amiss, counted. The installation runs, nobody works with it any more."""
    connection.close()  # it may have been killed
    started = time.monotonic()
    found = Found(before.last_case, before.photos, before.files, before.failed_before)
    cases = {case.number: case for case in Case.objects.filter(pk__gt=before.last_case)}
    steps = [sent for sent in ledger.sent if "number" in sent.answer]
    photos = [sent for sent in ledger.sent if "number" not in sent.answer]
    _look_for_steps(found, steps, cases)
    _look_for_photos(found, photos)
    for case in cases.values():
        found.faults += [f"{case.number}: {fault}" for fault in faults_of(case)]
    found.faults += _tasks_amiss(cases) + halves_after(before.last_case)
    found.unseen = _unseen(screens, cases)
    if until_drained:
        found.drained = _drain(started)
    repeat_failed(found)
    _send_again(found, ledger.sent, client)
    return found


def _look_for_steps(found: Found, steps: list[Sent], cases: dict[str, Case]) -> None:
    kept = {str(row.key): row for row in IdempotencyKey.objects.filter(case_id__gt=found.last_case)}
    entries = set(LogEntry.objects.filter(case__gt=found.last_case).values_list("case_id", "seq", "to_state"))
    for sent in steps:
        row, case = kept.get(sent.key), cases.get(str(sent.answer["number"]))
        told = (case.pk, sent.answer["seq"], sent.answer["state"]) if case else None
        if row is None or told not in entries or (row.case_id, row.seq) != told[:2]:
            found.lost += 1
    acknowledged = Counter(str(sent.answer["number"]) for sent in steps)
    found.doubled += sum(case.log_seq != acknowledged[number] for number, case in cases.items())
    found.doubled += len(entries) - len(steps)


def _look_for_photos(found: Found, photos: list[Sent]) -> None:
    rows = {str(pk): file for pk, file in Photo.objects.values_list("pk", "file")}
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    for sent in photos:
        file = rows.get(str(sent.answer["id"]))
        found.lost += file is None or not (folder / file).is_file()
    new_rows = len(rows) - found.photos
    found.doubled += max(0, new_rows - len(photos))
    found.stray_files = _files() - found.files - new_rows


def _tasks_amiss(cases: dict[str, Case]) -> list[str]:
    """An open case waits for somebody, once in its state; an ended one for nobody."""
    opened = Task.objects.filter(case__in=[case.pk for case in cases.values()], closed_at=None)
    waiting = Counter(opened.values_list("case_id", "stage"))
    amiss = []
    for case in cases.values():
        stages = [stage for (pk, stage), count in waiting.items() if pk == case.pk for _ in range(count)]
        wanted = [case.state] if case.state in OPEN_STATES else []
        if stages != wanted:
            amiss.append(f"{case.number} is {case.state} and waits at {stages}")
    return amiss


def _unseen(screens: Sequence[Screen], cases: dict[str, Case]) -> int:
    end = time.monotonic() + SHOWN_WITHIN
    while True:
        missing = [c for c in cases.values() for s in screens if s.seen.get(c.pk, 0) < c.log_seq]
        if not missing or time.monotonic() > end:
            return len(missing)
        time.sleep(0.1)


def _drain(started: float) -> float:
    """Seconds from `started` until no job waits or is being done; periodic ones come and go meanwhile."""
    while _rows(NOT_DONE) != [(0,)]:
        if time.monotonic() - started > DRAINED_WITHIN:
            raise RuntimeError("the queue is not drained; see procrastinate_jobs")
        time.sleep(0.2)
    return time.monotonic() - started


def repeat_failed(found: Found) -> None:
    """What failed must be done later: the schedule queues it again, here at once. What has no schedule is left undone."""
    known = {periodic.task.name: periodic.task for periodic in app.periodic_registry.periodic_tasks.values()}
    found.failed_jobs = Counter(name for pk, name in _rows(FAILED) if pk not in found.failed_before)
    found.left_undone = [name for name in found.failed_jobs if name not in known]
    again = {_queued(known[name]): name for name in found.failed_jobs if name in known}
    end = time.monotonic() + DRAINED_WITHIN
    while (left := _rows(STATUS, list(again))) and any(status in ("todo", "doing") for _, status in left):
        if time.monotonic() > end:
            break
        time.sleep(0.2)
    found.left_undone += [again[pk] for pk, _ in left]


def _queued(task: Repeating[Any, Any, Any]) -> int:
    """The job that does it next: a new one, or its like that waits."""
    try:
        return task.configure().defer(timestamp=0)
    except AlreadyEnqueued:
        return int(_rows(LATEST, task.name)[0][0])


def _send_again(found: Found, sent: list[Sent], client: Client) -> None:
    """Everything that was acknowledged."""
    for one in sent:
        while (told := client.try_once(one.login, one.path, one.body, one.kind, one.key)) is None:
            time.sleep(0.1)
        found.retried += 1
        found.different += told != (one.answer, True)
    client.close()


def _rows(query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return list(cursor.fetchall())


def _files() -> int:
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return sum(path.is_file() for path in folder.rglob("*"))
