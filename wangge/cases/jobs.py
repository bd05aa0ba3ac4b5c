# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from wangge.cases.actions import recompute, resume_due
from wangge.cases.actions.photos import purge_waiting_photos
from wangge.cases.actions.retention import delete_overdue, delete_overdue_visits, seal_anew
from wangge.cases.actions.units_moved import follow_units
from wangge.cases.models import IdempotencyKey
from wangge.common.clock import now
from wangge.organizations.directory import directory

KEPT_PHOTO = timedelta(days=1)  # time to go from the picture to the step it belongs to
KEPT_KEY = timedelta(
    days=90
)  # a device that was offline longer gets its step judged anew, by the case's state
MONTHS_AHEAD = 3


@app.periodic(cron="12 * * * *")
@app.task(queueing_lock="cases.recompute_deadlines")
def recompute_deadlines(timestamp: int = 0) -> None:
    """Hourly: the deadlines that run follow the calendars in force. Finds the steps of a process that had not heard of a
    change yet; see `defer_recomputing`."""
    directory.forget()  # what this worker holds may be some seconds old
    recompute(at=now())


@app.task
def follow_calendars() -> None:
    """Once for each change of a calendar: as hourly, and at once. Without a lock of the queue: the like of it that waits
    may begin before this change is committed."""
    recompute_deadlines()


def defer_recomputing() -> None:
    """Queue it with what changes a calendar, in that transaction. A worker's own app writes by a connection of its own:
    the job would begin before the change can be seen."""
    configure_task(name=follow_calendars.name, job_manager=JobManager(DjangoConnector())).defer()


@app.periodic(cron="42 * * * *")
@app.task(queueing_lock="cases.follow_units")
def follow_moved_units(timestamp: int = 0) -> None:
    """Hourly: what is open follows the units that hang elsewhere since."""
    directory.forget()
    follow_units()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.resume_suspended")
def resume_suspended(timestamp: int) -> None:
    """Each minute: cases whose suspension has ended go on."""
    resume_due(at=now())


@app.periodic(cron="2 * * * *")
@app.task(queueing_lock="cases.open_log_months")
def open_log_months(timestamp: int) -> None:
    """Hourly, so that a machine switched off at night has them too: the log's partitions of the coming months."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_open_log_months(current_date, %s)", [MONTHS_AHEAD])


@app.periodic(cron="22 * * * *")
@app.task(queueing_lock="cases.purge_photos")
def purge_photos(timestamp: int) -> None:
    """Hourly: pictures no step has taken go."""
    purge_waiting_photos(now() - KEPT_PHOTO)


@app.periodic(cron="32 * * * *")
@app.task(queueing_lock="cases.purge_keys")
def purge_keys(timestamp: int) -> None:
    """Hourly: keys nobody repeats any more go."""
    IdempotencyKey.objects.filter(created_at__lt=now() - KEPT_KEY).delete()


@app.periodic(cron="42 * * * *")
@app.task(queueing_lock="cases.keep_contacts")
def keep_contacts(timestamp: int) -> None:
    """Hourly: who called, what was said and what visits tell is deleted when its time is over; what an older key sealed is
    sealed by the newest."""
    delete_overdue(now())
    delete_overdue_visits(now())
    seal_anew()
