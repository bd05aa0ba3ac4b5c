# SPDX-License-Identifier: Apache-2.0
"""Care of the queue itself and of the sessions. Every job of the product is safe to run twice."""

import logging

from django.contrib.sessions.models import Session
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from wangge.common.clock import now

STALLED = 60  # seconds without a sign of life of a job's worker; it gives one every 10 s
MOST_TRIES = 5  # a job that took this many workers down with it is not given to another

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="common.rescue_stalled_jobs", pass_context=True)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Every minute: the jobs of killed workers, which would stay "doing" for ever, are queued again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.worker_id is not None and job.worker_id == context.job.worker_id:
            continue  # this machine slept: its own worker is late, not dead
        if job.attempts >= MOST_TRIES:
            log.error("job %s (%s) failed: its worker died %s times", job.id, job.task_name, job.attempts)
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            continue
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # its like is queued already
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)


@app.periodic(cron="52 * * * *")
@app.task(queueing_lock="common.purge_sessions")
def purge_sessions(timestamp: int) -> None:
    """Hourly: expired sessions go."""
    Session.objects.filter(expire_date__lt=now()).delete()
