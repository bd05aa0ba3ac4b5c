# SPDX-License-Identifier: Apache-2.0
from procrastinate.contrib.django import app

from wangge.cases.actions.units_moved import follow_units
from wangge.common.clock import now
from wangge.rulebook.publishing import publish_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="rulebook.publish")
def publish(timestamp: int) -> None:
    """Every minute: drafts whose moment has come are put in force; what is open follows units that moved with them. That
    deadlines follow a calendar is queued with the change itself."""
    if publish_due(now()):
        follow_units()
