# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app

from wangge.common.clock import now
from wangge.organizations.roster import purge_absences


@app.periodic(cron="42 * * * *")
@app.task(queueing_lock="organizations.purge_absences")
def purge_old_absences(timestamp: int) -> None:
    """Hourly: nobody needs to know any more who was away."""
    purge_absences(now().date())
